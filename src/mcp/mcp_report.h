/* What an open data set gives besides single answers: its account, and all it can be asked at once. */
#ifndef MKT_MCP_MCP_REPORT_H
#define MKT_MCP_MCP_REPORT_H

#include "engine/engine.h"
#include "engine/render.h"

/* {"name":…,"usable":…,"problem":…,"account":…}; `dataset` is NULL where there is a problem. */
mkt_status mkt_mcp_report_account(struct mkt_buf *out, const char *name,
                                  const struct mkt_dataset *dataset, const char *problem,
                                  struct mkt_err *err);

/* Every analysis with its defaults and plain words, but those that the data cannot answer, unless
 * none can be answered: as `marketing-agent report` does.
 *   format  HTML or TEXT
 * Errors  those of mkt_engine_run */
MKT_MUST_CHECK mkt_status mkt_mcp_report_write(const struct mkt_engine *engine,
                                               struct mkt_arena *arena, struct mkt_dataset *dataset,
                                               mkt_render_format format, struct mkt_flag *flag,
                                               const struct mkt_listener *listener,
                                               struct mkt_buf *out, struct mkt_err *err);

#endif
