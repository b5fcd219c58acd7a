/* The incremental model, fitted while the states of a long memory are numbered: that is done by one
 * thread alone, and the others would wait. Private to src/analysis/attribution*.c. */
#ifndef MKT_ANALYSIS_ATTRIBUTION_ASIDE_H
#define MKT_ANALYSIS_ATTRIBUTION_ASIDE_H

#include <pthread.h>

#include "analysis/attribution_work.h"

struct mkt_attribution_aside {
    const struct mkt_paths *paths;
    int threads;
    struct mkt_arena arena; /* of its own: two threads cannot take from one */
    struct mkt_incremental fit;
    mkt_status status;
    struct mkt_err err;
    pthread_t thread;
    bool started;
};

/* Begins, in an eighth of what the arena of the sheet has room for, besides it; does nothing where
 * there is but one thread, or none can start. */
void mkt_attribution_aside_start(struct mkt_attribution_aside *aside,
                                 const struct mkt_attribution_work *w);

/* Waits for what was begun, and returns whether w->incremental is known by it: the same figures as
 * mkt_incremental_fit gives. Where it is not, it is still to be fitted, and what stands in the way
 * will be told then. */
bool mkt_attribution_aside_end(struct mkt_attribution_aside *aside, struct mkt_attribution_work *w);

#endif
