/* Bounds for a test with a planned number of looks, by spending the error bit by bit.
 *
 * Z_k is compared with a bound b_k at the information share t_k (units so far
 * over units planned). The bounds are such that without an effect
 *
 *     P(|Z_1| < b_1, ..., |Z_(k-1)| < b_(k-1), |Z_k| >= b_k) = A(t_k) - A(t_(k-1))
 *
 *     O'Brien-Fleming style   A(t) = 4 - 4 Phi(z_(1 - alpha/4) / sqrt t)     late and strict at first
 *     Pocock style            A(t) = alpha ln(1 + (e - 1) t)                 much the same at each look
 *
 * An interval at look k is lift +- b_k se.
 */
#ifndef MKT_MODEL_GROUPSEQ_H
#define MKT_MODEL_GROUPSEQ_H

#include "base/arena.h"

typedef enum { MKT_GROUPSEQ_OBRIEN_FLEMING, MKT_GROUPSEQ_POCOCK } mkt_groupseq_spending;

#define MKT_GROUPSEQ_LOOKS 1000 /* at most */

/*   information  [looks]  0 < t_1 < t_2 < ... <= 1
 *   alpha        two-sided, 0..1: 0.05
 *   bound        [looks]  INFINITY where less than 1e-14 may be spent: never stop there
 *
 * Errors   MKT_E_ARG    information does not increase within 0..1, or too many looks
 *          MKT_E_NOMEM  the arena is full
 * Notes    Simpson's rule over the walk's place, a fifth of a step's spread apart and finer
 * Cost     looks * 80 * places normal densities, places some 5 * bound / sqrt(t_k - t_(k-1)):
 *          200 looks in tenths of a second
 * Source   Lan & DeMets, Biometrika 70 (1983) 659-663; Armitage, McPherson & Rowe, JRSS A 132 (1969)
 *          235-244, section 2
 * Checked  tests/model/groupseq_test.c */
MKT_MUST_CHECK mkt_status mkt_groupseq_bounds(struct mkt_arena *arena, const double *information,
                                              size_t looks, double alpha,
                                              mkt_groupseq_spending spending, double *bound,
                                              struct mkt_err *err);

#endif
