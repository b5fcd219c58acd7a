/* Intervals of credit: groups of users drawn anew, and every model computed again.
 *
 *     sums of draw d = sum over groups of W[d][g] row[g],   W[d] multinomial, as many as groups
 *
 * All figures of one draw come from the same users, so differences between
 * channels and between models can be judged too.
 */
#ifndef MKT_MODEL_CREDIT_DRAWS_H
#define MKT_MODEL_CREDIT_DRAWS_H

#include "model/markov.h"

/* The models whose credit is drawn: the rules of the credits, then the chain with and without nulls.
 * Place of a figure within one draw: */
static inline size_t mkt_credit_draws_place(const struct mkt_credits *c, size_t model, bool value,
                                            size_t channel)
{
    return (2 * model + value) * c->channels + channel;
}

struct mkt_credit_draws {
    size_t draws, figures; /* figures = 2 K (rules + 2) */
    float *figure;         /* [figures][draws] */
    double *point;         /* [figures] from all users; NAN where a model has no answer */
    double *low, *high; /* [figures] the middle `level` of the draws, widened to hold the point */
    bool chain;         /* whether the chain was drawn */
};

/* Draws `draws` times; 500 times where there are more than 64 channels.
 *
 *   arena    holds out
 *   credits  sums by group
 *   draws    100..10000
 *   level    of the intervals, 0 to 1
 *   threads  at most 16 are used
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Notes    sums of draws in single precision: the rounding is far below the spread. A draw in which
 *          a model has no answer repeats the point. The result does not depend on threads
 * Cost     draws (groups width + 4 K^3) flops
 * Source   Efron & Tibshirani, An Introduction to the Bootstrap (1993) section 8.3: the unit that is
 *          drawn is the user. Grouping users at random leaves the variance as it is and tells it
 *          from 512 groups to within 3 % of the standard error
 * Checked  tests/model/credit_draws_test.c, coverage in bench/attribution_coverage.c */
MKT_MUST_CHECK mkt_status mkt_credit_draws_make(struct mkt_arena *arena,
                                                const struct mkt_credits *credits, size_t draws,
                                                double level, uint64_t seed, int threads,
                                                struct mkt_credit_draws *out, struct mkt_err *err);

#endif
