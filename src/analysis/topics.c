#include "analysis/topics.h"

const struct mkt_topic mkt_topics_roi[MKT_TOPICS_ROI] = {
    {MKT_TOPIC_OWN, "roi", "roi, return on investment, return on marketing investment, romi"},
    {MKT_TOPIC_OWN, "roas",
     "roas, return on ad spend, return on advertising spend, ad return, per euro, per euro spent, "
     "per dollar, per dollar spent, per pound, per pound spent"},
    {MKT_TOPIC_OWN, "roas,roi",
     "payback on, profitable, profitability, pay off, paid off, paying off, pay for itself, paying "
     "for itself, "
     "worth it, worth the money, worth the spend, break even, breaking even, earn back, "
     "earned back, return, returned, returning, lost the most money, lose the most money, loses "
     "the most "
     "money, lose money, losing money, lost money, make money, "
     "making money, made money, waste money, wasting money, waste, wasting, wasted, efficient, "
     "efficiency, inefficient, bang for the buck, best value, value for money"},
    {MKT_TOPIC_OWN, "cpa",
     "cpa, cost per acquisition, cost per action, cost per conversion, cost per order, "
     "cost per sale, cost of a conversion, cost of a sale, cost of an order, cpo"},
    {MKT_TOPIC_OWN, "cac",
     "cac, customer acquisition cost, acquisition cost, cost per customer, cost per new customer, "
     "cost of a customer, cost of a new customer, cost to acquire a customer, "
     "pay for a new customer, cost of acquiring a customer, cost to win a customer, "
     "cost to win a new customer, cost us to win a customer, cost us to win a new customer, "
     "cost to get a customer, cost to get a new customer, cost us to get a customer, "
     "cost us to get a new customer, cost us to acquire a customer, cost to acquire a new "
     "customer, "
     "cost us to acquire a new customer, customer cost, new customer cost, new customer cost us, "
     "cost a new customer, cost us a new customer"},
    {MKT_TOPIC_OWN, "cpc", "cpc, cost per click, click price, price per click"},
    {MKT_TOPIC_OWN, "cpm", "cpm, cost per thousand, cost per mille, cost per thousand impressions"},
    {MKT_TOPIC_OWN, "ctr", "ctr, click rate, click through rate, clickthrough rate"},
    {MKT_TOPIC_OWN, "aov",
     "aov, average order value, average basket, basket size, order value, basket value"},
    {MKT_TOPIC_OWN, "spend",
     "burn, burned, burnt, spend, spent, spending, ad spend, cost, costs, costing, expensive, "
     "expense, expenditure, "
     "investment, invest, invested, paid for ads, where does the money go, "
     "where did the money go, where our money goes, where the money goes"},
    {MKT_TOPIC_OWN, "spend_share,revenue_share",
     "share of spend, spend share, share of revenue, revenue share, share of the spend, "
     "share of the budget, share of the revenue, spend mix, channel mix, split of spend"},
    {MKT_TOPIC_OWN, "impressions", "impressions, views of ads, ad views"},
    {MKT_TOPIC_OWN, "clicks", "clicks"},
    {MKT_TOPIC_OWN, "new_customers",
     "new customers, customers won, customers gained, customers acquired, acquire customers, "
     "how many customers, new buyers, new clients"},
    {MKT_TOPIC_OWN, "!pace,budget,projected_spend",
     "pacing, on track, on budget, over budget, under budget, overspend, overspending, overspent, "
     "underspend, underspending, keep the budget, keep to the budget, stay within budget, "
     "stay within the budget, budget run out, exceed the budget, within budget, ahead of budget, "
     "behind budget, is left, left to spend, spend the budget, rest of the budget, budget left"},
    {MKT_TOPIC_OWN, "!action",
     "should get, extra budget, extra money, additional budget, budget go, next budget, put the "
     "budget, put more money, put more budget, put our money, "
     "put my money, put the money, money should go, budget should go, where should we invest, "
     "where should i invest, invest more, spend more, spend less, move budget, move money, "
     "where should, move the budget, move spend, shift budget, shift spend, shift money, "
     "reallocate, cut spend, "
     "cut budget, cut the budget, cut spending, cut, stop spending, save money, next euro, "
     "next dollar, next pound, scale up, scale, increase the budget, increase budget, "
     "reduce spend, reduce the budget, reduce budget, budget to, use the budget, invest next, "
     "spend next, budget next, raise the budget, more budget, less budget, pause, turn off, "
     "switch off, put our budget"},
    {MKT_TOPIC_SHARED, "conversion_rate",
     "conversion rate, convert best, conversion ratio, rate of conversion, share of clicks that "
     "convert"},
    {MKT_TOPIC_SHARED, "conversions",
     "bought, purchases, purchased, conversions, orders, sales count, number of sales, leads"},
    {MKT_TOPIC_SHARED, "revenue",
     "revenue, sales, turnover, income, earn, earned, brought in, bring in, bring, brought, "
     "generate, generated, made us, sell, sold"},
    {MKT_TOPIC_SHARED, "roas,roi,spend,revenue",
     "how did, how is, how was, how are, how were, how well, perform, performed, performing, "
     "performance, doing, did we do, do well, did well, work, "
     "worked, working, go well, went well, going, results, result, success, successful, succeed, "
     "fail, failed, underperform, underperforming, outperform, summary, overview, how good, "
     "how bad, report, review"},
    {MKT_TOPIC_SHARED, "!action",
     "recommend, recommendation, what to do, what should we do, what should i do, improve, "
     "optimise, optimize, optimisation, optimization, do next, change next, do differently, "
     "advice, advise, next step, next steps"},
    {MKT_TOPIC_HINT, "roas,!compare",
     "compare, compared, comparison, best, worst, better, worse, highest, lowest, most, least, "
     "top, strongest, weakest, cheapest"},
    {MKT_TOPIC_HINT, "",
     "channel, campaign, segment, audience, ads, marketing, advertising, media"},
    {MKT_TOPIC_NUMBER, "margin",
     "margin, gross margin, contribution margin, profit margin, margin rate"},
};

