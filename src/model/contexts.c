#include "model/contexts.h"

#include <assert.h>

#include "model/contexts_sorted.h"
#include "num/random.h"

#define PASSED UINT32_MAX /* in place of a number */
#define SIDE 64           /* ways followed side by side */
#define SLICE 65536       /* states that a thread copies at a time */

int64_t mkt_contexts_held(const struct mkt_path *path, bool converted)
{
    int64_t n = converted ? path->counts.conversions : path->counts.nulls;
    if (n <= 0) return 0;
    struct mkt_random r;
    mkt_random_init(&r, path->hash, converted);
    return mkt_random_binomial(&r, n, .2);
}

static mkt_status make_room(struct mkt_arena *arena, struct mkt_contexts *c, struct mkt_err *err)
{
    c->latest = MKT_NEW(arena, uint32_t, c->states);
    c->first = MKT_NEW(arena, size_t, c->states + 1);
    c->leaving = MKT_NEW(arena, int64_t, c->states);
    c->edge = MKT_NEW(arena, struct mkt_context_edge, c->edges);
    c->met = MKT_NEW(arena, uint8_t, c->edges * c->bytes);
    if (!c->latest || !c->first || !c->leaving || !c->edge || !c->met)
        return mkt_arena_full(arena, err);
    c->first[c->states] = c->edges;
    return MKT_OK;
}

/* ---- what is passed over ------------------------------------------------------------------------ */

struct count {
    size_t states, edges;
};

struct passing {
    const struct mkt_contexts_sorted *sorted;
    struct mkt_contexts *out;                  /* in the same order, without what is passed over */
    uint32_t *number;                          /* [sorted->states] in out, or PASSED */
    struct count at[MKT_STEP_KEYS_SHARES + 1]; /* where those of a share begin in out */
};

static void count_share(void *user, size_t worker, size_t share)
{
    struct passing *p = user;
    const struct mkt_contexts_sorted *c = p->sorted;
    struct count n = {0};
    (void)worker;
    for (size_t s = c->share[share]; s < c->share[share + 1]; s++) {
        if (mkt_contexts_sorted_passes(c, s)) continue;
        n.states++;
        n.edges += c->first[s + 1] - c->first[s];
    }
    p->at[share + 1] = n;
}

static void add_up(struct passing *p)
{
    size_t shares = p->sorted->shares;
    for (size_t s = 0; s < shares; s++) {
        p->at[s + 1].states += p->at[s].states;
        p->at[s + 1].edges += p->at[s].edges;
    }
    p->out->states = p->at[shares].states;
    p->out->edges = p->at[shares].edges;
}

static void number_share(void *user, size_t worker, size_t share)
{
    struct passing *p = user;
    const struct mkt_contexts_sorted *c = p->sorted;
    uint32_t next = (uint32_t)p->at[share].states;
    (void)worker;
    for (size_t s = c->share[share]; s < c->share[share + 1]; s++)
        p->number[s] = mkt_contexts_sorted_passes(c, s) ? PASSED : next++;
}

/* A way that is followed, and how far. Edges are far apart, so a few ways are followed side by side:
 * what the next step of one needs is asked for while the others take theirs. */
struct way {
    const struct mkt_contexts_sorted_edge *edge;
    size_t place; /* of the edge in out */
};

/* Each from a state over one of its edges to the next that is not passed over, or to an end. */
static void follow(const struct passing *p, struct way *way, size_t n)
{
    const struct mkt_contexts_sorted *c = p->sorted;
    struct mkt_contexts *out = p->out;
    for (size_t left; n; n = left) {
        for (size_t i = 0; i < n; i++) {
            if (way[i].edge->symbol >= c->channels) continue;
            __builtin_prefetch(&p->number[way[i].edge->to]);
            __builtin_prefetch(&c->first[way[i].edge->to]);
        }
        left = 0;
        for (size_t i = 0; i < n; i++) {
            const struct mkt_contexts_sorted_edge *e = way[i].edge;
            struct mkt_context_edge *to = &out->edge[way[i].place];
            if (e->symbol >= c->channels) {
                to->to = (uint32_t)(out->states + (e->symbol - c->channels));
                continue;
            }
            to->steps++;
            to->to = p->number[e->to];
            if (to->to != PASSED) continue;
            size_t bit = e->symbol + 1;
            out->met[way[i].place * out->bytes + bit / 8] |= (uint8_t)(1U << bit % 8);
            way[left++] = (struct way){&c->edge[c->first[e->to]], way[i].place};
            __builtin_prefetch(way[left - 1].edge);
        }
    }
}

static void fill_share(void *user, size_t worker, size_t share)
{
    struct passing *p = user;
    const struct mkt_contexts_sorted *c = p->sorted;
    struct mkt_contexts *out = p->out;
    struct count at = p->at[share];
    struct way way[SIDE];
    size_t ways = 0;
    (void)worker;
    for (size_t s = c->share[share]; s < c->share[share + 1]; s++) {
        if (p->number[s] == PASSED) continue;
        out->latest[at.states] = mkt_contexts_sorted_latest(c, s);
        out->first[at.states] = at.edges;
        out->leaving[at.states++] = c->leaving[s];
        for (size_t i = c->first[s]; i < c->first[s + 1]; i++, at.edges++) {
            const struct mkt_contexts_sorted_edge *e = &c->edge[i];
            out->edge[at.edges] = (struct mkt_context_edge){.symbol = e->symbol, .count = e->count};
            way[ways++] = (struct way){e, at.edges};
            if (ways < SIDE) continue;
            follow(p, way, ways);
            ways = 0;
        }
    }
    follow(p, way, ways);
}

