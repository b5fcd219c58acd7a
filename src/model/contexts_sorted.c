#include "model/contexts_sorted.h"

#include <assert.h>
#include <string.h>

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
    struct mkt_contexts_sorted *out;
    struct count at[MKT_STEP_KEYS_SHARES + 1]; /* where the states and edges of a share begin */
    struct room room[MKT_TASKS_THREADS];
};

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
    struct mkt_contexts_sorted *out = job->out;
    for (size_t s = 0; s < out->shares; s++) {
        job->at[s + 1].states += job->at[s].states;
        job->at[s + 1].edges += job->at[s].edges;
        out->share[s + 1] = job->at[s + 1].states;
    }
    out->states = job->at[out->shares].states;
    out->edges = job->at[out->shares].edges;
}

static void fill_share(void *user, size_t worker, size_t share)
{
    struct job *job = user;
    struct room *room = &job->room[worker];
    struct mkt_contexts_sorted *out = job->out;
    const struct mkt_sorted_steps_share *of = &job->steps->share[share];
    const struct mkt_step_keys *keys = &job->steps->keys;
    int shift = keys->bits * (int)(keys->depth + 1 - out->order);
    struct count at = job->at[share];
    for (size_t from = 0, to; from < of->keys; from = to, at.states++) {
        to = mkt_sorted_steps_end(keys, of, from, out->order);
        size_t symbols = join(of->key + from, to - from, keys->bits, room);
        out->context[at.states] = of->key[from].key >> shift;
        out->first[at.states] = at.edges;
        for (size_t i = 0; i < symbols; i++) {
            int64_t *count = &room->count[room->symbol[i]];
            out->leaving[at.states] += *count;
            out->edge[at.edges++] = (struct mkt_contexts_sorted_edge){room->symbol[i], 0, *count};
            *count = 0;
        }
    }
}

/* The first state whose context is not before `context`. */
static size_t find(const struct mkt_contexts_sorted *c, uint64_t context)
{
    size_t low = 0, high = c->states;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->context[middle] < context)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Where each edge leads. For one symbol the contexts that follow come in the order of those before,
 * so one finger a symbol moves over the states. Beyond order 1 a context names the channel before its
 * latest, so what leads to it is all in one share. */
static void lead_share(void *user, size_t worker, size_t share)
{
    struct job *job = user;
    struct mkt_contexts_sorted *out = job->out;
    size_t *finger = job->room[worker].finger;
    int bits = out->bits, top = bits * (int)(out->order - 1);
    size_t first = job->at[share].states, last = job->at[share + 1].states;
    for (size_t k = 0; k < out->channels && first < last; k++)
        finger[k] = find(out, (uint64_t)(k + 1) << top | out->context[first] >> bits);
    for (size_t s = first; s < last; s++)
        for (size_t i = out->first[s]; i < out->first[s + 1]; i++) {
            struct mkt_contexts_sorted_edge *e = &out->edge[i];
            if (e->symbol >= out->channels) continue;
            uint64_t next = (uint64_t)(e->symbol + 1) << top | out->context[s] >> bits;
            while (out->context[finger[e->symbol]] != next) finger[e->symbol]++;
            e->to = (uint32_t)finger[e->symbol];
            if (out->order > 1 && out->into[e->to] < 2) out->into[e->to]++;
        }
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

static mkt_status make_states(struct mkt_arena *arena, struct mkt_contexts_sorted *c,
                              struct mkt_err *err)
{
    c->context = MKT_NEW(arena, uint64_t, c->states);
    c->first = MKT_NEW(arena, size_t, c->states + 1);
    c->leaving = MKT_NEW(arena, int64_t, c->states);
    c->edge = mkt_arena_alloc(arena, c->edges, sizeof *c->edge);
    c->into = MKT_NEW(arena, uint8_t, c->states);
    if (!c->context || !c->first || !c->leaving || !c->edge || !c->into)
        return mkt_arena_full(arena, err);
    c->first[c->states] = c->edges;
    return MKT_OK;
}

mkt_status mkt_contexts_sorted_make(struct mkt_arena *arena, const struct mkt_sorted_steps *steps,
                                    size_t order, int threads, struct mkt_contexts_sorted *out,
                                    struct mkt_err *err)
{
    size_t used = mkt_tasks_threads(threads), shares = steps->keys.shares;
    struct job *job = MKT_NEW(arena, struct job, 1);
    if (!job) return mkt_arena_full(arena, err);
    assert(order >= 1 && order <= steps->keys.depth);
    *out = (struct mkt_contexts_sorted){.order = order,
                                        .channels = steps->keys.channels,
                                        .bits = steps->keys.bits,
                                        .shares = shares};
    job->steps = steps;
    job->out = out;
    MKT_TRY(open_rooms(arena, job, used, err));
    mkt_tasks_run(used, shares, count_share, job);
    add_up(job);
    MKT_TRY(make_states(arena, out, err));
    if (order == 1) memset(out->into, 2, out->states); /* not counted: all lead to all */
    mkt_tasks_run(used, shares, fill_share, job);
    mkt_tasks_run(used, shares, lead_share, job);
    return MKT_OK;
}
