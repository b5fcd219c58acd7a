#include "server/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "engine/enquiry.h"
#include "server/accept.h"
#include "server/reply.h"
#include "server/stream.h"

/* Formats by their place in the offers; the last is a job whose events are the answer. */
static const char *const offers[] = {"application/json", "text/html", "text/plain",
                                     "text/event-stream"};
static const mkt_render_format formats[] = {MKT_RENDER_JSON, MKT_RENDER_HTML, MKT_RENDER_TEXT,
                                            MKT_RENDER_JSON};
#define OFFERS (sizeof offers / sizeof *offers)
#define STREAM 3

/* ---- from the request to the question ---- */

struct query {
    struct mkt_arena *arena;
    struct mkt_request *request;
};

static mkt_status take_query(void *user, const char *name, const char *value, struct mkt_err *err)
{
    struct query *q = user;
    return mkt_request_add_query(q->arena, q->request, name, value, err);
}

/* What a request is made of, apart from the connection it came by. */
struct letter {
    struct mkt_server *server;
    const struct mkt_analysis *analysis; /* NULL: asked in words */
    mkt_render_format format;
    int64_t until_ms; /* for the words, on CLOCK_MONOTONIC */
    bool late;        /* it is not a narrator that answers */
    bool json;        /* the body is JSON, not a table */
    char *body;
    size_t body_bytes;
    char *query;
    size_t query_bytes;
};

static mkt_status read_letter(const struct letter *l, struct mkt_arena *arena,
                              struct mkt_request *r, struct mkt_err *err)
{
    const char *body = l->body ? l->body : "";
    struct query q = {arena, r};
    struct mkt_exchange view = {.query = l->query, .query_bytes = l->query_bytes};
    mkt_request_init(r);
    if (l->json) {
        if (l->query_bytes)
            return mkt_err_set(err, MKT_E_ARG,
                               "with a JSON body the parameters stand in the body, not in the "
                               "address");
        return mkt_request_read(arena, body, l->body_bytes, &l->server->limits, r, err);
    }
    MKT_TRY(mkt_exchange_query(&view, take_query, &q, err));
    if (r->dataset)
        return mkt_err_set(err, MKT_E_ARG, "the body is a table: name no dataset besides");
    if (l->body_bytes == 0) return mkt_err_set(err, MKT_E_EMPTY, "the body is empty");
    r->table = body;
    r->table_bytes = l->body_bytes;
    return MKT_OK;
}

static mkt_status make_question(const struct letter *l, struct mkt_arena *arena,
                                const struct mkt_request *r, struct mkt_question *q,
                                struct mkt_err *err)
{
    *q = (struct mkt_question){.analysis = l->analysis,
                               .format = l->format,
                               .words = l->server->engine->words,
                               .late = l->late,
                               .deadline_ms = l->until_ms};
    return mkt_enquiry_fill(arena, r, q, err);
}

/* What was asked, how, and in which format. */
struct asked {
    struct letter letter;
    struct mkt_question question;
    bool job, stream;
    bool narrated; /* a model would write the words, if there is a narrator for it */
};

static mkt_status no_narrator(const struct mkt_engine *e, struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_BUSY,
                       "the model writes %d answers, as many as allowed; try again in a while, or "
                       "ask for words \"auto\"",
                       (int)e->settings->narrations);
}

/* ---- as a job ---- */

struct told {
    struct mkt_job *job;
    struct mkt_arena *arena; /* of the run: only for events on its own thread */
};

static void tell_progress(void *user, const char *stage, double done)
{
    struct told *t = user;
    char data[160];
    snprintf(data, sizeof data, "{\"stage\":\"%.100s\",\"done\":%.3f}", stage, done);
    mkt_jobs_event(t->job, "progress", data);
}

/* The whole answer so far, on one line. */
static void tell_answer(void *user, const struct mkt_answer *answer, const char *event)
{
    struct told *t = user;
    struct mkt_err none = {0};
    struct mkt_buf text;
    size_t mark = mkt_arena_mark(t->arena);
    mkt_buf_init(&text, t->arena);
    if (mkt_answer_json_write(&text, answer, &none) == MKT_OK && text.length > 0) {
        text.data[text.length - 1] = '\0'; /* its line end */
        mkt_jobs_event(t->job, event, text.data);
    }
    mkt_arena_release(t->arena, mark);
}

static void tell_facts(void *user, const struct mkt_answer *answer)
{
    tell_answer(user, answer, "facts");
}

