/* Simulated worlds of events with known rates, times and values: do the intervals hold the truth?
 *
 * Shared by bench/funnel_coverage (many worlds) and tests/model/funnel_coverage_test.c (few).
 */
#ifndef BENCH_FUNNEL_STUDY_H
#define BENCH_FUNNEL_STUDY_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "aggregate/funnels.h"
#include "model/heterogeneity.h"
#include "model/step_worth.h"
#include "num/distribution.h"
#include "num/random.h"

enum {
    STUDY_RATE,       /* from the start and from the step before */
    STUDY_TIME,       /* median, quartiles and ninth decile of the time to convert */
    STUDY_WORTH,      /* of one more point at each step */
    STUDY_PER_ENTRY,  /* value of an entry */
    STUDY_DIFFERENCE, /* of two segments */
    STUDY_TREND,      /* slope over cohorts */
    STUDY_RETENTION,  /* share active a period later */
    STUDY_FIGURES
};
static const char *const study_figure[STUDY_FIGURES] = {"rates (wilson)",
                                                        "times (order statistics)",
                                                        "worth of a point (posterior)",
                                                        "value an entry (posterior)",
                                                        "difference of segments (newcombe)",
                                                        "trend (normal)",
                                                        "retention (wilson)"};

#define STUDY_STEPS 4
#define STUDY_BINS 5

struct study_plan {
    int worlds;
    uint64_t seed;
    int users;
    bool by_session; /* 1 to 4 sessions a user, alike */
};

struct study {
    int held[STUDY_FIGURES], all[STUDY_FIGURES];
    double said[STUDY_BINS]; /* sums of the probability that a step is worth most */
    int right[STUDY_BINS], heads[STUDY_BINS];
};

struct study_world {
    double rate[STUDY_STEPS];   /* [0] unused */
    double lift;                /* of the odds of the first rate in segment "b" */
    double concentration;       /* of a user's own rates; large: all alike */
    double scale;               /* of the times, seconds */
    double value, value_spread; /* log-normal */
    double back;                /* chance of an event in the next week */
};

#define STUDY_DAY (INT64_C(86400) * 1000000)
#define STUDY_LEVEL .95

static inline double study_odds(double p, double lift)
{
    return p * lift / (1 - p + p * lift);
}

static inline mkt_status study_event(struct mkt_events *e, struct mkt_event row, const char *name,
                                     struct mkt_err *err)
{
    MKT_TRY(mkt_events_name(e, name, strlen(name), &row.event, err));
    return mkt_events_add(e, &row, err);
}

/* One user: sessions of the funnel, and perhaps an event a week after the first. */
static inline mkt_status study_user(struct mkt_events *e, const struct study_world *w,
                                    const struct study_plan *plan, uint64_t u, struct mkt_random *r,
                                    struct mkt_err *err)
{
    static const char *const name[STUDY_STEPS] = {"visit", "view", "cart", "buy"};
    struct mkt_event row = {.user = mkt_names_mix(u + 1)};
    bool b = u % 2;
    double own[STUDY_STEPS];
    uint16_t level;
    MKT_TRY(mkt_events_level(e, 0, b ? "b" : "a", 1, &level, err));
    row.property[0] = level;
    for (int k = 1; k < STUDY_STEPS; k++) {
        double p = k == 1 && b ? study_odds(w->rate[1], w->lift) : w->rate[k];
        own[k] = plan->by_session
                     ? mkt_random_beta(r, p * w->concentration, (1 - p) * w->concentration)
                     : p;
    }
    /* first events fill the first eight of ten weeks; week 0 begins on a Monday */
    int64_t start = 4 * STUDY_DAY + (int64_t)(mkt_random_uniform(r) * 56 * (double)STUDY_DAY);
    uint32_t sessions = plan->by_session ? 1 + mkt_random_below(r, 4) : 1;
    for (uint32_t s = 0; s < sessions; s++) {
        int64_t t = start + (int64_t)s * STUDY_DAY / 5;
        row.session = mkt_names_mix(8 * u + s + 1);
        for (int k = 0; k < STUDY_STEPS; k++) {
            if (k && mkt_random_uniform(r) >= own[k]) break;
            if (k) t += (int64_t)(1e6 * w->scale * mkt_random_exponential(r));
            row.time = t;
            row.valued = k == STUDY_STEPS - 1;
            row.value =
                row.valued
                    ? llround(MKT_MICRO * w->value * exp(w->value_spread * mkt_random_normal(r)))
                    : 0;
            MKT_TRY(study_event(e, row, name[k], err));
        }
    }
    if (mkt_random_uniform(r) >= w->back) return MKT_OK;
    int64_t week = 7 * STUDY_DAY, monday = 4 * STUDY_DAY;
    row.session = mkt_names_mix(8 * u + 7);
    row.time = monday + ((start - monday) / week + 1) * week + 3 * STUDY_DAY;
    row.valued = 0;
    row.value = 0;
    return study_event(e, row, "read", err);
}

