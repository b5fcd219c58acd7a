/* A made-up answer of realistic size for the tests of narrate and report: 7 channels,
 * 30 campaigns, 4 segments, 52 weeks. All figures come from a small seeded generator. */
#ifndef MKT_TESTS_SAMPLE_SHEET_H
#define MKT_TESTS_SAMPLE_SHEET_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "fact/words.h"

#define SAMPLE_UNUSED __attribute__((unused))

struct sample_options {
    const char *hostile; /* a name that replaces the first channel and campaign; NULL for none */
    bool no_revenue, no_segments, one_channel, no_before;
    mkt_answer_status status;
    size_t campaigns; /* 0 for 30 */
};

struct sample {
    struct mkt_sheet *sheet;
    struct mkt_arena *arena;
    struct sample_options options;
    struct mkt_err *err;
    uint64_t state;
    mkt_status status; /* first failure */
};

/* Uniform on 0..1 from a 64-bit linear congruential generator. */
static double sample_uniform(struct sample *s)
{
    s->state = s->state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(s->state >> 11) / 9007199254740992.0;
}

static void sample_keep(struct sample *s, mkt_status status)
{
    if (s->status == MKT_OK) s->status = status;
}

static const char *sample_text(struct sample *s, char *text)
{
    if (!text) sample_keep(s, mkt_arena_full(s->arena, s->err));
    return text ? text : "";
}

struct sample_metric {
    const char *metric, *label;
    mkt_unit unit;
};

static const struct sample_metric sample_metrics[] = {
    {"spend", "Spend", MKT_UNIT_MONEY},
    {"revenue", "Revenue", MKT_UNIT_MONEY},
    {"roas", "ROAS", MKT_UNIT_RATIO},
    {"conversions", "Conversions", MKT_UNIT_COUNT},
    {"cpa", "CPA", MKT_UNIT_MONEY},
    {"clicks", "Clicks", MKT_UNIT_COUNT},
    {"ctr", "CTR", MKT_UNIT_SHARE},
    {"share_of_spend", "Share of spend", MKT_UNIT_SHARE},
    {"share_of_revenue", "Share of revenue", MKT_UNIT_SHARE},
};
#define SAMPLE_METRICS (sizeof sample_metrics / sizeof *sample_metrics)

static bool sample_is_revenue(const char *metric)
{
    return strcmp(metric, "revenue") == 0 || strcmp(metric, "roas") == 0 ||
           strcmp(metric, "share_of_revenue") == 0;
}

static const char *sample_fact(struct sample *s, const char *scope, const char *slug,
                               const char *entity, const struct sample_metric *m, double value,
                               double spread)
{
    if (s->options.no_revenue && sample_is_revenue(m->metric)) return NULL;
    bool interval = spread > 0;
    struct mkt_fact f = {
        .id = sample_text(s, mkt_arena_printf(s->arena, "%s.%s", slug, m->metric)),
        .label = entity ? sample_text(s, mkt_arena_printf(s->arena, "%s of %s", m->label, entity))
                        : m->label,
        .scope = scope,
        .entity = entity,
        .metric = m->metric,
        .value = value,
        .unit = m->unit,
        .low = interval ? value * (1 - spread) : NAN,
        .high = interval ? value * (1 + 1.1 * spread) : NAN,
        .level = interval ? 0.95 : 0,
        .interval = interval ? "bootstrap" : "none",
        .why = interval ? NULL : "a sum of what was recorded",
        .n = 364,
        .n_of = "days",
        .method = "roi",
    };
    if (s->status == MKT_OK) sample_keep(s, mkt_sheet_add_fact(s->sheet, &f, s->err));
    return f.id;
}

