/* The models that are not drawn: a longer memory, and what would not have come without a channel. */
#include <string.h>

#include "analysis/attribution_aside.h"
#include "analysis/attribution_work.h"

#define Z 1.959963984540054

/* Whether counting the chosen chain takes so long that another model is best fitted beside it. */
static bool is_long(const struct mkt_attribution_work *w)
{
    return w->has_incremental &&
           w->order.score[w->order.by_held_out - 1].states > w->input.paths->paths;
}

/* Chooses the memory that tells held-out journeys best, and counts the chain that has it, if it is
 * longer than one. */
static mkt_status count_chosen(struct mkt_attribution_work *w, struct mkt_contexts *out,
                               struct mkt_attribution_aside *aside, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_paths *paths = w->input.paths;
    int threads = w->input.threads;
    size_t depth = mkt_order_choice_depth(paths, w->input.max_order);
    struct mkt_sorted_steps *steps = MKT_NEW(arena, struct mkt_sorted_steps, 1);
    if (!steps) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_sorted_steps_make(arena, paths, depth, true, threads, steps, err));
    mkt_status status = mkt_order_choice_make(arena, steps, threads, &w->order, err);
    if (status == MKT_OK && is_long(w)) mkt_attribution_aside_start(aside, w);
    if (status == MKT_OK && w->order.by_held_out > 1)
        status = mkt_contexts_build(arena, steps, w->order.by_held_out, threads, out, err);
    mkt_sorted_steps_close(steps);
    return status;
}

/* Markov with the chosen memory; not settled is not known. */
static mkt_status fit_chosen(struct mkt_attribution_work *w, struct mkt_attribution_aside *aside,
                             struct mkt_err *err)
{
    struct mkt_contexts contexts;
    struct mkt_err fault = {0};
    MKT_TRY(count_chosen(w, &contexts, aside, err));
    if (w->order.by_held_out < 2) return MKT_OK;
    mkt_status status =
        mkt_contexts_fit(w->sheet->arena, &contexts, w->input.threads, &w->longer, &fault);
    if (status == MKT_OK) w->memory = w->order.by_held_out;
    if (status == MKT_E_NOMEM) return mkt_err_set(err, status, "%s", fault.text);
    return MKT_OK;
}

/* The same; *fitted when the incremental model was fitted beside it. */
static mkt_status fit_memory(struct mkt_attribution_work *w, bool *fitted, struct mkt_err *err)
{
    struct mkt_attribution_aside *aside = MKT_NEW(w->sheet->arena, struct mkt_attribution_aside, 1);
    if (!aside) return mkt_arena_full(w->sheet->arena, err);
    mkt_status status = fit_chosen(w, aside, err);
    *fitted = mkt_attribution_aside_end(aside, w);
    return status;
}

/* People whom chance kept from a channel tell what it causes: nothing else is then asked. */
static mkt_status fit_holdouts(struct mkt_attribution_work *w, struct mkt_err *err)
{
    size_t K = w->input.credits->channels;
    if (!(w->held_out = MKT_NEW(w->sheet->arena, struct mkt_holdout_effect, K)))
        return mkt_arena_full(w->sheet->arena, err);
    for (size_t k = 0; k < K; k++) {
        w->held_out[k] =
            mkt_holdout_fit(&w->input.holdouts->arms[k], w->input.holdout, 1.959963984540054);
        w->holdouts += w->held_out[k].state == MKT_HOLDOUT_GIVEN;
        w->leaky += w->held_out[k].state == MKT_HOLDOUT_LEAKY;
        w->few += w->held_out[k].state == MKT_HOLDOUT_FEW;
    }
    return mkt_attribution_work_look(w, err);
}

mkt_status mkt_attribution_work_fit(struct mkt_attribution_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_credits *c = w->input.credits;
    bool fitted = false;
    MKT_TRY(mkt_attribution_work_draw(w, err));
    w->has_incremental = !w->input.holdouts && c->channels <= MKT_INCREMENTAL_CHANNELS &&
                         w->input.paths->total.nulls > 0;
    if (c->chain) MKT_TRY(fit_memory(w, &fitted, err));
    MKT_TRY(mkt_attribution_work_look(w, err));
    if (w->input.holdouts) return fit_holdouts(w, err);
    if (!w->has_incremental) return MKT_OK;
    if (!fitted)
        MKT_TRY(
            mkt_incremental_fit(arena, w->input.paths, 1, w->input.threads, &w->incremental, err));
    MKT_TRY(
        mkt_exposure_limits_make(arena, w->input.paths, &w->incremental, 1, Z, &w->limits, err));
    w->repelling = w->limits.repelling;
    w->has_incremental = w->repelling == 0;
    return mkt_attribution_work_look(w, err);
}
