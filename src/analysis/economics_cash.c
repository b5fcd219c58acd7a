/* Money by month: net present value, internal rate of return, the months themselves, cohorts. */
#include <math.h>
#include <string.h>

#include "analysis/economics_work.h"
#include "base/buf.h"
#include "base/text.h"
#include "fact/format.h"
#include "model/cashflow.h"

static const char *const why_sum = "a sum of what was recorded";

int32_t mkt_economics_work_day(const struct mkt_economics_work *w, size_t month)
{
    struct mkt_date d = mkt_date_of(w->period.first);
    int since = d.month - 1 + (int)month;
    return mkt_date_days(d.year + since / 12, since % 12 + 1, 1);
}

const char *mkt_economics_work_month(struct mkt_economics_work *w, size_t month)
{
    struct mkt_date d = mkt_date_of(mkt_economics_work_day(w, month));
    return mkt_arena_printf(w->sheet->arena, "%04d-%02d", d.year, d.month);
}

static void make_flow(const struct mkt_economics_work *w, size_t slice, double scale, double *out)
{
    const struct mkt_cohorts_flow *flow = w->cohorts.flow + slice * w->cohorts.calendar;
    for (size_t t = 0; t < w->cohorts.calendar; t++)
        out[t] = scale * (double)flow[t].contribution / MKT_MICRO - w->slice[slice].month[t];
}

/* ---- rate of return ----------------------------------------------------------------------------- */

/* Why there is no single rate, as a caveat of the whole. */
static mkt_status say_rates(struct mkt_economics_work *w, const struct mkt_cashflow_irr *irr,
                            struct mkt_err *err)
{
    struct mkt_buf text;
    char number[MKT_FORMAT_TEXT];
    if (irr->roots == 0 && irr->above && irr->changes)
        return mkt_economics_work_caveat(
            w, "fast_return", MKT_CAVEAT_NOTE,
            "The internal rate of return passes 1,000 % a year: the money is back within weeks, "
            "and "
            "a rate a year says little. Judge by payback and net present value.",
            err);
    if (irr->roots == 0)
        return mkt_economics_work_caveat(
            w, "no_irr", MKT_CAVEAT_NOTE,
            irr->changes == 0
                ? "There is no internal rate of return: the payments by month all have one sign."
                : "There is no internal rate of return: at no rate are the payments worth nothing.",
            err);
    mkt_buf_init(&text, w->sheet->arena);
    mkt_buf_printf(&text,
                   "There is no one internal rate of return: the payments change sign %s times "
                   "and are worth nothing at %s rates a year: ",
                   MKT_COUNT(irr->changes), MKT_COUNT(irr->roots));
    for (size_t i = 0; i < irr->roots; i++)
        if (mkt_buf_listed(&text, i, irr->roots, MKT_CASHFLOW_ROOTS))
            mkt_buf_str(&text, mkt_format_value(irr->rate[i], MKT_UNIT_CHANGE, NULL, number));
    mkt_buf_str(&text, ". Judge by the net present value.");
    MKT_TRY(mkt_buf_check(&text, err));
    return mkt_economics_work_caveat(w, "several_irr", MKT_CAVEAT_WARN, text.data, err);
}

/* The rates at which nothing is an end of the interval of the net present value. */
static bool find_limits(const struct mkt_economics_work *w, size_t slice, double *brought,
                        double *low, double *high)
{
    const struct mkt_economics_slice *s = &w->slice[slice];
    const struct mkt_cohorts_flow *flow = w->cohorts.flow + slice * w->cohorts.calendar;
    for (size_t k = 0; k < MKT_COHORTS_RATES; k++)
        if (isnan(s->present_spread[k])) return false;
    for (size_t t = 0; t < w->cohorts.calendar; t++)
        brought[t] = (double)flow[t].contribution / MKT_MICRO;
    *low = mkt_cashflow_limit(brought, s->month, w->cohorts.calendar, w->rate, s->present_spread,
                              MKT_COHORTS_RATES, -w->t);
    *high = mkt_cashflow_limit(brought, s->month, w->cohorts.calendar, w->rate, s->present_spread,
                               MKT_COHORTS_RATES, w->t);
    return !isnan(*low) && !isnan(*high);
}

