/* The chance to convert by which channels had been met and how many touches there had been.
 *
 *     logit p = b_0 + sum over stages entered of b_s + sum over channels met of b_k
 *
 * of touches, or of journeys at their last touch, by penalised maximum likelihood.
 */
#ifndef MKT_MODEL_EXPOSURE_LOGIT_H
#define MKT_MODEL_EXPOSURE_LOGIT_H

#include "model/moments.h"

struct mkt_exposure_logit {
    size_t columns; /* channels and stages */
    double *b;      /* [columns + 1] of channels, of stages, b_0 */
    double *
        inverse; /* [columns + 1][columns + 1] of the Hessian of the negative log likelihood at b */
    int steps;   /* of Newton's method */
};

/*   table     where some convert and some do not
 *   channels  of the paths that the table was counted from
 *   at_end    of journeys at their last touch, else of touches
 *   penalty   > 0: of all b squared but b_0's
 *
 * Errors   MKT_E_NOMEM     the arena is full
 *          MKT_E_INTERNAL  no maximum was found
 * Cost     steps of the rows times the square of what was met in them
 * Source   ridge: le Cessie & van Houwelingen, Applied Statistics 41 (1992) 191-201
 * Checked  tests/model/incremental_test.c, tests/model/journey_end_test.c */
MKT_MUST_CHECK mkt_status mkt_exposure_logit_fit(struct mkt_arena *arena,
                                                 const struct mkt_moments_table *table,
                                                 size_t channels, bool at_end, double penalty,
                                                 struct mkt_exposure_logit *out,
                                                 struct mkt_err *err);

/* p where the set was met. */
double mkt_exposure_logit_chance(const struct mkt_exposure_logit *fit, uint64_t met);

/* What is in the set, and the place of b_0. Returns their number.   place  [columns + 1] */
size_t mkt_exposure_logit_places(const struct mkt_exposure_logit *fit, uint64_t met, size_t *place);

/* Adds to the cells of all pairs of places, i >= j.   matrix  [columns + 1][columns + 1] */
static inline void mkt_exposure_logit_add(const struct mkt_exposure_logit *fit, double *matrix,
                                          const size_t *place, size_t places, double x)
{
    for (size_t i = 0; i < places; i++) {
        double *row = matrix + place[i] * (fit->columns + 1); /* places ascend */
        for (size_t j = 0; j <= i; j++) row[place[j]] += x;
    }
}

/* The cells i < j of such a sum. */
void mkt_exposure_logit_mirror(const struct mkt_exposure_logit *fit, double *matrix);

/* Standard error of what a removal loses, summed over journeys: each journey's own loss, and through b
 * the losses of all others.
 *
 *   lost_squared  sum over journeys of their losses squared
 *   slope         [columns + 1] of the losses by b
 *   lost_score    [columns + 1] sum over journeys of loss times score
 *   squares       [columns + 1][columns + 1] of the scores
 *   room          [columns + 1] */
double mkt_exposure_logit_spread(const struct mkt_exposure_logit *fit, double lost_squared,
                                 const double *slope, const double *lost_score,
                                 const double *squares, double *room);

#endif
