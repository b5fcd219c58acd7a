/* The verdict on an experiment as the sentence that opens the answer. */
#ifndef MKT_ANALYSIS_EXPERIMENT_SENTENCE_H
#define MKT_ANALYSIS_EXPERIMENT_SENTENCE_H

#include "analysis/experiment_work.h"

/* Sets the sheet's verdict: ship, do not ship, keep running until when, or broken and why.
 * Errors   MKT_E_NOMEM
 * Checked  tests/analysis/experiment_sentence_test.c */
MKT_MUST_CHECK mkt_status mkt_experiment_sentence_set(struct mkt_experiment_work *w,
                                                      struct mkt_err *err);

/* Whether a day so many days on is a date to name. */
bool mkt_experiment_sentence_dated(double days);

#endif
