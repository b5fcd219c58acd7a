#include "model/exposure_limits.h"

#include <math.h>
#include <string.h>

#include "model/exposure_logit.h"
#include "num/inverse.h"

/* Far below what one conversion tells: where the data tell nothing of a channel it decides. */
#define FAINT 1e-6

/* As the fit has it; the inverse is not needed. */
static mkt_status logit_of(struct mkt_arena *arena, const struct mkt_incremental *fit, size_t K,
                           struct mkt_exposure_logit *out, struct mkt_err *err)
{
    size_t stages = fit->moments.stages;
    *out = (struct mkt_exposure_logit){.columns = K + stages,
                                       .b = MKT_NEW(arena, double, K + stages + 1)};
    if (!out->b) return mkt_arena_full(arena, err);
    memcpy(out->b, fit->effect, K * sizeof *out->b);
    memcpy(out->b + K, fit->stage, stages * sizeof *out->b);
    out->b[K + stages] = fit->effect[K];
    return MKT_OK;
}

/* What the moments tell of b [columns + 1][columns + 1], and conversions expected of those who met
 * each [columns + 1]. */
static void add_up(const struct mkt_exposure_logit *fit, const struct mkt_moments_table *t,
                   double *told, double *expected)
{
    size_t place[65];
    for (size_t r = 0; r < t->rows; r++) {
        const struct mkt_moments *m = &t->row[r];
        double h = mkt_exposure_logit_chance(fit, m->met), weight = m->times * h * (1 - h);
        size_t places = mkt_exposure_logit_places(fit, m->met, place);
        for (size_t i = 0; i < places; i++) expected[place[i]] += m->times * h;
        mkt_exposure_logit_add(fit, told, place, places, weight);
    }
    mkt_exposure_logit_mirror(fit, told);
}

/* Leaves the inverse in place; all is unknown where it cannot be told. */
static void invert(double *told, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, told[i * n + i]);
    for (size_t i = 0; i < n; i++) told[i * n + i] += FAINT + 1e-12 * most;
    if (mkt_inverse_make(told, n)) return;
    for (size_t i = 0; i < n; i++) told[i * n + i] = INFINITY;
}

double mkt_exposure_limits_bound(double pull)
{
    return pull * pull / (2 * pull - 1);
}

/* `lost` of `expected` conversions. */
static double explains(double expected, double lost)
{
    if (lost <= 0) return 1;
    if (lost >= expected) return INFINITY;
    double ratio = expected / (expected - lost);
    return ratio + sqrt(ratio * (ratio - 1));
}

/* By how many standard errors an interval has to reach beyond two estimates `gap` standard errors apart
 * to hold the truth, if one of them is of it, as often as `z` beyond a single one. */
static double reach(double gap, double z)
{
    double level = erf(z * M_SQRT1_2), low = 0, high = z;
    for (int i = 0; i < 50; i++) {
        double c = (low + high) / 2;
        double held = .5 * erfc(-(c + gap) * M_SQRT1_2) - .5 * erfc(c * M_SQRT1_2);
        *(held < level ? &low : &high) = c;
    }
    return high;
}

/* The interval that holds both ways to read the journeys, and whether they contradict each other.
 * k is a channel, or their number for all of them. */
static bool join(const struct mkt_incremental *fit, size_t k, double z,
                 struct mkt_exposure_limits *out)
{
    double touch = fit->conversions[k], end = fit->at_end.conversions[k];
    double spread = fit->spread[k], spread_end = fit->at_end.spread[k];
    double gap = fabs(touch - end), most = fmax(spread, spread_end);
    double far = most > 0 ? reach(gap / most, z) : 0;
    out->low[k] = fmin(touch - far * spread, end - far * spread_end);
    out->high[k] = fmax(touch + far * spread, end + far * spread_end);
    return gap > z * (spread + spread_end);
}

static mkt_exposure_state state_of(const struct mkt_exposure_limits *l, size_t k, bool apart)
{
    if (l->told[k] < MKT_EXPOSURE_TOLD) return MKT_EXPOSURE_UNTOLD;
    if (apart) return MKT_EXPOSURE_APART;
    return l->high[k] < 0 ? MKT_EXPOSURE_BELOW : MKT_EXPOSURE_GIVEN;
}

bool mkt_exposure_limits_repels(const struct mkt_exposure_limits *l,
                                const struct mkt_incremental *fit, size_t k)
{
    return l->told[k] >= MKT_EXPOSURE_TOLD &&
           fit->conversions[k] + MKT_EXPOSURE_REPELS * fit->spread[k] < 0;
}

static mkt_status fill(struct mkt_arena *arena, const struct mkt_paths *paths,
                       const struct mkt_incremental *fit, double penalty, double z,
                       struct mkt_exposure_limits *out, struct mkt_err *err)
{
    size_t K = paths->channel.count, n = K + fit->moments.stages + 1;
    struct mkt_exposure_logit logit;
    double *told = MKT_NEW(arena, double, n *n), *expected = MKT_NEW(arena, double, n);
    if (!told || !expected) return mkt_arena_full(arena, err);
    MKT_TRY(logit_of(arena, fit, K, &logit, err));
    add_up(&logit, &fit->moments, told, expected);
    invert(told, n);
    for (size_t k = 0; k < K; k++) {
        bool apart = join(fit, k, z, out);
        double variance = told[k * n + k], lost = fit->conversions[k];
        bool some = lost > 0;
        out->told[k] = variance >= 0 ? 1 / (1 + penalty * variance) : 0;
        out->state[k] = state_of(out, k, apart);
        out->states[out->state[k]]++;
        out->anyway[k] = fmax(expected[k] - lost, 0);
        out->repelling += mkt_exposure_limits_repels(out, fit, k);
        out->explains[k] = some ? explains(expected[k], lost) : NAN;
        out->explains_low[k] = some ? explains(expected[k], out->low[k]) : NAN;
        out->explains_high[k] = some ? explains(expected[k], out->high[k]) : NAN;
    }
    bool apart = join(fit, K, z, out);
    out->all = !apart && out->states[MKT_EXPOSURE_GIVEN] == K;
    return MKT_OK;
}

mkt_status mkt_exposure_limits_make(struct mkt_arena *arena, const struct mkt_paths *paths,
                                    const struct mkt_incremental *fit, double penalty, double z,
                                    struct mkt_exposure_limits *out, struct mkt_err *err)
{
    size_t K = paths->channel.count;
    *out = (struct mkt_exposure_limits){.low = MKT_NEW(arena, double, K + 1),
                                        .high = MKT_NEW(arena, double, K + 1),
                                        .state = MKT_NEW(arena, mkt_exposure_state, K),
                                        .told = MKT_NEW(arena, double, K),
                                        .anyway = MKT_NEW(arena, double, K),
                                        .explains = MKT_NEW(arena, double, K),
                                        .explains_low = MKT_NEW(arena, double, K),
                                        .explains_high = MKT_NEW(arena, double, K)};
    if (!out->state || !out->low || !out->high || !out->told || !out->anyway || !out->explains ||
        !out->explains_low || !out->explains_high)
        return mkt_arena_full(arena, err);
    size_t mark = mkt_arena_mark(arena);
    mkt_status status = fill(arena, paths, fit, penalty, z, out, err);
    mkt_arena_release(arena, mark);
    return status;
}
