/* From orders and spend to estimates: who came, what they cost, what they brought. */
#include "analysis/economics_work.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static mkt_status look(const struct mkt_economics_work *w, struct mkt_err *err)
{
    if (w->input.cancel && atomic_load_explicit(w->input.cancel, memory_order_relaxed))
        return mkt_err_set(err, MKT_E_CANCELLED, "the analysis was cancelled");
    return MKT_OK;
}

/* Months of age that the oldest customers of the period can have behind them. */
static size_t months_told(const struct mkt_economics_work *w)
{
    int32_t months = mkt_cohorts_age(w->last - w->period.first + 1);
    return months < 1 ? 1 : months > MKT_COHORTS_MONTHS ? MKT_COHORTS_MONTHS : (size_t)months;
}

static mkt_status count(struct mkt_economics_work *w, const mkt_micro *threshold,
                        struct mkt_err *err)
{
    struct mkt_cohorts_rules rules = {.period = w->period,
                                      .last = w->last,
                                      .margin = w->input.margin,
                                      .months = months_told(w),
                                      .channels = w->channels,
                                      .segments = w->segments,
                                      .kinds = w->kinds,
                                      .channel = w->channel_map,
                                      .kind = w->kind_map,
                                      .segment = w->segment_map,
                                      .paid = w->paid_map,
                                      .threshold = threshold,
                                      .threads = w->input.threads};
    memcpy(rules.rate, w->rate, sizeof rules.rate);
    return mkt_cohorts_make(w->sheet->arena, w->input.view, &rules, &w->cohorts, err);
}

/* The second walk over the orders: who has paid back what they cost. */
static mkt_status count_again(struct mkt_economics_work *w, struct mkt_err *err)
{
    mkt_micro *threshold = MKT_NEW(w->sheet->arena, mkt_micro, w->slices);
    bool any = false;
    if (!threshold) return mkt_arena_full(w->sheet->arena, err);
    for (size_t i = 0; i < w->slices; i++) {
        struct mkt_economics_slice *s = &w->slice[i];
        double n = (double)w->cohorts.customers[i];
        s->cac = w->spends && s->spend > 0 && n > 0 ? s->spend / n : NAN;
        bool small = s->cac < 9e12;
        threshold[i] = w->money && small ? (mkt_micro)llrint(s->cac * MKT_MICRO) : 0;
        any = any || threshold[i] > 0;
    }
    return any ? count(w, threshold, err) : MKT_OK;
}

/* ---- chance of the number of customers and of what they bring ------------------------------- */

static mkt_status add_row(struct mkt_performance *p, int32_t day, const char *channel,
                          const char *segment, mkt_micro spend, const struct mkt_cohorts_day *won,
                          bool paid, size_t rate, struct mkt_err *err)
{
    struct mkt_performance_row row = {.day = day, .name = {channel, "", segment}, .rows = 1};
    row.sum[MKT_SPEND] = spend;
    if (won) {
        row.sum[MKT_CONVERSIONS] = won->customers * MKT_MICRO;
        row.sum[MKT_NEW_CUSTOMERS] = paid ? won->customers * MKT_MICRO : 0;
        row.sum[MKT_REVENUE] = paid ? won->present[rate] : 0;
    }
    return mkt_performance_add(p, &row, err);
}

static size_t slice_of(const struct mkt_economics_work *w, mkt_economics_scope scope,
                       const char *name)
{
    for (size_t i = 0; i < w->slices; i++)
        if (w->slice[i].scope == scope && mkt_text_equal_nocase(w->slice[i].name, name)) return i;
    return MKT_COHORTS_NONE;
}

/* What stands as the channel of a row: the channel's name, or that of its kind. */
static const char *place_of(const struct mkt_economics_work *w, size_t slice, bool by_kind)
{
    const struct mkt_economics_slice *s = &w->slice[slice];
    return by_kind ? s->paid ? s->kind : "(other)" : s->name;
}

static mkt_status add_spend_rows(struct mkt_economics_work *w, bool by_kind,
                                 struct mkt_performance *out, struct mkt_err *err)
{
    const struct mkt_performance *p = w->input.spend;
    for (size_t i = 0; i < p->cells; i++) {
        const struct mkt_performance_cell *c = &p->cell[i];
        if (c->day < w->period.first || c->day > w->period.last) continue;
        const char *channel = p->names[MKT_CHANNEL][c->name[MKT_CHANNEL]];
        size_t at = slice_of(w, MKT_ECONOMICS_CHANNEL, *channel ? channel : "(no channel)");
        if (w->by_channel && at == MKT_COHORTS_NONE) continue; /* of those left out */
        size_t segment =
            slice_of(w, MKT_ECONOMICS_SEGMENT, p->names[MKT_SEGMENT][c->name[MKT_SEGMENT]]);
        MKT_TRY(add_row(out, c->day, w->by_channel ? place_of(w, at, by_kind) : "",
                        segment == MKT_COHORTS_NONE ? "" : w->slice[segment].name,
                        c->sum[MKT_SPEND], NULL, false, 0, err));
    }
    return MKT_OK;
}

