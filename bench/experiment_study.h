/* How often the intervals of an experiment hold the truth, and how often its verdict is right, over
 * simulated experiments whose truth is known.
 *
 * Shared by bench/experiment_coverage.c (many experiments) and
 * tests/analysis/experiment_coverage_test.c (few).
 */
#ifndef MKT_BENCH_EXPERIMENT_STUDY_H
#define MKT_BENCH_EXPERIMENT_STUDY_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/experiment_verdict.h"
#include "num/distribution.h"
#include "num/random.h"

enum {
    TRIAL_MEAN,
    TRIAL_RATE,
    TRIAL_COUNT,
    TRIAL_RATIO,
    TRIAL_CUPED,
    TRIAL_CAPPED,
    TRIAL_IID,
    TRIAL_CLUSTERS,
    TRIAL_METRICS
};

enum {
    TRIAL_ABSOLUTE = TRIAL_METRICS,
    TRIAL_STRATA,
    TRIAL_SEGMENT,
    TRIAL_SEGMENTS,
    TRIAL_FLAT,
    TRIAL_PRIOR,
    TRIAL_FIGURES
};

static const char *const trial_figure[TRIAL_FIGURES] = {
    "relative lift of a heavy-tailed mean",
    "rate",
    "count",
    "ratio",
    "mean with covariate",
    "mean capped at 99 % of the units",
    "quantile, one value a unit",
    "quantile, clusters",
    "absolute lift of a mean",
    "post-stratified",
    "one segment of four",
    "all four segments at once",
    "credible, flat prior",
    "credible, the prior that worlds are drawn from"};

#define TRIAL_SD .1  /* of true lifts */
#define TRIAL_EACH 4 /* values of a unit of clusters */

struct trial_study {
    int held[TRIAL_FIGURES], all[TRIAL_FIGURES];
    int differ, differs; /* false alarms of the test whether segments differ */
};

/* What one metric's unit gives: y, d, x. */
static inline void trial_draw(struct mkt_random *r, int metric, double up, int segment,
                              double v[MKT_ARMS_VARIABLES])
{
    double habit;
    memset(v, 0, MKT_ARMS_VARIABLES * sizeof *v);
    switch (metric) {
    case TRIAL_MEAN:
    case TRIAL_CAPPED:
        v[0] = mkt_random_uniform(r) < .3 ? up * exp(mkt_random_normal(r) - .5) : 0;
        break;
    case TRIAL_RATE:
        v[0] = mkt_random_uniform(r) < (.1 + .05 * segment) * up;
        break;
    case TRIAL_COUNT:
        v[0] = (double)mkt_random_poisson(r, up * mkt_random_gamma(r, 1.5));
        break;
    case TRIAL_RATIO:
        habit = mkt_random_gamma(r, 2);
        v[1] = 1 + (double)mkt_random_poisson(r, 3 * habit);
        v[0] = (double)mkt_random_binomial(r, (int64_t)v[1], .4 * up);
        break;
    default:
        habit = mkt_random_gamma(r, 2);
        v[2] = (double)mkt_random_poisson(r, 5 * habit);
        v[0] = up * habit * (.5 + mkt_random_uniform(r));
    }
}

