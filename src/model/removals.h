/* A fitted hazard with each channel taken away: the sums over all journeys that its effect and the
 * spread of that effect are made of.
 *
 * The hazard and what removal means stand in model/incremental.h, which this works for.
 */
#ifndef MKT_MODEL_REMOVALS_H
#define MKT_MODEL_REMOVALS_H

#include "aggregate/paths.h"

#define MKT_REMOVALS_CHANNELS 64

/* Sums over journeys. In lost and in the rows of the others, place k is the removal of channel k, the
 * last the removal of all; in the columns, channel j's b_j, the last b_0. A journey's score is the
 * derivative of its log likelihood. */
struct mkt_removals {
    double *lost;         /* [channels + 1] conversions that would not have come */
    double *lost_squared; /* [channels + 1] the squares of what one journey adds to lost */
    double *slope;        /* [channels + 1][channels + 1] of lost, by each b */
    double
        *lost_score; /* [channels + 1][channels + 1] a journey's lost times its score by each b */
    double *squares; /* [channels + 1][channels + 1] a journey's scores by two b; symmetric */
};

/*   paths    finished; at most MKT_REMOVALS_CHANNELS channels
 *   b        [channels + 1] of the hazard: b_1 .. b_K, then b_0
 *   threads  at most 16 are used; the sums do not depend on it
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Cost     paths times the square of their different channels; four paths of as many channels are
 *          worked out side by side
 * Checked  tests/model/incremental_test.c, tests/model/removals_test.c */
MKT_MUST_CHECK mkt_status mkt_removals_sum(struct mkt_arena *arena, const struct mkt_paths *paths,
                                           const double *b, int threads, struct mkt_removals *out,
                                           struct mkt_err *err);

#endif
