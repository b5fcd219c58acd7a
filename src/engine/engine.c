#include "engine/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/allotment.h"
#include "narrate/marketing_llm.h"
#include "narrate/plain.h"

#define KEEP ((size_t)8 << 20) /* memory a worker keeps warm between requests */

static int cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (int)n;
}

static mkt_status open_narrators(struct mkt_engine *e, int narrations, struct mkt_err *err)
{
    struct mkt_pool_options narrators = {
        .workers = narrations, .queue = 0, .arena = e->request_bytes, .keep = 0};
    if (narrations == 0) return MKT_OK;
    return mkt_pool_open(&narrators, &e->narrators, err);
}

static mkt_status open_service(struct mkt_engine *e, const struct mkt_allotment *shares,
                               struct mkt_err *err)
{
    const struct mkt_settings *s = e->settings;
    int workers = s->workers ? (int)s->workers : cores() < 2 ? 2 : cores();
    size_t wanted = (size_t)s->request_mb << 20;
    size_t share = mkt_allotment_bytes(shares->data_mb, 4, workers + shares->narrations);
    e->request_bytes = wanted < share ? wanted : share;

    MKT_TRY(mkt_datasets_open(s->data_dir, (size_t)s->datasets, &e->datasets, err));
    struct mkt_opened_options opened = {.threads = e->threads,
                                        .temp = mkt_datasets_temp(e->datasets)};
    opened.limit = mkt_allotment_datasets(shares->data_mb, s->open_datasets, &opened.memory);
    MKT_TRY(mkt_opened_open(&opened, &e->opened, err));
    MKT_TRY(mkt_cache_open((size_t)s->cache_mb << 20, &e->cache, err));
    struct mkt_jobs_options jobs = {.limit = (size_t)s->jobs,
                                    .keep_ms = s->job_keep_seconds * 1000,
                                    .run_ms = s->job_seconds * 1000};
    MKT_TRY(mkt_jobs_open(&jobs, &e->jobs, err));
    struct mkt_pool_options pool = {
        .workers = workers, .queue = (int)s->queue, .arena = e->request_bytes, .keep = KEEP};
    MKT_TRY(mkt_pool_open(&pool, &e->pool, err));
    return open_narrators(e, shares->narrations, err);
}

static mkt_status open_parts(struct mkt_engine *e, const struct mkt_engine_options *o,
                             struct mkt_err *err)
{
    const struct mkt_settings *s = e->settings;
    struct mkt_allotment shares;
    MKT_TRY(mkt_writer_wanted(s->words, &e->words, err));
    MKT_TRY(mkt_allotment_make(s, &shares, err));
    if (o->service) MKT_TRY(open_service(e, &shares, err));
    /* a command's data are limited by its own option, for DuckDB as for what is made of them */
    size_t data = o->data_memory ? o->data_memory : ((size_t)s->memory_mb << 20) / 8;
    struct mkt_writer_options writer = {.settings = s,
                                        .engine_mb =
                                            o->service ? shares.data_mb : (int64_t)(2 * data >> 20),
                                        .service = o->service,
                                        .opener = o->opener};
    return mkt_writer_open(&writer, &e->writer, err);
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
    mkt_status status = open_parts(e, options, err);
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
    mkt_pool_close(engine->pool); /* first: their tasks use all the others */
    mkt_pool_close(engine->narrators);
    mkt_writer_close(engine->writer);
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

mkt_status mkt_engine_narrator(const struct mkt_engine *engine, mkt_words_wanted words,
                               struct mkt_llm **out, struct mkt_err *err)
{
    struct mkt_writer_view view;
    *out = words == MKT_WORDS_PLAIN ? NULL : mkt_writer_llm(engine->writer);
    if (words != MKT_WORDS_MODEL || *out) return MKT_OK;
    mkt_writer_view(engine->writer, &view);
    if (view.state == MKT_WRITER_LOADING)
        return mkt_err_set(err, MKT_E_BUSY, "the model is being loaded; try again later");
    return mkt_err_set(err, MKT_E_ARG, "words of a model are asked for, and there is none: %s",
                       view.why);
}

static void mark_as_late(struct mkt_llm *llm, struct mkt_words *words)
{
    words->model = mkt_llm_name(llm);
    words->identity = mkt_llm_identity(llm);
    for (int p = 0; p < MKT_PARTS; p++) words->author[p] = MKT_AUTHOR_TIME;
}

static mkt_status write_words(const struct mkt_engine_request *request,
                              const struct mkt_listener *listener, struct mkt_answer *out,
                              struct mkt_err *err)
{
    struct mkt_llm *llm = request->llm;
    if (llm && !request->late) {
        struct mkt_narration_options options = {.seed = out->sheet.provenance.seed,
                                                .deadline_ms = request->deadline_ms,
                                                .cancel = listener->cancel,
                                                .sentence = listener->sentence,
                                                .user = listener->user};
        return mkt_marketing_llm_write(llm, &out->sheet, &options, &out->words, err);
    }
    MKT_TRY(mkt_plain_write(&out->sheet, &out->words, err));
    if (llm) mark_as_late(llm, &out->words);
    return MKT_OK;
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
    mkt_writer_facts_begin(engine->writer);
    mkt_status status = request->analysis->run(&run, &out->sheet, err);
    mkt_writer_facts_end(engine->writer);
    MKT_TRY(status);
    if (mkt_run_cancelled(&run))
        return mkt_err_set(err, MKT_E_CANCELLED, "the request was stopped");
    if (listener->facts) listener->facts(listener->user, out);
    MKT_TRY(write_words(request, listener, out, err));
    if (listener->words) listener->words(listener->user, out);
    return MKT_OK;
}
