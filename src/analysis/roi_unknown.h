/* Outcomes that a channel's table does not tell: their zeros are unknown, not nothing. */
#ifndef MKT_ANALYSIS_ROI_UNKNOWN_H
#define MKT_ANALYSIS_ROI_UNKNOWN_H

#include "analysis/roi_work.h"

/* Takes away the estimates that would read such a zero as nothing: all of the outcome for the
 * channel and its campaigns; for the whole, and for segments it spends in, what divides by it or
 * is divided by it. A channel counts as untold when the account says measure_missing of the
 * outcome and the channel has none of it on any day of the data. Sets entity->unknown.
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_roi_unknown_clear(struct mkt_roi_work *w, struct mkt_err *err);

#endif
