#include "aggregate/path_shards.h"

#include <string.h>

#define THREADS 16
#define SHIFT 58 /* of a hash: what is left is the shard */
_Static_assert((size_t)1 << (64 - SHIFT) == MKT_PATH_SHARDS, "a shard for each of the first bits");
#define UNIT 16 /* bytes: what arenas align to */
#define AHEAD 8 /* lookups whose memory is under way */

mkt_status mkt_path_shards_open(struct mkt_path_shards *s, size_t room, struct mkt_err *err)
{
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < MKT_PATH_SHARDS; i++) {
        pthread_mutex_init(&s->shard[i].lock, NULL);
        mkt_status status = mkt_arena_open(&s->shard[i].arena, room / MKT_PATH_SHARDS, err);
        if (status == MKT_OK) continue;
        mkt_path_shards_close(s);
        return status;
    }
    return MKT_OK;
}

void mkt_path_shards_close(struct mkt_path_shards *s)
{
    for (size_t i = 0; i < MKT_PATH_SHARDS; i++) mkt_arena_close(&s->shard[i].arena);
}

/* ---- one shard ----------------------------------------------------------------------------- */

static struct mkt_path_record *record_of(const struct mkt_path_shard *s, uint32_t slot)
{
    return (struct mkt_path_record *)(void *)(s->arena.base + (size_t)(slot - 1) * UNIT);
}

static mkt_status widen(struct mkt_path_shard *s, struct mkt_err *err)
{
    if (2 * (s->paths + 1) <= s->slots) return MKT_OK;
    const uint32_t *old = s->slot;
    size_t before = s->slots, slots = before ? 4 * before : 64, mask = slots - 1;
    uint32_t *slot = MKT_NEW(&s->arena, uint32_t, slots);
    if (!slot) return mkt_arena_full(&s->arena, err);
    for (size_t k = 0; k < before; k++) {
        if (!old[k]) continue;
        size_t i = (size_t)record_of(s, old[k])->hash & mask;
        while (slot[i]) i = (i + 1) & mask;
        slot[i] = old[k];
    }
    s->slot = slot;
    s->slots = slots;
    return MKT_OK;
}

static mkt_status insert(struct mkt_path_shard *s, const struct mkt_path_journey *j,
                         const uint32_t *step, struct mkt_err *err)
{
    MKT_TRY(widen(s, err));
    MKT_TRY(mkt_path_counts_join(&s->total, &j->counts, err));
    size_t mask = s->slots - 1, i = (size_t)j->hash & mask;
    for (; s->slot[i]; i = (i + 1) & mask) {
        struct mkt_path_record *r = record_of(s, s->slot[i]);
        if (r->hash == j->hash && r->steps == j->steps &&
            memcmp(r->step, step, j->steps * sizeof *step) == 0)
            return mkt_path_counts_join(&r->counts, &j->counts, err);
    }
    struct mkt_path_record *r = mkt_arena_alloc(&s->arena, 1, sizeof *r + j->steps * sizeof *step);
    size_t place = r ? (size_t)((char *)r - s->arena.base) / UNIT + 1 : 0;
    if (!r || place > UINT32_MAX) return mkt_arena_full(&s->arena, err);
    *r = (struct mkt_path_record){.hash = j->hash, .counts = j->counts, .steps = j->steps};
    memcpy(r->step, step, j->steps * sizeof *step);
    s->slot[i] = (uint32_t)place;
    s->paths++;
    s->steps += j->steps;
    return MKT_OK;
}

/* Asks for the slot of one journey, and for the record that the slot of an earlier one names. */
static void look_ahead(const struct mkt_path_shard *s, const struct mkt_path_journey *j, size_t i,
                       size_t n)
{
    if (!s->slots) return;
    if (i + 2 * AHEAD < n)
        __builtin_prefetch(&s->slot[(size_t)j[i + 2 * AHEAD].hash & (s->slots - 1)]);
    if (i + AHEAD >= n) return;
    uint32_t slot = s->slot[(size_t)j[i + AHEAD].hash & (s->slots - 1)];
    if (!slot) return;
    const char *record = (const char *)record_of(s, slot);
    __builtin_prefetch(record);
    __builtin_prefetch(record + 64);
}

