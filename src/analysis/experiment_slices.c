#include "analysis/experiment_slices.h"

#include <math.h>

#include "analysis/experiment_pair.h"
#include "model/multiplicity.h"
#include "model/poststrat.h"

#define DAY_UNITS 30 /* units an arm that a single day needs to count in the trend */

static mkt_status estimate_path(struct mkt_arena *arena, struct mkt_experiment *e,
                                struct mkt_err *err)
{
    struct mkt_period data = e->data;
    int32_t days = mkt_period_days(data);
    e->days = days;
    e->units_a_day = (double)e->arms->units / days;
    if (days < 2 || e->arms->metric[e->goal].kind == MKT_ARMS_QUANTILE) return MKT_OK;
    size_t points = days < MKT_EXPERIMENT_POINTS ? (size_t)days : MKT_EXPERIMENT_POINTS;
    e->day = MKT_NEW(arena, int32_t, points);
    e->path = MKT_NEW(arena, struct mkt_experiment_point, points * e->variants);
    if (!e->day || !e->path) return mkt_arena_full(arena, err);
    e->points = points;
    const struct mkt_arms_metric *m = &e->arms->metric[e->goal];
    for (size_t k = 0; k < points; k++) {
        e->day[k] = data.first + (int32_t)(((int64_t)(k + 1) * days) / (int64_t)points) - 1;
        for (size_t v = 0; v < e->variants; v++) {
            struct mkt_experiment_point *at = &e->path[v * points + k];
            *at = (struct mkt_experiment_point){NAN, NAN, NAN};
            const struct mkt_experiment_lift *whole = mkt_experiment_lift_at(e, e->goal, v);
            if (v == e->control || whole->fault != MKT_LIFT_FINE) continue;
            struct mkt_arms_slice slice = mkt_arms_whole(-1);
            slice.last = e->day[k];
            struct mkt_experiment_pair pair;
            struct mkt_lift lift;
            MKT_TRY(mkt_experiment_pair_collect(e, v, e->goal, slice, &pair, err));
            if (pair.control.n < MKT_EXPERIMENT_FEW || pair.treated.n < MKT_EXPERIMENT_FEW ||
                mkt_experiment_pair_fit(m, &pair, whole->scale, mkt_experiment_pair_theta(m, &pair),
                                        &lift) != MKT_LIFT_FINE)
                continue;
            struct mkt_sequential s =
                mkt_experiment_any_look(e, e->goal, &lift, mkt_experiment_level(e, e->goal));
            *at = (struct mkt_experiment_point){lift.value, s.low, s.high};
        }
    }
    return MKT_OK;
}

/* Lifts of the slices that `step` makes (single days, or days of the week), tested for difference. */
static mkt_status estimate_days(struct mkt_arena *arena, struct mkt_experiment *e, size_t v,
                                struct mkt_err *err)
{
    const struct mkt_arms_metric *m = &e->arms->metric[e->goal];
    mkt_lift_scale scale = mkt_experiment_lift_at(e, e->goal, v)->scale;
    size_t days = (size_t)mkt_period_days(e->data), n = 0;
    if (days > 731) days = 731; /* two years tell a trend */
    double *t = MKT_NEW(arena, double, 3 * (days + 7));
    if (!t) return mkt_arena_full(arena, err);
    double *value = t + days + 7, *se = value + days + 7;
    struct mkt_experiment_pair pair;
    struct mkt_lift lift;
    for (size_t k = 0; k < days; k++) {
        struct mkt_arms_slice slice = mkt_arms_whole(-1);
        slice.first = slice.last = e->data.first + (int32_t)k;
        MKT_TRY(mkt_experiment_pair_collect(e, v, e->goal, slice, &pair, err));
        if (pair.control.n < DAY_UNITS || pair.treated.n < DAY_UNITS ||
            mkt_experiment_pair_fit(m, &pair, scale, 0, &lift) != MKT_LIFT_FINE)
            continue;
        t[n] = (double)k;
        value[n] = lift.value;
        se[n++] = lift.se;
    }
    e->trend[v] = mkt_heterogeneity_trend_of(t, value, se, n);
    n = 0;
    for (int w = 0; w < 7; w++) {
        struct mkt_arms_slice slice = mkt_arms_whole(-1);
        slice.weekday = w;
        MKT_TRY(mkt_experiment_pair_collect(e, v, e->goal, slice, &pair, err));
        if (pair.control.n < DAY_UNITS || pair.treated.n < DAY_UNITS ||
            mkt_experiment_pair_fit(m, &pair, scale, 0, &lift) != MKT_LIFT_FINE)
            continue;
        value[n] = lift.value;
        se[n++] = lift.se;
    }
    e->weekday[v] = mkt_heterogeneity_test(value, se, n);
    return MKT_OK;
}

