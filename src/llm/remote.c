#include "llm/remote.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
#include "llm/remote_call.h"

#define PARALLEL 8
#define LIMIT ((size_t)1 << 20)
#define TIMEOUT_MS INT64_C(600000)
#define TASKS_MOST 64 /* that wait or run */
#define LOOK_MS 20    /* how often cancellation and free places are looked at */
#define SCRATCH ((size_t)64 << 20)
#define NAME 120

struct remote {
    struct mkt_llm base; /* first */
    struct mkt_remote_server server;
    struct mkt_remote_options options;
    char name[NAME], identity[MKT_SHA256_TEXT];

    pthread_mutex_t lock;
    int tasks, calls; /* under way */
    struct mkt_llm_speed speed;
};

static struct remote *remote_of(const struct mkt_llm *llm)
{
    const void *plain = llm;
    struct remote *r;
    memcpy(&r, &plain, sizeof r); /* the handle is ours, const or not */
    return r;
}

/* ---- one task ---- */

struct run {
    struct remote *remote;
    struct mkt_llm_task *task;
    struct mkt_arena scratch;
    CURLM *multi;
    struct mkt_remote_call *call; /* one a part */
    size_t started, over;
    int64_t until_ms;
};

static bool take_place(struct remote *r)
{
    pthread_mutex_lock(&r->lock);
    bool free_place = r->calls < r->options.parallel;
    r->calls += free_place;
    pthread_mutex_unlock(&r->lock);
    return free_place;
}

static void leave_place(struct remote *r)
{
    pthread_mutex_lock(&r->lock);
    r->calls--;
    pthread_mutex_unlock(&r->lock);
}

static mkt_status start_calls(struct run *run, struct mkt_err *err)
{
    while (run->started < run->task->parts && take_place(run->remote)) {
        struct mkt_remote_call *call = &run->call[run->started++];
        MKT_TRY(mkt_remote_call_start(call, &run->scratch, run->remote->options.limit, err));
        if (curl_multi_add_handle(run->multi, call->easy) != CURLM_OK)
            return mkt_err_set(err, MKT_E_NOMEM, "no memory for a request");
    }
    return MKT_OK;
}

static void finish_calls(struct run *run)
{
    int left;
    for (CURLMsg *m; (m = curl_multi_info_read(run->multi, &left));) {
        struct mkt_remote_call *call = NULL;
        if (m->msg != CURLMSG_DONE) continue;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &call);
        mkt_remote_call_finish(call, code);
        curl_multi_remove_handle(run->multi, call->easy);
        leave_place(run->remote);
        run->over++;
    }
}

static mkt_status drive(struct run *run, struct mkt_err *err)
{
    const struct mkt_llm_task *task = run->task;
    int running;
    while (run->over < task->parts && mkt_clock_ms() < run->until_ms) {
        if (task->cancel && atomic_load(task->cancel))
            return mkt_err_set(err, MKT_E_CANCELLED, "the request was stopped");
        MKT_TRY(start_calls(run, err));
        if (curl_multi_perform(run->multi, &running) != CURLM_OK)
            return mkt_err_set(err, MKT_E_IO, "the HTTP library failed");
        finish_calls(run);
        if (run->over < task->parts) curl_multi_poll(run->multi, NULL, 0, LOOK_MS, NULL);
    }
    return MKT_OK;
}

/* Cuts what still runs. */
static void stop_calls(struct run *run)
{
    for (size_t i = 0; i < run->started; i++) {
        struct mkt_remote_call *call = &run->call[i];
        if (call->over) continue;
        if (call->easy) curl_multi_remove_handle(run->multi, call->easy);
        leave_place(run->remote);
    }
}

