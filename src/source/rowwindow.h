/* The window of a row file's look, which slides over the file and splits rows off it. Private to
 * src/source/rowfile.c and rowwindow.c.
 */
#ifndef MKT_SOURCE_ROWWINDOW_H
#define MKT_SOURCE_ROWWINDOW_H

#include "source/rowfile.h"

struct mkt_rowwindow {
    struct mkt_arena *arena;
    struct mkt_rowfile *file;
    const atomic_bool *cancel;
    char *buffer;
    size_t capacity, begin, end; /* bytes not yet used: buffer[begin..end) */
    int64_t offset;              /* of buffer[0] in the file */
    bool last;                   /* the file ends at `end` */
    bool lines;                  /* JSON, one object a line */
    struct mkt_cell *cell;
    struct mkt_row row;
};

/* Slides what is left to the front and reads on.
 * Errors  MKT_E_CANCELLED, MKT_E_IO, MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_rowwindow_fill(struct mkt_rowwindow *window, struct mkt_err *err);

/* The next row, reading on as needed.
 * Errors  MKT_E_LIMIT  the row is too long, or of JSON the columns too many; those of fill */
MKT_MUST_CHECK mkt_status mkt_rowwindow_next(struct mkt_rowwindow *window, mkt_row_state *state,
                                             struct mkt_err *err);

/* The error of a row that is too long. */
mkt_status mkt_rowwindow_too_long(const struct mkt_rowwindow *window, size_t column,
                                  struct mkt_err *err);

#endif