const struct mkt_topic mkt_topics_attribution[MKT_TOPICS_ATTRIBUTION] = {
    {MKT_TOPIC_OWN, "incremental_conversions,markov_conversions,markov_value,last_conversions",
     "attribution, attribute, attributed, attributes, credit, deserve, deserves, deserved, "
     "credited, contribute, contributed, contributes, contribution, touchpoint, touch point, "
     "multi touch, multitouch, customer journey, journey, conversion path, assist, assisted, "
     "assists, assisting, drive conversions, drives conversions, drove conversions, "
     "driving conversions, drive sales, drives sales, driving sales, drove sales, "
     "drives our conversions, drive our conversions, drives our sales, drive our sales, "
     "really works, really work, really sells, would have come anyway, would have bought anyway"},
    {MKT_TOPIC_OWN, "first_conversions,first_value",
     "first touch, first click, first contact, first interaction, comes first, come first, "
     "to us first, people first, "
     "opens journeys, open journeys, "
     "opens the journey, open the journey, starts journeys, start journeys, starts the journey, "
     "opens the customer journey, open the customer journey, "
     "introduces customers, introduce customers"},
    {MKT_TOPIC_OWN, "last_conversions,last_value",
     "last touch, last click, last interaction, closes journeys, close journeys, closes the sale, "
     "close the sale, closes sales, close sales, closes the deal, close the deal"},
    {MKT_TOPIC_OWN, "last_non_direct_conversions,last_non_direct_value",
     "last non direct, last non direct touch, last non direct click, last touch that is not "
     "direct"},
    {MKT_TOPIC_OWN, "position_conversions,position_value",
     "position based, position based model, position model, u shape, u shaped"},
    {MKT_TOPIC_OWN, "time_decay_conversions,time_decay_value", "time decay"},
    {MKT_TOPIC_OWN, "j_shape_conversions,j_shape_value", "j shape, j shaped"},
    {MKT_TOPIC_OWN, "w_shape_conversions,w_shape_value", "w shape, w shaped"},
    {MKT_TOPIC_OWN, "incremental_conversions,incremental_value",
     "cause, causes, caused, causing, causal, causal effect, incremental, incrementality, "
     "incrementally, incremental effect, incremental conversions, incremental "
     "credit, incremental lift, true effect, true impact, would we have lost, have lost without, "
     "lose if, lose if we stop, lose if we stopped, lose if we switch off, lose if we switched "
     "off, "
     "lose if we turn off, lose if we turned off, lose if we pause, lose if we paused, lose if we "
     "cut, lose if we drop, "
     "would we lose, would be lost, would we miss, would be missed, lose without, lost without, "
     "would not have come"},
    {MKT_TOPIC_OWN, "untouched",
     "no marketing touch, no touch, no touches, without any touch, without a touch, without "
     "touches, "
     "untouched"},
    {MKT_TOPIC_OWN, "incremental_value",
     "incremental value, incremental revenue, incremental sales"},
    {MKT_TOPIC_OWN, "incremental_roas,incremental_conversions,incremental_value",
     "incremental roas, iroas, incremental return, incremental return on ad spend"},
    {MKT_TOPIC_OWN, "!imbalance",
     "undervalued, undervalue, undervalues, underrated, underestimated, underestimate, "
     "underestimates, under credited, undercredited, overvalued, overvalue, overvalues, "
     "overrated, overestimated, overestimate, overestimates, over credited, overcredited, "
     "too much credit, too little credit, steal credit, steals credit, stealing "
     "credit, take credit, takes credit, models disagree, models agree, disagree, disagreement, "
     "models differ"},
    {MKT_TOPIC_OWN, "last_roas,last_cpa", "last touch, last click, last interaction"},
    {MKT_TOPIC_OWN, "linear_conversions,linear_value", "linear model, linear attribution"},
    {MKT_TOPIC_OWN, "shapley_conversions,shapley_value", "shapley, shapley value"},
    {MKT_TOPIC_OWN, "markov_conversions,markov_value", "markov, removal effect, data driven"},
    {MKT_TOPIC_OWN, "path_length",
     "path length, how many touches, how many touchpoints, how many contacts, how many "
     "interactions, touches before, touchpoints before, contacts before, touches does it take, "
     "touches are needed, length of the path, length of paths, long are the paths"},
    {MKT_TOPIC_OWN, "row=transitions",
     "transition, transitions, transition matrix, transition probability, transition "
     "probabilities, "
     "follows, follow, followed by, comes after, come after, comes next after, comes next, come "
     "next, "
     "coming after, happens after, happen after, next after, goes after, go after, go to after, "
     "next touch, next "
     "channel, next contact, next touchpoint, comes before, come before, precedes, precede, "
     "preceded by, start with, starts with, begin with, begins with, convert after, converts "
     "after, conversion after, purchase after"},
    {MKT_TOPIC_OWN, "conversion_rate",
     "journeys convert, share of journeys, rate of journeys, journey converts"},
    {MKT_TOPIC_OWN, "conversions,by=path",
     "top paths, common paths, common path, most common path, most common paths, best paths, "
     "best path, which paths, which path, what paths, frequent paths, most frequent path, top "
     "path"},
    {MKT_TOPIC_OWN, "lag",
     "time to convert, days to convert, time lag, conversion lag, lag, "
     "how long until they buy, between first touch, between the first touch, between first "
     "contact, between the first contact, from first contact, from the first contact, from the "
     "first touch, from first touch to conversion, between first touch and conversion, "
     "from first touch to purchase, between first touch and purchase, after first touch, "
     "since first touch, between the first touch and the conversion, "
     "from the first touch to the conversion, how long does it take to convert, how long from "
     "first, people take to buy, customers take to buy, users take to buy, people take to convert, "
     "customers take to convert, users take to convert, does it take to buy, take to purchase, "
     "how long before they buy, how long before people buy, days before they buy"},
    {MKT_TOPIC_NUMBER, "lookback", "lookback, look back, lookback window, attribution window"},
    {MKT_TOPIC_NUMBER, "half_life", "half life, halflife"},
    {MKT_TOPIC_SET, "direct=0",
     "without direct, excluding direct, ignoring direct, except direct, leaving out direct, "
     "not counting direct, ignore direct, exclude direct, leave out direct, no direct"},
};

