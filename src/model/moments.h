/* Moments of journeys, counted by which channels had been met and how many touches there had been.
 *
 * Each touch is a moment. What is told by these alone needs each combination once, with how often it
 * occurred, how often a conversion came of it, and how many journeys ended there.
 *
 * A journey enters a stage with its touch number 2, 3, 4, 5, 6, 8, 11 and 16: later touches are taken
 * together. In a set of bits the stages entered so far follow the channels, as if each were one more
 * channel that is met at that touch.
 */
#ifndef MKT_MODEL_MOMENTS_H
#define MKT_MODEL_MOMENTS_H

#include "aggregate/paths.h"

#define MKT_MOMENTS_FEW 13 /* channels: all their sets fit into a table */
#define MKT_MOMENTS_STAGES 8
#define MKT_MOMENTS_CHANNELS (64 - MKT_MOMENTS_STAGES)

struct mkt_moments {
    uint64_t met;     /* bit k: channel k; bit channels + s: stage s */
    double times;     /* touches */
    double ended;     /* of them, the last of their journeys */
    double converted; /* of these, journeys that convert */
};

struct mkt_moments_table {
    struct mkt_moments *row;
    size_t rows;
    size_t stages; /* that some journey enters: 0 to MKT_MOMENTS_STAGES */
};

/* The touches with which stages are entered; 0 after the last. */
extern const size_t mkt_moments_stage[MKT_MOMENTS_STAGES + 1];

/* How many stages the longest path enters. */
size_t mkt_moments_stages(const struct mkt_paths *paths);

/* The sets that occur.
 *   paths    of at most MKT_MOMENTS_CHANNELS channels
 *   threads  at most 16 are used, one beyond MKT_MOMENTS_FEW channels; the table does not depend on
 *            them
 * Errors   MKT_E_NOMEM  the arena is full
 * Cost     linear in the steps of paths
 * Checked  tests/model/incremental_test.c */
MKT_MUST_CHECK mkt_status mkt_moments_count(struct mkt_arena *arena, const struct mkt_paths *paths,
                                            int threads, struct mkt_moments_table *out,
                                            struct mkt_err *err);

#endif
