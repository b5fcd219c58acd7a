/* Rows of touchpoints to the journeys that an attribution asks for. */
#ifndef MKT_ANALYSIS_ATTRIBUTION_JOURNEYS_H
#define MKT_ANALYSIS_ATTRIBUTION_JOURNEYS_H

#include "aggregate/touchpoints.h"
#include "analysis/analysis.h"

/* How many channels the rows have, or channels and campaigns.
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_attribution_journeys_names(
    const struct mkt_run *run, const struct mkt_dataset_journeys *journeys, bool campaigns,
    size_t *out, struct mkt_err *err);

/* Journeys and sums for all models, as the run's parameters say.
 *   names  from mkt_attribution_journeys_names: many make fewer groups and no chain
 * Errors  those of mkt_touchpoints_finish and mkt_attribution_rules_make */
MKT_MUST_CHECK mkt_status mkt_attribution_journeys_make(const struct mkt_run *run,
                                                        const struct mkt_dataset_journeys *journeys,
                                                        bool campaigns, size_t names,
                                                        struct mkt_touchpoints_out **out,
                                                        struct mkt_err *err);

#endif
