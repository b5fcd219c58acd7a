/* Who does better on what, and the verdict, as findings. */
#ifndef MKT_ANALYSIS_EXPERIMENT_FINDINGS_H
#define MKT_ANALYSIS_EXPERIMENT_FINDINGS_H

#include "analysis/experiment_work.h"

/* Findings, the sheet's headline and its confidence.      Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_experiment_findings_add(struct mkt_experiment_work *w,
                                                      struct mkt_err *err);

#endif
