#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The one setting of the process that is not passed along: where its log begins. */
static _Atomic int least = MKT_LOG_WARN;

static const char *const names[] = {"debug", "info", "warn", "error", "off"};

void mkt_log_set_level(mkt_log_level level)
{
    atomic_store(&least, (int)level);
}

mkt_log_level mkt_log_level_of(const char *name, mkt_log_level fallback)
{
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return (mkt_log_level)i;
    return fallback;
}

/* Appends text with JSON's escapes; leaves room for the closing of the line. */
static size_t escaped(char *line, size_t at, size_t size, const char *text, size_t n)
{
    for (size_t i = 0; i < n && at + 8 < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') line[at++] = '\\';
        line[at++] = c < 0x20 || c == 0x7F ? '?' : (char)c;
    }
    return at;
}

static size_t put(char *line, size_t at, size_t size, const char *text)
{
    size_t n = strlen(text);
    if (at + n + 4 >= size) return at;
    memcpy(line + at, text, n);
    return at + n;
}

void mkt_log(mkt_log_level level, const char *event, const char *pairs, ...)
{
    if ((int)level < atomic_load(&least)) return;
    char text[768], line[1280], when[40];
    va_list args;
    va_start(args, pairs);
    vsnprintf(text, sizeof text, pairs, args);
    va_end(args);

    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t w = strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(when + w, sizeof when - w, ".%03ldZ", now.tv_nsec / 1000000);

    int head = snprintf(line, sizeof line, "{\"time\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"",
                        when, names[level], event);
    size_t at = head > 0 ? (size_t)head : 0;
    for (const char *p = text; *p;) {
        size_t pair = strcspn(p, " ");
        const char *equals = memchr(p, '=', pair);
        if (equals) {
            at = put(line, at, sizeof line, ",\"");
            at = escaped(line, at, sizeof line, p, (size_t)(equals - p));
            at = put(line, at, sizeof line, "\":\"");
            at = escaped(line, at, sizeof line, equals + 1, pair - (size_t)(equals - p) - 1);
            at = put(line, at, sizeof line, "\"");
        }
        p += pair;
        p += strspn(p, " ");
    }
    line[at++] = '}';
    line[at++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, at); /* one call, so lines never mix */
    (void)written;
}
