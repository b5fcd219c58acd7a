#include "model/contexts.h"

#include <assert.h>

#include "num/random.h"

int64_t mkt_contexts_held(const struct mkt_path *path, bool converted)
{
    int64_t n = converted ? path->counts.conversions : path->counts.nulls;
    if (n <= 0) return 0;
    struct mkt_random r;
    mkt_random_init(&r, path->hash, converted);
    return mkt_random_binomial(&r, n, .2);
}

struct count {
    size_t states, edges;
};

/* Room of one thread. */
struct room {
    int64_t *count;   /* [channels + 2] what came after one context: zeros between */
    uint32_t *symbol; /* [channels + 2] */
    size_t *finger;   /* [channels + 1] */
};

struct job {
    const struct mkt_sorted_steps *steps;
    struct mkt_contexts *out;
    uint64_t *context;                         /* [states] */
    struct mkt_context_edge *hop;              /* [edges] see hop_to */
    struct count at[MKT_STEP_KEYS_SHARES + 1]; /* where the states and edges of a share begin */
    struct room room[MKT_TASKS_THREADS];
    struct mkt_contexts sorted; /* the chain before its states have their numbers */
};

/* ---- states and edges ------------------------------------------------------------------------- */

/* What came after one context, from the `n` keys that have it: each symbol once, in order. */
static size_t join(const struct mkt_step_key *key, size_t n, int bits, struct room *room)
{
    uint64_t low = (UINT64_C(1) << bits) - 1;
    size_t symbols = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t symbol = (uint32_t)(key[i].key & low);
        if (!room->count[symbol]) {
            size_t at = symbols++;
            for (; at && room->symbol[at - 1] > symbol; at--)
                room->symbol[at] = room->symbol[at - 1];
            room->symbol[at] = symbol;
        }
        room->count[symbol] += key[i].count;
    }
    return symbols;
}

static void count_share(void *user, size_t worker, size_t share)
{
    struct job *job = user;
    struct room *room = &job->room[worker];
    const struct mkt_sorted_steps_share *of = &job->steps->share[share];
    const struct mkt_step_keys *keys = &job->steps->keys;
    struct count n = {0};
    for (size_t from = 0, to; from < of->keys; from = to) {
        to = mkt_sorted_steps_end(keys, of, from, job->out->order);
        n.states++;
        if (to - from == 1 || job->out->order == keys->depth) {
            n.edges += to - from;
            continue;
        }
        size_t symbols = join(of->key + from, to - from, keys->bits, room);
        n.edges += symbols;
        for (size_t i = 0; i < symbols; i++) room->count[room->symbol[i]] = 0;
    }
    job->at[share + 1] = n;
}

static void add_up(struct job *job)
{
    struct mkt_contexts *out = job->out;
    for (size_t s = 0; s < job->steps->keys.shares; s++) {
        job->at[s + 1].states += job->at[s].states;
        job->at[s + 1].edges += job->at[s].edges;
    }
    out->states = job->at[job->steps->keys.shares].states;
    out->edges = job->at[job->steps->keys.shares].edges;
}

static void fill_share(void *user, size_t worker, size_t share)
{
    struct job *job = user;
    struct room *room = &job->room[worker];
    struct mkt_contexts *out = job->out;
    const struct mkt_sorted_steps_share *of = &job->steps->share[share];
    const struct mkt_step_keys *keys = &job->steps->keys;
    int shift = keys->bits * (int)(keys->depth + 1 - out->order);
    int top = keys->bits * (int)(out->order - 1);
    struct count at = job->at[share];
    for (size_t from = 0, to; from < of->keys; from = to, at.states++) {
        to = mkt_sorted_steps_end(keys, of, from, out->order);
        uint64_t context = of->key[from].key >> shift;
        size_t symbols = join(of->key + from, to - from, keys->bits, room);
        job->context[at.states] = context;
        out->latest[at.states] = (uint32_t)(context >> top);
        out->first[at.states] = at.edges;
        for (size_t i = 0; i < symbols; i++) {
            int64_t *count = &room->count[room->symbol[i]];
            out->leaving[at.states] += *count;
            out->edge[at.edges++] = (struct mkt_context_edge){room->symbol[i], 0, *count};
            *count = 0;
        }
    }
}

