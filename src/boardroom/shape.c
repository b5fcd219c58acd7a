#include "boardroom/shape.h"

#include <math.h>
#include <string.h>

#include "boardroom/shape_page.h"
#include "wire/json_value.h"

#define INSIGHTS 3
#define ACTIONS 5

const struct mkt_json_limits mkt_shape_limits = {
    .bytes = (size_t)256 << 20, .depth = 64, .values = 20000000};

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define NO_LTV                                                                                     \
    "what a customer brings is told by the analysis unit_economics, of orders and a margin: ask "  \
    "for the customer lifetime value"
#define NO_TOTAL "customers of different ages are not one sum: see the answer of unit_economics"
#define NO_REVENUE "the data hold no revenue"
#define NO_CONVERSIONS "the data hold no conversions"
#define NO_CLICKS "the data hold no clicks"
#define NO_IMPRESSIONS "the data hold no impressions"
#define NO_SPEND "the data hold no spend"

static const struct mkt_shape_page_figure metrics[] = {
    {"total_spend", "spend", 1, -1, NO_SPEND},
    {"total_impressions", "impressions", 1, -1, NO_IMPRESSIONS},
    {"total_clicks", "clicks", 1, -1, NO_CLICKS},
    {"total_conversions", "conversions", 1, -1, NO_CONVERSIONS},
    {"click_through_rate", "ctr", 100, 2, "it takes impressions and clicks"},
    {"conversion_rate", "conversion_rate", 100, 2, "it takes clicks and conversions"},
    {"cost_per_click", "cpc", 1, 2, NO_CLICKS},
    {"cost_per_acquisition", "cpa", 1, 2, NO_CONVERSIONS},
    {"attributed_revenue", "revenue", 1, -1, NO_REVENUE},
    {"roi_percentage", "roi", 100, 2, NO_REVENUE},
    {"return_on_ad_spend", "roas", 1, 2, NO_REVENUE},
    {"impression_to_conversion_rate", NULL, 1, 4,
     "it is no fact of the answer: conversions and impressions are"},
    {"performance_grade", NULL, 1, 0,
     "a grade needs a yardstick, and none was sent: see the findings and their probabilities"}};

static const struct mkt_shape_page_figure roi_metrics[] = {
    {"marketing_spend", "spend", 1, -1, NO_SPEND},
    {"attributed_revenue", "revenue", 1, -1, NO_REVENUE},
    {"immediate_roi", "roi", 100, 2, NO_REVENUE}};

/* ---- parts of several shapes ---- */

static void write_channels(struct mkt_shape_page *s)
{
    const struct mkt_value *named = mkt_shape_page_member(s->main, "campaign_overview", "channels"),
                           *by = mkt_shape_page_member(s->main, "marketing_metrics", "by_channel");
    if (named) {
        mkt_shape_page_copy(s, "channels", named);
        return;
    }
    mkt_json_key(&s->w, "channels");
    mkt_json_open(&s->w, '[');
    for (size_t i = 0; by && i < by->items; i++) mkt_json_string(&s->w, by->item[i].key);
    mkt_json_close(&s->w, ']');
}

static const char *name_of(const struct mkt_shape_page *s)
{
    const struct mkt_value *asked = mkt_shape_page_member(s->main, "provenance", "parameters"),
                           *campaign = mkt_json_read_member(asked, "campaign");
    if (s->source->errand->source == MKT_ERRAND_TOTALS) return s->source->errand->campaign.name;
    if (campaign && campaign->type == MKT_VALUE_STRING) return campaign->text;
    return s->source->dataset;
}

static void write_name(struct mkt_shape_page *s, const char *key)
{
    const char *name = name_of(s);
    if (name)
        mkt_json_member_string(&s->w, key, name);
    else
        mkt_shape_page_unknown(s, key, "no name was sent");
}

