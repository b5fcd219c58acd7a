#include "analysis/experiment_estimate.h"

#include <math.h>

#include "analysis/experiment_names.h"
#include "analysis/experiment_pair.h"
#include "analysis/experiment_slices.h"
#include "model/cuped.h"
#include "model/groupseq.h"
#include "model/multiplicity.h"
#include "model/power.h"
#include "model/srm.h"

#define SCEPTIC 0.1      /* spread of lifts that one expects of experiments at large, relative */
#define PRIOR_WRONG 0.06 /* share of experiments whose split is wrong */
#define CLEAR_OF_ZERO 3. /* standard errors that a baseline needs to be a divisor */

static mkt_status estimate_mean(const struct mkt_experiment *e, size_t metric, size_t variant,
                                struct mkt_arm_mean *out, struct mkt_err *err)
{
    const struct mkt_arms_metric *m = &e->arms->metric[metric];
    struct mkt_arms_slice slice = mkt_arms_whole((int)variant);
    struct mkt_arms_moments moments;
    struct mkt_lift_arm arm;
    if (m->kind == MKT_ARMS_QUANTILE) {
        MKT_TRY(mkt_experiment_pair_arm(e, variant, metric, &arm, err));
        *out = mkt_arm_mean_of_arm(&arm, e->options.level);
        return MKT_OK;
    }
    MKT_TRY(mkt_arms_collect(e->arms, &slice, metric, &moments, err));
    *out = mkt_arm_mean_of(&moments, m->kind, e->options.level);
    return MKT_OK;
}

/* A lift relative to what may be zero says nothing: then the difference itself is given. */
static mkt_lift_scale scale_of(const struct mkt_experiment *e, size_t metric)
{
    if (e->options.scale == MKT_LIFT_ABSOLUTE) return MKT_LIFT_ABSOLUTE;
    const struct mkt_arm_mean *m = &e->mean[metric * e->variants + e->control];
    mkt_arms_kind kind = e->arms->metric[metric].kind;
    bool signless = kind == MKT_ARMS_PROPORTION || kind == MKT_ARMS_COUNT;
    bool near_zero = !signless && fabs(m->value) < CLEAR_OF_ZERO * m->se;
    return near_zero || m->value == 0 ? MKT_LIFT_ABSOLUTE : MKT_LIFT_RELATIVE;
}

/* Of a rate, the fewest successes or failures that an arm would have if all had the same. */
static double least_successes(const struct mkt_experiment *e, size_t metric)
{
    if (e->arms->metric[metric].kind != MKT_ARMS_PROPORTION) return INFINITY;
    double units = 0, hits = 0, least = INFINITY;
    for (size_t v = 0; v < e->variants; v++) {
        double n = (double)e->units[v];
        if (!(n > 0)) continue;
        units += n;
        hits += n * e->mean[metric * e->variants + v].value;
        least = fmin(least, n);
    }
    return units > 0 ? least * fmin(hits, units - hits) / units : 0;
}

/* The interval that decides: at a planned look, at the planned end, or at any time. */
static mkt_status decide(struct mkt_arena *arena, const struct mkt_experiment *e, size_t metric,
                         struct mkt_experiment_lift *out, struct mkt_err *err)
{
    const struct mkt_experiment_options *o = &e->options;
    double alpha = (1 - mkt_experiment_level(e, metric)) / (double)(e->variants - 1);
    double information = o->planned > 0 ? (double)e->arms->units / o->planned : 0;
    if (o->planned > 0 && o->looks > 1) {
        double t[MKT_GROUPSEQ_LOOKS], bound[MKT_GROUPSEQ_LOOKS];
        size_t n = 0;
        for (int k = 1; k <= o->looks && (double)k / o->looks < information; k++)
            t[n++] = (double)k / o->looks;
        if (n == 0 || t[n - 1] < fmin(information, 1)) t[n++] = fmin(information, 1);
        MKT_TRY(mkt_groupseq_bounds(arena, t, n, alpha, MKT_GROUPSEQ_OBRIEN_FLEMING, bound, err));
        out->bound = bound[n - 1];
        double reach = fmin(bound[n - 1], 1e6) * out->best.se;
        out->low = out->best.value - reach;
        out->high = out->best.value + reach;
    } else if (information >= 1) {
        struct mkt_welch w = mkt_welch_test(&out->best, 1 - alpha, MKT_WELCH_TWO_SIDED, 0);
        out->low = w.low;
        out->high = w.high;
    } else {
        struct mkt_sequential s = mkt_experiment_any_look(e, metric, &out->best, 1 - alpha);
        out->low = s.low;
        out->high = s.high;
    }
    return MKT_OK;
}

