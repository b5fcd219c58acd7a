#include "model/expected.h"

#include <math.h>
#include <string.h>

#include "num/dense.h"

#define SEASON_DAYS 60 /* a cosine for so many days: waves of four months and longer */
#define SEASON_MOST 24
#define TREND_FROM 14
#define WEEK_FROM 42
#define CARRY_OVER .5 /* of spend, from one day to the next */

static bool add_term(struct mkt_expected *x, const double *v, double least)
{
    if (!mkt_dense_orthonormal(x->q, x->terms, x->days, v, least)) return false;
    x->terms++;
    return true;
}

mkt_status mkt_expected_init(struct mkt_expected *x, struct mkt_arena *arena,
                             struct mkt_period period, struct mkt_err *err)
{
    size_t n = (size_t)mkt_period_days(period);
    size_t season = n / SEASON_DAYS < SEASON_MOST ? n / SEASON_DAYS : SEASON_MOST;
    *x = (struct mkt_expected){.days = n, .scale = 1, .freedom = 1};
    x->q = MKT_NEW(arena, double, (2 + SEASON_MOST + 6) * n);
    double *v = MKT_NEW(arena, double, n);
    if (!x->q || !v) return mkt_arena_full(arena, err);
    for (size_t t = 0; t < n; t++) v[t] = 1;
    add_term(x, v, 0);
    for (size_t t = 0; t < n; t++) v[t] = (double)t / (double)n - .5;
    if (n >= TREND_FROM) add_term(x, v, 1e-9);
    for (size_t j = 1; j <= season; j++) {
        for (size_t t = 0; t < n; t++)
            v[t] = cos(acos(-1) * (double)j * ((double)t + .5) / (double)n);
        add_term(x, v, 1e-9);
    }
    for (int day = 0; day < 6 && n >= WEEK_FROM; day++) {
        for (size_t t = 0; t < n; t++) v[t] = mkt_date_weekday(period.first + (int32_t)t) == day;
        add_term(x, v, 1e-9);
    }
    return MKT_OK;
}

void mkt_expected_remove(const struct mkt_expected *x, double *y)
{
    mkt_dense_remove(x->q, x->terms, x->days, y);
}

/* What is left of a driver must be this part of its square, or it says nothing of its own. */
#define LEAST_DRIVER 1e-4

size_t mkt_expected_remove_spend(const struct mkt_expected *x, const double *spend, double *series,
                                 size_t count, double *scratch)
{
    size_t n = x->days, drivers = 0;
    if (n < WEEK_FROM) return 0;
    double carried = 0, own[2] = {0};
    double *now = scratch, *over = scratch + n;
    for (size_t t = 0; t < n; t++) {
        now[t] = spend[t];
        over[t] = carried = spend[t] + CARRY_OVER * carried;
    }
    for (int d = 0; d < 2; d++) {
        double *v = scratch + (size_t)d * n;
        own[d] = mkt_dense_dot(v, v, n);
        mkt_dense_remove(x->q, x->terms, n, v);
        if (d == 1 && drivers == 1) mkt_dense_remove(scratch, 1, n, v);
        double left = mkt_dense_dot(v, v, n);
        if (!(left > LEAST_DRIVER * own[d])) break;
        double scale = 1 / sqrt(left);
        for (size_t t = 0; t < n; t++) v[t] *= scale;
        drivers++;
    }
    for (size_t k = 0; k < count; k++) mkt_dense_remove(scratch, drivers, n, series + k * n);
    return drivers;
}

/* B at a distance of j days, taken round. */
static double kernel(double keep, size_t j, size_t n)
{
    double share = (double)j / (double)n;
    return (1 - share) * pow(keep, (double)j) + share * pow(keep, (double)(n - j));
}

mkt_status mkt_expected_calibrate(struct mkt_expected *x, struct mkt_arena *arena,
                                  double block_days, struct mkt_err *err)
{
    size_t n = x->days, k = x->terms, mark = mkt_arena_mark(arena);
    double keep = block_days > 1 ? 1 - 1 / block_days : 0;
    double *bq = MKT_NEW(arena, double, k *n), *b = MKT_NEW(arena, double, n);
    double *round = MKT_NEW(arena, double, 3 * n);
    if (!bq || !b || !round) {
        mkt_arena_release(arena, mark);
        return mkt_arena_full(arena, err);
    }
    size_t reach = 0;
    double bb = 0;
    for (size_t j = 0; j < n; j++) {
        b[j] = kernel(keep, j, n);
        bb += b[j] * b[j];
        if (2 * j <= n && b[j] > 1e-5) reach = j;
    }
    /* b[-reach..reach] laid out in a row, so that a row of B q is a dot product */
    size_t width = 2 * reach + 1 < n ? 2 * reach + 1 : n;
    double *row = round + 2 * n;
    for (size_t j = 0; j < width; j++) row[j] = b[j > reach ? j - reach : reach - j];
    for (size_t r = 0; r < k; r++) {
        const double *q = x->q + r * n;
        for (size_t t = 0; t < 2 * n; t++) round[t] = q[(t + n - reach) % n];
        for (size_t t = 0; t < n; t++) bq[r * n + t] = mkt_dense_dot(row, round + t, width);
    }
    double bm = (double)n, bmbm = (double)n * bb;
    for (size_t r = 0; r < k; r++) {
        bm -= mkt_dense_dot(x->q + r * n, bq + r * n, n);
        bmbm -= 2 * mkt_dense_dot(bq + r * n, bq + r * n, n);
        for (size_t s = 0; s < k; s++) {
            double qbq = mkt_dense_dot(x->q + s * n, bq + r * n, n);
            bmbm += qbq * qbq;
        }
    }
    mkt_arena_release(arena, mark);
    /* own spend, an autoregression with its carry-over, takes q' B q of this for each of the two */
    double own = n >= WEEK_FROM ? 2 * (1 + keep * CARRY_OVER) / (1 - keep * CARRY_OVER) : 0;
    double share = bm > own ? (bm - own) / bm : 0;
    bm *= share;
    bmbm *= share;
    if (bm > 0 && bmbm > 0) {
        x->scale = sqrt((double)n / bm);
        x->freedom = bm * bm / bmbm;
    } else {
        x->scale = INFINITY;
        x->freedom = 0;
    }
    return MKT_OK;
}
