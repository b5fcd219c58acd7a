/* Tables and charts: the same facts, side by side. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/economics_work.h"

/* ---- tables ------------------------------------------------------------------------------------- */

struct table {
    struct mkt_table t;
    const struct mkt_table_column *column;
    size_t columns;
    const char **key, **label; /* [rows] */
    size_t rows;
};

/* Columns and rows without a fact are dropped. */
static mkt_status add_table(struct mkt_economics_work *w, struct table *x, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    struct mkt_table t = x->t;
    size_t *place = MKT_NEW(arena, size_t, x->columns);
    t.column = MKT_NEW(arena, struct mkt_table_column, x->columns);
    t.row = MKT_NEW(arena, struct mkt_table_row, x->rows + 1);
    if (!place || !t.column || !t.row) return mkt_arena_full(arena, err);
    for (size_t c = 0; c < x->columns; c++) {
        bool some = false;
        for (size_t r = 0; r < x->rows && !some; r++)
            some = mkt_economics_work_id(w, x->key[r], x->column[c].metric) != NULL;
        if (!some) continue;
        place[t.columns] = c;
        t.column[t.columns++] = x->column[c];
    }
    for (size_t r = 0; r < x->rows; r++) {
        struct mkt_table_row *row = &t.row[t.rows];
        bool some = false;
        row->label = x->label[r];
        row->fact = MKT_NEW(arena, const char *, t.columns + 1);
        if (!row->fact) return mkt_arena_full(arena, err);
        for (size_t c = 0; c < t.columns; c++) {
            row->fact[c] = mkt_economics_work_id(w, x->key[r], x->column[place[c]].metric);
            some = some || row->fact[c];
        }
        t.rows += some;
    }
    return t.rows ? mkt_sheet_add_table(w->sheet, &t, err) : MKT_OK;
}

static mkt_status make_rows(struct mkt_economics_work *w, struct table *x, size_t most,
                            struct mkt_err *err)
{
    x->key = MKT_NEW(w->sheet->arena, const char *, most + 1);
    x->label = MKT_NEW(w->sheet->arena, const char *, most + 1);
    x->rows = 0;
    return x->key && x->label ? MKT_OK : mkt_arena_full(w->sheet->arena, err);
}

static void add_row(struct table *x, const char *key, const char *label)
{
    x->key[x->rows] = key;
    x->label[x->rows++] = label;
}

static mkt_status add_slices(struct mkt_economics_work *w, mkt_economics_scope scope,
                             const char *id, const char *title, struct mkt_err *err)
{
    static const struct mkt_table_column column[] = {
        {"spend", "Spend", MKT_UNIT_MONEY},
        {"new_customers", "New customers", MKT_UNIT_COUNT},
        {"cac", "CAC", MKT_UNIT_MONEY},
        {"ltv", "LTV", MKT_UNIT_MONEY},
        {"revenue_per_customer", "Revenue each", MKT_UNIT_MONEY},
        {"ltv_to_cac", "LTV:CAC", MKT_UNIT_RATIO},
        {"payback_months", "Payback, months", MKT_UNIT_INDEX},
        {"paid_back", "Paid back", MKT_UNIT_SHARE},
        {"contribution", "Contribution", MKT_UNIT_MONEY},
        {"present_per_spend", "Present value per spend", MKT_UNIT_RATIO},
        {"npv", "NPV", MKT_UNIT_MONEY},
        {"irr", "IRR a year", MKT_UNIT_CHANGE},
        {"incremental_share", "Caused", MKT_UNIT_SHARE},
        {"incremental_contribution", "Contribution caused", MKT_UNIT_MONEY}};
    struct table x = {.t = {.id = id, .title = title, .scope = mkt_economics_work_scope(scope)},
                      .column = column,
                      .columns = sizeof column / sizeof *column};
    MKT_TRY(make_rows(w, &x, w->slices, err));
    if (scope == MKT_ECONOMICS_CHANNEL) add_row(&x, "total", "All that is paid for");
    for (size_t i = 0; i < w->slices; i++)
        if (w->slice[i].scope == scope) add_row(&x, w->slice[i].key, w->slice[i].name);
    return add_table(w, &x, err);
}

