#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

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

#define PAIRS 768 /* bytes of pairs; what is longer is cut */

/* Room for the line at its longest: each byte escaped, and as many empty pairs
 * as fit. No longer than PIPE_BUF, so a line is written whole. */
#define LINE (2 * PAIRS + 6 * (PAIRS / 2) + 256)

/* Appends text with JSON's escapes; returns the end. */
static char *escaped(char *at, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') *at++ = '\\';
        *at++ = c < 0x20 || c == 0x7F ? '?' : (char)c;
    }
    return at;
}

void mkt_log(mkt_log_level level, const char *event, const char *pairs, ...)
{
    if ((int)level < atomic_load(&least)) return;
    char text[PAIRS], line[LINE], when[40];
    va_list args;
    va_start(args, pairs);
    vsnprintf(text, sizeof text, pairs, args);
    va_end(args);

    int64_t now = mkt_clock_wall_us();
    size_t w = strlen(mkt_clock_text(now / 1000000, when));
    snprintf(when + w, sizeof when - w, ".%03dZ", (int)(now % 1000000 / 1000));

    char *at = line + snprintf(line, 256, "{\"time\":\"%s\",\"level\":\"%s\",\"event\":\"%.64s\"",
                               when, names[level], event);
    for (const char *p = text; *p;) {
        size_t pair = strcspn(p, " ");
        const char *equals = memchr(p, '=', pair);
        if (equals) {
            at = stpcpy(at, ",\"");
            at = escaped(at, p, (size_t)(equals - p));
            at = stpcpy(at, "\":\"");
            at = escaped(at, equals + 1, pair - (size_t)(equals - p) - 1);
            at = stpcpy(at, "\"");
        }
        p += pair;
        p += strspn(p, " ");
    }
    at = stpcpy(at, "}\n");
    ssize_t written = write(STDERR_FILENO, line, (size_t)(at - line)); /* lines never mix */
    (void)written;
}
