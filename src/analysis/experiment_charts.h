/* Lift by metric, by segment and over time, and the split that was meant beside the one that was. */
#ifndef MKT_ANALYSIS_EXPERIMENT_CHARTS_H
#define MKT_ANALYSIS_EXPERIMENT_CHARTS_H

#include "analysis/experiment_work.h"

/* Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_experiment_charts_add(struct mkt_experiment_work *w,
                                                    struct mkt_err *err);

#endif
