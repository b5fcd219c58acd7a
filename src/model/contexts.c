#include "model/contexts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "model/step_keys.h"
#include "num/random.h"

#define THREADS 16

int64_t mkt_contexts_held(const struct mkt_path *path, bool converted)
{
    int64_t n = converted ? path->counts.conversions : path->counts.nulls;
    if (n <= 0) return 0;
    struct mkt_random r;
    mkt_random_init(&r, path->hash, converted);
    return mkt_random_binomial(&r, n, .2);
}

/* ---- the keys of all shares: one key is one edge ---------------------------------------------- */

struct share {
    const struct mkt_step_key *key;
    size_t keys;
};

struct job {
    struct mkt_step_keys keys;
    struct share share[MKT_STEP_KEYS_SHARES];
    atomic_size_t next;
};

struct worker {
    struct job *job;
    struct mkt_step_key *key, *room; /* [keys.most] */
    struct mkt_arena arena;          /* what was made of the shares */
    struct mkt_err err;
    mkt_status status;
    pthread_t thread;
    bool started;
};

static void *run_worker(void *user)
{
    struct worker *k = user;
    struct job *job = k->job;
    for (size_t i; (i = atomic_fetch_add(&job->next, 1)) < job->keys.shares;) {
        size_t n = mkt_step_keys_make(&job->keys, i, k->key, k->room);
        struct mkt_step_key *kept = MKT_NEW(&k->arena, struct mkt_step_key, n);
        if (!kept) {
            k->status = mkt_arena_full(&k->arena, &k->err);
            break;
        }
        memcpy(kept, k->key, n * sizeof *kept);
        job->share[i] = (struct share){kept, n};
    }
    return NULL;
}

static mkt_status run_workers(struct mkt_arena *arena, struct job *job, struct worker *worker,
                              size_t threads, struct mkt_err *err)
{
    size_t most = job->keys.most, room = arena->capacity - arena->used;
    while (threads > 1 && 2 * threads * most * sizeof *worker->key > room / 2) threads--;
    for (size_t i = 0; i < threads; i++) {
        worker[i].job = job;
        worker[i].key = MKT_NEW(arena, struct mkt_step_key, most);
        worker[i].room = MKT_NEW(arena, struct mkt_step_key, most);
        if (!worker[i].key || !worker[i].room) return mkt_arena_full(arena, err);
    }
    room = arena->capacity - arena->used;
    for (size_t i = 0; i < threads; i++)
        MKT_TRY(mkt_arena_open(&worker[i].arena, room / threads, err));
    for (size_t i = 1; i < threads; i++)
        worker[i].started = pthread_create(&worker[i].thread, NULL, run_worker, &worker[i]) == 0;
    run_worker(&worker[0]); /* and all the work, where no thread could start */
    for (size_t i = 1; i < threads; i++)
        if (worker[i].started) pthread_join(worker[i].thread, NULL);
    for (size_t i = 0; i < threads; i++)
        if (worker[i].status != MKT_OK)
            return mkt_err_set(err, worker[i].status, "%s", worker[i].err.text);
    return MKT_OK;
}

/* ---- states and edges ------------------------------------------------------------------------- */

static mkt_status make_room(struct mkt_arena *arena, struct mkt_contexts *c, struct mkt_err *err)
{
    c->latest = MKT_NEW(arena, uint32_t, c->states);
    c->first = MKT_NEW(arena, size_t, c->states + 1);
    c->leaving = MKT_NEW(arena, int64_t, c->states);
    c->edge = MKT_NEW(arena, struct mkt_context_edge, c->edges);
    return c->latest && c->first && c->leaving && c->edge ? MKT_OK : mkt_arena_full(arena, err);
}

static void count_states(const struct job *job, struct mkt_contexts *out)
{
    int bits = job->keys.bits;
    for (size_t s = 0; s < job->keys.shares; s++) {
        const struct share *share = &job->share[s];
        out->edges += share->keys;
        for (size_t i = 0; i < share->keys; i++)
            out->states += i == 0 || share->key[i].key >> bits != share->key[i - 1].key >> bits;
    }
}

