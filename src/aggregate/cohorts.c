#include "aggregate/cohorts.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define THREADS 8
#define AT_ONCE 4 /* piles that a thread takes together */

int32_t mkt_cohorts_calendar(int32_t from, int32_t to)
{
    struct mkt_date a = mkt_date_of(from), b = mkt_date_of(to);
    return (b.year - a.year) * 12 + b.month - a.month;
}

/* What one thread adds up. Cells of different groups are apart, so all threads share them. */
struct worker {
    const struct mkt_purchases_view *view;
    struct mkt_cohorts sums;
    const uint16_t *month;  /* [days to the last]: month of the calendar */
    const double *discount; /* [RATES][calendar] */
    atomic_size_t *next;
    bool full; /* a sum passed its limit */
    struct mkt_arena arena;
    struct mkt_err err;
    mkt_status status;
    pthread_t thread;
    bool started;
};

static void add(struct worker *w, mkt_micro *to, mkt_micro x)
{
    if (__builtin_add_overflow(*to, x, to)) w->full = true;
}

static void add_repeats(struct worker *w, struct mkt_purchases_repeats *to,
                        const struct mkt_purchases_repeats *x)
{
    to->rows += x->rows;
    add(w, &to->amount, x->amount);
}

static mkt_micro contribution_of(const struct worker *w, const struct mkt_purchase *order)
{
    mkt_micro out = 0;
    double margin = w->sums.rules.margin;
    if (!isnan(margin)) return llrint(margin * (double)order->amount);
    if (__builtin_sub_overflow(order->amount, order->cost, &out)) return 0;
    return out;
}

/* ---- one customer -------------------------------------------------------------------------- */

struct at_hand {
    const struct mkt_purchases_customer *customer;
    size_t group;
    size_t over; /* months of age that are over */
    size_t came; /* month of the calendar */
};

static void add_ages(struct worker *w, const struct at_hand *h, size_t slice)
{
    const struct mkt_purchases_customer *c = h->customer;
    struct mkt_cohorts *s = &w->sums;
    struct mkt_cohorts_cell *cell = mkt_cohorts_at(s, slice, h->group);
    struct mkt_cohorts_back *back = s->back + slice * s->rules.months;
    const mkt_micro *threshold = s->rules.threshold;
    mkt_micro sum = 0;
    bool paid = !threshold || threshold[slice] <= 0;
    size_t i = 0;
    for (size_t m = 0; m < h->over; m++) {
        mkt_micro amount = 0, contribution = 0;
        for (; i < c->orders && mkt_cohorts_age(c->order[i].day - c->start) <= (int32_t)m; i++) {
            add(w, &amount, c->order[i].amount);
            add(w, &contribution, contribution_of(w, &c->order[i]));
        }
        cell[m].seen++;
        add(w, &cell[m].amount, amount);
        add(w, &cell[m].contribution, contribution);
        add(w, &sum, contribution);
        if (paid) continue;
        back[m].risk++;
        if (sum < threshold[slice]) continue;
        back[m].paid++;
        paid = true;
    }
}

static void add_flow(struct worker *w, const struct at_hand *h, size_t slice)
{
    const struct mkt_purchases_customer *c = h->customer;
    struct mkt_cohorts *s = &w->sums;
    struct mkt_cohorts_flow *flow = s->flow + slice * s->calendar;
    s->customers[slice]++;
    flow[h->came].customers++;
    for (size_t i = 0; i < c->orders && c->order[i].day <= s->rules.last; i++) {
        size_t t = w->month[c->order[i].day - s->rules.period.first];
        mkt_micro contribution = contribution_of(w, &c->order[i]);
        add(w, &flow[t].amount, c->order[i].amount);
        add(w, &flow[t].contribution, contribution);
        if (slice) continue;
        add(w, &s->cohort[h->came].amount, c->order[i].amount);
        add(w, &s->cohort[h->came].contribution, contribution);
    }
}

/* Present value on the first day of the period, counted from its month. */
static mkt_micro present_value(struct worker *w, const struct mkt_purchases_customer *c,
                               const double *discount)
{
    double value = 0;
    for (size_t i = 0; i < c->orders && c->order[i].day <= w->sums.rules.last; i++)
        value += discount[w->month[c->order[i].day - w->sums.rules.period.first]] *
                 (double)contribution_of(w, &c->order[i]);
    if (!(fabs(value) < 9.2e18)) w->full = true;
    return fabs(value) < 9.2e18 ? llrint(value) : 0;
}

