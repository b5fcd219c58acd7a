#include "model/moments.h"

#include <assert.h>
#include <pthread.h>

#define THREADS 16

const size_t mkt_moments_stage[MKT_MOMENTS_STAGES + 1] = {2, 3, 4, 5, 6, 8, 11, 16, 0};

size_t mkt_moments_stages(const struct mkt_paths *paths)
{
    size_t n = 0;
    while (n < MKT_MOMENTS_STAGES && mkt_moments_stage[n] <= paths->extent.longest) n++;
    return n;
}

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
        size_t stage = 0;
        struct mkt_moments *m = NULL;
        for (size_t i = 0; i < path->steps; i++) {
            uint64_t now = met | UINT64_C(1) << step[i];
            if (i + 1 == mkt_moments_stage[stage])
                now |= UINT64_C(1) << (paths->channel.count + stage++);
            if (!m || now != met) MKT_TRY(row_of(arena, t, now, &m, err));
            met = now;
            assert(m);
            m->times += journeys;
        }
        if (!m) continue;
        m->ended += journeys;
        m->converted += (double)path->counts.conversions;
    }
    return MKT_OK;
}

/* The paths of one thread, counted by what was met. Whole numbers: their sums are exact. */
struct range {
    const struct mkt_paths *paths;
    size_t first, last;
    struct mkt_moments *row; /* [stages + 1][2^channels] */
    pthread_t thread;
    bool started;
};

static void *count_range(void *user)
{
    const struct range *r = user;
    const size_t sets = (size_t)1 << r->paths->channel.count;
    for (size_t k = r->first; k < r->last; k++) {
        const struct mkt_path *path = &r->paths->path[k];
        const uint32_t *step = mkt_paths_steps(r->paths, path);
        double journeys = (double)(path->counts.conversions + path->counts.nulls);
        uint64_t met = 0;
        const size_t *stage = mkt_moments_stage;
        struct mkt_moments *row = r->row;
        for (size_t i = 0; i < path->steps; i++) {
            if (i + 1 == *stage) {
                stage++;
                row += sets;
            }
            met |= UINT64_C(1) << step[i];
            row[met].times += journeys;
        }
        row[met].ended += journeys;
        row[met].converted += (double)path->counts.conversions;
    }
    return NULL;
}

static mkt_status count_few(struct mkt_arena *arena, const struct mkt_paths *paths, size_t threads,
                            struct index *t, struct mkt_err *err)
{
    struct range range[THREADS];
    size_t sets = (size_t)1 << paths->channel.count, mark = 0;
    size_t rows = (mkt_moments_stages(paths) + 1) * sets;
    for (size_t i = 0; i < threads; i++) {
        if (i == 1) mark = mkt_arena_mark(arena); /* the first stays */
        range[i] = (struct range){.paths = paths,
                                  .first = paths->paths * i / threads,
                                  .last = paths->paths * (i + 1) / threads,
                                  .row = MKT_NEW(arena, struct mkt_moments, rows)};
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
        for (size_t at = 0; at < rows; at++) {
            t->row[at].times += range[i].row[at].times;
            t->row[at].ended += range[i].row[at].ended;
            t->row[at].converted += range[i].row[at].converted;
        }
    }
    if (mark) mkt_arena_release(arena, mark);
    for (size_t at = 0; at < rows; at++) {
        uint64_t stages = (UINT64_C(1) << at / sets) - 1;
        t->row[at].met = at % sets | stages << paths->channel.count;
        if (t->row[at].times > 0) t->row[t->rows++] = t->row[at];
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
    *out = (struct mkt_moments_table){index.row, index.rows, mkt_moments_stages(paths)};
    return MKT_OK;
}
