/* Rates of a funnel's steps, how long a step takes, and how two groups differ.
 *
 * A unit is a user, or a session of a user. Sessions of one user are alike, so
 * the variance of a rate is that over users:
 *
 *     effect = sum_u (x_u - p n_u)^2 / (N p (1 - p)),   p = X / N,   at least 1
 *
 * and intervals are those of N / effect independent units. Where a unit is a
 * user the effect is 1.
 *
 * Source   ratio over clusters: Cochran, Sampling Techniques (1977) 10.3; effect: Kish, Survey
 *          Sampling (1965) 8.2; rate: Wilson, JASA 22 (1927) 209-212; difference of two rates:
 *          Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10; quantile: David & Nagaraja,
 *          Order Statistics (2003) 7.1
 * Checked  tests/model/step_rates_test.c, tests/model/funnel_coverage_test.c
 */
#ifndef MKT_MODEL_STEP_RATES_H
#define MKT_MODEL_STEP_RATES_H

#include "aggregate/funnels.h"
#include "base/arena.h"

struct mkt_step_rate {
    double trials, successes, effect;
    double value, low, high; /* NAN when there are no trials */
};

/*   trials, successes  0 <= successes <= trials
 *   nn, nx, xx         sums over users of n_u^2, n_u x_u, x_u^2 */
struct mkt_step_rate mkt_step_rates_of(double trials, double successes, double nn, double nx,
                                       double xx, double level);

/* Of the first step, and of the last needed step before; step 0 has no rates (all NAN). */
struct mkt_step_rate mkt_step_rates_from_start(const struct mkt_funnels *f, size_t step,
                                               double level);
struct mkt_step_rate mkt_step_rates_from_before(const struct mkt_funnels *f,
                                                const struct mkt_funnel_plan *plan, size_t step,
                                                double level);
/* The last step before `step` that is not optional. */
size_t mkt_step_rates_before(const struct mkt_funnel_plan *plan, size_t step);

struct mkt_step_difference {
    double value, low, high; /* first less second */
    double p;                /* two-sided, of no difference; 1 when it cannot be told */
};

/* Two independent groups. p by the score test; where a count that no difference would lead to is
 * below 10 (and the effect is 1), by Fisher's exact test, twice the smaller tail. */
struct mkt_step_difference mkt_step_rates_compare(double x1, double n1, double x2, double n2,
                                                  double effect, double level);

struct mkt_step_time {
    double value, low, high; /* seconds; NAN when there are none */
    int64_t n;
};

/* A quantile of times and the order statistics around it.
 *   bin     [bins] of mkt_funnels: exact to one part in 128, wholly where all times are alike
 *   q       0..1
 *   effect  >= 1, of times of one user that are alike
 * The interval's ends are NAN where fewer than 6 times (over the smaller of q and 1 - q, halved) hold
 * none of that level. */
struct mkt_step_time mkt_step_rates_time(const struct mkt_funnel_bin *bin, size_t bins, double q,
                                         double effect, double level);

#endif