const struct mkt_topic mkt_topics_funnel[MKT_TOPICS_FUNNEL] = {
    {MKT_TOPIC_OWN, "!verdict,drop_off,rate_from_before,conversion_rate",
     "funnel, lose people, lose customers, lose users, lose visitors, losing people, lost people, "
     "losing visitors, losing users, people drop, drop off, drop offs, dropoff, drop out, "
     "drop outs, checkout, abandon, abandoned, abandonment, cart abandonment, leak, leaks, "
     "leaking, bottleneck, visitors leave, users leave, bounce, do we lose, we lose, "
     "step by step, from visit to purchase, awareness to conversion, get stuck"},
    {MKT_TOPIC_OWN, "time_median,time_p90",
     "time from visit, how long from visit, how long from visit to purchase, time in the funnel, "
     "time to purchase, how long until purchase, how long does it take from visit, how long do "
     "visitors take, "
     "take from visit to purchase, takes from visit to purchase"},
    {MKT_TOPIC_OWN, "!verdict,!action",
     "optimise the funnel, optimize the funnel, improve the funnel, fix the funnel, "
     "one more point, worth of a step, which step to improve, step to improve, step to work on, "
     "which step, what step, improve first, work on first, fix first"},
    {MKT_TOPIC_OWN, "!compare",
     "comes after, come after, comes next after, happens after, happen after"},
    {MKT_TOPIC_OWN, "entered",
     "visitors did we have, users did we have, visitors entered, users entered, number of "
     "visitors, "
     "number of users, how many visits"},
    {MKT_TOPIC_OWN, "value_per_entry",
     "visitor worth, user worth, worth of a visitor, worth of a user, value of a visitor, "
     "value per visitor, revenue per visitor"},
    {MKT_TOPIC_OWN, "bounded_1,rolling_1",
     "come back, coming back, comes back, came back, returning visitors, returning users, "
     "retention, retention rate, retain, retains, retained, still active, active after, users "
     "return, visitors return, people return, "
     "stay active, return after, returned after, active again, stickiness, sticky, "
     "user retention, visitor retention, retention curve, week retention, day retention, "
     "month retention"},
    {MKT_TOPIC_OWN, "bounded_1,by=retention",
     "which cohort retains, which cohorts retain, cohort retains, cohorts retain, "
     "retention by cohort, retention cohort, cohort retention, retention of each cohort"},
    {MKT_TOPIC_OWN, "conversion_rate,by=cohort",
     "conversion by cohort, conversion rate by cohort, which cohort, which cohorts, by cohort, "
     "each cohort, cohort converts, cohorts convert"},
    {MKT_TOPIC_OWN, "trend_slope,!change",
     "funnel trend, trend of the funnel, trend of the conversion rate, conversion rate trend, "
     "conversion rate over time, conversion over time, funnel over time"},
    {MKT_TOPIC_HINT, "conversion_rate",
     "conversion rate, conversion, convert, converts, converted, converting"},
    {MKT_TOPIC_HINT, "", "visitor, user, step"},
    {MKT_TOPIC_SET, "cohort=week",
     "after a week, after one week, week later, the week after, next week, weekly retention, "
     "retention by week"},
    {MKT_TOPIC_SET, "cohort=day",
     "after a day, after one day, day later, next day, the day after, daily retention, "
     "retention by day"},
    {MKT_TOPIC_SET, "cohort=month",
     "after a month, after one month, month later, the month after, monthly retention, "
     "retention by month"},
    {MKT_TOPIC_SET, "entry=session", "by session, sessions instead of users"},
    {MKT_TOPIC_SET, "order=strict", "strict order, strictly in order"},
};

