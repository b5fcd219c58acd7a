/* Simulated customers whose worth is known in closed form: do the intervals of unit_economics hold
 * the truth?
 *
 *     customers of channel k on day t   Poisson, mean rate_k spend_kt noise_kt (mean 1, from day to
 *                                       day alike with correlation .5)
 *     orders of a customer              one at once, then Poisson with a rate of their own (gamma)
 *                                       until they leave (exponential)
 *     amount of an order                log-normal; one in 20 is refunded whole, the same day
 *     cost of goods                     a share of the amount
 *
 * Expected contribution by age, expected customers given the spend, and so CAC, LTV, payback, NPV and
 * IRR follow without drawing. Only the share of customers who have paid back takes a large sample.
 * Shared by bench/economics_coverage (many worlds) and tests/analysis/economics_coverage_test.c (few).
 */
#ifndef BENCH_ECONOMICS_STUDY_H
#define BENCH_ECONOMICS_STUDY_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate/cohorts.h"
#include "analysis/unit_economics.h"
#include "model/cashflow.h"
#include "num/random.h"

#define STUDY_CHANNELS 3
#define STUDY_START 20000
#define STUDY_SAMPLE 100000
#define STUDY_BINS 5

enum {
    STUDY_CAC,
    STUDY_LTV,
    STUDY_RATIO,
    STUDY_CURVE,
    STUDY_PAYBACK,
    STUDY_SHARE,
    STUDY_MEDIAN,
    STUDY_PRESENT,
    STUDY_NPV,
    STUDY_IRR,
    STUDY_SCENARIO,
    STUDY_SCENARIO_NPV,
    STUDY_FIGURES
};
static const char *const study_figure[STUDY_FIGURES] = {"CAC",
                                                        "LTV",
                                                        "LTV:CAC",
                                                        "contribution by month of age",
                                                        "payback of the average customer",
                                                        "share of customers paid back",
                                                        "median payback of customers",
                                                        "present value per unit of spend",
                                                        "NPV",
                                                        "IRR",
                                                        "LTV:CAC in a scenario",
                                                        "NPV in a scenario"};

struct study_plan {
    int worlds;
    uint64_t seed;
    int days;
    double customers; /* expected a day of all channels */
    double noise;     /* of the daily means, standard deviation of the log */
    double spread;    /* of amounts, standard deviation of the log */
};

struct study {
    int held[STUDY_FIGURES], all[STUDY_FIGURES];
    double width[STUDY_FIGURES]; /* sums of (high - low) / |value| */
    double said[STUDY_BINS];     /* sums of probabilities of comparisons */
    int right[STUDY_BINS], claims[STUDY_BINS];
};

/* What every customer is like. */
#define STUDY_AMOUNT 60.0
#define STUDY_MARGIN 0.4
#define STUDY_REFUND 0.05
#define STUDY_RATE 0.012  /* mean, orders a day */
#define STUDY_SHAPE 1.5   /* of the gamma of rates */
#define STUDY_LEAVE 0.006 /* a day */
#define STUDY_DISCOUNT 0.1
#define STUDY_HORIZON 12
#define STUDY_PRICE 0.1

struct study_world {
    const struct study_plan *plan;
    struct mkt_random random;
    double rate[STUDY_CHANNELS];                             /* customers for each unit of spend */
    double *spend[STUDY_CHANNELS];                           /* [days] */
    double customers[STUDY_CHANNELS], money[STUDY_CHANNELS]; /* expected; spent */
    int64_t won[STUDY_CHANNELS];
    double *cumulative; /* [STUDY_SAMPLE][STUDY_HORIZON * 2] of a sample of customers */
};

static inline double study_net(void)
{
    return STUDY_AMOUNT * (1 - STUDY_REFUND);
}

/* Expected orders with an age below `days`. */
static inline double study_orders(double days)
{
    return days <= 0 ? 0 : 1 + STUDY_RATE * (1 - exp(-STUDY_LEAVE * days)) / STUDY_LEAVE;
}

/* First day of age that is not in the first `months` months. */
static inline int study_age(int months)
{
    return (months * 487 + 15) / 16;
}

static inline double study_curve(int months)
{
    return STUDY_MARGIN * study_net() * study_orders(study_age(months));
}

/* Discounted amounts of a customer over the horizon. */
static inline double study_revenue(int months)
{
    double sum = 0;
    for (int m = 0; m < months; m++)
        sum += pow(1 + STUDY_DISCOUNT, -m / 12.0) * study_net() *
               (study_orders(study_age(m + 1)) - study_orders(study_age(m)));
    return sum;
}

