#include "model/pace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/expected.h"
#include "model/resample.h"
#include "num/random.h"

#define DRAWS 2000
#define STREAM 17 /* and the next: apart from model/returns.c and model/elasticity.c */
#define RECENT 56 /* days that the days to come are like */
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

mkt_status mkt_pace_fit(struct mkt_arena *arena, const double *spend, size_t seen, int32_t first,
                        double spent, int32_t left, double budget, uint64_t seed,
                        struct mkt_pace *out, struct mkt_err *err)
{
    *out = (struct mkt_pace){spent, NAN, NAN, spent > budget ? 1 : 0};
    if (left <= 0) return MKT_OK;
    if (seen < MKT_PACE_LEAST_DAYS) {
        *out = (struct mkt_pace){NAN, NAN, NAN, NAN};
        return MKT_OK;
    }
    size_t n = seen < RECENT ? seen : RECENT, stride = mkt_resample_stride(1);
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
    out->projected = spent;
    for (int32_t t = 0; t < left; t++) out->projected += mean[mkt_date_weekday(next + t)];

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
        end[d] = fmax(out->projected + w * expected.scale * off, spent);
        above += end[d] > budget;
    }
    qsort(end, DRAWS, sizeof *end, ascending);
    out->low = fmin(end[DRAWS / 40], out->projected);
    out->high = fmax(end[DRAWS - 1 - DRAWS / 40], out->projected);
    out->above = ((double)above + .5) / (DRAWS + 1);
    mkt_arena_release(arena, mark);
    return MKT_OK;
}
