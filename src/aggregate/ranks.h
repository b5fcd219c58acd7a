/* A quantile of an arm's values (median page time, 90th percentile of order value) by the order
 * statistics that tell it and how sure it is.
 *
 *     low, value, high   values at the ranks n (q - z se), n q and n (q + z se),   z = 1.96
 *     se                 of the share of values at or below the quantile
 *
 * A quantile cannot be merged from those of parts; what its error needs can:
 * se is that of a ratio of sums over units, values at or below it over all
 * values, so that the values of a unit may hang together (clusters). Where
 * each unit has one value, it is sqrt(q (1 - q) / n).
 */
#ifndef MKT_AGGREGATE_RANKS_H
#define MKT_AGGREGATE_RANKS_H

#include <stdint.h>

#define MKT_RANKS_REACH 1.959963984540054 /* z: the normal quantile of .975 */

/* What one arm has. */
struct mkt_ranks {
    int64_t values, units; /* units with a value at least; values == units: independent values */
    double value, low, high;
};

/* Sums over the units of an arm: b values at or below the quantile, d values. */
struct mkt_ranks_sums {
    int64_t units;
    double b, d, bb, bd, dd;
};

/* Standard error of the share of values at or below the quantile q. */
double mkt_ranks_share_se(const struct mkt_ranks_sums *sums, double q);

/* The ranks to look up, counted from 1: low <= middle <= high, within 1..n.
 *
 *   n         values, > 0
 *   q         0..1
 *   share_se  as above
 *
 * Source   Serfling, Approximation Theorems (1980), 2.6; clusters: Deng, Knoblich & Lu, KDD 2018, 4.1
 * Checked  tests/model/quantile_metric_test.c */
struct mkt_ranks_places {
    int64_t low, middle, high;
};
struct mkt_ranks_places mkt_ranks_places_of(int64_t n, double q, double share_se);

#endif
