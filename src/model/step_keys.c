#include "model/step_keys.h"

#include <pthread.h>
#include <string.h>

#include "model/contexts.h"

#define THREADS 16
#define PLACES_BITS 12
#define ASK UINT8_MAX /* that many held out, or more: drawn again where needed */

static int bits_of(size_t channels)
{
    int bits = 1;
    while ((size_t)1 << bits < channels + 2) bits++;
    return bits;
}

size_t mkt_step_keys_depth(size_t channels)
{
    return (size_t)(64 / bits_of(channels)) - 1;
}

/* ---- what is held out ------------------------------------------------------------------------ */

static void hold_out(const struct mkt_step_keys *keys, size_t k)
{
    for (int converted = 0; converted < 2; converted++) {
        int64_t held = mkt_contexts_held(&keys->paths->path[k], converted == 1);
        keys->held[converted][k] = (uint8_t)(held < ASK ? held : ASK);
    }
}

static int64_t held_of(const struct mkt_step_keys *keys, size_t k, int converted)
{
    uint8_t held = keys->held[converted][k];
    if (!converted && !keys->nulls) return 0;
    return held < ASK ? held : mkt_contexts_held(&keys->paths->path[k], converted == 1);
}

/* ---- shares ---------------------------------------------------------------------------------- */

/* So few keys can be that they are counted in their places, unsorted; 0: not so. */
static size_t places_of(const struct mkt_step_keys *keys)
{
    int bits = keys->bits * (int)(keys->depth + 1);
    return bits <= PLACES_BITS ? (size_t)1 << bits : 0;
}

/* The context of a step that comes after `step`, which came after `behind`; both in place. */
static inline uint64_t context_after(const struct mkt_step_keys *keys, uint64_t behind,
                                     uint32_t step)
{
    int top = keys->bits * (int)keys->depth; /* where the latest channel stands */
    uint64_t low = (UINT64_C(1) << keys->bits) - 1;
    return (uint64_t)(step + 1) << top | (behind >> keys->bits & ~low);
}

/* The paths of one thread, and what was counted of them. */
struct range {
    const struct mkt_step_keys *keys;
    size_t first, last;
    int64_t *after;             /* [channels + 1] keys of each latest channel */
    int64_t *came[2];           /* [channels + 2] as in the keys */
    struct mkt_step_key *place; /* [places] as in the keys; NULL where they have none */
    pthread_t thread;
    bool started;
};

static void put(struct mkt_step_key *place, uint64_t key, int64_t count, int64_t held)
{
    place[key].count += count;
    place[key].held += held;
}

static void count_path(const struct range *r, size_t k)
{
    const struct mkt_step_keys *keys = r->keys;
    const struct mkt_path *path = &keys->paths->path[k];
    const uint32_t *step = mkt_paths_steps(keys->paths, path);
    const int64_t n[2] = {keys->nulls ? path->counts.nulls : 0, path->counts.conversions};
    int64_t held[2] = {held_of(keys, k, 0), held_of(keys, k, 1)};
    size_t K = keys->channels;
    uint64_t behind = 0;
    if (n[0] + n[1] == 0) return;
    r->after[0]++;
    for (size_t i = 0; i < path->steps; i++) {
        r->after[step[i] + 1]++;
        r->came[0][step[i]] += n[0] + n[1];
        r->came[1][step[i]] += held[0] + held[1];
        if (!r->place) continue;
        put(r->place, behind | step[i], n[0] + n[1], held[0] + held[1]);
        behind = context_after(keys, behind, step[i]);
    }
    r->after[step[path->steps - 1] + 1]++; /* both ends, at most */
    for (int converted = 0; converted < 2; converted++) {
        r->came[0][K + !converted] += n[converted];
        r->came[1][K + !converted] += held[converted];
        if (r->place) put(r->place, behind | (K + !converted), n[converted], held[converted]);
    }
}

static void *count_range(void *user)
{
    const struct range *r = user;
    for (size_t k = r->first; k < r->last; k++) {
        hold_out(r->keys, k);
        count_path(r, k);
    }
    return NULL;
}

