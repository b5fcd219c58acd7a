#include "engine/marketing_analyzer.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "report/answer_json.h"

#define NAMED 20  /* channels that a caveat names, at most */
#define MOST 9e12 /* units; beyond it a sum does not fit */

/* ---- checks ---- */

static mkt_status check_sums(const double *sum, const char *whose, struct mkt_err *err)
{
    char text[MKT_TEXT_NUMBER];
    for (int m = 0; m < MKT_MEASURES; m++) {
        if (isnan(sum[m])) continue;
        if (!(sum[m] >= 0 && sum[m] <= MOST))
            return mkt_err_set(err, MKT_E_ARG, "%s of %s is %s: it must lie between 0 and 9e12",
                               mkt_measure_name[m], whose,
                               isfinite(sum[m]) ? mkt_text_number(sum[m], text) : "not finite");
    }
    if (sum[MKT_CLICKS] > sum[MKT_IMPRESSIONS]) /* false when one was not sent */
        return mkt_err_set(err, MKT_E_DATA,
                           "%s has more clicks than impressions: one of the two is wrong", whose);
    return MKT_OK;
}

/* The channels together are the whole, where both were sent. */
static mkt_status check_parts(const struct mkt_campaign *c, struct mkt_err *err)
{
    for (int m = 0; m < MKT_MEASURES; m++) {
        double sum = 0;
        for (size_t i = 0; i < c->parts; i++) sum += c->part[i].sum[m];
        if (isnan(sum) || isnan(c->whole.sum[m]) || c->parts == 0) continue;
        if (fabs(sum - c->whole.sum[m]) > 1e-9 * (fabs(sum) + fabs(c->whole.sum[m]))) {
            char a[MKT_TEXT_NUMBER], b[MKT_TEXT_NUMBER];
            return mkt_err_set(
                err, MKT_E_DATA, "%s of the channels add up to %s, but the whole is given as %s",
                mkt_measure_name[m], mkt_text_number(sum, a), mkt_text_number(c->whole.sum[m], b));
        }
    }
    return MKT_OK;
}

static mkt_status check(const struct mkt_campaign *c, struct mkt_err *err)
{
    MKT_TRY(check_sums(c->whole.sum, "the campaign", err));
    bool spend = !isnan(c->whole.sum[MKT_SPEND]);
    for (size_t i = 0; i < c->parts; i++) {
        MKT_TRY(check_sums(c->part[i].sum, c->part[i].name, err));
        if (isnan(c->part[i].sum[MKT_SPEND]))
            return mkt_err_set(err, MKT_E_EMPTY, "channel %s has figures but no spend",
                               c->part[i].name);
        spend = true;
    }
    if (!spend)
        return mkt_err_set(err, MKT_E_EMPTY,
                           "no spend was sent (\"marketing_spend\" or \"spend\"): without it "
                           "nothing can be said about the return");
    if (!isnan(c->margin) && !(c->margin >= 0 && c->margin <= 1))
        return mkt_err_set(err, MKT_E_ARG, "margin must lie between 0 and 1");
    return check_parts(c, err);
}

/* ---- facts ---- */

#define Z95 1.959963984540054 /* 97.5 % point of the standard normal distribution */
#define NOT_RECORDED "one total has no day-to-day variation to draw an interval from"

/* A figure that is one sum over another. */
struct ratio {
    const char *metric, *label;
    mkt_unit unit;
    int over, under; /* measures */
    double times;
    const char *interval; /* "wilson" for a share of counts, else NULL */
};

static const struct ratio ratios[] = {
    {"ctr", "CTR", MKT_UNIT_SHARE, MKT_CLICKS, MKT_IMPRESSIONS, 1, "wilson"},
    {"conversion_rate", "Conversion rate", MKT_UNIT_SHARE, MKT_CONVERSIONS, MKT_CLICKS, 1,
     "wilson"},
    {"cpc", "CPC", MKT_UNIT_MONEY, MKT_SPEND, MKT_CLICKS, 1, NULL},
    {"cpm", "CPM", MKT_UNIT_MONEY, MKT_SPEND, MKT_IMPRESSIONS, 1000, NULL},
    {"cpa", "CPA", MKT_UNIT_MONEY, MKT_SPEND, MKT_CONVERSIONS, 1, NULL},
    {"cac", "CAC", MKT_UNIT_MONEY, MKT_SPEND, MKT_NEW_CUSTOMERS, 1, NULL},
    {"aov", "Average order value", MKT_UNIT_MONEY, MKT_REVENUE, MKT_CONVERSIONS, 1, NULL},
    {"roas", "ROAS", MKT_UNIT_RATIO, MKT_REVENUE, MKT_SPEND, 1, NULL},
};

