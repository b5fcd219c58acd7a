#include "model/incremental.h"

#include <math.h>
#include <string.h>

#include "base/tasks.h"
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

#define ROOM ((size_t)1 << 20) /* of one fit: more than the most channels take */

/* What is fitted to the moments, side by side: if people decide once, at the end, and if they do touch
 * by touch. */
struct fits {
    const struct mkt_moments_table *moments;
    size_t channels;
    double penalty;
    struct mkt_arena arena[2];
    struct mkt_err err[2];
    mkt_status status[2];
    struct mkt_journey_end at_end;
    struct mkt_exposure_logit by_touch;
};

static void fit_one(void *user, size_t worker, size_t index)
{
    struct fits *f = user;
    struct mkt_arena *arena = &f->arena[index];
    struct mkt_err *err = &f->err[index];
    (void)worker;
    f->status[index] =
        index ? mkt_exposure_logit_fit(arena, f->moments, f->channels, false, f->penalty,
                                       &f->by_touch, err)
              : mkt_journey_end_fit(arena, f->moments, f->channels, f->penalty, &f->at_end, err);
}

static mkt_status fit_both(struct fits *f, int threads, struct mkt_err *err)
{
    for (int i = 0; i < 2; i++) MKT_TRY(mkt_arena_open(&f->arena[i], ROOM, err));
    mkt_tasks_run(mkt_tasks_threads(threads), 2, fit_one, f);
    for (int i = 0; i < 2; i++)
        if (f->status[i] != MKT_OK) return mkt_err_set(err, f->status[i], "%s", f->err[i].text);
    return MKT_OK;
}

/* Copies the figures that stay, and takes each channel away. */
static mkt_status take(struct mkt_arena *arena, const struct mkt_paths *paths, const struct fits *f,
                       int threads, struct mkt_incremental *out, struct mkt_err *err)
{
    size_t K = f->channels, stages = out->moments.stages, mark = mkt_arena_mark(arena);
    memcpy(out->at_end.conversions, f->at_end.conversions, (K + 1) * sizeof(double));
    memcpy(out->at_end.spread, f->at_end.spread, (K + 1) * sizeof(double));
    memcpy(out->stage, f->by_touch.b + K, stages * sizeof(double));
    out->steps = f->by_touch.steps;
    mkt_status status = remove_each(arena, paths, &f->by_touch, threads, out, err);
    mkt_arena_release(arena, mark);
    return status;
}

static mkt_status open_figures(struct mkt_arena *arena, size_t channels,
                               struct mkt_incremental *out, struct mkt_err *err)
{
    double **const figure[] = {&out->effect, &out->effect_spread,      &out->conversions,
                               &out->spread, &out->at_end.conversions, &out->at_end.spread};
    for (size_t i = 0; i < sizeof figure / sizeof *figure; i++)
        if (!(*figure[i] = MKT_NEW(arena, double, channels + 1))) return mkt_arena_full(arena, err);
    return MKT_OK;
}

mkt_status mkt_incremental_fit(struct mkt_arena *arena, const struct mkt_paths *paths,
                               double penalty, int threads, struct mkt_incremental *out,
                               struct mkt_err *err)
{
    MKT_TRY(check(paths, err));
    struct fits f = {
        .moments = &out->moments, .channels = paths->channel.count, .penalty = penalty};
    *out = (struct mkt_incremental){0};
    MKT_TRY(open_figures(arena, f.channels, out, err));
    MKT_TRY(mkt_moments_count(arena, paths, threads, &out->moments, err));
    if (!(out->stage = MKT_NEW(arena, double, out->moments.stages + 1)))
        return mkt_arena_full(arena, err);
    mkt_status status = fit_both(&f, threads, err);
    if (status == MKT_OK) status = take(arena, paths, &f, threads, out, err);
    for (int i = 0; i < 2; i++) mkt_arena_close(&f.arena[i]);
    return status;
}