static inline int trial_ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The 75th percentile of an arm, as the source would look it up. */
static inline void trial_ranks(struct mkt_random *r, double up, bool clusters, int units,
                               struct mkt_ranks *out)
{
    int each = clusters ? TRIAL_EACH : 1, n = units * each;
    double *value = calloc((size_t)n, 2 * sizeof *value), *sorted = value + n;
    for (int u = 0; u < units; u++) {
        double habit = mkt_random_normal(r);
        for (int i = 0; i < each; i++) {
            double z = clusters ? .8 * habit + .6 * mkt_random_normal(r) : habit;
            value[u * each + i] = up * exp(.5 * z);
        }
    }
    memcpy(sorted, value, (size_t)n * sizeof *value);
    qsort(sorted, (size_t)n, sizeof *sorted, trial_ascending);
    struct mkt_ranks_sums s = {.units = units};
    double at = sorted[(int)ceil(.75 * n) - 1];
    for (int u = 0; u < units; u++) {
        double below = 0;
        for (int i = 0; i < each; i++) below += value[u * each + i] <= at;
        s.b += below, s.bb += below * below, s.d += each, s.bd += below * each;
        s.dd += each * each;
    }
    struct mkt_ranks_places k = mkt_ranks_places_of(n, .75, mkt_ranks_share_se(&s, .75));
    *out = (struct mkt_ranks){n, units, at, sorted[k.low - 1], sorted[k.high - 1]};
    free(value);
}

/* E min(a L, c) for L = exp(Z - 1/2). */
static inline double trial_capped_mean(double a, double c)
{
    double z = log(c / a);
    return a * mkt_distribution_normal_cdf(z - .5) + c * mkt_distribution_normal_cdf(-z - .5);
}

static inline void trial_count(struct trial_study *s, int figure, double low, double high,
                               double truth)
{
    s->all[figure]++;
    s->held[figure] += low <= truth && truth <= high;
}

/* The segments' rates weigh as their units do. */
static inline void trial_judge(struct trial_study *s, const struct mkt_experiment *e, double up,
                               double cap)
{
    double capped = trial_capped_mean(1 + up, cap) / trial_capped_mean(1, cap) - 1;
    for (int m = 0; m < TRIAL_METRICS; m++) {
        const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, (size_t)m, 0);
        if (l->fault != MKT_LIFT_FINE || l->scale != MKT_LIFT_RELATIVE) continue;
        trial_count(s, m, l->fixed.low, l->fixed.high, m == TRIAL_CAPPED ? capped : up);
        if (m != TRIAL_RATE) continue;
        trial_count(s, TRIAL_PRIOR, l->belief.low, l->belief.high, up);
        struct mkt_bayes_ab_prior flat = {0, INFINITY};
        struct mkt_bayes_ab b = mkt_bayes_ab_update(&l->best, &flat, .95);
        trial_count(s, TRIAL_FLAT, b.low, b.high, up);
    }
    struct mkt_welch t = mkt_welch_test(&e->strata[0], .95, MKT_WELCH_TWO_SIDED, 0);
    trial_count(s, TRIAL_STRATA, t.low, t.high, up);
    trial_count(s, TRIAL_SEGMENT, e->segment[2].fixed.low, e->segment[2].fixed.high, up);
    double low = -INFINITY, high = INFINITY;
    for (int k = 0; k < 4; k++) {
        low = fmax(low, e->segment[k].low);
        high = fmin(high, e->segment[k].high);
    }
    trial_count(s, TRIAL_SEGMENTS, low, high, up);
    s->differs++;
    s->differ += e->differ[0].p < .05;
}

static const struct mkt_arms_metric trial_metric[TRIAL_METRICS] = {
    {.name = "mean", .kind = MKT_ARMS_MEAN, .cap = NAN, .most = NAN},
    {.name = "rate", .kind = MKT_ARMS_PROPORTION, .cap = NAN, .most = NAN},
    {.name = "count", .kind = MKT_ARMS_COUNT, .cap = NAN, .most = NAN},
    {.name = "ratio", .kind = MKT_ARMS_RATIO, .cap = NAN, .most = NAN},
    {.name = "cuped", .kind = MKT_ARMS_MEAN, .covariate = true, .cap = NAN, .most = NAN},
    {.name = "capped", .kind = MKT_ARMS_MEAN, .cap = NAN, .most = NAN},
    {.name = "iid", .kind = MKT_ARMS_QUANTILE, .cap = NAN, .most = NAN, .quantile = .75},
    {.name = "clusters", .kind = MKT_ARMS_QUANTILE, .cap = NAN, .most = NAN, .quantile = .75},
};

