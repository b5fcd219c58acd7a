/* ListTasks: the owner's tasks, those that changed last first, a page at a time.
 *
 * A page token says which task a page ended with: the next page is of those behind it, whatever has
 * come or gone since.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "a2a/a2a_work.h"

#define PAGE 50
#define PAGE_MOST 100
#define PAGE_BYTES ((size_t)4 << 20) /* beyond them a page ends, whatever its size was to be */
#define TOKEN 32 /* hex digits: the time of the last change, the task's number */

struct wish {
    const char *context;
    bool by_state;
    mkt_a2a_state state;
    int64_t since, size, history;
    bool artifacts;
    bool after; /* a page token was given */
    int64_t after_ms;
    uint64_t after_serial;
};

static mkt_status wrong(struct mkt_a2a_call *call, const char *field, const char *sentence,
                        struct mkt_err *err)
{
    call->field = field;
    return mkt_a2a_work_refuse(call, MKT_JSONRPC_PARAMS, sentence, err);
}

/* ---- what is asked for ---- */

static bool read_token(const char *text, struct wish *out)
{
    char half[TOKEN / 2 + 1];
    if (strlen(text) != TOKEN || strspn(text, "0123456789abcdef") != TOKEN) return false;
    snprintf(half, sizeof half, "%.*s", TOKEN / 2, text);
    out->after_ms = (int64_t)strtoull(half, NULL, 16);
    out->after_serial = strtoull(text + TOKEN / 2, NULL, 16);
    out->after = true;
    return true;
}

/* NULL when it is not there or "", which counts as that. */
static mkt_status text_of(struct mkt_a2a_call *call, const char *name, const char **out,
                          struct mkt_err *err)
{
    const struct mkt_value *v = mkt_json_read_member(call->rpc.params, name);
    *out = NULL;
    if (!v || v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type != MKT_VALUE_STRING) return wrong(call, name, "this must be a string", err);
    if (v->text[0]) *out = v->text;
    return MKT_OK;
}

static mkt_status read_texts(struct mkt_a2a_call *call, struct wish *out, struct mkt_err *err)
{
    const char *state, *since, *token;
    MKT_TRY(text_of(call, "contextId", &out->context, err));
    MKT_TRY(text_of(call, "status", &state, err));
    MKT_TRY(text_of(call, "statusTimestampAfter", &since, err));
    MKT_TRY(text_of(call, "pageToken", &token, err));
    out->by_state = state && strcmp(state, "TASK_STATE_UNSPECIFIED") != 0;
    if (out->by_state && strcmp(state, "TASK_STATE_AUTH_REQUIRED") == 0)
        out->state = MKT_A2A_REJECTED + 1; /* none of ours is ever in it */
    else if (out->by_state && !mkt_a2a_shape_read_state(state, &out->state))
        return wrong(call, "status", "this is no state of a task, such as TASK_STATE_WORKING", err);
    if (since && !mkt_a2a_shape_read_time(since, &out->since))
        return wrong(call, "statusTimestampAfter",
                     "this is a time such as 2026-01-31T09:30:00.000Z", err);
    if (token && !read_token(token, out))
        return wrong(call, "pageToken", "this is no page token of an earlier page", err);
    return MKT_OK;
}

static mkt_status read_wish(struct mkt_a2a_call *call, struct wish *out, struct mkt_err *err)
{
    const struct mkt_value *size = mkt_json_read_member(call->rpc.params, "pageSize");
    const struct mkt_value *artifacts = mkt_json_read_member(call->rpc.params, "includeArtifacts");
    *out = (struct wish){.since = INT64_MIN, .size = PAGE};
    MKT_TRY(read_texts(call, out, err));
    if (size && size->type != MKT_VALUE_NULL) {
        if (size->type != MKT_VALUE_INTEGER || size->integer < 1 || size->integer > PAGE_MOST)
            return wrong(call, "pageSize", "this is a whole number between 1 and 100", err);
        out->size = size->integer;
    }
    if (artifacts && artifacts->type != MKT_VALUE_NULL) {
        if (artifacts->type != MKT_VALUE_BOOL)
            return wrong(call, "includeArtifacts", "this is true or false", err);
        out->artifacts = artifacts->truth;
    }
    if (mkt_a2a_message_history(call->rpc.params, &out->history, err) == MKT_OK) return MKT_OK;
    call->field = "historyLength";
    return err->status;
}