static void measure(struct run *run)
{
    struct remote *r = run->remote;
    int64_t first = INT64_MAX, began = INT64_MAX, last = 0;
    int tokens = 0;
    for (size_t i = 0; i < run->started; i++) {
        const struct mkt_remote_call *c = &run->call[i];
        if (!c->first_ms || !c->over) continue;
        if (c->first_ms < first) first = c->first_ms;
        if (c->began_ms < began) began = c->began_ms;
        if (c->ended_ms > last) last = c->ended_ms;
        tokens += c->reply.tokens;
    }
    if (tokens == 0) return;
    int64_t wait = first - began > 0 ? first - began : 1,
            spoke = last - first > 0 ? last - first : 1;
    int prompt = mkt_llm_count(&r->base, run->task->constant ? run->task->constant : "") +
                 mkt_llm_count(&r->base, run->task->data ? run->task->data : "");
    run->task->prefill_us = wait * 1000;
    run->task->decode_us = spoke * 1000;
    run->task->prefilled = prompt;
    pthread_mutex_lock(&r->lock);
    r->speed.prefill_per_s = 1000.0 * prompt / (double)wait;
    r->speed.decode_per_s = 1000.0 * tokens / (double)spoke;
    pthread_mutex_unlock(&r->lock);
}

/* Copies the texts out. A task fails only when none of its parts got through. */
static mkt_status hand_over(struct run *run, struct mkt_arena *arena, struct mkt_err *err)
{
    const struct mkt_err *fault = NULL;
    bool any = false;
    for (size_t i = 0; i < run->started; i++) {
        const struct mkt_remote_call *c = &run->call[i];
        struct mkt_llm_part *part = &run->task->part[i];
        if (c->reply.text) {
            part->text = mkt_arena_strndup(arena, c->reply.text, c->reply.text_bytes);
            if (!part->text) return mkt_arena_full(arena, err);
        }
        bool good = c->over && c->err.status == MKT_OK;
        part->sampled = c->reply.tokens;
        part->done = good && c->reply.complete;
        any = any || good || !c->over;
        if (!good && c->over && !fault) fault = &c->err;
    }
    if (any || !fault) return MKT_OK;
    return mkt_err_set(err, fault->status == MKT_E_NOMEM ? MKT_E_NOMEM : MKT_E_IO, "%s",
                       fault->text);
}

static mkt_status run_task(struct run *run, struct mkt_arena *arena, struct mkt_err *err)
{
    struct mkt_llm_task *task = run->task;
    run->until_ms =
        task->deadline_ms ? task->deadline_ms : mkt_clock_ms() + run->remote->options.timeout_ms;
    MKT_TRY(mkt_arena_open(&run->scratch, SCRATCH, err));
    run->multi = curl_multi_init();
    run->call = calloc(task->parts, sizeof *run->call);
    if (!run->multi || !run->call) return mkt_err_set(err, MKT_E_NOMEM, "no memory for a request");
    for (size_t i = 0; i < task->parts; i++)
        run->call[i] =
            (struct mkt_remote_call){.server = &run->remote->server, .task = task, .part = i};
    mkt_status status = drive(run, err);
    stop_calls(run);
    if (status == MKT_OK) status = hand_over(run, arena, err);
    if (status == MKT_OK) measure(run);
    return status;
}

static mkt_status write_task(struct mkt_llm *llm, struct mkt_arena *arena,
                             struct mkt_llm_task *task, struct mkt_err *err)
{
    struct remote *r = remote_of(llm);
    struct run run = {.remote = r, .task = task};
    pthread_mutex_lock(&r->lock);
    bool room = r->tasks < TASKS_MOST;
    r->tasks += room;
    pthread_mutex_unlock(&r->lock);
    if (!room)
        return mkt_err_set(err, MKT_E_BUSY, "%d texts are being written, as many as allowed",
                           TASKS_MOST);
    mkt_status status = run_task(&run, arena, err);
    for (size_t i = 0; i < run.started; i++) mkt_remote_call_close(&run.call[i]);
    free(run.call);
    if (run.multi) curl_multi_cleanup(run.multi);
    mkt_arena_close(&run.scratch);
    pthread_mutex_lock(&r->lock);
    r->tasks--;
    pthread_mutex_unlock(&r->lock);
    return status;
}

/* ---- the handle ---- */

/* Three bytes a token: more tokens than there are, so that plans keep within a context. */
static int count(const struct mkt_llm *llm, const char *text)
{
    size_t n = strlen(text);
    (void)llm;
    return n > (size_t)3 << 28 ? 1 << 28 : (int)(n / 3 + 1);
}

