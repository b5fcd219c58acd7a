#include "model/exposure_limits.h"

#include <math.h>

#include "model/moments.h"
#include "num/inverse.h"

/* Far below what one conversion tells: where the data tell nothing of a channel it decides. */
#define FAINT 1e-6

static double hazard(const struct mkt_incremental *fit, size_t K, uint64_t met)
{
    double x = fit->effect[K];
    for (; met; met &= met - 1) x += fit->effect[__builtin_ctzll(met)];
    return 1 / (1 + exp(-x));
}

/* What the moments tell of b [K + 1][K + 1], and conversions expected of those who met each [K]. */
static void add_up(const struct mkt_incremental *fit, const struct mkt_moments_table *t, size_t K,
                   double *told, double *expected)
{
    size_t n = K + 1;
    for (size_t r = 0; r < t->rows; r++) {
        const struct mkt_moments *m = &t->row[r];
        size_t place[MKT_INCREMENTAL_CHANNELS + 1], places = 0;
        double h = hazard(fit, K, m->met), weight = m->times * h * (1 - h);
        for (uint64_t met = m->met; met; met &= met - 1)
            place[places++] = (size_t)__builtin_ctzll(met);
        for (size_t i = 0; i < places; i++) expected[place[i]] += m->times * h;
        place[places++] = K;
        for (size_t i = 0; i < places; i++)
            for (size_t j = 0; j < places; j++) told[place[i] * n + place[j]] += weight;
    }
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

static mkt_status fill(struct mkt_arena *arena, const struct mkt_paths *paths,
                       const struct mkt_incremental *fit, double penalty, double z,
                       struct mkt_exposure_limits *out, struct mkt_err *err)
{
    size_t K = paths->channel.count, n = K + 1;
    double *told = MKT_NEW(arena, double, n *n), *expected = MKT_NEW(arena, double, n);
    if (!told || !expected) return mkt_arena_full(arena, err);
    add_up(fit, &fit->moments, K, told, expected);
    invert(told, n);
    for (size_t k = 0; k < K; k++) {
        double variance = told[k * n + k], lost = fit->conversions[k], far = z * fit->spread[k];
        bool some = lost > 0;
        out->told[k] = variance >= 0 ? 1 / (1 + penalty * variance) : 0;
        out->anyway[k] = fmax(expected[k] - lost, 0);
        out->repelling +=
            out->told[k] >= MKT_EXPOSURE_TOLD && lost + MKT_EXPOSURE_REPELS * fit->spread[k] < 0;
        out->explains[k] = some ? explains(expected[k], lost) : NAN;
        out->explains_low[k] = some ? explains(expected[k], lost - far) : NAN;
        out->explains_high[k] = some ? explains(expected[k], lost + far) : NAN;
    }
    return MKT_OK;
}

mkt_status mkt_exposure_limits_make(struct mkt_arena *arena, const struct mkt_paths *paths,
                                    const struct mkt_incremental *fit, double penalty, double z,
                                    struct mkt_exposure_limits *out, struct mkt_err *err)
{
    size_t K = paths->channel.count;
    *out = (struct mkt_exposure_limits){MKT_NEW(arena, double, K), MKT_NEW(arena, double, K),
                                        MKT_NEW(arena, double, K), MKT_NEW(arena, double, K),
                                        MKT_NEW(arena, double, K), 0};
    if (!out->told || !out->anyway || !out->explains || !out->explains_low || !out->explains_high)
        return mkt_arena_full(arena, err);
    size_t mark = mkt_arena_mark(arena);
    mkt_status status = fill(arena, paths, fit, penalty, z, out, err);
    mkt_arena_release(arena, mark);
    return status;
}
