#include "a2a/a2a_run.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "report/answer_json.h"
#include "wire/json_span.h"

/* ---- a copy of a question ---- */

#define EACH 64 /* bytes that an allocation may take besides what is asked for */

/* Copies texts; with a NULL arena it only counts the room for them. */
struct copying {
    struct mkt_arena *arena;
    size_t room;
    bool full;
};

static void *take(struct copying *c, size_t count, size_t size)
{
    c->room += count * size + EACH;
    if (!c->arena) return NULL;
    void *place = mkt_arena_alloc(c->arena, count ? count : 1, size);
    if (!place) c->full = true;
    return place;
}

static const char *copy_bytes(struct copying *c, const char *bytes, size_t n)
{
    if (!bytes) return NULL;
    char *place = take(c, n + 1, 1); /* and the NUL behind it */
    if (place) memcpy(place, bytes, n);
    return place;
}

static const char *copy_text(struct copying *c, const char *text)
{
    return text ? copy_bytes(c, text, strlen(text)) : NULL;
}

/* Formats, words and times are no texts: they are there already. */
static void copy_question(struct copying *c, const struct mkt_question *from,
                          struct mkt_question *to)
{
    const char **map = take(c, from->reading.maps, sizeof *map);
    struct mkt_given *given = take(c, from->givens, sizeof *given);
    for (size_t i = 0; from->analysis && i < from->analysis->params; i++)
        to->args.text[i] = copy_text(c, from->args.text[i]);
    for (size_t i = 0; i < from->reading.maps; i++) {
        const char *one = copy_text(c, from->reading.map[i]);
        if (map) map[i] = one;
    }
    for (size_t i = 0; i < from->givens; i++) {
        const struct mkt_given one = {copy_text(c, from->given[i].name),
                                      copy_text(c, from->given[i].value)};
        if (given) given[i] = one;
    }
    to->reading.map = map;
    to->given = given;
    to->asked = copy_text(c, from->asked);
    to->dataset = copy_text(c, from->dataset);
    to->table = copy_bytes(c, from->table, from->table_bytes);
    to->reading.dates = copy_text(c, from->reading.dates);
    to->reading.decimal = copy_text(c, from->reading.decimal);
    to->reading.currency = copy_text(c, from->reading.currency);
}

mkt_status mkt_a2a_run_make(const struct mkt_a2a_host *host, const struct mkt_question *question,
                            int64_t wish_ms, const char *request, struct mkt_a2a_run **out,
                            struct mkt_err *err)
{
    struct mkt_arena arena;
    struct copying c = {0};
    struct mkt_question counted = *question;
    copy_question(&c, question, &counted);
    MKT_TRY(mkt_arena_open(&arena, c.room + sizeof(struct mkt_a2a_run) + EACH, err));
    struct mkt_a2a_run *r = MKT_NEW(&arena, struct mkt_a2a_run, 1);
    if (r) {
        r->question = *question;
        c.arena = &arena;
        copy_question(&c, question, &r->question);
    }
    if (!r || c.full) {
        mkt_arena_close(&arena);
        return mkt_err_set(err, MKT_E_NOMEM, "no memory for a task");
    }
    r->arena = arena;
    r->host = host;
    r->wish_ms = wish_ms;
    snprintf(r->request, sizeof r->request, "%s", request);
    atomic_init(&r->refs, 1);
    pthread_mutex_init(&r->lock, NULL);
    *out = r;
    return MKT_OK;
}

void mkt_a2a_run_drop(struct mkt_a2a_run *run)
{
    if (!run || atomic_fetch_sub(&run->refs, 1) != 1) return;
    pthread_mutex_destroy(&run->lock);
    struct mkt_arena arena = run->arena;
    mkt_arena_close(&arena);
}

/* ---- what its job tells ---- */

struct telling {
    struct mkt_a2a_run *run;
    struct mkt_job *job;
    struct mkt_arena *arena; /* of the job's thread */
};

/* `text` as a string of JSON, NULL as null; in the job's memory. */
static void tell_text(struct telling *t, const char *name, const char *text)
{
    size_t mark = mkt_arena_mark(t->arena);
    struct mkt_buf json;
    struct mkt_json w;
    mkt_buf_init(&json, t->arena);
    mkt_json_init(&w, &json);
    mkt_json_string(&w, text);
    if (!json.failed) mkt_jobs_event(t->job, name, json.data);
    mkt_arena_release(t->arena, mark);
}

static mkt_status log_it(const struct mkt_a2a_run *run, const char *json, struct mkt_err *err)
{
    const struct mkt_a2a_host *host = run->host;
    if (!host->log) return MKT_OK;
    return host->log(host->user, run->task->owner, run->request, json, strlen(json), err);
}