static mkt_status add_customer_rows(struct mkt_economics_work *w, bool by_kind, size_t rate,
                                    struct mkt_performance *out, struct mkt_err *err)
{
    for (size_t a = 0; a <= w->channels; a++)
        for (size_t b = 0; b <= w->segments; b++) {
            const struct mkt_cohorts_day *day = mkt_cohorts_days(&w->cohorts, a, b);
            bool named = a < w->channels;
            bool paid = w->by_channel ? named && w->slice[1 + a].paid : true;
            const char *channel = named           ? place_of(w, 1 + a, by_kind)
                                  : w->by_channel ? "(other)"
                                                  : "";
            const char *segment = b < w->segments && paid ? w->slice[1 + w->channels + b].name : "";
            for (size_t d = 0; d < w->cohorts.days; d++)
                if (day[d].customers)
                    MKT_TRY(add_row(out, w->period.first + (int32_t)d, channel, segment, 0, &day[d],
                                    paid, rate, err));
        }
    return MKT_OK;
}

/* Finds the slices' entities, the whole, channels and segments, or kinds, and takes what is known of
 * chance. */
static void take_entities(struct mkt_economics_work *w, const struct mkt_performance *p,
                          const struct mkt_returns *r, bool by_kind, size_t rate)
{
    for (size_t i = 0; i < w->slices; i++) {
        struct mkt_economics_slice *s = &w->slice[i];
        if ((s->scope == MKT_ECONOMICS_KIND) != by_kind) continue;
        mkt_slice_kind kind = s->scope == MKT_ECONOMICS_TOTAL     ? MKT_SLICE_TOTAL
                              : s->scope == MKT_ECONOMICS_SEGMENT ? MKT_SLICE_SEGMENT
                                                                  : MKT_SLICE_CHANNEL;
        for (size_t e = 0; e < r->entities; e++) {
            const struct mkt_entity *x = &r->entity[e];
            const char *name = x->kind == MKT_SLICE_SEGMENT   ? p->names[MKT_SEGMENT][x->segment]
                               : x->kind == MKT_SLICE_CHANNEL ? p->names[MKT_CHANNEL][x->channel]
                                                              : NULL;
            if (x->kind != kind || (name && strcmp(name, s->name) != 0)) continue;
            const struct mkt_estimate *cac = &x->metric[MKT_CAC], *back = &x->metric[MKT_ROAS];
            if (w->money && !isnan(back->low)) s->present_spread[rate] = back->spread;
            if (rate != w->discounted) break;
            if (!isnan(cac->low)) s->cac_spread = cac->spread;
            s->entity = x;
            s->place = e;
            break;
        }
    }
}

/* Days of acquisition, each with the customers it brought and all that they brought since. */
static mkt_status fit_returns(struct mkt_economics_work *w, bool by_kind, size_t rate,
                              struct mkt_returns *out, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    struct mkt_performance *p = MKT_NEW(arena, struct mkt_performance, 1);
    if (!p) return mkt_arena_full(arena, err);
    unsigned measures = 1U << MKT_SPEND | 1U << MKT_CONVERSIONS | 1U << MKT_NEW_CUSTOMERS;
    if (w->money) measures |= 1U << MKT_REVENUE;
    unsigned dimensions =
        (w->by_channel ? 1U << MKT_CHANNEL : 0) | (w->segments && !by_kind ? 1U << MKT_SEGMENT : 0);
    mkt_performance_init(p, arena, measures, dimensions);
    MKT_TRY(add_spend_rows(w, by_kind, p, err));
    MKT_TRY(add_customer_rows(w, by_kind, rate, p, err));
    MKT_TRY(mkt_performance_finish(p, err));
    struct mkt_returns_params params = {.period = w->period,
                                        .margin = NAN,
                                        .largest = MKT_COHORTS_SLICES,
                                        .seed = w->input.seed,
                                        .threads = w->input.threads};
    MKT_TRY(mkt_returns_fit(arena, p, &params, out, err));
    take_entities(w, p, out, by_kind, rate);
    return MKT_OK;
}

