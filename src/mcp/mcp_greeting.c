/* Who this is, and what it can do: by handshake, or by `server/discover`. */
#include "mcp/mcp_work.h"

static const char instructions[] =
    "Marketing analysis with exact figures. Call a tool with \"data\", the name of a data set (the "
    "tool datasets lists them). Every figure has an interval or says why it has none: quote both, "
    "name the caveats, and compute nothing that the answer does not state.";

static void write_capabilities(struct mkt_json *w)
{
    static const char *const names[] = {"tools", "resources", "prompts", "completions"};
    mkt_json_key(w, "capabilities");
    mkt_json_open(w, '{');
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        mkt_json_key(w, names[i]);
        mkt_json_open(w, '{');
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, '}');
}

mkt_status mkt_mcp_greeting_initialize(struct mkt_mcp_call *call, struct mkt_json *w,
                                       struct mkt_err *err)
{
    const char *version;
    MKT_TRY(mkt_mcp_work_text(call->message->rpc.params, "protocolVersion", true, &version, err));
    mkt_json_member_string(w, "protocolVersion",
                           mkt_mcp_knows(version, MKT_MCP_LEGACY) ? version
                                                                  : MKT_MCP_LEGACY_NEWEST);
    write_capabilities(w);
    mkt_json_key(w, "serverInfo");
    mkt_mcp_work_server(w);
    mkt_json_member_string(w, "instructions", instructions);
    return MKT_OK;
}

mkt_status mkt_mcp_greeting_discover(struct mkt_mcp_call *call, struct mkt_json *w,
                                     struct mkt_err *err)
{
    (void)call;
    (void)err;
    mkt_json_key(w, "supportedVersions");
    mkt_json_open(w, '[');
    mkt_json_string(w, MKT_MCP_NEWEST);
    mkt_json_close(w, ']');
    write_capabilities(w);
    mkt_json_member_string(w, "instructions", instructions);
    return MKT_OK;
}

mkt_status mkt_mcp_greeting_ping(struct mkt_mcp_call *call, struct mkt_json *w, struct mkt_err *err)
{
    (void)call;
    (void)w;
    (void)err;
    return MKT_OK;
}
