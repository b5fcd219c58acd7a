/* The coefficient of a covariate from before the experiment.
 *
 *     theta = cov(y, x) / var(x)      over the units of both arms together
 *
 * For a ratio y and x are the linearised ratios. With this theta the variance
 * of the difference falls by the square of their correlation, and the
 * difference stays unbiased because x cannot know of the treatment.
 */
#ifndef MKT_MODEL_CUPED_H
#define MKT_MODEL_CUPED_H

#include "model/lift.h"

/* 0 when the covariate does not vary: then the lift is the unadjusted one.
 *
 *   both   moments of the pooled units of both arms (sums added, then mkt_arms_moments_of)
 *
 * Source   Deng, Xu, Kohavi & Walker, WSDM 2013, section 3.2
 * Checked  tests/model/lift_test.c */
double mkt_cuped_theta(const struct mkt_arms_moments *both, mkt_arms_kind kind);

/* Share of the lift's variance that the covariate takes away, 0..1: (raw^2 - adjusted^2) / raw^2. */
double mkt_cuped_saved(double raw_se, double adjusted_se);

#endif
