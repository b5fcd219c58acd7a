/* What is done to a task that is there; and what this agent does not do. */
#include <string.h>

#include "a2a/a2a_work.h"

#include "base/clock.h"

/* The task that the parameters name, held; NULL when the error is set. */
static struct mkt_a2a_task *find(struct mkt_a2a_call *call, struct mkt_err *err)
{
    const struct mkt_value *id = mkt_json_read_member(call->rpc.params, "id");
    if (!id || id->type != MKT_VALUE_STRING || !id->text[0]) {
        call->field = "id";
        mkt_a2a_work_refuse(call, MKT_JSONRPC_PARAMS, "the \"id\" of a task is missing", err);
        return NULL;
    }
    struct mkt_a2a_task *task = mkt_a2a_task_find(call->a2a, call->owner, id->text);
    if (!task) mkt_a2a_work_refuse(call, MKT_A2A_TASK_NOT_FOUND, "there is no such task", err);
    return task;
}

mkt_status mkt_a2a_methods_get(struct mkt_a2a_call *call, struct mkt_err *err)
{
    int64_t history;
    call->field = "historyLength";
    MKT_TRY(mkt_a2a_message_history(call->rpc.params, &history, err));
    call->field = NULL;
    struct mkt_a2a_task *task = find(call, err);
    if (!task) return err->status;
    mkt_status status = mkt_a2a_work_task(call, task, false, history, err);
    mkt_a2a_task_release(task);
    return status;
}

mkt_status mkt_a2a_methods_cancel(struct mkt_a2a_call *call, struct mkt_err *err)
{
    struct mkt_a2a_task *task = find(call, err);
    if (!task) return err->status;
    pthread_mutex_lock(&task->lock);
    bool possible = !mkt_a2a_task_is_over(mkt_a2a_task_state(task));
    if (possible) {
        task->canceled = true;
        task->canceled_ms = mkt_clock_ms();
        if (task->job) mkt_jobs_cancel(task->job);
    }
    pthread_mutex_unlock(&task->lock);
    mkt_status status =
        possible ? mkt_a2a_work_task(call, task, false, -1, err)
                 : mkt_a2a_work_refuse(call, MKT_A2A_TASK_NOT_CANCELABLE,
                                       "the task is over: there is nothing to cancel", err);
    mkt_a2a_task_release(task);
    return status;
}

mkt_status mkt_a2a_methods_subscribe(struct mkt_a2a_call *call, struct mkt_err *err)
{
    struct mkt_a2a_view view;
    call->boxed = true;
    struct mkt_a2a_task *task = find(call, err);
    if (!task) return err->status;
    mkt_status status = mkt_a2a_task_view(task, call->arena, &view, err);
    if (status == MKT_OK) {
        mkt_a2a_view_drop(&view);
        /* its end may come in between: then it is what the stream says */
        status = mkt_a2a_task_is_over(view.state)
                     ? mkt_a2a_work_refuse(call, MKT_A2A_UNSUPPORTED_OPERATION,
                                           "the task is over: get it instead", err)
                     : mkt_a2a_work_task(call, task, true, -1, err);
    }
    mkt_a2a_task_release(task);
    return status;
}

mkt_status mkt_a2a_methods_push(struct mkt_a2a_call *call, struct mkt_err *err)
{
    return mkt_a2a_work_refuse(call, MKT_A2A_PUSH_NOT_SUPPORTED,
                               "this agent sends no push notifications: follow the task by its "
                               "stream, or get it",
                               err);
}

mkt_status mkt_a2a_methods_card(struct mkt_a2a_call *call, struct mkt_err *err)
{
    return mkt_a2a_work_refuse(call,
                               call->version == MKT_A2A_10 ? MKT_A2A_UNSUPPORTED_OPERATION
                                                           : MKT_A2A_NO_EXTENDED_CARD,
                               "there is one card for all, at /.well-known/agent-card.json", err);
}
