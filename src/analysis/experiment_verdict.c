#include "analysis/experiment_verdict.h"

#include <math.h>

#include "model/sequential.h"
#include "model/srm.h"

typedef enum { NOT_TESTED, WINS, LOSES, SMALL, OPEN } outcome;

static int64_t smaller_arm(const struct mkt_experiment *e, size_t v)
{
    int64_t a = e->units[e->control], b = e->units[v];
    return a < b ? a : b;
}

static outcome outcome_of(const struct mkt_experiment *e, size_t v)
{
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, e->goal, v);
    if (l->fault != MKT_LIFT_FINE) return NOT_TESTED;
    if (smaller_arm(e, v) < MKT_EXPERIMENT_FEW) return OPEN;
    if (e->least_successes[e->goal] < MKT_EXPERIMENT_RARE) return OPEN;
    bool more = mkt_experiment_sign(e, e->goal) > 0;
    double low = more ? l->low : -l->high, high = more ? l->high : -l->low;
    if (low > l->bar) return WINS;
    if (high < l->bar) return LOSES;
    bool enough = e->options.planned > 0 ? (double)e->arms->units >= e->options.planned
                                         : l->best.n >= l->units_needed;
    return (high < l->effect && l->bar == 0) || enough ? SMALL : OPEN;
}

/* The first metric that is worse in v, else the first not shown to be within the margin. */
typedef enum { NO_GUARD, WORSE, UNPROVEN } guarding;

static guarding find_guard(const struct mkt_experiment *e, size_t v, size_t *guard)
{
    double alpha = 1 - e->options.level;
    guarding found = NO_GUARD;
    for (size_t m = 0; m < e->metrics; m++) {
        const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, m, v);
        if (m == e->goal || l->fault != MKT_LIFT_FINE) continue;
        bool worse = mkt_experiment_sign(e, m) * l->best.value < 0 && l->p_holm < alpha;
        bool unproven = e->options.margin > 0 && !(l->p_not_worse < alpha);
        if (worse || (unproven && found == NO_GUARD)) *guard = m;
        if (worse) return WORSE;
        if (unproven) found = UNPROVEN;
    }
    return found;
}

/* That it passes its bar. */
static double chance(const struct mkt_experiment *e, size_t metric, size_t v)
{
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, metric, v);
    return mkt_experiment_sign(e, metric) > 0 ? 1 - mkt_bayes_ab_below(&l->belief, l->bar)
                                              : mkt_bayes_ab_below(&l->belief, -l->bar);
}

static double chance_too_small(const struct mkt_experiment *e, size_t v)
{
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, e->goal, v);
    return mkt_experiment_sign(e, e->goal) > 0 ? mkt_bayes_ab_below(&l->belief, l->effect)
                                               : 1 - mkt_bayes_ab_below(&l->belief, -l->effect);
}

/* Units of both arms until the guard can be shown to be within the margin, 4 times in 5: the
 * distance to the margin must be 1.645 + 0.842 standard errors. */
static double needed_for_guard(const struct mkt_experiment *e, size_t v, size_t guard)
{
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, guard, v);
    double margin = e->options.margin;
    if (l->scale == MKT_LIFT_ABSOLUTE) margin *= fabs(l->best.control);
    double room = mkt_experiment_sign(e, guard) * l->best.value + margin;
    if (!(room > 0)) return INFINITY;
    double errors = (1.645 + .842) * l->best.se / room;
    return l->best.n * errors * errors;
}

