#include "aggregate/paths.h"

#include <assert.h>
#include <string.h>

void mkt_paths_init(struct mkt_paths *paths, struct mkt_arena *arena)
{
    *paths = (struct mkt_paths){.arena = arena};
    mkt_names_init(&paths->channel, arena);
}

uint64_t mkt_paths_hash(const uint32_t *step, size_t steps)
{
    uint64_t h = steps;
    for (size_t i = 0; i < steps; i++) h = ((h << 5 | h >> 59) ^ step[i]) * 0x9e3779b97f4a7c15ULL;
    return mkt_names_mix(h);
}

static uint32_t *slot_of(const struct mkt_paths *p, uint64_t hash, const uint32_t *step,
                         size_t steps)
{
    size_t mask = p->slots - 1;
    size_t i = (size_t)hash & mask;
    for (; p->slot[i]; i = (i + 1) & mask) {
        const struct mkt_path *path = &p->path[p->slot[i] - 1];
        if (path->hash == hash && path->steps == steps &&
            memcmp(mkt_paths_steps(p, path), step, steps * sizeof *step) == 0)
            break;
    }
    return &p->slot[i];
}

static void fill_slots(struct mkt_paths *p)
{
    memset(p->slot, 0, p->slots * sizeof *p->slot);
    size_t mask = p->slots - 1;
    for (size_t k = 0; k < p->paths; k++) {
        size_t i = (size_t)p->path[k].hash & mask;
        while (p->slot[i]) i = (i + 1) & mask;
        p->slot[i] = (uint32_t)k + 1;
    }
}

static mkt_status widen(struct mkt_paths *p, struct mkt_err *err)
{
    if (2 * (p->paths + 1) <= p->slots) return MKT_OK;
    size_t slots = p->slots ? 4 * p->slots : 256;
    while (slots < 2 * (p->paths + 1)) slots *= 4;
    uint32_t *slot = MKT_NEW(p->arena, uint32_t, slots);
    if (!slot) return mkt_arena_full(p->arena, err);
    p->slot = slot;
    p->slots = slots;
    fill_slots(p);
    return MKT_OK;
}

static mkt_status append_steps(struct mkt_paths *p, const uint32_t *step, size_t steps,
                               struct mkt_err *err)
{
    if (p->steps + steps > p->step_cap) {
        size_t cap = 2 * p->step_cap + steps + 64;
        uint32_t *more =
            mkt_arena_grow(p->arena, p->step, p->step_cap * sizeof *step, cap * sizeof *step);
        if (!more) return mkt_arena_full(p->arena, err);
        p->step = more;
        p->step_cap = cap;
    }
    memmove(p->step + p->steps, step, steps * sizeof *step);
    p->steps += steps;
    return MKT_OK;
}

mkt_status mkt_path_counts_join(struct mkt_path_counts *into, const struct mkt_path_counts *from,
                                struct mkt_err *err)
{
    struct mkt_path_counts sum;
    if (__builtin_add_overflow(into->value, from->value, &sum.value) ||
        __builtin_add_overflow(into->conversions, from->conversions, &sum.conversions) ||
        __builtin_add_overflow(into->nulls, from->nulls, &sum.nulls) ||
        __builtin_add_overflow(into->lag, from->lag, &sum.lag))
        return mkt_err_set(err, MKT_E_LIMIT,
                           "the sum over paths passes 9.2e12 in value or 9.2e18 in number: too "
                           "large to add exactly");
    *into = sum;
    return MKT_OK;
}

static mkt_status place_of(struct mkt_paths *p, const uint32_t *step, size_t steps,
                           struct mkt_path **out, struct mkt_err *err)
{
    MKT_TRY(widen(p, err));
    uint64_t hash = mkt_paths_hash(step, steps);
    uint32_t *slot = slot_of(p, hash, step, steps);
    if (!*slot) {
        size_t start = p->steps;
        MKT_TRY(append_steps(p, step, steps, err));
        struct mkt_path *path =
            mkt_arena_push(p->arena, &p->path, &p->paths, &p->path_cap, sizeof *path);
        if (!path) {
            p->steps = start;
            return mkt_arena_full(p->arena, err);
        }
        *path = (struct mkt_path){.hash = hash, .start = start, .steps = steps};
        *slot = (uint32_t)p->paths;
    }
    *out = &p->path[*slot - 1];
    return MKT_OK;
}

