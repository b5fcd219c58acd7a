#include "model/incremental.h"

#include <math.h>
#include <string.h>

#include "model/removals.h"
#include "num/dense.h"
#include "num/inverse.h"

struct fit {
    const struct mkt_paths *paths;
    size_t K; /* channels; place K of a vector is b_0 */
    double penalty;
    double *b;       /* [K + 1] */
    double *inverse; /* [K + 1][K + 1] of the Hessian */
};

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

static double score_of(const struct fit *f, uint64_t met)
{
    double x = f->b[f->K];
    for (; met; met &= met - 1) x += f->b[__builtin_ctzll(met)];
    return x;
}

/* Penalised log likelihood; its gradient and Hessian where asked. */
static double likelihood(const struct fit *f, const struct mkt_moments_table *t, double *gradient,
                         double *hessian)
{
    size_t n = f->K + 1;
    double sum = 0;
    for (size_t i = 0; i < f->K; i++) sum -= f->penalty * f->b[i] * f->b[i] / 2;
    if (gradient) {
        memset(hessian, 0, n * n * sizeof *hessian);
        for (size_t i = 0; i < f->K; i++) {
            gradient[i] = -f->penalty * f->b[i];
            hessian[i * n + i] = f->penalty;
        }
        gradient[f->K] = 0;
    }
    for (size_t r = 0; r < t->rows; r++) {
        const struct mkt_moments *m = &t->row[r];
        double x = score_of(f, m->met), h = logistic(x);
        sum += m->converted * x - m->times * (x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)));
        if (!gradient) continue;
        double over = m->converted - m->times * h, weight = m->times * h * (1 - h);
        size_t place[MKT_INCREMENTAL_CHANNELS + 1], places = 0;
        for (uint64_t met = m->met; met; met &= met - 1)
            place[places++] = (size_t)__builtin_ctzll(met);
        place[places++] = f->K;
        for (size_t i = 0; i < places; i++) {
            gradient[place[i]] += over;
            for (size_t j = 0; j < places; j++) hessian[place[i] * n + place[j]] += weight;
        }
    }
    return sum;
}

/* Newton's method with halved steps where a whole one goes too far; the likelihood is concave. */
static bool maximise(struct fit *f, const struct mkt_moments_table *t, double *room, int *steps)
{
    size_t n = f->K + 1;
    double *gradient = room, *move = room + n, *old = move + n;
    for (*steps = 1; *steps <= 100; ++*steps) {
        double now = likelihood(f, t, gradient, f->inverse), size = 0;
        if (!mkt_inverse_make(f->inverse, n)) return false;
        for (size_t i = 0; i < n; i++) {
            move[i] = mkt_dense_dot(f->inverse + i * n, gradient, n);
            size = fmax(size, fabs(move[i]));
        }
        if (size < 1e-10) return true;
        memcpy(old, f->b, n * sizeof *old);
        for (double part = 1; part > 1e-6; part /= 2) {
            for (size_t i = 0; i < n; i++) f->b[i] = old[i] + part * move[i];
            if (likelihood(f, t, NULL, NULL) >= now - 1e-12 * fabs(now)) break;
        }
    }
    return false;
}

static double quadratic(const double *x, const double *m, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * mkt_dense_dot(m + i * n, x, n);
    return sum;
}

/* Each removal, and the sum over journeys of what one more would change, squared. */
static mkt_status remove_each(struct mkt_arena *arena, const struct fit *f, int threads,
                              struct mkt_incremental *out, struct mkt_err *err)
{
    size_t n = f->K + 1;
    struct mkt_removals s;
    MKT_TRY(mkt_removals_sum(arena, f->paths, f->b, threads, &s, err));
    double *pull = MKT_NEW(arena, double, n);
    if (!pull) return mkt_arena_full(arena, err);
    for (size_t k = 0; k < n; k++) {
        memset(pull, 0, n * sizeof *pull);
        for (size_t j = 0; j < n; j++)
            mkt_dense_add(s.slope[k * n + j], f->inverse + j * n, pull, n);
        double square = s.lost_squared[k] + 2 * mkt_dense_dot(pull, s.lost_score + k * n, n) +
                        quadratic(pull, s.squares, n);
        out->conversions[k] = s.lost[k];
        out->spread[k] = sqrt(fmax(0, square));
        out->effect_spread[k] = sqrt(fmax(0, quadratic(f->inverse + k * n, s.squares, n)));
    }
    return MKT_OK;
}

static mkt_status check(const struct mkt_paths *paths, struct mkt_err *err)
{
    const struct mkt_path_counts *n = &paths->total;
    if (paths->channel.count > MKT_INCREMENTAL_CHANNELS)
        return mkt_err_set(err, MKT_E_LIMIT,
                           "conversion given exposure is fitted for at most %d channels, not %zu",
                           MKT_INCREMENTAL_CHANNELS, paths->channel.count);
    if (n->conversions <= 0 || n->nulls <= 0)
        return mkt_err_set(err, MKT_E_EMPTY, "%s: there is nothing to compare conversions with",
                           n->conversions <= 0 ? "no journey converts" : "every journey converts");
    return MKT_OK;
}

mkt_status mkt_incremental_fit(struct mkt_arena *arena, const struct mkt_paths *paths,
                               double penalty, int threads, struct mkt_incremental *out,
                               struct mkt_err *err)
{
    MKT_TRY(check(paths, err));
    size_t K = paths->channel.count, n = K + 1;
    *out = (struct mkt_incremental){MKT_NEW(arena, double, n),
                                    MKT_NEW(arena, double, n),
                                    MKT_NEW(arena, double, n),
                                    MKT_NEW(arena, double, n),
                                    {0},
                                    0};
    if (!out->effect || !out->effect_spread || !out->conversions || !out->spread)
        return mkt_arena_full(arena, err);
    MKT_TRY(mkt_moments_count(arena, paths, threads, &out->moments, err));
    const struct mkt_moments_table *table = &out->moments;
    size_t mark = mkt_arena_mark(arena);
    struct fit f = {.paths = paths, .K = K, .penalty = penalty, .b = out->effect};
    f.inverse = MKT_NEW(arena, double, n *n);
    double *room = MKT_NEW(arena, double, 3 * n);
    mkt_status status = MKT_OK;
    if (!f.inverse || !room) status = mkt_arena_full(arena, err);
    if (status == MKT_OK) {
        double times = 0;
        for (size_t i = 0; i < table->rows; i++) times += table->row[i].times;
        double rate = (double)paths->total.conversions / times;
        out->effect[K] = log(rate / (1 - rate));
        if (!maximise(&f, table, room, &out->steps))
            status =
                mkt_err_set(err, MKT_E_INTERNAL, "the hazard of converting could not be fitted");
    }
    if (status == MKT_OK) status = remove_each(arena, &f, threads, out, err);
    mkt_arena_release(arena, mark);
    return status;
}