static const char *name(const struct mkt_llm *llm)
{
    return remote_of(llm)->name;
}

static const char *identity(const struct mkt_llm *llm)
{
    return remote_of(llm)->identity;
}

static struct mkt_llm_speed speed(const struct mkt_llm *llm)
{
    struct remote *r = remote_of(llm);
    pthread_mutex_lock(&r->lock);
    struct mkt_llm_speed now = r->speed;
    pthread_mutex_unlock(&r->lock);
    return now;
}

static void close_remote(struct mkt_llm *llm)
{
    struct remote *r = remote_of(llm);
    char *secret = r->server.authorization;
    if (secret) explicit_bzero(secret, strlen(secret));
    free(secret);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static const struct mkt_llm_kind kind = {.write = write_task,
                                         .count = count,
                                         .name = name,
                                         .identity = identity,
                                         .speed = speed,
                                         .close = close_remote};

/* "/models/Mistral-7B-Instruct-v0.3.Q4_K_M.gguf" is shown as its file's name without the ending;
 * what a server calls its model is text from outside. */
static mkt_status set_name(struct remote *r, struct mkt_err *err)
{
    struct mkt_arena arena;
    const char *model = r->server.model, *slash = strrchr(model, '/');
    size_t n = strlen(model);
    bool file = n > 5 && strcmp(model + n - 5, ".gguf") == 0;
    if (file && slash) model = slash + 1;
    MKT_TRY(mkt_arena_open(&arena, (size_t)64 << 10, err));
    const char *clean = mkt_text_clean(&arena, model, strlen(model) - (file ? 5 : 0), NAME - 8);
    snprintf(r->name, sizeof r->name, "%s", clean && *clean ? clean : "remote model");
    mkt_arena_close(&arena);
    return MKT_OK;
}

static mkt_status set_identity(struct remote *r, struct mkt_err *err)
{
    char text[1600];
    int n = snprintf(text, sizeof text, "remote\n%s\n%s\n%d", r->server.base, r->server.model,
                     (int)r->server.dialect);
    return mkt_hash_bytes(text, (size_t)n, r->identity, err);
}

static mkt_status open_server(struct remote *r, struct mkt_err *err)
{
    const struct mkt_remote_options *o = &r->options;
    const char *model = o->model ? o->model : "";
    MKT_TRY(mkt_remote_server_base(o->url, r->server.base, err));
    if (strlen(model) >= sizeof r->server.model)
        return mkt_err_set(err, MKT_E_ARG, "the name of a model has at most %zu bytes",
                           sizeof r->server.model - 1);
    snprintf(r->server.model, sizeof r->server.model, "%s", model);
    r->server.dialect = o->dialect;
    if (o->key_file && *o->key_file) MKT_TRY(mkt_remote_server_key(o->key_file, &r->server, err));
    MKT_TRY(mkt_remote_server_ask(&r->server, o->cancel, err));
    MKT_TRY(set_name(r, err));
    return set_identity(r, err);
}

mkt_status mkt_remote_open(const struct mkt_remote_options *options, struct mkt_llm **out,
                           struct mkt_err *err)
{
    struct remote *r = calloc(1, sizeof *r);
    if (!r) return mkt_err_set(err, MKT_E_NOMEM, "no memory for a model server");
    r->base.kind = &kind;
    r->options = *options;
    if (r->options.parallel < 1) r->options.parallel = PARALLEL;
    if (r->options.limit == 0) r->options.limit = LIMIT;
    if (r->options.timeout_ms <= 0) r->options.timeout_ms = TIMEOUT_MS;
    pthread_mutex_init(&r->lock, NULL);
    mkt_status status = open_server(r, err);
    if (status != MKT_OK) {
        close_remote(&r->base);
        return status;
    }
    *out = &r->base;
    return MKT_OK;
}

mkt_remote_dialect mkt_remote_dialect_found(const struct mkt_llm *llm)
{
    return remote_of(llm)->server.dialect;
}
