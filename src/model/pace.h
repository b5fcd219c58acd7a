/* Where spend will stand at the end of a period that is still running.
 *
 * Where the same days of a year before (364 days back, so weekdays agree) are known, the
 * days to come follow last year's season:
 *
 *     to come = recent * (to come, a year before) / (recent, a year before)
 *
 * recent being the last eight weeks, or as many of those days (four weeks at least) as have a
 * year before. A year's pattern need not repeat: on the log scale its error is Student's t with
 * 4 + K degrees of freedom and
 *
 *     spread^2 = (4 * 0.2^2 + e_1^2 + ... + e_K^2) / (4 + K),   spread >= 0.1
 *
 * e_k how far the same rule missed the recent weeks, from the weeks before them, and so back
 * while the data allow. 0.2, 4 and the floor of 0.1 are judgement, not measured.
 *
 * Elsewhere the days to come are taken to be like the last eight weeks, by day of the week,
 * and no season is in the spread.
 *
 * The spread of both has two more parts, resampled in blocks of days: how well those weeks tell
 * the level, and how the days to come will fall around it, with the corrections of
 * model/expected.h; with a season they count twice, for both years fall by chance.
 */
#ifndef MKT_MODEL_PACE_H
#define MKT_MODEL_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"

#define MKT_PACE_LEAST_DAYS 14 /* of spend seen, for a projection */
#define MKT_PACE_RECENT 56     /* days that the days to come are like */

struct mkt_pace {
    double projected; /* spend of the whole period; NAN when too few days were seen */
    double low, high; /* at 95 %; NAN when nothing is left to come */
    double above;     /* probability that it passes the budget */
    bool season;      /* the days to come follow those of a year before */
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
