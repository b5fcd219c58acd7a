#include "source/rowfile.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "source/jsonrows.h"
#include "source/rowwindow.h"
#include "source/total_names.h"

#define BLOCK_BYTES ((size_t)1 << 18)
#define SHOWN 80 /* bytes of a value that a message quotes */

static const char *quote(struct mkt_arena *arena, const char *s, size_t n)
{
    const char *text = mkt_text_clean(arena, s, n < 4 * SHOWN ? n : 4 * SHOWN, SHOWN);
    return text ? text : "";
}

static const char not_utf8[] = "is not UTF-8; save the file as UTF-8";

const char *mkt_rowfile_misshapen(const struct mkt_rowfile *file, const struct mkt_row *row,
                                  const char *begin, size_t *column)
{
    *column = 0;
    if (row->high && !mkt_text_is_utf8(begin, (size_t)(row->end - begin))) {
        size_t n = row->cells < row->room ? row->cells : row->room;
        if (file->format == MKT_ROWFILE_JSON) n = file->columns;
        for (size_t i = 0; i < n; i++)
            if (!mkt_text_is_utf8(row->cell[i].s, row->cell[i].n)) *column = i;
        return not_utf8;
    }
    if (file->format == MKT_ROWFILE_JSON) return NULL;
    if (row->cells < file->columns) return "the row has too few columns";
    if (row->cells > file->columns && row->extra_filled) return "the row has too many columns";
    return NULL;
}

/* "Total: account" and copyright lines at the foot of a report. */
static bool is_summary(const struct mkt_row *row)
{
    if (row->cells == 0 || row->room == 0) return false;
    const struct mkt_cell *c = &row->cell[0];
    return mkt_total_names_has(c->s, c->n, true) || (c->n >= 2 && memcmp(c->s, "\xC2\xA9", 2) == 0);
}

static mkt_status add_fault(struct mkt_rowwindow *w, const char *reason, size_t column,
                            struct mkt_err *err)
{
    struct mkt_rowfile *f = w->file;
    if (f->format == MKT_ROWFILE_DELIMITED && is_summary(&w->row)) {
        f->summaries++;
        return MKT_OK;
    }
    f->broken++;
    if (f->faults == MKT_ROWFILE_FAULTS) return MKT_OK;
    struct mkt_rowfile_fault *fault = &f->fault[f->faults];
    fault->row = f->rows;
    fault->reason = reason;
    bool utf8 = reason == not_utf8;
    const struct mkt_cell *cell = column < w->row.room ? &w->row.cell[column] : NULL;
    if (utf8 && cell && cell->s) {
        fault->column = column < f->columns ? f->name[column] : NULL;
        fault->value = quote(w->arena, cell->s, cell->n);
    } else if (!utf8) {
        fault->reason = mkt_arena_printf(w->arena, "the row has %s columns, the header %s",
                                         MKT_COUNT(w->row.cells), MKT_COUNT(f->columns));
        fault->value =
            quote(w->arena, w->buffer + w->begin, (size_t)(w->row.end - w->buffer) - w->begin);
    }
    if (!fault->reason) return mkt_arena_full(w->arena, err);
    f->faults++;
    return MKT_OK;
}

static mkt_status open_block(struct mkt_rowwindow *w, int64_t offset, struct mkt_err *err)
{
    struct mkt_rowfile *f = w->file;
    struct mkt_rowfile_block *b = f->blocks ? &f->block[f->blocks - 1] : NULL;
    if (b && b->bytes < (int64_t)BLOCK_BYTES) return MKT_OK;
    b = mkt_arena_push(w->arena, &f->block, &f->blocks, &f->block_cap, sizeof *b);
    if (!b) return mkt_arena_full(w->arena, err);
    *b = (struct mkt_rowfile_block){.offset = offset, .row = f->rows + 1};
    return MKT_OK;
}

static mkt_status long_cells(const struct mkt_rowwindow *w, struct mkt_err *err)
{
    for (size_t i = 0; i < w->row.cells && i < w->row.room && i < w->file->columns; i++)
        if (w->row.cell[i].n > MKT_ROWFILE_CELL)
            return mkt_err_set(err, MKT_E_LIMIT,
                               "%s: row %lld, column \"%s\" holds %s bytes; the most is %zu MB",
                               w->file->show, (long long)w->file->rows, w->file->name[i],
                               MKT_COUNT(w->row.cell[i].n), MKT_ROWFILE_CELL >> 20);
    return MKT_OK;
}

static mkt_status take_row(struct mkt_rowwindow *w, struct mkt_err *err)
{
    struct mkt_rowfile *f = w->file;
    const char *begin = w->buffer + w->begin;
    size_t column;
    MKT_TRY(open_block(w, w->offset + (int64_t)w->begin, err));
    f->rows++;
    if (w->row.nul)
        return mkt_err_set(err, MKT_E_DATA,
                           "%s: row %lld holds a NUL byte: this is not a text file", f->show,
                           (long long)f->rows);
    size_t bytes = (size_t)(w->row.end - begin);
    if (bytes > MKT_ROWFILE_CELL) MKT_TRY(long_cells(w, err));
    const char *reason = mkt_rowfile_misshapen(f, &w->row, begin, &column);
    if (reason) MKT_TRY(add_fault(w, reason, column, err));
    f->block[f->blocks - 1].bytes =
        w->offset + (w->row.end - w->buffer) - f->block[f->blocks - 1].offset;
    return MKT_OK;
}

