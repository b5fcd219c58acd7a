/* One campaign from its totals: what the seed calls MarketingAnalyzer.campaign_roi_analysis.
 *
 * Other agents send a campaign as a handful of sums. They become one cell of daily sums (or one a
 * channel), and go through the same analysis as any table. Nothing that was not sent is filled in.
 * One total has no day-to-day variation, so there is nothing to draw an interval of returns from:
 * the answer says so.
 */
#ifndef MKT_ENGINE_MARKETING_ANALYZER_H
#define MKT_ENGINE_MARKETING_ANALYZER_H

#include <stdatomic.h>

#include "analysis/roi.h"
#include "base/buf.h"
#include "fact/words.h"

struct mkt_campaign_part {
    const char *name;         /* of a channel */
    double sum[MKT_MEASURES]; /* >= 0, NAN where it was not sent */
};

struct mkt_campaign {
    const char *name;              /* NULL: "campaign" */
    const char *duration;          /* as sent, or NULL */
    const char *currency;          /* ISO code or NULL */
    double sum[MKT_MEASURES];      /* of the whole; NAN where it was not sent */
    struct mkt_campaign_part *part; /* channels with figures of their own */
    size_t parts;
    const char **channel; /* names of channels without figures */
    size_t channels;
    int32_t day;    /* its last day */
    bool dated;     /* false: `day` is only the day of the request */
    double margin;  /* 0..1, NAN for none */
    const char **unused; /* members of the request that were not understood */
    size_t unuseds;
};

/* Figures, findings and words of the campaign; all in the arena.
 *
 * Errors  MKT_E_ARG        a figure that is negative or beyond 9e12, a margin outside 0..1
 *         MKT_E_DATA       clicks above impressions; channels that do not add up to the whole
 *         MKT_E_EMPTY      no spend: nothing can be said about a return
 *         MKT_E_CANCELLED  `cancel` was set
 *         MKT_E_NOMEM      the arena is full
 * Checked tests/engine/marketing_analyzer_test.c */
MKT_MUST_CHECK mkt_status mkt_marketing_analyzer_campaign_roi_analysis(
    struct mkt_arena *arena, const struct mkt_campaign *campaign, const atomic_bool *cancel,
    struct mkt_answer *out, struct mkt_err *err);

/* The answer as JSON, with the origin's members `campaign_overview` and `quantitative_metrics`
 * besides. Percentages there are rounded as the origin rounds them; the facts are exact.
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_marketing_analyzer_write(struct mkt_buf *out,
                                                       const struct mkt_campaign *campaign,
                                                       const struct mkt_answer *answer,
                                                       struct mkt_err *err);

#endif
