#include "simulate/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BUFFER 65536

mkt_status mkt_sink_fault(const char *what, const char *path, int error, struct mkt_err *err)
{
    const char *why = strerrordesc_np(error);
    mkt_status status = error == ENOSPC || error == EDQUOT ? MKT_E_NOSPACE : MKT_E_IO;
    return mkt_err_set(err, status, "cannot %s %s: %s", what, path, why ? why : "unknown error");
}

mkt_status mkt_sink_open(struct mkt_sink *sink, struct mkt_arena *arena, const char *path,
                         struct mkt_err *err)
{
    *sink = (struct mkt_sink){.fd = -1};
    sink->path = mkt_arena_strdup(arena, path);
    sink->partial = mkt_arena_printf(arena, "%s.partial", path);
    sink->data = MKT_NEW(arena, char, BUFFER);
    if (!sink->path || !sink->partial || !sink->data) return mkt_arena_full(arena, err);
    sink->fd = open(sink->partial, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (sink->fd < 0) return mkt_sink_fault("make", sink->partial, errno, err);
    sink->there = true;
    return MKT_OK;
}

static void flush(struct mkt_sink *sink)
{
    size_t done = 0;
    while (done < sink->used && !sink->error) {
        ssize_t n = write(sink->fd, sink->data + done, sink->used - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            sink->error = errno;
    }
    sink->used = 0;
}

void mkt_sink_add(struct mkt_sink *sink, const char *bytes, size_t n)
{
    while (n > 0 && !sink->error) {
        if (sink->used == BUFFER) flush(sink);
        size_t part = BUFFER - sink->used < n ? BUFFER - sink->used : n;
        memcpy(sink->data + sink->used, bytes, part);
        sink->used += part;
        bytes += part;
        n -= part;
    }
}

void mkt_sink_text(struct mkt_sink *sink, const char *text)
{
    mkt_sink_add(sink, text, strlen(text));
}

void mkt_sink_printf(struct mkt_sink *sink, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof text)
        sink->error = EOVERFLOW;
    else
        mkt_sink_add(sink, text, (size_t)n);
}

void mkt_sink_int(struct mkt_sink *sink, int64_t value)
{
    char text[24], *c = text + sizeof text;
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        *--c = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (value < 0) *--c = '-';
    mkt_sink_add(sink, c, (size_t)(text + sizeof text - c));
}

void mkt_sink_cents(struct mkt_sink *sink, int64_t cents)
{
    int64_t whole = cents / 100, rest = cents % 100;
    if (rest < 0) rest = -rest;
    if (cents < 0 && whole == 0) mkt_sink_add(sink, "-", 1);
    mkt_sink_int(sink, whole);
    char part[3] = {'.', (char)('0' + rest / 10), (char)('0' + rest % 10)};
    mkt_sink_add(sink, part, sizeof part);
}

void mkt_sink_line(struct mkt_sink *sink)
{
    mkt_sink_add(sink, "\n", 1);
    sink->lines++;
}

mkt_status mkt_sink_close(struct mkt_sink *sink, struct mkt_err *err)
{
    flush(sink);
    if (close(sink->fd) != 0 && !sink->error) sink->error = errno;
    sink->fd = -1;
    return sink->error ? mkt_sink_fault("write", sink->path, sink->error, err) : MKT_OK;
}

mkt_status mkt_sink_publish(struct mkt_sink *sink, struct mkt_err *err)
{
    if (rename(sink->partial, sink->path) != 0)
        return mkt_sink_fault("make", sink->path, errno, err);
    sink->there = false;
    return MKT_OK;
}

void mkt_sink_drop(struct mkt_sink *sink)
{
    if (!sink->there) return;
    if (sink->fd >= 0) close(sink->fd);
    unlink(sink->partial);
    sink->there = false;
}