static mkt_status add_months(struct mkt_economics_work *w, bool cohorts, struct mkt_err *err)
{
    static const struct mkt_table_column month[] = {
        {"spend", "Spend", MKT_UNIT_MONEY},
        {"contribution", "Contribution", MKT_UNIT_MONEY},
        {"net", "Net", MKT_UNIT_MONEY},
        {"npv", "NPV so far", MKT_UNIT_MONEY}};
    static const struct mkt_table_column cohort[] = {
        {"new_customers", "Customers", MKT_UNIT_COUNT},
        {"spend", "Spend", MKT_UNIT_MONEY},
        {"cac", "CAC", MKT_UNIT_MONEY},
        {"revenue_each", "Revenue each to date", MKT_UNIT_MONEY},
        {"brought_each", "Contribution each to date", MKT_UNIT_MONEY},
        {"recovered", "Of spend paid back", MKT_UNIT_RATIO}};
    struct table x = {
        .t = {.id = cohorts ? "cohorts" : "months",
              .title = cohorts ? "By month in which customers came" : "Cash flow by month",
              .scope = cohorts ? "cohort" : "month"},
        .column = cohorts ? cohort : month,
        .columns = cohorts ? 6 : 4};
    MKT_TRY(make_rows(w, &x, w->cohorts.calendar, err));
    for (size_t t = 0; t < w->cohorts.calendar; t++) {
        const char *key, *name = mkt_economics_work_month(w, t);
        if (!name) return mkt_arena_full(w->sheet->arena, err);
        MKT_ECONOMICS_TEXT(w, key, err, "%s.%s", x.t.scope, name);
        add_row(&x, key, name);
    }
    return add_table(w, &x, err);
}

static mkt_status add_age_table(struct mkt_economics_work *w, struct mkt_err *err)
{
    static const struct mkt_table_column column[] = {
        {"seen", "Customers", MKT_UNIT_COUNT},
        {"brought", "Contribution of a customer", MKT_UNIT_MONEY},
        {"paid_back", "Paid back", MKT_UNIT_SHARE}};
    struct table x = {.t = {.id = "ages",
                            .title = "By month of a customer's age",
                            .scope = "age",
                            .note = "a month is 30.4 days; a customer counts in the months they "
                                    "have behind them"},
                      .column = column,
                      .columns = 3};
    MKT_TRY(make_rows(w, &x, w->slice[0].life.months, err));
    for (size_t m = 0; m < w->slice[0].life.months; m++) {
        const char *key, *label;
        MKT_ECONOMICS_TEXT(w, key, err, "age.%zu", m + 1);
        MKT_ECONOMICS_TEXT(w, label, err, "%zu", m + 1);
        add_row(&x, key, label);
    }
    return add_table(w, &x, err);
}

/* The rows of a table are the entities of a scope, in the order of their first facts. */
static mkt_status add_entities(struct mkt_economics_work *w, struct table *x, struct mkt_err *err)
{
    const struct mkt_sheet *s = w->sheet;
    MKT_TRY(make_rows(w, x, s->facts, err));
    for (size_t i = 0; i < s->facts; i++) {
        const struct mkt_fact *f = &s->fact[i];
        if (strcmp(f->scope, x->t.scope) != 0) continue;
        if (x->rows && strcmp(x->label[x->rows - 1], f->entity) == 0) continue;
        const char *key =
            mkt_arena_strndup(w->sheet->arena, f->id, strlen(f->id) - strlen(f->metric) - 1);
        if (!key) return mkt_arena_full(w->sheet->arena, err);
        add_row(x, key, f->entity);
    }
    return add_table(w, x, err);
}