static mkt_status add_irr(struct mkt_economics_work *w, size_t slice, double *flow,
                          struct mkt_err *err)
{
    const struct mkt_economics_slice *s = &w->slice[slice];
    make_flow(w, slice, 1, flow);
    struct mkt_cashflow_irr irr = mkt_cashflow_rates(flow, w->cohorts.calendar);
    if (irr.roots != 1) return slice ? MKT_OK : say_rates(w, &irr, err);
    struct mkt_economics_figure x = {.key = s->key,
                                     .scope = mkt_economics_work_scope(s->scope),
                                     .entity = s->name,
                                     .metric = "irr",
                                     .unit = MKT_UNIT_CHANGE,
                                     .value = irr.rate[0],
                                     .low = NAN,
                                     .high = NAN,
                                     .interval = "bootstrap",
                                     .n = (double)w->cohorts.calendar,
                                     .n_of = "months"};
    x.label = mkt_economics_work_label(w, "Internal rate of return a year", s->name);
    double low, high;
    if (find_limits(w, slice, flow, &low, &high) && low <= x.value && x.value <= high) {
        x.low = low;
        x.high = high;
    } else {
        x.why = isnan(mkt_economics_work_spread(w, s))
                    ? "too few customers or days to tell chance from change"
                    : "at the ends of the interval of contribution there is no single rate";
    }
    return mkt_economics_work_add(w, &x, err);
}

/* ---- present value ------------------------------------------------------------------------------ */

static mkt_status add_npv(struct mkt_economics_work *w, size_t slice, struct mkt_err *err)
{
    const struct mkt_economics_slice *s = &w->slice[slice];
    struct mkt_economics_figure x = {.key = s->key,
                                     .scope = mkt_economics_work_scope(s->scope),
                                     .entity = s->name,
                                     .n = (double)w->cohorts.calendar,
                                     .n_of = "months"};
    if (s->present_spend > 0) {
        mkt_economics_work_worth(w, s->present, 0, mkt_economics_work_spread(w, s), &x);
        x.value /= s->present_spend;
        x.low /= s->present_spend;
        x.high /= s->present_spend;
        x.metric = "present_per_spend";
        x.unit = MKT_UNIT_RATIO;
        x.label =
            mkt_economics_work_label(w, "Present value of contribution per unit of spend", s->name);
        MKT_TRY(mkt_economics_work_add(w, &x, err));
    }
    mkt_economics_work_worth(w, s->present, s->present_spend, mkt_economics_work_spread(w, s), &x);
    x.metric = "npv";
    x.unit = MKT_UNIT_MONEY;
    x.label = mkt_economics_work_label(w, "Net present value to date", s->name);
    return mkt_economics_work_add(w, &x, err);
}

/* ---- month by month ------------------------------------------------------------------------------ */

struct month {
    struct mkt_economics_work *w;
    const char *key, *name, *scope;
};

static mkt_status add_sum(const struct month *m, const char *metric, const char *label, mkt_unit u,
                          double value, struct mkt_err *err)
{
    struct mkt_economics_figure x = {.key = m->key,
                                     .scope = m->scope,
                                     .entity = m->name,
                                     .metric = metric,
                                     .unit = u,
                                     .value = value,
                                     .low = NAN,
                                     .high = NAN,
                                     .why = why_sum,
                                     .n = 1,
                                     .n_of = "months"};
    x.label = mkt_economics_work_label(m->w, label, m->name);
    return mkt_economics_work_add(m->w, &x, err);
}

