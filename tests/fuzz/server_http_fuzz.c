/* Bytes to the service over a socket, as anybody can send them: it answers in HTTP, with JSON where
 * it refuses, or closes; and it goes on. What stands in a header is read here: Host, Origin,
 * Authorization, X-Client-ID, Accept, Content-Type, Content-Length and the like. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "server/client.h"
#include "server/server.h"

#define WAIT_MS 200    /* a stream has no end */
#define ALIVE_MS 10000 /* whatever else this machine does */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct mkt_settings settings;
static struct mkt_server *server;
static char folder[64];

static const char *no_setting(void *user, const char *name)
{
    (void)user;
    (void)name;
    return NULL;
}

static void forget(void)
{
    char command[96];
    mkt_server_stop(server, 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) _Exit(1);
}

static void begin(void)
{
    struct mkt_err err = {0};
    strcpy(folder, "/dev/shm/mkt-fuzz-XXXXXX");
    assert(mkdtemp(folder));
    mkt_log_set_level(MKT_LOG_OFF);
    assert(mkt_settings_read(&settings, no_setting, NULL, &err) == MKT_OK);
    settings.port = 0;
    settings.attestation_port = -1;
    settings.data_dir = settings.model_dir = folder;
    settings.words = "plain";
    settings.client = "acme";
    settings.workers = 1;
    const struct mkt_server_options options = {.settings = &settings};
    assert(mkt_server_start(&options, &server, &err) == MKT_OK);
    atexit(forget);
}

/* Whether the body that a header announces is there. */
static bool is_whole(const char *bytes, size_t n)
{
    static const char last[] = "0\r\n\r\n";
    const char *end = memmem(bytes, n, "\r\n\r\n", 4);
    if (!end) return false;
    char *header = strndup(bytes, (size_t)(end - bytes));
    const char *length = strcasestr(header, "Content-Length:");
    size_t body = length ? strtoul(length + 15, NULL, 10) : 0, rest = n - (size_t)(end - bytes) - 4;
    bool whole = strcasestr(header, "chunked")
                     ? n > sizeof last && memcmp(bytes + n - 5, last, 5) == 0
                     : rest >= body;
    free(header);
    return whole;
}

/* A client that closes its side has gone, and what it asked is dropped: so one whose request is whole
 * asks the service to close. A stream is left. */
static size_t exchange(const char *bytes, size_t n, char *answer, size_t room, int wait_ms)
{
    static const char last_one[] = "\r\nConnection: close";
    const char *line = is_whole(bytes, n) ? memmem(bytes, n, "\r\n", 2) : NULL;
    size_t first = line ? (size_t)(line - bytes) : n, got = 0;
    int fd = client_connect(mkt_server_port(server));
    assert(fd >= 0);
    (void)client_send(fd, bytes, first);
    if (line) (void)client_send(fd, last_one, sizeof last_one - 1);
    (void)client_send(fd, bytes + first, n - first);
    if (!line) shutdown(fd, SHUT_WR);
    for (struct pollfd p = {.fd = fd, .events = POLLIN}; got < room && poll(&p, 1, wait_ms) > 0;) {
        ssize_t part = recv(fd, answer + got, room - got, 0);
        if (part <= 0) break;
        got += (size_t)part;
    }
    close(fd);
    return got;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char answer[1 << 18];
    if (!server) begin();
    if (size > 1 << 15) return 0;
    size_t n = exchange((const char *)data, size, answer, sizeof answer - 1, WAIT_MS);
    answer[n] = '\0';
    if (n) assert(memcmp(answer, "HTTP/1.", 7) == 0);
    const char *body = strstr(answer, "\r\n\r\n");
    /* a refusal of our own has an id; the library's own, of what is no HTTP, has not; behind one of
     * HEAD, which has no body, the next answer may stand */
    if (body && answer[9] == '4' && strcasestr(answer, "X-Request-Id") && body[4])
        assert(body[4] == '{' || memcmp(body + 4, "HTTP/1.", 7) == 0);
    static const char alive[] = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    static unsigned runs;
    if (++runs % 64 == 0) {
        n = exchange(alive, sizeof alive - 1, answer, sizeof answer - 1, ALIVE_MS);
        answer[n] = '\0';
        assert(strncmp(answer, "HTTP/1.1 200", 12) == 0);
    }
    return 0;
}