static void write_confidence(struct mkt_shape_page *s, double confidence)
{
    if (isnan(confidence))
        mkt_shape_page_unknown(s, "confidence_score",
                               "no finding with a probability follows from these data");
    else
        mkt_json_member_number(&s->w, "confidence_score", confidence);
}

static double confidence_of(const struct mkt_shape_page *s)
{
    const struct mkt_value *v = mkt_shape_page_member(s->main, "confidence_score", NULL);
    return v && (v->type == MKT_VALUE_NUMBER || v->type == MKT_VALUE_INTEGER) ? v->number : NAN;
}

static void write_claims(struct mkt_shape_page *s, const char *key, size_t most)
{
    const struct mkt_value *findings = mkt_shape_page_member(s->main, "findings", NULL);
    mkt_json_key(&s->w, key);
    mkt_json_open(&s->w, '[');
    for (size_t i = 0; findings && i < findings->items && i < most; i++) {
        const struct mkt_value *claim = mkt_json_read_member(&findings->item[i], "claim");
        if (claim) mkt_json_value_write(&s->w, claim, NULL);
    }
    mkt_json_close(&s->w, ']');
}

static const struct mkt_value *advice_of(const struct mkt_shape_page *s)
{
    return mkt_shape_page_member(s->main, "llm_analysis", "optimization_recommendations");
}

/* ---- the shapes ---- */

static void write_campaign(struct mkt_shape_page *s)
{
    const struct mkt_campaign *c = &s->source->errand->campaign;
    bool totals = s->source->errand->source == MKT_ERRAND_TOTALS;
    mkt_json_key(&s->w, "campaign_overview");
    mkt_json_open(&s->w, '{');
    write_name(s, "name");
    mkt_shape_page_figure(s, &(struct mkt_shape_page_figure){"spend", "spend", 1, -1, NO_SPEND});
    if (totals && c->duration)
        mkt_json_member_string(&s->w, "duration", c->duration);
    else
        mkt_shape_page_copy(s, "duration",
                            totals ? NULL : mkt_shape_page_member(s->main, "provenance", "period"));
    write_channels(s);
    mkt_json_close(&s->w, '}');
    mkt_json_key(&s->w, "quantitative_metrics");
    mkt_json_open(&s->w, '{');
    mkt_shape_page_figures(s, metrics, COUNT(metrics));
    mkt_json_close(&s->w, '}');
    mkt_shape_page_copy(s, "qualitative_analysis",
                        mkt_shape_page_member(s->main, "llm_analysis", NULL));
    mkt_json_key(&s->w, "combined_insights");
    mkt_json_open(&s->w, '{');
    write_claims(s, "key_findings", ACTIONS);
    mkt_shape_page_list(s, "strategic_insights", NULL, 0);
    mkt_shape_page_list(s, "optimization_opportunities", advice_of(s), ACTIONS);
    mkt_shape_page_copy(s, "next_steps", mkt_shape_page_member(s->main, "missing", NULL));
    mkt_json_close(&s->w, '}');
}

