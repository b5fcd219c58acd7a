#include "server/api.h"

#include <string.h>

#include "base/json.h"
#include "engine/question.h"
#include "report/account_json.h"
#include "server/reply.h"
#include "wire/request.h"

/* ---- what the source makes of a set ---- */

/* {"usable":…,"problem":…,"account":…} for one way of reading it. */
static mkt_status describe(struct mkt_exchange *x, struct mkt_set *set,
                           const struct mkt_reading *reading, struct mkt_buf *out,
                           struct mkt_err *err)
{
    struct mkt_err problem = {0};
    struct mkt_opened *opened = NULL;
    struct mkt_engine *engine = x->server->engine;
    mkt_status status = mkt_question_account(engine, set, reading, x->flag, &opened, &problem);
    if (status == MKT_E_CANCELLED) return mkt_err_set(err, status, "%s", problem.text);
    struct mkt_json w;
    mkt_json_init(&w, out);
    mkt_json_open(&w, '{');
    mkt_json_member_bool(&w, "usable", status == MKT_OK);
    mkt_json_member_string(&w, "problem", status == MKT_OK ? NULL : problem.text);
    mkt_json_key(&w, "account");
    if (status == MKT_OK)
        mkt_account_json_write(&w, mkt_dataset_account(opened->dataset));
    else
        mkt_json_null(&w);
    mkt_json_close(&w, '}');
    mkt_opened_release(engine->opened, opened);
    return mkt_buf_check(out, err);
}

/* The same for the usual way of reading, from the note beside the set when there is one. */
static mkt_status usual_note(struct mkt_exchange *x, struct mkt_arena *arena, struct mkt_set *set,
                             const char **out, struct mkt_err *err)
{
    const struct mkt_reading usual = {0};
    struct mkt_buf text;
    *out = mkt_set_note(set, arena);
    if (*out) return MKT_OK;
    mkt_buf_init(&text, arena);
    MKT_TRY(describe(x, set, &usual, &text, err));
    mkt_set_keep_note(set, text.data);
    *out = text.data;
    return MKT_OK;
}

/* ---- a set as JSON ---- */

static void write_set(struct mkt_json *w, const struct mkt_set *set, const char *note)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "name", set->name);
    mkt_json_member_string(w, "version", set->version);
    mkt_json_member_int(w, "bytes", set->bytes);
    mkt_json_key(w, "files");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < set->files; i++) {
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "name", set->file[i].name);
        mkt_json_member_int(w, "bytes", set->file[i].bytes);
        mkt_json_member_string(w, "sha256", set->file[i].sha256);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
    if (note && note[0] == '{' && note[1] != '}') { /* its members join those above */
        mkt_buf_char(w->out, ',');
        mkt_buf_add(w->out, note + 1, strlen(note) - 2);
        w->comma = true;
    }
    mkt_json_close(w, '}');
}

static mkt_status reply_set(struct mkt_reply *reply, int status, struct mkt_arena *arena,
                            const struct mkt_set *set, const char *note, struct mkt_err *err)
{
    struct mkt_buf text;
    struct mkt_json w;
    mkt_buf_init(&text, arena);
    mkt_json_init(&w, &text);
    write_set(&w, set, note);
    mkt_buf_char(&text, '\n');
    return mkt_reply_text(reply, status, "application/json", &text, err);
}

/* ---- routes ---- */

mkt_status mkt_api_datasets(struct mkt_exchange *x, struct mkt_reply *reply,
                            struct mkt_arena *arena, struct mkt_err *err)
{
    struct mkt_set **set;
    struct mkt_buf text;
    struct mkt_json w;
    size_t count;
    MKT_TRY(mkt_datasets_list(x->server->engine->datasets, arena, &set, &count, err));
    mkt_buf_init(&text, arena);
    mkt_json_init(&w, &text);
    mkt_json_open(&w, '{');
    mkt_json_key(&w, "datasets");
    mkt_json_open(&w, '[');
    for (size_t i = 0; i < count; i++) {
        write_set(&w, set[i], mkt_set_note(set[i], arena));
        mkt_datasets_release(set[i]);
    }
    mkt_json_close(&w, ']');
    mkt_json_close(&w, '}');
    mkt_buf_char(&text, '\n');
    return mkt_reply_text(reply, 200, "application/json", &text, err);
}

struct reading_query {
    struct mkt_arena *arena;
    struct mkt_request request;
};

static mkt_status take_reading(void *user, const char *name, const char *value, struct mkt_err *err)
{
    struct reading_query *q = user;
    MKT_TRY(mkt_request_add_query(q->arena, &q->request, name, value, err));
    if (q->request.parameters || q->request.dataset || q->request.async || q->request.words ||
        q->request.deadline_ms >= 0)
        return mkt_err_set(err, MKT_E_ARG,
                           "there is no option \"%.60s\" here; there are map, dates, decimal, "
                           "currency",
                           name);
    return MKT_OK;
}

mkt_status mkt_api_dataset(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                           struct mkt_err *err)
{
    struct reading_query q = {.arena = arena};
    mkt_request_init(&q.request);
    struct mkt_set *set = NULL;
    struct mkt_buf text;
    const char *note;
    MKT_TRY(mkt_exchange_query(x, take_reading, &q, err));
    MKT_TRY(mkt_datasets_get(x->server->engine->datasets, x->place[0], &set, err));
    mkt_status status;
    if (x->query_bytes) {
        const struct mkt_reading reading = {.map = q.request.map,
                                            .maps = q.request.maps,
                                            .dates = q.request.dates,
                                            .decimal = q.request.decimal,
                                            .currency = q.request.currency};
        mkt_buf_init(&text, arena);
        status = describe(x, set, &reading, &text, err);
        note = text.data;
    } else {
        status = usual_note(x, arena, set, &note, err);
    }
    if (status == MKT_OK) status = reply_set(reply, 200, arena, set, note, err);
    mkt_datasets_release(set);
    return status;
}

mkt_status mkt_api_dataset_put(struct mkt_exchange *x, struct mkt_reply *reply,
                               struct mkt_arena *arena, struct mkt_err *err)
{
    struct mkt_set *set = NULL;
    const char *note = NULL;
    MKT_TRY(mkt_upload_finish(x->upload, &set, err));
    mkt_status status = usual_note(x, arena, set, &note, err);
    if (status == MKT_OK) status = reply_set(reply, 201, arena, set, note, err);
    mkt_datasets_release(set);
    return status;
}

mkt_status mkt_api_dataset_delete(struct mkt_exchange *x, struct mkt_reply *reply,
                                  struct mkt_arena *arena, struct mkt_err *err)
{
    (void)arena;
    MKT_TRY(mkt_datasets_delete(x->server->engine->datasets, x->place[0], err));
    reply->status = 204;
    return MKT_OK;
}
