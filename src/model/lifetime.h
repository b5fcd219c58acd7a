/* What a customer brings by month of age, and when that has paid back what they cost.
 *
 *     L_m   sum over k < m of  C_k / N_k       C_k  contribution in month of age k of the
 *                                              N_k  customers for whom that month is over
 *     LTV   sum over k < h of  (1 + r)^(-k/12) C_k / N_k
 *
 * Every customer counts in the months that are over for them, so late cohorts
 * tell of early months and only early cohorts of late ones: it is taken that
 * they age alike. Nothing is extrapolated: a month that fewer than
 * MKT_LIFETIME_LEAST customers have behind them is not within the data.
 *
 * Chance is which customers came. They are dealt to 256 groups by hash, and
 * groups are drawn with replacement:
 *
 *     draw d:  C_k, N_k summed over the drawn groups;  log(L / value), or L - value where L may be
 *              below 0;  interval  value exp(+-t spread), or value +- t spread
 *
 * The share of customers who have paid back what they cost by month m is
 * Kaplan and Meier's, its interval Wilson's on the customers that Greenwood's
 * variance is worth.
 */
#ifndef MKT_MODEL_LIFETIME_H
#define MKT_MODEL_LIFETIME_H

#include <stdbool.h>

#include "aggregate/cohorts.h"

#define MKT_LIFETIME_DRAWS 1000
#define MKT_LIFETIME_LEAST 30 /* customers behind a month of age that is told */
#define MKT_LIFETIME_LEVEL 0.95

struct mkt_lifetime_value {
    double value;     /* NAN: not within the data */
    double low, high; /* NAN when there is no interval */
    double spread;    /* of log(value), or of value; NAN unknown */
    bool is_log;      /* which of the two */
};

struct mkt_lifetime_share {
    double value, low, high;
};

struct mkt_lifetime {
    size_t months;                     /* of age within the data, at most as the cohorts hold */
    size_t horizon;                    /* as asked for, in months */
    double t;                          /* quantile of the intervals */
    int64_t *seen;                     /* [months]: customers for whom the month is over */
    struct mkt_lifetime_value *curve;  /* [months]: L_(m+1) */
    struct mkt_lifetime_value ltv;     /* discounted, at the horizon */
    struct mkt_lifetime_value reached; /* the same at the last month within the data, if earlier */
    struct mkt_lifetime_value revenue; /* discounted amounts at the horizon */
    double *ltv_draw, *revenue_draw;   /* [DRAWS] at the horizon; NULL when not within the data */
    struct mkt_lifetime_share *paid;   /* [months]: paid back by the end of the month; without
                                          thresholds NAN */
};

struct mkt_lifetime_params {
    size_t horizon;  /* months, >= 1 */
    double discount; /* a year, > -1 */
    uint64_t seed;
};

/*   cohorts  made
 *   slice    one of its slices
 *   out      its arrays live in the arena
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Notes    slices have the same draws, so differences between them can be taken draw by draw
 * Cost     DRAWS * 256 * months * 3 additions
 * Source   random groups: Wolter, Introduction to Variance Estimation, 2nd ed. (2007), ch. 2;
 *          bootstrap standard errors, t intervals: Efron & Tibshirani (1993), 12.5; Kaplan & Meier,
 *          JASA 53 (1958) 457-481; Wilson's interval on the effective number: Rothman, J. Chronic
 *          Diseases 31 (1978) 557-560
 * Checked  tests/model/lifetime_test.c; coverage in bench/economics_coverage.c */
MKT_MUST_CHECK mkt_status mkt_lifetime_fit(struct mkt_arena *arena,
                                           const struct mkt_cohorts *cohorts, size_t slice,
                                           const struct mkt_lifetime_params *params,
                                           struct mkt_lifetime *out, struct mkt_err *err);

/* a revenue + b ltv at the horizon, with the spread of that sum over the draws: what a customer would
 * bring were prices and costs others. NAN where the horizon is not within the data. */
struct mkt_lifetime_value mkt_lifetime_mix(const struct mkt_lifetime *lifetime, double a, double b);

/* A month of age, in whole and parts of months; NAN where it is not within the data. */
struct mkt_lifetime_month {
    double value, low, high;
};

/* When the average customer has brought `cost` (> 0), of which log(cost) has standard error
 * cost_spread (0: it is known): where L crosses it, between months in proportion. The interval is
 * where its band does: low where cost lies within the band for the first time, high for the last. */
struct mkt_lifetime_month mkt_lifetime_payback(const struct mkt_lifetime *lifetime, double cost,
                                               double cost_spread);

/* The month by whose end half of the customers have paid back what they cost; limits where the
 * interval of the share passes a half.
 * Source   Brookmeyer & Crowley, Biometrics 38 (1982) 29-41 */
struct mkt_lifetime_month mkt_lifetime_median(const struct mkt_lifetime *lifetime);

/* value and spread of a / b, where both are independent and b > 0 with spread b_spread of its log. */
struct mkt_lifetime_value mkt_lifetime_per(const struct mkt_lifetime_value *a, double b,
                                           double b_spread, double t);

/* Probability that a is above b: both independent, from values and spreads. NAN where unknown. */
double mkt_lifetime_above(const struct mkt_lifetime_value *a, const struct mkt_lifetime_value *b);

#endif
