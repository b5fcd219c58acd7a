/* What would not have come without a channel, where people decide once, when the journey ends.
 *
 * The journey's length is taken as it is, whatever set it. Of the journeys that end, the chance to have
 * converted is
 *
 *     logit p = b_0 + sum over stages entered of b_s + sum over channels met of b_k
 *
 * (model/exposure_logit.h) and taking channel k away removes b_k:
 *
 *     incremental_k = sum over journeys of  p - p'
 *
 * If people decide touch by touch and leave whenever they leave, whatever they met, the odds of this p are
 * the odds of the hazard (model/incremental.h) divided by the chance to leave: b_k are the same. The two
 * ways to read journeys part where a channel goes with the end of journeys.
 */
#ifndef MKT_MODEL_JOURNEY_END_H
#define MKT_MODEL_JOURNEY_END_H

#include "model/moments.h"

struct mkt_journey_end {
    double *
        conversions; /* [channels + 1] that would not have come without the channel; last: without any */
    double *spread; /* [channels + 1] standard errors */
};

/*   table    of paths of which some convert and some do not
 *   penalty  as in model/incremental.h
 *
 * Errors   MKT_E_NOMEM     the arena is full
 *          MKT_E_INTERNAL  no maximum was found
 * Notes    the spread takes each journey for a user of its own, and their number as chance
 * Cost     a few times the rows of the table, with the square of what was met in them
 * Source   Shao & Li, KDD 2011, section 3 (removal in a fitted model); Efron (1982) (infinitesimal
 *          jackknife)
 * Checked  tests/model/journey_end_test.c; both ways in worlds of either kind: bench/attribution_decide.c */
MKT_MUST_CHECK mkt_status mkt_journey_end_fit(struct mkt_arena *arena,
                                              const struct mkt_moments_table *table,
                                              size_t channels, double penalty,
                                              struct mkt_journey_end *out, struct mkt_err *err);

#endif
