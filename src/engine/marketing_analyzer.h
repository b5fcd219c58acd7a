/* One campaign from its totals: what the seed calls MarketingAnalyzer.campaign_roi_analysis.
 *
 * Other agents send a campaign as a handful of sums. Costs, rates and returns follow by division,
 * and nothing that was not sent is filled in. Rates of counts have Wilson intervals. One total has
 * no day-to-day variation, so there is nothing to draw an interval of money from, and no finding
 * has a probability: the answer is `limited` and says so.
 */
#ifndef MKT_ENGINE_MARKETING_ANALYZER_H
#define MKT_ENGINE_MARKETING_ANALYZER_H

#include <stdatomic.h>

#include "analysis/roi.h"
#include "base/buf.h"
#include "narrate/marketing_llm.h"

struct mkt_campaign_part {
    const char *name;         /* of a channel; NULL for the whole */
    double sum[MKT_MEASURES]; /* >= 0, NAN where it was not sent */
};

struct mkt_campaign {
    const char *name;     /* or NULL */
    const char *duration; /* as sent, or NULL */
    const char *currency; /* ISO code or NULL */
    struct mkt_campaign_part whole;
    struct mkt_campaign_part *part; /* channels with figures of their own */
    size_t parts;
    const char **channel; /* names of channels without figures */
    size_t channels;
    double margin;       /* 0..1 of revenue, NAN for none */
    const char **unused; /* members of the request that were not understood */
    size_t unuseds;
};

/* Figures and words of the campaign; all in the arena.
 *
 *   llm, narration  who writes the words, as for mkt_marketing_llm_write; both may be NULL
 *
 * Errors  MKT_E_ARG    a figure that is negative or beyond 9e12, a margin outside 0..1
 *         MKT_E_DATA   clicks above impressions; channels that do not add up to the whole
 *         MKT_E_EMPTY  no spend: nothing can be said about a return
 *         MKT_E_CANCELLED  the narration's flag was set
 *         MKT_E_NOMEM  the arena is full
 * Source  Wilson, JASA 22 (1927) 209-212, for the intervals of rates
 * Checked tests/engine/marketing_analyzer_test.c */
MKT_MUST_CHECK mkt_status mkt_marketing_analyzer_campaign_roi_analysis(
    struct mkt_arena *arena, const struct mkt_campaign *campaign, struct mkt_llm *llm,
    const struct mkt_narration_options *narration, struct mkt_answer *out, struct mkt_err *err);

/* The answer as JSON, with the origin's members `campaign_overview` and `quantitative_metrics`
 * besides. Percentages and prices there are rounded as the origin rounds them; the facts are exact.
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_marketing_analyzer_write(struct mkt_buf *out,
                                                       const struct mkt_campaign *campaign,
                                                       const struct mkt_answer *answer,
                                                       struct mkt_err *err);

#endif