/* ---- the tasks ---- */

static int newest_first(const void *a, const void *b)
{
    const struct mkt_a2a_view *x = a, *y = b;
    if (x->at_ms != y->at_ms) return x->at_ms > y->at_ms ? -1 : 1;
    return x->task->serial > y->task->serial ? -1 : x->task->serial < y->task->serial;
}

static bool is_wished(const struct wish *wish, const struct mkt_a2a_view *v)
{
    return (!wish->context || strcmp(wish->context, v->task->context) == 0) &&
           (!wish->by_state || v->state == wish->state) && v->at_ms >= wish->since;
}

static bool is_behind(const struct wish *wish, const struct mkt_a2a_view *v)
{
    if (!wish->after) return true;
    return v->at_ms < wish->after_ms ||
           (v->at_ms == wish->after_ms && v->task->serial < wish->after_serial);
}

/* `view` is sorted. */
static mkt_status write_page(struct mkt_a2a_call *call, const struct wish *wish,
                             const struct mkt_a2a_view *view, size_t views, struct mkt_err *err)
{
    struct mkt_buf text;
    struct mkt_json w;
    char token[TOKEN + 1] = "";
    size_t i = 0;
    int64_t shown = 0;
    mkt_a2a_work_begin(call, &w, &text);
    mkt_json_open(&w, '{');
    mkt_json_key(&w, "tasks");
    mkt_json_open(&w, '[');
    while (i < views && !is_behind(wish, &view[i])) i++;
    for (; i < views && shown < wish->size && text.length < PAGE_BYTES; i++, shown++) {
        mkt_a2a_shape_task(&w, call->version, &view[i], wish->history, wish->artifacts);
        snprintf(token, sizeof token, "%016" PRIx64 "%016" PRIx64, (uint64_t)view[i].at_ms,
                 view[i].task->serial);
    }
    mkt_json_close(&w, ']');
    mkt_json_member_string(&w, "nextPageToken", i < views ? token : "");
    mkt_json_member_int(&w, "pageSize", wish->size);
    mkt_json_member_int(&w, "totalSize", (int64_t)views);
    mkt_json_close(&w, '}');
    return mkt_a2a_work_end(call, &w, err);
}

mkt_status mkt_a2a_list_tasks(struct mkt_a2a_call *call, struct mkt_err *err)
{
    struct wish wish;
    struct mkt_a2a_task **task;
    size_t count, views = 0;
    MKT_TRY(read_wish(call, &wish, err));
    MKT_TRY(mkt_a2a_task_all(call->a2a, call->owner, call->arena, &task, &count, err));
    struct mkt_a2a_view *view = MKT_NEW(call->arena, struct mkt_a2a_view, count + 1);
    mkt_status status = view ? MKT_OK : mkt_arena_full(call->arena, err);
    for (size_t i = 0; status == MKT_OK && i < count; i++) {
        status = mkt_a2a_task_view(task[i], call->arena, &view[views], err);
        if (status != MKT_OK) break;
        if (is_wished(&wish, &view[views]))
            views++;
        else
            mkt_a2a_view_drop(&view[views]);
    }
    if (status == MKT_OK) {
        if (views) qsort(view, views, sizeof *view, newest_first);
        status = write_page(call, &wish, view, views, err);
    }
    for (size_t i = 0; i < views; i++) mkt_a2a_view_drop(&view[i]);
    for (size_t i = 0; i < count; i++) mkt_a2a_task_release(task[i]);
    return status;
}
