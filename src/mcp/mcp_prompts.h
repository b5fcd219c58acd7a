/* Which prompt takes which argument, for completion. */
#ifndef MKT_MCP_MCP_PROMPTS_H
#define MKT_MCP_MCP_PROMPTS_H

#include "mcp/mcp_host.h"

/* `known` tells whether there is such a prompt. */
bool mkt_mcp_prompts_takes(const struct mkt_mcp_host *host, const char *prompt,
                           const char *argument, bool *known);

#endif