/* One row of figures for an entity; fills `id` with SAMPLE_METRICS fact ids. */
static void sample_entity(struct sample *s, const char *scope, const char *slug, const char *entity,
                          double spend, double roas, double share_of_spend, double share_of_revenue,
                          const char **id)
{
    double clicks = floor(spend / (0.4 + sample_uniform(s))), orders = floor(clicks * 0.031);
    double ctr = 0.008 + 0.03 * sample_uniform(s), spread = 0.05 + 0.1 * sample_uniform(s);
    double value[SAMPLE_METRICS] = {spend,  spend * roas,         roas,
                                    orders, spend / (orders + 1), clicks,
                                    ctr,    share_of_spend,       share_of_revenue};
    for (size_t m = 0; m < SAMPLE_METRICS; m++) {
        bool ratio = m == 2 || m == 4 || m == 6;
        id[m] =
            sample_fact(s, scope, slug, entity, &sample_metrics[m], value[m], ratio ? spread : 0);
    }
}

static void sample_table(struct sample *s, const char *id, const char *title, const char *scope,
                         size_t rows, const char **label, const char **fact)
{
    struct mkt_table t = {.id = id, .title = title, .scope = scope, .rows = rows};
    size_t kept[SAMPLE_METRICS];
    for (size_t m = 0; m < SAMPLE_METRICS; m++)
        if (!(s->options.no_revenue && sample_is_revenue(sample_metrics[m].metric)))
            kept[t.columns++] = m;
    t.column = MKT_NEW(s->arena, struct mkt_table_column, SAMPLE_METRICS);
    t.row = MKT_NEW(s->arena, struct mkt_table_row, rows ? rows : 1);
    const char **cell = MKT_NEW(s->arena, const char *, rows *SAMPLE_METRICS + 1);
    if (!t.column || !t.row || !cell) {
        sample_keep(s, mkt_arena_full(s->arena, s->err));
        return;
    }
    for (size_t c = 0; c < t.columns; c++) {
        const struct sample_metric *m = &sample_metrics[kept[c]];
        t.column[c] = (struct mkt_table_column){m->metric, m->label, m->unit};
    }
    for (size_t r = 0; r < rows; r++) {
        t.row[r] = (struct mkt_table_row){label[r], cell + r * SAMPLE_METRICS};
        for (size_t c = 0; c < t.columns; c++)
            t.row[r].fact[c] = fact[r * SAMPLE_METRICS + kept[c]];
    }
    sample_keep(s, mkt_sheet_add_table(s->sheet, &t, s->err));
}

static void sample_finding(struct sample *s, struct mkt_finding f, const char *a, const char *b,
                           const char *because)
{
    if (s->options.no_revenue && f.kind != MKT_FINDING_CHANGE) return;
    const char **fact = MKT_NEW(s->arena, const char *, 2);
    const char **why = MKT_NEW(s->arena, const char *, 1);
    if (!fact || !why) {
        sample_keep(s, mkt_arena_full(s->arena, s->err));
        return;
    }
    fact[0] = a;
    fact[1] = b;
    why[0] = because;
    f.fact = fact;
    f.facts = a ? b ? 2 : 1 : 0;
    f.because = why;
    f.becauses = because ? 1 : 0;
    sample_keep(s, mkt_sheet_add_finding(s->sheet, &f, s->err));
}

