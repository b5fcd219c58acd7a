/* What to do, from the ranked findings. */
#ifndef MKT_ANALYSIS_ROI_ACTIONS_H
#define MKT_ANALYSIS_ROI_ACTIONS_H

#include "analysis/roi_work.h"

/* Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_roi_actions_add(struct mkt_roi_work *w, struct mkt_err *err);

#endif
