/* A quantile (median page time, 90th percentile of order value) as a metric of an arm.
 *
 * Its variance comes from the distance between two order statistics, those
 * that the interval of a share with this level would reach to:
 *
 *     L, U   values at the ranks n (q -+ z se),      se = sqrt(q (1 - q) / n)
 *     var    = (n* / n) ((n - 1) / n) ((U - L) / (2 z))^2
 *
 * When a unit has many values (clusters), se is that of the share of values
 * below the quantile, a ratio of sums over units: take it from
 * mkt_lift_parts_of with y the values below and d all values of a unit.
 */
#ifndef MKT_MODEL_QUANTILE_METRIC_H
#define MKT_MODEL_QUANTILE_METRIC_H

#include "model/lift.h"

/* The ranks to look up, counted from 1: low <= middle <= high, within 1..n.
 *   q         0..1
 *   share_se  of the share below the quantile; <= 0 for independent values
 *   level     0..1: 0.95 */
struct mkt_quantile_metric_ranks {
    int64_t low, middle, high;
};
struct mkt_quantile_metric_ranks mkt_quantile_metric_ranks_of(int64_t n, double q, double share_se,
                                                              double level);

struct mkt_quantile_metric {
    double value, low, high; /* at those ranks */
    int64_t n;               /* values, for independent values; units for clusters */
    int64_t n_star;          /* values that the ranks were made for; n unless looked up elsewhere */
    double level;            /* that the ranks were made for */
};

/* The arm for mkt_lift_fit, its mean the quantile.
 *
 * Notes    with 100 values and more a variance of one value is held to at least 1e-5, so that ties
 *          at the quantile do not make it certain
 * Source   Serfling, Approximation Theorems (1980), 2.6; clusters: Deng, Knoblich & Lu, KDD 2018, 4.1
 * Checked  tests/model/quantile_metric_test.c */
void mkt_quantile_metric_arm(const struct mkt_quantile_metric *q, struct mkt_lift_arm *out);

#endif