static mkt_status add_run(struct mkt_path_shard *s, const struct mkt_path_journey *j, size_t n,
                          const uint32_t *step, struct mkt_err *err)
{
    mkt_status status = MKT_OK;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < n && status == MKT_OK; i++) {
        look_ahead(s, j, i, n);
        status = insert(s, &j[i], step + j[i].start, err);
    }
    pthread_mutex_unlock(&s->lock);
    return status;
}

/* ---- a thread's batch ------------------------------------------------------------------------ */

mkt_status mkt_path_batch_init(struct mkt_path_batch *b, struct mkt_arena *arena,
                               struct mkt_path_shards *shards, struct mkt_err *err)
{
    *b = (struct mkt_path_batch){shards,
                                 MKT_NEW(arena, struct mkt_path_journey, MKT_PATH_BATCH),
                                 MKT_NEW(arena, struct mkt_path_journey, MKT_PATH_BATCH),
                                 0,
                                 MKT_NEW(arena, uint32_t, MKT_PATH_BATCH_STEPS),
                                 0};
    return b->journey && b->sorted && b->step ? MKT_OK : mkt_arena_full(arena, err);
}

mkt_status mkt_path_batch_flush(struct mkt_path_batch *b, struct mkt_err *err)
{
    size_t start[MKT_PATH_SHARDS + 1] = {0};
    for (size_t i = 0; i < b->journeys; i++) start[b->journey[i].hash >> SHIFT]++;
    for (size_t s = 1; s <= MKT_PATH_SHARDS; s++) start[s] += start[s - 1];
    for (size_t i = b->journeys; i-- > 0;)
        b->sorted[--start[b->journey[i].hash >> SHIFT]] = b->journey[i];
    for (size_t s = 0; s < MKT_PATH_SHARDS; s++)
        if (start[s + 1] > start[s])
            MKT_TRY(add_run(&b->shards->shard[s], b->sorted + start[s], start[s + 1] - start[s],
                            b->step, err));
    b->journeys = b->steps = 0;
    return MKT_OK;
}

mkt_status mkt_path_batch_add(struct mkt_path_batch *b, const uint32_t *step, size_t steps,
                              const struct mkt_path_counts *counts, struct mkt_err *err)
{
    struct mkt_path_journey j = {mkt_paths_hash(step, steps), 0, (uint32_t)steps, *counts};
    if (steps > MKT_PATH_BATCH_STEPS)
        return add_run(&b->shards->shard[j.hash >> SHIFT], &j, 1, step, err);
    if (b->journeys == MKT_PATH_BATCH || b->steps + steps > MKT_PATH_BATCH_STEPS)
        MKT_TRY(mkt_path_batch_flush(b, err));
    j.start = (uint32_t)b->steps;
    for (size_t i = 0; i < steps; i++) b->step[b->steps + i] = step[i];
    b->steps += steps;
    b->journey[b->journeys++] = j;
    return MKT_OK;
}

/* ---- finish ---------------------------------------------------------------------------------- */

struct job {
    struct mkt_path_shards *shards;
    struct mkt_paths *out;
    size_t path_at[MKT_PATH_SHARDS], step_at[MKT_PATH_SHARDS];
    atomic_size_t next;
};

struct worker {
    struct job *job;
    struct mkt_err err;
    mkt_status status;
    pthread_t thread;
    bool started;
};

static bool before(const struct mkt_path_record *a, const struct mkt_path_record *b)
{
    if (a->hash != b->hash) return a->hash < b->hash;
    if (a->steps != b->steps) return a->steps < b->steps;
    return memcmp(a->step, b->step, a->steps * sizeof *a->step) < 0;
}

