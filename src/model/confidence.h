/* How sure one may be of a difference that was picked out of many.
 *
 * The probability from the draws says how clear a difference is in these data.
 * Picked for being the largest of several, a difference is larger than the
 * truth on average. The cure is to ask how much such things differ at all: if
 * log returns differ between channels with variance tau^2, a difference z of
 * its standard errors is, after the data, z sqrt(tau^2 / (tau^2 + v)) of them,
 * v the variance of one estimate; and that needs no further correction for
 * picking.
 *
 *     confidence = Phi(Phi^-1(p) sqrt(tau^2 / (tau^2 + v)))
 *
 * Few days or few conversions make v large and so confidence small.
 * Source   shrinkage: Efron & Morris, JASA 70 (1975) 311-319; selection: Dawid, Bayesian inference
 *          and selection effects, IMS Lecture Notes 24 (1994) 211-220
 */
#ifndef MKT_MODEL_CONFIDENCE_H
#define MKT_MODEL_CONFIDENCE_H

#include <stddef.h>

/* tau^2 from n estimates with standard errors, by moments (DerSimonian & Laird, Controlled Clinical
 * Trials 7 (1986) 177-188), pulled towards MKT_CONFIDENCE_TAU with the weight of one estimate; so n
 * may be 0. About their own mean, or about 0 when `about_zero` is set (changes over time). */
#define MKT_CONFIDENCE_TAU 0.25 /* fitted on simulated companies: bench/coverage */
double mkt_confidence_variance(const double *estimate, const double *error, size_t n,
                               int about_zero);

/*   p          probability from the draws, in (0, 1)
 *   tau2       as above
 *   v          variance of one side's estimate
 * NAN when any is not a number.     Checked  tests/model/confidence_test.c, bench/coverage.c */
double mkt_confidence(double p, double tau2, double v);

/* Probability that a standard deviation lies below `limit`, given its estimate.
 *   freedom   degrees of freedom of the estimate, >= 1
 * Source   Wilson & Hilferty's cube root of chi-squared, PNAS 17 (1931) 684-688 */
double mkt_confidence_below(double deviation, double limit, double freedom);

#endif
