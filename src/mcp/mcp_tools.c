/* Every analysis of the table as a tool; a question in words as one; and one that lists the data. */
#include <string.h>

#include "base/text.h"
#include "mcp/mcp_arguments.h"
#include "mcp/mcp_schema.h"
#include "mcp/mcp_work.h"

#define DATASETS "datasets"
#define ASK "ask"

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

static void write_ask_tool(struct mkt_mcp_call *call, struct mkt_json *w)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "name", ASK);
    mkt_json_member_string(w, "title", "Ask in words");
    mkt_json_member_string(
        w, "description",
        "What do you want to know about the marketing? Plans a question in words "
        "as analyses, runs them, and answers from their facts; what it does not "
        "understand it says, and asks back.");
    mkt_json_key(w, "inputSchema");
    mkt_mcp_schema_ask_input(w, call->host->data_help);
    mkt_json_key(w, "outputSchema");
    mkt_mcp_schema_ask_output(w);
    write_hints(w);
    mkt_json_close(w, '}');
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
    write_ask_tool(call, w);
    write_datasets_tool(w);
    mkt_json_close(w, ']');
    return MKT_OK;
}

/* ---- the result of a call ---- */

static void write_text(struct mkt_json *w, const char *text)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "type", "text");
    mkt_json_member_string(w, "text", text);
    mkt_json_close(w, '}');
}

/* The answer without its line ends, which are between its values: a message is one line. */
static char *on_one_line(struct mkt_arena *arena, const char *json)
{
    char *line = mkt_arena_strdup(arena, json), *to = line;
    for (const char *c = line; c && *c; c++)
        if (*c != '\n') *to++ = *c;
    if (line) *to = '\0';
    return line;
}

/* `json` is one object on one line; `text` may be NULL. */
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

/* `analysis` is NULL of a question in words. */
static mkt_status answer(struct mkt_mcp_call *call, const struct mkt_analysis *analysis,
                         const struct mkt_value *arguments, struct mkt_blob **out,
                         struct mkt_err *err)
{
    struct mkt_question q = {
        .analysis = analysis, .format = MKT_RENDER_BOTH, .words = call->host->words};
    MKT_TRY(mkt_mcp_arguments_read(call, arguments, &q, err));
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
    const char *json = on_one_line(call->arena, blob->bytes);
    if (json) write_answer(w, json, blob->bytes + strlen(blob->bytes) + 1);
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
    if (strcmp(name, ASK) == 0) return call_analysis(call, w, NULL, arguments, err);
    if (strcmp(name, DATASETS) == 0) return call_datasets(call, w, arguments, err);
    for (size_t i = 0; i < call->host->analyses; i++)
        if (strcmp(call->host->analysis[i].name, name) == 0)
            return call_analysis(call, w, &call->host->analysis[i], arguments, err);
    return mkt_err_set(err, MKT_E_ARG, "there is no tool \"%.100s\"", name);
}
