/* Keys that open ids, and names as shown, of what is estimated. */
#ifndef MKT_ANALYSIS_ROI_NAMES_H
#define MKT_ANALYSIS_ROI_NAMES_H

#include "analysis/roi_work.h"

/* Fills work->entity. Keys are unique, and none is "total", "campaign" or "segment" but the whole's.
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_roi_names_make(struct mkt_roi_work *w, struct mkt_err *err);

#endif
