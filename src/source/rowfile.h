/* A text file of rows: looked through once from end to end, then read by many threads.
 *
 * The look streams the file in constant memory. It settles the dialect, names
 * the columns, counts the rows, finds those whose shape is broken and marks
 * where blocks of rows begin, so that afterwards any thread can read any block
 * and still know each row's number. What cannot be a table (binary, a line
 * without end, thousands of columns) is refused here, before anything is kept.
 */
#ifndef MKT_SOURCE_ROWFILE_H
#define MKT_SOURCE_ROWFILE_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/arena.h"
#include "source/delimited.h"

#define MKT_ROWFILE_COLUMNS 4096            /* most columns */
#define MKT_ROWFILE_CELL ((size_t)4 << 20)  /* most bytes in a cell */
#define MKT_ROWFILE_LINE ((size_t)16 << 20) /* most bytes in a row */
#define MKT_ROWFILE_FAULTS 20               /* broken rows that are described */

typedef enum { MKT_ROWFILE_DELIMITED, MKT_ROWFILE_JSON } mkt_rowfile_format;

struct mkt_rowfile_block {
    int64_t offset, bytes;
    int64_t row; /* number of its first row, 1 for the first of the data */
};

struct mkt_rowfile_fault {
    int64_t row;
    const char *column, *value, *reason; /* column and value may be NULL */
};

struct mkt_rowfile {
    int fd;
    const char *show; /* the file's name in messages */
    mkt_rowfile_format format;
    char delimiter;
    size_t preamble; /* lines skipped above the header */
    const char **name;
    size_t columns, column_cap;
    struct mkt_rowfile_block *block;
    size_t blocks, block_cap;
    int64_t rows;      /* of data, broken ones and summaries included */
    int64_t broken;    /* whose shape is wrong: left out by the cursor */
    int64_t summaries; /* "Total" rows of another shape: left out too */
    struct mkt_rowfile_fault fault[MKT_ROWFILE_FAULTS];
    size_t faults;
    uint32_t *lookup; /* JSON: column by key; see jsonrows.c */
    size_t lookup_size;
};

/* Looks through an open file. `show` must outlive the rowfile; so must fd stay open.
 *
 * Errors  MKT_E_EMPTY   no bytes, or a header without rows, or JSON without objects
 *         MKT_E_DATA    binary, UTF-16, a NUL byte, a column named twice, a quote that never closes,
 *                       malformed JSON
 *         MKT_E_LIMIT   a row, cell or header beyond the limits above
 *         MKT_E_CANCELLED, MKT_E_IO, MKT_E_NOMEM
 * Cost    one pass; about 17 MB of memory at most, given back
 * Checked  tests/source/rowfile_test.c */
MKT_MUST_CHECK mkt_status mkt_rowfile_look(struct mkt_arena *arena, int fd, const char *show,
                                           mkt_rowfile_format format, const atomic_bool *cancel,
                                           struct mkt_rowfile *out, struct mkt_err *err);

/* What is wrong with the shape of a row that begins at `begin`, NULL for nothing; *column is the
 * one at fault. The look and the cursor (rowcursor.h) both go by it, so they skip the same rows. */
const char *mkt_rowfile_misshapen(const struct mkt_rowfile *file, const struct mkt_row *row,
                                  const char *begin, size_t *column);

#endif