static void plan(const struct mkt_experiment *e, size_t metric,
                 const struct mkt_experiment_pair *pair, double theta,
                 struct mkt_experiment_lift *out)
{
    const struct mkt_arms_metric *m = &e->arms->metric[metric];
    const struct mkt_experiment_options *o = &e->options;
    struct mkt_lift_arm control, treated;
    mkt_experiment_pair_arms(m, pair, &control, &treated);
    struct mkt_lift_spec spec = {m->kind == MKT_ARMS_RATIO, out->scale, theta};
    double alpha = (1 - mkt_experiment_level(e, metric)) / (double)(e->variants - 1);
    struct mkt_power_plan p =
        mkt_power_plan_of(&control, &treated, &out->best, &spec, m->kind == MKT_ARMS_PROPORTION,
                          1 - alpha, o->planned > 0 ? 0 : o->tuning);
    p.sides = mkt_experiment_sides(e, metric);
    double least = o->not_worse && metric == e->goal ? o->margin : o->effect;
    out->effect = out->scale == MKT_LIFT_RELATIVE ? least : least * fabs(out->best.control);
    out->mde = mkt_power_mde(&p, out->best.n, o->power);
    out->units_needed = out->effect > 0 ? mkt_power_units(&p, out->effect, o->power) : INFINITY;
}

static bool more_is_better(const struct mkt_experiment *e, size_t metric)
{
    return mkt_experiment_sign(e, metric) > 0;
}

/* One-sided: p that it is not better, and the two-sided interval whose better end is the bound. */
static void test(const struct mkt_experiment *e, size_t metric, struct mkt_experiment_lift *out)
{
    const struct mkt_experiment_options *o = &e->options;
    mkt_welch_tail better = more_is_better(e, metric) ? MKT_WELCH_GREATER : MKT_WELCH_LESS;
    out->fixed =
        mkt_welch_test(&out->best, mkt_experiment_level(e, metric), MKT_WELCH_TWO_SIDED, 0);
    out->always = mkt_experiment_any_look(e, metric, &out->best, mkt_experiment_level(e, metric));
    if (mkt_experiment_sides(e, metric) == 1)
        out->fixed.p = mkt_welch_test(&out->best, o->level, better, 0).p;
    double base = out->scale == MKT_LIFT_RELATIVE ? 1 : fabs(out->best.control);
    double margin = o->margin * base;
    out->p_not_worse = o->margin > 0 ? mkt_welch_test(&out->best, o->level, better, margin).p : NAN;
    out->bar = o->not_worse && metric == e->goal ? -margin : 0;
}

static void believe(const struct mkt_experiment *e, size_t metric, struct mkt_experiment_lift *out)
{
    const struct mkt_experiment_options *o = &e->options;
    struct mkt_bayes_ab_prior prior = {o->prior_mean, o->prior_sd > 0 ? o->prior_sd : INFINITY};
    out->belief = mkt_bayes_ab_update(&out->best, &prior, o->level);
    double base = out->scale == MKT_LIFT_RELATIVE ? 1 : fabs(out->best.control);
    struct mkt_bayes_ab_prior sceptic = {0, base > 0 ? SCEPTIC * base : INFINITY};
    struct mkt_bayes_ab doubt = mkt_bayes_ab_update(&out->best, &sceptic, o->level);
    out->confidence = more_is_better(e, metric) ? 1 - mkt_bayes_ab_below(&doubt, out->bar)
                                                : mkt_bayes_ab_below(&doubt, -out->bar);
}

