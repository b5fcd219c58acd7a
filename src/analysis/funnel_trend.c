/* The funnel by cohort of first entry. Each cohort is counted by the attempt of the first entry, so
 * all have the same time; those whose window has not closed are marked and not compared. */
#include "analysis/funnel_work.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "model/heterogeneity.h"

#define SHOWN 24 /* latest cohorts of the table */
#define FEW 10   /* conversions, and units without: fewer tell no trend */
#define DAY (INT64_C(86400) * 1000000)

static double at(const struct mkt_funnel_work *w, size_t cohort, size_t step)
{
    return (double)w->f->cohort[cohort * w->steps + step];
}

/* Whether every attempt of the cohort has had its time. */
static bool is_closed(const struct mkt_funnel_work *w, size_t cohort)
{
    int32_t next = mkt_funnels_period_day(w->f->period, w->f->first_period + (int32_t)cohort + 1);
    int64_t time = w->plan->by_session ? w->plan->gap : w->plan->window;
    return next * DAY + time <= w->f->last + 1;
}

static struct mkt_step_rate rate_of(const struct mkt_funnel_work *w, size_t c)
{
    double n = at(w, c, 0), x = at(w, c, w->last), e = w->effect;
    return mkt_step_rates_of(n, x, n * e, x * e, x * e, MKT_FUNNEL_LEVEL);
}

static mkt_status add_cohort(struct mkt_funnel_work *w, size_t c, const char *id, const char *name,
                             struct mkt_err *err)
{
    struct mkt_step_rate r = rate_of(w, c);
    struct mkt_funnel_figure x = {.scope = "cohort",
                                  .entity = name,
                                  .metric = "entered",
                                  .unit = MKT_UNIT_COUNT,
                                  .value = r.trials,
                                  .low = NAN,
                                  .high = NAN,
                                  .why = "a count of what was recorded",
                                  .n = r.trials};
    MKT_FUNNEL_TEXT(w, x.id, err, "%s.entered", id);
    MKT_FUNNEL_TEXT(w, x.label, err, "Number of %s that first entered in the %s of %s", w->units,
                    mkt_funnel_work_period(w), name);
    MKT_TRY(mkt_funnel_work_add(w, &x, err));
    x.metric = "converted";
    x.value = r.successes;
    MKT_FUNNEL_TEXT(w, x.id, err, "%s.converted", id);
    MKT_FUNNEL_TEXT(w, x.label, err, "Number of these that reached %s", w->input.label[w->last]);
    MKT_TRY(mkt_funnel_work_add(w, &x, err));
    bool closed = is_closed(w, c);
    x.metric = closed ? "conversion_rate" : "rate_so_far";
    x.unit = MKT_UNIT_SHARE;
    x.value = r.value;
    x.low = closed ? r.low : NAN; /* an open cohort's rate is no estimate of where it will end */
    x.high = closed ? r.high : NAN;
    x.interval = "wilson";
    x.why = "the window is still open: the rate will rise";
    MKT_FUNNEL_TEXT(w, x.id, err, "%s.%s", id, x.metric);
    MKT_FUNNEL_TEXT(w, x.label, err, "Conversion rate of the %s of %s%s", mkt_funnel_work_period(w),
                    name, closed ? "" : " so far");
    return mkt_funnel_work_add(w, &x, err);
}

static mkt_status table(struct mkt_funnel_work *w, struct mkt_err *err)
{
    static const struct mkt_table_column column[] = {
        {"entered", "Entered", MKT_UNIT_COUNT},
        {"converted", "Converted", MKT_UNIT_COUNT},
        {"conversion_rate", "Conversion rate", MKT_UNIT_SHARE},
        {"rate_so_far", "So far, still open", MKT_UNIT_SHARE}};
    size_t all = w->f->cohorts, from = all > SHOWN ? all - SHOWN : 0;
    const char *id[SHOWN], *name[SHOWN];
    struct mkt_funnel_table t = {.id = "cohorts",
                                 .scope = "cohort",
                                 .column = column,
                                 .columns = sizeof column / sizeof *column,
                                 .row_id = id,
                                 .row_label = name};
    MKT_FUNNEL_TEXT(w, t.title, err, "By %s of first entry", mkt_funnel_work_period(w));
    for (size_t c = from; c < all; c++) {
        const char *date = mkt_funnel_work_cohort(w, c, true);
        name[t.rows] = mkt_funnel_work_cohort(w, c, false);
        if (!date || !name[t.rows]) return mkt_arena_full(w->sheet->arena, err);
        MKT_FUNNEL_TEXT(w, id[t.rows], err, "cohort.%s", date);
        if (!(at(w, c, 0) > 0)) continue;
        MKT_TRY(add_cohort(w, c, id[t.rows], name[t.rows], err));
        t.rows++;
    }
    if (from) MKT_FUNNEL_TEXT(w, t.note, err, "the latest %d of %s", SHOWN, MKT_COUNT(all));
    return mkt_funnel_work_table(w, &t, err);
}

