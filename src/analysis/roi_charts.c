#include "analysis/roi_charts.h"

#include <math.h>

#include "analysis/roi_facts.h"
#include "model/interval.h"

#define DAILY_MOST 62 /* longer periods are shown by week */
#define WEEK 7
#define CAMPAIGNS_MOST 15

/* ---- over time ----------------------------------------------------------------- */

struct points {
    size_t n, step, first; /* steps of so many days, from day `first` of the period */
    const char **x;
};

static mkt_status make_points(struct mkt_roi_work *w, struct points *p, struct mkt_err *err)
{
    const struct mkt_span *now = &w->returns.span[MKT_NOW];
    size_t days = now->expected.days;
    p->step = days > DAILY_MOST ? WEEK : 1;
    p->n = days / p->step;
    p->first = days % p->step; /* whole weeks that end with the period */
    p->x = MKT_NEW(w->sheet->arena, const char *, p->n);
    if (!p->x) return mkt_arena_full(w->sheet->arena, err);
    char text[MKT_DATE_TEXT];
    for (size_t k = 0; k < p->n; k++) {
        int32_t day = now->period.first + (int32_t)(p->first + k * p->step);
        MKT_ROI_TEXT(w, p->x[k], err, "%s", mkt_date_text(day, text));
    }
    return MKT_OK;
}

static double sum_at(const struct mkt_roi_work *w, const struct points *p, size_t k, mkt_measure m)
{
    const struct mkt_span *now = &w->returns.span[MKT_NOW];
    const double *daily = now->daily + (size_t)m * now->expected.days + p->first + k * p->step;
    double sum = 0;
    for (size_t t = 0; t < p->step; t++) sum += daily[t];
    return sum;
}

static mkt_status make_series(struct mkt_roi_work *w, struct mkt_series *s, const char *name,
                              mkt_unit unit, size_t n, bool band, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    *s = (struct mkt_series){.name = name, .unit = unit, .value = MKT_NEW(arena, double, n)};
    if (band) {
        s->low = MKT_NEW(arena, double, n);
        s->high = MKT_NEW(arena, double, n);
    }
    return s->value && (!band || (s->low && s->high)) ? MKT_OK : mkt_arena_full(arena, err);
}

/* The chance of a step is that of the whole period, in the ratio of their lengths. */
static void set_band(const struct mkt_roi_work *w, const struct points *p, struct mkt_series *s,
                     size_t k, mkt_measure outcome)
{
    const struct mkt_span *now = &w->returns.span[MKT_NOW];
    double spread = mkt_returns_spread(&w->returns, 0, outcome) *
                    sqrt((double)now->expected.days / (double)p->step);
    struct mkt_interval i = mkt_interval_log(s->value[k], spread, now->t);
    s->low[k] = i.low;
    s->high[k] = i.high;
}

static mkt_status add_time(struct mkt_roi_work *w, const struct points *p, struct mkt_err *err)
{
    bool revenue = w->outcome == MKT_REVENUE;
    struct mkt_chart chart = {.id = "spend_and_revenue",
                              .title = revenue ? "Spend and revenue" : "Spend",
                              .reading = revenue ? "The band shows what chance alone does to "
                                                   "revenue from one step to the next."
                                                 : "What was spent, step by step.",
                              .kind = MKT_CHART_TIME,
                              .x = p->x,
                              .points = p->n,
                              .series = MKT_NEW(w->sheet->arena, struct mkt_series, 2),
                              .count = revenue ? 2 : 1,
                              .reference = NAN};
    if (!chart.series) return mkt_arena_full(w->sheet->arena, err);
    MKT_TRY(make_series(w, &chart.series[0], "Spend", MKT_UNIT_MONEY, p->n, false, err));
    for (size_t k = 0; k < p->n; k++) chart.series[0].value[k] = sum_at(w, p, k, MKT_SPEND);
    if (revenue) {
        MKT_TRY(make_series(w, &chart.series[1], "Revenue", MKT_UNIT_MONEY, p->n, true, err));
        for (size_t k = 0; k < p->n; k++) {
            chart.series[1].value[k] = sum_at(w, p, k, MKT_REVENUE);
            set_band(w, p, &chart.series[1], k, MKT_REVENUE);
        }
    }
    return mkt_sheet_add_chart(w->sheet, &chart, err);
}

static double break_even(const struct mkt_roi_work *w)
{
    return w->options.margin > 0 ? 1 / w->options.margin : 1;
}

static mkt_status add_return(struct mkt_roi_work *w, const struct points *p, struct mkt_err *err)
{
    struct mkt_chart chart = {.id = "roas_over_time",
                              .title = "Return on spend over time",
                              .reading = "The band holds the expected return of a step 19 times "
                                         "out of 20.",
                              .kind = MKT_CHART_TIME,
                              .x = p->x,
                              .points = p->n,
                              .series = MKT_NEW(w->sheet->arena, struct mkt_series, 1),
                              .count = 1,
                              .reference = break_even(w),
                              .reference_name = "break-even"};
    if (!chart.series) return mkt_arena_full(w->sheet->arena, err);
    MKT_TRY(make_series(w, &chart.series[0], "ROAS", MKT_UNIT_RATIO, p->n, true, err));
    for (size_t k = 0; k < p->n; k++) {
        double spend = sum_at(w, p, k, MKT_SPEND);
        chart.series[0].value[k] = spend > 0 ? sum_at(w, p, k, MKT_REVENUE) / spend : NAN;
        set_band(w, p, &chart.series[0], k, MKT_REVENUE);
    }
    return mkt_sheet_add_chart(w->sheet, &chart, err);
}