mkt_status mkt_paths_add(struct mkt_paths *p, const uint32_t *step, size_t steps,
                         const struct mkt_path_counts *counts, struct mkt_err *err)
{
    struct mkt_path *path = NULL;
    MKT_TRY(place_of(p, step, steps, &path, err));
    assert(path);
    MKT_TRY(mkt_path_counts_join(&p->total, counts, err));
    return mkt_path_counts_join(&path->counts, counts, err);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

const char *mkt_paths_next(const char *at, const char *end, char separator, const char **name,
                           size_t *length)
{
    const char *stop = memchr(at, separator, (size_t)(end - at));
    const char *first = at, *last = stop ? stop : end;
    while (first < last && blank(*first)) first++;
    while (last > first && blank(last[-1])) last--;
    *name = first;
    *length = (size_t)(last - first);
    return stop ? stop + 1 : NULL;
}

mkt_status mkt_paths_add_text(struct mkt_paths *p, const char *text, size_t length, char separator,
                              const struct mkt_path_counts *counts, struct mkt_err *err)
{
    size_t mark = p->steps, n;
    const char *at = text, *name;
    mkt_status status = MKT_OK;
    while (at && status == MKT_OK) {
        uint32_t code;
        at = mkt_paths_next(at, text + length, separator, &name, &n);
        if (!n) {
            status = mkt_err_set(err, MKT_E_DATA, "the path \"%.*s\" names no channel %s",
                                 (int)(length < 80 ? length : 80), text,
                                 length ? "between two separators" : "at all");
            break;
        }
        status = mkt_names_code(&p->channel, name, n, &code, err);
        if (status == MKT_OK) status = append_steps(p, &code, 1, err);
    }
    /* the steps just written lie where those of a new path would: there they are found */
    size_t steps = p->steps - mark;
    p->steps = mark;
    MKT_TRY(status);
    return mkt_paths_add(p, p->step + mark, steps, counts, err);
}

mkt_status mkt_paths_merge(struct mkt_paths *into, const struct mkt_paths *from,
                           struct mkt_err *err)
{
    size_t longest = 1;
    for (size_t k = 0; k < from->paths; k++)
        if (from->path[k].steps > longest) longest = from->path[k].steps;
    uint32_t *code = MKT_NEW(into->arena, uint32_t, from->channel.count + 1);
    uint32_t *step = MKT_NEW(into->arena, uint32_t, longest);
    if (!code || !step) return mkt_arena_full(into->arena, err);
    for (size_t i = 0; i < from->channel.count; i++) {
        const char *name = from->channel.name[i];
        MKT_TRY(mkt_names_code(&into->channel, name, strlen(name), &code[i], err));
    }
    for (size_t k = 0; k < from->paths; k++) {
        const struct mkt_path *path = &from->path[k];
        for (size_t i = 0; i < path->steps; i++) step[i] = code[from->step[path->start + i]];
        MKT_TRY(mkt_paths_add(into, step, path->steps, &path->counts, err));
    }
    return mkt_path_counts_join(&into->untouched, &from->untouched, err);
}

/* ---- finish: hashes are spread evenly, so buckets by their first bits hold a few paths each --- */

static bool before(const struct mkt_paths *p, const struct mkt_path *a, const struct mkt_path *b)
{
    if (a->hash != b->hash) return a->hash < b->hash;
    if (a->steps != b->steps) return a->steps < b->steps;
    return memcmp(mkt_paths_steps(p, a), mkt_paths_steps(p, b), a->steps * sizeof *p->step) < 0;
}

static mkt_status sort_paths(struct mkt_paths *p, struct mkt_err *err)
{
    int bits = 1;
    while (bits < 28 && (size_t)2 << bits < p->paths) bits++;
    size_t mark = mkt_arena_mark(p->arena), buckets = (size_t)1 << bits;
    size_t *start = MKT_NEW(p->arena, size_t, buckets + 1);
    struct mkt_path *sorted = MKT_NEW(p->arena, struct mkt_path, p->paths);
    if (!start || !sorted) {
        mkt_arena_release(p->arena, mark);
        return mkt_arena_full(p->arena, err);
    }
    for (size_t k = 0; k < p->paths; k++) start[(p->path[k].hash >> (64 - bits)) + 1]++;
    for (size_t b = 1; b <= buckets; b++) start[b] += start[b - 1];
    for (size_t k = 0; k < p->paths; k++)
        sorted[start[p->path[k].hash >> (64 - bits)]++] = p->path[k];
    for (size_t k = 1; k < p->paths; k++) {
        struct mkt_path held = sorted[k];
        size_t i = k;
        for (; i && before(p, &held, &sorted[i - 1]); i--) sorted[i] = sorted[i - 1];
        sorted[i] = held;
    }
    memcpy(p->path, sorted, p->paths * sizeof *sorted);
    mkt_arena_release(p->arena, mark);
    return MKT_OK;
}

/* The steps in the order of their paths. */
static mkt_status lay_out(struct mkt_paths *p, struct mkt_err *err)
{
    size_t mark = mkt_arena_mark(p->arena), at = 0;
    uint32_t *step = MKT_NEW(p->arena, uint32_t, p->steps);
    if (!step) return mkt_arena_full(p->arena, err);
    p->extent = (struct mkt_path_extent){0};
    for (size_t k = 0; k < p->paths; k++) {
        struct mkt_path *path = &p->path[k];
        memcpy(step + at, p->step + path->start, path->steps * sizeof *step);
        path->start = at;
        at += path->steps;
        mkt_path_extent_add(&p->extent, path);
    }
    memcpy(p->step, step, p->steps * sizeof *step);
    mkt_arena_release(p->arena, mark);
    return MKT_OK;
}

mkt_status mkt_paths_finish(struct mkt_paths *p, struct mkt_err *err)
{
    if (!p->paths) return MKT_OK;
    size_t mark = mkt_arena_mark(p->arena);
    uint32_t *rank = MKT_NEW(p->arena, uint32_t, p->channel.count);
    if (!rank) return mkt_arena_full(p->arena, err);
    mkt_status status = mkt_names_sort(&p->channel, rank, err);
    for (size_t i = 0; status == MKT_OK && i < p->steps; i++) p->step[i] = rank[p->step[i]];
    mkt_arena_release(p->arena, mark);
    MKT_TRY(status);
    for (size_t k = 0; k < p->paths; k++)
        p->path[k].hash = mkt_paths_hash(p->step + p->path[k].start, p->path[k].steps);
    MKT_TRY(sort_paths(p, err));
    fill_slots(p);
    return lay_out(p, err);
}