static mkt_status chart(struct mkt_funnel_work *w, struct mkt_err *err)
{
    size_t all = w->f->cohorts;
    bool open = false;
    struct mkt_chart c = {.id = "trend",
                          .reading = "The band holds each cohort's rate with 95 % confidence; "
                                     "cohorts that are still open can only rise",
                          .kind = MKT_CHART_TIME};
    MKT_FUNNEL_TEXT(w, c.title, err, "Conversion rate by %s of first entry",
                    mkt_funnel_work_period(w));
    MKT_TRY(mkt_funnel_work_chart(w, &c, all, 2, true, err));
    c.series[0].name = "conversion rate";
    c.series[1].name = "so far, still open";
    c.series[0].unit = c.series[1].unit = MKT_UNIT_SHARE;
    c.series[1].low = c.series[1].high = NULL;
    for (size_t i = 0; i < all; i++) {
        struct mkt_step_rate r = rate_of(w, i);
        bool closed = is_closed(w, i);
        if (!(c.x[i] = mkt_funnel_work_cohort(w, i, true)))
            return mkt_arena_full(w->sheet->arena, err);
        c.series[!closed].value[i] = r.value;
        open = open || (!closed && r.trials > 0);
        if (!closed) continue;
        c.series[0].low[i] = r.low;
        c.series[0].high[i] = r.high;
    }
    if (!open) c.count = 1;
    return mkt_sheet_add_chart(w->sheet, &c, err);
}

/* A weighted line through the closed cohorts; every rate has the error of the common rate, so that
 * a cohort without conversions weighs no more than others. */
static mkt_status tell(struct mkt_funnel_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    size_t all = w->f->cohorts, n = 0;
    double *t = MKT_NEW(arena, double, all), *v = MKT_NEW(arena, double, all),
           *se = MKT_NEW(arena, double, all), hits = 0, trials = 0;
    if (!t || !v || !se) return mkt_arena_full(arena, err);
    for (size_t c = 0; c < all; c++) {
        if (!is_closed(w, c) || !(at(w, c, 0) > 0)) continue;
        hits += at(w, c, w->last);
        trials += at(w, c, 0);
        t[n] = (double)c;
        v[n] = at(w, c, w->last) / at(w, c, 0);
        se[n++] = sqrt(w->effect / at(w, c, 0));
    }
    double common = trials > 0 ? hits / trials : 0, spread = sqrt(common * (1 - common));
    if (n < 3 || hits < FEW || trials - hits < FEW) return MKT_OK; /* too few for a line */
    for (size_t i = 0; i < n; i++) se[i] *= spread;
    struct mkt_heterogeneity_trend line = mkt_heterogeneity_trend_of(t, v, se, n);
    if (!isfinite(line.slope)) return MKT_OK;
    struct mkt_funnel_figure x = {.id = "trend.slope",
                                  .scope = "total",
                                  .metric = "trend_slope",
                                  .unit = MKT_UNIT_POINTS,
                                  .value = line.slope,
                                  .low = line.slope - MKT_FUNNEL_Z * line.se,
                                  .high = line.slope + MKT_FUNNEL_Z * line.se,
                                  .interval = "normal",
                                  .n = (double)n,
                                  .n_of = "cohorts"};
    MKT_FUNNEL_TEXT(w, x.label, err, "Change of the conversion rate from one %s to the next",
                    mkt_funnel_work_period(w));
    MKT_TRY(mkt_funnel_work_add(w, &x, err));
    struct mkt_finding f = {.id = "trend",
                            .kind = MKT_FINDING_CHANGE,
                            .probability = 1 - line.p / 2,
                            .stake = fabs(line.slope) * (t[n - 1] - t[0]) / 2 * trials * w->value,
                            .scope = "total"};
    MKT_FUNNEL_TEXT(w, f.claim, err, "the conversion rate %s from %s to %s",
                    line.slope > 0 ? "rises" : "falls", mkt_funnel_work_period(w),
                    mkt_funnel_work_period(w));
    return mkt_funnel_work_find(w, f, "trend.slope", NULL, err);
}

mkt_status mkt_funnel_work_trend(struct mkt_funnel_work *w, struct mkt_err *err)
{
    if (w->f->cohorts < 2) return MKT_OK;
    MKT_TRY(table(w, err));
    MKT_TRY(tell(w, err));
    return chart(w, err);
}
