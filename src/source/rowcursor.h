/* Reads the blocks of a row file; one cursor a thread.
 *
 * Checked  tests/source/rowfile_test.c, tests/fuzz/source_rowfile_fuzz.c
 */
#ifndef MKT_SOURCE_ROWCURSOR_H
#define MKT_SOURCE_ROWCURSOR_H

#include "source/rowfile.h"

struct mkt_rowcursor {
    const struct mkt_rowfile *file;
    char *buffer;
    size_t capacity;
    const char *at, *end;
    int64_t row; /* number of the row that was read */
    struct mkt_row parts;
};

/* Errors  MKT_E_NOMEM, MKT_E_IO */
MKT_MUST_CHECK mkt_status mkt_rowcursor_open(const struct mkt_rowfile *file,
                                             struct mkt_rowcursor *out, struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_rowcursor_load(struct mkt_rowcursor *cursor, size_t block,
                                             struct mkt_err *err);
/* The next sound row of the block; false at its end. The row's number is cursor->row. */
bool mkt_rowcursor_next(struct mkt_rowcursor *cursor);
/* Text of one cell of that row, valid until the next call of load. */
struct mkt_cell mkt_rowcursor_cell(struct mkt_rowcursor *cursor, size_t column);
void mkt_rowcursor_close(struct mkt_rowcursor *cursor);

#endif
