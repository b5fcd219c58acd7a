/* One request being answered, and the methods by the file they stand in. For this room alone. */
#ifndef MKT_MCP_MCP_WORK_H
#define MKT_MCP_MCP_WORK_H

#include "base/json.h"
#include "mcp/mcp.h"

struct mkt_mcp_call {
    const struct mkt_mcp_host *host;
    struct mkt_arena *arena;
    const struct mkt_mcp_message *message;
    struct mkt_flag *flag;
    const struct mkt_listener *listener; /* of progress */
    int code;                            /* of the error, where it is not its status's own */
    const char *data;                    /* the error's, JSON, or NULL */
};

/* Writes the members of the result into the open object. */
typedef mkt_status mkt_mcp_method(struct mkt_mcp_call *call, struct mkt_json *w,
                                  struct mkt_err *err);

/* mcp_greeting.c */
mkt_mcp_method mkt_mcp_greeting_initialize, mkt_mcp_greeting_discover, mkt_mcp_greeting_ping;

/* mcp_tools.c */
mkt_mcp_method mkt_mcp_tools_list, mkt_mcp_tools_call;

/* mcp_resources.c */
mkt_mcp_method mkt_mcp_resources_list, mkt_mcp_resources_templates, mkt_mcp_resources_read;

#define MKT_MCP_RESOURCES_DATASET "marketing://datasets/{name}"
#define MKT_MCP_RESOURCES_PAGE "marketing://datasets/{name}/report.html"
#define MKT_MCP_RESOURCES_TEXT "marketing://datasets/{name}/report.txt"

/* mcp_prompts.c */
mkt_mcp_method mkt_mcp_prompts_list, mkt_mcp_prompts_get;

/* mcp_complete.c */
mkt_mcp_method mkt_mcp_complete_argument;

/* {"name":…,"title":…,"version":…} of this program. */
void mkt_mcp_work_server(struct mkt_json *w);

/* The member of params as a string; NULL when it is missing.
 * Errors  MKT_E_ARG  it is not a string, or missing where it must be there */
MKT_MUST_CHECK mkt_status mkt_mcp_work_text(const struct mkt_value *object, const char *name,
                                            bool must, const char **out, struct mkt_err *err);

#endif
