#include "a2a/a2a.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "a2a/a2a_work.h"
#include "base/text.h"
#include "wire/json_value.h"

#define FAILURE ((size_t)1 << 20) /* address space for an error: its data repeat what was sent */

/* ---- what there is ---- */

static const struct {
    const char *name[2]; /* by version; NULL where it is not of it */
    mkt_a2a_method *run;
} methods[] = {
    {{"message/send", "SendMessage"}, mkt_a2a_send_message},
    {{"message/stream", "SendStreamingMessage"}, mkt_a2a_send_stream},
    {{"tasks/get", "GetTask"}, mkt_a2a_methods_get},
    {{NULL, "ListTasks"}, mkt_a2a_list_tasks},
    {{"tasks/cancel", "CancelTask"}, mkt_a2a_methods_cancel},
    {{"tasks/resubscribe", "SubscribeToTask"}, mkt_a2a_methods_subscribe},
    {{"tasks/pushNotificationConfig/set", "CreateTaskPushNotificationConfig"},
     mkt_a2a_methods_push},
    {{"tasks/pushNotificationConfig/get", "GetTaskPushNotificationConfig"}, mkt_a2a_methods_push},
    {{"tasks/pushNotificationConfig/list", "ListTaskPushNotificationConfigs"},
     mkt_a2a_methods_push},
    {{"tasks/pushNotificationConfig/delete", "DeleteTaskPushNotificationConfig"},
     mkt_a2a_methods_push},
    {{"agent/getAuthenticatedExtendedCard", "GetExtendedAgentCard"}, mkt_a2a_methods_card},
};

static mkt_a2a_method *find_method(mkt_a2a_version version, const char *name)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (methods[i].name[version] && strcmp(methods[i].name[version], name) == 0)
            return methods[i].run;
    return NULL;
}

bool mkt_a2a_version_read(const char *text, mkt_a2a_version *out)
{
    static const char *const known[] = {[MKT_A2A_03] = "0.3", [MKT_A2A_10] = "1.0"};
    *out = MKT_A2A_03;
    if (!text || !*text) return true;
    for (int v = MKT_A2A_03; v <= MKT_A2A_10; v++) {
        if (strncmp(text, known[v], 3) != 0) continue;
        const char *patch = text + 3;
        *out = (mkt_a2a_version)v;
        if (*patch == '\0') return true;
        size_t digits = *patch == '.' ? strspn(patch + 1, "0123456789") : 0;
        return digits > 0 && digits < 6 && patch[1 + digits] == '\0';
    }
    return false;
}

/* ---- for the methods ---- */

mkt_status mkt_a2a_work_refuse(struct mkt_a2a_call *call, int code, const char *sentence,
                               struct mkt_err *err)
{
    call->code = code;
    return mkt_err_set(err, MKT_E_ARG, "%s", sentence);
}

void mkt_a2a_work_begin(const struct mkt_a2a_call *call, struct mkt_json *w, struct mkt_buf *text)
{
    mkt_buf_init(text, call->arena);
    mkt_json_init(w, text);
    mkt_jsonrpc_begin(w, call->rpc.id);
    mkt_json_key(w, "result");
}

mkt_status mkt_a2a_work_end(const struct mkt_a2a_call *call, struct mkt_json *w,
                            struct mkt_err *err)
{
    mkt_json_close(w, '}');
    MKT_TRY(mkt_buf_check(w->out, err));
    call->send(call->user, w->out->data, w->out->length);
    return MKT_OK;
}

/* Opens the call's line on the task, for one response or for events. */
static void open_line(struct mkt_a2a_call *call, struct mkt_a2a_view *view, bool waits,
                      int64_t history)
{
    struct mkt_a2a_line *line = &call->out->line;
    const struct mkt_value *id = call->rpc.id;
    *line = (struct mkt_a2a_line){.task = mkt_a2a_task_hold(view->task),
                                  .job = mkt_jobs_hold(view->job),
                                  .version = call->version,
                                  .waits = waits,
                                  .after = view->events,
                                  .history = history,
                                  .facts = mkt_a2a_shape_told(view, MKT_A2A_ANSWER),
                                  .sentences = mkt_a2a_shape_told(view, MKT_A2A_WORDS)};
    if (id->type == MKT_VALUE_STRING) {
        snprintf(line->id, sizeof line->id, "%s", id->text);
    } else {
        line->numbered = true;
        line->number = id->integer;
    }
    call->out->manner = MKT_A2A_FOLLOW;
}

static mkt_status send_task(struct mkt_a2a_call *call, const struct mkt_a2a_view *view, bool stream,
                            int64_t history, struct mkt_err *err)
{
    struct mkt_buf text;
    struct mkt_json w;
    bool boxed = call->version == MKT_A2A_10 && call->boxed;
    mkt_a2a_work_begin(call, &w, &text);
    if (boxed) {
        mkt_json_open(&w, '{');
        mkt_json_key(&w, "task");
    }
    mkt_a2a_shape_task(&w, call->version, view, history, true);
    if (boxed) mkt_json_close(&w, '}');
    MKT_TRY(mkt_a2a_work_end(call, &w, err));
    if (!stream || call->version == MKT_A2A_10 || !mkt_a2a_task_is_waited(view->state))
        return MKT_OK;
    /* a client of 0.3 takes a stream to its event that says it is the last */
    mkt_a2a_work_begin(call, &w, &text);
    mkt_a2a_shape_status_update(&w, call->version, view, NULL);
    return mkt_a2a_work_end(call, &w, err);
}