/* ---- by entity -------------------------------------------------------------------- */

static mkt_status add_shares(struct mkt_roi_work *w, struct mkt_err *err)
{
    size_t n = w->to - w->from;
    if (n < 2) return MKT_OK;
    struct mkt_chart chart = {.id = "shares",
                              .title = "Share of spend beside share of revenue",
                              .reading = "Where the second bar is longer, a unit of spend brings "
                                         "more than average.",
                              .kind = MKT_CHART_PAIRS,
                              .x = MKT_NEW(w->sheet->arena, const char *, n),
                              .points = n,
                              .series = MKT_NEW(w->sheet->arena, struct mkt_series, 2),
                              .count = 2,
                              .reference = NAN};
    if (!chart.x || !chart.series) return mkt_arena_full(w->sheet->arena, err);
    for (int s = 0; s < 2; s++) {
        int metric = s ? MKT_REVENUE_SHARE : MKT_SPEND_SHARE;
        struct mkt_series *series = &chart.series[s];
        MKT_TRY(
            make_series(w, series, mkt_roi_facts_label(metric), MKT_UNIT_SHARE, n, s == 1, err));
        for (size_t k = 0; k < n; k++) {
            const struct mkt_estimate *x = &w->returns.entity[w->from + k].metric[metric];
            chart.x[k] = w->entity[w->from + k].name;
            series->value[k] = x->value;
            if (s == 1) {
                series->low[k] = x->low;
                series->high[k] = x->high;
            }
        }
    }
    return mkt_sheet_add_chart(w->sheet, &chart, err);
}

/* Returns of entities [from, to) with an interval, highest first, at most `most`. */
static mkt_status add_intervals(struct mkt_roi_work *w, const char *id, const char *title,
                                size_t from, size_t to, size_t most, struct mkt_err *err)
{
    size_t *order = MKT_NEW(w->sheet->arena, size_t, to - from), n = 0;
    if (!order) return mkt_arena_full(w->sheet->arena, err);
    const struct mkt_entity *entity = w->returns.entity;
    for (size_t e = from; e < to && n < most; e++) {
        if (isnan(entity[e].metric[MKT_ROAS].low)) continue;
        size_t at = n++;
        for (; at > 0 &&
               entity[order[at - 1]].metric[MKT_ROAS].value < entity[e].metric[MKT_ROAS].value;
             at--)
            order[at] = order[at - 1];
        order[at] = e;
    }
    if (n < 2) return MKT_OK;
    struct mkt_chart chart = {.id = id,
                              .title = title,
                              .reading = "Each line holds the expected return 19 times out of 20; "
                                         "lines that overlap may well be equal.",
                              .kind = MKT_CHART_INTERVAL,
                              .x = MKT_NEW(w->sheet->arena, const char *, n),
                              .points = n,
                              .series = MKT_NEW(w->sheet->arena, struct mkt_series, 1),
                              .count = 1,
                              .reference = break_even(w),
                              .reference_name = "break-even"};
    if (!chart.x || !chart.series) return mkt_arena_full(w->sheet->arena, err);
    MKT_TRY(make_series(w, &chart.series[0], "ROAS", MKT_UNIT_RATIO, n, true, err));
    for (size_t k = 0; k < n; k++) {
        const struct mkt_estimate *x = &entity[order[k]].metric[MKT_ROAS];
        chart.x[k] = w->entity[order[k]].name;
        chart.series[0].value[k] = x->value;
        chart.series[0].low[k] = x->low;
        chart.series[0].high[k] = x->high;
    }
    return mkt_sheet_add_chart(w->sheet, &chart, err);
}

mkt_status mkt_roi_charts_add(struct mkt_roi_work *w, struct mkt_err *err)
{
    const struct mkt_returns *r = &w->returns;
    struct points p;
    MKT_TRY(make_points(w, &p, err));
    if (p.n >= 2) MKT_TRY(add_time(w, &p, err));
    if (w->outcome != MKT_REVENUE) return MKT_OK;
    if (p.n >= 2) MKT_TRY(add_return(w, &p, err));
    MKT_TRY(add_shares(w, err));
    MKT_TRY(add_intervals(w, "roas_by_channel", "Return on spend by channel", r->channel,
                          r->segment, MKT_ROI_LARGEST, err));
    MKT_TRY(add_intervals(w, "roas_by_segment", "Return on spend by segment", r->segment,
                          r->campaign, MKT_ROI_LARGEST, err));
    return add_intervals(w, "roas_by_campaign", "Return on spend of the largest campaigns",
                         r->campaign, r->entities, CAMPAIGNS_MOST, err);
}
