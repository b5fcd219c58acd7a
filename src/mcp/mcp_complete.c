/* Completion of an argument of a prompt or of a resource's address: names of data sets. */
#include <string.h>

#include "base/text.h"
#include "mcp/mcp_prompts.h"
#include "mcp/mcp_work.h"

#define MOST 100 /* values of one answer, as the protocol says */

/* Whether the argument is a data set's name.
 * Errors  MKT_E_ARG  there is no such prompt, template or argument */
static mkt_status wants_name(struct mkt_mcp_call *call, const char *argument, bool *out,
                             struct mkt_err *err)
{
    const struct mkt_value *ref = mkt_json_read_member(call->message->rpc.params, "ref");
    const char *type, *name;
    bool known;
    MKT_TRY(mkt_mcp_work_text(ref, "type", true, &type, err));
    if (strcmp(type, "ref/prompt") == 0) {
        MKT_TRY(mkt_mcp_work_text(ref, "name", true, &name, err));
        bool takes = mkt_mcp_prompts_takes(call->host, name, argument, &known);
        *out = strcmp(argument, "data") == 0;
        if (takes) return MKT_OK;
        return mkt_err_set(err, MKT_E_ARG,
                           known ? "the prompt %.60s has no argument \"%.60s\""
                                 : "there is no prompt \"%.60s\" with an argument \"%.60s\"",
                           name, argument);
    }
    if (strcmp(type, "ref/resource") != 0)
        return mkt_err_set(err, MKT_E_ARG, "a ref is ref/prompt or ref/resource, not \"%.60s\"",
                           type);
    MKT_TRY(mkt_mcp_work_text(ref, "uri", true, &name, err));
    *out = true;
    known = strcmp(name, MKT_MCP_RESOURCES_DATASET) == 0 ||
            strcmp(name, MKT_MCP_RESOURCES_PAGE) == 0 || strcmp(name, MKT_MCP_RESOURCES_TEXT) == 0;
    if (known && strcmp(argument, "name") == 0) return MKT_OK;
    return mkt_err_set(err, MKT_E_ARG, "there is no template \"%.100s\" with an argument \"%.60s\"",
                       name, argument);
}

mkt_status mkt_mcp_complete_argument(struct mkt_mcp_call *call, struct mkt_json *w,
                                     struct mkt_err *err)
{
    const struct mkt_value *argument = mkt_json_read_member(call->message->rpc.params, "argument");
    const char *label, *begun, **name = NULL;
    size_t count = 0, fit = 0;
    bool wanted = false;
    MKT_TRY(mkt_mcp_work_text(argument, "name", true, &label, err));
    MKT_TRY(mkt_mcp_work_text(argument, "value", true, &begun, err));
    MKT_TRY(wants_name(call, label, &wanted, err));
    if (wanted) MKT_TRY(call->host->names(call->host->user, call->arena, &name, &count, err));
    mkt_json_key(w, "completion");
    mkt_json_open(w, '{');
    mkt_json_key(w, "values");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < count; i++)
        if (mkt_text_has_prefix(name[i], begun) && fit++ < MOST) mkt_json_string(w, name[i]);
    mkt_json_close(w, ']');
    mkt_json_member_int(w, "total", (int64_t)fit);
    mkt_json_member_bool(w, "hasMore", fit > MOST);
    mkt_json_close(w, '}');
    return MKT_OK;
}
