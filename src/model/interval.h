/* Intervals from an estimate and its spread. */
#ifndef MKT_MODEL_INTERVAL_H
#define MKT_MODEL_INTERVAL_H

struct mkt_interval {
    double low, high; /* both NAN when there is none */
};

/* For what is positive and has no upper limit:  value exp(+-t spread).
 *   value    > 0
 *   spread   standard error of log(value), >= 0
 *   t        quantile of its distribution, say 1.96 */
struct mkt_interval mkt_interval_log(double value, double spread, double t);

/* For a share that may not pass 1: the same on the scale of log(value / (1 - value)).
 *   value    0 < value < 1;   spread of log(value)
 * Source   delta method: d logit(p) = d log(p) / (1 - p) */
struct mkt_interval mkt_interval_logit(double value, double spread, double t);

/* For `successes` of `trials`, each like the others but not independent: Wilson's score interval
 * on trials / effect trials.
 *
 *   effect   design effect: variance of the share over that of independent trials, >= 1
 *
 * Source   Wilson, JASA 22 (1927) 209-212; design effect: Kish, Survey Sampling (1965) 8.2 */
struct mkt_interval mkt_interval_wilson(double successes, double trials, double effect, double t);

/*  Checked  tests/model/interval_test.c */

#endif
