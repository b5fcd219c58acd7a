/* The question: did the variant win?
 *
 * Units by variant and whether the split is what was meant; each metric in
 * each variant with intervals, lift, p values for one look and for any number
 * of looks, chance to win and risk; the goal by day and by segment; and a
 * verdict: ship, keep the control, keep running until when, or mend the
 * experiment first. The method card is docs/methods/experiment.md.
 */
#ifndef MKT_ANALYSIS_EXPERIMENT_H
#define MKT_ANALYSIS_EXPERIMENT_H

#include "analysis/analysis.h"
#include "analysis/experiment_estimate.h"

#define MKT_EXPERIMENT_PARAMS 18
extern const struct mkt_param mkt_experiment_params[MKT_EXPERIMENT_PARAMS];

/* Fills a sheet from arms.
 *
 *   arms      finished
 *   account   where they came from; its caveats are carried over; may be NULL
 *   sheet     initialised
 *
 * Data that cannot answer give MKT_OK and status INSUFFICIENT.
 * Errors   MKT_E_ARG    as mkt_experiment_estimate
 *          MKT_E_LIMIT  sums too large      MKT_E_NOMEM  the arena is full
 * Cost     metrics * variants passes over the cells; days * 2 variants more for the goal
 * Checked  tests/analysis/experiment_test.c */
MKT_MUST_CHECK mkt_status mkt_experiment_fill(const struct mkt_arms *arms,
                                              const struct mkt_account *account,
                                              const struct mkt_experiment_options *options,
                                              struct mkt_sheet *sheet, struct mkt_err *err);

/* As a row of the table of analyses. Errors as mkt_experiment_fill and mkt_dataset_arms, except that
 * data without an experiment give status INSUFFICIENT. */
MKT_MUST_CHECK mkt_status mkt_experiment_run(const struct mkt_run *run, struct mkt_sheet *sheet,
                                             struct mkt_err *err);

#endif