/* The orders of one customer: days of age and amounts (a refund follows at once). Returns how many. */
static inline int study_history(struct mkt_random *r, double spread, int days, int *age,
                                double *amount)
{
    double rate = STUDY_RATE / STUDY_SHAPE * mkt_random_gamma(r, STUDY_SHAPE);
    double leaves = mkt_random_exponential(r) / STUDY_LEAVE, at = 0;
    int n = 0;
    for (;;) {
        double x = STUDY_AMOUNT * exp(spread * mkt_random_normal(r) - spread * spread / 2);
        bool back = mkt_random_uniform(r) < STUDY_REFUND;
        age[n] = (int)at;
        amount[n++] = x;
        if (back) {
            age[n] = (int)at;
            amount[n++] = -x;
        }
        at += mkt_random_exponential(r) / rate;
        if (at >= leaves || at >= days || n > 250) return n;
    }
}

/* Contribution of a sample of customers by the end of each month of age. */
static inline void study_sample(struct study_world *w)
{
    static int age[256];
    static double amount[256];
    int months = 2 * STUDY_HORIZON;
    struct mkt_random r;
    mkt_random_init(&r, w->plan->seed, 999);
    for (int i = 0; i < STUDY_SAMPLE; i++) {
        double *own = w->cumulative + (size_t)i * months, sum = 0;
        int n = study_history(&r, w->plan->spread, study_age(months), age, amount), k = 0;
        for (int m = 0; m < months; m++) {
            for (; k < n && age[k] < study_age(m + 1); k++) sum += STUDY_MARGIN * amount[k];
            own[m] = sum;
        }
    }
}

/* Share of customers whose contribution has been at the threshold at the end of a month, by month. */
static inline void study_paid(const struct study_world *w, double threshold, double *out)
{
    int months = 2 * STUDY_HORIZON;
    memset(out, 0, months * sizeof *out);
    for (int i = 0; i < STUDY_SAMPLE; i++) {
        const double *own = w->cumulative + (size_t)i * months;
        int m = 0;
        while (m < months && own[m] < threshold) m++;
        if (m < months) out[m]++;
    }
    for (int m = 0; m < months; m++) out[m] = out[m] / STUDY_SAMPLE + (m ? out[m - 1] : 0);
}

/* ---- a world --------------------------------------------------------------------------------- */

static inline mkt_status study_spend(struct mkt_arena *arena, struct study_world *w,
                                     struct mkt_performance *p, struct mkt_err *err)
{
    static const char *const name[STUDY_CHANNELS] = {"search", "social", "email"};
    static const double share[STUDY_CHANNELS] = {.5, .35, .15};
    struct mkt_random *r = &w->random;
    int days = w->plan->days;
    for (int k = 0; k < STUDY_CHANNELS; k++) {
        double daily = w->plan->customers * share[k], cac = 20 + 50 * mkt_random_uniform(r);
        double level = 1, own = 2 * M_PI * mkt_random_uniform(r);
        w->rate[k] = 1 / cac;
        w->customers[k] = w->money[k] = 0;
        if (!(w->spend[k] = MKT_NEW(arena, double, days))) return mkt_arena_full(arena, err);
        for (int t = 0; t < days; t++) {
            if (t % 14 == 0) level = .6 + .8 * mkt_random_uniform(r);
            double season = 1 + .3 * sin(2 * M_PI * t / 365 + own) + .15 * (t % 7 == 5);
            double money = round(100 * daily * cac * level * season) / 100;
            w->spend[k][t] = money;
            w->money[k] += money;
            w->customers[k] += w->rate[k] * money;
            struct mkt_performance_row row = {
                .day = STUDY_START + t, .name = {name[k], "", ""}, .rows = 1};
            row.sum[MKT_SPEND] = llround(money * MKT_MICRO);
            MKT_TRY(mkt_performance_add(p, &row, err));
        }
    }
    return mkt_performance_finish(p, err);
}

static inline mkt_status study_customers(struct study_world *w, struct mkt_purchases *out,
                                         struct mkt_err *err)
{
    static const char *const name[STUDY_CHANNELS] = {"search", "social", "email"};
    static int age[256];
    static double amount[256];
    struct mkt_random *r = &w->random;
    int days = w->plan->days;
    uint64_t id = 0;
    for (int k = 0; k < STUDY_CHANNELS; k++) {
        double z = mkt_random_normal(r), s = w->plan->noise;
        uint16_t channel;
        w->won[k] = 0;
        MKT_TRY(mkt_purchases_channel(out, name[k], strlen(name[k]), &channel, err));
        for (int t = 0; t < days; t++) {
            z = .5 * z + sqrt(.75) * mkt_random_normal(r);
            double mean = w->rate[k] * w->spend[k][t] * exp(s * z - s * s / 2);
            int64_t n = mkt_random_poisson(r, mean);
            w->won[k] += n;
            for (int64_t i = 0; i < n; i++) {
                uint64_t customer = mkt_names_mix(++id);
                int orders = study_history(r, w->plan->spread, days - t, age, amount);
                struct mkt_purchase x = {
                    .customer = customer, .day = STUDY_START + t, .channel = channel};
                MKT_TRY(mkt_purchases_add_customer(out, &x, err));
                for (int o = 0; o < orders; o++) {
                    x.day = STUDY_START + t + age[o];
                    x.amount = llround(amount[o] * MKT_MICRO);
                    x.cost = llround((1 - STUDY_MARGIN) * amount[o] * MKT_MICRO);
                    if (age[o] < days - t) MKT_TRY(mkt_purchases_add(out, &x, err));
                }
            }
        }
    }
    return MKT_OK;
}