static void sample_charts(struct sample *s, size_t n, const char **name, const double *spend,
                          const double *roas)
{
    size_t weeks = 52;
    struct mkt_chart time = {.id = "over_time",
                             .title = "Spend and revenue by week",
                             .reading = "Each point is one week; the band is the range that 95 of "
                                        "100 repetitions would fall in.",
                             .kind = MKT_CHART_TIME,
                             .points = weeks,
                             .count = s->options.no_revenue ? 1 : 2,
                             .reference = NAN};
    struct mkt_chart pairs = {.id = "shares",
                              .title = "Share of spend beside share of revenue",
                              .reading = "A channel whose revenue bar is longer than its spend "
                                         "bar returns more than its part.",
                              .kind = MKT_CHART_PAIRS,
                              .points = n,
                              .count = 2,
                              .reference = NAN};
    struct mkt_chart interval = {.id = "roas",
                                 .title = "ROAS by channel",
                                 .reading = "The dot is the estimate, the line its 95 % interval.",
                                 .kind = MKT_CHART_INTERVAL,
                                 .points = n,
                                 .count = 1,
                                 .reference = 1,
                                 .reference_name = "break-even"};
    struct mkt_series *series = MKT_NEW(s->arena, struct mkt_series, 5);
    const char **x = MKT_NEW(s->arena, const char *, weeks);
    double *v = MKT_NEW(s->arena, double, 4 * weeks + 8 * n + 8);
    if (!series || !x || !v) {
        sample_keep(s, mkt_arena_full(s->arena, s->err));
        return;
    }
    double total = 0, returned = 0;
    for (size_t i = 0; i < n; i++) total += spend[i], returned += spend[i] * roas[i];
    series[0] = (struct mkt_series){"Spend", MKT_UNIT_MONEY, v, NULL, NULL};
    series[1] =
        (struct mkt_series){"Revenue", MKT_UNIT_MONEY, v + weeks, v + 2 * weeks, v + 3 * weeks};
    for (size_t w = 0; w < weeks; w++) {
        char day[MKT_DATE_TEXT];
        double season = 1 + 0.25 * sin((double)w / 8) + 0.35 * (w > 45 && w < 51);
        x[w] = sample_text(
            s,
            mkt_arena_strdup(s->arena, mkt_date_text(mkt_date_days(2025, 1, 6) + 7 * (int)w, day)));
        series[0].value[w] = total / 52 * season * (0.92 + 0.16 * sample_uniform(s));
        series[1].value[w] = returned / 52 * season * (0.88 + 0.24 * sample_uniform(s));
        series[1].low[w] = series[1].value[w] * 0.9;
        series[1].high[w] = series[1].value[w] * 1.1;
    }
    if (weeks > 20) series[1].value[20] = series[1].low[20] = series[1].high[20] = NAN;
    time.x = x;
    time.series = series;
    v += 4 * weeks;
    series[2] = (struct mkt_series){"Share of spend", MKT_UNIT_SHARE, v, NULL, NULL};
    series[3] = (struct mkt_series){"Share of revenue", MKT_UNIT_SHARE, v + n, NULL, NULL};
    series[4] = (struct mkt_series){"ROAS", MKT_UNIT_RATIO, v + 2 * n, v + 3 * n, v + 4 * n};
    for (size_t i = 0; i < n; i++) {
        series[2].value[i] = spend[i] / total;
        series[3].value[i] = spend[i] * roas[i] / returned;
        series[4].value[i] = roas[i];
        series[4].low[i] = roas[i] * 0.88;
        series[4].high[i] = roas[i] * 1.14;
    }
    pairs.x = interval.x = name;
    pairs.series = series + 2;
    interval.series = series + 4;
    sample_keep(s, mkt_sheet_add_chart(s->sheet, &time, s->err));
    if (s->options.no_revenue) return;
    sample_keep(s, mkt_sheet_add_chart(s->sheet, &pairs, s->err));
    sample_keep(s, mkt_sheet_add_chart(s->sheet, &interval, s->err));
    if (n < 2) return;
    struct mkt_chart matrix = {.id = "matrix",
                               .title = "What follows what",
                               .kind = MKT_CHART_MATRIX,
                               .x = name,
                               .points = n,
                               .series = series + 2,
                               .count = 2,
                               .reference = NAN};
    static struct mkt_flow between = {0, 1, 12.5};
    struct mkt_chart flow = {.id = "flow",
                             .title = "From touch to touch",
                             .kind = MKT_CHART_FLOW,
                             .x = name,
                             .points = n,
                             .series = series + 2,
                             .count = 1,
                             .flow = &between,
                             .flows = 1,
                             .reference = NAN};
    sample_keep(s, mkt_sheet_add_chart(s->sheet, &matrix, s->err));
    sample_keep(s, mkt_sheet_add_chart(s->sheet, &flow, s->err));
}