static const char *const sum_label[MKT_MEASURES] = {"Spend",       "Impressions", "Clicks",
                                                    "Conversions", "Revenue",     "New customers"};
static const char *const single_total[] = {"single_total"};

struct scribe {
    struct mkt_sheet *sheet;
    const char *key, *name; /* "total" and NULL, or those of a channel */
    const struct mkt_campaign_part *part;
};

static mkt_status add_fact(const struct scribe *s, const char *metric, const char *label,
                           struct mkt_fact fact, struct mkt_err *err)
{
    struct mkt_arena *arena = s->sheet->arena;
    fact.id = mkt_arena_printf(arena, "%s.%s", s->key, metric);
    fact.label = s->name ? mkt_arena_printf(arena, "%s of %s", label, s->name) : label;
    if (!fact.id || !fact.label) return mkt_arena_full(arena, err);
    fact.metric = metric;
    fact.scope = s->name ? "channel" : "total";
    fact.entity = s->name;
    fact.method = "roi";
    fact.caveat = single_total;
    fact.caveats = 1;
    return mkt_sheet_add_fact(s->sheet, &fact, err);
}

static struct mkt_fact plain_fact(double value, mkt_unit unit, const char *why)
{
    return (struct mkt_fact){.value = value,
                             .unit = unit,
                             .low = NAN,
                             .high = NAN,
                             .interval = "none",
                             .why = why,
                             .n = 1,
                             .n_of = "totals"};
}

/* Wilson's interval of k out of n, moved to hold k/n against rounding. */
static void set_wilson(struct mkt_fact *f, double k, double n)
{
    double z2 = Z95 * Z95, p = k / n, middle = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = Z95 / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    f->low = fmax(0, fmin(p, middle - half));
    f->high = fmin(1, fmax(p, middle + half));
    f->level = 0.95;
    f->interval = "wilson";
    f->why = NULL;
    f->n = (int64_t)n;
}

static mkt_status add_ratio(const struct scribe *s, const struct ratio *r, struct mkt_err *err)
{
    double over = s->part->sum[r->over], under = s->part->sum[r->under];
    if (isnan(over) || isnan(under) || under <= 0) return MKT_OK;
    struct mkt_fact fact = plain_fact(over / under * r->times, r->unit, NOT_RECORDED);
    if (r->interval && over <= under) {
        set_wilson(&fact, over, under);
        fact.n_of = mkt_measure_name[r->under];
    }
    return add_fact(s, r->metric, r->label, fact, err);
}

static mkt_status add_returns(const struct scribe *s, double margin, struct mkt_err *err)
{
    double spend = s->part->sum[MKT_SPEND], revenue = s->part->sum[MKT_REVENUE];
    if (isnan(spend) || isnan(revenue) || spend <= 0) return MKT_OK;
    struct mkt_fact roi = plain_fact((revenue - spend) / spend, MKT_UNIT_RATIO, NOT_RECORDED);
    MKT_TRY(add_fact(s, "roi", "ROI", roi, err));
    if (isnan(margin)) return MKT_OK;
    roi.value = (revenue * margin - spend) / spend;
    return add_fact(s, "roi_on_margin", "ROI on margin", roi, err);
}

static mkt_status add_part(struct mkt_sheet *sheet, const struct mkt_campaign_part *part,
                           const char *key, double margin, struct mkt_err *err)
{
    struct scribe s = {sheet, key, part->name, part};
    for (int m = 0; m < MKT_MEASURES; m++) {
        bool money = m == MKT_SPEND || m == MKT_REVENUE;
        if (isnan(part->sum[m])) continue;
        MKT_TRY(add_fact(&s, mkt_measure_name[m], sum_label[m],
                         plain_fact(part->sum[m], money ? MKT_UNIT_MONEY : MKT_UNIT_COUNT,
                                    "a sum of what was recorded"),
                         err));
    }
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++)
        MKT_TRY(add_ratio(&s, &ratios[i], err));
    return add_returns(&s, margin, err);
}

/* The whole as sent, completed by the sums of the channels. */
static struct mkt_campaign_part whole_of(const struct mkt_campaign *c)
{
    struct mkt_campaign_part whole = c->whole;
    whole.name = NULL;
    for (int m = 0; m < MKT_MEASURES && c->parts; m++) {
        double sum = 0;
        for (size_t i = 0; i < c->parts; i++) sum += c->part[i].sum[m];
        if (isnan(whole.sum[m])) whole.sum[m] = sum;
    }
    return whole;
}