static void write_finance(struct mkt_shape_page *s)
{
    mkt_json_key(&s->w, "finance_collaboration_data");
    mkt_json_open(&s->w, '{');
    mkt_json_key(&s->w, "investment_data");
    mkt_json_open(&s->w, '{');
    mkt_shape_page_figure(
        s, &(struct mkt_shape_page_figure){"total_investment", "spend", 1, -1, NO_SPEND});
    mkt_json_member_string(&s->w, "investment_type", "marketing_campaign");
    mkt_shape_page_unknown(s, "time_period_months",
                           "days are exact and months are not: see period");
    mkt_shape_page_copy(s, "period", mkt_shape_page_member(s->main, "provenance", "period"));
    mkt_json_key(&s->w, "campaign_details");
    mkt_json_open(&s->w, '{');
    write_name(s, "name");
    write_channels(s);
    mkt_shape_page_unknown(s, "target_audience",
                           "the data do not say whom the campaign was meant for");
    mkt_json_close(&s->w, '}');
    mkt_json_close(&s->w, '}');
    mkt_json_key(&s->w, "revenue_data");
    mkt_json_open(&s->w, '{');
    mkt_shape_page_figure(
        s, &(struct mkt_shape_page_figure){"total_returns", "revenue", 1, -1, NO_REVENUE});
    mkt_shape_page_unknown(s, "ltv_returns", NO_TOTAL);
    mkt_json_key(&s->w, "customer_metrics");
    mkt_json_open(&s->w, '{');
    mkt_shape_page_figure(s, &(struct mkt_shape_page_figure){
                                 "new_customers", "new_customers", 1, -1,
                                 "the data hold no new customers; a conversion need not be one"});
    mkt_shape_page_figure(s, &(struct mkt_shape_page_figure){"avg_order_value", "aov", 1, 2,
                                                             "it takes revenue and conversions"});
    mkt_shape_page_number(s, "lifetime_value", mkt_shape_page_metric(s->customers, "ltv"), 2,
                          NO_LTV);
    mkt_json_close(&s->w, '}');
    mkt_json_close(&s->w, '}');
    mkt_json_key(&s->w, "attribution_methodology");
    mkt_json_open(&s->w, '{');
    mkt_json_member_string(&s->w, "model", "as_recorded");
    mkt_shape_page_unknown(s, "confidence_level",
                           "a way of counting has no probability; the findings have");
    mkt_json_member_string(&s->w, "notes",
                           "revenue is what the data credit to each channel; the analysis "
                           "attribution lays other ways of counting beside it");
    mkt_json_close(&s->w, '}');
    mkt_json_close(&s->w, '}');
}

/* The cost of a customer is that of the answer that knows what they bring, so that the ratio is the
 * ratio of the two. */
static void write_customers(struct mkt_shape_page *s)
{
    double cac = mkt_shape_page_metric(s->customers ? s->customers : s->main, "cac");
    double ltv = mkt_shape_page_metric(s->customers, "ltv"),
           ratio = mkt_shape_page_metric(s->customers, "ltv_to_cac");
    mkt_shape_page_number(
        s, "customer_acquisition_cost", cac, 2,
        "the data hold no new customers; the cost of a conversion is cost_per_acquisition");
    mkt_shape_page_number(s, "customer_lifetime_value", ltv, 2, NO_LTV);
    mkt_shape_page_number(s, "ltv_to_cac_ratio", ratio, 2, NO_LTV);
    mkt_shape_page_number(s, "ltv_roi", 100 * (ratio - 1), 2, NO_LTV);
    mkt_shape_page_unknown(s, "total_customer_value", NO_TOTAL);
}

static void write_roi(struct mkt_shape_page *s)
{
    mkt_json_key(&s->w, "campaign_summary");
    mkt_json_open(&s->w, '{');
    write_name(s, "campaign_name");
    mkt_shape_page_figure(s,
                          &(struct mkt_shape_page_figure){"total_spend", "spend", 1, -1, NO_SPEND});
    mkt_shape_page_figure(
        s, &(struct mkt_shape_page_figure){"conversions", "conversions", 1, -1, NO_CONVERSIONS});
    mkt_shape_page_figure(
        s, &(struct mkt_shape_page_figure){"attributed_revenue", "revenue", 1, -1, NO_REVENUE});
    mkt_json_close(&s->w, '}');
    mkt_json_key(&s->w, "marketing_roi_metrics");
    mkt_json_open(&s->w, '{');
    mkt_shape_page_figures(s, roi_metrics, COUNT(roi_metrics));
    write_customers(s);
    mkt_json_close(&s->w, '}');
    mkt_shape_page_copy(s, "marketing_analysis",
                        mkt_shape_page_member(s->main, "llm_analysis", NULL));
    write_finance(s);
    mkt_shape_page_list(s, "collaboration_recommendations", advice_of(s), ACTIONS);
}

