/* A fitted hazard with each channel taken away: the sums over all journeys that its effect and the
 * spread of that effect are made of.
 *
 * The hazard and what removal means stand in model/incremental.h, which this works for.
 */
#ifndef MKT_MODEL_REMOVALS_H
#define MKT_MODEL_REMOVALS_H

#include "aggregate/paths.h"

#define MKT_REMOVALS_COLUMNS 64 /* channels and stages */

/* Sums over journeys. In lost and in the rows of the others, place k is the removal of channel k, the
 * last the removal of all channels; what stands for stages there means nothing. In the columns j is b_j,
 * the last b_0. A journey's score is the derivative of its log likelihood. */
struct mkt_removals {
    double *lost;         /* [columns + 1] conversions that would not have come */
    double *lost_squared; /* [columns + 1] the squares of what one journey adds to lost */
    double *slope;        /* [columns + 1][columns + 1] of lost, by each b */
    double *lost_score; /* [columns + 1][columns + 1] a journey's lost times its score by each b */
    double *squares;    /* [columns + 1][columns + 1] a journey's scores by two b; symmetric */
};

/*   paths    finished
 *   stages   (model/moments.h) that the hazard has: 0 to as many as the paths enter; columns are channels
 *            and stages, at most MKT_REMOVALS_COLUMNS
 *   b        [columns + 1] of the hazard: of channels, then of stages, then b_0
 *   threads  at most 16 are used; the sums do not depend on it
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Notes    lost is of all paths. Where more than 65,536 paths convert, or never do, the other sums are of
 *          every n-th of these in the order of their hashes, n times: at least 32,768 of them, so a
 *          standard error made of them is within some 1 % of what all would give
 * Cost     paths times the square of their different channels and stages; four paths of as many are
 *          worked out side by side
 * Checked  tests/model/incremental_test.c, tests/model/removals_test.c */
MKT_MUST_CHECK mkt_status mkt_removals_sum(struct mkt_arena *arena, const struct mkt_paths *paths,
                                           size_t stages, const double *b, int threads,
                                           struct mkt_removals *out, struct mkt_err *err);

#endif
