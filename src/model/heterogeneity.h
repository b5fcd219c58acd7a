/* Do the segments (or days of the week) differ in their lift, or is it chance?
 *
 *     Q = sum (v_s - m)^2 / se_s^2,   m = sum (v_s / se_s^2) / sum (1 / se_s^2),   n - 1 degrees of freedom
 */
#ifndef MKT_MODEL_HETEROGENEITY_H
#define MKT_MODEL_HETEROGENEITY_H

#include <stddef.h>

struct mkt_heterogeneity {
    double mean; /* weighted by precision */
    double q, dof, p;
};

/*   value, se  [n], se > 0; p is 1 when n < 2
 * Source   Cochran, Biometrics 10 (1954) 101-129
 * Checked  tests/model/heterogeneity_test.c */
struct mkt_heterogeneity mkt_heterogeneity_test(const double *value, const double *se, size_t n);

/* Does the lift fade or grow with time?  Weighted line through the lifts of single days.
 *
 *     v_t = level + slope t
 *
 *   t, value, se  [n], se > 0 */
struct mkt_heterogeneity_trend {
    double slope, se; /* of the lift a unit of t; NAN when fewer than three points differ in t */
    double p;         /* two-sided; 1 when there is no slope */
};
struct mkt_heterogeneity_trend mkt_heterogeneity_trend_of(const double *t, const double *value,
                                                          const double *se, size_t n);

#endif
