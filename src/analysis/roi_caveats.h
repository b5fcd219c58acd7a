/* What lowers trust in the figures, and what is missing. */
#ifndef MKT_ANALYSIS_ROI_CAVEATS_H
#define MKT_ANALYSIS_ROI_CAVEATS_H

#include "analysis/roi_work.h"

/* Adds caveats and missing sentences; sets status and readiness, and work->late.
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_roi_caveats_add(struct mkt_roi_work *w, struct mkt_err *err);

/* Whether new customers are counted here by the table of spend, and by orders in unit_economics. */
bool mkt_roi_caveats_cac(const struct mkt_roi_work *w);

#endif