/* ---- truth ------------------------------------------------------------------------------------ */

struct study_truth {
    double customers, money; /* expected; spent */
    double present, present_spend, irr;
    double cac; /* realised: what a share paid back is of */
};

static inline int study_month(int day)
{
    return mkt_cohorts_calendar(STUDY_START, STUDY_START + day);
}

/* Of channels a..b-1. */
static inline struct study_truth study_truth_of(const struct study_world *w, int a, int b)
{
    static double flow[MKT_COHORTS_CALENDAR];
    struct study_truth t = {0};
    int days = w->plan->days, months = study_month(days - 1) + 1;
    double won = 0;
    memset(flow, 0, sizeof flow);
    for (int k = a; k < b; k++) {
        t.customers += w->customers[k];
        t.money += w->money[k];
        won += (double)w->won[k];
    }
    /* expected contribution on each day, by days of age */
    for (int d = 0; d < days; d++) {
        double came = 0, spent = 0;
        for (int k = a; k < b; k++) {
            came += w->rate[k] * w->spend[k][d];
            spent += w->spend[k][d];
        }
        flow[study_month(d)] -= spent;
        for (int m = study_month(d), from = d; from < days; m++) {
            int to = from;
            while (to < days && study_month(to) == m) to++;
            flow[m] +=
                came * STUDY_MARGIN * study_net() * (study_orders(to - d) - study_orders(from - d));
            from = to;
        }
        t.present_spend += spent * pow(1 + STUDY_DISCOUNT, -study_month(d) / 12.0);
    }
    t.present = mkt_cashflow_npv(flow, (size_t)months, STUDY_DISCOUNT) + t.present_spend;
    struct mkt_cashflow_irr irr = mkt_cashflow_rates(flow, (size_t)months);
    t.irr = irr.roots == 1 ? irr.rate[0] : irr.roots ? NAN : irr.above ? MKT_CASHFLOW_MOST : -1;
    t.cac = won > 0 ? t.money / won : NAN;
    return t;
}

static inline double study_payback(double cac)
{
    for (int m = 1; m <= 2 * STUDY_HORIZON; m++) {
        double before = m > 1 ? study_curve(m - 1) : 0, at = study_curve(m);
        if (at >= cac) return m - 1 + (cac - before) / (at - before);
    }
    return NAN;
}

/* ---- does it hold? --------------------------------------------------------------------------- */

static inline void study_check(struct study *s, int figure, const struct mkt_sheet *sheet,
                               const char *key, const char *metric, double truth)
{
    char id[64];
    snprintf(id, sizeof id, "%s.%s", key, metric);
    const struct mkt_fact *f = mkt_sheet_fact(sheet, id);
    if (!f || isnan(f->low) || isnan(truth)) return;
    s->all[figure]++;
    s->held[figure] += f->low <= truth && truth <= f->high;
    s->width[figure] += (f->high - f->low) / fabs(f->value);
}

