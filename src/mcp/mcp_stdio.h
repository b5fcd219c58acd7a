/* The protocol on standard input and output: one message a line.
 *
 * Lists are answered as they come; what reads data goes to workers, so that a client can cancel it,
 * or ask for something else, in the meantime. When the input ends, what runs is stopped.
 */
#ifndef MKT_MCP_MCP_STDIO_H
#define MKT_MCP_MCP_STDIO_H

#include "mcp/mcp.h"

#define MKT_MCP_STDIO_CALLS 32 /* that run or wait; more are answered "busy" */

struct mkt_mcp_stdio_options {
    const struct mkt_mcp_host *host;
    int in, out;
    int workers;
    size_t arena; /* bytes, of one request */
};

/* Serves until the input ends or the output is closed.
 * Errors  MKT_E_IO  the input cannot be read;  MKT_E_NOMEM
 * Checked tests/mcp/mcp_stdio_test.c, tests/e2e/mcp_test.sh */
MKT_MUST_CHECK mkt_status mkt_mcp_stdio_run(const struct mkt_mcp_stdio_options *options,
                                            struct mkt_err *err);

#endif