static void sample_account(struct sample *s)
{
    static struct mkt_account_column column[] = {
        {"Day", "date", "day-first dates"},
        {"Channel", "channel", NULL},
        {"Campaign name", "campaign", NULL},
        {"Cost (micros)", "spend", "micros"},
        {"Clicks", "clicks", NULL},
        {"Conv. value", "revenue", "decimal comma"},
        {"Avg. CPC", NULL, "a rate, recomputed"},
        {"Labels", NULL, NULL},
    };
    static struct mkt_account_table table[] = {
        {"google_ads.csv", "performance", "it has a date, a cost and a campaign",
         "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0", 10920, 3, column, 8},
        {"notes.csv", NULL, "no column reads as a date",
         "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100", 14, 0, NULL, 0},
    };
    static struct mkt_account_fault fault[] = {
        {"google_ads.csv", "Cost (micros)", "n/a", "not a number", 118},
        {"google_ads.csv", "Day", "31/02/2025", "no such day", 2044},
        {"google_ads.csv", "Clicks", "=cmd()", "not a number", 7310},
    };
    static struct mkt_caveat caveat[] = {
        {"broken_rows", "3 of 10,920 rows were kept out because a cell could not be read",
         MKT_CAVEAT_NOTE}};
    struct mkt_account *a = MKT_NEW(s->arena, struct mkt_account, 1);
    struct mkt_parameter *p = MKT_NEW(s->arena, struct mkt_parameter, 2);
    if (!a || !p) {
        sample_keep(s, mkt_arena_full(s->arena, s->err));
        return;
    }
    *a = (struct mkt_account){.table = table,
                              .tables = 2,
                              .fault = fault,
                              .faults = 3,
                              .caveat = caveat,
                              .caveats = 1,
                              .currency = "EUR",
                              .data = {mkt_date_days(2024, 1, 1), mkt_date_days(2025, 12, 31)}};
    p[0] = (struct mkt_parameter){"period", "2025"};
    p[1] = (struct mkt_parameter){"margin", "0.4"};
    s->sheet->provenance =
        (struct mkt_provenance){.account = a,
                                .period = {mkt_date_days(2025, 1, 1), mkt_date_days(2025, 12, 31)},
                                .version = "0.1.0",
                                .seed = 20260101,
                                .draws = 2000,
                                .parameter = p,
                                .parameters = 2};
}

/* Fills `sheet`; deterministic. */
static SAMPLE_UNUSED mkt_status sample_fill(struct mkt_sheet *sheet, struct mkt_arena *arena,
                                            struct sample_options options, struct mkt_err *err)
{
    static const char *const channels[] = {"Paid search", "Paid social", "Shopping", "Display",
                                           "Video",       "Affiliates",  "Email"};
    static const double channel_spend[] = {410230, 298440, 188120, 121900, 96340, 74210, 21870};
    static const double channel_roas[] = {4.12, 1.86, 3.38, 0.82, 1.21, 2.64, 7.9};
    static const char *const segments[] = {"New customers", "Returning", "Lapsed", "Business"};
    static const double segment_roas[] = {1.9, 4.8, 2.6, 3.3};
    struct sample s = {.sheet = sheet, .arena = arena, .options = options, .err = err, .state = 42};
    size_t n = options.one_channel ? 1 : 7;
    size_t campaigns = options.campaigns ? options.campaigns : 30;
    mkt_sheet_init(sheet, arena);
    sheet->analysis = "roi";
    sheet->analysis_type = "campaign_roi";
    sheet->title = "Return on marketing spend";
    sheet->status = options.status;
    sheet->currency = "EUR";
    sheet->collaboration_ready = options.status == MKT_ANSWER_OK;
    sample_account(&s);

    const char **name = MKT_NEW(arena, const char *, 12 + campaigns), **channel_name = name;
    const char **id = MKT_NEW(arena, const char *, (12 + campaigns) * SAMPLE_METRICS);
    if (!name || !id) return mkt_arena_full(arena, err);

