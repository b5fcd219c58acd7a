/* A quantile (median page time, 90th percentile of order value) as a metric of an arm.
 *
 * Its variance comes from the distance between the order statistics that the
 * 95 % interval of a share reaches to (aggregate/ranks.h):
 *
 *     var    = (n* / n) ((n - 1) / n) ((U - L) / (2 * 1.96))^2
 *
 * n counts the units, which have one value each or several (clusters).
 */
#ifndef MKT_MODEL_QUANTILE_METRIC_H
#define MKT_MODEL_QUANTILE_METRIC_H

#include "aggregate/ranks.h"
#include "model/lift.h"

/* The arm for mkt_lift_fit, its mean the quantile.
 *
 *   n_star  units that the ranks were made for; ranks->units unless looked up elsewhere
 *
 * Notes    with 100 units and more the variance of one value is held to at least 1e-5, so that ties
 *          at the quantile do not make it certain
 * Source   Serfling, Approximation Theorems (1980), 2.6; clusters: Deng, Knoblich & Lu, KDD 2018, 4.1
 * Checked  tests/model/quantile_metric_test.c */
void mkt_quantile_metric_arm(const struct mkt_ranks *ranks, int64_t n_star,
                             struct mkt_lift_arm *out);

#endif