mkt_status mkt_economics_work_tables(struct mkt_economics_work *w, struct mkt_err *err)
{
    static const struct mkt_table_column scenario[] = {{"cac", "CAC", MKT_UNIT_MONEY},
                                                       {"ltv_to_cac", "LTV:CAC", MKT_UNIT_RATIO},
                                                       {"npv", "NPV", MKT_UNIT_MONEY}};
    static const struct mkt_table_column input[] = {{"npv_down", "NPV with less", MKT_UNIT_MONEY},
                                                    {"npv_up", "NPV with more", MKT_UNIT_MONEY},
                                                    {"npv_swing", "Swing", MKT_UNIT_MONEY}};
    MKT_TRY(add_slices(w, MKT_ECONOMICS_CHANNEL, "channels", "Channels", err));
    MKT_TRY(add_slices(w, MKT_ECONOMICS_KIND, "kinds", "Kinds of channel", err));
    MKT_TRY(add_slices(w, MKT_ECONOMICS_SEGMENT, "segments", "Segments", err));
    MKT_TRY(add_age_table(w, err));
    MKT_TRY(add_months(w, false, err));
    MKT_TRY(add_months(w, true, err));
    struct table x = {.t = {.id = "scenarios",
                            .title = "Scenarios",
                            .scope = "scenario",
                            .note = "one thing is moved, all else stays; prices move orders by the "
                                    "elasticity that is given"},
                      .column = scenario,
                      .columns = 3};
    MKT_TRY(add_entities(w, &x, err));
    x = (struct table){.t = {.id = "sensitivity",
                             .title = "What moves the net present value",
                             .scope = "sensitivity"},
                       .column = input,
                       .columns = 3};
    return add_entities(w, &x, err);
}

/* ---- charts ------------------------------------------------------------------------------------- */

static mkt_status make_chart(struct mkt_economics_work *w, struct mkt_chart *c, size_t points,
                             size_t series, bool bands, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    c->x = MKT_NEW(arena, const char *, points);
    c->series = MKT_NEW(arena, struct mkt_series, series);
    if (!c->x || !c->series) return mkt_arena_full(arena, err);
    c->points = points;
    c->count = series;
    c->reference = NAN;
    for (size_t s = 0; s < series; s++) {
        double **room[] = {&c->series[s].value, &c->series[s].low, &c->series[s].high};
        for (size_t k = 0; k < (bands ? 3 : 1); k++)
            if (!(*room[k] = MKT_NEW(arena, double, points))) return mkt_arena_full(arena, err);
        c->series[s].unit = MKT_UNIT_MONEY;
    }
    return MKT_OK;
}

static mkt_status add_payback_chart(struct mkt_economics_work *w, struct mkt_err *err)
{
    const struct mkt_economics_slice *s = &w->slice[0];
    const struct mkt_lifetime *l = &s->life;
    struct mkt_chart c = {.id = "payback",
                          .title = "What a customer has brought by month of age",
                          .reading = "Where the line passes the CAC, the average customer has paid "
                                     "back; below it the share of customers who have",
                          .kind = MKT_CHART_STEPS};
    if (!w->money || l->months < 2) return MKT_OK;
    MKT_TRY(make_chart(w, &c, l->months, isnan(l->paid[0].value) ? 1 : 2, true, err));
    c.series[0].name = "contribution of a customer";
    if (c.count > 1) {
        c.series[1].name = "customers paid back";
        c.series[1].unit = MKT_UNIT_SHARE;
    }
    for (size_t m = 0; m < l->months; m++) {
        MKT_ECONOMICS_TEXT(w, c.x[m], err, "month %zu", m + 1);
        c.series[0].value[m] = l->curve[m].value;
        c.series[0].low[m] = l->curve[m].low;
        c.series[0].high[m] = l->curve[m].high;
        if (c.count < 2) continue;
        c.series[1].value[m] = l->paid[m].value;
        c.series[1].low[m] = l->paid[m].low;
        c.series[1].high[m] = l->paid[m].high;
    }
    c.reference = s->cac;
    c.reference_name = isnan(s->cac) ? NULL : "CAC";
    return mkt_sheet_add_chart(w->sheet, &c, err);
}

/* One fact of each channel with its interval. */
static mkt_status add_channel_chart(struct mkt_economics_work *w, const char *metric,
                                    const char *title, const char *reading, double reference,
                                    const char *name, struct mkt_err *err)
{
    struct mkt_chart c = {
        .id = metric, .title = title, .reading = reading, .kind = MKT_CHART_INTERVAL};
    MKT_TRY(make_chart(w, &c, w->paid, 1, true, err));
    c.points = 0;
    for (size_t i = 1; i <= w->paid; i++) {
        const char *id = mkt_economics_work_id(w, w->slice[i].key, metric);
        const struct mkt_fact *f = id ? mkt_sheet_fact(w->sheet, id) : NULL;
        if (!f) continue;
        c.x[c.points] = w->slice[i].name;
        c.series[0].value[c.points] = f->value;
        c.series[0].low[c.points] = f->low;
        c.series[0].high[c.points] = f->high;
        c.series[0].unit = f->unit;
        c.series[0].name = title;
        c.points++;
    }
    c.reference = reference;
    c.reference_name = name;
    return c.points > 1 ? mkt_sheet_add_chart(w->sheet, &c, err) : MKT_OK;
}

