/* Times far from all others: a clock was wrong.
 *
 * Rows are counted by month as they come. A few of them more than a year from all others (at most one in a
 * thousand), or ten years (one in twenty), at either end are strays.
 */
#ifndef MKT_AGGREGATE_CLOCKS_H
#define MKT_AGGREGATE_CLOCKS_H

#include <stddef.h>
#include <stdint.h>

#define MKT_CLOCKS_DAYS 30 /* in a bin */

/* Rows of thirty days. All 0 is none. */
struct mkt_clocks_bin {
    int64_t rows, first, last; /* times, in whatever unit */
};

static inline void mkt_clocks_add(struct mkt_clocks_bin *bin, int64_t time)
{
    if (!bin->rows || time < bin->first) bin->first = time;
    if (!bin->rows || time > bin->last) bin->last = time;
    bin->rows++;
}

/* Adds bins to others.   [bins] both */
void mkt_clocks_join(struct mkt_clocks_bin *into, const struct mkt_clocks_bin *from, size_t bins);

/* First and last time without strays. Returns the strays' number.
 *   bin  [bins] in order of time; some of them with rows
 * Checked  tests/aggregate/clocks_test.c */
int64_t mkt_clocks_range(const struct mkt_clocks_bin *bin, size_t bins, int64_t *first,
                         int64_t *last);

#endif
