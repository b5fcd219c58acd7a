/* marketing-agent model fetch | check | bench | list: the language model's file and its use. */
#ifndef MKT_CLI_MODEL_H
#define MKT_CLI_MODEL_H

#include "cli/options.h"
#include "engine/settings.h"

/* Runs the command in options->input[0].
 * Errors  MKT_E_ARG  no such command, an option that is none; else those of mkt_fetch_file,
 *         mkt_builtin_open, mkt_remote_open
 * Checked tests/cli/model_test.c */
MKT_MUST_CHECK mkt_status mkt_model_run(const struct mkt_options *options, struct mkt_err *err);

/* cli/model_fetch.c */
MKT_MUST_CHECK mkt_status mkt_model_fetch(const struct mkt_options *options,
                                          const struct mkt_settings *settings, struct mkt_err *err);

/* cli/model_check.c: whether a file will do, and what it would take here */
MKT_MUST_CHECK mkt_status mkt_model_check(const struct mkt_options *options,
                                          const struct mkt_settings *settings, struct mkt_err *err);

/* cli/model_bench.c: real narrations about a simulated company, timed */
MKT_MUST_CHECK mkt_status mkt_model_bench(const struct mkt_options *options,
                                          const struct mkt_settings *settings, struct mkt_err *err);

#endif