static mkt_status add_month(struct mkt_economics_work *w, size_t t, double *worth,
                            struct mkt_err *err)
{
    const struct mkt_cohorts_flow *flow = &w->cohorts.flow[t];
    struct month m = {.w = w, .scope = "month", .name = mkt_economics_work_month(w, t)};
    if (!m.name) return mkt_arena_full(w->sheet->arena, err);
    MKT_ECONOMICS_TEXT(w, m.key, err, "month.%s", m.name);
    double contribution = (double)flow->contribution / MKT_MICRO, spend = w->slice[0].month[t];
    *worth += (contribution - spend) * pow(1 + w->input.discount, -(double)t / 12);
    MKT_TRY(add_sum(&m, "spend", "Spend", MKT_UNIT_MONEY, spend, err));
    MKT_TRY(add_sum(&m, "contribution", "Contribution", MKT_UNIT_MONEY, contribution, err));
    MKT_TRY(add_sum(&m, "net", "Net cash flow", MKT_UNIT_MONEY, contribution - spend, err));
    return add_sum(&m, "npv", "Net present value at the end", MKT_UNIT_MONEY, *worth, err);
}

static mkt_status add_cohort(struct mkt_economics_work *w, size_t t, struct mkt_err *err)
{
    double n = (double)w->cohorts.flow[t].customers, spend = w->slice[0].month[t];
    double brought = (double)w->cohorts.cohort[t].contribution / MKT_MICRO;
    double amount = (double)w->cohorts.cohort[t].amount / MKT_MICRO;
    struct month m = {.w = w, .scope = "cohort", .name = mkt_economics_work_month(w, t)};
    if (!m.name) return mkt_arena_full(w->sheet->arena, err);
    if (n == 0 && spend == 0) return MKT_OK;
    MKT_ECONOMICS_TEXT(w, m.key, err, "cohort.%s", m.name);
    MKT_TRY(
        add_sum(&m, "new_customers", "Customers who came in the month", MKT_UNIT_COUNT, n, err));
    if (w->spends) MKT_TRY(add_sum(&m, "spend", "Spend", MKT_UNIT_MONEY, spend, err));
    if (n == 0) return MKT_OK;
    if (w->spends) MKT_TRY(add_sum(&m, "cac", "CAC", MKT_UNIT_MONEY, spend / n, err));
    MKT_TRY(add_sum(&m, "revenue_each", "Revenue of a customer to date", MKT_UNIT_MONEY, amount / n,
                    err));
    if (!w->money) return MKT_OK;
    MKT_TRY(add_sum(&m, "brought_each", "Contribution of a customer to date", MKT_UNIT_MONEY,
                    brought / n, err));
    if (!(spend > 0)) return MKT_OK;
    return add_sum(&m, "recovered", "Part of its spend that the month's customers have paid back",
                   MKT_UNIT_RATIO, brought / spend, err);
}

mkt_status mkt_economics_work_cash(struct mkt_economics_work *w, struct mkt_err *err)
{
    size_t calendar = w->cohorts.calendar;
    w->flow = MKT_NEW(w->sheet->arena, double, calendar);
    double *room = MKT_NEW(w->sheet->arena, double, calendar), worth = 0;
    if (!w->flow || !room) return mkt_arena_full(w->sheet->arena, err);
    make_flow(w, 0, 1, w->flow);
    for (size_t i = 0; w->money && w->spends && i < w->slices; i++) {
        if (!(w->slice[i].spend > 0)) continue;
        MKT_TRY(add_npv(w, i, err));
        MKT_TRY(add_irr(w, i, room, err));
    }
    for (size_t t = 0; w->money && w->spends && t < calendar; t++)
        MKT_TRY(add_month(w, t, &worth, err));
    for (size_t t = 0; t < calendar; t++)
        if (mkt_economics_work_day(w, t) <= w->period.last) MKT_TRY(add_cohort(w, t, err));
    return MKT_OK;
}
