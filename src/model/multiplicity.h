/* p values of several tests, corrected for their number. */
#ifndef MKT_MODEL_MULTIPLICITY_H
#define MKT_MODEL_MULTIPLICITY_H

#include "base/arena.h"

/* Holm: the chance of even one false alarm among all tests stays below the level.
 *
 *     adjusted_(i) = max over j <= i of min(1, (n - j + 1) p_(j)),    p_(1) <= p_(2) <= ...
 *
 *   p, out  [n], in the caller's order; may be the same
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Source   Holm, Scandinavian J. Statistics 6 (1979) 65-70
 * Checked  tests/model/multiplicity_test.c */
MKT_MUST_CHECK mkt_status mkt_multiplicity_holm(struct mkt_arena *arena, const double *p, size_t n,
                                                double *out, struct mkt_err *err);

/* Benjamini-Hochberg: of the tests called, the share of false ones stays below the level.
 *
 *     adjusted_(i) = min over j >= i of min(1, n p_(j) / j)
 *
 * Arguments and errors as above.
 * Source   Benjamini & Hochberg, JRSS B 57 (1995) 289-300; adjusted: Yekutieli & Benjamini,
 *          J. Stat. Planning and Inference 82 (1999) 171-196 */
MKT_MUST_CHECK mkt_status mkt_multiplicity_bh(struct mkt_arena *arena, const double *p, size_t n,
                                              double *out, struct mkt_err *err);

#endif
