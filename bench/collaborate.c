/* An agent that asks with signed messages, as fast as answers come, and reports the latencies.
 *
 *     collaborate key FOLDER                     makes the agent's key and prints its pin
 *     collaborate ask FOLDER PORT --count N [--connections C] [--dataset NAME] [--save FILE]
 *
 * All messages are signed before the first is sent, so that the client's own work is sending and
 * reading. The first answer is opened and checked as a careful agent would; of all others the
 * status is looked at. --save writes the first answer's result, for a peer that gives the same.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "attest/envelope.h"
#include "attest/hex.h"

#define AGENT "finance-agent-bench"
#define MARKETING "marketing-agent-default"
#define CONNECTIONS_MOST 64
#define REPLY_MOST ((size_t)8 << 20)

struct plan {
    int port, connections;
    long count;
    char **message;
    double *latency;
    atomic_long next, good;
    char *first; /* the first answer */
    size_t first_bytes;
};

static struct mkt_err err;

static void die(const char *what)
{
    fprintf(stderr, "collaborate: %s %s\n", what, err.text);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static char *sign(struct mkt_arena *arena, const struct mkt_keys *keys, const char *dataset)
{
    char payload[512];
    struct mkt_buf text;
    snprintf(payload, sizeof payload,
             "{\"task_description\": \"Campaign performance in Q4 2024 for an ROI calculation\", "
             "\"context\": {\"dataset\": \"%s\"}, \"data_requirements\": [], \"priority\": "
             "\"normal\", \"timeout_seconds\": 60}",
             dataset);
    mkt_arena_reset(arena, 1 << 20);
    mkt_buf_init(&text, arena);
    if (mkt_envelope_write(arena, keys, AGENT, MARKETING, "collaboration_request",
                           now_us() - 1000000, NULL, payload, &text, &err) != MKT_OK)
        die("signing:");
    return strdup(text.data);
}

static int connect_to(int port)
{
    int on = 1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) die("connecting");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void send_all(int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);
        if (sent <= 0) die("sending");
        text += sent;
        n -= (size_t)sent;
    }
}

/* Reads one answer into `reply`; its body begins at *body. */
static bool receive(int fd, char *reply, size_t *total, char **body)
{
    size_t length = 0, want = 0;
    *body = NULL;
    while (!want || length < want) {
        ssize_t got = recv(fd, reply + length, REPLY_MOST - 1 - length, 0);
        if (got <= 0) die("the server closed a connection");
        length += (size_t)got;
        reply[length] = '\0';
        char *end = *body ? NULL : strstr(reply, "\r\n\r\n");
        if (!end) continue;
        char *said = strcasestr(reply, "\r\ncontent-length:");
        *body = end + 4;
        want = (size_t)(*body - reply) + (said && said < end ? strtoul(said + 17, NULL, 10) : 0);
    }
    *total = length;
    return strncmp(reply, "HTTP/1.1 200", 12) == 0;
}

static void *ask(void *user)
{
    struct plan *p = user;
    char *reply = malloc(REPLY_MOST), *body, head[256];
    size_t total;
    int fd = connect_to(p->port);
    if (!reply) exit(1);
    for (long i; (i = atomic_fetch_add(&p->next, 1)) < p->count;) {
        size_t n = strlen(p->message[i]);
        int length = snprintf(head, sizeof head,
                              "POST /api/v1/collaborate HTTP/1.1\r\nHost: localhost\r\n"
                              "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                              n);
        double start = now();
        send_all(fd, head, (size_t)length);
        send_all(fd, p->message[i], n);
        bool good = receive(fd, reply, &total, &body) && strstr(body, "collaboration_response");
        p->latency[i] = now() - start;
        atomic_fetch_add(&p->good, good);
        if (i > 0) continue;
        p->first_bytes = total - (size_t)(body - reply);
        p->first = strndup(body, p->first_bytes);
    }
    close(fd);
    free(reply);
    return NULL;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The first answer is signed by the key it shows, for us and of now. */
static void check_first(struct mkt_arena *arena, const struct plan *p, const char *save)
{
    const struct mkt_envelope_policy policy = {
        .self = AGENT, .now_us = now_us(), .open_to_all = true};
    struct mkt_envelope e;
    struct mkt_buf text;
    mkt_arena_reset(arena, 1 << 20);
    if (mkt_envelope_open(arena, p->first, p->first_bytes, &policy, &e, &err) != MKT_OK)
        die("the answer does not hold:");
    const struct mkt_pyvalue *result = mkt_pyjson_member(e.payload, "result");
    if (!result) die("the answer has no result");
    if (!save) return;
    mkt_buf_init(&text, arena);
    mkt_pyjson_write(&text, result);
    FILE *file = fopen(save, "w");
    if (!file || fwrite(text.data, 1, text.length, file) != text.length || fclose(file) != 0)
        die("saving");
}

static int print_pin(const struct mkt_keys *keys, struct mkt_arena *arena)
{
    const char *base64 = mkt_hex_write_base64(arena, mkt_keys_public(keys)->raw, MKT_KEYS_PUBLIC);
    printf("%s %s\n", AGENT, base64 ? base64 : "");
    return 0;
}

static void run(struct plan *p)
{
    pthread_t thread[CONNECTIONS_MOST];
    for (int i = 0; i < p->connections; i++)
        if (pthread_create(&thread[i], NULL, ask, p) != 0) exit(1);
    for (int i = 0; i < p->connections; i++) pthread_join(thread[i], NULL);
}

int main(int argc, char **argv)
{
    struct plan p = {.connections = 1, .count = 100};
    struct mkt_arena arena;
    struct mkt_keys *keys;
    const char *dataset = "shop", *save = NULL;
    if (argc < 3 || mkt_arena_open(&arena, (size_t)256 << 20, &err) != MKT_OK ||
        mkt_keys_open(argv[2], &keys, &err) != MKT_OK)
        die("usage: collaborate key FOLDER | ask FOLDER PORT --count N [--connections C]");
    if (strcmp(argv[1], "key") == 0 || argc < 4) return print_pin(keys, &arena);
    p.port = atoi(argv[3]);
    for (int i = 4; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--count") == 0) p.count = atol(argv[i + 1]);
        if (strcmp(argv[i], "--connections") == 0) p.connections = atoi(argv[i + 1]);
        if (strcmp(argv[i], "--dataset") == 0) dataset = argv[i + 1];
        if (strcmp(argv[i], "--save") == 0) save = argv[i + 1];
    }
    if (p.connections < 1 || p.connections > CONNECTIONS_MOST || p.count < 1) die("bad numbers");
    p.message = calloc((size_t)p.count, sizeof *p.message);
    p.latency = calloc((size_t)p.count, sizeof *p.latency);
    if (!p.message || !p.latency) exit(1);
    for (long i = 0; i < p.count; i++) p.message[i] = sign(&arena, keys, dataset);

    double start = now();
    run(&p);
    double seconds = now() - start;
    check_first(&arena, &p, save);
    qsort(p.latency, (size_t)p.count, sizeof *p.latency, by_value);
    printf("%ld of %ld answered, %.0f a second; ms: p50 %.2f  p99 %.2f  max %.2f; %zu bytes each\n",
           (long)p.good, p.count, (double)p.count / seconds, 1e3 * p.latency[p.count / 2],
           1e3 * p.latency[(p.count * 99) / 100], 1e3 * p.latency[p.count - 1], p.first_bytes);
    return p.good == p.count ? 0 : 1;
}