static mkt_status estimate_lift(struct mkt_arena *arena, const struct mkt_experiment *e,
                                size_t metric, size_t variant, struct mkt_experiment_lift *out,
                                struct mkt_err *err)
{
    const struct mkt_arms_metric *m = &e->arms->metric[metric];
    struct mkt_experiment_pair pair;
    MKT_TRY(mkt_experiment_pair_collect(e, variant, metric, mkt_arms_whole(-1), &pair, err));
    *out = (struct mkt_experiment_lift){.scale = scale_of(e, metric), .bound = NAN};
    out->fault = mkt_experiment_pair_fit(m, &pair, out->scale, 0, &out->raw);
    if (out->fault != MKT_LIFT_FINE) return MKT_OK;
    double theta = mkt_experiment_pair_theta(m, &pair);
    if (theta == 0 ||
        mkt_experiment_pair_fit(m, &pair, out->scale, theta, &out->best) != MKT_LIFT_FINE) {
        theta = 0;
        out->best = out->raw;
    }
    out->saved = mkt_cuped_saved(out->raw.se, out->best.se);
    test(e, metric, out);
    MKT_TRY(decide(arena, e, metric, out, err));
    believe(e, metric, out);
    plan(e, metric, &pair, theta, out);
    return MKT_OK;
}

/* Holm and Benjamini-Hochberg over every metric of every variant that could be tested. */
static mkt_status correct(struct mkt_arena *arena, struct mkt_experiment *e, struct mkt_err *err)
{
    size_t all = e->metrics * e->variants, n = 0;
    double *p = MKT_NEW(arena, double, 3 * all);
    if (!p) return mkt_arena_full(arena, err);
    double *holm = p + all, *bh = holm + all;
    for (size_t i = 0; i < all; i++)
        if (i % e->variants != e->control && e->lift[i].fault == MKT_LIFT_FINE)
            p[n++] = e->lift[i].fixed.p;
    MKT_TRY(mkt_multiplicity_holm(arena, p, n, holm, err));
    MKT_TRY(mkt_multiplicity_bh(arena, p, n, bh, err));
    n = 0;
    for (size_t i = 0; i < all; i++) {
        if (i % e->variants == e->control || e->lift[i].fault != MKT_LIFT_FINE) continue;
        e->lift[i].p_holm = holm[n];
        e->lift[i].q = bh[n++];
    }
    return MKT_OK;
}

static mkt_status estimate_best(struct mkt_arena *arena, struct mkt_experiment *e,
                                struct mkt_err *err)
{
    const struct mkt_arms_metric *m = &e->arms->metric[e->goal];
    double *mean = MKT_NEW(arena, double, 3 * e->variants);
    if (!mean) return mkt_arena_full(arena, err);
    double *sd = mean + e->variants, *best = sd + e->variants;
    for (size_t v = 0; v < e->variants; v++) {
        struct mkt_lift_arm arm;
        struct mkt_lift_parts parts;
        MKT_TRY(mkt_experiment_pair_arm(e, v, e->goal, &arm, err));
        mkt_lift_parts_of(&arm, m->kind == MKT_ARMS_RATIO, &parts);
        mean[v] = mkt_experiment_sign(e, e->goal) * parts.metric;
        sd[v] = sqrt(parts.v);
        if (!(sd[v] > 0) || !isfinite(mean[v])) return MKT_OK;
    }
    mkt_bayes_ab_best(mean, sd, e->variants, best);
    e->best = best;
    return MKT_OK;
}

/* Of a p value, the least that it can speak against chance: -e p ln p (Sellke, Bayarri & Berger,
 * American Statistician 55 (2001) 62-71); before it, 6 experiments in 100 are split wrongly
 * (Fabijan et al., KDD 2019, section 1). */
static double wrong_after(double p)
{
    if (!(p < 1 / M_E)) return PRIOR_WRONG;
    double odds = PRIOR_WRONG / (1 - PRIOR_WRONG);
    if (p > 0) odds /= -M_E * p * log(p);
    return p > 0 ? odds / (1 + odds) : 1;
}

/* Whether one unit holds a quarter of the sum of squares. From sums alone the largest unit is not known,
 * but at least sum_squares / sum where none is negative. */
