#include "aggregate/path_shards.h"

#include <string.h>

#define SHIFT MKT_PATH_SHARD_SHIFT
_Static_assert((size_t)1 << (64 - SHIFT) == MKT_PATH_SHARDS, "a shard for each of the first bits");
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

static mkt_status widen(struct mkt_path_shard *s, struct mkt_err *err)
{
    if (2 * (s->paths + 1) <= s->slots) return MKT_OK;
    size_t slots = s->slots ? 4 * s->slots : 64, mask = slots - 1;
    uint32_t *slot = MKT_NEW(&s->arena, uint32_t, slots);
    if (!slot) return mkt_arena_full(&s->arena, err);
    for (uint32_t k = s->first; k; k = mkt_path_shard_record(s, k)->next) {
        size_t i = (size_t)mkt_path_shard_record(s, k)->hash & mask;
        while (slot[i]) i = (i + 1) & mask;
        slot[i] = k;
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
        struct mkt_path_record *r = mkt_path_shard_record(s, s->slot[i]);
        if (r->hash == j->hash && r->steps == j->steps &&
            memcmp(r->step, step, j->steps * sizeof *step) == 0)
            return mkt_path_counts_join(&r->counts, &j->counts, err);
    }
    struct mkt_path_record *r = mkt_arena_alloc(&s->arena, 1, sizeof *r + j->steps * sizeof *step);
    size_t place = r ? (size_t)((char *)r - s->arena.base) / MKT_PATH_RECORD_UNIT + 1 : 0;
    if (!r || place > UINT32_MAX) return mkt_arena_full(&s->arena, err);
    *r = (struct mkt_path_record){.hash = j->hash, .counts = j->counts, .steps = j->steps};
    memcpy(r->step, step, j->steps * sizeof *step);
    s->slot[i] = (uint32_t)place;
    if (s->last)
        mkt_path_shard_record(s, s->last)->next = (uint32_t)place;
    else
        s->first = (uint32_t)place;
    s->last = (uint32_t)place;
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
    const char *record = (const char *)mkt_path_shard_record(s, slot);
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
