/* Who comes back: users by the period of their first event, and whether they do anything in the
 * period so many later (bounded), or in it or any later one (rolling). Only periods that have ended
 * are counted. */
#include "analysis/funnel_work.h"

#include <math.h>

#define COHORTS 12 /* latest that are shown */
#define LATER 12   /* periods */
#define DAY (INT64_C(86400) * 1000000)

static bool has_ended(const struct mkt_funnel_work *w, size_t period)
{
    int32_t next = mkt_funnels_period_day(w->f->period, w->f->first_period + (int32_t)period + 1);
    return next * DAY <= w->f->last + 1;
}

static int64_t size_of(const struct mkt_funnel_work *w, size_t c)
{
    return w->f->bounded[c * w->f->cohorts];
}

static int64_t back(const struct mkt_funnel_work *w, size_t c, size_t later, bool rolling)
{
    const int64_t *row = (rolling ? w->f->rolling : w->f->bounded) + c * w->f->cohorts;
    int64_t n = row[later];
    for (size_t j = later + 1; rolling && j < w->f->cohorts; j++) n += row[j];
    return n;
}

static struct mkt_step_rate rate_of(double n, double x)
{
    return mkt_step_rates_of(n, x, n, x, x, MKT_FUNNEL_LEVEL);
}

/* Of a cohort, or (`all`) of the whole. */
static mkt_status add_cell(struct mkt_funnel_work *w, const char *id, const char *name, bool all,
                           size_t later, bool rolling, double n, double x, struct mkt_err *err)
{
    const char *period = mkt_funnel_work_period(w);
    struct mkt_step_rate r = rate_of(n, x);
    struct mkt_funnel_figure f = {.scope = all ? "total" : "retention",
                                  .entity = all ? NULL : name,
                                  .unit = MKT_UNIT_SHARE,
                                  .value = r.value,
                                  .low = r.low,
                                  .high = r.high,
                                  .interval = "wilson",
                                  .n = n,
                                  .n_of = "users"};
    MKT_FUNNEL_TEXT(w, f.metric, err, "%s_%zu", rolling ? "rolling" : "bounded", later);
    MKT_FUNNEL_TEXT(w, f.id, err, "%s.%s", id, f.metric);
    MKT_FUNNEL_TEXT(w, f.label, err, "Share of %s active %zu %s%s later%s", name, later, period,
                    later == 1 ? "" : "s", rolling ? " or after" : "");
    return mkt_funnel_work_add(w, &f, err);
}

static mkt_status add_cohort(struct mkt_funnel_work *w, size_t c, const char *id, const char *name,
                             size_t most, struct mkt_err *err)
{
    struct mkt_funnel_figure f = {.scope = "retention",
                                  .entity = name,
                                  .metric = "users",
                                  .unit = MKT_UNIT_COUNT,
                                  .value = (double)size_of(w, c),
                                  .low = NAN,
                                  .high = NAN,
                                  .why = "a count of what was recorded",
                                  .n = (double)size_of(w, c),
                                  .n_of = "users"};
    MKT_FUNNEL_TEXT(w, f.id, err, "%s.users", id);
    MKT_FUNNEL_TEXT(w, f.label, err, "Number of users first seen in the %s of %s",
                    mkt_funnel_work_period(w), name);
    MKT_TRY(mkt_funnel_work_add(w, &f, err));
    for (size_t j = 1; j <= most && c + j < w->f->cohorts && has_ended(w, c + j); j++)
        for (int rolling = 0; rolling < 2; rolling++)
            MKT_TRY(add_cell(w, id, name, false, j, rolling, f.value,
                             (double)back(w, c, j, rolling), err));
    return MKT_OK;
}

/* All cohorts that have had the time, together. */
static mkt_status add_all(struct mkt_funnel_work *w, const char *id, const char *name, size_t most,
                          struct mkt_err *err)
{
    for (size_t j = 1; j <= most; j++)
        for (int rolling = 0; rolling < 2; rolling++) {
            double n = 0, x = 0;
            for (size_t c = 0; c + j < w->f->cohorts && has_ended(w, c + j); c++) {
                n += (double)size_of(w, c);
                x += (double)back(w, c, j, rolling);
            }
            MKT_TRY(add_cell(w, id, name, true, j, rolling, n, x, err));
        }
    return MKT_OK;
}

