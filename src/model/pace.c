#include "model/pace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/expected.h"
#include "model/resample.h"
#include "num/random.h"

#define DRAWS 2000
#define STREAM 17 /* and the next: apart from model/returns.c and model/elasticity.c */
#define RECENT MKT_PACE_RECENT
#define YEAR 364         /* whole weeks */
#define SEASON_LEAST 28  /* recent days that have a year before */
#define PRIOR_SPREAD 0.2 /* of log(this year's ratio / last year's) */
#define PRIOR_FREEDOM 4.0
#define LEAST_SPREAD 0.1
#define BY_WEEKDAY 28
#define BLOCK 7.0
#define TAILS_STREAM ((uint64_t)1 << 63 | STREAM)

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The mean of each weekday over the recent days, or of all where they are few. */
static void means(const double *recent, size_t n, int32_t first, double mean[7])
{
    double sum[7] = {0}, all = 0;
    int count[7] = {0};
    for (size_t t = 0; t < n; t++) {
        int day = mkt_date_weekday(first + (int32_t)t);
        sum[day] += recent[t];
        count[day]++;
        all += recent[t] / (double)n;
    }
    for (int day = 0; day < 7; day++) mean[day] = n >= BY_WEEKDAY ? sum[day] / count[day] : all;
}

/* ---- season ------------------------------------------------------------------- */

static double sum(const double *x, size_t n)
{
    double all = 0;
    for (size_t t = 0; t < n; t++) all += x[t];
    return all;
}

struct season {
    size_t recent; /* days the ratio starts from; 0 for no season */
    double ratio;  /* days to come / recent days, a year before */
    double spread; /* of its logarithm */
    double freedom;
};

/* How last year's ratio fared at the `n` days before day `at`, from the n before them. */
static bool miss(const double *spend, size_t at, size_t n, double *error)
{
    if (at < YEAR + 2 * n) return false;
    const double *now = spend + at - n, *then = now - YEAR;
    double a = sum(now, n), b = sum(now - n, n), c = sum(then, n), d = sum(then - n, n);
    if (!(a > 0 && b > 0 && c > 0 && d > 0)) return false;
    *error = log(a / b) - log(c / d);
    return true;
}

static struct season find_season(const double *spend, size_t seen, size_t left)
{
    struct season s = {0, NAN, NAN, NAN};
    if (left > YEAR || seen < YEAR + SEASON_LEAST) return s;
    size_t n = seen - YEAR < RECENT ? seen - YEAR : RECENT;
    double recent = sum(spend + seen - n, n), then = sum(spend + seen - YEAR - n, n);
    double next = sum(spend + seen - YEAR, left), error, squares = 0;
    if (!(recent > 0 && then > 0 && next > 0)) return s;
    size_t known = 0;
    for (size_t at = seen; at >= n && miss(spend, at, n, &error); at -= n, known++)
        squares += error * error;
    s.recent = n;
    s.ratio = next / then;
    s.freedom = PRIOR_FREEDOM + (double)known;
    s.spread = fmax(sqrt((PRIOR_FREEDOM * PRIOR_SPREAD * PRIOR_SPREAD + squares) / s.freedom),
                    LEAST_SPREAD);
    return s;
}

static double student(struct mkt_random *random, double freedom)
{
    double half = freedom / 2, w = sqrt(half / mkt_random_gamma(random, half));
    return w * mkt_random_normal(random);
}

/* ---- projection ----------------------------------------------------------------- */

mkt_status mkt_pace_fit(struct mkt_arena *arena, const double *spend, size_t seen, int32_t first,
                        double spent, int32_t left, double budget, uint64_t seed,
                        struct mkt_pace *out, struct mkt_err *err)
{
    *out = (struct mkt_pace){spent, NAN, NAN, spent > budget ? 1 : 0, false};
    if (left <= 0) return MKT_OK;
    if (seen < MKT_PACE_LEAST_DAYS) {
        *out = (struct mkt_pace){NAN, NAN, NAN, NAN, false};
        return MKT_OK;
    }
    struct season season = find_season(spend, seen, (size_t)left);
    size_t n = season.recent ? season.recent : seen < RECENT ? seen : RECENT;
    size_t stride = mkt_resample_stride(1);
    size_t mark = mkt_arena_mark(arena);
    double *residual = MKT_NEW(arena, double, n), *end = MKT_NEW(arena, double, DRAWS);
    float *level = MKT_NEW(arena, float, DRAWS *stride);
    float *future = MKT_NEW(arena, float, DRAWS *stride);
    if (!residual || !end || !level || !future) return mkt_arena_full(arena, err);

    int32_t from = first + (int32_t)(seen - n), next = first + (int32_t)seen;
    double mean[7];
    struct mkt_expected expected;
    means(spend + seen - n, n, from, mean);
    MKT_TRY(mkt_expected_init(&expected, arena, (struct mkt_period){from, next - 1}, err));
    memcpy(residual, spend + seen - n, n * sizeof *residual);
    mkt_expected_remove(&expected, residual);
    double to_come = 0, times = 1; /* of the noise of a level that stays */
    for (int32_t t = 0; t < left; t++) to_come += mean[mkt_date_weekday(next + t)];
    if (season.recent) {
        double flat = sum(spend + seen - n, n) * left / (double)n;
        to_come = sum(spend + seen - n, n) * season.ratio;
        times = sqrt(2) * to_come / flat;
        out->season = true;
    }
    out->projected = spent + to_come;

    struct mkt_resample spec = {n, 1, DRAWS, fmin(BLOCK, (double)n / 4), seed, STREAM, 1};
    MKT_TRY(mkt_resample_sums(arena, &spec, residual, level, err));
    spec.stream++;
    MKT_TRY(mkt_resample_sums(arena, &spec, residual, future, err));
    MKT_TRY(mkt_expected_calibrate(&expected, arena, spec.block_days, err));
    struct mkt_random random;
    mkt_random_init(&random, seed, TAILS_STREAM);
    double half = expected.freedom / 2, share = (double)left / (double)n;
    size_t above = 0;
    for (size_t d = 0; d < DRAWS; d++) {
        double off = share * (double)level[d * stride] + sqrt(share) * (double)future[d * stride];
        double w = sqrt(half / mkt_random_gamma(&random, half));
        double factor = season.recent ? exp(season.spread * student(&random, season.freedom)) : 1;
        end[d] = fmax(spent + to_come * factor + times * w * expected.scale * off, spent);
        above += end[d] > budget;
    }
    qsort(end, DRAWS, sizeof *end, ascending);
    out->low = fmin(end[DRAWS / 40], out->projected);
    out->high = fmax(end[DRAWS - 1 - DRAWS / 40], out->projected);
    out->above = ((double)above + .5) / (DRAWS + 1);
    mkt_arena_release(arena, mark);
    return MKT_OK;
}
