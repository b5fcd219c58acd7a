/* What every command that answers from data holds until it ends. */
#ifndef MKT_CLI_WORKBENCH_H
#define MKT_CLI_WORKBENCH_H

#include "cli/options.h"
#include "cli/progress.h"
#include "engine/engine.h"

struct mkt_workbench {
    const struct mkt_options *options;
    struct mkt_settings settings;
    struct mkt_progress_line line;
    struct mkt_engine *engine;
    struct mkt_dataset *dataset;
    struct mkt_arena arena;
    struct mkt_llm *llm; /* that plans and writes, or NULL */
    int64_t words_ms;    /* for the words of one answer; 0: no limit */
};

/* Opens the engine, whose model begins to load.
 *   w  options and line are set, the rest is zero; to be closed, whatever comes back
 * Errors  MKT_E_ARG  an option out of its range; as mkt_settings_read and mkt_engine_open */
MKT_MUST_CHECK mkt_status mkt_workbench_open(struct mkt_workbench *w, struct mkt_err *err);

/* Reads the data at `path` as the options say, then waits for the model.
 *   asked   kind of table that is asked for, for the refusal of data without any; or MKT_KIND_NONE
 * Errors  as mkt_dataset_open and mkt_engine_narrator */
MKT_MUST_CHECK mkt_status mkt_workbench_read(struct mkt_workbench *w, const char *path,
                                             mkt_kind asked, struct mkt_err *err);

/* The moment on CLOCK_MONOTONIC, in milliseconds, by which the words of an answer that begins now
 * have to be there; 0: no limit. */
int64_t mkt_workbench_until(const struct mkt_workbench *w);

void mkt_workbench_close(struct mkt_workbench *w);

#endif