static void add_day(struct worker *w, const struct mkt_purchases_customer *c, uint8_t channel,
                    uint8_t segment)
{
    struct mkt_cohorts *s = &w->sums;
    size_t a = channel == MKT_COHORTS_NONE ? s->rules.channels : channel - 1U;
    size_t b = segment == MKT_COHORTS_NONE ? s->rules.segments : segment - 1U - s->rules.channels;
    struct mkt_cohorts_day *day = mkt_cohorts_days(s, a, b) + (c->start - s->rules.period.first);
    day->customers++;
    for (size_t k = 0; k < MKT_COHORTS_RATES; k++)
        add(w, &day->present[k], present_value(w, c, w->discount + k * s->calendar));
}

static bool counts(struct mkt_cohorts *s, const struct mkt_purchases_customer *c)
{
    if (c->start < s->rules.period.first) {
        s->before++;
        return false;
    }
    if (c->start > s->rules.period.last) return false;
    bool bought = false;
    for (size_t i = 0; i < c->orders && !bought; i++)
        bought = c->order[i].amount > 0 && c->order[i].day <= s->rules.last;
    if (!bought) s->silent++;
    return bought;
}

static void visit(void *user, size_t pile, const struct mkt_purchases_customer *c)
{
    struct worker *w = user;
    struct mkt_cohorts *s = &w->sums;
    const struct mkt_cohorts_rules *r = &s->rules;
    add_repeats(w, &s->same, &c->same);
    add_repeats(w, &s->alike, &c->alike);
    if (!counts(s, c)) return;
    struct at_hand h = {.customer = c, .group = pile};
    int32_t over = mkt_cohorts_age(r->last - c->start + 1);
    h.over = over < (int32_t)r->months ? (size_t)over : r->months;
    h.came = w->month[c->start - r->period.first];
    s->all++;
    s->early += c->early;
    s->unlisted += !c->listed;
    s->unknown += !c->channel;
    bool paid = r->paid[c->channel];
    uint8_t channel = r->channel[c->channel], segment = r->segment[c->segment];
    const uint8_t slice[4] = {paid ? 0 : MKT_COHORTS_NONE, channel,
                              paid ? segment : MKT_COHORTS_NONE,
                              paid ? r->kind[c->channel] : MKT_COHORTS_NONE};
    for (int k = 0; k < 4; k++) {
        if (slice[k] == MKT_COHORTS_NONE) continue;
        add_ages(w, &h, slice[k]);
        add_flow(w, &h, slice[k]);
    }
    add_day(w, c, channel, segment);
}

/* ---- threads ------------------------------------------------------------------------------- */

static mkt_status make_room(struct mkt_arena *arena, struct mkt_cohorts *s, struct mkt_err *err)
{
    size_t months = s->rules.months;
    s->back = MKT_NEW(arena, struct mkt_cohorts_back, s->slices * months);
    s->flow = MKT_NEW(arena, struct mkt_cohorts_flow, s->slices * s->calendar);
    s->cohort = MKT_NEW(arena, struct mkt_cohorts_cohort, s->calendar);
    s->day = MKT_NEW(arena, struct mkt_cohorts_day,
                     (s->rules.channels + 1) * (s->rules.segments + 1) * s->days);
    s->customers = MKT_NEW(arena, int64_t, s->slices);
    if (!s->back || !s->flow || !s->cohort || !s->day || !s->customers)
        return mkt_arena_full(arena, err);
    return MKT_OK;
}

static mkt_status take_piles(struct worker *w)
{
    MKT_TRY(make_room(&w->arena, &w->sums, &w->err));
    for (size_t from; (from = atomic_fetch_add(w->next, AT_ONCE)) < MKT_PILES;)
        MKT_TRY(mkt_purchases_each(&w->arena, w->view, from, from + AT_ONCE, visit, w, &w->err));
    return MKT_OK;
}

static void *run_worker(void *user)
{
    struct worker *w = user;
    w->status = take_piles(w);
    return NULL;
}

/* All the sums are of 64-bit integers side by side. */
static bool add_all(void *into, const void *from, size_t bytes)
{
    int64_t *to = into;
    const int64_t *x = from;
    bool full = false;
    for (size_t i = 0; i < bytes / sizeof *to; i++)
        full = __builtin_add_overflow(to[i], x[i], &to[i]) || full;
    return full;
}

static void merge(struct mkt_cohorts *out, struct worker *w)
{
    const struct mkt_cohorts *s = &w->sums;
    size_t days = (s->rules.channels + 1) * (s->rules.segments + 1) * s->days;
    bool full = add_all(out->back, s->back, s->slices * s->rules.months * sizeof *s->back);
    full = add_all(out->flow, s->flow, s->slices * s->calendar * sizeof *s->flow) || full;
    full = add_all(out->cohort, s->cohort, s->calendar * sizeof *s->cohort) || full;
    full = add_all(out->day, s->day, days * sizeof *s->day) || full;
    full = add_all(out->customers, s->customers, s->slices * sizeof *s->customers) || full;
    out->all += s->all;
    out->unknown += s->unknown;
    out->silent += s->silent;
    out->early += s->early;
    out->before += s->before;
    out->unlisted += s->unlisted;
    full = add_all(&out->same, &s->same, sizeof s->same) || full;
    full = add_all(&out->alike, &s->alike, sizeof s->alike) || full;
    w->full = w->full || full;
}

