#include "analysis/attribution_aside.h"

#include <string.h>

static void *fit(void *user)
{
    struct mkt_attribution_aside *a = user;
    a->status = mkt_incremental_fit(&a->arena, a->paths, 1, a->threads, &a->fit, &a->err);
    return NULL;
}

void mkt_attribution_aside_start(struct mkt_attribution_aside *aside,
                                 const struct mkt_attribution_work *w)
{
    const struct mkt_arena *arena = w->sheet->arena;
    *aside =
        (struct mkt_attribution_aside){.paths = w->input.paths, .threads = w->input.threads - 1};
    if (aside->threads < 1) return;
    size_t room = (arena->capacity - arena->used) / 8;
    if (mkt_arena_open(&aside->arena, room, &aside->err) != MKT_OK) return;
    aside->started = pthread_create(&aside->thread, NULL, fit, aside) == 0;
}

/* A copy in the arena of the sheet. */
static bool keep(struct mkt_arena *arena, const double *from, size_t n, double **to)
{
    *to = MKT_NEW(arena, double, n);
    if (*to) memcpy(*to, from, n * sizeof **to);
    return *to;
}

bool mkt_attribution_aside_end(struct mkt_attribution_aside *aside, struct mkt_attribution_work *w)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_incremental *from = &aside->fit;
    struct mkt_incremental *to = &w->incremental;
    size_t n = w->input.paths->channel.count + 1;
    if (aside->started) pthread_join(aside->thread, NULL);
    bool known = aside->started && aside->status == MKT_OK &&
                 keep(arena, from->effect, n, &to->effect) &&
                 keep(arena, from->effect_spread, n, &to->effect_spread) &&
                 keep(arena, from->stage, from->moments.stages, &to->stage) &&
                 keep(arena, from->at_end.conversions, n, &to->at_end.conversions) &&
                 keep(arena, from->at_end.spread, n, &to->at_end.spread) &&
                 keep(arena, from->conversions, n, &to->conversions) &&
                 keep(arena, from->spread, n, &to->spread);
    if (known) {
        to->steps = from->steps;
        to->moments.rows = from->moments.rows;
        to->moments.stages = from->moments.stages;
        to->moments.row = MKT_NEW(arena, struct mkt_moments, from->moments.rows);
        known = to->moments.row != NULL;
    }
    if (known)
        memcpy(to->moments.row, from->moments.row, from->moments.rows * sizeof *from->moments.row);
    mkt_arena_close(&aside->arena);
    aside->started = false;
    return known;
}