/* The records by hash: a counting sort of the bits after the shard's, then neighbours in order. */
static mkt_status sort_shard(struct mkt_path_shard *s, const struct mkt_path_record **sorted,
                             struct mkt_err *err)
{
    int bits = 1;
    while (bits < 28 && (size_t)2 << bits < s->paths) bits++;
    size_t buckets = (size_t)1 << bits;
    uint32_t *start = MKT_NEW(&s->arena, uint32_t, buckets + 1);
    if (!start) return mkt_arena_full(&s->arena, err);
#define BUCKET(record) ((record)->hash << (64 - SHIFT) >> (64 - bits))
    for (size_t i = 0; i < s->slots; i++)
        if (s->slot[i]) start[BUCKET(record_of(s, s->slot[i])) + 1]++;
    for (size_t b = 1; b <= buckets; b++) start[b] += start[b - 1];
    for (size_t i = 0; i < s->slots; i++) {
        if (!s->slot[i]) continue;
        const struct mkt_path_record *r = record_of(s, s->slot[i]);
        sorted[start[BUCKET(r)]++] = r;
    }
#undef BUCKET
    for (size_t k = 1; k < s->paths; k++) {
        const struct mkt_path_record *held = sorted[k];
        size_t i = k;
        for (; i && before(held, sorted[i - 1]); i--) sorted[i] = sorted[i - 1];
        sorted[i] = held;
    }
    return MKT_OK;
}

static mkt_status lay_out(struct job *job, size_t i, struct mkt_err *err)
{
    struct mkt_path_shard *s = &job->shards->shard[i];
    size_t path_at = job->path_at[i], step_at = job->step_at[i];
    const struct mkt_path_record **sorted =
        MKT_NEW(&s->arena, const struct mkt_path_record *, s->paths);
    if (!sorted) return mkt_arena_full(&s->arena, err);
    if (s->paths) MKT_TRY(sort_shard(s, sorted, err));
    for (size_t k = 0; k < s->paths; k++) {
        const struct mkt_path_record *r = sorted[k];
        job->out->path[path_at++] = (struct mkt_path){r->hash, step_at, r->steps, r->counts};
        memcpy(job->out->step + step_at, r->step, r->steps * sizeof *r->step);
        step_at += r->steps;
    }
    mkt_arena_close(&s->arena);
    return MKT_OK;
}

static void *run_worker(void *user)
{
    struct worker *k = user;
    for (size_t i;
         k->status == MKT_OK && (i = atomic_fetch_add(&k->job->next, 1)) < MKT_PATH_SHARDS;)
        k->status = lay_out(k->job, i, &k->err);
    return NULL;
}

static mkt_status make_room(struct mkt_path_shards *shards, struct job *job, struct mkt_err *err)
{
    struct mkt_paths *out = job->out;
    for (size_t i = 0; i < MKT_PATH_SHARDS; i++) {
        const struct mkt_path_shard *s = &shards->shard[i];
        job->path_at[i] = out->paths;
        job->step_at[i] = out->steps;
        out->paths += s->paths;
        out->steps += s->steps;
        MKT_TRY(mkt_path_counts_join(&out->total, &s->total, err));
    }
    out->path_cap = out->paths;
    out->step_cap = out->steps;
    out->path = MKT_NEW(out->arena, struct mkt_path, out->paths);
    out->step = MKT_NEW(out->arena, uint32_t, out->steps);
    return out->path && out->step ? MKT_OK : mkt_arena_full(out->arena, err);
}

mkt_status mkt_path_shards_finish(struct mkt_path_shards *shards, int threads,
                                  struct mkt_paths *paths, struct mkt_err *err)
{
    struct job job = {.shards = shards, .out = paths};
    struct worker worker[THREADS];
    MKT_TRY(make_room(shards, &job, err));
    size_t used = threads < 1 ? 1 : threads > THREADS ? THREADS : (size_t)threads;
    for (size_t i = 0; i < used; i++) {
        worker[i] = (struct worker){.job = &job};
        if (i)
            worker[i].started =
                pthread_create(&worker[i].thread, NULL, run_worker, &worker[i]) == 0;
    }
    run_worker(&worker[0]); /* and all the work, where no thread could start */
    for (size_t i = 1; i < used; i++)
        if (worker[i].started) pthread_join(worker[i].thread, NULL);
    for (size_t i = 0; i < used; i++)
        if (worker[i].status != MKT_OK)
            return mkt_err_set(err, worker[i].status, "%s", worker[i].err.text);
    return MKT_OK;
}
