/* A metric in one arm with its interval: Wilson's for a proportion, Student's t for the others. */
#ifndef MKT_MODEL_ARM_MEAN_H
#define MKT_MODEL_ARM_MEAN_H

#include "model/lift.h"

struct mkt_arm_mean {
    double value, se;
    double low, high; /* NAN with fewer than two units, or over a denominator of zero */
};

/* Source   Wilson, JASA 22 (1927) 209-212
 * Checked  tests/model/arm_mean_test.c */
struct mkt_arm_mean mkt_arm_mean_of(const struct mkt_arms_moments *moments, mkt_arms_kind kind,
                                    double level);

/* Of an arm that is made already, by Student's t: a quantile's. */
struct mkt_arm_mean mkt_arm_mean_of_arm(const struct mkt_lift_arm *arm, double level);

#endif
