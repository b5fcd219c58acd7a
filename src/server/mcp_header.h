/* What a message of 2026-07-28 repeats in the header of its request, for whoever routes it. */
#ifndef MKT_SERVER_MCP_HEADER_H
#define MKT_SERVER_MCP_HEADER_H

#include "mcp/mcp.h"

struct mkt_mcp_header {
    const char *version, *method, *name; /* MCP-Protocol-Version, Mcp-Method, Mcp-Name; or NULL */
};

/* Whether the header says what the message says: one that is trusted on the way must not differ
 * from the one that is obeyed here. A name may be written =?base64?...?=.
 * Errors  MKT_E_ARG  something is missing or differs; for MKT_MCP_HEADER_MISMATCH
 * Checked tests/server/mcp_header_test.c */
MKT_MUST_CHECK mkt_status mkt_mcp_header_check(const struct mkt_mcp_header *header,
                                               const struct mkt_mcp_message *message,
                                               struct mkt_err *err);

#endif
