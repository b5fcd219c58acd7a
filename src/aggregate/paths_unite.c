#include "aggregate/paths_unite.h"

#include <pthread.h>
#include <stdatomic.h>

#include "aggregate/path_shards.h"

#define THREADS 16
#define SLICE 4096 /* paths that a thread takes at a time */

struct job {
    const struct mkt_paths *const *part;
    size_t parts, longest;
    uint32_t **map; /* [parts][channels of the part] */
    struct mkt_path_shards shards;
    atomic_size_t next; /* slice, counted through all parts */
};

struct worker {
    struct job *job;
    struct mkt_path_batch batch;
    uint32_t *step; /* [longest] */
    struct mkt_err err;
    mkt_status status;
    pthread_t thread;
    bool started;
};

static mkt_status add_slice(struct worker *k, const struct mkt_paths *p, const uint32_t *map,
                            size_t slice)
{
    size_t first = slice * SLICE;
    for (size_t i = first; i < first + SLICE && i < p->paths; i++) {
        const struct mkt_path *path = &p->path[i];
        const uint32_t *step = mkt_paths_steps(p, path);
        for (size_t t = 0; t < path->steps; t++) k->step[t] = map[step[t]];
        MKT_TRY(mkt_path_batch_add(&k->batch, k->step, path->steps, &path->counts, &k->err));
    }
    return MKT_OK;
}

/* The slice that comes `at`-th through all parts; false behind the last. */
static bool find_slice(const struct job *job, size_t at, size_t *part, size_t *slice)
{
    for (*part = 0; *part < job->parts; ++*part) {
        size_t slices = (job->part[*part]->paths + SLICE - 1) / SLICE;
        *slice = at;
        if (at < slices) return true;
        at -= slices;
    }
    return false;
}

static void *run_worker(void *user)
{
    struct worker *k = user;
    size_t part, slice;
    while (k->status == MKT_OK &&
           find_slice(k->job, atomic_fetch_add(&k->job->next, 1), &part, &slice))
        k->status = add_slice(k, k->job->part[part], k->job->map[part], slice);
    if (k->status == MKT_OK) k->status = mkt_path_batch_flush(&k->batch, &k->err);
    return NULL;
}

static mkt_status run_workers(struct mkt_arena *arena, struct job *job, size_t threads,
                              struct mkt_err *err)
{
    struct worker *k = MKT_NEW(arena, struct worker, threads);
    if (!k) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < threads; i++) {
        k[i].job = job;
        k[i].step = MKT_NEW(arena, uint32_t, job->longest);
        if (!k[i].step) return mkt_arena_full(arena, err);
        MKT_TRY(mkt_path_batch_init(&k[i].batch, arena, &job->shards, err));
    }
    for (size_t i = 1; i < threads; i++)
        k[i].started = pthread_create(&k[i].thread, NULL, run_worker, &k[i]) == 0;
    run_worker(&k[0]); /* and all the work, where no thread could start */
    for (size_t i = 1; i < threads; i++)
        if (k[i].started) pthread_join(k[i].thread, NULL);
    for (size_t i = 0; i < threads; i++)
        if (k[i].status != MKT_OK) return mkt_err_set(err, k[i].status, "%s", k[i].err.text);
    return MKT_OK;
}

static mkt_status unite_names(struct mkt_arena *arena, struct job *job, struct mkt_paths *out,
                              struct mkt_err *err)
{
    const struct mkt_names **own = MKT_NEW(arena, const struct mkt_names *, job->parts);
    job->map = MKT_NEW(arena, uint32_t *, job->parts);
    if (!own || !job->map) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < job->parts; i++) {
        const struct mkt_paths *p = job->part[i];
        own[i] = &p->channel;
        MKT_TRY(mkt_path_counts_join(&out->untouched, &p->untouched, err));
        for (size_t k = 0; k < p->paths; k++)
            if (p->path[k].steps > job->longest) job->longest = p->path[k].steps;
    }
    return mkt_names_unite(&out->channel, own, job->parts, '\0', job->map, err);
}

mkt_status mkt_paths_unite(struct mkt_arena *arena, const struct mkt_paths *const *part,
                           size_t parts, int threads, struct mkt_paths *out, struct mkt_err *err)
{
    struct job job = {.part = part, .parts = parts};
    mkt_paths_init(out, arena);
    MKT_TRY(unite_names(arena, &job, out, err));
    size_t used = threads < 1 ? 1 : threads > THREADS ? THREADS : (size_t)threads;
    MKT_TRY(mkt_path_shards_open(&job.shards, arena->capacity - arena->used, out->channel.count, 0,
                                 err));
    size_t mark = mkt_arena_mark(arena);
    mkt_status status = run_workers(arena, &job, used, err);
    mkt_arena_release(arena, mark);
    if (status == MKT_OK) status = mkt_path_shards_finish(&job.shards, NULL, (int)used, out, err);
    mkt_path_shards_close(&job.shards);
    return status;
}
