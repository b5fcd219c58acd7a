#include "analysis/experiment_facts.h"

#include <math.h>
#include <string.h>

bool mkt_experiment_facts_sound(const struct mkt_experiment_work *w)
{
    return w->verdict.call != MKT_EXPERIMENT_SPLIT_WRONG &&
           w->verdict.call != MKT_EXPERIMENT_EXPOSED_BOTH;
}

/* A fact in the making: what it is about, then its figure. */
struct making {
    struct mkt_experiment_work *w;
    struct mkt_err *err;
    const char *scope, *entity;
    int64_t n;
    double level; /* of its interval; 0 for the level asked for */
};

static mkt_status add(const struct making *f, const char *id, const char *metric, const char *label,
                      mkt_unit unit, double value, const double *interval, const char *kind,
                      const char *why)
{
    if (!id || !metric || !label) return mkt_arena_full(f->w->sheet->arena, f->err);
    if (!isfinite(value)) return MKT_OK;
    bool has = interval && isfinite(interval[0]) && isfinite(interval[1]);
    struct mkt_fact fact = {.id = id,
                            .label = label,
                            .scope = f->scope,
                            .entity = f->entity,
                            .metric = metric,
                            .value = value,
                            .unit = unit,
                            .low = has ? fmin(interval[0], value) : NAN,
                            .high = has ? fmax(interval[1], value) : NAN,
                            .level = !has           ? 0
                                     : f->level > 0 ? f->level
                                                    : f->w->e->options.level,
                            .interval = has ? kind : "none",
                            .why = has   ? NULL
                                   : why ? why
                                         : "it does not vary",
                            .n = f->n,
                            .n_of = "units",
                            .method = "experiment"};
    return mkt_sheet_add_fact(f->w->sheet, &fact, f->err);
}

/* The template with a and b in its two places "%s". */
static const char *text(const struct making *f, const char *template, const char *a, const char *b)
{
    const char *first = strstr(template, "%s"), *second = strstr(first + 2, "%s");
    return mkt_arena_printf(f->w->sheet->arena, "%.*s%s%.*s%s%s", (int)(first - template), template,
                            a, (int)(second - first - 2), first + 2, b, second + 2);
}

/* ---- the whole ------------------------------------------------------------- */

/* The lift that the verdict is about, at any look, as a figure of the whole. */
static mkt_status add_lead(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const struct mkt_experiment_verdict *v = &w->verdict;
    if (!mkt_experiment_facts_sound(w) || v->variant == e->control) return MKT_OK;
    size_t m = v->guard == SIZE_MAX ? e->goal : v->guard;
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, m, v->variant);
    struct making f = {w, err, "total", NULL, (int64_t)l->best.n, mkt_experiment_level(e, m)};
    bool relative = l->scale == MKT_LIFT_RELATIVE;
    return add(
        &f, "lift", "lift",
        text(&f, relative ? "Lift of %s in %s at any look" : "Difference of %s in %s at any look",
             w->metric[m], w->variant[v->variant]),
        mkt_experiment_work_lift_unit(e, m, l->scale), l->best.value,
        (double[]){l->always.low, l->always.high}, "confidence_sequence", NULL);
}