/* One experiment of `units` an arm; variant 0 is b, 1 the control: names are sorted. */
static inline mkt_status trial_world(struct trial_study *s, uint64_t seed, int units,
                                     struct mkt_arena *arena, struct mkt_err *err)
{
    struct mkt_random r;
    mkt_random_init(&r, 20260301, seed);
    double up = TRIAL_SD * mkt_random_normal(&r);
    size_t n = 2 * (size_t)units;
    double(*value)[TRIAL_METRICS][MKT_ARMS_VARIABLES] = calloc(n, sizeof *value);
    double *capped = calloc(n, sizeof *capped);
    int *segment = calloc(n, sizeof *segment);
    for (size_t i = 0; i < n; i++) {
        segment[i] = (int)(4 * mkt_random_uniform(&r));
        for (int m = 0; m <= TRIAL_CAPPED; m++)
            trial_draw(&r, m, i < (size_t)units ? 1 + up : 1, segment[i], value[i][m]);
        capped[i] = value[i][TRIAL_CAPPED][0];
    }
    qsort(capped, n, sizeof *capped, trial_ascending);
    double cap = capped[(size_t)ceil(.99 * (double)n) - 1];
    struct mkt_arms_metric metric[TRIAL_METRICS];
    struct mkt_ranks ranks[2][2];
    memcpy(metric, trial_metric, sizeof metric);
    for (int k = 0; k < 2; k++) {
        trial_ranks(&r, 1 + up, k, units, &ranks[k][0]);
        trial_ranks(&r, 1, k, units, &ranks[k][1]);
        metric[TRIAL_IID + k].ranks = ranks[k];
    }
    struct mkt_arms arms;
    mkt_status status = MKT_OK;
    mkt_arms_init(&arms, arena, metric, TRIAL_METRICS, false, true);
    static const char *const name[] = {"s0", "s1", "s2", "s3"};
    for (size_t i = 0; status == MKT_OK && i < n; i++) {
        value[i][TRIAL_CAPPED][0] = fmin(value[i][TRIAL_CAPPED][0], cap);
        status = mkt_arms_add_unit(&arms, i < (size_t)units ? "b" : "control", name[segment[i]], 0,
                                   (const double(*)[MKT_ARMS_VARIABLES])value[i], err);
    }
    free(value);
    free(capped);
    free(segment);
    if (status != MKT_OK) return status;
    MKT_TRY(mkt_arms_finish(&arms, err));
    struct mkt_experiment_options o = {.level = .95,
                                       .tuning = 5000,
                                       .power = .8,
                                       .effect = .05,
                                       .goal = "rate",
                                       .prior_sd = TRIAL_SD};
    struct mkt_experiment *e = MKT_NEW(arena, struct mkt_experiment, 1);
    if (!e) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_experiment_estimate(arena, &arms, &o, e, err));
    trial_judge(s, e, up, cap);
    o.scale = MKT_LIFT_ABSOLUTE;
    MKT_TRY(mkt_experiment_estimate(arena, &arms, &o, e, err));
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, TRIAL_MEAN, 0);
    trial_count(s, TRIAL_ABSOLUTE, l->fixed.low, l->fixed.high, .3 * up);
    return MKT_OK;
}

/* ---- verdicts and looks: a rate that comes in by days --------------------------- */

#define TRIAL_BINS 6

static const double trial_edge[TRIAL_BINS + 1] = {.5, .7, .8, .9, .95, .99, 1.0001};

struct trial_verdicts {
    int said[TRIAL_BINS], right[TRIAL_BINS];
    double sum[TRIAL_BINS];
    int calls[MKT_EXPERIMENT_RUN_ON + 1], call_right[MKT_EXPERIMENT_RUN_ON + 1];
    int experiments, looks;
    int always_missed, fixed_missed; /* experiments in which an interval missed at some look */
    int missed_at[64];               /* always-valid misses at each look */
};

