/* Moments of journeys, counted by which channels had been met.
 *
 * Each touch is a moment. What is told by the set of channels met so far alone
 * needs each set once, with how often it occurred and how often a conversion
 * came of it.
 */
#ifndef MKT_MODEL_MOMENTS_H
#define MKT_MODEL_MOMENTS_H

#include "aggregate/paths.h"

#define MKT_MOMENTS_FEW 16 /* channels: all their sets fit into a table */

struct mkt_moments {
    uint64_t met; /* bit k: channel k */
    double times, converted;
};

struct mkt_moments_table {
    struct mkt_moments *row;
    size_t rows;
};

/* The sets that occur.
 *   paths    of at most 64 channels
 *   threads  at most 16 are used, one beyond MKT_MOMENTS_FEW channels; the table does not depend on
 *            them
 * Errors   MKT_E_NOMEM  the arena is full
 * Cost     linear in the steps of paths
 * Checked  tests/model/incremental_test.c */
MKT_MUST_CHECK mkt_status mkt_moments_count(struct mkt_arena *arena, const struct mkt_paths *paths,
                                            int threads, struct mkt_moments_table *out,
                                            struct mkt_err *err);

#endif
