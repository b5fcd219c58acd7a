#include "source/rowwindow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "source/jsonrows.h"

#define BUFFER_FIRST ((size_t)1 << 20)

static mkt_status no_memory(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_NOMEM, "no memory left to read rows");
}

static mkt_status read_error(const struct mkt_rowfile *file, struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_IO, "cannot read %s: %s", file->show, strerror(errno));
}

mkt_status mkt_rowwindow_fill(struct mkt_rowwindow *w, struct mkt_err *err)
{
    if (w->cancel && atomic_load_explicit(w->cancel, memory_order_relaxed))
        return mkt_err_set(err, MKT_E_CANCELLED, "stopped while reading %s", w->file->show);
    size_t left = w->end - w->begin;
    if (w->begin) memmove(w->buffer, w->buffer + w->begin, left);
    w->offset += (int64_t)w->begin;
    w->begin = 0;
    w->end = left;
    if (left == w->capacity || !w->buffer) {
        size_t more = w->capacity ? 2 * w->capacity : BUFFER_FIRST;
        char *grown = realloc(w->buffer, more);
        if (!grown) return no_memory(err);
        w->buffer = grown;
        w->capacity = more;
    }
    while (w->end < w->capacity) {
        ssize_t n = pread(w->file->fd, w->buffer + w->end, w->capacity - w->end,
                          w->offset + (int64_t)w->end);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return read_error(w->file, err);
        if (n == 0) {
            w->last = true;
            break;
        }
        w->end += (size_t)n;
    }
    return MKT_OK;
}

mkt_status mkt_rowwindow_too_long(const struct mkt_rowwindow *w, size_t column, struct mkt_err *err)
{
    const struct mkt_rowfile *f = w->file;
    const char *name = column < f->columns ? f->name[column] : "?";
    if (f->rows == 0 && f->columns == 0)
        return mkt_err_set(err, MKT_E_LIMIT,
                           "%s: the first line is longer than %zu MB: this is no table of rows",
                           f->show, MKT_ROWFILE_LINE >> 20);
    return mkt_err_set(err, MKT_E_LIMIT,
                       "%s: row %lld is longer than %zu MB around column \"%s\"; a quote that is "
                       "never closed does this",
                       f->show, (long long)f->rows + 1, MKT_ROWFILE_LINE >> 20, name);
}

static mkt_row_state split(struct mkt_rowwindow *w, bool *full)
{
    const char *s = w->buffer + w->begin, *end = w->buffer + w->end;
    *full = false;
    if (w->file->format == MKT_ROWFILE_JSON)
        return mkt_jsonrows_learn(w->arena, s, end, w->last, w->file, &w->row, full);
    if (s == end) return MKT_ROW_LAST;
    return mkt_delimited_row(s, end, w->last, w->file->delimiter, &w->row);
}

mkt_status mkt_rowwindow_next(struct mkt_rowwindow *w, mkt_row_state *state, struct mkt_err *err)
{
    for (;;) {
        bool full, none = w->begin == w->end && !w->last;
        *state = none ? MKT_ROW_MORE : split(w, &full);
        if (!none && full) {
            if (w->file->columns == MKT_ROWFILE_COLUMNS)
                return mkt_err_set(
                    err, MKT_E_LIMIT,
                    "%s has more than %s columns: more than a table of this kind has",
                    w->file->show, MKT_COUNT(MKT_ROWFILE_COLUMNS));
            return mkt_arena_full(w->arena, err);
        }
        if (*state != MKT_ROW_MORE) return MKT_OK;
        if (w->end - w->begin >= MKT_ROWFILE_LINE)
            return mkt_rowwindow_too_long(w, w->row.cells ? w->row.cells - 1 : 0, err);
        MKT_TRY(mkt_rowwindow_fill(w, err));
    }
}
