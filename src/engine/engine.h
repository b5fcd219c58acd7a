/* Runs one request from end to end, and owns what lives longer than a request.
 *
 *     mkt_engine_run: dataset --analysis--> sheet --narrator--> words
 *
 * The command line opens an engine and runs. The service opens it with a data folder, and gets the
 * registered data sets, the workers, the cache of answers and the jobs besides.
 *
 * Facts never wait for words: answers that a language model writes have threads of their own
 * (narrators), no more than there may be narrations, so that the workers stay free and every
 * answer's facts are computed at once, whoever waits for the model.
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
#include "engine/writer.h"
#include "fact/words.h"

struct mkt_engine_options {
    const struct mkt_settings *settings; /* must outlive the engine */
    bool service;                        /* open data folder, workers, cache and jobs */
    size_t data_memory;                  /* of a command: what its data may take, for the model's
                                          * share; 0 for an eighth of the memory */
    mkt_writer_opener *opener;           /* another way to open the model, for tests; or NULL */
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
    struct mkt_writer *writer;
    mkt_words_wanted words; /* of a request that does not say */

    /* of a service; else NULL */
    struct mkt_datasets *datasets;
    struct mkt_opened_cache *opened;
    struct mkt_cache *cache;
    struct mkt_pool *pool;
    struct mkt_pool *narrators; /* for answers whose words a model writes; NULL without one */
    struct mkt_jobs *jobs;
};

struct mkt_engine_request {
    const struct mkt_analysis *analysis;
    const struct mkt_args *args;
    struct mkt_dataset *dataset;
    struct mkt_llm *llm; /* that writes the words, by mkt_engine_narrator; NULL: plain words */
    bool late;           /* no narrator is free for it: plain words, marked as late */
    int64_t deadline_ms; /* on CLOCK_MONOTONIC, for the words; 0 for none */
};

/* Who listens to a run; each may be NULL. Called on the thread of the run, except progress, which
 * may come from a thread of the source. */
struct mkt_listener {
    mkt_progress *progress;
    void (*facts)(void *user,
                  const struct mkt_answer *answer); /* the sheet is done, no words yet */
    /* A sentence as the model writes it; see mkt_narration_options. */
    void (*sentence)(void *user, mkt_part part, const char *sentence);
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

/* The model that would write the words of such a request now, or NULL: the plain narrator.
 * Errors  MKT_E_BUSY  a model is insisted on, and it is not ready yet
 *         MKT_E_ARG   and there is none */
MKT_MUST_CHECK mkt_status mkt_engine_narrator(const struct mkt_engine *engine,
                                              mkt_words_wanted words, struct mkt_llm **out,
                                              struct mkt_err *err);

/* Runs the analysis and writes the words; everything in `out` lives in the arena. With a model,
 * parts that it does not finish are the plain narrator's, and marked.
 *
 * Errors  those of the analysis
 *         MKT_E_CANCELLED  the listener's flag was set
 *         MKT_E_NOMEM      the arena is full */
MKT_MUST_CHECK mkt_status mkt_engine_run(const struct mkt_engine *engine, struct mkt_arena *arena,
                                         const struct mkt_engine_request *request,
                                         const struct mkt_listener *listener,
                                         struct mkt_answer *out, struct mkt_err *err);

#endif
