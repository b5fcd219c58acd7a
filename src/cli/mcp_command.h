/* `marketing-agent mcp`: the Model Context Protocol on standard input and output. */
#ifndef MKT_CLI_MCP_COMMAND_H
#define MKT_CLI_MCP_COMMAND_H

#include "cli/options.h"

/* Serves until standard input ends.
 * Errors  those of mkt_settings_read, mkt_mcp_folders_open and mkt_mcp_stdio_run */
MKT_MUST_CHECK mkt_status mkt_mcp_command_run(const struct mkt_options *options,
                                              struct mkt_err *err);

#endif
