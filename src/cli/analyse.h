/* The commands that look at data: `report` and every analysis of the table. */
#ifndef MKT_CLI_ANALYSE_H
#define MKT_CLI_ANALYSE_H

#include "analysis/analysis.h"
#include "cli/options.h"

/* Runs one analysis, or all of them when `analysis` is NULL, and shows or writes what comes out.
 * Errors  those of the data set, the analysis and the report
 *         MKT_E_ARG  no input, an option of another command
 *         MKT_E_IO, MKT_E_NOSPACE  the output cannot be written; nothing half-written is left */
MKT_MUST_CHECK mkt_status mkt_analyse_run(const struct mkt_analysis *analysis,
                                          const struct mkt_options *options, struct mkt_err *err);

#endif
