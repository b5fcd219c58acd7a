/* Where spend will stand at the end of a period that is still running.
 *
 * The days to come are expected to be like the last eight weeks, by day of the
 * week; the spread has two parts, both resampled in blocks of days: how well
 * those weeks tell the level, and how the days to come will fall around it,
 * with the corrections of model/expected.h.
 */
#ifndef MKT_MODEL_PACE_H
#define MKT_MODEL_PACE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"

#define MKT_PACE_LEAST_DAYS 14 /* of spend seen, for a projection */

struct mkt_pace {
    double projected; /* spend of the whole period; NAN when too few days were seen */
    double low, high; /* at 95 %; NAN when nothing is left to come */
    double above;     /* probability that it passes the budget */
};

/*   spend     [seen], daily, the last of them the day before the days to come
 *   first     day of spend[0]
 *   spent     within the period so far
 *   left      days to come, >= 0
 *   budget    > 0
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Checked  tests/model/pace_test.c */
MKT_MUST_CHECK mkt_status mkt_pace_fit(struct mkt_arena *arena, const double *spend, size_t seen,
                                       int32_t first, double spent, int32_t left, double budget,
                                       uint64_t seed, struct mkt_pace *out, struct mkt_err *err);

#endif
