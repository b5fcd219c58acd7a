#include "engine/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "narrate/plain.h"

#define KEEP ((size_t)8 << 20) /* memory a worker keeps warm between requests */

static int cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (int)n;
}

/* AGENT_MAX_MEMORY_MB is shared out: half to the open data sets, a quarter to the requests that
 * run, the rest to the cache and everything else. */
static size_t megabytes(int64_t total, int64_t part, int64_t among)
{
    int64_t mb = total / part / (among > 0 ? among : 1);
    return (size_t)(mb < 16 ? 16 : mb) << 20;
}

static mkt_status open_service(struct mkt_engine *e, struct mkt_err *err)
{
    const struct mkt_settings *s = e->settings;
    int workers = s->workers ? (int)s->workers : cores() < 2 ? 2 : cores();
    size_t wanted = (size_t)s->request_mb << 20, share = megabytes(s->memory_mb, 4, workers);
    e->request_bytes = wanted < share ? wanted : share;

    MKT_TRY(mkt_datasets_open(s->data_dir, (size_t)s->datasets, &e->datasets, err));
    struct mkt_opened_options opened = {.limit = (size_t)s->open_datasets,
                                        .memory = megabytes(s->memory_mb, 4, s->open_datasets),
                                        .threads = e->threads,
                                        .temp = mkt_datasets_temp(e->datasets)};
    MKT_TRY(mkt_opened_open(&opened, &e->opened, err));
    MKT_TRY(mkt_cache_open((size_t)s->cache_mb << 20, &e->cache, err));
    struct mkt_jobs_options jobs = {.limit = (size_t)s->jobs,
                                    .keep_ms = s->job_keep_seconds * 1000,
                                    .run_ms = s->job_seconds * 1000};
    MKT_TRY(mkt_jobs_open(&jobs, &e->jobs, err));
    struct mkt_pool_options pool = {
        .workers = workers, .queue = (int)s->queue, .arena = e->request_bytes, .keep = KEEP};
    return mkt_pool_open(&pool, &e->pool, err);
}

mkt_status mkt_engine_open(const struct mkt_engine_options *options, struct mkt_engine **out,
                           struct mkt_err *err)
{
    struct mkt_engine *e = calloc(1, sizeof *e);
    if (!e) return mkt_err_set(err, MKT_E_NOMEM, "no memory for the engine");
    e->settings = options->settings;
    e->analysis = options->analysis ? options->analysis : mkt_analysis_table;
    e->analyses = options->analysis ? options->analyses : mkt_analysis_count;
    e->threads = options->threads ? options->threads : cores();
    e->request_bytes = (size_t)options->settings->request_mb << 20;
    mkt_status status = options->service ? open_service(e, err) : MKT_OK;
    if (status != MKT_OK) {
        mkt_engine_close(e);
        return status;
    }
    *out = e;
    return MKT_OK;
}

void mkt_engine_close(struct mkt_engine *engine)
{
    if (!engine) return;
    mkt_pool_close(engine->pool); /* first: its tasks use all the others */
    mkt_jobs_close(engine->jobs);
    mkt_cache_close(engine->cache);
    mkt_opened_close(engine->opened);
    mkt_datasets_close(engine->datasets);
    free(engine);
}

const struct mkt_analysis *mkt_engine_find(const struct mkt_engine *engine, const char *name)
{
    for (size_t i = 0; i < engine->analyses; i++)
        if (strcmp(engine->analysis[i].name, name) == 0) return &engine->analysis[i];
    return NULL;
}

mkt_status mkt_engine_run(const struct mkt_engine *engine, struct mkt_arena *arena,
                          const struct mkt_engine_request *request,
                          const struct mkt_listener *listener, struct mkt_answer *out,
                          struct mkt_err *err)
{
    static const struct mkt_listener nobody = {0};
    if (!listener) listener = &nobody;
    struct mkt_run run = {.arena = arena,
                          .dataset = request->dataset,
                          .analysis = request->analysis,
                          .args = request->args,
                          .threads = engine->threads,
                          .progress = listener->progress,
                          .user = listener->user,
                          .cancel = listener->cancel};
    memset(out, 0, sizeof *out);
    out->words.confidence_score = NAN;
    mkt_sheet_init(&out->sheet, arena);
    MKT_TRY(request->analysis->run(&run, &out->sheet, err));
    if (mkt_run_cancelled(&run))
        return mkt_err_set(err, MKT_E_CANCELLED, "the request was stopped");
    if (listener->facts) listener->facts(listener->user, out);
    MKT_TRY(mkt_plain_write(&out->sheet, &out->words, err));
    if (listener->words) listener->words(listener->user, out);
    return MKT_OK;
}
