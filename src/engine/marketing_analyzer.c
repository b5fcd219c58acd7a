#include "engine/marketing_analyzer.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "narrate/plain.h"
#include "report/answer_json.h"

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
        if (isnan(sum) || isnan(c->sum[m]) || c->parts == 0) continue;
        if (fabs(sum - c->sum[m]) > 1e-9 * (fabs(sum) + fabs(c->sum[m]))) {
            char a[MKT_TEXT_NUMBER], b[MKT_TEXT_NUMBER];
            return mkt_err_set(err, MKT_E_DATA,
                               "%s of the channels add up to %s, but the whole is given as %s",
                               mkt_measure_name[m], mkt_text_number(sum, a),
                               mkt_text_number(c->sum[m], b));
        }
    }
    return MKT_OK;
}

static mkt_status check(const struct mkt_campaign *c, struct mkt_err *err)
{
    MKT_TRY(check_sums(c->sum, "the campaign", err));
    bool spend = !isnan(c->sum[MKT_SPEND]);
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

/* ---- the campaign as daily sums ---- */

static mkt_status add_cell(struct mkt_performance *p, const struct mkt_campaign *c,
                           const char *channel, const double *sum, struct mkt_err *err)
{
    struct mkt_performance_row row = {.day = c->day, .rows = 1};
    row.name[MKT_CHANNEL] = channel;
    row.name[MKT_CAMPAIGN] = c->name ? c->name : "campaign";
    row.name[MKT_SEGMENT] = "";
    for (int m = 0; m < MKT_MEASURES; m++)
        row.sum[m] = isnan(sum[m]) ? 0 : (mkt_micro)llround(sum[m] * MKT_MICRO);
    return mkt_performance_add(p, &row, err);
}

/* A measure counts as sent only when every part has it. */
static unsigned measures_of(const struct mkt_campaign *c)
{
    unsigned measures = 0;
    for (int m = 0; m < MKT_MEASURES; m++) {
        bool sent = c->parts > 0 || !isnan(c->sum[m]);
        for (size_t i = 0; i < c->parts; i++) sent &= !isnan(c->part[i].sum[m]);
        if (sent) measures |= 1U << m;
    }
    return measures;
}

static mkt_status gather(struct mkt_performance *p, struct mkt_arena *arena,
                         const struct mkt_campaign *c, struct mkt_err *err)
{
    unsigned dimensions = 1U << MKT_CAMPAIGN | (c->parts ? 1U << MKT_CHANNEL : 0);
    mkt_performance_init(p, arena, measures_of(c), dimensions);
    for (size_t i = 0; i < c->parts; i++)
        MKT_TRY(add_cell(p, c, c->part[i].name, c->part[i].sum, err));
    if (!c->parts) MKT_TRY(add_cell(p, c, "", c->sum, err));
    return mkt_performance_finish(p, err);
}

/* ---- the account of it ---- */

static const char *join(struct mkt_arena *arena, const char **name, size_t n)
{
    struct mkt_buf text;
    mkt_buf_init(&text, arena);
    for (size_t i = 0; i < n && i < 20; i++) mkt_buf_printf(&text, "%s%s", i ? ", " : "", name[i]);
    if (n > 20) mkt_buf_printf(&text, " and %zu more", n - 20);
    return text.failed ? NULL : text.data;
}

static mkt_status make_account(struct mkt_arena *arena, const struct mkt_campaign *c,
                               const struct mkt_account **out, struct mkt_err *err)
{
    struct mkt_account *a = MKT_NEW(arena, struct mkt_account, 1);
    struct mkt_account_table *table = MKT_NEW(arena, struct mkt_account_table, 1);
    struct mkt_caveat *caveat = MKT_NEW(arena, struct mkt_caveat, 4);
    if (!a || !table || !caveat) return mkt_arena_full(arena, err);
    table->name = "request";
    table->kind = "performance";
    table->why = "totals of one campaign, as they were sent";
    table->rows = c->parts ? (int64_t)c->parts : 1;
    *a = (struct mkt_account){.table = table, .tables = 1, .caveat = caveat,
                              .currency = c->currency, .data = {c->day, c->day}};
    caveat[a->caveats++] = (struct mkt_caveat){
        "single_total",
        "The campaign came as one total. A single total has no day-to-day variation to draw from, "
        "so its costs and returns have no interval; daily figures would give one",
        MKT_CAVEAT_LIMIT};
    if (!c->dated)
        caveat[a->caveats++] = (struct mkt_caveat){
            "no_date", "No date was sent; the day of the request stands in its place",
            MKT_CAVEAT_NOTE};
    if (c->channels) {
        const char *text = mkt_arena_printf(
            arena, "Channels were named without figures of their own, so they are not compared");
        if (!text) return mkt_arena_full(arena, err);
        caveat[a->caveats++] =
            (struct mkt_caveat){"channels_without_figures", text, MKT_CAVEAT_NOTE};
    }
    if (c->unuseds) {
        const char *names = join(arena, c->unused, c->unuseds);
        const char *text =
            names ? mkt_arena_printf(arena, "Not used, because they are not known here: %s", names)
                  : NULL;
        if (!text) return mkt_arena_full(arena, err);
        caveat[a->caveats++] = (struct mkt_caveat){"unused_members", text, MKT_CAVEAT_NOTE};
    }
    *out = a;
    return MKT_OK;
}

mkt_status mkt_marketing_analyzer_campaign_roi_analysis(struct mkt_arena *arena,
                                                        const struct mkt_campaign *campaign,
                                                        const atomic_bool *cancel,
                                                        struct mkt_answer *out,
                                                        struct mkt_err *err)
{
    struct mkt_performance *sums = MKT_NEW(arena, struct mkt_performance, 1);
    const struct mkt_account *account = NULL;
    if (!sums) return mkt_arena_full(arena, err);
    MKT_TRY(check(campaign, err));
    MKT_TRY(gather(sums, arena, campaign, err));
    MKT_TRY(make_account(arena, campaign, &account, err));
    struct mkt_roi_options options = {.period = {1, 0},
                                      .margin = campaign->margin,
                                      .budget = NAN,
                                      .seed = 1,
                                      .threads = 1,
                                      .cancel = cancel};
    memset(out, 0, sizeof *out);
    mkt_sheet_init(&out->sheet, arena);
    out->sheet.analysis = "roi";
    out->sheet.analysis_type = "campaign_roi";
    MKT_TRY(mkt_roi_fill(sums, account, &options, &out->sheet, err));
    return mkt_plain_write(&out->sheet, &out->words, err);
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