static mkt_status estimate_segments(struct mkt_arena *arena, struct mkt_experiment *e, size_t v,
                                    struct mkt_err *err)
{
    const struct mkt_arms_metric *m = &e->arms->metric[e->goal];
    mkt_lift_scale scale = mkt_experiment_lift_at(e, e->goal, v)->scale;
    size_t segments = e->arms->names[1], n = 0;
    double *value = MKT_NEW(arena, double, 4 * segments);
    struct mkt_arms_moments *of = MKT_NEW(arena, struct mkt_arms_moments, 2 * segments);
    if (!value || !of) return mkt_arena_full(arena, err);
    double *se = value + segments, *p = se + segments, *weight = p + segments, all = 0;
    bool whole = true;
    for (size_t s = 0; s < segments; s++) {
        struct mkt_experiment_segment *out = &e->segment[v * segments + s];
        struct mkt_arms_slice slice = mkt_arms_whole(-1);
        slice.segment = (int)s;
        struct mkt_experiment_pair pair;
        MKT_TRY(mkt_experiment_pair_collect(e, v, e->goal, slice, &pair, err));
        of[s] = pair.control;
        of[segments + s] = pair.treated;
        weight[s] = (double)(pair.control.n + pair.treated.n);
        all += weight[s];
        whole = whole && pair.control.n >= 2 && pair.treated.n >= 2;
        out->fault = mkt_experiment_pair_fit(m, &pair, scale, mkt_experiment_pair_theta(m, &pair),
                                             &out->lift);
        if (out->fault != MKT_LIFT_FINE) continue;
        out->fixed =
            mkt_welch_test(&out->lift, mkt_experiment_level(e, e->goal), MKT_WELCH_TWO_SIDED, 0);
        value[n] = out->lift.value;
        se[n] = out->lift.se;
        p[n++] = out->fixed.p;
    }
    e->differ[v] = mkt_heterogeneity_test(value, se, n);
    MKT_TRY(mkt_multiplicity_holm(arena, p, n, p, err));
    double level = 1 - (1 - mkt_experiment_level(e, e->goal)) / (double)(n ? n : 1);
    n = 0;
    for (size_t s = 0; s < segments; s++) {
        struct mkt_experiment_segment *out = &e->segment[v * segments + s];
        if (out->fault != MKT_LIFT_FINE) continue;
        out->p_holm = p[n++];
        struct mkt_welch joint = mkt_welch_fieller(&out->lift, level);
        out->low = joint.low;
        out->high = joint.high;
    }
    if (!whole || segments < 2) return MKT_OK;
    for (size_t s = 0; s < segments; s++) weight[s] /= all;
    struct mkt_lift_arm control, treated;
    mkt_poststrat_arm(of, weight, segments, m->kind, &control);
    mkt_poststrat_arm(of + segments, weight, segments, m->kind, &treated);
    struct mkt_experiment_pair pair;
    MKT_TRY(mkt_experiment_pair_collect(e, v, e->goal, mkt_arms_whole(-1), &pair, err));
    struct mkt_lift_spec spec = {m->kind == MKT_ARMS_RATIO, scale,
                                 mkt_experiment_pair_theta(m, &pair)};
    if (mkt_lift_fit(&control, &treated, &spec, &e->strata[v]) != MKT_LIFT_FINE) e->strata[v].n = 0;
    return MKT_OK;
}

mkt_status mkt_experiment_slices_fill(struct mkt_arena *arena, struct mkt_experiment *e,
                                      struct mkt_err *err)
{
    if (e->arms->dated) MKT_TRY(estimate_path(arena, e, err));
    size_t segments = e->arms->names[1];
    e->trend = MKT_NEW(arena, struct mkt_heterogeneity_trend, e->variants);
    e->weekday = MKT_NEW(arena, struct mkt_heterogeneity, e->variants);
    e->differ = MKT_NEW(arena, struct mkt_heterogeneity, e->variants);
    e->strata = MKT_NEW(arena, struct mkt_lift, e->variants);
    if (!e->trend || !e->weekday || !e->differ || !e->strata) return mkt_arena_full(arena, err);
    for (size_t v = 0; v < e->variants; v++) {
        e->trend[v] = (struct mkt_heterogeneity_trend){NAN, NAN, 1};
        e->weekday[v].p = e->differ[v].p = 1;
    }
    /* a quantile has no sums of parts */
    bool parts = e->arms->metric[e->goal].kind != MKT_ARMS_QUANTILE;
    if (e->arms->segmented && segments > 1 && parts) {
        e->segment = MKT_NEW(arena, struct mkt_experiment_segment, e->variants * segments);
        if (!e->segment) return mkt_arena_full(arena, err);
    }
    for (size_t v = 0; v < e->variants; v++) {
        if (v == e->control || mkt_experiment_lift_at(e, e->goal, v)->fault != MKT_LIFT_FINE)
            continue;
        if (e->arms->dated && parts) MKT_TRY(estimate_days(arena, e, v, err));
        if (e->segment) MKT_TRY(estimate_segments(arena, e, v, err));
    }
    return MKT_OK;
}
