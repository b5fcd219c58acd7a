/* The question: how much of the conversions and the value does each channel deserve?
 *
 * Every model in one run, side by side, from the same journeys: first, last,
 * last non-direct, linear, position, time decay, J and W, Shapley, Markov with
 * and without journeys that did not convert, Markov with a longer memory, and
 * the conversions that would not have come without the channel. Intervals from
 * users drawn anew; where the models disagree and how sure that is; ROAS and
 * CPA by model where spend is known. The method card is
 * docs/methods/attribution.md.
 */
#ifndef MKT_ANALYSIS_ATTRIBUTION_H
#define MKT_ANALYSIS_ATTRIBUTION_H

#include "aggregate/holdout_arms.h"
#include "aggregate/touchpoints.h"
#include "analysis/analysis.h"

#define MKT_ATTRIBUTION_PARAMS 14
extern const struct mkt_param mkt_attribution_params[MKT_ATTRIBUTION_PARAMS];

#define MKT_ATTRIBUTION_DRAWS 2000
#define MKT_ATTRIBUTION_FEWER_GROUPS 256 /* of users, where many channels make their sums large */
#define MKT_ATTRIBUTION_CAMPAIGNS 500    /* more campaigns than this have no credit of their own */
#define MKT_ATTRIBUTION_CHAIN 128        /* more channels than this have no Markov credit */

/* Journeys, and what is known about them. */
struct mkt_attribution_input {
    const struct mkt_paths *paths;              /* finished */
    const struct mkt_credits *credits;          /* of the same journeys */
    const struct mkt_journey_counts *counts;    /* NULL where paths came ready made */
    const struct mkt_paths *campaign_paths;     /* with campaigns told apart, or NULL */
    const struct mkt_credits *campaign_credits; /* of those */
    const struct mkt_holdout_arms *holdouts;    /* people kept from channels by chance, or NULL */
    double holdout;                             /* share of people meant to be; 0: not known */
    size_t campaigns;                           /* how many there are, channels without one too */
    const struct mkt_performance *performance;  /* spend by channel and campaign, or NULL */
    const struct mkt_account *account;          /* NULL in tests */
    struct mkt_period period;                   /* of the journeys; first > last when not known */
    int64_t strays;                             /* rows far from all others, outside the period */
    bool values;                                /* conversions have a value */
    size_t max_order;                           /* of Markov's memory, 1..10 */
    uint64_t seed;
    int threads;
    const atomic_bool *cancel;
};

/* Fills a sheet. Data that cannot answer give MKT_OK and status INSUFFICIENT.
 *
 * Errors   MKT_E_NOMEM      the arena is full
 *          MKT_E_CANCELLED  input->cancel was set
 * Cost     2,000 draws of 512 groups of users: some 0.1 s for 12 channels
 * Checked  tests/analysis/attribution_test.c, tests/golden/attribution */
MKT_MUST_CHECK mkt_status mkt_attribution_fill(const struct mkt_attribution_input *input,
                                               struct mkt_sheet *sheet, struct mkt_err *err);

/* As a row of the table of analyses. Errors as mkt_attribution_fill, mkt_dataset_journeys and
 * mkt_touchpoints_finish. */
MKT_MUST_CHECK mkt_status mkt_attribution_run(const struct mkt_run *run, struct mkt_sheet *sheet,
                                              struct mkt_err *err);

#endif