struct trial_plan {
    int days, a_day; /* units an arm and day */
    double rate, sd; /* of true lifts; 0 for none */
    bool stop;       /* at the first verdict that is no "keep running" */
};

static inline bool trial_right(const struct mkt_experiment_verdict *v,
                               const struct mkt_experiment *e, double up)
{
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, 0, 0);
    switch (v->call) {
    case MKT_EXPERIMENT_SHIP:
        return up > 0;
    case MKT_EXPERIMENT_WORSE:
        return up < 0;
    case MKT_EXPERIMENT_TOO_SMALL:
        return up < e->options.effect;
    default:
        return (l->best.value > 0) == (up > 0); /* what looks likelier so far */
    }
}

static inline void trial_said(struct trial_verdicts *s, const struct mkt_experiment *e, double up)
{
    struct mkt_experiment_verdict v = mkt_experiment_verdict_of(e);
    double p = v.confidence, gain = mkt_experiment_lift_at(e, 0, 0)->confidence;
    if (v.call == MKT_EXPERIMENT_RUN_ON) p = fmax(gain, 1 - gain);
    bool right = trial_right(&v, e, up);
    s->calls[v.call]++;
    s->call_right[v.call] += right;
    for (int b = 0; b < TRIAL_BINS; b++)
        if (p >= trial_edge[b] && p < trial_edge[b + 1]) {
            s->said[b]++;
            s->right[b] += right;
            s->sum[b] += p;
        }
}

static inline mkt_status trial_days(struct trial_verdicts *s, uint64_t seed,
                                    const struct trial_plan *plan, struct mkt_arena *arena,
                                    struct mkt_err *err)
{
    static const struct mkt_arms_metric metric[] = {
        {.name = "rate", .kind = MKT_ARMS_PROPORTION, .cap = NAN, .most = 1}};
    const struct mkt_experiment_options o = {
        .level = .95, .tuning = 5000, .power = .8, .effect = .05};
    struct mkt_random r;
    mkt_random_init(&r, 777, seed);
    double up = plan->sd * mkt_random_normal(&r);
    bool always = false, fixed = false, decided = false;
    struct mkt_arms arms;
    mkt_arms_init(&arms, arena, metric, 1, false, false);
    struct mkt_experiment *e = MKT_NEW(arena, struct mkt_experiment, 1);
    if (!e) return mkt_arena_full(arena, err);
    for (int day = 0; day < plan->days && !(decided && plan->stop); day++) {
        for (int v = 0; v < 2; v++) {
            double p = plan->rate * (v ? 1 : 1 + up);
            int64_t won = mkt_random_binomial(&r, plan->a_day, p);
            struct mkt_arms_sums sums = {0};
            mkt_arms_set_sum(&sums, MKT_ARMS_Y, (double)won);
            mkt_arms_set_product(&sums, MKT_ARMS_Y, MKT_ARMS_Y, (double)won);
            MKT_TRY(mkt_arms_add(&arms, v ? "control" : "b", "", 0, plan->a_day, &sums, err));
        }
        MKT_TRY(mkt_arms_finish(&arms, err));
        size_t mark = mkt_arena_mark(arena);
        MKT_TRY(mkt_experiment_estimate(arena, &arms, &o, e, err));
        const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, 0, 0);
        bool miss = l->always.low > up || l->always.high < up;
        always = always || miss;
        fixed = fixed || l->fixed.low > up || l->fixed.high < up;
        if (day < 64) s->missed_at[day] += miss;
        decided = mkt_experiment_verdict_of(e).call != MKT_EXPERIMENT_RUN_ON;
        if (day + 1 == plan->days || (decided && plan->stop)) trial_said(s, e, up);
        s->looks++;
        mkt_arena_release(arena, mark);
    }
    s->experiments++;
    s->always_missed += always;
    s->fixed_missed += fixed;
    return MKT_OK;
}

#endif
