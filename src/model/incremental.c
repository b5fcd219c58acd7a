#include "model/incremental.h"

#include <math.h>
#include <string.h>

#include "model/exposure_logit.h"
#include "model/removals.h"
#include "num/dense.h"

/* Each removal, and the sum over journeys of what one more would change, squared. */
static mkt_status remove_each(struct mkt_arena *arena, const struct mkt_paths *paths,
                              const struct mkt_exposure_logit *f, int threads,
                              struct mkt_incremental *out, struct mkt_err *err)
{
    size_t n = f->columns + 1, K = paths->channel.count;
    struct mkt_removals s;
    MKT_TRY(mkt_removals_sum(arena, paths, out->moments.stages, f->b, threads, &s, err));
    double *room = MKT_NEW(arena, double, n);
    if (!room) return mkt_arena_full(arena, err);
    for (size_t k = 0; k <= K; k++) {
        size_t row = k < K ? k : n - 1; /* between them stand the stages */
        out->conversions[k] = s.lost[row];
        out->spread[k] = mkt_exposure_logit_spread(f, s.lost_squared[row], s.slope + row * n,
                                                   s.lost_score + row * n, s.squares, room);
        out->effect[k] = f->b[row];
        out->effect_spread[k] =
            sqrt(fmax(0, mkt_dense_quadratic(f->inverse + row * n, s.squares, n)));
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
    *out = (struct mkt_incremental){.effect = MKT_NEW(arena, double, n),
                                    .effect_spread = MKT_NEW(arena, double, n),
                                    .conversions = MKT_NEW(arena, double, n),
                                    .spread = MKT_NEW(arena, double, n)};
    if (!out->effect || !out->effect_spread || !out->conversions || !out->spread)
        return mkt_arena_full(arena, err);
    MKT_TRY(mkt_moments_count(arena, paths, threads, &out->moments, err));
    MKT_TRY(mkt_journey_end_fit(arena, &out->moments, K, penalty, &out->at_end, err));
    if (!(out->stage = MKT_NEW(arena, double, out->moments.stages + 1)))
        return mkt_arena_full(arena, err);
    struct mkt_exposure_logit f;
    size_t mark = mkt_arena_mark(arena);
    mkt_status status = mkt_exposure_logit_fit(arena, &out->moments, K, false, penalty, &f, err);
    if (status == MKT_OK) {
        memcpy(out->stage, f.b + K, out->moments.stages * sizeof *out->stage);
        out->steps = f.steps;
        status = remove_each(arena, paths, &f, threads, out, err);
    }
    mkt_arena_release(arena, mark);
    return status;
}