/* At the discount rate, with the number of customers; and at the other rates, where the rate of
 * return may lie. */
static mkt_status fit_rates(struct mkt_economics_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    MKT_TRY(fit_returns(w, false, w->discounted, &w->returns, err));
    if (w->kinds) MKT_TRY(fit_returns(w, true, w->discounted, &w->kind_returns, err));
    w->t = w->returns.span[MKT_NOW].t;
    w->fitted = true;
    for (size_t k = 0; w->money && k < MKT_COHORTS_RATES; k++) {
        struct mkt_returns other;
        size_t mark = mkt_arena_mark(arena);
        if (k == w->discounted) continue;
        MKT_TRY(look(w, err));
        MKT_TRY(fit_returns(w, false, k, &other, err));
        if (w->kinds) MKT_TRY(fit_returns(w, true, k, &other, err));
        mkt_arena_release(arena, mark);
    }
    return MKT_OK;
}

/* The rates at which chance is looked at: that asked for, and some among which the rate of return of
 * a quick or slow campaign may lie. */
static void choose_rates(struct mkt_economics_work *w)
{
    static const double some[] = {0, 1, 9, 99};
    size_t n = 0, k = 0;
    while (k < 4 && some[k] < w->input.discount) w->rate[n++] = some[k++];
    w->discounted = n;
    w->rate[n++] = w->input.discount;
    while (k < 4) w->rate[n++] = some[k++];
}

static void take_present(struct mkt_economics_work *w)
{
    for (size_t i = 0; i < w->slices; i++) {
        struct mkt_economics_slice *s = &w->slice[i];
        const struct mkt_cohorts_flow *flow = w->cohorts.flow + i * w->cohorts.calendar;
        for (size_t t = 0; t < w->cohorts.calendar; t++) {
            double d = pow(1 + w->input.discount, -(double)t / 12);
            s->present += d * (double)flow[t].contribution / MKT_MICRO;
            s->present_spend += d * s->month[t];
        }
    }
}

/* ---- what a customer brings ------------------------------------------------------------------ */

static mkt_status fit_lifetimes(struct mkt_economics_work *w, struct mkt_err *err)
{
    struct mkt_buf young;
    size_t n = 0;
    struct mkt_lifetime_params params = {
        .horizon = w->horizon, .discount = w->input.discount, .seed = w->input.seed};
    mkt_buf_init(&young, w->sheet->arena);
    for (size_t i = 0; i < w->slices; i++) {
        struct mkt_economics_slice *s = &w->slice[i];
        MKT_TRY(look(w, err));
        MKT_TRY(mkt_lifetime_fit(w->sheet->arena, &w->cohorts, i, &params, &s->life, err));
        if (i == 0 && s->life.months && s->life.months < w->horizon) {
            w->horizon = params.horizon = s->life.months;
            MKT_TRY(mkt_lifetime_fit(w->sheet->arena, &w->cohorts, i, &params, &s->life, err));
        }
        if (!w->cohorts.customers[i] || s->life.months >= w->horizon) continue;
        if (s->scope == MKT_ECONOMICS_KIND) continue;
        mkt_buf_printf(&young, "%s%s", n++ ? ", " : "", s->name ? s->name : "all");
    }
    if (n) w->young = young.data;
    return mkt_buf_check(&young, err);
}

static mkt_status name_silent(struct mkt_economics_work *w, struct mkt_err *err)
{
    struct mkt_buf silent;
    size_t n = 0;
    mkt_buf_init(&silent, w->sheet->arena);
    for (size_t i = 1; i <= w->paid; i++)
        if (!w->cohorts.customers[i])
            mkt_buf_printf(&silent, "%s%s", n++ ? ", " : "", w->slice[i].name);
    if (n) w->silent = silent.data;
    return mkt_buf_check(&silent, err);
}

mkt_status mkt_economics_work_fit(struct mkt_economics_work *w, struct mkt_err *err)
{
    choose_rates(w);
    w->t = NAN;
    for (size_t i = 0; i < w->slices; i++) {
        w->slice[i].cac_spread = NAN;
        for (size_t k = 0; k < MKT_COHORTS_RATES; k++) w->slice[i].present_spread[k] = NAN;
    }
    MKT_TRY(look(w, err));
    MKT_TRY(count(w, NULL, err));
    MKT_TRY(count_again(w, err));
    MKT_TRY(look(w, err));
    MKT_TRY(name_silent(w, err));
    if (w->spends) MKT_TRY(fit_rates(w, err));
    take_present(w);
    w->horizon = w->input.horizon;
    return fit_lifetimes(w, err);
}
