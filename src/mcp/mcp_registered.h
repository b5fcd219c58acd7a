/* The data sets registered with a service, for the protocol. */
#ifndef MKT_MCP_MCP_REGISTERED_H
#define MKT_MCP_MCP_REGISTERED_H

#include "mcp/mcp_host.h"

struct mkt_mcp_registered {
    struct mkt_engine *engine; /* of a service */
    bool late;                 /* no narrator is free for the call; see mkt_engine_request */
    int64_t until_ms;          /* for the words, on CLOCK_MONOTONIC; 0 for none */
};

/* `registered` must outlive the host.      Checked tests/mcp/mcp_test.c */
void mkt_mcp_registered_host(struct mkt_mcp_registered *registered, struct mkt_mcp_host *out);

#endif