static void write_optimization(struct mkt_shape_page *s)
{
    static const char no_impact[] =
        "what a change brings is told by a test, not by what was: see the recommendations";
    mkt_json_key(&s->w, "current_performance");
    mkt_json_open(&s->w, '{');
    mkt_shape_page_figures(s, metrics, COUNT(metrics));
    mkt_json_close(&s->w, '}');
    mkt_json_key(&s->w, "optimization_goals");
    mkt_json_open(&s->w, '{');
    for (size_t i = 0; i < MKT_GOALS; i++) {
        double goal = s->source->errand->goal[i];
        if (isnan(goal))
            mkt_shape_page_unknown(s, mkt_errand_goal_name[i], "no such goal was sent");
        else
            mkt_json_member_number(&s->w, mkt_errand_goal_name[i], goal);
    }
    mkt_json_close(&s->w, '}');
    mkt_json_key(&s->w, "optimization_strategy");
    mkt_json_open(&s->w, '{');
    mkt_shape_page_list(s, "specific_optimizations", advice_of(s), SIZE_MAX);
    write_claims(s, "based_on", SIZE_MAX);
    mkt_json_close(&s->w, '}');
    mkt_shape_page_list(s, "priority_actions", advice_of(s), ACTIONS);
    mkt_json_key(&s->w, "expected_impact");
    mkt_json_open(&s->w, '{');
    mkt_shape_page_unknown(s, "roi_improvement", no_impact);
    mkt_shape_page_unknown(s, "cpa_reduction", no_impact);
    mkt_shape_page_unknown(s, "conversion_rate_lift", no_impact);
    mkt_json_close(&s->w, '}');
}

static void write_details(struct mkt_shape_page *s, mkt_shape shape)
{
    static const char *const type[] = {"comprehensive_campaign", "marketing_roi_collaboration",
                                       "campaign_optimization"};
    mkt_json_member_string(&s->w, "analysis_type", type[shape]);
    if (shape == MKT_SHAPE_ROI)
        write_roi(s);
    else if (shape == MKT_SHAPE_OPTIMIZATION)
        write_optimization(s);
    else
        write_campaign(s);
}

static void write_collaboration(struct mkt_shape_page *s, double confidence)
{
    const struct mkt_value *reply = mkt_shape_page_member(s->root, "reply", NULL);
    const struct mkt_value *type =
        mkt_shape_page_member(s->main ? s->main : s->root, "analysis_type", NULL);
    mkt_shape_page_copy(s, "analysis_type", type);
    mkt_shape_page_copy(s, "marketing_metrics",
                        mkt_shape_page_member(s->main, "marketing_metrics", NULL));
    mkt_shape_page_copy(s, "llm_analysis", mkt_shape_page_member(s->main, "llm_analysis", NULL));
    mkt_shape_page_copy(s, "collaboration_ready",
                        mkt_shape_page_member(s->main, "collaboration_ready", NULL));
    write_confidence(s, confidence);
    mkt_shape_page_copy(s, "summary",
                        reply ? reply : mkt_shape_page_member(s->main, "llm_analysis", "verdict"));
    mkt_json_key(&s->w, "detailed_results");
    mkt_json_open(&s->w, '{');
    write_details(s, mkt_shape_of(s->source->errand->kind));
    mkt_json_close(&s->w, '}');
    write_claims(s, "key_insights", INSIGHTS);
    mkt_json_member_bool(&s->w, "collaboration_successful", s->main != NULL);
}

static void write_source(struct mkt_shape_page *s)
{
    static const char *const kind[] = {"dataset", "rows", "totals"};
    const struct mkt_errand *e = s->source->errand;
    mkt_json_key(&s->w, "data_source");
    mkt_json_open(&s->w, '{');
    mkt_json_member_string(&s->w, "kind", kind[e->source]);
    mkt_json_member_string(&s->w, "dataset", s->source->dataset);
    mkt_json_key(&s->w, "read_from");
    mkt_json_open(&s->w, '[');
    for (size_t i = 0; i < e->places; i++) mkt_json_string(&s->w, e->place[i]);
    if (e->places == 0) mkt_json_string(&s->w, "the only registered data set");
    mkt_json_close(&s->w, ']');
    mkt_json_close(&s->w, '}');
}