static inline void study_check_slice(struct study *s, const struct study_world *w,
                                     const struct mkt_sheet *sheet, const char *key, int a, int b)
{
    struct study_truth t = study_truth_of(w, a, b);
    double revenue = study_revenue(STUDY_HORIZON), ltv = STUDY_MARGIN * revenue;
    double cac = t.money / t.customers;
    study_check(s, STUDY_CAC, sheet, key, "cac", cac);
    study_check(s, STUDY_LTV, sheet, key, "ltv", ltv);
    study_check(s, STUDY_RATIO, sheet, key, "ltv_to_cac", ltv / cac);
    study_check(s, STUDY_PAYBACK, sheet, key, "payback_months", study_payback(cac));
    study_check(s, STUDY_PRESENT, sheet, key, "present_per_spend", t.present / t.present_spend);
    study_check(s, STUDY_NPV, sheet, key, "npv", t.present - t.present_spend);
    study_check(s, STUDY_IRR, sheet, key, "irr", t.irr);
    if (a || b < STUDY_CHANNELS) return;
    double paid[2 * STUDY_HORIZON];
    study_paid(w, t.cac, paid);
    double higher = (1 + STUDY_PRICE) - (1 - STUDY_MARGIN);
    study_check(s, STUDY_SCENARIO, sheet, "scenario.price_up", "ltv_to_cac",
                higher * revenue / cac);
    study_check(s, STUDY_SCENARIO_NPV, sheet, "scenario.price_up", "npv",
                higher / STUDY_MARGIN * t.present - t.present_spend);
    for (int m = 2; m <= STUDY_HORIZON; m += 5) {
        char age[16];
        snprintf(age, sizeof age, "age.%d", m);
        study_check(s, STUDY_CURVE, sheet, age, "brought", study_curve(m));
        study_check(s, STUDY_SHARE, sheet, age, "paid_back", paid[m - 1]);
    }
    int median = 0;
    while (median < 2 * STUDY_HORIZON && paid[median] < .5) median++;
    study_check(s, STUDY_MEDIAN, sheet, key, "payback_median",
                median < 2 * STUDY_HORIZON ? (double)median + 1 : (double)NAN);
}

static inline void study_check_claims(struct study *s, const struct study_world *w,
                                      const struct mkt_sheet *sheet)
{
    static const char *const name[STUDY_CHANNELS] = {"search", "social", "email"};
    for (size_t i = 0; i < sheet->findings; i++) {
        const struct mkt_finding *f = &sheet->finding[i];
        if (f->kind != MKT_FINDING_COMPARE) continue;
        int a = 0, b = 0;
        while (strcmp(name[a], f->subject) != 0) a++;
        while (strcmp(name[b], f->other) != 0) b++;
        int bin = (int)((f->probability - .5) * 2 * STUDY_BINS);
        if (bin >= STUDY_BINS) bin = STUDY_BINS - 1;
        s->claims[bin]++;
        s->said[bin] += f->probability;
        s->right[bin] +=
            w->rate[a] > w->rate[b]; /* all customers are alike: the cheaper are better */
    }
}

static inline mkt_status study_one(struct mkt_arena *arena, struct study_world *w, int world,
                                   struct study *out, struct mkt_err *err)
{
    struct mkt_purchases purchases, *part = &purchases;
    struct mkt_purchases_view view;
    struct mkt_performance spend;
    struct mkt_sheet sheet;
    mkt_random_init(&w->random, w->plan->seed, (uint64_t)world);
    mkt_purchases_init(&purchases, arena, (size_t)256 << 20, "/tmp");
    mkt_performance_init(&spend, arena, 1U << MKT_SPEND, 1U << MKT_CHANNEL);
    MKT_TRY(study_spend(arena, w, &spend, err));
    MKT_TRY(study_customers(w, &purchases, err));
    MKT_TRY(mkt_purchases_unite(arena, &part, 1, &view, err));
    struct mkt_unit_economics_input in = {.view = &view,
                                          .costs = true,
                                          .listed = true,
                                          .starts = true,
                                          .spend = &spend,
                                          .period = {0, -1},
                                          .margin = NAN,
                                          .horizon = STUDY_HORIZON,
                                          .discount = STUDY_DISCOUNT,
                                          .price = STUDY_PRICE,
                                          .volume = .1,
                                          .conversion = .1,
                                          .swing = .1,
                                          .seed = (uint64_t)world + 1,
                                          .threads = 2};
    mkt_sheet_init(&sheet, arena);
    MKT_TRY(mkt_unit_economics_fill(&in, &sheet, err));
    mkt_purchases_close(&purchases);
    study_check_slice(out, w, &sheet, "total", 0, STUDY_CHANNELS);
    study_check_slice(out, w, &sheet, "search", 0, 1);
    study_check_slice(out, w, &sheet, "social", 1, 2);
    study_check_slice(out, w, &sheet, "email", 2, 3);
    study_check_claims(out, w, &sheet);
    return MKT_OK;
}

static inline mkt_status study_run(struct mkt_arena *arena, const struct study_plan *plan,
                                   struct study *out, struct mkt_err *err)
{
    struct study_world *w = MKT_NEW(arena, struct study_world, 1);
    if (!w) return mkt_arena_full(arena, err);
    w->plan = plan;
    w->cumulative = MKT_NEW(arena, double, (size_t)STUDY_SAMPLE * 2 * STUDY_HORIZON);
    if (!w->cumulative) return mkt_arena_full(arena, err);
    study_sample(w);
    size_t mark = mkt_arena_mark(arena);
    for (int i = 0; i < plan->worlds; i++) {
        MKT_TRY(study_one(arena, w, i, out, err));
        mkt_arena_release(arena, mark);
    }
    return MKT_OK;
}

#endif