const struct mkt_topic mkt_topics_experiment[MKT_TOPICS_EXPERIMENT] = {
    {MKT_TOPIC_OWN, "!verdict",
     "variant, experiment, checkout win, checkout won, checkout wins, checkout beat, "
     "checkout better, checkout test, checkout experiment, design win, design won, page win, "
     "page won, stop testing, call the test, call it, ship b, keep testing, conclusive, broken, a "
     "b test, ab test, split test, test group, control group, variation, "
     "test cell, new version, new landing page, significant, significance, "
     "statistically significant, treatment group, treatment, ship it, ship the, "
     "roll out, roll it out, rollout, variants, version b, version a, b test, abtest, test win, "
     "test won, test result, test results, result of the test, results of the test, stop the test, "
     "end the test, run the test, test run, the test"},
    {MKT_TOPIC_OWN, "!verdict,units_if,units_left",
     "sample size, how many more users, more units, long enough, test longer, run longer, "
     "how long must the test, how long must the experiment, how long should the test, "
     "how long should the experiment, how long should we run, how long do we need to run, "
     "how long do we have to run, how long must we run, how long does the test, how long does the "
     "experiment, "
     "how much longer, keep the test running, how many units, how many users are needed, "
     "when can we stop, when can i stop, when will the test"},
    {MKT_TOPIC_OWN, "split_p",
     "sample ratio, srm, sample ratio mismatch, uneven split, randomised, randomized, "
     "randomisation, randomization, randomised properly, split evenly, split even"},
    {MKT_TOPIC_OWN, "*_p,*_p_any_time", "p value, p values, level of significance"},
    {MKT_TOPIC_OWN, "*_lift,*_lift_any_time",
     "confidence interval, interval of the lift, confidence intervals, margin of error, "
     "how big is the lift, how large is the lift, size of the lift, size of the effect, "
     "effect size"},
    {MKT_TOPIC_OWN, "*_p_any_time,*_lift_any_time",
     "peek, peeking, peeked, looked every day, look every day, checked every day, any look, "
     "always valid, anytime valid, sequential, sequential test, looked early, looking early"},
    {MKT_TOPIC_OWN, "*_chance_to_win",
     "chance to win, chance of winning, probability to win, probability of winning, "
     "probability that, chance that, how likely is it that, probability to beat"},
    {MKT_TOPIC_OWN, "*_risk",
     "expected loss, risk of shipping, lose if we ship, lose by shipping, risk if we ship, "
     "what do we risk, what is the risk"},
    {MKT_TOPIC_OWN, "*_mde",
     "mde, could have detected, could we have detected, could be detected, can we detect, "
     "could we detect, able to detect, detectable, could have seen, could be seen, "
     "underpowered, power of the test"},
    {MKT_TOPIC_OWN, "*_p_holm,*_q",
     "multiple testing, multiple metrics, multiple comparisons, multiple tests, many metrics, "
     "correcting for, corrected for, correction, bonferroni, holm, false discovery, "
     "false discovery rate"},
    {MKT_TOPIC_OWN, "units,by=variant",
     "units are in each variant, units in each variant, users are in each variant, users in each "
     "variant, people are in each variant, people in each variant, units per variant, users per "
     "variant, units by variant, users by variant"},
    {MKT_TOPIC_OWN, "units",
     "users in the test, users in the experiment, people in the test, people in the experiment, "
     "visitors in the test, visitors in the experiment, units in the test, participants, "
     "users were in the test, users were in the experiment, people were in the test, "
     "people were in the experiment, visitors were in the test, users took part, people took part"},
    {MKT_TOPIC_OWN, "days",
     "days has the test, days has the experiment, long has the test, long has the experiment, "
     "long has the test been running, days is the test, long is the test running"},
    {MKT_TOPIC_OWN, "!compare,by=segment",
     "effect differ, effect differs, lift differ, lift differs, effect vary, effect varies, "
     "lift by segment, lift by device, lift per segment, lift in each segment, "
     "differ between segments, same effect, segment benefits, segments benefit, benefits most "
     "from, "
     "benefit most from"},
    {MKT_TOPIC_OWN, "*",
     "rate of the control, rate in the control, control convert, control converts, control group "
     "convert, rate of the control group, rate in the control group, rate of the variant, "
     "rate of variant, rate of each variant, rate per variant, each variant, value of control, "
     "average of control, mean of control, control average"},
    {MKT_TOPIC_OWN, "!verdict,lift", "lift, uplift of the test"},
    {MKT_TOPIC_SHARED, "!verdict,lift",
     "hurt, hurts, harm, harms, helped, winner, win, won, wins, beat, beats, beaten"},
    {MKT_TOPIC_HINT, "", "test, tested, control, version"},
    {MKT_TOPIC_NUMBER, "level", "confidence level, confidence, level"},
    {MKT_TOPIC_NUMBER, "power", "power, statistical power"},
    {MKT_TOPIC_NUMBER, "effect",
     "least lift of interest, smallest lift, minimum lift, effect of interest, "
     "minimum detectable effect, detect, detecting"},
    {MKT_TOPIC_SET, "absolute=1",
     "how much extra, how much additional, absolute difference, in absolute terms, absolute "
     "differences"},
    {MKT_TOPIC_SET, "absolute=0", "relative lift, in relative terms"},
    {MKT_TOPIC_NAME, "control",
     "against, compared with, compared to, versus, vs, over, than, beat"},
    {MKT_TOPIC_NAME, "goal",
     "on, for, by, in, of, extra, additional, increase, raise, improve, lift, more, hurt, harm, "
     "help, lower"},
};

