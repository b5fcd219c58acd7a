#include "aggregate/path_shards.h"

#include <stddef.h>
#include <string.h>

#define SHIFT MKT_PATH_SHARD_SHIFT
_Static_assert((size_t)1 << (64 - SHIFT) == MKT_PATH_SHARDS, "a shard for each of the first bits");
#define AHEAD 8 /* lookups whose memory is under way */
#define FIRST_BITS 6
#define MOST_BITS 32
/* Bytes for records that a shard takes at a time, at first and at last. */
#define FIRST_PIECE ((size_t)4 << 10)
#define MOST_PIECE ((size_t)64 << 10)

/* A guess at how many journeys go along one path, rather too high: a first table that is too small
 * grows, and the part that tables may take is small. */
#define ALIKE 16
#define TABLES 8 /* the part of all room that first tables may take */

static int first_bits(size_t room, size_t journeys)
{
    size_t slots = journeys / ALIKE / MKT_PATH_SHARDS;
    size_t most = room / TABLES / MKT_PATH_SHARDS / sizeof(struct mkt_path_slot);
    int bits = FIRST_BITS;
    while ((size_t)1 << bits < slots && (size_t)2 << bits <= most) bits++;
    return bits;
}

mkt_status mkt_path_shards_open(struct mkt_path_shards *s, size_t room, size_t channels,
                                size_t journeys, struct mkt_err *err)
{
    const size_t width = !channels || channels > 1 << 16 ? 4 : channels > 1 << 8 ? 2 : 1;
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < MKT_PATH_SHARDS; i++) {
        pthread_mutex_init(&s->shard[i].lock, NULL);
        s->shard[i].store = &s->store[i / (MKT_PATH_SHARDS / MKT_PATH_STORES)];
        s->shard[i].width = width;
        s->shard[i].first_bits = first_bits(room, journeys);
    }
    for (size_t i = 0; i < MKT_PATH_STORES; i++) {
        pthread_mutex_init(&s->store[i].lock, NULL);
        mkt_status status = mkt_arena_open(&s->store[i].arena, room / MKT_PATH_STORES, err);
        if (status == MKT_OK) continue;
        mkt_path_shards_close(s);
        return status;
    }
    return MKT_OK;
}

void mkt_path_shards_close(struct mkt_path_shards *s)
{
    for (size_t i = 0; i < MKT_PATH_STORES; i++) mkt_arena_close(&s->store[i].arena);
}

static void *take(struct mkt_path_store *s, size_t bytes)
{
    pthread_mutex_lock(&s->lock);
    void *p = mkt_arena_alloc(&s->arena, 1, bytes);
    pthread_mutex_unlock(&s->lock);
    return p;
}

/* ---- one shard ----------------------------------------------------------------------------- */

static size_t bytes_of(size_t steps, size_t width)
{
    size_t bytes = offsetof(struct mkt_path_record, step) + steps * width;
    return (bytes + MKT_PATH_RECORD_UNIT - 1) / MKT_PATH_RECORD_UNIT * MKT_PATH_RECORD_UNIT;
}

static uint32_t bits_of(uint64_t hash)
{
    return (uint32_t)(hash << (64 - SHIFT) >> 32);
}

/* The first slot from `bits`' own on that holds these bits or nothing. */
static struct mkt_path_slot *probe(const struct mkt_path_shard *s, uint32_t bits)
{
    size_t mask = ((size_t)1 << s->bits) - 1, i = mkt_path_shard_home(s, bits);
    while (s->slot[i].place && s->slot[i].hash != bits) i = (i + 1) & mask;
    return &s->slot[i];
}

static mkt_status widen(struct mkt_path_shard *s, struct mkt_err *err)
{
    size_t slots = s->bits ? (size_t)1 << s->bits : 0, bytes = slots * sizeof *s->slot;
    if (4 * (s->paths + 1) <= 3 * slots) return MKT_OK;
    struct mkt_path_shard now = *s;
    now.bits = s->bits ? s->bits + 1 : s->first_bits;
    size_t mask = ((size_t)1 << now.bits) - 1, more = (mask + 1) * sizeof *s->slot;
    now.slot = now.bits > MOST_BITS ? NULL : take(s->store, more);
    if (!now.slot) return mkt_arena_full(&s->store->arena, err);
    /* all zero already; but a page that is read before it is written is made twice */
    memset(now.slot, 0, more);
    for (size_t k = 0; k < slots; k++) {
        size_t i = mkt_path_shard_home(&now, s->slot[k].hash);
        if (!s->slot[k].place) continue;
        while (now.slot[i].place) i = (i + 1) & mask;
        now.slot[i] = s->slot[k];
    }
    if (bytes > s->room_bytes) {
        s->room = (char *)s->slot;
        s->room_bytes = bytes;
    }
    s->slot = now.slot;
    s->bits = now.bits;
    return MKT_OK;
}

/* A piece of its own for what is long; else one for the next records, too. */
static void *new_record(struct mkt_path_shard *s, size_t bytes)
{
    if (bytes > s->room_bytes) {
        if (bytes > FIRST_PIECE) return take(s->store, bytes);
        size_t piece = !s->piece ? FIRST_PIECE : s->piece < MOST_PIECE ? 2 * s->piece : MOST_PIECE;
        char *room = take(s->store, piece);
        if (!room) return NULL;
        s->room = room;
        s->room_bytes = s->piece = piece;
    }
    char *r = s->room;
    s->room += bytes;
    s->room_bytes -= bytes;
    return r;
}

/* A path and what came of it, on its way to a shard. */
struct journeys {
    uint64_t hash;
    const struct mkt_path_counts *counts;
    const void *step; /* [steps] of as many bytes as the shard's, or uint32_t */
    size_t steps;
    bool wide; /* uint32_t, where the shard's are not */
};