static mkt_status add_cash_chart(struct mkt_economics_work *w, struct mkt_err *err)
{
    struct mkt_chart c = {.id = "cash_flow",
                          .title = "Cash flow by month",
                          .reading =
                              "What was spent, what its customers left, and what all of it is "
                              "worth so far; above nothing it has paid back",
                          .kind = MKT_CHART_TIME};
    size_t n = w->cohorts.calendar;
    double worth = 0;
    char day[MKT_DATE_TEXT];
    if (n < 2) return MKT_OK;
    MKT_TRY(make_chart(w, &c, n, 3, false, err));
    c.series[0].name = "net present value so far";
    c.series[1].name = "spend";
    c.series[2].name = "contribution";
    for (size_t t = 0; t < n; t++) {
        worth += w->flow[t] * pow(1 + w->input.discount, -(double)t / 12);
        c.x[t] =
            mkt_arena_strdup(w->sheet->arena, mkt_date_text(mkt_economics_work_day(w, t), day));
        if (!c.x[t]) return mkt_arena_full(w->sheet->arena, err);
        c.series[0].value[t] = worth;
        c.series[1].value[t] = w->slice[0].month[t];
        c.series[2].value[t] = (double)w->cohorts.flow[t].contribution / MKT_MICRO;
    }
    c.reference = 0;
    return mkt_sheet_add_chart(w->sheet, &c, err);
}

static double swing_of(const struct mkt_economics_work *w, size_t k)
{
    return fabs(w->sensitivity[k][1] - w->sensitivity[k][0]);
}

static mkt_status add_tornado(struct mkt_economics_work *w, struct mkt_err *err)
{
    struct mkt_chart c = {.id = "tornado", .kind = MKT_CHART_INTERVAL};
    size_t place[MKT_ECONOMICS_INPUTS];
    for (size_t k = 0; k < MKT_ECONOMICS_INPUTS; k++) {
        size_t i = k;
        for (; i && swing_of(w, place[i - 1]) < swing_of(w, k); i--) place[i] = place[i - 1];
        place[i] = k;
    }
    MKT_ECONOMICS_TEXT(w, c.title, err, "What moves the net present value: most of all %s",
                       mkt_economics_work_input(place[0]));
    MKT_ECONOMICS_TEXT(w, c.reading, err,
                       "Each line is how far the result moves when one input is %g %% lower or "
                       "higher; the dot is the result as it is",
                       100 * w->input.swing);
    MKT_TRY(make_chart(w, &c, MKT_ECONOMICS_INPUTS, 1, true, err));
    c.series[0].name = "net present value";
    for (size_t i = 0; i < MKT_ECONOMICS_INPUTS; i++) {
        const double *x = w->sensitivity[place[i]];
        c.x[i] = mkt_economics_work_input(place[i]);
        c.series[0].value[i] = w->slice[0].present - w->slice[0].present_spend;
        c.series[0].low[i] = fmin(x[0], x[1]);
        c.series[0].high[i] = fmax(x[0], x[1]);
    }
    return mkt_sheet_add_chart(w->sheet, &c, err);
}

mkt_status mkt_economics_work_charts(struct mkt_economics_work *w, struct mkt_err *err)
{
    bool full = w->money && w->spends && w->slice[0].spend > 0;
    MKT_TRY(add_payback_chart(w, err));
    if (w->paid)
        MKT_TRY(add_channel_chart(w, "cac", "CAC by channel",
                                  "What a new customer costs; lines that do not meet are channels "
                                  "that differ",
                                  NAN, NULL, err));
    if (w->paid)
        MKT_TRY(add_channel_chart(w, "ltv_to_cac", "LTV:CAC by channel",
                                  "Right of the line a customer brings more than they cost within "
                                  "the horizon",
                                  1, "pays back", err));
    if (!full) return MKT_OK;
    MKT_TRY(add_cash_chart(w, err));
    return add_tornado(w, err);
}
