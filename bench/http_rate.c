/* A client that sends at a constant rate whatever comes back (open loop), or as fast as answers
 * come (closed loop), and reports the latencies.
 *
 *     http_rate PORT METHOD PATH --rate 200 --seconds 20 [--body '{"seed":%d}'] [--cycle N]
 *     http_rate PORT METHOD PATH --count 100000 [--connections 8] [--every 20] ...
 *
 * In the open loop a latency counts from the moment the request was due, not from the moment it
 * could be sent: a server that stalls does not slow its own clock down (coordinated omission).
 * %d in the body is the number of the request, modulo --cycle. With --every K only each K-th
 * request is the one described; the others are GET /health. Loopback only.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MOST 256

struct plan {
    int port;
    const char *method, *path, *body;
    double rate, seconds;
    long count, cycle, every;
    int connections;
};

struct connection {
    int fd;
    bool busy;
    double due;
    char head[4096];
    size_t head_bytes;
    size_t left; /* of the body, once the header is read; SIZE_MAX before */
    bool ok;
};

struct result {
    double *latency;
    size_t count, ok, late;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int open_connection(int port)
{
    int on = 1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        perror("http_rate: connect");
        exit(1);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/* The body with its %d replaced. */
static int fill_body(char *out, size_t size, const char *body, long number)
{
    const char *mark = strstr(body, "%d");
    if (!mark) return snprintf(out, size, "%s", body);
    return snprintf(out, size, "%.*s%ld%s", (int)(mark - body), body, number, mark + 2);
}

static void send_request(struct connection *c, const struct plan *p, long number, double due)
{
    char body[2048] = "", text[4096];
    bool described = number % p->every == 0;
    int n = described ? fill_body(body, sizeof body, p->body, number / p->every % p->cycle) : 0;
    int length = snprintf(text, sizeof text,
                          "%s %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %d\r\n\r\n%s",
                          described ? p->method : "GET", described ? p->path : "/health",
                          n ? "Content-Type: application/json\r\n" : "", n, body);
    if (!n) /* no body at all */
        length = snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: localhost\r\n\r\n",
                          described ? p->method : "GET", described ? p->path : "/health");
    for (int at = 0; at < length;) {
        ssize_t sent = send(c->fd, text + at, (size_t)(length - at), MSG_NOSIGNAL);
        if (sent <= 0) {
            perror("http_rate: send");
            exit(1);
        }
        at += (int)sent;
    }
    c->busy = true;
    c->due = due;
    c->head_bytes = 0;
    c->left = SIZE_MAX;
}

static void read_head(struct connection *c)
{
    c->head[c->head_bytes] = '\0';
    char *end = strstr(c->head, "\r\n\r\n");
    if (!end) return;
    char *length = strcasestr(c->head, "\r\ncontent-length:");
    size_t body = length ? strtoul(length + 17, NULL, 10) : 0;
    size_t have = c->head_bytes - (size_t)(end + 4 - c->head);
    c->ok = strncmp(c->head, "HTTP/1.1 2", 10) == 0;
    c->left = body > have ? body - have : 0;
}

/* Takes what has come; true when the answer is complete. */
static bool take(struct connection *c)
{
    static char sink[1 << 18];
    bool head = c->left == SIZE_MAX;
    ssize_t n = recv(c->fd, head ? c->head + c->head_bytes : sink,
                     head ? sizeof c->head - 1 - c->head_bytes : sizeof sink, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (n <= 0) {
        fprintf(stderr, "http_rate: the server closed a connection\n");
        exit(1);
    }
    if (head) {
        c->head_bytes += (size_t)n;
        read_head(c);
    } else {
        c->left -= (size_t)n < c->left ? (size_t)n : c->left;
    }
    return c->left == 0;
}

static void run(const struct plan *p, struct result *r)
{
    static struct connection connection[CONNECTIONS_MOST];
    static struct pollfd ready[CONNECTIONS_MOST];
    long total = p->rate > 0 ? (long)(p->rate * p->seconds) : p->count, sent = 0;
    r->latency = calloc((size_t)total, sizeof *r->latency);
    if (!r->latency) exit(1);
    for (int i = 0; i < p->connections; i++) connection[i].fd = open_connection(p->port);

    double start = now();
    while (r->count < (size_t)total) {
        double t = now();
        double due = p->rate > 0 ? start + (double)sent / p->rate : t;
        for (int i = 0; i < p->connections && sent < total && due <= t; i++) {
            if (connection[i].busy) continue;
            send_request(&connection[i], p, sent++, due);
            if (t - due > 0.001) r->late++;
            due = p->rate > 0 ? start + (double)sent / p->rate : t;
        }
        int n = 0;
        for (int i = 0; i < p->connections; i++)
            if (connection[i].busy) ready[n++] = (struct pollfd){connection[i].fd, POLLIN, 0};
        /* wake for the next one due, as closely as the clock allows */
        double wait = sent < total && p->rate > 0 ? due - now() : 1;
        struct timespec limit = {.tv_sec = wait > 0 ? (time_t)wait : 0};
        if (wait > 0) limit.tv_nsec = (long)((wait - (double)limit.tv_sec) * 1e9);
        if (ppoll(ready, (nfds_t)n, &limit, NULL) <= 0) continue;
        for (int i = 0; i < p->connections; i++) {
            struct connection *c = &connection[i];
            if (!c->busy || !take(c)) continue;
            c->busy = false;
            r->ok += c->ok;
            r->latency[r->count++] = now() - c->due;
        }
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double at(const struct result *r, double share)
{
    size_t i = (size_t)(share * (double)(r->count - 1) + 0.5);
    return 1000 * r->latency[i];
}

static void usage(void)
{
    fprintf(stderr, "usage: http_rate PORT METHOD PATH (--rate R --seconds S | --count N) "
                    "[--body JSON] [--cycle N] [--every K] [--connections C]\n");
    exit(2);
}

int main(int argc, char **argv)
{
    struct plan p = {.body = "", .cycle = 1, .every = 1, .connections = 64};
    struct result r = {0};
    if (argc < 4) usage();
    p.port = atoi(argv[1]);
    p.method = argv[2];
    p.path = argv[3];
    for (int i = 4; i + 1 < argc; i += 2) {
        const char *o = argv[i], *v = argv[i + 1];
        if (strcmp(o, "--rate") == 0)
            p.rate = atof(v);
        else if (strcmp(o, "--seconds") == 0)
            p.seconds = atof(v);
        else if (strcmp(o, "--count") == 0)
            p.count = atol(v);
        else if (strcmp(o, "--body") == 0)
            p.body = v;
        else if (strcmp(o, "--cycle") == 0)
            p.cycle = atol(v);
        else if (strcmp(o, "--every") == 0)
            p.every = atol(v);
        else if (strcmp(o, "--connections") == 0)
            p.connections = atoi(v);
        else
            usage();
    }
    if (p.connections < 1 || p.connections > CONNECTIONS_MOST || p.cycle < 1 || p.every < 1 ||
        (p.rate > 0 ? p.rate * p.seconds < 1 : p.count < 1))
        usage();
    double start = now();
    run(&p, &r);
    double seconds = now() - start;
    qsort(r.latency, r.count, sizeof *r.latency, by_value);
    printf("%zu requests, %zu good, %.0f a second; ms: p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  "
           "max %.2f; %zu sent late\n",
           r.count, r.ok, (double)r.count / seconds, at(&r, .5), at(&r, .9), at(&r, .99),
           at(&r, .999), at(&r, 1), r.late);
    free(r.latency);
    return r.ok == r.count ? 0 : 1;
}
