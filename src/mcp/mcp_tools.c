/* Every analysis of the table as a tool, and one that lists the data sets. */
#include <string.h>

#include "base/text.h"
#include "mcp/mcp_schema.h"
#include "mcp/mcp_work.h"

#define DATASETS "datasets"

/* ---- tools/list ---- */

static void write_hints(struct mkt_json *w)
{
    mkt_json_key(w, "annotations");
    mkt_json_open(w, '{');
    mkt_json_member_bool(w, "readOnlyHint", true);
    mkt_json_member_bool(w, "destructiveHint", false);
    mkt_json_member_bool(w, "idempotentHint", true);
    mkt_json_member_bool(w, "openWorldHint", false);
    mkt_json_close(w, '}');
}

/* "campaign_roi" -> "Campaign roi": a name to show. */
static const char *title_of(struct mkt_arena *arena, const char *name)
{
    char *title = mkt_arena_strdup(arena, name);
    if (!title) return name;
    if (title[0] >= 'a' && title[0] <= 'z') title[0] = (char)(title[0] - 'a' + 'A');
    for (char *c = title; *c; c++)
        if (*c == '_') *c = ' ';
    return title;
}

static mkt_status write_tool(struct mkt_mcp_call *call, struct mkt_json *w,
                             const struct mkt_analysis *a, const char *output, struct mkt_err *err)
{
    const char *about =
        mkt_arena_printf(call->arena, "%s %s Needs %s.", a->question, a->summary, a->needs);
    if (!about) return mkt_arena_full(call->arena, err);
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "name", a->name);
    mkt_json_member_string(w, "title", title_of(call->arena, a->name));
    mkt_json_member_string(w, "description", about);
    mkt_json_key(w, "inputSchema");
    mkt_mcp_schema_input(call->arena, w, a, call->host->data_help);
    mkt_json_key(w, "outputSchema");
    mkt_buf_str(w->out, output);
    w->comma = true;
    write_hints(w);
    mkt_json_close(w, '}');
    return MKT_OK;
}

static void write_datasets_tool(struct mkt_json *w)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "name", DATASETS);
    mkt_json_member_string(w, "title", "Data sets");
    mkt_json_member_string(w, "description",
                           "Which data sets are there? Their names, each good as \"data\" of the "
                           "other tools. What was recognised in one is its resource, "
                           "marketing://datasets/{name}.");
    mkt_json_key(w, "inputSchema");
    mkt_buf_str(w->out, "{\"type\":\"object\",\"additionalProperties\":false}");
    w->comma = true;
    mkt_json_key(w, "outputSchema");
    mkt_buf_str(w->out, "{\"type\":\"object\",\"properties\":{\"datasets\":{\"type\":\"array\","
                        "\"items\":{\"type\":\"string\"}}},\"required\":[\"datasets\"],"
                        "\"additionalProperties\":false}");
    w->comma = true;
    write_hints(w);
    mkt_json_close(w, '}');
}

mkt_status mkt_mcp_tools_list(struct mkt_mcp_call *call, struct mkt_json *w, struct mkt_err *err)
{
    const char *output;
    MKT_TRY(mkt_mcp_schema_output(call->arena, &output, err));
    mkt_json_key(w, "tools");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < call->host->analyses; i++)
        MKT_TRY(write_tool(call, w, &call->host->analysis[i], output, err));
    write_datasets_tool(w);
    mkt_json_close(w, ']');
    return MKT_OK;
}

/* ---- the arguments of a call ---- */

static mkt_status wrong_type(const struct mkt_value *v, const char *wanted, struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_ARG, "\"%.60s\" must be %s, not %s", v->key, wanted,
                       mkt_json_read_type_name(v->type));
}

