#include "model/contexts.h"

#include <string.h>

#include "num/random.h"

int64_t mkt_contexts_held(const struct mkt_path *path, bool converted)
{
    int64_t n = converted ? path->counts.conversions : path->counts.nulls;
    if (n <= 0) return 0;
    struct mkt_random r;
    mkt_random_init(&r, path->hash, converted);
    return mkt_random_binomial(&r, n, .2);
}

static uint64_t context_hash(const uint32_t *end, size_t length)
{
    uint64_t h = length;
    for (size_t i = 0; i < length; i++) h = mkt_names_mix(h ^ *(end - length + i));
    return h;
}

static uint32_t *state_slot(const struct mkt_contexts *c, const uint32_t *end, size_t length,
                            uint64_t hash)
{
    size_t mask = c->state_slots - 1;
    size_t i = (size_t)hash & mask;
    for (; c->state_slot[i]; i = (i + 1) & mask) {
        const struct mkt_context *s = &c->state[c->state_slot[i] - 1];
        if (s->hash == hash && s->length == length &&
            (length == 0 || memcmp(s->end - length, end - length, length * sizeof *end) == 0))
            break;
    }
    return &c->state_slot[i];
}

static uint64_t edge_hash(uint32_t state, uint32_t symbol)
{
    return mkt_names_mix((uint64_t)state << 32 | symbol);
}

static uint32_t *edge_slot(const struct mkt_contexts *c, uint32_t state, uint32_t symbol)
{
    size_t mask = c->edge_slots - 1;
    size_t i = (size_t)edge_hash(state, symbol) & mask;
    for (; c->edge_slot[i]; i = (i + 1) & mask) {
        const struct mkt_context_edge *e = &c->edge[c->edge_slot[i] - 1];
        if (e->from == state && e->symbol == symbol) break;
    }
    return &c->edge_slot[i];
}

/* Doubles an index when it is half full. True when it has to be filled anew. */
static mkt_status widen(struct mkt_arena *arena, uint32_t **slot, size_t *slots, size_t used,
                        bool *anew, struct mkt_err *err)
{
    *anew = 2 * (used + 1) > *slots;
    if (!*anew) return MKT_OK;
    *slots = *slots ? 4 * *slots : 256;
    *slot = MKT_NEW(arena, uint32_t, *slots);
    return *slot ? MKT_OK : mkt_arena_full(arena, err);
}

static mkt_status find_state(struct mkt_contexts *c, struct mkt_arena *arena, const uint32_t *end,
                             size_t length, uint32_t *out, struct mkt_err *err)
{
    bool anew;
    MKT_TRY(widen(arena, &c->state_slot, &c->state_slots, c->states, &anew, err));
    for (size_t i = 0; anew && i < c->states; i++)
        *state_slot(c, c->state[i].end, c->state[i].length, c->state[i].hash) = (uint32_t)i + 1;
    uint64_t hash = context_hash(end, length);
    uint32_t *slot = state_slot(c, end, length, hash);
    if (!*slot) {
        struct mkt_context *s =
            mkt_arena_push(arena, &c->state, &c->states, &c->state_cap, sizeof *s);
        if (!s) return mkt_arena_full(arena, err);
        *s = (struct mkt_context){end, (uint32_t)length, hash};
        *slot = (uint32_t)c->states;
    }
    *out = *slot - 1;
    return MKT_OK;
}

/* Takes `count` journeys from a state over a symbol. `end` lies behind the symbol's step. */
static mkt_status go(struct mkt_contexts *c, struct mkt_arena *arena, uint32_t *state,
                     uint32_t symbol, const uint32_t *end, size_t behind, int64_t count,
                     int64_t held, struct mkt_err *err)
{
    bool anew;
    MKT_TRY(widen(arena, &c->edge_slot, &c->edge_slots, c->edges, &anew, err));
    for (size_t i = 0; anew && i < c->edges; i++)
        *edge_slot(c, c->edge[i].from, c->edge[i].symbol) = (uint32_t)i + 1;
    uint32_t *slot = edge_slot(c, *state, symbol);
    if (!*slot) {
        uint32_t to = 0;
        if (symbol < c->channels)
            MKT_TRY(find_state(c, arena, end, behind < c->order ? behind : c->order, &to, err));
        struct mkt_context_edge *e =
            mkt_arena_push(arena, &c->edge, &c->edges, &c->edge_cap, sizeof *e);
        if (!e) return mkt_arena_full(arena, err);
        *e = (struct mkt_context_edge){.from = *state, .symbol = symbol, .to = to};
        *slot = (uint32_t)c->edges;
    }
    struct mkt_context_edge *e = &c->edge[*slot - 1];
    e->count += count;
    e->held += held;
    *state = e->to;
    return MKT_OK;
}

static mkt_status add_path(struct mkt_contexts *c, struct mkt_arena *arena,
                           const struct mkt_path *path, struct mkt_err *err)
{
    int64_t converted = path->counts.conversions, nulls = c->nulls ? path->counts.nulls : 0;
    int64_t held = mkt_contexts_held(path, true);
    int64_t null_held = c->nulls ? mkt_contexts_held(path, false) : 0;
    if (converted + nulls == 0) return MKT_OK;
    const uint32_t *step = mkt_paths_steps(c->paths, path);
    uint32_t state = 0, last;
    for (size_t i = 0; i < path->steps; i++)
        MKT_TRY(go(c, arena, &state, step[i], step + i + 1, i + 1, converted + nulls,
                   held + null_held, err));
    last = state;
    uint32_t end = (uint32_t)c->channels;
    if (converted) MKT_TRY(go(c, arena, &last, end, NULL, 0, converted, held, err));
    if (nulls) MKT_TRY(go(c, arena, &state, end + 1, NULL, 0, nulls, null_held, err));
    return MKT_OK;
}

mkt_status mkt_contexts_build(struct mkt_arena *arena, const struct mkt_paths *paths, size_t order,
                              bool nulls, struct mkt_contexts *out, struct mkt_err *err)
{
    *out = (struct mkt_contexts){
        .order = order, .channels = paths->channel.count, .paths = paths, .nulls = nulls};
    static const uint32_t nothing[1];
    uint32_t start;
    MKT_TRY(find_state(out, arena, nothing, 0, &start, err));
    for (size_t k = 0; k < paths->paths; k++) MKT_TRY(add_path(out, arena, &paths->path[k], err));
    out->leaving = MKT_NEW(arena, int64_t, out->states);
    if (!out->leaving) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < out->edges; i++) out->leaving[out->edge[i].from] += out->edge[i].count;
    return MKT_OK;
}

const struct mkt_context_edge *mkt_contexts_edge(const struct mkt_contexts *c, uint32_t state,
                                                 uint32_t symbol)
{
    if (!c->edge_slots) return NULL;
    uint32_t at = *edge_slot(c, state, symbol);
    return at ? &c->edge[at - 1] : NULL;
}
