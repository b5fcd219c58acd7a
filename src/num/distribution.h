/* Distribution functions and their inverses.
 *
 * The only files that know GSL are here in num. Its handler that aborts the
 * program is switched off; arguments outside the domain give NAN.
 */
#ifndef MKT_NUM_DISTRIBUTION_H
#define MKT_NUM_DISTRIBUTION_H

double mkt_distribution_normal_cdf(double x);
double mkt_distribution_normal_quantile(double p); /* 0 < p < 1 */

/* Student's t with `freedom` > 0 degrees, fractional ones too; normal from 1e6 on. */
double mkt_distribution_t_cdf(double x, double freedom);
double mkt_distribution_t_quantile(double p, double freedom); /* 0 < p < 1 */

/*  Checked  tests/num/distribution_test.c */

#endif