static mkt_status read_map(struct mkt_arena *arena, const struct mkt_value *v,
                           struct mkt_question *q, struct mkt_err *err)
{
    if (v->type != MKT_VALUE_ARRAY) return wrong_type(v, "an array of strings", err);
    const char **map = MKT_NEW(arena, const char *, v->items);
    if (!map) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < v->items; i++) {
        if (v->item[i].type != MKT_VALUE_STRING) return wrong_type(v, "an array of strings", err);
        map[i] = v->item[i].text;
    }
    q->reading.map = map;
    q->reading.maps = v->items;
    return MKT_OK;
}

static mkt_status read_usual(const struct mkt_value *v, struct mkt_question *q, struct mkt_err *err)
{
    if (v->type != MKT_VALUE_STRING) return wrong_type(v, "a string", err);
    if (strcmp(v->key, "words") == 0) return mkt_writer_wanted(v->text, &q->words, err);
    const char **place = strcmp(v->key, "data") == 0      ? &q->dataset
                         : strcmp(v->key, "dates") == 0   ? &q->reading.dates
                         : strcmp(v->key, "decimal") == 0 ? &q->reading.decimal
                                                          : &q->reading.currency;
    *place = v->text;
    return MKT_OK;
}

static mkt_status read_argument(struct mkt_arena *arena, const struct mkt_value *v,
                                struct mkt_question *q, struct mkt_err *err)
{
    if (v->type == MKT_VALUE_NULL) return MKT_OK; /* not given */
    if (strcmp(v->key, "map") == 0) return read_map(arena, v, q, err);
    if (mkt_mcp_schema_is_reserved(v->key)) return read_usual(v, q, err);
    if (v->type == MKT_VALUE_ARRAY || v->type == MKT_VALUE_OBJECT)
        return wrong_type(v, "a number or a string", err);
    const char *text = mkt_json_read_scalar_text(arena, v);
    if (!text) return mkt_arena_full(arena, err);
    return mkt_args_set(&q->args, q->analysis, v->key, text, err);
}

/* What there is, for whoever named none. */
static mkt_status no_data(struct mkt_mcp_call *call, struct mkt_err *err)
{
    const char **name;
    size_t count;
    struct mkt_buf list;
    MKT_TRY(call->host->names(call->host->user, call->arena, &name, &count, err));
    if (count == 0)
        return mkt_err_set(err, MKT_E_ARG, "\"data\" is missing, and there are no data sets yet");
    mkt_buf_init(&list, call->arena);
    for (size_t i = 0; i < count && i < 20; i++)
        mkt_buf_printf(&list, "%s%s", i ? ", " : "", name[i]);
    if (list.failed) return mkt_arena_full(call->arena, err);
    return mkt_err_set(err, MKT_E_ARG, "\"data\" is missing: it names a data set; there %s %s%s",
                       count == 1 ? "is" : "are", list.data, count > 20 ? ", ..." : "");
}

static mkt_status read_question(struct mkt_mcp_call *call, const struct mkt_value *arguments,
                                struct mkt_question *q, struct mkt_err *err)
{
    for (size_t i = 0; arguments && i < arguments->items; i++)
        MKT_TRY(read_argument(call->arena, &arguments->item[i], q, err));
    return q->dataset ? MKT_OK : no_data(call, err);
}

/* ---- the result of a call ---- */

static void write_text(struct mkt_json *w, const char *text)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "type", "text");
    mkt_json_member_string(w, "text", text);
    mkt_json_close(w, '}');
}

/* `json` is one object, without a line end; `text` may be NULL. */
static void write_answer(struct mkt_json *w, const char *json, const char *text)
{
    mkt_json_key(w, "content");
    mkt_json_open(w, '[');
    if (text) write_text(w, text);
    write_text(w, json);
    mkt_json_close(w, ']');
    mkt_json_key(w, "structuredContent");
    mkt_buf_str(w->out, json);
    w->comma = true;
    mkt_json_member_bool(w, "isError", false);
}