/* Once a stage; stages are plain words of ours. */
static void tell_progress(void *user, const char *stage, double done)
{
    struct telling *t = user;
    struct mkt_a2a_run *run = t->run;
    char json[sizeof run->stage + 2];
    (void)done;
    pthread_mutex_lock(&run->lock);
    bool other = strcmp(run->stage, stage) != 0 && !strpbrk(stage, "\"\\\n");
    if (other) {
        snprintf(run->stage, sizeof run->stage, "%s", stage);
        snprintf(json, sizeof json, "\"%s\"", run->stage);
    }
    pthread_mutex_unlock(&run->lock);
    if (other) mkt_jobs_event(t->job, "working", json);
}

static void tell_facts(void *user, const struct mkt_answer *answer)
{
    struct telling *t = user;
    struct mkt_err none = {0};
    struct mkt_buf text;
    size_t mark = mkt_arena_mark(t->arena);
    if (!t->run->narrated) return; /* the whole answer comes as soon */
    mkt_buf_init(&text, t->arena);
    if (mkt_answer_json_write(&text, answer, &none) == MKT_OK &&
        log_it(t->run, text.data, &none) == MKT_OK)
        mkt_jobs_event(t->job, "facts", text.data);
    mkt_arena_release(t->arena, mark);
}

static void tell_sentence(void *user, mkt_part part, const char *sentence)
{
    (void)part;
    tell_text(user, "sentence", sentence);
}

/* ---- its end ---- */

/* A question in words may come back: the answer says so, and what it asks. NULL: it does not. */
static const char *asks_back(struct mkt_arena *arena, const struct mkt_blob *answer)
{
    const char *status;
    struct mkt_value *root;
    struct mkt_err none = {0};
    size_t n, bytes = strlen(answer->bytes);
    if (!mkt_json_span_member(answer->bytes, bytes, "status", &status, &n)) return NULL;
    if (strncmp(status, "\"question\"", n) != 0 && strncmp(status, "\"not_understood\"", n) != 0)
        return NULL;
    if (mkt_json_read_value(arena, answer->bytes, bytes, &mkt_json_read_limits, &root, &none) !=
        MKT_OK)
        return NULL;
    const struct mkt_value *reply = mkt_json_read_member(root, "reply");
    return reply && reply->type == MKT_VALUE_STRING ? reply->text : NULL;
}

/* What the end of the job is to its task, before the job ends. */
static void settle(struct telling *t, mkt_status status, const struct mkt_blob *answer)
{
    struct mkt_a2a_run *run = t->run;
    struct mkt_a2a_task *task = run->task;
    const char *back =
        status == MKT_OK && !run->question.analysis ? asks_back(t->arena, answer) : NULL;
    pthread_mutex_lock(&task->lock);
    if (status == MKT_E_ARG || status == MKT_E_NOT_FOUND) task->rest = MKT_A2A_REJECTED;
    if (back) {
        task->rest = MKT_A2A_INPUT_REQUIRED;
        mkt_a2a_task_say(task, back);
        if (run->question.table_bytes <= MKT_A2A_RUN_KEPT) {
            atomic_fetch_add(&run->refs, 1);
            task->waiting = run;
        }
    }
    pthread_mutex_unlock(&task->lock);
}

static void work(struct mkt_arena *arena, struct mkt_job *job, void *user)
{
    struct mkt_a2a_run *run = user;
    struct telling t = {run, job, arena};
    struct mkt_listener listener = {
        .progress = tell_progress, .facts = tell_facts, .sentence = tell_sentence, .user = &t};
    struct mkt_blob *answer = NULL;
    struct mkt_err err = {0};
    mkt_jobs_event(job, "working", "null");
    mkt_status status = run->host->answer(run->host->user, arena, &run->question,
                                          mkt_jobs_flag(job), &listener, &answer, &err);
    if (status == MKT_OK) status = log_it(run, answer->bytes, &err);
    if (status != MKT_OK) {
        mkt_blob_release(answer);
        answer = NULL;
    }
    settle(&t, status, answer);
    mkt_jobs_finish(job, answer, &err);
    mkt_blob_release(answer);
}

static void drop(void *user)
{
    struct mkt_a2a_run *run = user;
    struct mkt_a2a_task *task = run->task;
    mkt_a2a_run_drop(run);
    mkt_a2a_task_release(task);
}

mkt_status mkt_a2a_run_start(struct mkt_a2a_run *run, struct mkt_a2a_task *task,
                             struct mkt_err *err)
{
    struct mkt_job *job = NULL;
    mkt_a2a_state before = task->rest;
    run->task = mkt_a2a_task_hold(task);
    run->stage[0] = '\0';
    atomic_fetch_add(&run->refs, 1);
    task->rest = MKT_A2A_COMPLETED; /* the work may set it from here on, once it has the lock */
    mkt_status status = run->host->start(run->host->user, &run->question, run->wish_ms,
                                         &run->narrated, work, drop, run, &job, err);
    if (status != MKT_OK) {
        task->rest = before;
        mkt_a2a_run_drop(run);
        mkt_a2a_task_release(task);
        return status;
    }
    mkt_jobs_release(task->job);
    task->job = job;
    task->said = NULL;
    task->turns++;
    task->name = run->question.analysis ? run->question.analysis->name : "ask";
    return MKT_OK;
}