static mkt_status add_whole(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const struct mkt_experiment_verdict *v = &w->verdict;
    struct making f = {w, err, "total", NULL, e->arms->units, 0};
    const char *count = "a count of what was recorded", *plan = "a plan, not a measurement";
    MKT_TRY(add(&f, "units", "units", "Units", MKT_UNIT_COUNT, (double)e->arms->units, NULL, NULL,
                count));
    MKT_TRY(add_lead(w, err));
    if (v->call == MKT_EXPERIMENT_RUN_ON) {
        MKT_TRY(add(&f, "units_left", "units_left", "Number of units still needed", MKT_UNIT_COUNT,
                    v->units_left, NULL, NULL, plan));
        MKT_TRY(add(&f, "days_left", "days_left", "Number of days still to run", MKT_UNIT_DAYS,
                    v->days_left, NULL, NULL, plan));
        MKT_TRY(add(&f, "units_if", "units_if",
                    "Number of units still needed if the lift stays as it is", MKT_UNIT_COUNT,
                    v->units_if, NULL, NULL, plan));
        MKT_TRY(add(&f, "days_if", "days_if",
                    "Number of days still to run if the lift stays as it is", MKT_UNIT_DAYS,
                    v->days_if, NULL, NULL, plan));
    }
    if (e->srm_tested)
        MKT_TRY(add(&f, "split_p", "split_p", "p value of the split", MKT_UNIT_P, e->srm_p, NULL,
                    NULL, "a p value"));
    MKT_TRY(add(&f, "days", "days", "Number of days so far", MKT_UNIT_DAYS, e->days, NULL, NULL,
                count));
    if (e->arms->multiple)
        MKT_TRY(add(&f, "in_two_variants", "in_two_variants", "Units in more than one variant",
                    MKT_UNIT_COUNT, (double)e->arms->multiple, NULL, NULL, count));
    for (size_t i = 0; i < e->variants; i++) {
        f = (struct making){w, err, "variant", w->variant[i], e->units[i], 0};
        MKT_TRY(add(&f, text(&f, "variant.%s.units%s", w->variant_key[i], ""), "units",
                    text(&f, "Units in %s%s", w->variant[i], ""), MKT_UNIT_COUNT,
                    (double)e->units[i], NULL, NULL, count));
        MKT_TRY(add(&f, text(&f, "variant.%s.share%s", w->variant_key[i], ""), "share",
                    text(&f, "Share of units in %s%s", w->variant[i], ""), MKT_UNIT_SHARE,
                    (double)e->units[i] / (double)e->arms->units, NULL, NULL, count));
        MKT_TRY(add(&f, text(&f, "variant.%s.intended%s", w->variant_key[i], ""), "intended",
                    text(&f, "Intended share of %s%s", w->variant[i], ""), MKT_UNIT_SHARE,
                    e->share[i], NULL, NULL, "as it was set"));
    }
    return MKT_OK;
}

/* How a metric was counted, where not as it stands. */
static mkt_status add_counting(struct mkt_experiment_work *w, size_t m, struct mkt_err *err)
{
    const struct mkt_arms_metric *x = &w->e->arms->metric[m];
    struct making f = {w, err, "total", NULL, w->e->arms->units, 0};
    const char *key = w->metric_key[m], *set = "as it was set";
    if (isfinite(x->cap)) {
        MKT_TRY(add(&f, text(&f, "%s.cap%s", key, ""), text(&f, "%s_cap%s", key, ""),
                    text(&f, "Cap of %s%s", w->metric[m], ""), MKT_UNIT_INDEX, x->cap, NULL, NULL,
                    set));
        MKT_TRY(add(&f, text(&f, "%s.capped%s", key, ""), text(&f, "%s_capped%s", key, ""),
                    text(&f, "Units above the cap of %s%s", w->metric[m], ""), MKT_UNIT_COUNT,
                    (double)x->capped, NULL, NULL, "a count of what was recorded"));
    }
    if (x->kind != MKT_ARMS_QUANTILE) return MKT_OK;
    return add(&f, text(&f, "%s.quantile%s", key, ""), text(&f, "%s_quantile%s", key, ""),
               text(&f, "Quantile of %s that is compared%s", w->metric[m], ""), MKT_UNIT_SHARE,
               x->quantile, NULL, NULL, set);
}

/* ---- a metric in a variant -------------------------------------------------- */

static mkt_status add_mean(struct mkt_experiment_work *w, size_t m, size_t v, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const struct mkt_arm_mean *mean = &e->mean[m * e->variants + v];
    struct making f = {w, err, "variant", w->variant[v], e->units[v], 0};
    mkt_arms_kind kind = e->arms->metric[m].kind;
    const char *how = kind == MKT_ARMS_PROPORTION ? "wilson"
                      : kind == MKT_ARMS_QUANTILE ? "order_statistics"
                                                  : "t";
    return add(&f, mkt_experiment_work_id(w, m, v, ""), w->metric_key[m],
               text(&f, "%s of %s", w->metric[m], w->variant[v]), mkt_experiment_work_unit(e, m),
               mean->value, (double[]){mean->low, mean->high}, how, "too few units");
}

struct figure {
    const char *what, *label; /* of the id, and "Lift of %s in %s" */
    double value, low, high;
    mkt_unit unit;
    const char *kind, *why;
};