static mkt_status table(struct mkt_funnel_work *w, const char *const *id, const char *const *name,
                        size_t rows, bool rolling, size_t most, struct mkt_err *err)
{
    struct mkt_table_column *column = MKT_NEW(w->sheet->arena, struct mkt_table_column, LATER + 1);
    if (!column) return mkt_arena_full(w->sheet->arena, err);
    struct mkt_funnel_table t = {.id = rolling ? "retention_rolling" : "retention",
                                 .scope = "retention",
                                 .column = column,
                                 .columns = 1,
                                 .row_id = id,
                                 .row_label = name,
                                 .rows = rows};
    column[0] = (struct mkt_table_column){"users", "Users", MKT_UNIT_COUNT};
    for (size_t j = 1; j <= most; j++) {
        const char *metric, *label;
        MKT_FUNNEL_TEXT(w, metric, err, "%s_%zu", rolling ? "rolling" : "bounded", j);
        MKT_FUNNEL_TEXT(w, label, err, "+%zu", j);
        column[t.columns++] = (struct mkt_table_column){metric, label, MKT_UNIT_SHARE};
    }
    MKT_FUNNEL_TEXT(w, t.title, err, "Users active so many %ss after their first%s",
                    mkt_funnel_work_period(w), rolling ? ", or later" : "");
    return mkt_funnel_work_table(w, &t, err);
}

static mkt_status chart(struct mkt_funnel_work *w, const size_t *cohort, const char *const *name,
                        size_t rows, size_t most, struct mkt_err *err)
{
    struct mkt_chart c = {.id = "retention", .kind = MKT_CHART_MATRIX};
    MKT_FUNNEL_TEXT(w, c.reading, err,
                    "A row is everyone first seen in that %s, a column how many %ss later; the "
                    "darker the cell, the more of them came back",
                    mkt_funnel_work_period(w), mkt_funnel_work_period(w));
    MKT_FUNNEL_TEXT(w, c.title, err, "Users who come back, by %s of their first event",
                    mkt_funnel_work_period(w));
    MKT_TRY(mkt_funnel_work_chart(w, &c, most, rows, true, err));
    for (size_t j = 1; j <= most; j++) MKT_FUNNEL_TEXT(w, c.x[j - 1], err, "+%zu", j);
    for (size_t s = 0; s < rows; s++) {
        c.series[s].name = name[s];
        c.series[s].unit = MKT_UNIT_SHARE;
        for (size_t j = 1; j <= most; j++) {
            if (cohort[s] + j >= w->f->cohorts || !has_ended(w, cohort[s] + j)) break;
            struct mkt_step_rate r =
                rate_of((double)size_of(w, cohort[s]), (double)back(w, cohort[s], j, false));
            c.series[s].value[j - 1] = r.value;
            c.series[s].low[j - 1] = r.low;
            c.series[s].high[j - 1] = r.high;
        }
    }
    return mkt_sheet_add_chart(w->sheet, &c, err);
}

mkt_status mkt_funnel_work_retention(struct mkt_funnel_work *w, struct mkt_err *err)
{
    const char *id[COHORTS + 1], *name[COHORTS + 1];
    size_t cohort[COHORTS], rows = 0, most = 0;
    while (most < LATER && most + 1 < w->f->cohorts && has_ended(w, most + 1)) most++;
    if (!most) return MKT_OK;
    for (size_t c = w->f->cohorts; c-- > 0 && rows < COHORTS;)
        if (size_of(w, c) && c + 1 < w->f->cohorts && has_ended(w, c + 1)) cohort[rows++] = c;
    for (size_t i = 0; i < rows / 2; i++) { /* the earliest first */
        size_t held = cohort[i];
        cohort[i] = cohort[rows - 1 - i];
        cohort[rows - 1 - i] = held;
    }
    for (size_t i = 0; i < rows; i++) {
        const char *date = mkt_funnel_work_cohort(w, cohort[i], true);
        name[i] = mkt_funnel_work_cohort(w, cohort[i], false);
        if (!date || !name[i]) return mkt_arena_full(w->sheet->arena, err);
        MKT_FUNNEL_TEXT(w, id[i], err, "retention.%s", date);
        MKT_TRY(add_cohort(w, cohort[i], id[i], name[i], most, err));
    }
    id[rows] = "retention.all";
    name[rows] = "all users";
    MKT_TRY(add_all(w, id[rows], name[rows], most, err));
    MKT_TRY(table(w, id, name, rows + 1, false, most, err));
    MKT_TRY(table(w, id, name, rows + 1, true, most, err));
    return rows > 1 ? chart(w, cohort, name, rows, most, err) : MKT_OK;
}
