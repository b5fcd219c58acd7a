/* Estimates as facts: ids, labels, units, and the caveats they carry. */
#ifndef MKT_ANALYSIS_ROI_FACTS_H
#define MKT_ANALYSIS_ROI_FACTS_H

#include "analysis/roi_work.h"

/* Adds a fact for every estimate that has a value. The caveats stand in the sheet already.
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_roi_facts_add(struct mkt_roi_work *w, struct mkt_err *err);

/* The id of an entity's metric; NULL when there is no such fact or the arena is full. */
const char *mkt_roi_facts_id(struct mkt_roi_work *w, size_t entity, int metric);

const char *mkt_roi_facts_metric(int metric); /* "roas" */
const char *mkt_roi_facts_label(int metric);  /* "ROAS" */
mkt_unit mkt_roi_facts_unit(int metric);
const char *mkt_roi_facts_scope(mkt_slice_kind kind); /* "channel" */

#endif
