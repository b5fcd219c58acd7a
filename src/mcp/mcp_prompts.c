/* The common questions, ready to be asked: one of each analysis, and a review of a quarter. */
#include "mcp/mcp_prompts.h"

#include <string.h>

#include "mcp/mcp_work.h"

#define REVIEW "quarterly_review"

static const char manner[] =
    "Answer from what the tools return and from nothing else. State each figure with its unit and "
    "its interval, or say why it has none; name the caveats; say what is missing before anything "
    "can be trusted. Close with what to do next, most valuable first.";

static bool takes_period(const struct mkt_analysis *a)
{
    return mkt_analysis_takes(a, "period");
}

/* ---- prompts/list ---- */

static void write_argument(struct mkt_json *w, const char *name, const char *about, bool required)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "name", name);
    mkt_json_member_string(w, "description", about);
    mkt_json_member_bool(w, "required", required);
    mkt_json_close(w, '}');
}

static void write_prompt(struct mkt_json *w, const char *name, const char *title,
                         const char *data_help, bool period)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "name", name);
    mkt_json_member_string(w, "title", title);
    mkt_json_member_string(w, "description", title);
    mkt_json_key(w, "arguments");
    mkt_json_open(w, '[');
    write_argument(w, "data", data_help, true);
    if (period)
        write_argument(w, "period",
                       "such as 2025-Q4, 2025, 2025-11 or last-90; all data if not given", false);
    mkt_json_close(w, ']');
    mkt_json_close(w, '}');
}

mkt_status mkt_mcp_prompts_list(struct mkt_mcp_call *call, struct mkt_json *w, struct mkt_err *err)
{
    const struct mkt_mcp_host *h = call->host;
    (void)err;
    mkt_json_key(w, "prompts");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < h->analyses; i++)
        write_prompt(w, h->analysis[i].name, h->analysis[i].question, h->data_help,
                     takes_period(&h->analysis[i]));
    write_prompt(w, REVIEW, "What happened in the quarter, why, and what comes next?", h->data_help,
                 true);
    mkt_json_close(w, ']');
    return MKT_OK;
}

/* ---- prompts/get ---- */

static const struct mkt_analysis *find(const struct mkt_mcp_host *h, const char *name)
{
    for (size_t i = 0; i < h->analyses; i++)
        if (strcmp(h->analysis[i].name, name) == 0) return &h->analysis[i];
    return NULL;
}

bool mkt_mcp_prompts_takes(const struct mkt_mcp_host *host, const char *prompt,
                           const char *argument, bool *known)
{
    const struct mkt_analysis *a = find(host, prompt);
    bool review = strcmp(prompt, REVIEW) == 0;
    *known = a || review;
    if (strcmp(argument, "data") == 0) return *known;
    return strcmp(argument, "period") == 0 && (review || (a && takes_period(a)));
}

static const char *write_question(struct mkt_mcp_call *call, const struct mkt_analysis *a,
                                  const char *data, const char *period)
{
    struct mkt_buf text;
    mkt_buf_init(&text, call->arena);
    if (a)
        mkt_buf_printf(&text, "%s\n\nCall the tool `%s` with data \"%s\"", a->question, a->name,
                       data);
    else
        mkt_buf_printf(&text,
                       "What happened in the quarter, why, and what comes next?\n\nRead the "
                       "resource of the data set \"%s\" first: it says which tables there are. "
                       "Then call every tool whose tables it has, with data \"%s\"",
                       data, data);
    if (period && a) mkt_buf_printf(&text, " and period \"%s\"", period);
    if (period && !a) mkt_buf_printf(&text, ", and period \"%s\" where a tool takes one", period);
    mkt_buf_printf(&text, ". %s", manner);
    return text.failed ? NULL : text.data;
}

static mkt_status read_arguments(struct mkt_mcp_call *call, const char *prompt, const char **data,
                                 const char **period, struct mkt_err *err)
{
    const struct mkt_value *given = mkt_json_read_member(call->message->rpc.params, "arguments");
    bool known;
    if (given && given->type != MKT_VALUE_OBJECT)
        return mkt_err_set(err, MKT_E_ARG, "\"arguments\" must be an object");
    for (size_t i = 0; given && i < given->items; i++)
        if (!mkt_mcp_prompts_takes(call->host, prompt, given->item[i].key, &known))
            return mkt_err_set(err, MKT_E_ARG, "the prompt %s has no argument \"%.60s\"", prompt,
                               given->item[i].key);
    MKT_TRY(mkt_mcp_work_text(given, "data", true, data, err));
    return mkt_mcp_work_text(given, "period", false, period, err);
}

mkt_status mkt_mcp_prompts_get(struct mkt_mcp_call *call, struct mkt_json *w, struct mkt_err *err)
{
    const char *name = NULL, *data = NULL, *period = NULL;
    MKT_TRY(mkt_mcp_work_text(call->message->rpc.params, "name", true, &name, err));
    const struct mkt_analysis *a = find(call->host, name);
    if (!a && strcmp(name, REVIEW) != 0)
        return mkt_err_set(err, MKT_E_ARG, "there is no prompt \"%.100s\"", name);
    MKT_TRY(read_arguments(call, name, &data, &period, err));
    const char *question = write_question(call, a, data, period);
    if (!question) return mkt_arena_full(call->arena, err);
    mkt_json_key(w, "messages");
    mkt_json_open(w, '[');
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "role", "user");
    mkt_json_key(w, "content");
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "type", "text");
    mkt_json_member_string(w, "text", question);
    mkt_json_close(w, '}');
    mkt_json_close(w, '}');
    mkt_json_close(w, ']');
    return MKT_OK;
}