mkt_status mkt_a2a_work_task(struct mkt_a2a_call *call, struct mkt_a2a_task *task, bool stream,
                             int64_t history, struct mkt_err *err)
{
    struct mkt_a2a_view view;
    MKT_TRY(mkt_a2a_task_view(task, call->arena, &view, err));
    mkt_status status = send_task(call, &view, stream, history, err);
    if (status == MKT_OK && stream) {
        call->out->manner = MKT_A2A_EVENTS;
        if (!mkt_a2a_task_is_waited(view.state)) open_line(call, &view, false, history);
    }
    mkt_a2a_view_drop(&view);
    return status;
}

mkt_status mkt_a2a_work_wait(struct mkt_a2a_call *call, struct mkt_a2a_task *task, int64_t history,
                             struct mkt_err *err)
{
    struct mkt_a2a_view view;
    mkt_status status = MKT_OK;
    MKT_TRY(mkt_a2a_task_view(task, call->arena, &view, err));
    if (mkt_a2a_task_is_waited(view.state))
        status = send_task(call, &view, false, history, err);
    else
        open_line(call, &view, true, history);
    mkt_a2a_view_drop(&view);
    return status;
}

/* ---- one message ---- */

/* What came with a message may stand in a sentence: only whole characters leave. In memory of its
 * own: the request's may be full. */
static void send_failure(const struct mkt_jsonrpc *rpc, int code, const char *field,
                         const struct mkt_err *err, mkt_a2a_send *send, void *user)
{
    struct mkt_arena arena;
    struct mkt_err none = {0};
    struct mkt_buf text;
    struct mkt_json w;
    if (mkt_arena_open(&arena, FAILURE, &none) != MKT_OK) return;
    const char *clean = mkt_text_clean(&arena, err->text, strlen(err->text), MKT_ERR_TEXT);
    if (!clean || !*clean) clean = mkt_status_name(err->status);
    mkt_buf_init(&text, &arena);
    mkt_json_init(&w, &text);
    mkt_jsonrpc_fail(&w, rpc->id, code, clean, mkt_a2a_error_data(&arena, code, field, clean));
    if (!text.failed) send(user, text.data, text.length);
    mkt_arena_close(&arena);
}

/* True when it is a request of a version that is spoken; else the code is set. */
static bool read_message(struct mkt_a2a_call *call, const char *bytes, size_t n,
                         const struct mkt_a2a_peer *peer, struct mkt_err *err)
{
    struct mkt_jsonrpc *rpc = &call->rpc;
    const struct mkt_json_limits *limits = &call->a2a->options.limits;
    if (mkt_jsonrpc_read(call->arena, bytes, n, limits, rpc, err) != MKT_OK) {
        call->code = rpc->code;
        return false;
    }
    if (mkt_a2a_version_read(peer->version, &call->version)) return true;
    call->code = MKT_A2A_VERSION;
    mkt_err_set(err, MKT_E_ARG,
                "the version \"%.20s\" of the protocol is not spoken; 1.0 and 0.3 are",
                peer->version);
    return false;
}

static mkt_status run(struct mkt_a2a_call *call, struct mkt_err *err)
{
    mkt_a2a_method *method = find_method(call->version, call->rpc.method);
    if (method) return method(call, err);
    bool other = find_method(call->version == MKT_A2A_10 ? MKT_A2A_03 : MKT_A2A_10,
                             call->rpc.method) != NULL;
    call->code = MKT_JSONRPC_METHOD;
    return mkt_err_set(err, MKT_E_NOT_FOUND, "there is no method \"%.60s\"%s", call->rpc.method,
                       !other                        ? ""
                       : call->version == MKT_A2A_10 ? " in 1.0, which A2A-Version says"
                                                     : " in 0.3; say A2A-Version: 1.0");
}

void mkt_a2a_answer(struct mkt_a2a *a2a, struct mkt_arena *arena, const char *bytes, size_t n,
                    const struct mkt_a2a_peer *peer, struct mkt_a2a_outcome *out,
                    mkt_a2a_send *send, void *user)
{
    struct mkt_err err = {0};
    struct mkt_a2a_call call = {.a2a = a2a,
                                .arena = arena,
                                .owner = peer->owner,
                                .bytes = bytes,
                                .n = n,
                                .out = out,
                                .send = send,
                                .user = user};
    *out = (struct mkt_a2a_outcome){.manner = MKT_A2A_SINGLE};
    if (!read_message(&call, bytes, n, peer, &err)) {
        out->unread = true;
    } else if (call.rpc.kind != MKT_JSONRPC_REQUEST) {
        out->manner = MKT_A2A_NOTHING;
        return;
    } else if (run(&call, &err) == MKT_OK) {
        return;
    } else if (call.code == 0) {
        call.code = mkt_status_jsonrpc(err.status);
    }
    out->manner = MKT_A2A_SINGLE;
    out->code = call.code;
    out->busy = err.status == MKT_E_BUSY || err.status == MKT_E_NOMEM;
    send_failure(&call.rpc, call.code, call.field, &err, send, user);
}

void mkt_a2a_tick(struct mkt_a2a *a2a)
{
    mkt_a2a_task_sweep(a2a);
}
