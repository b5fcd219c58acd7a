#include "model/sorted_steps.h"

#include <string.h>

struct worker {
    struct mkt_step_key *key, *room; /* [keys.most] */
    struct mkt_err err;
    mkt_status status;
};

struct job {
    struct mkt_sorted_steps *out;
    struct worker worker[MKT_TASKS_THREADS];
};

static void make_share(void *user, size_t worker, size_t share)
{
    struct job *job = user;
    struct worker *k = &job->worker[worker];
    struct mkt_sorted_steps *out = job->out;
    if (k->status != MKT_OK) return;
    size_t n = mkt_step_keys_make(&out->keys, share, k->key, k->room);
    struct mkt_step_key *kept = mkt_arena_alloc(&out->arena[worker], n, sizeof *kept);
    if (!kept) {
        k->status = mkt_arena_full(&out->arena[worker], &k->err);
        return;
    }
    memcpy(kept, k->key, n * sizeof *kept);
    out->share[share] = (struct mkt_sorted_steps_share){kept, n};
}

static mkt_status open_worker(struct mkt_arena *arena, struct worker *k, size_t most,
                              struct mkt_err *err)
{
    *k = (struct worker){MKT_NEW(arena, struct mkt_step_key, most),
                         MKT_NEW(arena, struct mkt_step_key, most),
                         {0},
                         MKT_OK};
    return k->key && k->room ? MKT_OK : mkt_arena_full(arena, err);
}

static mkt_status make(struct mkt_arena *arena, struct job *job, size_t threads,
                       struct mkt_err *err)
{
    struct mkt_sorted_steps *out = job->out;
    size_t most = out->keys.most, room = arena->capacity - arena->used;
    if (threads > out->keys.shares) threads = out->keys.shares;
    while (threads > 1 && 2 * threads * most * sizeof(struct mkt_step_key) > room / 2) threads--;
    for (size_t i = 0; i < threads; i++) MKT_TRY(open_worker(arena, &job->worker[i], most, err));
    room = arena->capacity - arena->used;
    for (size_t i = 0; i < threads; i++)
        MKT_TRY(mkt_arena_open(&out->arena[i], room / threads, err));
    mkt_tasks_run(threads, out->keys.shares, make_share, job);
    for (size_t i = 0; i < threads; i++)
        if (job->worker[i].status != MKT_OK)
            return mkt_err_set(err, job->worker[i].status, "%s", job->worker[i].err.text);
    return MKT_OK;
}

mkt_status mkt_sorted_steps_make(struct mkt_arena *arena, const struct mkt_paths *paths,
                                 size_t depth, bool nulls, int threads,
                                 struct mkt_sorted_steps *out, struct mkt_err *err)
{
    size_t used = mkt_tasks_threads(threads);
    struct job *job = MKT_NEW(arena, struct job, 1);
    memset(out, 0, sizeof *out);
    if (!job) return mkt_arena_full(arena, err);
    job->out = out;
    MKT_TRY(mkt_step_keys_init(&out->keys, arena, paths, depth, nulls, threads,
                               (arena->capacity - arena->used) / (4 * used), err));
    size_t mark = mkt_arena_mark(arena);
    mkt_status status = make(arena, job, used, err);
    mkt_arena_release(arena, mark);
    if (status != MKT_OK) mkt_sorted_steps_close(out);
    return status;
}

void mkt_sorted_steps_close(struct mkt_sorted_steps *steps)
{
    for (size_t i = 0; i < MKT_TASKS_THREADS; i++) mkt_arena_close(&steps->arena[i]);
}
