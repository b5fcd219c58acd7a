#include "source/rowcursor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/jsonrows.h"

mkt_status mkt_rowcursor_open(const struct mkt_rowfile *file, struct mkt_rowcursor *out,
                              struct mkt_err *err)
{
    memset(out, 0, sizeof *out);
    out->file = file;
    int64_t most = 1;
    for (size_t i = 0; i < file->blocks; i++)
        if (file->block[i].bytes > most) most = file->block[i].bytes;
    out->capacity = (size_t)most;
    out->buffer = malloc(out->capacity);
    out->parts.room = file->columns;
    out->parts.cell = calloc(file->columns, sizeof *out->parts.cell);
    if (out->buffer && out->parts.cell) return MKT_OK;
    mkt_rowcursor_close(out);
    return mkt_err_set(err, MKT_E_NOMEM, "no memory left to read rows");
}

mkt_status mkt_rowcursor_load(struct mkt_rowcursor *cursor, size_t block, struct mkt_err *err)
{
    const struct mkt_rowfile_block *b = &cursor->file->block[block];
    size_t have = 0;
    while (have < (size_t)b->bytes) {
        ssize_t n = pread(cursor->file->fd, cursor->buffer + have, (size_t)b->bytes - have,
                          b->offset + (int64_t)have);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            return mkt_err_set(err, MKT_E_IO, "cannot read %s: %s", cursor->file->show,
                               strerror(errno));
        if (n == 0)
            return mkt_err_set(err, MKT_E_IO, "%s grew shorter while it was read",
                               cursor->file->show);
        have += (size_t)n;
    }
    cursor->at = cursor->buffer;
    cursor->end = cursor->buffer + have;
    cursor->row = b->row - 1;
    return MKT_OK;
}

bool mkt_rowcursor_next(struct mkt_rowcursor *cursor)
{
    const struct mkt_rowfile *f = cursor->file;
    bool json = f->format == MKT_ROWFILE_JSON;
    while (cursor->at < cursor->end) {
        const char *begin = cursor->at;
        mkt_row_state state =
            json ? mkt_jsonrows_row(begin, cursor->end, true, f, &cursor->parts)
                 : mkt_delimited_row(begin, cursor->end, true, f->delimiter, &cursor->parts);
        if (state == MKT_ROW_LAST) break;
        if (state == MKT_ROW_MALFORMED || state == MKT_ROW_UNCLOSED) {
            if (!json) break;
            while (begin < cursor->end && (*begin == '\n' || *begin == '\r' || *begin == ' '))
                begin++;
            const char *eol = memchr(begin, '\n', (size_t)(cursor->end - begin));
            cursor->at = eol ? eol + 1 : cursor->end;
            cursor->row++;
            continue;
        }
        cursor->at = cursor->parts.end;
        if (state != MKT_ROW_WHOLE) continue;
        cursor->row++;
        size_t column;
        if (!cursor->parts.nul && !mkt_rowfile_misshapen(f, &cursor->parts, begin, &column))
            return true;
    }
    cursor->at = cursor->end;
    return false;
}

struct mkt_cell mkt_rowcursor_cell(struct mkt_rowcursor *cursor, size_t column)
{
    struct mkt_cell *c = &cursor->parts.cell[column];
    if (c->escaped) {
        char *s = cursor->buffer + (c->s - cursor->buffer);
        c->n = cursor->file->format == MKT_ROWFILE_JSON ? mkt_jsonrows_plain(s, c->n)
                                                        : mkt_delimited_plain(s, c->n);
        c->escaped = false;
    }
    return *c;
}

void mkt_rowcursor_close(struct mkt_rowcursor *cursor)
{
    free(cursor->buffer);
    free(cursor->parts.cell);
    cursor->buffer = NULL;
    cursor->parts.cell = NULL;
}