    double spend = 0, revenue = 0;
    for (size_t i = 0; i < n; i++) {
        spend += channel_spend[i];
        revenue += channel_spend[i] * channel_roas[i];
    }
    if (options.status != MKT_ANSWER_INSUFFICIENT) {
        sample_entity(&s, "total", "total", NULL, spend, revenue / spend, 1, 1, id);
        static const struct sample_metric change = {
            "revenue_change", "Change in revenue against the year before", MKT_UNIT_CHANGE};
        if (!options.no_before) sample_fact(&s, "total", "total", NULL, &change, 0.113, 0.4);
    }
    for (size_t i = 0; i < n; i++) {
        name[i] = i == 0 && options.hostile ? options.hostile : channels[i];
        char *slug = mkt_arena_printf(arena, "channel_%zu", i);
        sample_entity(&s, "channel", sample_text(&s, slug), name[i], channel_spend[i],
                      channel_roas[i], channel_spend[i] / spend,
                      channel_spend[i] * channel_roas[i] / revenue, id + i * SAMPLE_METRICS);
    }
    sample_table(&s, "channels", "Channels", "channel", n, name, id);
    sample_charts(&s, n, name, channel_spend, channel_roas);

    name = channel_name + n; /* the tables keep pointers to what stands before */
    for (size_t i = 0; i < campaigns; i++) {
        size_t c = i % n;
        char *label = mkt_arena_printf(arena, "%s %s %zu", channels[c],
                                       i % 2 ? "Autumn" : "Always on", i + 1);
        name[i] = i == 0 && options.hostile ? options.hostile : sample_text(&s, label);
        char *slug = mkt_arena_printf(arena, "campaign_%zu", i);
        double part = spend * (0.5 + sample_uniform(&s)) / (double)campaigns;
        double roas = channel_roas[c] * (0.7 + 0.6 * sample_uniform(&s));
        sample_entity(&s, "campaign", sample_text(&s, slug), name[i], part, roas, part / spend,
                      part * roas / revenue, id + i * SAMPLE_METRICS);
    }
    sample_table(&s, "campaigns", "Campaigns", "campaign", campaigns, name, id);

    name += campaigns;
    for (size_t i = 0; i < 4 && !options.no_segments; i++) {
        char *slug = mkt_arena_printf(arena, "segment_%zu", i);
        name[i] = segments[i];
        sample_entity(&s, "segment", sample_text(&s, slug), segments[i], spend / 4, segment_roas[i],
                      0.25, segment_roas[i] / 12.6, id + i * SAMPLE_METRICS);
    }
    if (!options.no_segments) sample_table(&s, "segments", "Segments", "segment", 4, name, id);

