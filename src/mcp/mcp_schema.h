/* What a tool takes and gives, as JSON Schema, from the table of analyses. */
#ifndef MKT_MCP_MCP_SCHEMA_H
#define MKT_MCP_MCP_SCHEMA_H

#include "analysis/analysis.h"
#include "base/json.h"

/* The schema of a tool's arguments: "data", how to read them, who writes, and the parameters of the
 * analysis, flat. */
void mkt_mcp_schema_input(struct mkt_arena *arena, struct mkt_json *w,
                          const struct mkt_analysis *analysis, const char *data_help);

/* The same of a question in words, and its answer: report/asked_page.h, its members by name. */
void mkt_mcp_schema_ask_input(struct mkt_json *w, const char *data_help);
void mkt_mcp_schema_ask_output(struct mkt_json *w);

/* docs/answer.schema.json, compact, and without "$schema": clients that know an older dialect
 * refuse one that names a newer, and it uses nothing that the older does not have.
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_mcp_schema_output(struct mkt_arena *arena, const char **out,
                                                struct mkt_err *err);

/* Whether a parameter of that name would hide an argument that every tool has. */
bool mkt_mcp_schema_is_reserved(const char *name);

#endif
