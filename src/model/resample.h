/* Stationary block bootstrap of sums over days.
 *
 * Whole stretches of days are drawn with replacement, the same stretches for
 * every series, so that what happens on the same days stays together:
 *
 *     D[draw][k] = sum over drawn blocks (s, l) of e[s][k] + ... + e[s + l - 1][k]
 *
 * s uniform over the days, l geometric with the mean block length, days taken
 * round (the day after the last is the first), until `days` days are drawn.
 * Prefix sums make a block one subtraction, whatever its length.
 */
#ifndef MKT_MODEL_RESAMPLE_H
#define MKT_MODEL_RESAMPLE_H

#include <stdint.h>

#include "base/arena.h"

#define MKT_RESAMPLE_LANE 16 /* series are taken this many at a time */

struct mkt_resample {
    size_t days; /* 1..65535 */
    size_t series;
    size_t draws;
    double block_days; /* mean length of a block, >= 1 */
    uint64_t seed,
        stream;  /* draw d of stream s is the same whatever else is drawn; stream < 2^32 */
    int threads; /* at most 16 are used */
};

/* The length of a row of sums of n series: padded to whole lanes. */
static inline size_t mkt_resample_stride(size_t series)
{
    return (series + MKT_RESAMPLE_LANE - 1) / MKT_RESAMPLE_LANE * MKT_RESAMPLE_LANE;
}

/*   spec      what to draw
 *   residual  [series][days], each series summing to zero
 *   out       [draws][stride], the sums in the unit of residual; 0 in the padding
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Notes    single precision: the rounding is far below the spread between draws. The result does
 *          not depend on threads.
 * Cost     2 draws (days / block_days) stride additions; scratch 4 days stride bytes and a little
 * Source   Politis & Romano, JASA 89 (1994) 1303-1313, section 2
 * Checked  tests/model/resample_test.c
 */
MKT_MUST_CHECK mkt_status mkt_resample_sums(struct mkt_arena *arena,
                                            const struct mkt_resample *spec, const double *residual,
                                            float *out, struct mkt_err *err);

/* Scales sums, and takes the spread of each, of its difference from the next, and from one of them.
 *
 *   sums    [draws][stride], readable for a lane more; multiplied by factor in place
 *   factor  [stride], readable for a lane more
 *   one     a series
 *   own     [stride]   root mean square of v_k
 *   next    [stride]   of v_(k+1) - v_k; not meant for the last
 *   apart   [stride]   of v_k - v_one
 *
 * Cost    6 draws stride operations, 16 at a time */
void mkt_resample_spread(float *sums, size_t draws, size_t stride, const float *factor, size_t one,
                         double *own, double *next, double *apart);

/* The mean block length that suits a series: long where days hang together, 1 where they do not.
 *
 *     b = (2 g^2 / d)^(1/3) days^(1/3),  g = sum w(j/M) |j| r(j),  d = 2 (sum w(j/M) r(j))^2
 *
 * with the flat-top window w and M twice the lag beyond which no autocovariance r(j) stands out.
 *
 *   series  [days], stride apart, its mean taken as zero
 *   most    upper limit of the answer
 *
 * Source   Politis & White, Econometric Reviews 23 (2004) 53-70, section 3.2, with the correction
 *          of Patton, Politis & White, ibid. 28 (2009) 372-375
 */
double mkt_resample_block_days(const double *series, size_t stride, size_t days, double most);

#endif