/* A malformed line of NDJSON is a broken row; reading goes on at the next line. */
static mkt_status pass_over_line(struct mkt_rowwindow *w, struct mkt_err *err)
{
    struct mkt_rowfile *f = w->file;
    MKT_TRY(open_block(w, w->offset + (int64_t)w->begin, err));
    f->rows++;
    f->broken++;
    const char *begin = w->buffer + w->begin;
    while (begin < w->buffer + w->end && (*begin == '\n' || *begin == '\r' || *begin == ' '))
        begin++;
    for (;;) {
        size_t from = (size_t)(begin - w->buffer);
        const char *eol = memchr(begin, '\n', w->end - from);
        if (eol || w->last) {
            w->row.end = eol ? eol + 1 : w->buffer + w->end;
            break;
        }
        if (w->end - w->begin >= MKT_ROWFILE_LINE) return mkt_rowwindow_too_long(w, 0, err);
        size_t ahead = from - w->begin;
        MKT_TRY(mkt_rowwindow_fill(w, err));
        begin = w->buffer + w->begin + ahead;
    }
    if (f->faults < MKT_ROWFILE_FAULTS) {
        struct mkt_rowfile_fault *fault = &f->fault[f->faults++];
        fault->row = f->rows;
        fault->reason = "the line is not a JSON object";
        fault->value = quote(w->arena, begin, (size_t)(w->row.end - begin));
    }
    f->block[f->blocks - 1].bytes =
        w->offset + (w->row.end - w->buffer) - f->block[f->blocks - 1].offset;
    return MKT_OK;
}

static mkt_status malformed(const struct mkt_rowwindow *w, struct mkt_err *err)
{
    long long byte = w->offset + (w->row.end - w->buffer);
    return mkt_err_set(err, MKT_E_DATA,
                       "%s: the JSON stops making sense at byte %lld, in object %lld",
                       w->file->show, byte + 1, (long long)w->file->rows + 1);
}

static mkt_status take_rows(struct mkt_rowwindow *w, struct mkt_err *err)
{
    struct mkt_rowfile *f = w->file;
    for (;;) {
        mkt_row_state state;
        MKT_TRY(mkt_rowwindow_next(w, &state, err));
        if (state == MKT_ROW_LAST) return MKT_OK;
        if (w->lines && (state == MKT_ROW_MALFORMED || state == MKT_ROW_UNCLOSED)) {
            MKT_TRY(pass_over_line(w, err));
        } else if (state == MKT_ROW_MALFORMED) {
            return malformed(w, err);
        } else if (state == MKT_ROW_UNCLOSED && f->format == MKT_ROWFILE_JSON) {
            return mkt_err_set(err, MKT_E_DATA, "%s: the JSON ends in the middle of object %lld",
                               f->show, (long long)f->rows + 1);
        } else if (state == MKT_ROW_UNCLOSED) {
            size_t c = w->row.cells - 1;
            return mkt_err_set(
                err, MKT_E_DATA,
                "%s: the quote that opens in row %lld, column \"%s\" is never closed", f->show,
                (long long)f->rows + 1, c < f->columns ? f->name[c] : "?");
        } else if (state == MKT_ROW_WHOLE) {
            MKT_TRY(take_row(w, err));
        }
        w->begin = (size_t)(w->row.end - w->buffer);
    }
}

static mkt_status check_names(const struct mkt_rowfile *f, uint64_t *hash, struct mkt_err *err)
{
    for (size_t i = 0; i < f->columns; i++) {
        hash[i] = mkt_hash_text(f->name[i]);
        for (size_t k = 0; k < i; k++)
            if (hash[k] == hash[i] && strcmp(f->name[i], f->name[k]) == 0)
                return mkt_err_set(
                    err, MKT_E_DATA,
                    "%s has two columns named \"%s\" (the %zu. and the %zu.); rename "
                    "or remove one",
                    f->show, f->name[i], k + 1, i + 1);
    }
    return MKT_OK;
}

