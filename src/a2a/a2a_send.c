/* SendMessage and SendStreamingMessage: a message begins a task, or completes one that waits. */
#include <stdio.h>
#include <string.h>

#include "a2a/a2a_question.h"
#include "a2a/a2a_work.h"

/* The data set that was last named in the context. */
static mkt_status usual_of(struct mkt_a2a_call *call, const char *context, const char **out,
                           struct mkt_err *err)
{
    struct mkt_a2a_task **task;
    size_t count;
    *out = NULL;
    if (!context) return MKT_OK;
    MKT_TRY(mkt_a2a_task_all(call->a2a, call->owner, call->arena, &task, &count, err));
    bool full = false;
    for (size_t i = 0; i < count; i++) {
        if (!*out && !full && strcmp(task[i]->context, context) == 0) {
            pthread_mutex_lock(&task[i]->lock);
            if (task[i]->dataset[0])
                full = !(*out = mkt_arena_strdup(call->arena, task[i]->dataset));
            pthread_mutex_unlock(&task[i]->lock);
        }
        mkt_a2a_task_release(task[i]);
    }
    return full ? mkt_arena_full(call->arena, err) : MKT_OK;
}

/* What becomes of a message: its question is worked on, or the client is asked, or it is refused.
 * With the task's lock held.
 *   status   of reading the question; `asked` holds it when it is good
 *   earlier  the run that the message was to complete, or NULL; stays the task's if it is not */
static mkt_status proceed(struct mkt_a2a_call *call, struct mkt_a2a_task *task, mkt_status status,
                          const struct mkt_a2a_asked *asked, struct mkt_a2a_run *earlier,
                          struct mkt_err *err)
{
    const struct mkt_a2a_host *host = call->a2a->options.host;
    struct mkt_a2a_run *run = NULL;
    if (status == MKT_OK)
        status = mkt_a2a_run_make(host, &asked->question, asked->wish_ms, call->request, &run, err);
    if (status == MKT_OK && !asked->missing) status = mkt_a2a_run_start(run, task, err);
    bool refused = status == MKT_E_ARG || status == MKT_E_NOT_FOUND;
    if (status == MKT_OK && asked->missing) {
        mkt_a2a_task_rest(task, MKT_A2A_INPUT_REQUIRED, asked->missing);
        task->waiting = run;
    } else {
        mkt_a2a_run_drop(run);
        if (status == MKT_OK && asked->question.dataset)
            snprintf(task->dataset, sizeof task->dataset, "%s", asked->question.dataset);
        if (status != MKT_OK && earlier) task->waiting = earlier; /* for a better word */
        if (refused && earlier) mkt_a2a_task_say(task, err->text);
        if (refused && !earlier) mkt_a2a_task_rest(task, MKT_A2A_REJECTED, err->text);
    }
    if (task->waiting != earlier) mkt_a2a_run_drop(earlier);
    if (!refused) return status;
    mkt_err_clear(err); /* the task says it */
    return MKT_OK;
}

/* ---- a new task ---- */

/* With the task's lock held. */
static mkt_status begin_work(struct mkt_a2a_call *call, const struct mkt_a2a_message *m,
                             const char *usual, struct mkt_a2a_task *task, struct mkt_err *err)
{
    struct mkt_a2a_asked asked;
    mkt_status status =
        mkt_a2a_question_begin(call->a2a->options.host, call->arena, m, usual, &asked, err);
    mkt_a2a_task_remember(task, m);
    task->wanted = m->wanted;
    task->name = asked.question.analysis ? asked.question.analysis->name : "ask";
    return proceed(call, task, status, &asked, NULL, err);
}

static mkt_status begin_task(struct mkt_a2a_call *call, const struct mkt_a2a_message *m,
                             struct mkt_a2a_task **out, struct mkt_err *err)
{
    struct mkt_a2a_task *task;
    const char *usual;
    MKT_TRY(usual_of(call, m->context, &usual, err));
    MKT_TRY(mkt_a2a_task_make(call->owner, m->context, &task, err));
    pthread_mutex_lock(&task->lock);
    mkt_status status = begin_work(call, m, usual, task, err);
    pthread_mutex_unlock(&task->lock);
    if (status == MKT_OK) status = mkt_a2a_task_add(call->a2a, task, err);
    if (status != MKT_OK) {
        if (task->job) mkt_jobs_cancel(task->job);
        mkt_a2a_task_release(task);
        return status;
    }
    *out = task;
    return MKT_OK;
}

