/* The control and one variant side by side, over any slice of an experiment. */
#ifndef MKT_ANALYSIS_EXPERIMENT_PAIR_H
#define MKT_ANALYSIS_EXPERIMENT_PAIR_H

#include "analysis/experiment_estimate.h"

struct mkt_experiment_pair {
    struct mkt_arms_moments control, treated;
    const struct mkt_ranks *control_ranks, *treated_ranks; /* of a quantile, else NULL */
};

/* One arm as the tests take it. A quantile is that of the whole arm, whatever the slice.
 * Errors as mkt_arms_collect. */
MKT_MUST_CHECK mkt_status mkt_experiment_pair_arm(const struct mkt_experiment *e, size_t variant,
                                                  size_t metric, struct mkt_lift_arm *out,
                                                  struct mkt_err *err);

/* slice.variant is set here. Errors as mkt_arms_collect. */
MKT_MUST_CHECK mkt_status mkt_experiment_pair_collect(const struct mkt_experiment *e,
                                                      size_t variant, size_t metric,
                                                      struct mkt_arms_slice slice,
                                                      struct mkt_experiment_pair *out,
                                                      struct mkt_err *err);

/* The covariate's coefficient on both arms together; 0 when the metric has no covariate. */
double mkt_experiment_pair_theta(const struct mkt_arms_metric *metric,
                                 const struct mkt_experiment_pair *pair);

void mkt_experiment_pair_arms(const struct mkt_arms_metric *metric,
                              const struct mkt_experiment_pair *pair, struct mkt_lift_arm *control,
                              struct mkt_lift_arm *treated);

MKT_MUST_CHECK mkt_lift_fault mkt_experiment_pair_fit(const struct mkt_arms_metric *metric,
                                                      const struct mkt_experiment_pair *pair,
                                                      mkt_lift_scale scale, double theta,
                                                      struct mkt_lift *out);

#endif