    const char *first = options.hostile ? options.hostile : channels[0];
    if (options.status != MKT_ANSWER_INSUFFICIENT) {
        char *better = mkt_arena_printf(arena, "%s returns more per euro than Paid social", first);
        char *move = mkt_arena_printf(arena, "move spend from Paid social to %s", first);
        if (n > 1) {
            sample_finding(&s,
                           (struct mkt_finding){.id = "search_over_social.roas",
                                                .kind = MKT_FINDING_COMPARE,
                                                .claim = sample_text(&s, better),
                                                .probability = 0.986,
                                                .stake = 298440,
                                                .scope = "channel",
                                                .subject = first,
                                                .other = "Paid social"},
                           "channel_0.roas", "channel_1.roas", NULL);
            sample_finding(&s,
                           (struct mkt_finding){.id = "move_social_to_search",
                                                .kind = MKT_FINDING_ACTION,
                                                .claim = sample_text(&s, move),
                                                .probability = 0.93,
                                                .stake = 298440,
                                                .scope = "channel",
                                                .subject = "Paid social",
                                                .other = first},
                           "channel_1.roas", "channel_0.roas", "search_over_social.roas");
            sample_finding(&s,
                           (struct mkt_finding){.id = "display.break_even",
                                                .kind = MKT_FINDING_BREAK_EVEN,
                                                .claim = "Display earns less than it costs",
                                                .probability = 0.9995,
                                                .stake = 121900,
                                                .scope = "channel",
                                                .subject = "Display"},
                           "channel_3.roas", NULL, NULL);
            sample_finding(&s,
                           (struct mkt_finding){.id = "cut_display",
                                                .kind = MKT_FINDING_ACTION,
                                                .claim = "stop Display until it is mended",
                                                .probability = 0.88,
                                                .stake = 121900,
                                                .scope = "channel",
                                                .subject = "Display"},
                           "channel_3.roas", NULL, "display.break_even");
            sample_finding(&s,
                           (struct mkt_finding){
                               .id = "search.imbalance",
                               .kind = MKT_FINDING_IMBALANCE,
                               .claim = "Shopping brings a larger share of revenue than of spend",
                               .probability = 0.97,
                               .stake = 188120,
                               .scope = "channel",
                               .subject = "Shopping"},
                           "channel_2.share_of_spend", "channel_2.share_of_revenue", NULL);
            sample_finding(
                &s,
                (struct mkt_finding){
                    .id = "social.saturated",
                    .kind = MKT_FINDING_SATURATED,
                    .claim = "the next euro in Paid social brings less than the average one",
                    .probability = 0.83,
                    .stake = 98440,
                    .scope = "channel",
                    .subject = "Paid social"},
                "channel_1.roas", NULL, NULL);
            sample_finding(
                &s,
                (struct mkt_finding){.id = "try_email",
                                     .kind = MKT_FINDING_ACTION,
                                     .claim = "raise Email step by step and watch its ROAS",
                                     .probability = 0.71,
                                     .stake = 21870,
                                     .scope = "channel",
                                     .subject = "Email"},
                "channel_6.roas", NULL, NULL);
        }
        sample_finding(
            &s,
            (struct mkt_finding){.id = "total.break_even",
                                 .kind = MKT_FINDING_BREAK_EVEN,
                                 .claim = "marketing as a whole earns more than it costs",
                                 .probability = 0.9996,
                                 .stake = spend,
                                 .scope = "total"},
            "total.roas", NULL, NULL);
        if (!options.no_before && !options.no_revenue)
            sample_finding(&s,
                           (struct mkt_finding){.id = "total.revenue_change",
                                                .kind = MKT_FINDING_CHANGE,
                                                .claim = "revenue rose against the year before",
                                                .probability = 0.958,
                                                .stake = 90000,
                                                .scope = "total"},
                           "total.revenue_change", NULL, NULL);
        if (!options.no_segments)
            sample_finding(
                &s,
                (struct mkt_finding){.id = "returning_over_new.roas",
                                     .kind = MKT_FINDING_COMPARE,
                                     .claim = "Returning returns more per euro than New customers",
                                     .probability = 0.991,
                                     .stake = 80000,
                                     .scope = "segment",
                                     .subject = "Returning",
                                     .other = "New customers"},
                "segment_1.roas", "segment_0.roas", NULL);
        if (!options.no_revenue) {
            sheet->headline = n > 1 ? "search_over_social.roas" : "total.break_even";
            sheet->confidence = 0.94;
        }
    } else {
        sample_keep(&s, mkt_sheet_add_missing(sheet,
                                              "there are only 3 days of data; at least 14 "
                                              "days with spend would settle it",
                                              err));
    }
    if (options.no_revenue)
        sample_keep(&s, mkt_sheet_add_missing(sheet,
                                              "the data have no revenue; a column of order "
                                              "values, or --map revenue=COLUMN, would let "
                                              "return be worked out",
                                              err));
    static const struct mkt_caveat caveats[] = {
        {"credited",
         "Revenue is what the platforms credit to themselves, not what an experiment "
         "would show",
         MKT_CAVEAT_WARN},
        {"short_history", "The data hold 104 weeks; year-on-year figures rest on one pair of years",
         MKT_CAVEAT_NOTE},
        {"no_margin", "No margin was given, so ROI on margin is not worked out", MKT_CAVEAT_LIMIT}};
    for (size_t i = 0; i < 3; i++)
        if (caveats[i].weight != MKT_CAVEAT_LIMIT || options.status == MKT_ANSWER_LIMITED)
            sample_keep(&s, mkt_sheet_add_caveat(sheet, &caveats[i], err));
    return s.status;
}

#endif