/* ---- one that waits ---- */

/* With the task's lock held. */
static mkt_status go_on(struct mkt_a2a_call *call, const struct mkt_a2a_message *m,
                        struct mkt_a2a_task *task, struct mkt_err *err)
{
    const struct mkt_a2a_host *host = call->a2a->options.host;
    struct mkt_job_view v = {0};
    struct mkt_a2a_asked asked;
    struct mkt_a2a_run *earlier = task->waiting;
    const char *usual = task->dataset[0] ? task->dataset : NULL;
    task->waiting = NULL;
    if (task->job) mkt_jobs_view(task->job, &v);
    mkt_status status =
        earlier ? mkt_a2a_question_go_on(host, call->arena, m, earlier, v.answer, &asked, err)
                : mkt_a2a_question_begin(host, call->arena, m, usual, &asked, err);
    mkt_blob_release(v.answer);
    mkt_a2a_task_remember_said(task);
    mkt_a2a_task_remember(task, m);
    task->wanted = m->wanted;
    return proceed(call, task, status, &asked, earlier, err);
}

static mkt_status go_on_with(struct mkt_a2a_call *call, const struct mkt_a2a_message *m,
                             struct mkt_a2a_task *task, struct mkt_err *err)
{
    mkt_status status;
    if (m->context && strcmp(m->context, task->context) != 0) {
        call->field = "message.contextId";
        return mkt_a2a_work_refuse(call, MKT_JSONRPC_PARAMS, "the task is of another context", err);
    }
    pthread_mutex_lock(&task->lock); /* of two messages at once one goes on */
    mkt_a2a_state state = mkt_a2a_task_state(task);
    if (state == MKT_A2A_INPUT_REQUIRED)
        status = go_on(call, m, task, err);
    else
        status = mkt_a2a_work_refuse(call, MKT_A2A_UNSUPPORTED_OPERATION,
                                     mkt_a2a_task_is_over(state)
                                         ? "the task is over: send the message without its taskId"
                                         : "the task is being worked on, and waits for no message",
                                     err);
    pthread_mutex_unlock(&task->lock);
    return status;
}

/* ---- the methods ---- */

static mkt_status no_task(struct mkt_a2a_call *call, struct mkt_err *err)
{
    return mkt_a2a_work_refuse(call, MKT_A2A_TASK_NOT_FOUND, "there is no such task", err);
}

static mkt_status send_message(struct mkt_a2a_call *call, bool stream, struct mkt_err *err)
{
    struct mkt_a2a_message m;
    struct mkt_a2a_task *task = NULL;
    mkt_status status;
    call->boxed = true;
    MKT_TRY(mkt_hash_bytes(call->bytes, call->n, call->request, err));
    MKT_TRY(mkt_a2a_message_read(call->arena, call->rpc.params, call->version, &m, &call->code,
                                 &call->field, err));
    if (m.task) {
        task = mkt_a2a_task_find(call->a2a, call->owner, m.task);
        if (!task) return no_task(call, err);
        status = go_on_with(call, &m, task, err);
    } else {
        status = begin_task(call, &m, &task, err);
    }
    if (status == MKT_OK && !stream && m.wait)
        status = mkt_a2a_work_wait(call, task, m.history, err);
    else if (status == MKT_OK)
        status = mkt_a2a_work_task(call, task, stream, m.history, err);
    mkt_a2a_task_release(task);
    return status;
}

mkt_status mkt_a2a_send_message(struct mkt_a2a_call *call, struct mkt_err *err)
{
    return send_message(call, false, err);
}

mkt_status mkt_a2a_send_stream(struct mkt_a2a_call *call, struct mkt_err *err)
{
    return send_message(call, true, err);
}
