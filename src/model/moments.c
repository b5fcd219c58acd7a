#include "model/moments.h"

#include <assert.h>
#include <pthread.h>

#define THREADS 16

struct index {
    struct mkt_moments *row;
    size_t rows, cap;
    uint32_t *slot; /* 1 + place in row, probed linearly */
    size_t slots;
};

static mkt_status row_of(struct mkt_arena *arena, struct index *t, uint64_t met,
                         struct mkt_moments **out, struct mkt_err *err)
{
    if (2 * (t->rows + 1) > t->slots) {
        t->slots = t->slots ? 4 * t->slots : 256;
        if (!(t->slot = MKT_NEW(arena, uint32_t, t->slots))) return mkt_arena_full(arena, err);
        for (size_t i = 0; i < t->rows; i++) {
            size_t at = (size_t)mkt_names_mix(t->row[i].met) & (t->slots - 1);
            while (t->slot[at]) at = (at + 1) & (t->slots - 1);
            t->slot[at] = (uint32_t)i + 1;
        }
    }
    size_t at = (size_t)mkt_names_mix(met) & (t->slots - 1);
    while (t->slot[at] && t->row[t->slot[at] - 1].met != met) at = (at + 1) & (t->slots - 1);
    if (!t->slot[at]) {
        struct mkt_moments *m = mkt_arena_push(arena, &t->row, &t->rows, &t->cap, sizeof *m);
        if (!m) return mkt_arena_full(arena, err);
        m->met = met;
        t->slot[at] = (uint32_t)t->rows;
    }
    *out = &t->row[t->slot[at] - 1];
    return MKT_OK;
}

static mkt_status count_many(struct mkt_arena *arena, const struct mkt_paths *paths,
                             struct index *t, struct mkt_err *err)
{
    for (size_t k = 0; k < paths->paths; k++) {
        const struct mkt_path *path = &paths->path[k];
        const uint32_t *step = mkt_paths_steps(paths, path);
        double journeys = (double)(path->counts.conversions + path->counts.nulls);
        uint64_t met = 0;
        struct mkt_moments *m = NULL;
        for (size_t i = 0; i < path->steps; i++) {
            uint64_t now = met | UINT64_C(1) << step[i];
            if (!m || now != met) MKT_TRY(row_of(arena, t, now, &m, err));
            met = now;
            assert(m);
            m->times += journeys;
        }
        if (m) m->converted += (double)path->counts.conversions;
    }
    return MKT_OK;
}

/* The paths of one thread, counted by what was met. Whole numbers: their sums are exact. */
struct range {
    const struct mkt_paths *paths;
    size_t first, last;
    struct mkt_moments *row; /* [2^channels] */
    pthread_t thread;
    bool started;
};

static void *count_range(void *user)
{
    const struct range *r = user;
    for (size_t k = r->first; k < r->last; k++) {
        const struct mkt_path *path = &r->paths->path[k];
        const uint32_t *step = mkt_paths_steps(r->paths, path);
        double journeys = (double)(path->counts.conversions + path->counts.nulls);
        uint64_t met = 0;
        for (size_t i = 0; i < path->steps; i++) {
            met |= UINT64_C(1) << step[i];
            r->row[met].times += journeys;
        }
        r->row[met].converted += (double)path->counts.conversions;
    }
    return NULL;
}

static mkt_status count_few(struct mkt_arena *arena, const struct mkt_paths *paths, size_t threads,
                            struct index *t, struct mkt_err *err)
{
    struct range range[THREADS];
    size_t sets = (size_t)1 << paths->channel.count, mark = 0;
    for (size_t i = 0; i < threads; i++) {
        if (i == 1) mark = mkt_arena_mark(arena); /* the first stays */
        range[i] = (struct range){.paths = paths,
                                  .first = paths->paths * i / threads,
                                  .last = paths->paths * (i + 1) / threads,
                                  .row = MKT_NEW(arena, struct mkt_moments, sets)};
        if (!range[i].row) return mkt_arena_full(arena, err);
    }
    for (size_t i = 1; i < threads; i++)
        range[i].started = pthread_create(&range[i].thread, NULL, count_range, &range[i]) == 0;
    count_range(&range[0]);
    t->row = range[0].row;
    for (size_t i = 1; i < threads; i++) {
        if (range[i].started)
            pthread_join(range[i].thread, NULL);
        else
            count_range(&range[i]);
        for (uint64_t met = 0; met < sets; met++) {
            t->row[met].times += range[i].row[met].times;
            t->row[met].converted += range[i].row[met].converted;
        }
    }
    if (mark) mkt_arena_release(arena, mark);
    for (uint64_t met = 0; met < sets; met++) {
        t->row[met].met = met;
        if (t->row[met].times > 0) t->row[t->rows++] = t->row[met];
    }
    return MKT_OK;
}

mkt_status mkt_moments_count(struct mkt_arena *arena, const struct mkt_paths *paths, int threads,
                             struct mkt_moments_table *out, struct mkt_err *err)
{
    struct index index = {0};
    size_t used = threads < 1 ? 1 : threads > THREADS ? THREADS : (size_t)threads;
    MKT_TRY(paths->channel.count > MKT_MOMENTS_FEW ? count_many(arena, paths, &index, err)
                                                   : count_few(arena, paths, used, &index, err));
    *out = (struct mkt_moments_table){index.row, index.rows};
    return MKT_OK;
}