/* The first state from `low` on whose context is not before `context`. */
static size_t find(const struct job *job, uint64_t context)
{
    size_t low = 0, high = job->out->states;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (job->context[middle] < context)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How many of a state's edges lead to states: the others come last. */
static uint32_t hops_of(const struct mkt_contexts *c, size_t state)
{
    size_t end = c->first[state + 1];
    while (end > c->first[state] && c->edge[end - 1].symbol >= c->channels) end--;
    return (uint32_t)(end - c->first[state]);
}

/* An edge as one that walks over states needs it, so that a step looks at one place of memory and
 * not at two: where the edges of the state it leads to begin (count), and how many of them lead on
 * (symbol). */
static struct mkt_context_edge hop_to(const struct mkt_contexts *c, uint32_t state)
{
    return (struct mkt_context_edge){hops_of(c, state), state, (int64_t)c->first[state]};
}

/* Where each edge leads. For one symbol the contexts that follow come in the order of those before,
 * so one finger a symbol moves over the states. */
static void lead_share(void *user, size_t worker, size_t share)
{
    struct job *job = user;
    struct mkt_contexts *out = job->out;
    size_t *finger = job->room[worker].finger;
    int bits = job->steps->keys.bits, top = bits * (int)(out->order - 1);
    size_t first = job->at[share].states, last = job->at[share + 1].states;
    for (size_t k = 0; k < out->channels && first < last; k++)
        finger[k] = find(job, (uint64_t)(k + 1) << top | job->context[first] >> bits);
    for (size_t s = first; s < last; s++)
        for (size_t i = out->first[s]; i < out->first[s + 1]; i++) {
            struct mkt_context_edge *e = &out->edge[i];
            if (e->symbol >= out->channels) continue;
            uint64_t next = (uint64_t)(e->symbol + 1) << top | job->context[s] >> bits;
            while (job->context[finger[e->symbol]] != next) finger[e->symbol]++;
            e->to = (uint32_t)finger[e->symbol];
            job->hop[i] = hop_to(out, e->to);
        }
}

static mkt_status make_room(struct mkt_arena *arena, struct mkt_contexts *c, struct mkt_err *err)
{
    c->latest = MKT_NEW(arena, uint32_t, c->states);
    c->first = MKT_NEW(arena, size_t, c->states + 1);
    c->leaving = MKT_NEW(arena, int64_t, c->states);
    c->edge = MKT_NEW(arena, struct mkt_context_edge, c->edges);
    return c->latest && c->first && c->leaving && c->edge ? MKT_OK : mkt_arena_full(arena, err);
}

/* ---- their numbers ------------------------------------------------------------------------------ */

/* A state on the way, and which of its edges comes next. */
struct visit {
    uint32_t state;
    size_t at, end;
};

static struct visit enter(const struct mkt_context_edge *hop, struct mkt_context_edge to,
                          uint64_t *seen)
{
    size_t at = (size_t)to.count, end = at + to.symbol;
    seen[to.to / 64] |= UINT64_C(1) << to.to % 64;
    for (size_t i = at; i < end; i++) __builtin_prefetch(&hop[hop[i].count]);
    return (struct visit){to.to, at, end};
}

/* Depth first from the beginning: a state's number is the lower the later all that follows it was
 * seen. So most edges lead from lower to higher numbers, and sweeps settle soon. */
static mkt_status number_states(struct mkt_arena *arena, const struct mkt_contexts *c,
                                const struct mkt_context_edge *hop, uint32_t *old_of,
                                struct mkt_err *err)
{
    size_t depth = 1, left = c->states;
    struct visit *stack = MKT_NEW(arena, struct visit, c->states);
    uint64_t *seen = MKT_NEW(arena, uint64_t, c->states / 64 + 1);
    if (!stack || !seen) return mkt_arena_full(arena, err);
    stack[0] = enter(hop, hop_to(c, 0), seen);
    while (depth) {
        struct visit *v = &stack[depth - 1];
        if (v->at == v->end) {
            old_of[--left] = v->state;
            depth--;
            continue;
        }
        const struct mkt_context_edge *to = &hop[v->at++];
        if (seen[to->to / 64] >> to->to % 64 & 1) continue;
        stack[depth++] = enter(hop, *to, seen);
    }
    return MKT_OK;
}

/* The same chain, its states numbered anew. */
struct renumbering {
    const struct mkt_contexts *old;
    struct mkt_contexts *out;
    uint32_t *old_of, *new_of; /* [states] */
};

#define SLICE 65536 /* states that a thread copies at a time */

static void copy_states(void *user, size_t worker, size_t slice)
{
    const struct renumbering *r = user;
    const struct mkt_contexts *old = r->old;
    struct mkt_contexts *out = r->out;
    (void)worker;
    for (size_t s = slice * SLICE; s < old->states && s < (slice + 1) * SLICE; s++) {
        size_t was = r->old_of[s], at = out->first[s];
        out->latest[s] = old->latest[was];
        out->leaving[s] = old->leaving[was];
        for (size_t i = old->first[was]; i < old->first[was + 1]; i++) {
            struct mkt_context_edge e = old->edge[i];
            if (e.symbol < old->channels) e.to = r->new_of[e.to];
            out->edge[at++] = e;
        }
    }
}

static mkt_status renumber(struct mkt_arena *arena, const struct mkt_contexts *old, size_t threads,
                           struct mkt_contexts *out, struct mkt_err *err)
{
    struct renumbering r = {old, out, MKT_NEW(arena, uint32_t, old->states),
                            MKT_NEW(arena, uint32_t, old->states)};
    if (!r.old_of || !r.new_of) return mkt_arena_full(arena, err);
    MKT_TRY(number_states(arena, old, out->edge, r.old_of, err)); /* until the edges come there */
    for (size_t s = 0; s < old->states; s++) {
        size_t was = r.old_of[s];
        r.new_of[was] = (uint32_t)s;
        out->first[s + 1] = out->first[s] + old->first[was + 1] - old->first[was];
    }
    mkt_tasks_run(threads, (old->states + SLICE - 1) / SLICE, copy_states, &r);
    return MKT_OK;
}

static mkt_status open_rooms(struct mkt_arena *arena, struct job *job, size_t threads,
                             struct mkt_err *err)
{
    size_t K = job->out->channels;
    for (size_t i = 0; i < threads; i++) {
        job->room[i] =
            (struct room){MKT_NEW(arena, int64_t, K + 2), MKT_NEW(arena, uint32_t, K + 2),
                          MKT_NEW(arena, size_t, K + 1)};
        if (!job->room[i].count || !job->room[i].symbol || !job->room[i].finger)
            return mkt_arena_full(arena, err);
    }
    return MKT_OK;
}

static mkt_status build(struct mkt_arena *arena, struct job *job, size_t threads,
                        struct mkt_contexts *out, struct mkt_err *err)
{
    size_t shares = job->steps->keys.shares;
    struct mkt_contexts *sorted = &job->sorted;
    *sorted = *out;
    job->out = sorted;
    mkt_tasks_run(threads, shares, count_share, job);
    add_up(job);
    out->states = sorted->states;
    out->edges = sorted->edges;
    MKT_TRY(make_room(arena, out, err));
    size_t mark = mkt_arena_mark(arena);
    job->context = MKT_NEW(arena, uint64_t, out->states);
    if (!job->context) return mkt_arena_full(arena, err);
    job->hop = out->edge;
    MKT_TRY(make_room(arena, sorted, err));
    mkt_tasks_run(threads, shares, fill_share, job);
    sorted->first[sorted->states] = sorted->edges;
    mkt_tasks_run(threads, shares, lead_share, job);
    MKT_TRY(renumber(arena, sorted, threads, out, err));
    mkt_arena_release(arena, mark);
    return MKT_OK;
}

mkt_status mkt_contexts_build(struct mkt_arena *arena, const struct mkt_sorted_steps *steps,
                              size_t order, int threads, struct mkt_contexts *out,
                              struct mkt_err *err)
{
    const struct mkt_step_keys *keys = &steps->keys;
    size_t used = mkt_tasks_threads(threads);
    struct job *job = MKT_NEW(arena, struct job, 1);
    if (!job) return mkt_arena_full(arena, err);
    *out = (struct mkt_contexts){
        .order = order, .channels = keys->channels, .paths = keys->paths, .nulls = keys->nulls};
    assert(order >= 1 && order <= keys->depth);
    job->steps = steps;
    job->out = out;
    MKT_TRY(open_rooms(arena, job, used, err));
    return build(arena, job, used, out, err);
}

const struct mkt_context_edge *mkt_contexts_edge(const struct mkt_contexts *c, uint32_t state,
                                                 uint32_t symbol)
{
    size_t low = c->first[state], high = c->first[state + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->edge[middle].symbol < symbol)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->first[state + 1] && c->edge[low].symbol == symbol ? &c->edge[low] : NULL;
}