static mkt_status find_carried(struct mkt_experiment *e, size_t m, struct mkt_err *err)
{
    const struct mkt_arms_metric *metric = &e->arms->metric[m];
    double squares = 0, most = isfinite(metric->most) ? fabs(metric->most) : 0;
    e->carried[m] = false;
    if (e->arms->units < MKT_EXPERIMENT_FEW || metric->kind == MKT_ARMS_QUANTILE ||
        metric->kind == MKT_ARMS_PROPORTION)
        return MKT_OK;
    for (size_t v = 0; v < e->variants; v++) {
        struct mkt_arms_slice slice = mkt_arms_whole((int)v);
        struct mkt_arms_moments x;
        MKT_TRY(mkt_arms_collect(e->arms, &slice, m, &x, err));
        double n = (double)x.n, mean = x.mean[MKT_ARMS_Y];
        double own = (n - 1) * x.covariance[MKT_ARMS_Y][MKT_ARMS_Y] + n * mean * mean;
        squares += own;
        if (!isfinite(metric->most) && mean > 0) most = fmax(most, own / (n * mean));
    }
    e->carried[m] = most * most > .25 * squares;
    return MKT_OK;
}

static mkt_status make_room(struct mkt_arena *arena, struct mkt_experiment *e, struct mkt_err *err)
{
    size_t all = e->metrics * e->variants;
    e->lower = MKT_NEW(arena, bool, e->metrics);
    e->units = MKT_NEW(arena, int64_t, e->variants);
    e->share = MKT_NEW(arena, double, e->variants);
    e->mean = MKT_NEW(arena, struct mkt_arm_mean, all);
    e->lift = MKT_NEW(arena, struct mkt_experiment_lift, all);
    e->least_successes = MKT_NEW(arena, double, e->metrics);
    e->carried = MKT_NEW(arena, bool, e->metrics);
    bool full = !e->carried || !e->least_successes || !e->lower || !e->units || !e->share ||
                !e->mean || !e->lift;
    return full ? mkt_arena_full(arena, err) : MKT_OK;
}

mkt_status mkt_experiment_estimate(struct mkt_arena *arena, const struct mkt_arms *arms,
                                   const struct mkt_experiment_options *options,
                                   struct mkt_experiment *out, struct mkt_err *err)
{
    struct mkt_experiment *e = out;
    *e = (struct mkt_experiment){.arms = arms,
                                 .options = *options,
                                 .variants = arms->names[0],
                                 .metrics = arms->metrics,
                                 .days = NAN,
                                 .units_a_day = NAN};
    e->data = mkt_arms_span(arms, &e->strays);
    MKT_TRY(make_room(arena, e, err));
    MKT_TRY(mkt_experiment_names_read(e, err));
    if (options->one_sided && !(options->level > .5))
        return mkt_err_set(err, MKT_E_ARG, "a test of one side needs a level above 0.5");
    if (options->not_worse && !(options->margin > 0))
        return mkt_err_set(err, MKT_E_ARG,
                           "aim not_worse needs a margin above 0: how much may %s lose?",
                           arms->metric[e->goal].name);
    if (options->looks > 0 && !(options->planned > 0))
        return mkt_err_set(err, MKT_E_ARG,
                           "looks needs planned_units: at how many units does the experiment end?");
    if (options->prior_mean != 0 && !(options->prior_sd > 0))
        return mkt_err_set(err, MKT_E_ARG,
                           "prior_mean needs a prior_sd above 0: how sure was the belief?");
    for (size_t i = 0; i < arms->cells; i++) e->units[arms->cell[i].variant] += arms->cell[i].n;
    e->srm_p = mkt_srm_p(e->units, e->share, e->variants);
    e->srm_tested = true;
    for (size_t v = 0; v < e->variants; v++)
        if ((double)arms->units * e->share[v] < MKT_SRM_LEAST) e->srm_tested = false;
    e->srm_wrong = wrong_after(e->srm_p);

    for (size_t m = 0; m < e->metrics; m++)
        for (size_t v = 0; v < e->variants; v++)
            MKT_TRY(estimate_mean(e, m, v, &e->mean[m * e->variants + v], err));
    for (size_t m = 0; m < e->metrics; m++) {
        e->least_successes[m] = least_successes(e, m);
        MKT_TRY(find_carried(e, m, err));
    }
    for (size_t m = 0; m < e->metrics; m++)
        for (size_t v = 0; v < e->variants; v++)
            if (v != e->control)
                MKT_TRY(estimate_lift(arena, e, m, v, mkt_experiment_lift_at(e, m, v), err));
    MKT_TRY(correct(arena, e, err));
    if (e->variants > 2) MKT_TRY(estimate_best(arena, e, err));
    return mkt_experiment_slices_fill(arena, e, err);
}
