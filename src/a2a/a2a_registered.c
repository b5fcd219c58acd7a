#include "a2a/a2a_registered.h"

#include <stdio.h>

#include "base/clock.h"

#define WORDS_MARGIN_MS 2000 /* between the end of the words and the end of the job */

static mkt_status names(void *user, struct mkt_arena *arena, const char ***out, size_t *count,
                        struct mkt_err *err)
{
    struct mkt_a2a_registered *r = user;
    return mkt_datasets_names(r->engine->datasets, arena, out, count, err);
}

static mkt_status answer(void *user, struct mkt_arena *arena, const struct mkt_question *question,
                         struct mkt_flag *flag, const struct mkt_listener *listener,
                         struct mkt_blob **out, struct mkt_err *err)
{
    struct mkt_a2a_registered *r = user;
    struct mkt_question_report report;
    return mkt_question_answer(r->engine, arena, question, flag, listener, out, &report, err);
}

/* When the words must be there, on CLOCK_MONOTONIC in milliseconds. */
static int64_t words_until(const struct mkt_engine *e, int64_t wish_ms)
{
    int64_t most = 1000 * e->settings->job_seconds;
    most -= most / 4 < WORDS_MARGIN_MS ? most / 4 : WORDS_MARGIN_MS;
    return mkt_clock_ms() + (wish_ms >= 0 && wish_ms < most ? wish_ms : most);
}

/* By a narrator if a model would write and one is free, so that the facts come at once. */
static mkt_status start(void *user, struct mkt_question *question, int64_t wish_ms, bool *narrated,
                        mkt_jobs_task *task, void (*drop)(void *work), void *work,
                        struct mkt_job **out, struct mkt_err *err)
{
    struct mkt_engine *e = ((struct mkt_a2a_registered *)user)->engine;
    const char *what = question->analysis ? question->analysis->name : "ask";
    struct mkt_llm *llm;
    struct mkt_err full = {0};
    MKT_TRY(mkt_engine_narrator(e, question->words, &llm, err));
    question->deadline_ms = words_until(e, wish_ms);
    question->late = false;
    *narrated = llm && e->narrators;
    if (*narrated &&
        mkt_jobs_start(e->jobs, e->narrators, what, task, drop, work, out, &full) == MKT_OK)
        return MKT_OK;
    if (*narrated && question->words == MKT_WORDS_MODEL)
        return mkt_err_set(err, MKT_E_BUSY,
                           "the model writes as many answers as allowed; try again in a while, or "
                           "ask for words \"auto\"");
    question->late = *narrated;
    *narrated = false;
    return mkt_jobs_start(e->jobs, e->pool, what, task, drop, work, out, err);
}

static mkt_status log_answer(void *user, const char *owner, const char *request, const char *bytes,
                             size_t n, struct mkt_err *err)
{
    const struct mkt_a2a_registered *r = user;
    char peer[32], digest[MKT_SHA256_TEXT];
    const struct mkt_audit_entry entry = {
        .kind = "a2a", .peer = peer, .peer_key = "", .request = request, .answer = digest};
    snprintf(peer, sizeof peer, *owner ? "token-%.16s" : "local", owner);
    MKT_TRY(mkt_hash_bytes(bytes, n, digest, err));
    return r->log(r->log_user, &entry, err);
}

void mkt_a2a_registered_open(struct mkt_a2a_registered *out, struct mkt_engine *engine,
                             mkt_a2a_registered_log *log, void *log_user)
{
    out->engine = engine;
    out->log = log;
    out->log_user = log_user;
    out->host = (struct mkt_a2a_host){.analysis = engine->analysis,
                                      .analyses = engine->analyses,
                                      .words = engine->words,
                                      .user = out,
                                      .names = names,
                                      .answer = answer,
                                      .start = start,
                                      .log = log_answer};
}