/* {"part": "channel_analysis", "text": "…"}; null takes back what came of the part. */
static void tell_sentence(void *user, mkt_part part, const char *sentence)
{
    struct told *t = user;
    struct mkt_buf text;
    struct mkt_json w;
    size_t mark = mkt_arena_mark(t->arena);
    mkt_buf_init(&text, t->arena);
    mkt_json_init(&w, &text);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "part", mkt_words_part_name(part));
    mkt_json_member_string(&w, "text", sentence);
    mkt_json_close(&w, '}');
    if (!text.failed) mkt_jobs_event(t->job, "sentence", text.data);
    mkt_arena_release(t->arena, mark);
}

static void tell_words(void *user, const struct mkt_answer *answer)
{
    struct told *t = user;
    struct mkt_buf text;
    struct mkt_json w;
    size_t mark = mkt_arena_mark(t->arena);
    mkt_buf_init(&text, t->arena);
    mkt_json_init(&w, &text);
    mkt_answer_json_words(&w, &answer->words);
    if (!text.failed) mkt_jobs_event(t->job, "words", text.data);
    mkt_arena_release(t->arena, mark);
}

static mkt_status answer_letter(const struct letter *l, struct mkt_arena *arena,
                                struct mkt_flag *flag, const struct mkt_listener *listener,
                                struct mkt_blob **out, struct mkt_question_report *report,
                                struct mkt_err *err)
{
    struct mkt_request r;
    struct mkt_question q;
    MKT_TRY(read_letter(l, arena, &r, err));
    MKT_TRY(make_question(l, arena, &r, &q, err));
    return mkt_question_answer(l->server->engine, arena, &q, flag, listener, out, report, err);
}

static void run_job(struct mkt_arena *arena, struct mkt_job *job, void *user)
{
    struct told told = {job, arena};
    struct mkt_listener listener = {.progress = tell_progress,
                                    .facts = tell_facts,
                                    .sentence = tell_sentence,
                                    .words = tell_words,
                                    .user = &told};
    struct mkt_question_report report;
    struct mkt_blob *blob = NULL;
    struct mkt_err err = {0};
    if (answer_letter(user, arena, mkt_jobs_flag(job), &listener, &blob, &report, &err) == MKT_OK)
        mkt_jobs_finish(job, blob, NULL);
    else
        mkt_jobs_finish(job, NULL, &err);
    mkt_blob_release(blob);
}

static void drop_letter(void *user)
{
    struct letter *l = user;
    free(l->body);
    free(l->query);
    free(l);
}

/* A narrator runs it if the model would write and one is free: so its facts come at once. */
static mkt_status submit_job(struct mkt_engine *e, struct letter *own, const struct asked *a,
                             struct mkt_job **out, struct mkt_err *err)
{
    const char *name = own->analysis ? own->analysis->name : "ask";
    struct mkt_err full = {0};
    own->late = false;
    if (a->narrated && mkt_jobs_start(e->jobs, e->narrators, name, run_job, drop_letter, own, out,
                                      &full) == MKT_OK)
        return MKT_OK;
    own->late = true;
    if (a->narrated && a->question.words == MKT_WORDS_MODEL) return no_narrator(e, err);
    return mkt_jobs_start(e->jobs, e->pool, name, run_job, drop_letter, own, out, err);
}

/* The job takes body and query over from the exchange. */
static mkt_status start_job(struct mkt_exchange *x, const struct asked *a, struct mkt_job **out,
                            struct mkt_err *err)
{
    struct letter *own = malloc(sizeof *own);
    if (!own) return mkt_err_set(err, MKT_E_NOMEM, "no memory for a job");
    *own = a->letter;
    mkt_status status = submit_job(x->server->engine, own, a, out, err);
    if (status != MKT_OK) {
        free(own);
        return status;
    }
    x->body = NULL;
    x->query = NULL;
    x->body_bytes = x->query_bytes = 0;
    return MKT_OK;
}

static mkt_status reply_job(struct mkt_reply *reply, struct mkt_arena *arena, struct mkt_job *job,
                            struct mkt_err *err)
{
    struct mkt_buf text;
    struct mkt_job_view v;
    mkt_jobs_view(job, &v);
    mkt_blob_release(v.answer);
    mkt_buf_init(&text, arena);
    mkt_status status = mkt_api_job_write(job, &text, err);
    mkt_jobs_release(job);
    MKT_TRY(status);
    snprintf(reply->location, sizeof reply->location, "/api/v1/jobs/%s", v.id);
    return mkt_reply_text(reply, 202, "application/json", &text, err);
}

/* ---- the route ---- */

