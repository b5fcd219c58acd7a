/* The rows of an experiment table that has a row a unit, or several: read into units. */
#ifndef MKT_SOURCE_ARM_ROWS_H
#define MKT_SOURCE_ARM_ROWS_H

#include "aggregate/units.h"
#include "source/arm_reading.h"
#include "source/duckdrain.h"

/* Rows read, from all threads. */
struct mkt_arm_rows {
    struct mkt_units_shape shape;
    struct mkt_units *part[MKT_DUCKDRAIN_PLACES]; /* [parts] */
    struct mkt_arena arena[MKT_DUCKDRAIN_PLACES]; /* of each part */
    size_t parts;
    struct mkt_units_view view; /* of all parts */
};

/* Which columns are values, in the order of a unit's values. */
struct mkt_arm_rows_value {
    size_t metric;
    int variable;
};

/* Reads unit, variant, segment, day and values of the rows that count: with unit, variant and day, and
 * without a cell that cannot be read.
 *
 *   value   [values] at most MKT_UNITS_VALUES
 *   apart   rows stay rows
 *   out     to be closed, whatever comes back
 *
 * Errors   MKT_E_NOMEM, MKT_E_CANCELLED, MKT_E_IO, MKT_E_NOSPACE
 *          MKT_E_LIMIT  variants or segments without end
 * Cost     one pass over the table
 * Checked  tests/source/arm_memory_test.c */
MKT_MUST_CHECK mkt_status mkt_arm_rows_read(struct mkt_arm_reading *x,
                                            const struct mkt_arm_rows_value *value, size_t values,
                                            bool apart, struct mkt_arm_rows *out);
void mkt_arm_rows_close(struct mkt_arm_rows *rows);

/* Walks all units on x->threads threads.   walk  [threads]: what each does
 * Errors  as mkt_units_each */
MKT_MUST_CHECK mkt_status mkt_arm_rows_walk(struct mkt_arm_reading *x,
                                            const struct mkt_arm_rows *rows,
                                            const struct mkt_units_walk *walk);

#endif