static void fill(const struct job *job, struct mkt_contexts *out, uint64_t *context)
{
    int bits = job->keys.bits, top = bits * (int)(out->order - 1);
    uint64_t low = (UINT64_C(1) << bits) - 1;
    size_t states = 0, edges = 0;
    for (size_t s = 0; s < job->keys.shares; s++)
        for (size_t i = 0; i < job->share[s].keys; i++) {
            const struct mkt_step_key *key = &job->share[s].key[i];
            if (states == 0 || context[states - 1] != key->key >> bits) {
                context[states] = key->key >> bits;
                out->latest[states] = (uint32_t)(key->key >> bits >> top);
                out->first[states++] = edges;
            }
            out->leaving[states - 1] += key->count;
            out->edge[edges++] =
                (struct mkt_context_edge){(uint32_t)(key->key & low), 0, key->count};
        }
    out->first[states] = edges;
}

/* Where each edge leads. For one symbol the contexts that follow come in the order of those before,
 * so one finger a symbol moves over the states. */
static mkt_status lead(struct mkt_arena *arena, int bits, struct mkt_contexts *out,
                       const uint64_t *context, struct mkt_err *err)
{
    int top = bits * (int)(out->order - 1);
    size_t *finger = MKT_NEW(arena, size_t, out->channels + 1);
    if (!finger) return mkt_arena_full(arena, err);
    for (size_t s = out->states; s-- > 0;)
        if (out->latest[s]) finger[out->latest[s] - 1] = s;
    for (size_t s = 0; s < out->states; s++)
        for (size_t i = out->first[s]; i < out->first[s + 1]; i++) {
            struct mkt_context_edge *e = &out->edge[i];
            if (e->symbol >= out->channels) continue;
            uint64_t next = (uint64_t)(e->symbol + 1) << top | context[s] >> bits;
            while (context[finger[e->symbol]] != next) finger[e->symbol]++;
            e->to = (uint32_t)finger[e->symbol];
        }
    return MKT_OK;
}

/* A state on the way, and which of its edges comes next. */
struct visit {
    uint32_t state;
    size_t at, end;
};

static struct visit enter(const struct mkt_contexts *c, uint32_t state, uint64_t *seen)
{
    seen[state / 64] |= UINT64_C(1) << state % 64;
    for (size_t i = c->first[state]; i < c->first[state + 1]; i++)
        __builtin_prefetch(&c->first[c->edge[i].to]);
    return (struct visit){state, c->first[state], c->first[state + 1]};
}

/* Depth first from the beginning: a state's number is the lower the later all that follows it was
 * seen. So most edges lead from lower to higher numbers, and sweeps settle soon. */
static mkt_status number_states(struct mkt_arena *arena, const struct mkt_contexts *c,
                                uint32_t *old_of, struct mkt_err *err)
{
    size_t depth = 1, left = c->states;
    struct visit *stack = MKT_NEW(arena, struct visit, c->states);
    uint64_t *seen = MKT_NEW(arena, uint64_t, c->states / 64 + 1);
    if (!stack || !seen) return mkt_arena_full(arena, err);
    stack[0] = enter(c, 0, seen);
    while (depth) {
        struct visit *v = &stack[depth - 1];
        if (v->at == v->end) {
            old_of[--left] = v->state;
            depth--;
            continue;
        }
        const struct mkt_context_edge *e = &c->edge[v->at++];
        if (e->symbol >= c->channels || seen[e->to / 64] >> e->to % 64 & 1) continue;
        stack[depth++] = enter(c, e->to, seen);
    }
    return MKT_OK;
}

/* The states of one thread, from old to new. */
struct range {
    const struct mkt_contexts *old;
    struct mkt_contexts *out;
    const uint32_t *old_of, *new_of;
    size_t first, last;
    pthread_t thread;
    bool started;
};

