/* Order statistics of more values than memory holds: kept in piles, found by counting.
 *
 * Each of up to 256 groups has its own values. A value at a rank is told by
 * counting how many fall into each of 65,536 ranges, then into those of the
 * range that holds it: four walks over the values at most, mostly two.
 */
#ifndef MKT_AGGREGATE_UNIT_VALUES_H
#define MKT_AGGREGATE_UNIT_VALUES_H

#include "aggregate/piles.h"

#define MKT_UNIT_VALUES_GROUPS MKT_PILES

/* What one thread at a time adds to. */
struct mkt_unit_values {
    struct mkt_piles piles;
    int64_t least[MKT_UNIT_VALUES_GROUPS], most[MKT_UNIT_VALUES_GROUPS];
};

/*   limit  bytes to hold before the rest goes to disk */
void mkt_unit_values_init(struct mkt_unit_values *values, struct mkt_arena *arena, size_t limit,
                          const char *temp);
void mkt_unit_values_close(struct mkt_unit_values *values);

/* Errors  as mkt_piles_add */
MKT_MUST_CHECK mkt_status mkt_unit_values_add(struct mkt_unit_values *values, size_t group,
                                              int64_t value, struct mkt_err *err);

/* How many a group has in all parts. */
int64_t mkt_unit_values_count(struct mkt_unit_values *const *part, size_t parts, size_t group);

/* The value at a rank of a group, from all parts.
 *   rank  1..count
 * Errors   MKT_E_NOMEM  the arena has no room of 528 KB
 *          MKT_E_IO     the temporary file cannot be read back
 * Cost     four walks over the group's values at most
 * Checked  tests/aggregate/units_test.c */
MKT_MUST_CHECK mkt_status mkt_unit_values_at(struct mkt_arena *arena,
                                             struct mkt_unit_values *const *part, size_t parts,
                                             size_t group, int64_t rank, int64_t *out,
                                             struct mkt_err *err);

/* The rank of a quantile: n q rounded up, 1 at least, q being the decimal number of up to 15 digits that
 * people wrote. */
int64_t mkt_unit_values_rank(int64_t n, double q);

#endif
