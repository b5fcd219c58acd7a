/* The order of findings, and which of them opens the answer. */
#ifndef MKT_ANALYSIS_ROI_HEADLINE_H
#define MKT_ANALYSIS_ROI_HEADLINE_H

#include "analysis/roi_work.h"

/* Heaviest first: stake times certainty. */
void mkt_roi_headline_rank(struct mkt_sheet *sheet);

/* Keeps how sure one may be of a finding after picking it (model/confidence.h).
 *   tau2, v   as mkt_confidence
 *   opens     whether it may be the headline
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_roi_headline_offer(struct mkt_roi_work *w,
                                                 const struct mkt_finding *finding, double tau2,
                                                 double v, bool opens, struct mkt_err *err);

/* NAN for what was not offered. */
double mkt_roi_headline_confidence(const struct mkt_roi_work *w, const char *id);

/* Sets the sheet's headline and confidence, once advice is given: of the candidates the heaviest that
 * some advice rests on, so that both speak of the same; the heaviest of all where none does. */
void mkt_roi_headline_choose(struct mkt_roi_work *w);

#endif
