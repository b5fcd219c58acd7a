/* The arguments of a tool as a question to the engine. */
#ifndef MKT_MCP_MCP_ARGUMENTS_H
#define MKT_MCP_MCP_ARGUMENTS_H

#include "mcp/mcp_work.h"

/*   arguments  an object, or NULL
 *   question   its analysis is set, or NULL for a question in words; the rest is filled
 * Errors  MKT_E_ARG  an argument that is unknown, of the wrong type or outside its domain, or no data:
 *                    the sentence names what there is
 *         MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_mcp_arguments_read(struct mkt_mcp_call *call,
                                                 const struct mkt_value *arguments,
                                                 struct mkt_question *question,
                                                 struct mkt_err *err);

#endif