/* What cannot be done is told to the model that asked, so that it can ask better. */
static mkt_status tell_trouble(struct mkt_mcp_call *call, struct mkt_json *w, mkt_status status,
                               struct mkt_err *err)
{
    if (status == MKT_E_NOMEM || status == MKT_E_INTERNAL || status == MKT_E_CANCELLED)
        return status;
    const char *sentence = mkt_text_clean(call->arena, err->text, strlen(err->text), MKT_ERR_TEXT);
    if (!sentence) return mkt_arena_full(call->arena, err);
    mkt_json_key(w, "content");
    mkt_json_open(w, '[');
    write_text(w, sentence);
    mkt_json_close(w, ']');
    mkt_json_member_bool(w, "isError", true);
    mkt_err_clear(err);
    return MKT_OK;
}

static mkt_status answer(struct mkt_mcp_call *call, const struct mkt_analysis *analysis,
                         const struct mkt_value *arguments, struct mkt_blob **out,
                         struct mkt_err *err)
{
    struct mkt_question q = {
        .analysis = analysis, .format = MKT_RENDER_BOTH, .words = call->host->words};
    MKT_TRY(read_question(call, arguments, &q, err));
    return call->host->answer(call->host->user, call->arena, &q, call->flag, call->listener, out,
                              err);
}

static mkt_status call_analysis(struct mkt_mcp_call *call, struct mkt_json *w,
                                const struct mkt_analysis *analysis,
                                const struct mkt_value *arguments, struct mkt_err *err)
{
    struct mkt_blob *blob = NULL;
    mkt_status status = answer(call, analysis, arguments, &blob, err);
    if (status != MKT_OK) return tell_trouble(call, w, status, err);
    size_t n = strlen(blob->bytes);
    char *json = mkt_arena_strndup(call->arena, blob->bytes, n - (n && blob->bytes[n - 1] == '\n'));
    if (json) write_answer(w, json, blob->bytes + n + 1);
    mkt_blob_release(blob);
    return json ? MKT_OK : mkt_arena_full(call->arena, err);
}

static mkt_status call_datasets(struct mkt_mcp_call *call, struct mkt_json *w,
                                const struct mkt_value *arguments, struct mkt_err *err)
{
    const char **name;
    size_t count = 0;
    struct mkt_buf text;
    struct mkt_json list;
    mkt_status status = call->host->names(call->host->user, call->arena, &name, &count, err);
    if (status == MKT_OK && arguments && arguments->items)
        status = mkt_err_set(err, MKT_E_ARG, "this tool takes no arguments");
    if (status != MKT_OK) return tell_trouble(call, w, status, err);
    mkt_buf_init(&text, call->arena);
    mkt_json_init(&list, &text);
    mkt_json_open(&list, '{');
    mkt_json_key(&list, "datasets");
    mkt_json_open(&list, '[');
    for (size_t i = 0; i < count; i++) mkt_json_string(&list, name[i]);
    mkt_json_close(&list, ']');
    mkt_json_close(&list, '}');
    MKT_TRY(mkt_buf_check(&text, err));
    write_answer(w, text.data, NULL);
    return MKT_OK;
}

mkt_status mkt_mcp_tools_call(struct mkt_mcp_call *call, struct mkt_json *w, struct mkt_err *err)
{
    const struct mkt_value *params = call->message->rpc.params;
    const struct mkt_value *arguments = mkt_json_read_member(params, "arguments");
    const char *name;
    MKT_TRY(mkt_mcp_work_text(params, "name", true, &name, err));
    if (arguments && arguments->type == MKT_VALUE_NULL) arguments = NULL;
    if (arguments && arguments->type != MKT_VALUE_OBJECT)
        return mkt_err_set(err, MKT_E_ARG, "\"arguments\" must be an object, not %s",
                           mkt_json_read_type_name(arguments->type));
    if (strcmp(name, DATASETS) == 0) return call_datasets(call, w, arguments, err);
    for (size_t i = 0; i < call->host->analyses; i++)
        if (strcmp(call->host->analysis[i].name, name) == 0)
            return call_analysis(call, w, &call->host->analysis[i], arguments, err);
    return mkt_err_set(err, MKT_E_ARG, "there is no tool \"%.100s\"", name);
}