static mkt_status add_figures(const struct making *f, size_t m, size_t v,
                              const struct figure *figure, size_t n)
{
    struct mkt_experiment_work *w = f->w;
    for (size_t i = 0; i < n; i++) {
        const struct figure *x = &figure[i];
        MKT_TRY(add(f, mkt_experiment_work_id(w, m, v, x->what),
                    text(f, "%s_%s", w->metric_key[m], x->what),
                    text(f, x->label, w->metric[m], w->variant[v]), x->unit, x->value,
                    (double[]){x->low, x->high}, x->kind, x->why));
    }
    return MKT_OK;
}

static mkt_status add_lift(struct mkt_experiment_work *w, size_t m, size_t v, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, m, v);
    if (v == e->control || l->fault != MKT_LIFT_FINE) return MKT_OK;
    bool relative = l->scale == MKT_LIFT_RELATIVE;
    mkt_unit unit = mkt_experiment_work_lift_unit(e, m, l->scale);
    double sign = mkt_experiment_sign(e, m), win = l->belief.chance_to_win;
    const char *p = "a p value", *believed = "an expectation over the belief";
    const struct figure figure[] = {
        {"lift", relative ? "Lift of %s in %s" : "Difference of %s in %s", l->best.value,
         l->fixed.low, l->fixed.high, unit, "welch", NULL},
        {"lift_any_time",
         relative ? "Lift of %s in %s at any look" : "Difference of %s in %s at any look",
         l->best.value, l->always.low, l->always.high, unit, "confidence_sequence", NULL},
        {"p", "p value of %s in %s", l->fixed.p, NAN, NAN, MKT_UNIT_P, NULL, p},
        {"p_any_time", "p value of %s in %s at any look", l->always.p, NAN, NAN, MKT_UNIT_P, NULL,
         p},
        {"p_holm", "p value of %s in %s among all tests", l->p_holm, NAN, NAN, MKT_UNIT_P, NULL, p},
        {"q", "False discovery rate of %s in %s", l->q, NAN, NAN, MKT_UNIT_PROBABILITY, NULL, p},
        {"chance_to_win", "Chance to win on %s of %s", sign > 0 ? win : 1 - win, NAN, NAN,
         MKT_UNIT_PROBABILITY, NULL, "a probability of the belief"},
        {"risk", "Expected loss on %s of shipping %s",
         sign > 0 ? l->belief.risk_treated : l->belief.risk_control, NAN, NAN, unit, NULL,
         believed},
        {"mde",
         relative ? "Least lift on %s of %s that could be seen"
                  : "Least difference on %s of %s that could be seen",
         l->mde, NAN, NAN, unit, NULL, "a property of the design"},
        {"saved", "Variance of %s in %s that the covariate took away", l->saved, NAN, NAN,
         MKT_UNIT_SHARE, NULL, "a description of these units"},
        {"p_not_worse", "p value of %s in %s for being not inferior", l->p_not_worse, NAN, NAN,
         MKT_UNIT_P, NULL, p},
        {"lift_believed",
         relative ? "Believed lift of %s in %s" : "Believed difference of %s in %s", l->belief.mean,
         l->belief.low, l->belief.high, unit, "credible", NULL},
        {"lift_planned",
         relative ? "Lift of %s in %s, at this planned look"
                  : "Difference of %s in %s, at this planned look",
         l->best.value, l->low, l->high, unit, "alpha_spending", NULL},
        {"bound", "Standard errors that %s in %s must reach at this planned look", l->bound, NAN,
         NAN, MKT_UNIT_INDEX, NULL, "a bound by alpha spending"},
    };
    struct making f = {
        w, err, "variant", w->variant[v], (int64_t)l->best.n, mkt_experiment_level(e, m)};
    bool covariate = e->arms->metric[m].covariate;
    MKT_TRY(add_figures(&f, m, v, figure, covariate ? 10 : 9));
    if (e->options.margin > 0) MKT_TRY(add_figures(&f, m, v, figure + 10, 1));
    if (e->options.planned > 0 && e->options.looks > 1)
        MKT_TRY(add_figures(&f, m, v, figure + 12, 2));
    f.level = 0; /* a belief has two sides */
    return e->options.prior_sd > 0 ? add_figures(&f, m, v, figure + 11, 1) : MKT_OK;
}

