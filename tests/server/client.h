/* A small HTTP client over a plain socket, which can also misbehave. */
#ifndef MKT_TESTS_SERVER_CLIENT_H
#define MKT_TESTS_SERVER_CLIENT_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct reply {
    int status; /* 0: the connection ended without an answer */
    char *text; /* header and body */
    size_t length;
    char *body; /* within text */
    size_t body_length;
};

static inline int client_connect(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

/* False when the other side does not take it any more. */
static inline bool client_send(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes += sent;
        n -= (size_t)sent;
    }
    return true;
}

static inline bool client_say(int fd, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static inline bool client_say(int fd, const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0) return false;
    bool sent = client_send(fd, text, (size_t)n);
    free(text);
    return sent;
}

static inline const char *reply_header(const struct reply *r, const char *name, char out[256])
{
    size_t n = strlen(name);
    out[0] = '\0';
    for (const char *line = r->text; line && line < r->body; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (strncasecmp(line, name, n) == 0 && line[n] == ':')
            snprintf(out, 256, "%.*s", (int)strcspn(line + n + 2, "\r\n"), line + n + 2);
    }
    return out;
}

/* Reads one answer: to the end of its announced length, or of the connection. Waits 20 s at most. */
static inline struct reply client_read(int fd)
{
    struct reply r = {0};
    size_t room = 1 << 16, want = SIZE_MAX;
    r.text = malloc(room + 1);
    while (r.text && r.length < want) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 20000) != 1) break;
        if (r.length == room) {
            char *more = realloc(r.text, 2 * room + 1);
            if (!more) break;
            r.text = more;
            room *= 2;
        }
        ssize_t n = recv(fd, r.text + r.length, room - r.length, 0);
        if (n <= 0) break;
        r.length += (size_t)n;
        r.text[r.length] = '\0';
        char *end = strstr(r.text, "\r\n\r\n");
        if (!end) continue;
        r.body = end + 4;
        char value[256];
        if (reply_header(&r, "Content-Length", value)[0])
            want = (size_t)(r.body - r.text) + strtoul(value, NULL, 10);
    }
    if (!r.text) return r;
    r.text[r.length] = '\0';
    char *end = strstr(r.text, "\r\n\r\n");
    r.body = end ? end + 4 : r.text + r.length;
    r.body_length = r.length - (size_t)(r.body - r.text);
    if (end) sscanf(r.text, "HTTP/1.1 %d", &r.status);
    return r;
}

static inline void reply_free(struct reply *r)
{
    free(r->text);
    *r = (struct reply){0};
}

/* One request on a connection of its own. `headers` are whole lines with their ends, or "". */
static inline struct reply client_ask_with(int port, const char *method, const char *path,
                                           const char *headers, const char *body, size_t n)
{
    struct reply r = {0};
    int fd = client_connect(port);
    if (fd < 0) return r;
    client_say(fd, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s", method, path,
               headers);
    if (body) client_say(fd, "Content-Length: %zu\r\n", n);
    client_say(fd, "\r\n");
    if (body) client_send(fd, body, n);
    r = client_read(fd);
    close(fd);
    return r;
}

static inline struct reply client_ask(int port, const char *method, const char *path,
                                      const char *body)
{
    return client_ask_with(port, method, path, body ? "Content-Type: application/json\r\n" : "",
                           body, body ? strlen(body) : 0);
}

#endif