/* True when no fact's id begins with this key. Each part has a spend. */
static bool is_free(struct mkt_sheet *sheet, const char *key)
{
    const char *id = mkt_arena_printf(sheet->arena, "%s.spend", key);
    return id && !mkt_sheet_fact(sheet, id);
}

/* Keys of channels are their slugs, numbered where that is taken: "total" always is. */
static mkt_status add_channels(struct mkt_sheet *sheet, const struct mkt_campaign *c,
                               struct mkt_err *err)
{
    for (size_t i = 0; i < c->parts; i++) {
        const char *slug = mkt_text_slug(sheet->arena, c->part[i].name, 48), *key = slug;
        for (size_t n = 2; key && !is_free(sheet, key) && n < c->parts + 3; n++)
            key = mkt_arena_printf(sheet->arena, "%s_%zu", slug, n);
        if (!key) return mkt_arena_full(sheet->arena, err);
        MKT_TRY(add_part(sheet, &c->part[i], key, c->margin, err));
    }
    return MKT_OK;
}

/* ---- what the answer rests on ---- */

static const char *join(struct mkt_arena *arena, const char **name, size_t n)
{
    struct mkt_buf text;
    mkt_buf_init(&text, arena);
    for (size_t i = 0; i < n; i++)
        if (mkt_buf_listed(&text, i, n, NAMED)) mkt_buf_str(&text, name[i]);
    return text.failed ? NULL : text.data;
}

static mkt_status add_caveats(struct mkt_sheet *sheet, const struct mkt_campaign *c,
                              struct mkt_err *err)
{
    struct mkt_caveat single = {
        "single_total",
        "The campaign came as one total; a single total has no day-to-day variation, so its costs "
        "and returns have no interval and no comparison has a probability",
        MKT_CAVEAT_LIMIT};
    MKT_TRY(mkt_sheet_add_caveat(sheet, &single, err));
    if (c->channels) {
        struct mkt_caveat named = {"channels_without_figures",
                                   "Channels were named without figures of their own, so they are "
                                   "not told apart",
                                   MKT_CAVEAT_NOTE};
        MKT_TRY(mkt_sheet_add_caveat(sheet, &named, err));
    }
    if (c->unuseds) {
        const char *names = join(sheet->arena, c->unused, c->unuseds);
        struct mkt_caveat unused = {"unused_members", NULL, MKT_CAVEAT_NOTE};
        if (names)
            unused.text = mkt_arena_printf(
                sheet->arena, "Not used, because these names are not known here: %s", names);
        if (!unused.text) return mkt_arena_full(sheet->arena, err);
        MKT_TRY(mkt_sheet_add_caveat(sheet, &unused, err));
    }
    return MKT_OK;
}

static mkt_status set_provenance(struct mkt_sheet *sheet, const struct mkt_campaign *c,
                                 struct mkt_err *err)
{
    struct mkt_arena *arena = sheet->arena;
    char text[MKT_TEXT_NUMBER];
    struct mkt_account *a = MKT_NEW(arena, struct mkt_account, 1);
    struct mkt_account_table *table = MKT_NEW(arena, struct mkt_account_table, 1);
    struct mkt_parameter *margin = MKT_NEW(arena, struct mkt_parameter, 1);
    if (!a || !table || !margin) return mkt_arena_full(arena, err);
    table->name = "request";
    table->kind = "performance";
    table->why = "totals of one campaign, as they were sent";
    table->rows = c->parts ? (int64_t)c->parts : 1;
    *a = (struct mkt_account){.table = table, .tables = 1, .currency = c->currency, .data = {1, 0}};
    margin->name = "margin";
    if (!isnan(c->margin)) {
        margin->value = mkt_arena_strdup(arena, mkt_text_number(c->margin, text));
        if (!margin->value) return mkt_arena_full(arena, err);
    }
    sheet->currency = c->currency;
    sheet->provenance = (struct mkt_provenance){.account = a,
                                                .period = {1, 0},
                                                .version = MKT_VERSION,
                                                .parameter = margin,
                                                .parameters = 1};
    return MKT_OK;
}

