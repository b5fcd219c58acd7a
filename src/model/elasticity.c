#include "model/elasticity.h"

#include <math.h>

#include "model/resample.h"
#include "num/dense.h"
#include "num/distribution.h"

#define DRAWS 2000
#define STREAM 16      /* apart from the spans of model/returns.c */
#define SEASON_WEEKS 9 /* a cosine for so many weeks */
#define LEVEL .95

struct weeks {
    size_t n;
    double *x, *y; /* logarithms */
    double *at;    /* place in the period, 0..1 */
};

static struct weeks collect(const double *spend, const double *outcome, size_t days, double *room)
{
    size_t all = days / 7, first = days % 7;
    struct weeks w = {0, room, room + all, room + 2 * all};
    for (size_t k = 0; k < all; k++) {
        double x = 0, y = 0;
        for (size_t t = first + 7 * k; t < first + 7 * (k + 1); t++) {
            x += spend[t];
            y += outcome[t];
        }
        if (!(x > 0 && y > 0)) continue;
        w.x[w.n] = log(x);
        w.y[w.n] = log(y);
        w.at[w.n++] = ((double)k + .5) / (double)all;
    }
    return w;
}

/* Takes level, trend and season out of x and y; returns how many terms. */
static size_t remove_season(const struct weeks *w, size_t all, double *q, double *term)
{
    size_t terms = 0, waves = all / SEASON_WEEKS;
    for (size_t j = 0; j < 2 + waves; j++) {
        for (size_t k = 0; k < w->n; k++)
            term[k] = j == 0   ? 1
                      : j == 1 ? w->at[k] - .5
                               : cos(acos(-1) * (double)(j - 1) * w->at[k]);
        terms += (size_t)mkt_dense_orthonormal(q, terms, w->n, term, 1e-9);
    }
    mkt_dense_remove(q, terms, w->n, w->x);
    mkt_dense_remove(q, terms, w->n, w->y);
    return terms;
}

static mkt_status fit(struct mkt_arena *arena, struct weeks *w, size_t all, uint64_t seed,
                      struct mkt_elasticity *out, struct mkt_err *err)
{
    size_t most = 2 + all / SEASON_WEEKS;
    double *q = MKT_NEW(arena, double, most * w->n), *score = MKT_NEW(arena, double, w->n);
    float *sum = MKT_NEW(arena, float, DRAWS *mkt_resample_stride(1));
    if (!q || !score || !sum) return mkt_arena_full(arena, err);
    size_t terms = remove_season(w, all, q, score);
    double n = (double)w->n, free = n - (double)terms - 1;
    double xx = mkt_dense_dot(w->x, w->x, w->n), xy = mkt_dense_dot(w->x, w->y, w->n);
    if (free < 1) return MKT_OK;
    out->variation = sqrt(xx / (n - (double)terms));
    if (!(out->variation >= MKT_ELASTICITY_LEAST_VARIATION)) return MKT_OK;
    out->value = xy / xx;
    for (size_t k = 0; k < w->n; k++) score[k] = w->x[k] * (w->y[k] - out->value * w->x[k]);
    struct mkt_resample spec = {w->n, 1, DRAWS, fmin(fmax(n / 12, 1), 4), seed, STREAM, 1};
    MKT_TRY(mkt_resample_sums(arena, &spec, score, sum, err));
    double square = 0;
    for (size_t d = 0; d < DRAWS; d++) {
        double v = (double)sum[d * mkt_resample_stride(1)];
        square += v * v / DRAWS;
    }
    out->error = sqrt(square * n / free) / xx;
    if (!(out->error > 0)) return MKT_OK;
    out->freedom = free / spec.block_days;
    double t = mkt_distribution_t_quantile((1 + LEVEL) / 2, out->freedom);
    out->low = out->value - t * out->error;
    out->high = out->value + t * out->error;
    out->below_one = mkt_distribution_t_cdf((1 - out->value) / out->error, out->freedom);
    out->known = true;
    return MKT_OK;
}

mkt_status mkt_elasticity_fit(struct mkt_arena *arena, const double *spend, const double *outcome,
                              size_t days, uint64_t seed, struct mkt_elasticity *out,
                              struct mkt_err *err)
{
    *out = (struct mkt_elasticity){
        .value = NAN, .error = NAN, .low = NAN, .high = NAN, .below_one = NAN, .variation = NAN};
    size_t mark = mkt_arena_mark(arena), all = days / 7;
    double *room = MKT_NEW(arena, double, 3 * all);
    if (!room) return mkt_arena_full(arena, err);
    struct weeks w = collect(spend, outcome, days, room);
    out->weeks = (int)w.n;
    mkt_status status = MKT_OK;
    if (w.n >= MKT_ELASTICITY_LEAST_WEEKS) status = fit(arena, &w, all, seed, out, err);
    mkt_arena_release(arena, mark);
    return status;
}
