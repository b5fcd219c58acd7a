/* Runs one request from end to end, and owns what lives longer than a request.
 *
 *     mkt_engine_run: dataset --analysis--> sheet --narrator--> words
 *
 * The command line opens an engine and runs. The service opens it with a data folder, and gets the
 * registered data sets, the workers, the cache of answers and the jobs besides.
 */
#ifndef MKT_ENGINE_ENGINE_H
#define MKT_ENGINE_ENGINE_H

#include "analysis/analysis.h"
#include "engine/cache.h"
#include "engine/datasets.h"
#include "engine/jobs.h"
#include "engine/opened.h"
#include "engine/pool.h"
#include "engine/settings.h"
#include "fact/words.h"

struct mkt_engine_options {
    const struct mkt_settings *settings; /* must outlive the engine */
    bool service;                        /* open data folder, workers, cache and jobs */
    int threads;                         /* of one run; 0 for one a core */
    /* Another table of analyses, for tests; NULL for mkt_analysis_table. */
    const struct mkt_analysis *analysis;
    size_t analyses;
};

struct mkt_engine {
    const struct mkt_settings *settings;
    const struct mkt_analysis *analysis;
    size_t analyses;
    int threads;
    size_t request_bytes; /* capacity for the arena of one request */

    /* of a service; else NULL */
    struct mkt_datasets *datasets;
    struct mkt_opened_cache *opened;
    struct mkt_cache *cache;
    struct mkt_pool *pool;
    struct mkt_jobs *jobs;
};

struct mkt_engine_request {
    const struct mkt_analysis *analysis;
    const struct mkt_args *args;
    struct mkt_dataset *dataset;
};

/* Who listens to a run; each may be NULL. Called on the thread of the run, except progress, which
 * may come from a thread of the source. */
struct mkt_listener {
    mkt_progress *progress;
    void (*facts)(void *user,
                  const struct mkt_answer *answer); /* the sheet is done, no words yet */
    void (*words)(void *user, const struct mkt_answer *answer); /* all is done */
    void *user;
    const atomic_bool *cancel;
};

/* Errors  those of mkt_datasets_open; MKT_E_NOMEM
 * Checked tests/engine/engine_test.c */
MKT_MUST_CHECK mkt_status mkt_engine_open(const struct mkt_engine_options *options,
                                          struct mkt_engine **out, struct mkt_err *err);

/* Waits for what still runs. NULL is allowed. */
void mkt_engine_close(struct mkt_engine *engine);

/* NULL when there is none of that name. */
const struct mkt_analysis *mkt_engine_find(const struct mkt_engine *engine, const char *name);

/* Runs the analysis and writes the words; everything in `out` lives in the arena.
 *
 * Errors  those of the analysis
 *         MKT_E_CANCELLED  the listener's flag was set
 *         MKT_E_NOMEM      the arena is full */
MKT_MUST_CHECK mkt_status mkt_engine_run(const struct mkt_engine *engine, struct mkt_arena *arena,
                                         const struct mkt_engine_request *request,
                                         const struct mkt_listener *listener,
                                         struct mkt_answer *out, struct mkt_err *err);

#endif
