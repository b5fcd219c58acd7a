/* Tails of the normal, Student and chi-squared distributions that stay accurate far out.
 *
 * Each tail is worked out by itself, so a p value of 1e-40 is not rounded to
 * zero. Wherever an argument is NAN the answer is NAN.
 *
 * Source   Abramowitz & Stegun (1964) 26.2, 26.4, 26.7
 * Checked  tests/num/tail_test.c
 */
#ifndef MKT_NUM_TAIL_H
#define MKT_NUM_TAIL_H

double mkt_tail_normal_density(double z);
double mkt_tail_normal_above(double z);

/* Student's t; dof > 0, INFINITY for the normal. */
double mkt_tail_t_above(double t, double dof);
double mkt_tail_t_quantile(double p, double dof); /* 0 < p < 1 */

/* dof > 0; 1 for x <= 0 */
double mkt_tail_chi_squared_above(double x, double dof);

#endif