static inline void study_check(struct study *s, int figure, double truth, double low, double high)
{
    if (!isfinite(low) || !isfinite(high)) return;
    s->all[figure]++;
    s->held[figure] += low <= truth && truth <= high;
}

/* Quantile of the sum of STUDY_STEPS - 1 exponentials of mean 1 (Erlang), by bisection. */
static inline double study_erlang(double q)
{
    double low = 0, high = 50;
    for (int i = 0; i < 60; i++) {
        double x = (low + high) / 2, below = 1 - exp(-x) * (1 + x + x * x / 2);
        if (below < q)
            low = x;
        else
            high = x;
    }
    return low;
}

static inline double study_first_rate(const struct study_world *w)
{
    return (w->rate[1] + study_odds(w->rate[1], w->lift)) / 2;
}

static inline void study_check_rates(struct study *s, const struct study_world *w,
                                     const struct mkt_funnel_plan *plan,
                                     const struct mkt_funnels *f)
{
    double from_start = 1;
    for (size_t k = 1; k < STUDY_STEPS; k++) {
        double p = k == 1 ? study_first_rate(w) : w->rate[k];
        from_start *= p;
        struct mkt_step_rate a = mkt_step_rates_from_start(f, k, STUDY_LEVEL),
                             b = mkt_step_rates_from_before(f, plan, k, STUDY_LEVEL);
        study_check(s, STUDY_RATE, from_start, a.low, a.high);
        study_check(s, STUDY_RATE, p, b.low, b.high);
    }
}

static inline mkt_status study_check_worth(struct mkt_arena *arena, struct study *s,
                                           const struct study_world *w,
                                           const struct study_plan *plan,
                                           const struct mkt_funnel_plan *funnel,
                                           const struct mkt_funnels *f, uint64_t seed,
                                           struct mkt_err *err)
{
    struct mkt_step_rate rate[STUDY_STEPS - 1];
    struct mkt_step_worth_input in = {.rate = rate,
                                      .steps = STUDY_STEPS - 1,
                                      .entries = (double)f->reached[0],
                                      .level = STUDY_LEVEL,
                                      .seed = seed};
    struct mkt_step_worth worth;
    if (f->reached[STUDY_STEPS - 1] < 2) return MKT_OK;
    (void)plan;
    for (size_t k = 1; k < STUDY_STEPS; k++)
        rate[k - 1] = mkt_step_rates_from_before(f, funnel, k, STUDY_LEVEL);
    mkt_step_worth_value(f, &in.value, &in.value_se, &in.value_n);
    MKT_TRY(mkt_step_worth_fit(arena, &in, &worth, err));
    double all = w->value * exp(w->value_spread * w->value_spread / 2), least = 2;
    size_t best = 0;
    for (size_t k = 1; k < STUDY_STEPS; k++) {
        double p = k == 1 ? study_first_rate(w) : w->rate[k];
        all *= p;
        if (p < least) {
            least = p;
            best = k - 1;
        }
    }
    for (size_t k = 1; k < STUDY_STEPS; k++) {
        double p = k == 1 ? study_first_rate(w) : w->rate[k];
        study_check(s, STUDY_WORTH, .01 * in.entries * all / p, worth.of[k - 1].low,
                    worth.of[k - 1].high);
    }
    study_check(s, STUDY_PER_ENTRY, all, worth.per_entry_low, worth.per_entry_high);
    double said = worth.of[worth.first].best;
    int bin = (int)fmin(STUDY_BINS - 1, (said - 1.0 / 3) / (2.0 / 3) * STUDY_BINS);
    s->heads[bin]++;
    s->said[bin] += said;
    s->right[bin] += worth.first == best;
    return MKT_OK;
}

/* Users alone: their segments and cohorts are what they are in the analysis. */
static inline mkt_status study_check_users(struct mkt_arena *arena, struct study *s,
                                           const struct study_world *w, const struct mkt_funnels *f,
                                           struct mkt_err *err)
{
    static const double q[] = {.25, .5, .75, .9};
    (void)arena;
    (void)err;
    for (size_t i = 0; i < sizeof q / sizeof *q; i++) {
        struct mkt_step_time t = mkt_step_rates_time(f->whole, f->bins, q[i], 1, STUDY_LEVEL);
        study_check(s, STUDY_TIME, w->scale * study_erlang(q[i]), t.low, t.high);
    }
    const int64_t *a = f->segment + STUDY_STEPS, *b = f->segment + 2 * STUDY_STEPS;
    for (size_t k = 1; k < STUDY_STEPS; k++) {
        double rest = 1;
        for (size_t j = 2; j <= k; j++) rest *= w->rate[j];
        struct mkt_step_difference d = mkt_step_rates_compare(
            (double)a[k], (double)a[0], (double)b[k], (double)b[0], 1, STUDY_LEVEL);
        study_check(s, STUDY_DIFFERENCE, rest * (w->rate[1] - study_odds(w->rate[1], w->lift)),
                    d.low, d.high);
    }
    double t[16], v[16], se[16], z = mkt_distribution_normal_quantile(.5 + STUDY_LEVEL / 2);
    double hits = 0, trials = 0;
    size_t n = 0;
    for (size_t c = 0; c < f->cohorts && c < 8; c++) {
        const int64_t *x = f->cohort + c * STUDY_STEPS;
        if (!x[0]) continue;
        hits += (double)x[STUDY_STEPS - 1];
        trials += (double)x[0];
        t[n] = (double)c;
        v[n] = (double)x[STUDY_STEPS - 1] / (double)x[0];
        se[n++] = sqrt(1 / (double)x[0]);
    }
    for (size_t i = 0; i < n; i++) se[i] *= sqrt(hits / trials * (1 - hits / trials));
    if (hits > 0) {
        struct mkt_heterogeneity_trend line = mkt_heterogeneity_trend_of(t, v, se, n);
        study_check(s, STUDY_TREND, 0, line.slope - z * line.se, line.slope + z * line.se);
    }
    double all = 0, back = 0;
    for (size_t c = 0; c < 8 && c < f->cohorts; c++) {
        all += (double)f->bounded[c * f->cohorts];
        back += (double)f->bounded[c * f->cohorts + 1];
    }
    struct mkt_step_rate r = mkt_step_rates_of(all, back, all, back, back, STUDY_LEVEL);
    study_check(s, STUDY_RETENTION, w->back, r.low, r.high);
    return MKT_OK;
}

