/* A small HTTP server in the test: one thread a connection, each request handed to the test's own
 * function, which writes what it likes, and when, to the socket. */
#ifndef MKT_TESTS_NET_FAKE_SERVER_H
#define MKT_TESTS_NET_FAKE_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define FAKE_MOST 1024 /* connections of one test */

struct fake_request {
    char *text; /* header and body, NUL-terminated */
    char *body;
    int number; /* of this server, from 0 */
};

typedef void fake_answer(int fd, const struct fake_request *request, void *user);

struct fake_server {
    int listener, port;
    char url[64];
    fake_answer *answer;
    void *user;
    pthread_t thread, client[FAKE_MOST];
    int clients;
    atomic_int requests, open; /* seen so far; being answered */
    atomic_bool closing;
};

struct fake_client {
    struct fake_server *server;
    int fd;
};

static inline void fake_pause(long ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

/* False when the other side is gone. */
static inline bool fake_send(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes += sent;
        n -= (size_t)sent;
    }
    return true;
}

static inline bool fake_say(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline bool fake_say(int fd, const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0) return false;
    bool sent = fake_send(fd, text, (size_t)n);
    free(text);
    return sent;
}

static inline void fake_reply(int fd, int status, const char *type, const char *body)
{
    fake_say(
        fd,
        "HTTP/1.1 %d x\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
        status, type, strlen(body), body);
}

static inline const char *fake_header(const struct fake_request *r, const char *name, char out[512])
{
    size_t n = strlen(name);
    out[0] = '\0';
    for (const char *line = r->text; line && line < r->body; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (strncasecmp(line, name, n) == 0 && line[n] == ':')
            snprintf(out, 512, "%.*s", (int)strcspn(line + n + 2, "\r\n"), line + n + 2);
    }
    return out;
}

static inline bool fake_read(int fd, struct fake_request *r)
{
    size_t used = 0, room = 1 << 16, want = SIZE_MAX;
    char length[512];
    r->text = malloc(room);
    while (r->text && used < want) {
        if (used + 1 == room) {
            char *more = realloc(r->text, room *= 2);
            if (!more) break;
            r->text = more;
        }
        ssize_t n = recv(fd, r->text + used, room - used - 1, 0);
        if (n <= 0) return false;
        used += (size_t)n;
        r->text[used] = '\0';
        char *end = strstr(r->text, "\r\n\r\n");
        if (!end) continue;
        r->body = end + 4;
        want = (size_t)(r->body - r->text) +
               strtoul(fake_header(r, "Content-Length", length), NULL, 10);
    }
    return true;
}

static void *fake_serve(void *user)
{
    struct fake_client c = *(struct fake_client *)user;
    struct fake_request r = {0};
    free(user);
    if (fake_read(c.fd, &r)) {
        r.number = atomic_fetch_add(&c.server->requests, 1);
        atomic_fetch_add(&c.server->open, 1);
        c.server->answer(c.fd, &r, c.server->user);
        atomic_fetch_sub(&c.server->open, 1);
    }
    free(r.text);
    close(c.fd);
    return NULL;
}

static void *fake_accept(void *user)
{
    struct fake_server *s = user;
    while (!atomic_load(&s->closing)) {
        struct pollfd p = {.fd = s->listener, .events = POLLIN};
        if (poll(&p, 1, 20) != 1) continue;
        int fd = accept(s->listener, NULL, NULL);
        if (fd < 0 || s->clients == FAKE_MOST) continue;
        struct fake_client *c = malloc(sizeof *c);
        *c = (struct fake_client){s, fd};
        if (pthread_create(&s->client[s->clients], NULL, fake_serve, c) == 0) s->clients++;
    }
    return NULL;
}

static inline int fake_open(struct fake_server *s, fake_answer *answer, void *user)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t n = sizeof at;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    memset(s, 0, sizeof *s);
    s->answer = answer;
    s->user = user;
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&at, sizeof at) != 0 ||
        listen(s->listener, 64) != 0 || getsockname(s->listener, (struct sockaddr *)&at, &n) != 0)
        return -1;
    s->port = ntohs(at.sin_port);
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", s->port);
    return pthread_create(&s->thread, NULL, fake_accept, s);
}

/* The same behind a Unix socket of that path. */
static inline int fake_open_unix(struct fake_server *s, const char *path, fake_answer *answer,
                                 void *user)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    memset(s, 0, sizeof *s);
    s->answer = answer;
    s->user = user;
    if (snprintf(at.sun_path, sizeof at.sun_path, "%s", path) >= (int)sizeof at.sun_path) return -1;
    s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&at, sizeof at) != 0 ||
        listen(s->listener, 64) != 0)
        return -1;
    return pthread_create(&s->thread, NULL, fake_accept, s);
}

/* Waits for the answers that still run. */
static inline void fake_close(struct fake_server *s)
{
    atomic_store(&s->closing, true);
    pthread_join(s->thread, NULL);
    for (int i = 0; i < s->clients; i++) pthread_join(s->client[i], NULL);
    close(s->listener);
}

#endif
