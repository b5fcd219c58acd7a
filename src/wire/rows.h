/* A JSON array of row objects as the text of a CSV table. */
#ifndef MKT_WIRE_ROWS_H
#define MKT_WIRE_ROWS_H

#include "base/buf.h"
#include "wire/json_read.h"

#define MKT_ROWS_COLUMNS 1000

/* Columns are the keys of all rows in the order they first appear; null and a missing key are an
 * empty cell; every text is quoted, so that what stands in it stays data.
 *
 * Errors  MKT_E_ARG    not an array of objects, no row, or a cell that is an array or an object:
 *                      the row and the column are named
 *         MKT_E_LIMIT  more than MKT_ROWS_COLUMNS columns
 *         MKT_E_NOMEM  the arena is full
 * Cost    rows times columns
 * Checked tests/wire/rows_test.c */
MKT_MUST_CHECK mkt_status mkt_rows_write_csv(struct mkt_arena *arena, const struct mkt_value *rows,
                                             struct mkt_buf *out, struct mkt_err *err);

#endif
