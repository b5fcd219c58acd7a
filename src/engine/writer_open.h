/* What AGENT_LLM_URL or the model's file lead to: a server, or the model in this process. */
#ifndef MKT_ENGINE_WRITER_OPEN_H
#define MKT_ENGINE_WRITER_OPEN_H

#include "engine/writer.h"

/* A mkt_writer_opener. What it opens has written a few tokens: it works, and its speed is known.
 * Errors  those of mkt_remote_open, mkt_builtin_open and mkt_llm_write */
MKT_MUST_CHECK mkt_status mkt_writer_open_usual(const struct mkt_writer_opening *opening,
                                                struct mkt_llm **out, struct mkt_err *err);

#endif