static mkt_status take_header(struct mkt_rowwindow *w, struct mkt_err *err)
{
    struct mkt_rowfile *f = w->file;
    mkt_row_state state;
    do {
        MKT_TRY(mkt_rowwindow_next(w, &state, err));
        if (state == MKT_ROW_LAST)
            return mkt_err_set(err, MKT_E_EMPTY, "%s holds no rows at all", f->show);
        if (state == MKT_ROW_UNCLOSED)
            return mkt_err_set(err, MKT_E_DATA, "%s: a quote in the header is never closed",
                               f->show);
        if (state == MKT_ROW_BLANK) w->begin = (size_t)(w->row.end - w->buffer);
    } while (state == MKT_ROW_BLANK);
    if (w->row.nul)
        return mkt_err_set(err, MKT_E_DATA, "%s holds NUL bytes: this is not a text file", f->show);
    if (w->row.cells > MKT_ROWFILE_COLUMNS)
        return mkt_err_set(err, MKT_E_LIMIT, "%s has %s columns; the most is %s", f->show,
                           MKT_COUNT(w->row.cells), MKT_COUNT(MKT_ROWFILE_COLUMNS));
    if (w->row.high &&
        !mkt_text_is_utf8(w->buffer + w->begin, (size_t)(w->row.end - w->buffer) - w->begin))
        return mkt_err_set(err, MKT_E_DATA, "%s: the header is not UTF-8; save the file as UTF-8",
                           f->show);
    size_t columns = w->row.cells;
    f->name = MKT_NEW(w->arena, const char *, columns);
    uint64_t *hash = MKT_NEW(w->arena, uint64_t, columns);
    if (!f->name || !hash) return mkt_arena_full(w->arena, err);
    for (size_t i = 0; i < columns; i++) {
        const struct mkt_cell *c = &w->row.cell[i];
        char *s = w->buffer + (c->s - w->buffer);
        size_t n = c->escaped ? mkt_delimited_plain(s, c->n) : c->n;
        f->name[i] = mkt_text_clean(w->arena, s, n, 200);
        if (f->name[i] && !*f->name[i])
            f->name[i] = mkt_arena_printf(w->arena, "column %zu", i + 1);
        if (!f->name[i]) return mkt_arena_full(w->arena, err);
    }
    f->columns = columns;
    w->row.room = columns; /* what lies beyond is extra */
    w->begin = (size_t)(w->row.end - w->buffer);
    return check_names(f, hash, err);
}

static mkt_status begin_delimited(struct mkt_rowwindow *w, struct mkt_err *err)
{
    struct mkt_rowfile *f = w->file;
    size_t n = w->end - w->begin;
    if (memchr(w->buffer + w->begin, '\0', n < 4096 ? n : 4096))
        return mkt_err_set(err, MKT_E_DATA, "%s is a binary file (it holds NUL bytes), not a table",
                           f->show);
    struct mkt_dialect dialect;
    mkt_delimited_guess(w->buffer + w->begin, n < 1 << 18 ? n : 1 << 18, w->last && n < 1 << 18,
                        &dialect);
    f->delimiter = dialect.delimiter;
    f->preamble = dialect.preamble;
    w->begin += dialect.skip;
    MKT_TRY(take_header(w, err));
    MKT_TRY(take_rows(w, err));
    if (f->rows == 0) return mkt_err_set(err, MKT_E_EMPTY, "%s has a header but no rows", f->show);
    return MKT_OK;
}

static mkt_status begin_json(struct mkt_rowwindow *w, struct mkt_err *err)
{
    struct mkt_rowfile *f = w->file;
    size_t begin;
    mkt_jsonrows_shape shape = mkt_jsonrows_find(w->buffer + w->begin, w->end - w->begin, &begin);
    if (shape == MKT_JSONROWS_NONE)
        return mkt_err_set(err, MKT_E_EMPTY,
                           "%s holds no rows: an array of objects or one object a line is needed",
                           f->show);
    w->lines = shape == MKT_JSONROWS_LINES;
    w->begin += begin;
    MKT_TRY(take_rows(w, err));
    if (f->rows == 0 || f->columns == 0)
        return mkt_err_set(err, MKT_E_EMPTY, "%s holds no rows", f->show);
    return MKT_OK;
}

static mkt_status look(struct mkt_rowwindow *w, struct mkt_err *err)
{
    struct mkt_rowfile *f = w->file;
    MKT_TRY(mkt_rowwindow_fill(w, err));
    if (w->end == 0) return mkt_err_set(err, MKT_E_EMPTY, "%s is empty", f->show);
    const unsigned char *b = (const unsigned char *)w->buffer;
    if (w->end >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF)))
        return mkt_err_set(err, MKT_E_DATA, "%s is UTF-16 text; save it as UTF-8", f->show);
    if (w->end >= 3 && memcmp(b, "\xEF\xBB\xBF", 3) == 0) w->begin = 3;
    w->row.cell = w->cell = calloc(MKT_ROWFILE_COLUMNS, sizeof *w->cell);
    w->row.room = MKT_ROWFILE_COLUMNS;
    if (!w->cell) return mkt_err_set(err, MKT_E_NOMEM, "no memory left to read rows");
    return f->format == MKT_ROWFILE_JSON ? begin_json(w, err) : begin_delimited(w, err);
}

mkt_status mkt_rowfile_look(struct mkt_arena *arena, int fd, const char *show,
                            mkt_rowfile_format format, const atomic_bool *cancel,
                            struct mkt_rowfile *out, struct mkt_err *err)
{
    memset(out, 0, sizeof *out);
    out->fd = fd;
    out->show = show;
    out->format = format;
    struct mkt_rowwindow w = {.arena = arena, .file = out, .cancel = cancel};
    mkt_status status = look(&w, err);
    free(w.buffer);
    free(w.cell);
    return status;
}
