/* An arm reweighted to the mix of strata of all arms.
 *
 *     mean = sum_s w_s mean_s,    spread = sum_s w_s^2 spread_s,    w_s = units of s in all arms / all
 *
 * Chance differences in the mix (more loyal customers in one arm) fall out of
 * the lift. Applied to the means of the variables, so that it serves ratios
 * and covariates as well.
 */
#ifndef MKT_MODEL_POSTSTRAT_H
#define MKT_MODEL_POSTSTRAT_H

#include "model/lift.h"

/* Combines the strata of one arm.
 *
 *   stratum  [strata]  moments of the arm in each stratum, each with n >= 2
 *   weight   [strata]  shares of the strata, summing to 1
 *
 * Notes    conditional on the mix seen; the term of order 1 / n^2 for the mix is left out
 * Source   Miratrix, Sekhon & Yu, JRSS B 75 (2013) 369-396, section 2
 * Checked  tests/model/lift_test.c */
void mkt_poststrat_arm(const struct mkt_arms_moments *stratum, const double *weight, size_t strata,
                       mkt_arms_kind kind, struct mkt_lift_arm *out);

#endif
