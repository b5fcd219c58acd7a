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

static size_t bytes_of(size_t steps)
{
    size_t bytes = sizeof(struct mkt_path_record) + steps * sizeof(uint32_t);
    return (bytes + MKT_PATH_RECORD_UNIT - 1) / MKT_PATH_RECORD_UNIT * MKT_PATH_RECORD_UNIT;
}

static mkt_status widen(struct mkt_path_shard *s, struct mkt_err *err)
{
    if (2 * (s->paths + 1) <= s->slots) return MKT_OK;
    size_t slots = s->slots ? 2 * s->slots : 64, mask = slots - 1;
    struct mkt_path_slot *slot = MKT_NEW(&s->arena, struct mkt_path_slot, slots);
    if (!slot) return mkt_arena_full(&s->arena, err);
    for (size_t k = 0; k < s->slots; k++) {
        if (!s->slot[k].place) continue;
        size_t i = s->slot[k].hash & mask;
        while (slot[i].place) i = (i + 1) & mask;
        slot[i] = s->slot[k];
    }
    s->slot = slot;
    s->slots = slots;
    return MKT_OK;
}

static void write_record(struct mkt_path_record *r, uint64_t hash, const uint32_t *step,
                         size_t steps, const struct mkt_path_counts *counts)
{
    *r = (struct mkt_path_record){.hash = hash, .counts = *counts, .steps = (uint32_t)steps};
    for (size_t i = 0; i < steps; i++) r->step[i] = step[i];
}

/* Keeps a path that is not there yet. */
static mkt_status keep(struct mkt_path_shard *s, uint64_t hash, const uint32_t *step, size_t steps,
                       const struct mkt_path_counts *counts, struct mkt_path_slot *slot,
                       struct mkt_err *err)
{
    struct mkt_path_record *r = mkt_arena_alloc(&s->arena, 1, bytes_of(steps));
    size_t place = r ? (size_t)((char *)r - s->arena.base) / MKT_PATH_RECORD_UNIT + 1 : 0;
    if (!r || place > UINT32_MAX) return mkt_arena_full(&s->arena, err);
    write_record(r, hash, step, steps, counts);
    *slot = (struct mkt_path_slot){(uint32_t)place, (uint32_t)hash};
    if (s->last)
        mkt_path_shard_record(s, s->last)->next = (uint32_t)place;
    else
        s->first = (uint32_t)place;
    s->last = (uint32_t)place;
    s->paths++;
    s->steps += steps;
    return MKT_OK;
}

static mkt_status insert(struct mkt_path_shard *s, uint64_t hash, const uint32_t *step,
                         size_t steps, const struct mkt_path_counts *counts, struct mkt_err *err)
{
    MKT_TRY(widen(s, err));
    MKT_TRY(mkt_path_counts_join(&s->total, counts, err));
    size_t mask = s->slots - 1, i = (uint32_t)hash & mask;
    for (; s->slot[i].place; i = (i + 1) & mask) {
        if (s->slot[i].hash != (uint32_t)hash) continue;
        struct mkt_path_record *r = mkt_path_shard_record(s, s->slot[i].place);
        if (r->hash == hash && r->steps == steps &&
            memcmp(r->step, step, steps * sizeof *step) == 0)
            return mkt_path_counts_join(&r->counts, counts, err);
    }
    return keep(s, hash, step, steps, counts, &s->slot[i], err);
}

static const struct mkt_path_record *record_at(const char *at)
{
    return (const struct mkt_path_record *)(const void *)at;
}

static void ask_for_slot(const struct mkt_path_shard *s, const struct mkt_path_record *j)
{
    __builtin_prefetch(&s->slot[(uint32_t)j->hash & (s->slots - 1)], 1);
}

static void ask_for_record(const struct mkt_path_shard *s, const struct mkt_path_record *j)
{
    size_t mask = s->slots - 1, i = (uint32_t)j->hash & mask;
    while (s->slot[i].place && s->slot[i].hash != (uint32_t)j->hash) i = (i + 1) & mask;
    if (!s->slot[i].place) return;
    const char *record = (const char *)mkt_path_shard_record(s, s->slot[i].place);
    __builtin_prefetch(record, 1);
    __builtin_prefetch(record + 64, 1);
}

/* Adds the journeys of one thread: slots are asked for first, then records, then both are used. */
static mkt_status add_run(struct mkt_path_shard *s, const char *from, size_t bytes,
                          struct mkt_err *err)
{
    const char *end = from + bytes, *at = from, *slot = from, *record = from;
    pthread_mutex_lock(&s->lock);
    mkt_status status = widen(s, err);
    for (size_t ahead = 0; at < end && status == MKT_OK; ahead++) {
        if (slot < end) {
            ask_for_slot(s, record_at(slot));
            slot += bytes_of(record_at(slot)->steps);
        }
        if (ahead >= AHEAD && record < end) {
            ask_for_record(s, record_at(record));
            record += bytes_of(record_at(record)->steps);
        }
        if (ahead < 2 * AHEAD) continue;
        const struct mkt_path_record *j = record_at(at);
        status = insert(s, j->hash, j->step, j->steps, &j->counts, err);
        at += bytes_of(j->steps);
    }
    pthread_mutex_unlock(&s->lock);
    return status;
}

/* ---- a thread's batch ------------------------------------------------------------------------ */

mkt_status mkt_path_batch_init(struct mkt_path_batch *b, struct mkt_arena *arena,
                               struct mkt_path_shards *shards, struct mkt_err *err)
{
    *b = (struct mkt_path_batch){
        .shards = shards, .waiting = MKT_NEW(arena, char, MKT_PATH_SHARDS *MKT_PATH_BATCH_BYTES)};
    return b->waiting ? MKT_OK : mkt_arena_full(arena, err);
}

static mkt_status flush(struct mkt_path_batch *b, size_t shard, struct mkt_err *err)
{
    size_t bytes = b->bytes[shard];
    b->bytes[shard] = 0;
    if (!bytes) return MKT_OK;
    return add_run(&b->shards->shard[shard], b->waiting + shard * MKT_PATH_BATCH_BYTES, bytes, err);
}

mkt_status mkt_path_batch_flush(struct mkt_path_batch *b, struct mkt_err *err)
{
    for (size_t i = 0; i < MKT_PATH_SHARDS; i++) MKT_TRY(flush(b, i, err));
    return MKT_OK;
}

/* A path too long to wait. */
static mkt_status add_long(struct mkt_path_shard *s, uint64_t hash, const uint32_t *step,
                           size_t steps, const struct mkt_path_counts *counts, struct mkt_err *err)
{
    pthread_mutex_lock(&s->lock);
    mkt_status status = insert(s, hash, step, steps, counts, err);
    pthread_mutex_unlock(&s->lock);
    return status;
}

mkt_status mkt_path_batch_add(struct mkt_path_batch *b, const uint32_t *step, size_t steps,
                              const struct mkt_path_counts *counts, struct mkt_err *err)
{
    uint64_t hash = mkt_paths_hash(step, steps);
    size_t shard = hash >> SHIFT, bytes = bytes_of(steps);
    if (bytes > MKT_PATH_BATCH_BYTES)
        return add_long(&b->shards->shard[shard], hash, step, steps, counts, err);
    if (b->bytes[shard] + bytes > MKT_PATH_BATCH_BYTES) MKT_TRY(flush(b, shard, err));
    char *at = b->waiting + shard * MKT_PATH_BATCH_BYTES + b->bytes[shard];
    write_record((struct mkt_path_record *)(void *)at, hash, step, steps, counts);
    b->bytes[shard] += bytes;
    return MKT_OK;
}