mkt_status mkt_marketing_analyzer_campaign_roi_analysis(
    struct mkt_arena *arena, const struct mkt_campaign *campaign, struct mkt_llm *llm,
    const struct mkt_narration_options *narration, struct mkt_answer *out, struct mkt_err *err)
{
    MKT_TRY(check(campaign, err));
    memset(out, 0, sizeof *out);
    struct mkt_sheet *sheet = &out->sheet;
    struct mkt_campaign_part whole = whole_of(campaign);
    mkt_sheet_init(sheet, arena);
    sheet->analysis = "roi";
    sheet->analysis_type = "campaign_roi";
    sheet->title = "Return of one campaign";
    sheet->status = MKT_ANSWER_LIMITED;
    sheet->confidence = NAN;
    sheet->collaboration_ready = false; /* a total has no interval, and finance needs them */
    MKT_TRY(set_provenance(sheet, campaign, err));
    MKT_TRY(add_part(sheet, &whole, "total", campaign->margin, err));
    MKT_TRY(add_channels(sheet, campaign, err));
    MKT_TRY(add_caveats(sheet, campaign, err));
    MKT_TRY(mkt_sheet_add_missing(sheet,
                                  "Daily figures of at least two weeks would give intervals, and "
                                  "of two months comparisons with a probability",
                                  err));
    return mkt_marketing_llm_write(llm, sheet, narration, &out->words, err);
}

/* ---- the origin's shape ---- */

/* The origin's name of a figure, the fact it is, and what the origin makes of it. */
struct figure {
    const char *name, *fact;
    double times;
    int places; /* decimals; -1: as it is */
};

static const struct figure figures[] = {
    {"total_spend", "total.spend", 1, -1},
    {"total_impressions", "total.impressions", 1, -1},
    {"total_clicks", "total.clicks", 1, -1},
    {"total_conversions", "total.conversions", 1, -1},
    {"click_through_rate", "total.ctr", 100, 2},
    {"conversion_rate", "total.conversion_rate", 100, 2},
    {"cost_per_click", "total.cpc", 1, 2},
    {"cost_per_acquisition", "total.cpa", 1, 2},
    {"attributed_revenue", "total.revenue", 1, -1},
    {"roi_percentage", "total.roi", 100, 2},
    {"return_on_ad_spend", "total.roas", 1, 2},
};

static void write_figures(struct mkt_json *w, const struct mkt_sheet *sheet)
{
    mkt_json_key(w, "quantitative_metrics");
    mkt_json_open(w, '{');
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        const struct figure *f = &figures[i];
        const struct mkt_fact *fact = mkt_sheet_fact(sheet, f->fact);
        if (!fact) continue;
        double scale = f->places < 0 ? 0 : pow(10, f->places), value = fact->value * f->times;
        mkt_json_member_number(w, f->name, scale > 0 ? round(value * scale) / scale : value);
    }
    mkt_json_close(w, '}');
}

static void write_overview(struct mkt_json *w, const struct mkt_campaign *c,
                           const struct mkt_sheet *sheet)
{
    const struct mkt_fact *spend = mkt_sheet_fact(sheet, "total.spend");
    mkt_json_key(w, "campaign_overview");
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "name", c->name);
    mkt_json_member_number(w, "spend", spend ? spend->value : NAN);
    mkt_json_member_string(w, "duration", c->duration);
    mkt_json_key(w, "channels");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < c->parts; i++) mkt_json_string(w, c->part[i].name);
    for (size_t i = 0; i < c->channels; i++) mkt_json_string(w, c->channel[i]);
    mkt_json_close(w, ']');
    mkt_json_close(w, '}');
}

mkt_status mkt_marketing_analyzer_write(struct mkt_buf *out, const struct mkt_campaign *campaign,
                                        const struct mkt_answer *answer, struct mkt_err *err)
{
    struct mkt_buf whole;
    struct mkt_json w;
    mkt_buf_init(&whole, out->arena);
    MKT_TRY(mkt_answer_json_write(&whole, answer, err));
    size_t end = whole.length; /* "{ ... }\n": the origin's members go before the last brace */
    while (end > 0 && whole.data[end - 1] != '}') end--;
    if (end < 2) return mkt_err_set(err, MKT_E_INTERNAL, "the answer is no JSON object");
    mkt_buf_add(out, whole.data, end - 1);
    mkt_json_init(&w, out);
    w.comma = true;
    write_overview(&w, campaign, &answer->sheet);
    write_figures(&w, &answer->sheet);
    mkt_json_close(&w, '}');
    mkt_buf_char(out, '\n');
    return mkt_buf_check(out, err);
}