static bool is_path(const struct mkt_path_shard *s, const struct mkt_path_record *r,
                    const struct journeys *j)
{
    if (r->hash != j->hash || r->steps != j->steps) return false;
    if (!j->wide) return memcmp(r->step, j->step, j->steps * s->width) == 0;
    const uint32_t *step = j->step;
    for (size_t i = 0; i < j->steps; i++) {
        uint32_t own;
        mkt_path_shards_read_steps(r->step + i * s->width, s->width, 1, &own);
        if (own != step[i]) return false;
    }
    return true;
}

static void write_record(struct mkt_path_record *r, const struct journeys *j, size_t width)
{
    *r = (struct mkt_path_record){
        .hash = j->hash, .counts = *j->counts, .steps = (uint32_t)j->steps};
    if (j->wide)
        mkt_path_shards_write_steps(j->step, j->steps, width, r->step);
    else
        memcpy(r->step, j->step, j->steps * width);
}

/* Keeps a path that is not there yet. */
static mkt_status keep(struct mkt_path_shard *s, const struct journeys *j,
                       struct mkt_path_slot *slot, struct mkt_err *err)
{
    struct mkt_path_record *r = new_record(s, bytes_of(j->steps, s->width));
    size_t place = r ? (size_t)((char *)r - s->store->arena.base) / MKT_PATH_RECORD_UNIT + 1 : 0;
    if (!r || place > UINT32_MAX) return mkt_arena_full(&s->store->arena, err);
    write_record(r, j, s->width);
    *slot = (struct mkt_path_slot){(uint32_t)place, bits_of(j->hash)};
    s->paths++;
    s->steps += j->steps;
    if (j->steps > s->longest) s->longest = j->steps;
    return MKT_OK;
}

static mkt_status insert(struct mkt_path_shard *s, const struct journeys *j, struct mkt_err *err)
{
    MKT_TRY(widen(s, err));
    MKT_TRY(mkt_path_counts_join(&s->total, j->counts, err));
    uint32_t bits = bits_of(j->hash);
    size_t mask = ((size_t)1 << s->bits) - 1;
    struct mkt_path_slot *slot = probe(s, bits);
    while (slot->place) {
        struct mkt_path_record *r = mkt_path_shard_record(s, slot->place);
        if (slot->hash == bits && is_path(s, r, j))
            return mkt_path_counts_join(&r->counts, j->counts, err);
        slot = &s->slot[(size_t)(slot + 1 - s->slot) & mask];
    }
    return keep(s, j, slot, err);
}

static const struct mkt_path_record *record_at(const char *at)
{
    return (const struct mkt_path_record *)(const void *)at;
}

static void ask_for_slot(const struct mkt_path_shard *s, const struct mkt_path_record *j)
{
    __builtin_prefetch(&s->slot[mkt_path_shard_home(s, bits_of(j->hash))], 1);
}

static void ask_for_record(const struct mkt_path_shard *s, const struct mkt_path_record *j)
{
    const struct mkt_path_slot *slot = probe(s, bits_of(j->hash));
    if (!slot->place) return;
    const char *record = (const char *)mkt_path_shard_record(s, slot->place);
    __builtin_prefetch(record, 1);
    __builtin_prefetch(record + 63, 1);
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
            slot += bytes_of(record_at(slot)->steps, s->width);
        }
        if (ahead >= AHEAD && record < end) {
            ask_for_record(s, record_at(record));
            record += bytes_of(record_at(record)->steps, s->width);
        }
        if (ahead < 2 * AHEAD) continue;
        const struct mkt_path_record *r = record_at(at);
        const struct journeys j = {r->hash, &r->counts, r->step, r->steps, false};
        status = insert(s, &j, err);
        at += bytes_of(r->steps, s->width);
    }
    pthread_mutex_unlock(&s->lock);
    return status;
}

/* ---- a thread's batch ------------------------------------------------------------------------ */

mkt_status mkt_path_batch_init(struct mkt_path_batch *b, struct mkt_arena *arena,
                               struct mkt_path_shards *shards, struct mkt_err *err)
{
    *b = (struct mkt_path_batch){.shards = shards,
                                 .width = shards->shard[0].width,
                                 .waiting =
                                     MKT_NEW(arena, char, MKT_PATH_SHARDS *MKT_PATH_BATCH_BYTES)};
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
static mkt_status add_long(struct mkt_path_shard *s, const struct journeys *j, struct mkt_err *err)
{
    pthread_mutex_lock(&s->lock);
    mkt_status status = insert(s, j, err);
    pthread_mutex_unlock(&s->lock);
    return status;
}

mkt_status mkt_path_batch_add(struct mkt_path_batch *b, const uint32_t *step, size_t steps,
                              const struct mkt_path_counts *counts, struct mkt_err *err)
{
    uint64_t hash = mkt_paths_hash(step, steps);
    size_t shard = hash >> SHIFT, width = b->width, bytes = bytes_of(steps, width);
    const struct journeys j = {hash, counts, step, steps, width != sizeof *step};
    if (bytes > MKT_PATH_BATCH_BYTES) return add_long(&b->shards->shard[shard], &j, err);
    if (b->bytes[shard] + bytes > MKT_PATH_BATCH_BYTES) MKT_TRY(flush(b, shard, err));
    char *at = b->waiting + shard * MKT_PATH_BATCH_BYTES + b->bytes[shard];
    write_record((struct mkt_path_record *)(void *)at, &j, width);
    b->bytes[shard] += bytes;
    return MKT_OK;
}