/* Draws what is held out, and counts: into the keys, and the keys of each latest channel. */
static mkt_status count_all(struct mkt_arena *arena, const struct mkt_step_keys *keys,
                            size_t threads, int64_t *after, struct mkt_err *err)
{
    struct range range[THREADS];
    size_t K = keys->channels, paths = keys->paths->paths, places = places_of(keys);
    for (size_t i = 0; i < threads; i++) {
        int64_t *room = MKT_NEW(arena, int64_t, 3 * K + 5);
        if (!room) return mkt_arena_full(arena, err);
        range[i] = (struct range){.keys = keys,
                                  .first = paths * i / threads,
                                  .last = paths * (i + 1) / threads,
                                  .after = room,
                                  .came = {room + K + 1, room + 2 * K + 3}};
        if (places && !(range[i].place = MKT_NEW(arena, struct mkt_step_key, places)))
            return mkt_arena_full(arena, err);
    }
    for (size_t i = 1; i < threads; i++)
        range[i].started = pthread_create(&range[i].thread, NULL, count_range, &range[i]) == 0;
    for (size_t i = 0; i < threads; i++) {
        if (range[i].started)
            pthread_join(range[i].thread, NULL);
        else
            count_range(&range[i]);
        for (size_t b = 0; b <= K; b++) after[b] += range[i].after[b];
        for (size_t b = 0; b < K + 2; b++) {
            keys->came[0][b] += range[i].came[0][b];
            keys->came[1][b] += range[i].came[1][b];
        }
        for (size_t p = 0; p < places; p++)
            put(keys->place, p, range[i].place[p].count, range[i].place[p].held);
    }
    return MKT_OK;
}

/* Runs of latest channels of some `most` keys; one channel with more has a share of its own. */
static void part(struct mkt_step_keys *keys, const int64_t *after, size_t threads, size_t room)
{
    size_t all = 0, held = 0, aim = room / (2 * sizeof(struct mkt_step_key));
    for (size_t b = 0; b <= keys->channels; b++) all += (size_t)after[b];
    if (aim > all / (2 * threads)) aim = all / (2 * threads);
    if (aim < 2 * all / MKT_STEP_KEYS_SHARES) aim = 2 * all / MKT_STEP_KEYS_SHARES;
    for (size_t b = 0; b <= keys->channels; b++) {
        if (b == 0 || held + (size_t)after[b] > aim + aim / 4) {
            keys->first[keys->shares++] = b;
            held = 0;
        }
        held += (size_t)after[b];
        if (held >= keys->most) keys->most = held + 1; /* one is written before it is left out */
    }
    keys->first[keys->shares] = keys->channels + 1;
    if (keys->most < places_of(keys)) keys->most = places_of(keys);
}

