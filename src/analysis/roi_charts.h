/* Charts: over time, shares side by side, returns with their intervals. */
#ifndef MKT_ANALYSIS_ROI_CHARTS_H
#define MKT_ANALYSIS_ROI_CHARTS_H

#include "analysis/roi_work.h"

/* Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_roi_charts_add(struct mkt_roi_work *w, struct mkt_err *err);

#endif