static void write_reasons(struct mkt_shape_page *s)
{
    mkt_json_key(&s->w, "unknown");
    mkt_json_open(&s->w, '{');
    for (size_t i = 0; i < s->reasons; i++)
        mkt_json_member_string(&s->w, s->reason[i].name, s->reason[i].why);
    mkt_json_close(&s->w, '}');
}

/* `text` as the value of the member, as it is. */
static void raw(struct mkt_json *w, const char *key, const char *text, size_t n)
{
    mkt_json_key(w, key);
    while (n && text[n - 1] == '\n') n--;
    mkt_buf_add(w->out, text, n);
    w->comma = true;
}

/* ---- the whole ---- */

/* The first answer about campaigns, else the first. */
static const struct mkt_value *main_of(const struct mkt_value *root, bool asked)
{
    if (!asked) return root;
    const struct mkt_value *answers = mkt_json_read_member(root, "answers");
    for (size_t i = 0; answers && i < answers->items; i++) {
        const struct mkt_value *type = mkt_json_read_member(&answers->item[i], "analysis_type");
        if (type && type->type == MKT_VALUE_STRING && strcmp(type->text, "campaign_roi") == 0)
            return &answers->item[i];
    }
    return answers && answers->items ? &answers->item[0] : NULL;
}

/* The first answer that tells what a customer brings. */
static const struct mkt_value *customers_of(const struct mkt_value *root, bool asked)
{
    const struct mkt_value *answers = mkt_json_read_member(root, "answers");
    if (!asked) return isnan(mkt_shape_page_metric(root, "ltv")) ? NULL : root;
    for (size_t i = 0; answers && i < answers->items; i++)
        if (!isnan(mkt_shape_page_metric(&answers->item[i], "ltv"))) return &answers->item[i];
    return NULL;
}

mkt_shape mkt_shape_of(mkt_errand_kind kind)
{
    return kind == MKT_ERRAND_ROI            ? MKT_SHAPE_ROI
           : kind == MKT_ERRAND_OPTIMIZATION ? MKT_SHAPE_OPTIMIZATION
                                             : MKT_SHAPE_CAMPAIGN;
}

mkt_status mkt_shape_write(struct mkt_arena *arena, mkt_shape shape,
                           const struct mkt_shape_source *source, struct mkt_buf *out,
                           double *confidence, struct mkt_err *err)
{
    const struct mkt_answering *a = source->answering;
    struct mkt_value *root;
    MKT_TRY(mkt_json_read_value(arena, a->json, a->bytes, &mkt_shape_limits, &root, err));
    struct mkt_shape_page s = {.source = source,
                               .root = root,
                               .main = main_of(root, a->asked),
                               .customers = customers_of(root, a->asked)};
    double sure = confidence_of(&s);
    mkt_json_init(&s.w, out);
    mkt_json_open(&s.w, '{');
    if (shape == MKT_SHAPE_COLLABORATION) {
        write_collaboration(&s, sure);
    } else {
        write_details(&s, shape);
        write_confidence(&s, sure);
    }
    write_reasons(&s);
    write_source(&s);
    mkt_json_member_string(&s.w, "agent_id", source->agent_id);
    mkt_json_key(&s.w, "same_as");
    mkt_json_open(&s.w, '{');
    mkt_json_member_string(&s.w, "path", a->path);
    if (a->request)
        raw(&s.w, "body", a->request, strlen(a->request));
    else
        mkt_json_member_string(&s.w, "body", NULL);
    mkt_json_close(&s.w, '}');
    raw(&s.w, "answer", a->json, a->bytes);
    mkt_json_close(&s.w, '}');
    if (confidence) *confidence = sure;
    return mkt_buf_check(out, err);
}