static mkt_status run(struct mkt_arena *arena, struct worker *w, size_t threads,
                      struct mkt_cohorts *out, struct mkt_err *err)
{
    size_t room = arena->capacity - arena->used, share = (room - room / 4) / threads;
    mkt_status status = MKT_OK;
    for (size_t i = 0; i < threads && status == MKT_OK; i++) {
        w[i].sums = *out;
        status = mkt_arena_open(&w[i].arena, share, err);
        if (status == MKT_OK && i)
            w[i].started = pthread_create(&w[i].thread, NULL, run_worker, &w[i]) == 0;
    }
    if (status == MKT_OK) run_worker(&w[0]); /* and all the work, where no thread could start */
    for (size_t i = 0; i < threads; i++)
        if (w[i].started) pthread_join(w[i].thread, NULL);
    for (size_t i = 0; i < threads && status == MKT_OK; i++) {
        if (i && !w[i].started) continue;
        status = w[i].status;
        if (status != MKT_OK) mkt_err_set(err, status, "%s", w[i].err.text);
        if (status == MKT_OK) merge(out, &w[i]);
        if (status == MKT_OK && w[i].full)
            status = mkt_err_set(err, MKT_E_LIMIT,
                                 "the orders add up to more than 9.2e12; check their unit");
    }
    for (size_t i = 0; i < threads; i++) mkt_arena_close(&w[i].arena);
    return status;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static mkt_status make_calendar(struct mkt_arena *arena, const struct mkt_cohorts *c,
                                uint16_t **month, double **discount, struct mkt_err *err)
{
    const struct mkt_cohorts_rules *r = &c->rules;
    size_t days = (size_t)mkt_period_days((struct mkt_period){r->period.first, r->last});
    *month = MKT_NEW(arena, uint16_t, days);
    *discount = MKT_NEW(arena, double, MKT_COHORTS_RATES * c->calendar);
    if (!*month || !*discount) return mkt_arena_full(arena, err);
    for (size_t d = 0; d < days; d++)
        (*month)[d] = (uint16_t)mkt_cohorts_calendar(r->period.first, r->period.first + (int32_t)d);
    for (size_t k = 0; k < MKT_COHORTS_RATES; k++)
        for (size_t t = 0; t < c->calendar; t++)
            (*discount)[k * c->calendar + t] = pow(1 + r->rate[k], -(double)t / 12);
    return MKT_OK;
}

mkt_status mkt_cohorts_make(struct mkt_arena *arena, const struct mkt_purchases_view *view,
                            const struct mkt_cohorts_rules *rules, struct mkt_cohorts *out,
                            struct mkt_err *err)
{
    assert(rules->months >= 1 && rules->months <= MKT_COHORTS_MONTHS);
    assert(rules->period.first <= rules->period.last && rules->period.last <= rules->last);
    *out = (struct mkt_cohorts){.rules = *rules, .slices = mkt_cohorts_slices(rules)};
    assert(out->slices <= MKT_COHORTS_SLICES);
    out->calendar = (size_t)mkt_cohorts_calendar(rules->period.first, rules->last) + 1;
    out->days = (size_t)mkt_period_days(rules->period);
    if (out->calendar > MKT_COHORTS_CALENDAR)
        return mkt_err_set(err, MKT_E_LIMIT,
                           "the period and what follows have %zu months: at most "
                           "%d can be looked at, ask for a later period",
                           out->calendar, MKT_COHORTS_CALENDAR);
    out->cell =
        MKT_NEW(arena, struct mkt_cohorts_cell, out->slices * MKT_COHORTS_GROUPS * rules->months);
    if (!out->cell) return mkt_arena_full(arena, err);
    MKT_TRY(make_room(arena, out, err));
    size_t mark = mkt_arena_mark(arena);
    size_t threads = rules->threads < 1         ? 1
                     : rules->threads > THREADS ? THREADS
                                                : (size_t)rules->threads;
    uint16_t *month;
    double *discount;
    atomic_size_t next = 0;
    struct worker *w = MKT_NEW(arena, struct worker, threads);
    if (!w) return mkt_arena_full(arena, err);
    MKT_TRY(make_calendar(arena, out, &month, &discount, err));
    for (size_t i = 0; i < threads; i++) {
        w[i].view = view;
        w[i].month = month;
        w[i].discount = discount;
        w[i].next = &next;
    }
    mkt_status status = run(arena, w, threads, out, err);
    mkt_arena_release(arena, mark);
    return status;
}