static inline mkt_status study_count(struct mkt_arena *arena, struct mkt_events *events,
                                     const struct study_plan *plan, struct mkt_funnel_plan *funnel,
                                     struct mkt_funnels *out, struct mkt_err *err)
{
    static const char *const name[STUDY_STEPS] = {"visit", "view", "cart", "buy"};
    struct mkt_events_view *view = MKT_NEW(arena, struct mkt_events_view, 1);
    struct mkt_funnel_step *step = MKT_NEW(arena, struct mkt_funnel_step, STUDY_STEPS);
    uint32_t *code = MKT_NEW(arena, uint32_t, STUDY_STEPS);
    struct mkt_events **list = MKT_NEW(arena, struct mkt_events *, 1);
    if (!view || !step || !code || !list) return mkt_arena_full(arena, err);
    list[0] = events;
    MKT_TRY(mkt_events_unite(arena, list, 1, view, err));
    for (size_t k = 0; k < STUDY_STEPS; k++)
        for (size_t e = 0; e < view->event.count; e++)
            if (strcmp(view->event.name[e], name[k]) == 0) {
                code[k] = (uint32_t)e;
                step[k] = (struct mkt_funnel_step){.event = &code[k], .events = 1};
            }
    *funnel = (struct mkt_funnel_plan){.step = step,
                                       .steps = STUDY_STEPS,
                                       .window = 2 * STUDY_DAY,
                                       .gap = STUDY_DAY / 48,
                                       .by_session = plan->by_session,
                                       .segment = 0,
                                       .period = MKT_FUNNEL_WEEK,
                                       .count_open = true};
    return mkt_funnels_count(arena, view, funnel, 2, out, err);
}

static inline mkt_status study_world_run(struct mkt_arena *arena, const struct study_plan *plan,
                                         int world, struct study *s, struct mkt_err *err)
{
    struct mkt_random r;
    struct mkt_events *events = MKT_NEW(arena, struct mkt_events, 1);
    struct mkt_funnel_plan funnel;
    struct mkt_funnels f;
    if (!events) return mkt_arena_full(arena, err);
    mkt_random_init(&r, plan->seed, (uint64_t)world);
    struct study_world w = {.lift = exp(.4 * mkt_random_normal(&r)),
                            .concentration = 2 + 10 * mkt_random_uniform(&r),
                            .scale = 600 + 3000 * mkt_random_uniform(&r),
                            .value = 30,
                            .value_spread = .3 + .4 * mkt_random_uniform(&r),
                            .back = .05 + .4 * mkt_random_uniform(&r)};
    for (int k = 1; k < STUDY_STEPS; k++) w.rate[k] = .15 + .7 * mkt_random_uniform(&r);
    MKT_TRY(mkt_events_init(events, arena, (size_t)1 << 30, "/tmp", err));
    for (int u = 0; u < plan->users; u++)
        MKT_TRY(study_user(events, &w, plan, (uint64_t)u, &r, err));
    MKT_TRY(study_count(arena, events, plan, &funnel, &f, err));
    study_check_rates(s, &w, &funnel, &f);
    MKT_TRY(study_check_worth(arena, s, &w, plan, &funnel, &f, (uint64_t)world, err));
    mkt_events_close(events);
    return plan->by_session ? MKT_OK : study_check_users(arena, s, &w, &f, err);
}

static inline mkt_status study_run(struct mkt_arena *arena, const struct study_plan *plan,
                                   struct study *s, struct mkt_err *err)
{
    for (int world = 0; world < plan->worlds; world++) {
        size_t mark = mkt_arena_mark(arena);
        MKT_TRY(study_world_run(arena, plan, world, s, err));
        mkt_arena_release(arena, mark);
    }
    return MKT_OK;
}

#endif
