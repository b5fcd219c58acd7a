#include "plan/absent.h"

const struct mkt_absent mkt_absent_table[MKT_ABSENT_COUNT] = {
    {"clv", "what each customer will be worth",
     "clv, expected lifetime value, predicted lifetime value, future lifetime value, "
     "worth over time, worth in the long run, customers be worth, customer be worth, future value, "
     "most valuable customers, best customers, repeat purchase, repeat purchases",
     NULL, NULL, NULL},
    {"churn", "who leaves, when and why",
     "churn, churned, churning, churn rate, retention, retain, attrition, customers leave, "
     "customers leaving, leave us, leaving us, likely to leave, stay with us, cancel, cancelled, "
     "cancellation, cancellations, unsubscribe, unsubscribed, customers lost, survival",
     NULL, NULL, NULL},
    {"segment", "which groups of customers there are",
     "segmentation, rfm, cluster, clusters, clustering, customer segments, customer groups, "
     "groups of customers, segment our customers, segment the customers, segment customers, "
     "kinds of customers, types of customers",
     NULL, NULL, NULL},
    {"personas", "a portrait of each group of customers",
     "persona, personas, buyer persona, ideal customer, who is our customer, who are our "
     "customers, "
     "typical customer, portrait",
     NULL, NULL, NULL},
    {"uplift", "whom to target, because the action changes what they do",
     "uplift model, uplift modelling, uplift modeling, persuadable, persuadables, whom to target, "
     "who to target, who should we target, whom should we target, heterogeneous effect, "
     "who responds, should get the offer, should get the coupon, should receive the offer",
     NULL, NULL, NULL},
    {"trend", "level, growth, season and forecast",
     "forecast, forecasts, forecasting, predict, prediction, predicted, projection, seasonality, "
     "seasonal, trend, trends, trending, anomaly, anomalies, outlier, outliers, turning point, "
     "will be, will we, what will, next year look, can we expect, should we expect, do we expect, "
     "expected revenue, expect to",
     NULL, NULL, NULL},
    {"competition", "the positions of rivals",
     "competitor, competitors, competition, competitive, rival, rivals, share of voice", NULL, NULL,
     NULL},
    {"brand", "awareness, consideration, preference and sentiment",
     "brand awareness, brand lift, awareness, brand consideration, brand preference, sentiment, "
     "nps, net promoter score, net promoter, brand health, brand perception, reputation, mentions, "
     "brand recall, think of us, say about us, talk about us, feel about, opinion of us, think "
     "about our brand, feel about us",
     NULL, NULL, NULL},
    {"share", "market share and what drives it",
     "market share, share of market, price elasticity, elasticity of price, market concentration, "
     "elasticities",
     NULL, NULL, NULL},
    {"mmm", "what each medium contributes, with carry-over and saturation",
     "mmm, marketing mix, media mix, marketing mix model, media mix model, adstock, carryover, "
     "carry over, saturation, saturated, saturate, diminishing returns, offline media, "
     "contribution of each medium, base sales, baseline sales, response curve, response curves",
     NULL, NULL, NULL},
    {"budget", "the split of an amount that earns most",
     "optimal budget, optimal split, optimal allocation, best split, budget allocation, "
     "allocate, allocated, allocation, allocating, split the budget, split our budget, "
     "split a budget, distribute, distribution of the budget, distribute the budget, "
     "optimise the budget, optimize the budget, optimise our budget, optimize our budget, "
     "divide the budget, media plan, budget split, optimise spend, optimize spend, "
     "optimal spend, spread the budget, spread our budget",
     "roi", "!action", "says which spend to move or to hold, as a test, and how sure that is"},
    {"budget", "how much to spend so that it earns most",
     "how much should we spend, how much should i spend, how much more should we spend, "
     "how much less should we spend, how much should we be spending, how much should be spent, "
     "how much should we invest, how much should i invest, how much more should we invest, "
     "how much to spend, how much to invest, how much can we spend, how much could we spend, "
     "how much can i spend, how much money should, how much budget, how big should the budget, "
     "how high should the budget, how large should the budget, how big a budget, how large a "
     "budget, what should the budget, what should our budget, what should my budget, "
     "what should we spend, what should i spend, what budget should, what budget do we need, "
     "which budget do we need, budget should be, right budget, ideal budget, best budget, "
     "recommended budget, ideal spend, right spend, plan the budget, plan our budget, "
     "plan a budget, budget planning, budget for next, set the budget, set our budget, "
     "should we budget, should i budget",
     "roi", "spend,roas,elasticity,!action",
     "says what was spent and what it returned, by how much more spend brought more, and which "
     "spend to move or to hold as a test"},
    {"incrementality", "what would have happened anyway",
     "incremental, incrementality, incrementally, geo test, geo experiment, geo lift, geolift, "
     "synthetic control, causal, causal impact, cause, caused, counterfactual, holdout, hold out, "
     "happened anyway, have bought anyway, have come anyway, without advertising, without ads, "
     "without the ads, without the campaign, without marketing, without any marketing, "
     "without paid media, without paid, true impact, true effect, if we had not, "
     "if we stopped, if we stop",
     NULL, NULL, NULL},
    {"leads", "the quality of leads and marketing's part of the sales funnel",
     "lead quality, lead score, lead scoring, mql, sql, mqls, sqls, qualified leads, "
     "sales qualified, marketing qualified, pipeline, win rate, sales funnel, opportunities, "
     "good leads, quality of leads, quality of our leads",
     NULL, NULL, NULL},
    {"territory", "where to aim at",
     "territory, territories, which region, which regions, which cities, which city, which "
     "country, "
     "which countries, by region, by country, by city, per region, per country, geography, "
     "sales territories",
     NULL, NULL, NULL},
    {"strategy", "brand and competitive position and the size of the market",
     "tam, sam, som, market size, market opportunity, total addressable market, swot, positioning, "
     "new markets, enter the market, go to market",
     NULL, NULL, NULL},
};
