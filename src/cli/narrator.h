/* The language model of one command: waited for, and told where it cannot be had. */
#ifndef MKT_CLI_NARRATOR_H
#define MKT_CLI_NARRATOR_H

#include "cli/progress.h"
#include "engine/engine.h"

/* The model loads while the data are read; here it is waited for. One that was asked for and cannot
 * be had is told on standard error, not only missed.
 *   out      NULL where words are plain
 * Errors  those of mkt_engine_narrator */
MKT_MUST_CHECK mkt_status mkt_narrator_take(struct mkt_engine *engine,
                                            struct mkt_progress_line *line, struct mkt_llm **out,
                                            struct mkt_err *err);

/* The moment on CLOCK_MONOTONIC, in milliseconds, that lies `ms` ahead; 0 for 0, which is no limit. */
int64_t mkt_narrator_until(int64_t ms);

#endif
