/* Aggregates of our own inside DuckDB: the exact sums and products of a metric's variables.
 *
 * mkt_arm_1(y), mkt_arm_2(y, d), ... up to four BIGINTs a row that are not
 * NULL: sums and all products in 128 bits, so no order of rows or threads can
 * change a bit. In one pass it takes less time than DuckDB's own sum() over
 * each product in HUGEINT. mkt_arm_real_1 to 4 take DOUBLEs that are whole
 * numbers, NULL for 0, and stop the query with MKT_DUCKARMS_TOO_WIDE where one
 * is too large to be sure of: asked of each in SQL that takes far longer.
 */
#ifndef MKT_SOURCE_DUCKARMS_H
#define MKT_SOURCE_DUCKARMS_H

#include "aggregate/arms.h"
#include "source/duck.h"

#define MKT_DUCKARMS_TOO_WIDE "a unit is too wide for doubles"

/* DuckDB aligns to 8 bytes only. */
typedef __attribute__((aligned(8))) mkt_arms_wide mkt_duckarms_wide;

/* Of the variables that were given, in their order, densely: product i, j of four at the place
 * mkt_arms_product(i, j). */
struct mkt_duckarms_sums {
    mkt_duckarms_wide sum[MKT_ARMS_VARIABLES];
    mkt_duckarms_wide product[MKT_ARMS_PRODUCTS];
    int64_t least, most; /* of the first variable; least > most without rows */
    int64_t over;        /* not 0: a sum does not fit, and none of them counts */
    int64_t missing;     /* mkt_arm_real: rows whose first variable is NULL */
};

/* Errors  MKT_E_INTERNAL  the library refuses a function */
MKT_MUST_CHECK mkt_status mkt_duckarms_register(struct mkt_duck *duck, struct mkt_err *err);

/* Takes the current row's result out of a column.
 * Checked  tests/source/arm_sums_test.c */
void mkt_duckarms_read(const struct mkt_duck_rows *rows, idx_t column,
                       struct mkt_duckarms_sums *out);

#endif
