/* What to believe of a lift: a normal posterior from a flat or a normal prior.
 *
 *     1 / s^2 = 1 / se^2 + 1 / sd^2,      m = s^2 (value / se^2 + mean / sd^2)
 */
#ifndef MKT_MODEL_BAYES_AB_H
#define MKT_MODEL_BAYES_AB_H

#include "model/lift.h"

struct mkt_bayes_ab_prior {
    double mean, sd; /* of the lift, in its unit; sd INFINITY for the flat prior */
};

struct mkt_bayes_ab {
    double mean, sd;      /* of the posterior */
    double low, high;     /* credible interval, equal tails */
    double chance_to_win; /* P(lift > 0) */
    double risk_control;  /* E max(lift, 0): what keeping the control is expected to lose */
    double risk_treated;  /* E max(-lift, 0): what shipping is expected to lose */
};

/* Source   normal-normal updating: Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), 2.5; the
 *          expected loss of a choice: Raiffa & Schlaifer (1961), 5.4
 * Checked  tests/model/bayes_ab_test.c */
struct mkt_bayes_ab mkt_bayes_ab_update(const struct mkt_lift *lift,
                                        const struct mkt_bayes_ab_prior *prior, double level);

/* P(lift < x) */
double mkt_bayes_ab_below(const struct mkt_bayes_ab *belief, double x);

/* P(each arm is the best): the largest of independent normals.
 *
 *   mean, sd  [arms], posteriors of the arms' own means, the control among them; sd > 0
 *   out       [arms], sums to 1
 *
 * Notes    Simpson's rule over the value of the best
 * Cost     2,000 arms^2 normal tails */
void mkt_bayes_ab_best(const double *mean, const double *sd, size_t arms, double *out);

#endif
