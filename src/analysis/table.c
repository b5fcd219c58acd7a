/* The one table of analyses. A row is all that the faces need to know. */
#include "analysis/analysis.h"

#include "analysis/attribution.h"
#include "analysis/experiment.h"
#include "analysis/funnel.h"
#include "analysis/roi.h"
#include "analysis/unit_economics.h"

const struct mkt_analysis mkt_analysis_table[] = {
    {
        .name = "roi",
        .type = "campaign_roi",
        .area = "campaign performance",
        .question = "What did each channel and campaign cost, bring and return?",
        .summary = "Spend, results, costs and returns by channel, campaign and segment, against "
                   "the period before and the year before, with intervals; what is worth acting "
                   "on, and how sure that is.",
        .needs = "a performance table: date, spend, and a channel or campaign; revenue, "
                 "conversions, clicks, impressions, new customers and segment where there are any",
        .kind = MKT_KIND_PERFORMANCE,
        .param = mkt_roi_params,
        .params = MKT_ROI_PARAMS,
        .topic = mkt_topics_roi,
        .topics = MKT_TOPICS_ROI,
        .run = mkt_roi_run,
    },
    {
        .name = "attribution",
        .type = "campaign_attribution",
        .area = "campaign performance",
        .question = "How much of the conversions and the value does each channel deserve?",
        .summary = "Credit of each channel and campaign by first, last, linear, position, time "
                   "decay, Shapley and Markov models, by weights of your own and by what would not "
                   "have come without it, side by side with intervals; where the models disagree; "
                   "paths, transitions and lags; on the command line every conversion's credit as "
                   "a file.",
        .needs =
            "a touchpoints table: user, time, channel and conversion, value, campaign and cost "
            "where there are any; or paths (a > b > c) with conversions, value and nulls; a "
            "performance table that tells as many conversions of the same days gives ROAS and "
            "CPA, too",
        .kind = MKT_KIND_TOUCHPOINTS,
        .param = mkt_attribution_params,
        .params = MKT_ATTRIBUTION_PARAMS,
        .topic = mkt_topics_attribution,
        .topics = MKT_TOPICS_ATTRIBUTION,
        .run = mkt_attribution_run,
    },
    {
        .name = "funnel",
        .type = "campaign_funnel",
        .area = "campaign performance",
        .question = "Where are people lost on the way from the first step to the last?",
        .summary = "Users or sessions by step with rates and intervals, drop-off, time to convert, "
                   "what one more point at each step is worth; by segment with corrected tests, by "
                   "cohort, what those who stop do instead, and who comes back.",
        .needs = "an events table: user, time and event, with value, session, segment and other "
                 "properties where there are any; or touchpoints that name an event",
        .kind = MKT_KIND_EVENTS,
        .param = mkt_funnel_params,
        .params = MKT_FUNNEL_PARAMS,
        .topic = mkt_topics_funnel,
        .topics = MKT_TOPICS_FUNNEL,
        .run = mkt_funnel_run,
    },
    {
        .name = "experiment",
        .type = "experiment",
        .area = "campaign performance",
        .question = "Did the variant win?",
        .summary = "Lift of every metric in every variant with intervals that hold at one look and "
                   "at any, chance to win and risk, the checks that show a broken experiment, and "
                   "a verdict: ship, do not ship, keep running until when, or broken and why.",
        .needs =
            "an experiment table: unit, variant and one or more metrics, with date, segment and "
            "values from before (revenue_before) where there are any; or n, sum and "
            "sum_squares by variant",
        .kind = MKT_KIND_EXPERIMENT,
        .param = mkt_experiment_params,
        .params = MKT_EXPERIMENT_PARAMS,
        .topic = mkt_topics_experiment,
        .topics = MKT_TOPICS_EXPERIMENT,
        .run = mkt_experiment_run,
    },
    {
        .name = "unit_economics",
        .type = "campaign_roi",
        .area = "money",
        .question = "What does a customer cost, what do they bring, and when has that paid back?",
        .summary = "CAC by channel, kind of channel and segment, LTV and LTV:CAC, payback as a "
                   "distribution over months, net present value and rate of return by month, "
                   "scenarios and what moves the result most, with intervals; and whether finance "
                   "can compute with it.",
        .needs = "a table of orders: customer, date and amount, with cost or profit where there is "
                 "one; a performance table: date, spend and channel; a customers table with the "
                 "channel, the day and the segment of each customer where there is one",
        .kind = MKT_KIND_TRANSACTIONS,
        .param = mkt_unit_economics_params,
        .params = MKT_UNIT_ECONOMICS_PARAMS,
        .topic = mkt_topics_unit_economics,
        .topics = MKT_TOPICS_UNIT_ECONOMICS,
        .run = mkt_unit_economics_run,
    },
};

const size_t mkt_analysis_count = sizeof mkt_analysis_table / sizeof *mkt_analysis_table;