mkt_status mkt_step_keys_init(struct mkt_step_keys *keys, struct mkt_arena *arena,
                              const struct mkt_paths *paths, size_t depth, bool nulls, int threads,
                              size_t room, struct mkt_err *err)
{
    size_t K = paths->channel.count;
    size_t used = threads < 1 ? 1 : threads > THREADS ? THREADS : (size_t)threads;
    *keys = (struct mkt_step_keys){
        .paths = paths, .channels = K, .depth = depth, .nulls = nulls, .bits = bits_of(K)};
    for (int i = 0; i < 2; i++) {
        keys->held[i] = MKT_NEW(arena, uint8_t, paths->paths);
        keys->came[i] = MKT_NEW(arena, int64_t, K + 2);
        if (!keys->held[i] || !keys->came[i]) return mkt_arena_full(arena, err);
    }
    if (places_of(keys) && !(keys->place = MKT_NEW(arena, struct mkt_step_key, places_of(keys))))
        return mkt_arena_full(arena, err);
    size_t mark = mkt_arena_mark(arena);
    int64_t *after = MKT_NEW(arena, int64_t, K + 1);
    if (!after) return mkt_arena_full(arena, err);
    MKT_TRY(count_all(arena, keys, used, after, err));
    part(keys, after, used, room);
    mkt_arena_release(arena, mark);
    return MKT_OK;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static size_t collect(const struct mkt_step_keys *keys, size_t share, struct mkt_step_key *out)
{
    size_t K = keys->channels, n = 0;
    int top = keys->bits * (int)keys->depth; /* where the latest channel stands */
    uint64_t first = keys->first[share], width = keys->first[share + 1] - first;
    for (size_t k = 0; k < keys->paths->paths; k++) {
        const struct mkt_path *path = &keys->paths->path[k];
        const uint32_t *step = mkt_paths_steps(keys->paths, path);
        int64_t nulls = keys->nulls ? path->counts.nulls : 0;
        int64_t conversions = path->counts.conversions;
        int64_t null_held = held_of(keys, k, 0), held = held_of(keys, k, 1);
        uint64_t behind = 0; /* the context, in place */
        if (nulls + conversions == 0) continue;
        for (size_t i = 0; i < path->steps; i++) {
            /* written in any case: which keys are of the share is too much like chance to guess */
            out[n] = (struct mkt_step_key){behind | step[i], nulls + conversions, null_held + held};
            n += (behind >> top) - first < width;
            behind = context_after(keys, behind, step[i]);
        }
        if ((behind >> top) - first >= width) continue;
        if (conversions) out[n++] = (struct mkt_step_key){behind | K, conversions, held};
        if (nulls) out[n++] = (struct mkt_step_key){behind | (K + 1), nulls, null_held};
    }
    return n;
}

/* The keys of a share that were counted already. */
static size_t pick(const struct mkt_step_keys *keys, size_t share, struct mkt_step_key *out)
{
    size_t n = 0, top = (size_t)keys->bits * keys->depth;
    for (uint64_t p = keys->first[share] << top; p < keys->first[share + 1] << top; p++)
        if (keys->place[p].count)
            out[n++] = (struct mkt_step_key){p, keys->place[p].count, keys->place[p].held};
    return n;
}

#define DIGIT 11 /* bits sorted by at a time */
#define DIGITS 6
#define NEAR 11 /* bits of a number of keys that are near at hand: some 100 kB, twice */

/* From numbers of keys to where those of each digit begin. */
static void add_up(size_t *start, size_t digits)
{
    size_t at = 0;
    for (size_t b = 0; b < digits; b++) {
        size_t here = start[b];
        start[b] = at;
        at += here;
    }
}

/* By the low `bits`, last digit first; a digit that is the same for all is passed over. Returns where
 * they are. */
static struct mkt_step_key *sort(struct mkt_step_key *key, struct mkt_step_key *room, size_t n,
                                 int bits)
{
    enum { BUCKETS = 1 << DIGIT };
    size_t start[DIGITS][BUCKETS];
    int digits = (bits + DIGIT - 1) / DIGIT;
    if (n < 2) return key;
    memset(start, 0, (size_t)digits * sizeof *start);
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < digits; d++) start[d][key[i].key >> d * DIGIT & (BUCKETS - 1)]++;
    for (int d = 0; d < digits; d++) {
        if (start[d][key[0].key >> d * DIGIT & (BUCKETS - 1)] == n) continue;
        add_up(start[d], BUCKETS);
        for (size_t i = 0; i < n; i++)
            room[start[d][key[i].key >> d * DIGIT & (BUCKETS - 1)]++] = key[i];
        struct mkt_step_key *swap = key;
        key = room;
        room = swap;
    }
    return key;
}

/* Appends sorted keys, equal ones joined, to `left` others; they may lie there, but not before. */
static size_t join(const struct mkt_step_key *sorted, size_t n, struct mkt_step_key *key,
                   size_t left)
{
    for (size_t i = 0; i < n; i++) {
        if (left && key[left - 1].key == sorted[i].key) {
            key[left - 1].count += sorted[i].count;
            key[left - 1].held += sorted[i].held;
        } else {
            key[left++] = sorted[i];
        }
    }
    return left;
}

static int length_of(uint64_t x)
{
    return x ? 64 - __builtin_clzll(x) : 0;
}

/* Many keys are parted first, by as many of the first bits in which they differ as leave few in each
 * part: it is sorted and joined near at hand. */
static size_t sort_and_join(struct mkt_step_key *key, struct mkt_step_key *room, size_t n)
{
    size_t start[1 << DIGIT] = {0}, left = 0;
    uint64_t differs = 0;
    for (size_t i = 1; i < n; i++) differs |= key[i].key ^ key[0].key;
    int bits = length_of(differs), first = length_of(n >> NEAR);
    if (first > DIGIT) first = DIGIT;
    if (first >= bits) first = 0;
    if (!first) return join(sort(key, room, n, bits), n, key, 0);
    int rest = bits - first;
    size_t parts = (size_t)1 << first;
    for (size_t i = 0; i < n; i++) start[key[i].key >> rest & (parts - 1)]++;
    add_up(start, parts);
    for (size_t i = 0; i < n; i++) room[start[key[i].key >> rest & (parts - 1)]++] = key[i];
    for (size_t b = 0, from = 0; b < parts; from = start[b++]) {
        size_t here = start[b] - from; /* a part begins where the one before it has ended */
        left = join(sort(room + from, key + from, here, rest), here, key, left);
    }
    return left;
}

size_t mkt_step_keys_make(const struct mkt_step_keys *keys, size_t share, struct mkt_step_key *key,
                          struct mkt_step_key *room)
{
    if (keys->place) return pick(keys, share, key);
    return sort_and_join(key, room, collect(keys, share, key));
}
