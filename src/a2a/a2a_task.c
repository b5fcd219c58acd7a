#include "a2a/a2a_task.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "a2a/a2a_run.h"
#include "base/clock.h"
#include "base/text.h"
#include "wire/json_value.h"

#define KEPT_TEXT 8192 /* bytes of one part that are remembered */

bool mkt_a2a_task_is_over(mkt_a2a_state state)
{
    return state == MKT_A2A_COMPLETED || state == MKT_A2A_FAILED || state == MKT_A2A_CANCELED ||
           state == MKT_A2A_REJECTED;
}

bool mkt_a2a_task_is_waited(mkt_a2a_state state)
{
    return mkt_a2a_task_is_over(state) || state == MKT_A2A_INPUT_REQUIRED;
}

/* ---- one task ---- */

static bool random_id(char out[MKT_JOBS_ID])
{
    unsigned char bytes[(MKT_JOBS_ID - 1) / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) return false;
    for (size_t i = 0; i < sizeof bytes; i++) snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

mkt_status mkt_a2a_task_make(const char *owner, const char *context, struct mkt_a2a_task **out,
                             struct mkt_err *err)
{
    struct mkt_arena arena;
    char fresh[MKT_JOBS_ID];
    MKT_TRY(mkt_arena_open(&arena, MKT_A2A_TASK_MEMORY, err));
    struct mkt_a2a_task *t = MKT_NEW(&arena, struct mkt_a2a_task, 1);
    if (!t || !random_id(t->id) || !random_id(fresh)) {
        mkt_arena_close(&arena);
        return mkt_err_set(err, MKT_E_INTERNAL, "no random bytes for the id of a task");
    }
    snprintf(t->context, sizeof t->context, "%s", context ? context : fresh);
    snprintf(t->owner, sizeof t->owner, "%s", owner);
    t->wall_ms = mkt_clock_wall_us() / 1000;
    t->clock_ms = mkt_clock_ms();
    t->rest = MKT_A2A_COMPLETED;
    t->arena = arena;
    atomic_init(&t->refs, 1);
    pthread_mutex_init(&t->lock, NULL);
    *out = t;
    return MKT_OK;
}

struct mkt_a2a_task *mkt_a2a_task_hold(struct mkt_a2a_task *task)
{
    atomic_fetch_add(&task->refs, 1);
    return task;
}

void mkt_a2a_task_release(struct mkt_a2a_task *task)
{
    if (!task || atomic_fetch_sub(&task->refs, 1) != 1) return;
    mkt_a2a_run_drop(task->waiting);
    mkt_jobs_release(task->job);
    pthread_mutex_destroy(&task->lock);
    struct mkt_arena arena = task->arena;
    mkt_arena_close(&arena);
}

/* ---- at one moment ---- */

static const char *sentence_of(const struct mkt_job_view *v)
{
    return v->err.text[0] ? v->err.text : mkt_status_name(v->err.status);
}

/* With the task's lock held. */
static mkt_a2a_state judge(const struct mkt_a2a_task *t, const struct mkt_job_view *v)
{
    if (t->canceled) return MKT_A2A_CANCELED;
    if (!t->job) return t->rest;
    switch (v->state) {
    case MKT_JOB_QUEUED:
        return MKT_A2A_SUBMITTED;
    case MKT_JOB_RUNNING:
        return MKT_A2A_WORKING;
    case MKT_JOB_DONE:
        return t->rest;
    case MKT_JOB_FAILED:
        return t->rest == MKT_A2A_REJECTED ? MKT_A2A_REJECTED : MKT_A2A_FAILED;
    case MKT_JOB_CANCELLED:
        break;
    }
    return MKT_A2A_CANCELED;
}

mkt_a2a_state mkt_a2a_task_state(const struct mkt_a2a_task *task)
{
    struct mkt_job_view v = {0};
    if (task->job) mkt_jobs_view(task->job, &v);
    mkt_blob_release(v.answer);
    return judge(task, &v);
}

mkt_status mkt_a2a_task_view(struct mkt_a2a_task *task, struct mkt_arena *arena,
                             struct mkt_a2a_view *out, struct mkt_err *err)
{
    struct mkt_job_view v = {0};
    const char *said = NULL;
    pthread_mutex_lock(&task->lock);
    if (task->job) mkt_jobs_view(task->job, &v);
    *out = (struct mkt_a2a_view){.task = task,
                                 .state = judge(task, &v),
                                 .name = task->name,
                                 .turns = task->turns,
                                 .wanted = task->wanted,
                                 .job = mkt_jobs_hold(task->job),
                                 .events = v.events};
    int64_t since = task->canceled ? task->canceled_ms : task->job ? v.changed_ms : task->rest_ms;
    out->at_ms = task->wall_ms + (since - task->clock_ms);
    if (mkt_a2a_task_is_waited(out->state) && out->state != MKT_A2A_CANCELED) {
        said = task->said;
        if (task->job && v.state == MKT_JOB_FAILED) said = sentence_of(&v);
    }
    if (said) out->said = mkt_text_clean(arena, said, strlen(said), MKT_A2A_TASK_SAID);
    bool full = said && !out->said;
    out->answer = out->state == MKT_A2A_CANCELED ? NULL : v.answer;
    if (!out->answer) mkt_blob_release(v.answer);
    pthread_mutex_unlock(&task->lock);
    if (!full) return MKT_OK;
    mkt_a2a_view_drop(out);
    return mkt_arena_full(arena, err);
}

void mkt_a2a_view_drop(struct mkt_a2a_view *view)
{
    mkt_blob_release(view->answer);
    mkt_jobs_release(view->job);
    view->answer = NULL;
    view->job = NULL;
}

/* ---- what is remembered; with the task's lock held ---- */

static bool keep_part(struct mkt_a2a_task *t, const struct mkt_a2a_part *from,
                      struct mkt_a2a_kept_part *to)
{
    struct mkt_arena *arena = &t->arena;
    to->kind = from->kind;
    if (from->name && !(to->name = mkt_text_clean(arena, from->name, strlen(from->name), 256)))
        return false;
    if (from->type && !(to->type = mkt_text_clean(arena, from->type, strlen(from->type), 128)))
        return false;
    if (from->kind == MKT_A2A_TEXT && strlen(from->text) <= KEPT_TEXT)
        return (to->text = mkt_arena_strdup(arena, from->text)) != NULL;
    if (from->kind == MKT_A2A_DATA) {
        size_t mark = mkt_arena_mark(arena);
        struct mkt_buf text;
        struct mkt_json w;
        mkt_buf_init(&text, arena);
        mkt_json_init(&w, &text);
        mkt_json_value_write(&w, from->data, NULL);
        if (!text.failed && text.length <= KEPT_TEXT)
            to->text = text.data;
        else
            mkt_arena_release(arena, mark);
    }
    return true;
}

void mkt_a2a_task_remember(struct mkt_a2a_task *task, const struct mkt_a2a_message *message)
{
    if (task->kept == MKT_A2A_TASK_HISTORY) return;
    size_t mark = mkt_arena_mark(&task->arena);
    struct mkt_a2a_kept *k = &task->history[task->kept];
    *k = (struct mkt_a2a_kept){.id = mkt_arena_strdup(&task->arena, message->id),
                               .part =
                                   MKT_NEW(&task->arena, struct mkt_a2a_kept_part, message->parts)};
    bool room = k->id && k->part;
    for (size_t i = 0; room && i < message->parts; i++)
        room = keep_part(task, &message->part[i], &k->part[k->parts++]);
    if (room)
        task->kept++;
    else
        mkt_arena_release(&task->arena, mark);
}

void mkt_a2a_task_remember_said(struct mkt_a2a_task *task)
{
    if (!task->said || task->kept == MKT_A2A_TASK_HISTORY) return;
    struct mkt_a2a_kept *k = &task->history[task->kept];
    *k = (struct mkt_a2a_kept){
        .agent = true,
        .id = mkt_arena_printf(&task->arena, "%s-%zu-said", task->id, task->kept),
        .part = MKT_NEW(&task->arena, struct mkt_a2a_kept_part, 1),
        .parts = 1};
    if (!k->id || !k->part) return;
    k->part[0] = (struct mkt_a2a_kept_part){.kind = MKT_A2A_TEXT, .text = task->said};
    task->kept++;
}

void mkt_a2a_task_say(struct mkt_a2a_task *task, const char *sentence)
{
    task->said = sentence
                     ? mkt_text_clean(&task->arena, sentence, strlen(sentence), MKT_A2A_TASK_SAID)
                     : NULL;
    if (sentence && !task->said)
        task->said = "This task has said as much as is remembered: begin a new one.";
}

void mkt_a2a_task_rest(struct mkt_a2a_task *task, mkt_a2a_state state, const char *sentence)
{
    mkt_jobs_release(task->job);
    task->job = NULL;
    task->rest = state;
    task->rest_ms = mkt_clock_ms();
    mkt_a2a_task_say(task, sentence);
}