static void *copy_states(void *user)
{
    const struct range *r = user;
    const struct mkt_contexts *old = r->old;
    struct mkt_contexts *out = r->out;
    for (size_t s = r->first; s < r->last; s++) {
        size_t was = r->old_of[s], at = out->first[s];
        out->latest[s] = old->latest[was];
        out->leaving[s] = old->leaving[was];
        for (size_t i = old->first[was]; i < old->first[was + 1]; i++) {
            struct mkt_context_edge e = old->edge[i];
            if (e.symbol < old->channels) e.to = r->new_of[e.to];
            out->edge[at++] = e;
        }
    }
    return NULL;
}

static void copy_all(struct range of, size_t threads)
{
    struct range range[THREADS];
    for (size_t i = 0; i < threads; i++) {
        range[i] = of;
        range[i].first = of.old->states * i / threads;
        range[i].last = of.old->states * (i + 1) / threads;
        range[i].started = i && pthread_create(&range[i].thread, NULL, copy_states, &range[i]) == 0;
    }
    for (size_t i = 0; i < threads; i++) {
        if (range[i].started)
            pthread_join(range[i].thread, NULL);
        else
            copy_states(&range[i]);
    }
}

/* The same chain, its states numbered anew. */
static mkt_status renumber(struct mkt_arena *arena, const struct mkt_contexts *old, size_t threads,
                           struct mkt_contexts *out, struct mkt_err *err)
{
    uint32_t *old_of = MKT_NEW(arena, uint32_t, old->states);
    uint32_t *new_of = MKT_NEW(arena, uint32_t, old->states);
    if (!old_of || !new_of) return mkt_arena_full(arena, err);
    MKT_TRY(number_states(arena, old, old_of, err));
    for (size_t s = 0; s < old->states; s++) {
        size_t was = old_of[s];
        new_of[was] = (uint32_t)s;
        out->first[s + 1] = out->first[s] + old->first[was + 1] - old->first[was];
    }
    copy_all((struct range){.old = old, .out = out, .old_of = old_of, .new_of = new_of}, threads);
    return MKT_OK;
}

static mkt_status build(struct mkt_arena *arena, struct job *job, struct worker *worker,
                        size_t threads, struct mkt_contexts *out, struct mkt_err *err)
{
    size_t mark = mkt_arena_mark(arena);
    MKT_TRY(mkt_step_keys_init(&job->keys, arena, out->paths, out->order, out->nulls, (int)threads,
                               (arena->capacity - arena->used) / (4 * threads), err));
    MKT_TRY(run_workers(arena, job, worker, threads, err));
    mkt_arena_release(arena, mark); /* what is needed lies with the workers */
    count_states(job, out);
    MKT_TRY(make_room(arena, out, err));
    mark = mkt_arena_mark(arena);
    struct mkt_contexts sorted = *out;
    uint64_t *context = MKT_NEW(arena, uint64_t, out->states);
    if (!context) return mkt_arena_full(arena, err);
    MKT_TRY(make_room(arena, &sorted, err));
    fill(job, &sorted, context);
    MKT_TRY(lead(arena, job->keys.bits, &sorted, context, err));
    MKT_TRY(renumber(arena, &sorted, threads, out, err));
    mkt_arena_release(arena, mark);
    return MKT_OK;
}

mkt_status mkt_contexts_build(struct mkt_arena *arena, const struct mkt_paths *paths, size_t order,
                              bool nulls, int threads, struct mkt_contexts *out,
                              struct mkt_err *err)
{
    struct job job = {0};
    struct worker worker[THREADS] = {0};
    *out = (struct mkt_contexts){
        .order = order, .channels = paths->channel.count, .paths = paths, .nulls = nulls};
    if (order > mkt_step_keys_depth(out->channels))
        return mkt_err_set(err, MKT_E_LIMIT,
                           "a chain over %zu channels can remember %zu of them, not %zu",
                           out->channels, mkt_step_keys_depth(out->channels), order);
    size_t used = threads < 1 ? 1 : threads > THREADS ? THREADS : (size_t)threads;
    mkt_status status = build(arena, &job, worker, used, out, err);
    for (size_t i = 0; i < THREADS; i++) mkt_arena_close(&worker[i].arena);
    return status;
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