static void plan_rest(const struct mkt_experiment *e, struct mkt_experiment_verdict *out)
{
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, e->goal, out->variant);
    double units = (double)e->arms->units;
    if (e->carried[out->guard == SIZE_MAX ? e->goal : out->guard]) return; /* no plan from it */
    double needed = e->options.planned;
    if (out->guard != SIZE_MAX)
        needed = needed_for_guard(e, out->variant, out->guard) * units / l->best.n;
    else if (!(needed > 0))
        needed = l->units_needed * units / l->best.n;
    double least = MKT_EXPERIMENT_FEW * (double)e->variants; /* of the smallest arms */
    double rare = e->least_successes[e->goal];
    if (rare < MKT_EXPERIMENT_RARE) {
        least = fmax(least, rare > 0 ? units * MKT_EXPERIMENT_RARE / rare : INFINITY);
        if (!isfinite(needed)) needed = 0; /* a zero baseline tells nothing yet */
    }
    out->for_rare = rare < MKT_EXPERIMENT_RARE && least >= needed;
    out->units_left = ceil(fmax(needed, least) - units);
    if (out->units_left < 1) out->units_left = 1;
    out->days_left = ceil(out->units_left / e->units_a_day);
    if (e->options.planned > 0 || out->guard != SIZE_MAX) return;
    double z = fabs(mkt_experiment_sign(e, e->goal) * l->best.value - l->bar) / l->best.se;
    double level = 1 - (1 - mkt_experiment_level(e, e->goal)) / (double)(e->variants - 1);
    if (!(z > 0)) return;
    double as_seen = mkt_sequential_units(z, l->best.n, level, e->options.tuning,
                                          mkt_experiment_sides(e, e->goal));
    double left = ceil(fmax(as_seen * units / l->best.n, least) - units);
    if (!(left >= 1) || !(left < out->units_left)) return;
    out->units_if = left;
    out->days_if = ceil(left / e->units_a_day);
}

static void ship(const struct mkt_experiment *e, size_t v, struct mkt_experiment_verdict *out)
{
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, e->goal, v);
    out->variant = v;
    out->probability = chance(e, e->goal, v);
    out->confidence = l->confidence;
    if (e->best && l->bar == 0) {
        out->probability = fmin(out->probability, e->best[v]);
        out->confidence = fmin(out->confidence, e->best[v]);
    }
    switch (find_guard(e, v, &out->guard)) {
    case NO_GUARD:
        out->call = MKT_EXPERIMENT_SHIP;
        break;
    case WORSE:
        out->call = MKT_EXPERIMENT_GUARDED;
        out->probability = 1 - chance(e, out->guard, v);
        out->confidence = 1 - mkt_experiment_lift_at(e, out->guard, v)->confidence;
        break;
    case UNPROVEN:
        out->call = MKT_EXPERIMENT_RUN_ON;
        out->confidence = NAN;
        plan_rest(e, out);
        break;
    }
}

static bool broken(const struct mkt_experiment *e, struct mkt_experiment_verdict *out)
{
    double all = (double)(e->arms->units + e->arms->multiple);
    if (e->srm_tested && e->srm_p < MKT_SRM_ALARM) {
        out->call = MKT_EXPERIMENT_SPLIT_WRONG;
        out->probability = out->confidence = e->srm_wrong;
        return true;
    }
    if ((double)e->arms->multiple > MKT_EXPERIMENT_MULTIPLE * all) {
        out->call = MKT_EXPERIMENT_EXPOSED_BOTH;
        out->probability = out->confidence = 1;
        return true;
    }
    return false;
}

struct mkt_experiment_verdict mkt_experiment_verdict_of(const struct mkt_experiment *e)
{
    struct mkt_experiment_verdict out = {
        MKT_EXPERIMENT_CANNOT, e->control, SIZE_MAX, NAN, NAN, NAN, NAN, NAN, NAN, false};
    if (broken(e, &out)) return out;
    size_t best[OPEN + 1] = {0}, count[OPEN + 1] = {0};
    for (size_t v = 0; v < e->variants; v++) {
        if (v == e->control) continue;
        outcome o = outcome_of(e, v);
        if (!count[o]++ || mkt_experiment_lift_at(e, e->goal, v)->confidence >
                               mkt_experiment_lift_at(e, e->goal, best[o])->confidence)
            best[o] = v;
    }
    if (count[WINS]) {
        ship(e, best[WINS], &out);
    } else if (count[OPEN]) {
        out.call = MKT_EXPERIMENT_RUN_ON;
        out.variant = best[OPEN];
        double p = chance(e, e->goal, out.variant);
        out.probability = fmax(p, 1 - p);
        plan_rest(e, &out);
    } else if (count[SMALL]) {
        out.call = MKT_EXPERIMENT_TOO_SMALL;
        out.variant = best[SMALL];
        out.probability = out.confidence = e->options.not_worse
                                               ? 1 - chance(e, e->goal, out.variant)
                                               : chance_too_small(e, out.variant);
    } else if (count[LOSES]) {
        out.call = MKT_EXPERIMENT_WORSE;
        out.variant = best[LOSES];
        out.probability = 1 - chance(e, e->goal, out.variant);
        out.confidence = 1 - mkt_experiment_lift_at(e, e->goal, out.variant)->confidence;
    }
    return out;
}
