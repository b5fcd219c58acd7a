/* The parameters of an attribution as the rules that journeys are made and shared out by. */
#ifndef MKT_ANALYSIS_ATTRIBUTION_RULES_H
#define MKT_ANALYSIS_ATTRIBUTION_RULES_H

#include "aggregate/touchpoints.h"
#include "analysis/analysis.h"

/* Fills rule [MKT_CREDITS_RULES] and tells how many there are.
 *   times  whether the age of a touch is known: without it there is no time decay
 * Errors  MKT_E_ARG  shares that pass 1, weights that are none; the sentence quotes them
 * Checked tests/analysis/attribution_rules_test.c */
MKT_MUST_CHECK mkt_status mkt_attribution_rules_make(const struct mkt_run *run, bool times,
                                                     struct mkt_share_rule *rule, size_t *rules,
                                                     struct mkt_err *err);

/* Weights as people write them:
 *   "40,20,40"        the first touch, those between together, the last
 *   "last:50,30,20"   the last touch, the one before, ...; those further back get nothing
 * Any numbers of 0 or more, one above 0: only their ratio counts. At most MKT_SHARES_CUSTOM.
 * Errors  MKT_E_ARG */
MKT_MUST_CHECK mkt_status mkt_attribution_rules_weights(const char *text,
                                                        struct mkt_share_rule *out,
                                                        struct mkt_err *err);

/* What makes a journey of these rows. */
void mkt_attribution_rules_journey(const struct mkt_run *run,
                                   const struct mkt_dataset_journeys *journeys,
                                   struct mkt_journey_rules *out);

/* "direct", "Direct", "(direct)": the channel that stands for no channel; NULL for none. */
const char *mkt_attribution_rules_direct(const struct mkt_names *names);

#endif