/* Long contexts are mostly those of one path alone: what is left of the chain is a fraction. */
static mkt_status pass_over(struct mkt_arena *arena, const struct mkt_contexts_sorted *sorted,
                            size_t threads, struct mkt_contexts *out, struct mkt_err *err)
{
    struct passing *p = MKT_NEW(arena, struct passing, 1);
    if (!p) return mkt_arena_full(arena, err);
    p->sorted = sorted;
    p->out = out;
    if (!(p->number = MKT_NEW(arena, uint32_t, sorted->states))) return mkt_arena_full(arena, err);
    mkt_tasks_run(threads, sorted->shares, count_share, p);
    add_up(p);
    MKT_TRY(make_room(arena, out, err));
    mkt_tasks_run(threads, sorted->shares, number_share, p);
    mkt_tasks_run(threads, sorted->shares, fill_share, p);
    return MKT_OK;
}

/* ---- the numbers of states ---------------------------------------------------------------------- */

/* A state on the way, and which of its edges comes next. */
struct visit {
    uint32_t state;
    size_t at, end;
};

static struct visit enter(const struct mkt_contexts *c, uint32_t state, uint64_t *seen)
{
    struct visit v = {state, c->first[state], c->first[state + 1]};
    seen[state / 64] |= UINT64_C(1) << state % 64;
    for (size_t i = v.at; i < v.end; i++)
        if (c->edge[i].to < c->states) __builtin_prefetch(&c->first[c->edge[i].to]);
    return v;
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
        uint32_t to = c->edge[v->at++].to;
        if (to >= c->states || seen[to / 64] >> to % 64 & 1) continue;
        stack[depth++] = enter(c, to, seen);
    }
    return MKT_OK;
}

/* The same chain, its states numbered anew. */
struct renumbering {
    const struct mkt_contexts *old;
    struct mkt_contexts *out;
    uint32_t *old_of, *new_of; /* [states] */
};

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
        for (size_t i = old->first[was]; i < old->first[was + 1]; i++, at++) {
            out->edge[at] = old->edge[i];
            if (old->edge[i].to < old->states) out->edge[at].to = r->new_of[old->edge[i].to];
            for (size_t b = 0; b < old->bytes; b++)
                out->met[at * old->bytes + b] = old->met[i * old->bytes + b];
        }
    }
}

/*   scratch  for a while; `out` has room in another arena */
static mkt_status renumber(struct mkt_arena *scratch, const struct mkt_contexts *old,
                           size_t threads, struct mkt_contexts *out, struct mkt_err *err)
{
    struct renumbering r = {old, out, MKT_NEW(scratch, uint32_t, old->states),
                            MKT_NEW(scratch, uint32_t, old->states)};
    if (!r.old_of || !r.new_of) return mkt_arena_full(scratch, err);
    MKT_TRY(number_states(scratch, old, r.old_of, err));
    for (size_t s = 0; s < old->states; s++) {
        size_t was = r.old_of[s];
        r.new_of[was] = (uint32_t)s;
        out->first[s + 1] = out->first[s] + old->first[was + 1] - old->first[was];
    }
    mkt_tasks_run(threads, (old->states + SLICE - 1) / SLICE, copy_states, &r);
    return MKT_OK;
}

/* ---- all ---------------------------------------------------------------------------------------- */

static mkt_status build(struct mkt_arena *arena, struct mkt_arena *scratch,
                        const struct mkt_sorted_steps *steps, int threads, struct mkt_contexts *out,
                        struct mkt_err *err)
{
    struct mkt_contexts_sorted sorted;
    struct mkt_contexts passed = *out;
    size_t used = mkt_tasks_threads(threads);
    MKT_TRY(mkt_contexts_sorted_make(scratch, steps, out->order, threads, &sorted, err));
    MKT_TRY(pass_over(scratch, &sorted, used, &passed, err));
    out->states = passed.states;
    out->edges = passed.edges;
    MKT_TRY(make_room(arena, out, err));
    return renumber(scratch, &passed, used, out, err);
}

mkt_status mkt_contexts_build(struct mkt_arena *arena, const struct mkt_sorted_steps *steps,
                              size_t order, int threads, struct mkt_contexts *out,
                              struct mkt_err *err)
{
    const struct mkt_step_keys *keys = &steps->keys;
    struct mkt_arena scratch;
    *out = (struct mkt_contexts){.order = order,
                                 .channels = keys->channels,
                                 .paths = keys->paths,
                                 .nulls = keys->nulls,
                                 .bytes = keys->channels / 8 + 1};
    MKT_TRY(mkt_arena_open(&scratch, arena->capacity - arena->used, err));
    mkt_status status = build(arena, &scratch, steps, threads, out, err);
    mkt_arena_close(&scratch);
    if (status != MKT_E_NOMEM) return status;
    mkt_err_clear(err);
    return mkt_arena_full(arena, err); /* whose limit it is */
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