static mkt_status add_goal(struct mkt_experiment_work *w, size_t v, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    struct making f = {w, err, "variant", w->variant[v], e->units[v], 0};
    const struct figure best = {"best",
                                "Probability that on %s the best is %s",
                                e->best ? e->best[v] : NAN,
                                NAN,
                                NAN,
                                MKT_UNIT_PROBABILITY,
                                NULL,
                                "a probability of the belief"};
    if (e->best) MKT_TRY(add_figures(&f, e->goal, v, &best, 1));
    const struct mkt_lift *s = &e->strata[v];
    if (v == e->control || !(s->n > 0)) return MKT_OK;
    f.level = mkt_experiment_level(e, e->goal);
    struct mkt_welch t = mkt_welch_test(s, f.level, MKT_WELCH_TWO_SIDED, 0);
    mkt_unit unit =
        mkt_experiment_work_lift_unit(e, e->goal, mkt_experiment_lift_at(e, e->goal, v)->scale);
    const struct figure strata = {"lift_poststratified",
                                  unit == MKT_UNIT_CHANGE
                                      ? "Lift of %s in %s with the segments' mix evened out"
                                      : "Difference of %s in %s with the segments' mix evened out",
                                  s->value,
                                  t.low,
                                  t.high,
                                  unit,
                                  "welch",
                                  NULL};
    return add_figures(&f, e->goal, v, &strata, 1);
}

/* ---- segments ---------------------------------------------------------------- */

static mkt_status add_segments(struct mkt_experiment_work *w, size_t v, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    size_t segments = e->arms->names[1];
    mkt_unit unit =
        mkt_experiment_work_lift_unit(e, e->goal, mkt_experiment_lift_at(e, e->goal, v)->scale);
    for (size_t s = 0; s < segments; s++) {
        const struct mkt_experiment_segment *x = &e->segment[v * segments + s];
        if (x->fault != MKT_LIFT_FINE) continue;
        const char *name = e->arms->name[1][s];
        struct making f = {w,
                           err,
                           "segment",
                           *name ? name : "(none)",
                           (int64_t)x->lift.n,
                           mkt_experiment_level(e, e->goal)};
        const char *key = text(&f, "segment.%s.%s", w->segment_key[s], w->variant_key[v]);
        if (!key) return mkt_arena_full(w->sheet->arena, err);
        MKT_TRY(add(&f, text(&f, "%s.lift%s", key, ""),
                    text(&f, "%s_lift_%s", w->metric_key[e->goal], w->variant_key[v]),
                    mkt_arena_printf(w->sheet->arena, "%s of %s in %s among %s",
                                     unit == MKT_UNIT_CHANGE ? "Lift" : "Difference",
                                     w->metric[e->goal], w->variant[v], f.entity),
                    unit, x->lift.value, (double[]){x->low, x->high}, "fieller_bonferroni",
                    "the control among them is within chance of nothing: a lift has no ends"));
        MKT_TRY(add(&f, text(&f, "%s.p_holm%s", key, ""),
                    text(&f, "%s_p_holm_%s", w->metric_key[e->goal], w->variant_key[v]),
                    mkt_arena_printf(w->sheet->arena,
                                     "p value, corrected for all segments, of %s in %s among %s",
                                     w->metric[e->goal], w->variant[v], f.entity),
                    MKT_UNIT_P, x->p_holm, NULL, NULL, "a p value"));
    }
    return MKT_OK;
}

mkt_status mkt_experiment_facts_add(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    bool sound = mkt_experiment_facts_sound(w);
    MKT_TRY(add_whole(w, err));
    for (size_t k = 0; k < e->metrics; k++) {
        size_t m = k == 0 ? e->goal : k <= e->goal ? k - 1 : k; /* the goal first */
        MKT_TRY(add_counting(w, m, err));
        for (size_t v = 0; v < e->variants; v++) {
            MKT_TRY(add_mean(w, m, v, err));
            if (sound) MKT_TRY(add_lift(w, m, v, err));
        }
    }
    for (size_t v = 0; sound && v < e->variants; v++) {
        MKT_TRY(add_goal(w, v, err));
        if (e->segment && v != e->control) MKT_TRY(add_segments(w, v, err));
    }
    return MKT_OK;
}