static mkt_status read_asked(struct mkt_exchange *x, bool words, struct mkt_arena *arena,
                             struct asked *a, struct mkt_err *err)
{
    char type[128];
    struct mkt_request r;
    struct mkt_llm *llm;
    *a = (struct asked){
        .letter = {.server = x->server,
                   .analysis = words ? NULL : mkt_engine_find(x->server->engine, x->place[0]),
                   .body = x->body,
                   .body_bytes = x->body_bytes,
                   .query = x->query,
                   .query_bytes = x->query_bytes}};
    if (!words && !a->letter.analysis)
        return mkt_err_set(err, MKT_E_NOT_FOUND, "there is no analysis \"%s\"", x->place[0]);
    size_t offer = mkt_accept_choose(x->accept, offers, OFFERS);
    if (offer == OFFERS)
        return mkt_err_set(err, MKT_E_TYPE,
                           "the answer can be had as application/json, text/html, text/plain or "
                           "text/event-stream");
    a->stream = offer == STREAM;
    a->letter.format = formats[offer];
    mkt_exchange_type(x, type);
    a->letter.json = type[0] == '\0' || strcmp(type, "application/json") == 0;
    MKT_TRY(read_letter(&a->letter, arena, &r, err));
    MKT_TRY(make_question(&a->letter, arena, &r, &a->question, err));
    a->job = r.async || a->stream || strstr(x->prefer, "respond-async") != NULL;
    MKT_TRY(mkt_engine_narrator(x->server->engine, a->question.words, &llm, err));
    a->narrated = llm != NULL;
    a->letter.until_ms = mkt_exchange_words_until(x, r.deadline_ms, a->job);
    a->question.deadline_ms = a->letter.until_ms;
    return MKT_OK;
}

static mkt_status answer_by_job(struct mkt_exchange *x, const struct asked *a,
                                struct mkt_reply *reply, struct mkt_arena *arena,
                                struct mkt_err *err)
{
    struct mkt_set *set = NULL;
    struct mkt_job *job = NULL;
    if (a->question.dataset) /* said now, not by the job */
        MKT_TRY(mkt_datasets_get(x->server->engine->datasets, a->question.dataset, &set, err));
    mkt_datasets_release(set);
    MKT_TRY(start_job(x, a, &job, err));
    if (a->stream) return mkt_stream_make(job, 0, true, &reply->stream, err);
    return reply_job(reply, arena, job, err);
}

static void give(struct mkt_reply *reply, struct mkt_blob *blob, mkt_render_format format,
                 bool cached)
{
    reply->blob = blob;
    reply->cached = cached;
    reply->html = format == MKT_RENDER_HTML;
}

/* Jobs are started, and answers given again, even when all workers are busy. */
static mkt_status answer_quick(struct mkt_exchange *x, bool words, struct mkt_reply *reply,
                               struct mkt_arena *arena, struct mkt_err *err)
{
    struct asked a;
    struct mkt_blob *blob = NULL;
    MKT_TRY(read_asked(x, words, arena, &a, err));
    if (a.job) return answer_by_job(x, &a, reply, arena, err);
    MKT_TRY(mkt_question_cached(x->server->engine, arena, &a.question, &blob, err));
    reply->later = !blob;
    reply->narrate = !blob && a.narrated;
    if (blob) give(reply, blob, a.letter.format, true);
    return MKT_OK;
}

static mkt_status answer(struct mkt_exchange *x, bool words, struct mkt_reply *reply,
                         struct mkt_arena *arena, struct mkt_err *err)
{
    struct asked a;
    struct mkt_question_report report = {0};
    struct mkt_blob *blob = NULL;
    MKT_TRY(read_asked(x, words, arena, &a, err));
    if (a.job) return answer_by_job(x, &a, reply, arena, err);
    if (a.narrated && !x->narrating && !x->late) {
        reply->narrate = true;
        return MKT_OK;
    }
    a.question.late = !x->narrating;
    if (a.narrated && a.question.late && a.question.words == MKT_WORDS_MODEL)
        return no_narrator(x->server->engine, err);
    MKT_TRY(mkt_question_answer(x->server->engine, arena, &a.question, x->flag, NULL, &blob,
                                &report, err));
    give(reply, blob, a.letter.format, report.cached);
    return MKT_OK;
}

mkt_status mkt_api_analyse_quick(struct mkt_exchange *x, struct mkt_reply *reply,
                                 struct mkt_arena *arena, struct mkt_err *err)
{
    return answer_quick(x, false, reply, arena, err);
}

mkt_status mkt_api_analyse(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                           struct mkt_err *err)
{
    return answer(x, false, reply, arena, err);
}

mkt_status mkt_api_ask_quick(struct mkt_exchange *x, struct mkt_reply *reply,
                             struct mkt_arena *arena, struct mkt_err *err)
{
    return answer_quick(x, true, reply, arena, err);
}

mkt_status mkt_api_ask(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                       struct mkt_err *err)
{
    return answer(x, true, reply, arena, err);
}