const struct mkt_topic mkt_topics_unit_economics[MKT_TOPICS_UNIT_ECONOMICS] = {
    {MKT_TOPIC_OWN, "cac,ltv,ltv_to_cac,payback_months",
     "unit economics, economics of a customer, customer economics, unit economic"},
    {MKT_TOPIC_OWN, "ltv_to_cac",
     "ltv cac, ltv to cac, ltv:cac, cac to ltv, ratio of ltv to cac, ltv cac ratio"},
    {MKT_TOPIC_OWN, "payback_months,paid_back",
     "payback time, payback period, payback, pay back, paid back, pays back, customer paid back, "
     "customer has paid back, new customer has paid back, new customer paid back, "
     "new customer pay back, new customer pays back, new customers pay back, "
     "new customers paid back, new customers have paid back, break even point of "
     "a customer, amortise, amortize, amortised, amortized, months to pay back, cac payback, "
     "how long until we earn back, how long do we take to earn back, how long to earn back, "
     "how long does it take to earn back, how long until it is earned back, when do we earn back, "
     "when have we earned back, when will we have earned back, how long until we get back, "
     "how long until we have back, how long until we recover, how long to recover, how long does "
     "it take to recover, earn back what we pay, earn back what we paid, earned back what we paid, "
     "earn back what a customer cost, earn back what they cost, earn back the cost of a customer, "
     "earn back a customer, earn back a new customer, customer earned back, customer earns back, "
     "customer earn back, earn back our cac, earn back the cac, earn back cac, "
     "earn back the acquisition cost, earn back our acquisition cost, recover the cac, "
     "recover our cac, recover cac, recover the acquisition cost, recover the cost of a customer, "
     "recover what we pay, recover what we paid, recoup, recouped, recoups"},
    {MKT_TOPIC_OWN, "npv", "npv, net present value, present value, discounted cash flow, dcf"},
    {MKT_TOPIC_OWN, "irr", "irr, internal rate of return, rate of return"},
    {MKT_TOPIC_OWN, "npv", "cash flow, cash flows, cashflow"},
    {MKT_TOPIC_OWN, "npv,ltv_to_cac", "scenario, scenarios, what if, best case, worst case"},
    {MKT_TOPIC_OWN, "npv,by=scenario",
     "price falls, prices fall, price fell, prices fell, price drops, prices drop, price rises, "
     "prices rise, price goes up, prices go up, price goes down, prices go down, lower the price, "
     "lower prices, lower our prices, raise the price, raise prices, raise our prices, "
     "cut the price, cut prices, cut our prices, price cut, price increase, price change, "
     "change the price"},
    {MKT_TOPIC_OWN, "npv", "sensitivity, sensitivity analysis, tornado, moves the result most"},
    {MKT_TOPIC_OWN, "blended_cac", "blended cac, blended acquisition cost"},
    {MKT_TOPIC_OWN, "contribution", "contribution to date, contribution on margin"},
    {MKT_TOPIC_OWN, "ltv",
     "ltv, cltv, lifetime value, life time value, customer lifetime value, what a customer brings, "
     "customer value, value of a customer, customer worth, customers worth, worth of a customer"},
    {MKT_TOPIC_SHARED, "cac", "cac, customer acquisition cost, acquisition cost"},
    {MKT_TOPIC_HINT, "", "customer, new customer"},
    {MKT_TOPIC_NUMBER, "discount", "discount rate, cost of capital, interest rate"},
    {MKT_TOPIC_NUMBER, "horizon", "horizon, ltv horizon"},
    {MKT_TOPIC_NUMBER, "price", "price, prices"},
    {MKT_TOPIC_NUMBER, "margin",
     "margin, gross margin, contribution margin, profit margin, margin rate"},
};
