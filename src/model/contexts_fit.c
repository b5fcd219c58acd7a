#include "model/contexts.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "model/contexts_spread.h"

#define SETTLED 1e-13
#define SWEEPS 10000
#define FLOPS 4e10
#define LANE MKT_CONTEXTS_LANE
#define SHARES MKT_CONTEXTS_SHARES
#define LINE 64 /* bytes of a cache line: what the lanes of a state take */

/* ---- the equations ---------------------------------------------------------------------------- */

/* Whether an edge is a link of the web: it leads to another state, or to itself but not at once; or,
 * of those that go out, by some steps to a conversion. */
static bool links(const struct mkt_contexts *c, size_t from, const struct mkt_context_edge *e,
                  bool by_target)
{
    if (e->to >= c->states) return !by_target && e->to == c->states && e->steps;
    return e->to != from || e->steps > 1;
}

/* A counting sort of the links: by where they come from, or by where they lead. */
static void fill_web(const struct mkt_contexts_solver *s, struct mkt_contexts_web *w,
                     bool by_target)
{
    const struct mkt_contexts *c = s->c;
    for (size_t from = 0; from < c->states; from++)
        for (size_t i = c->first[from]; i < c->first[from + 1]; i++)
            if (links(c, from, &c->edge[i], by_target))
                w->start[(by_target ? c->edge[i].to : from) + 2]++;
    for (size_t t = 2; t < c->states + 2; t++) w->start[t] += w->start[t - 1];
    for (size_t from = 0; from < c->states; from++)
        for (size_t i = c->first[from]; i < c->first[from + 1]; i++) {
            const struct mkt_context_edge *e = &c->edge[i];
            if (!links(c, from, e, by_target)) continue;
            size_t at = w->start[(by_target ? e->to : from) + 1]++;
            w->other[at] = by_target ? (uint32_t)from : e->to;
            w->p[at] = (double)e->count / (double)c->leaving[from];
            memcpy(w->met + at * s->blocks, c->met + i * c->bytes, c->bytes);
        }
}

static mkt_status open_web(struct mkt_arena *arena, struct mkt_contexts_web *w,
                           const struct mkt_contexts *c, struct mkt_err *err)
{
    w->start = MKT_NEW(arena, size_t, c->states + 2);
    w->other = MKT_NEW(arena, uint32_t, c->edges);
    w->p = MKT_NEW(arena, double, c->edges);
    w->met = MKT_NEW(arena, uint8_t, c->edges * c->bytes);
    return w->start && w->other && w->p && w->met ? MKT_OK : mkt_arena_full(arena, err);
}

static void fill_ends(struct mkt_contexts_solver *s)
{
    const struct mkt_contexts *c = s->c;
    for (size_t byte = 0; byte < 256; byte++)
        for (size_t l = 0; l < LANE; l++) s->keep[byte * LANE + l] = byte >> l & 1 ? 0 : 1;
    for (size_t b = 0; b < s->blocks; b++)
        for (size_t l = 0; l < LANE; l++) s->f[(b * s->rows + c->states) * LANE + l] = 1;
    for (size_t state = 0; state < c->states; state++)
        for (size_t i = c->first[state]; i < c->first[state + 1]; i++) {
            const struct mkt_context_edge *e = &c->edge[i];
            double p = (double)e->count / (double)c->leaving[state];
            if (links(c, state, e, true))
                s->leads_back |= e->to <= state;
            else if (e->to == state)
                s->stay[state] = p;
            else if (e->symbol == c->channels)
                s->convert[state] = p;
        }
}

enum { WEB_IN, WEB_OUT, ENDS, PARTS };

static void fill_part(void *user, size_t worker, size_t part)
{
    struct mkt_contexts_solver *s = user;
    (void)worker;
    if (part == ENDS)
        fill_ends(s);
    else
        fill_web(s, part == WEB_IN ? &s->in : &s->out, part == WEB_IN);
}

_Static_assert(LANE * sizeof(double) == LINE, "the lanes of a state lie in one cache line");
_Static_assert(LANE == 8, "a byte of what is met for each block of lanes");

static double *new_lanes(struct mkt_arena *arena, size_t states)
{
    char *p = mkt_arena_alloc(arena, states + 1, LINE);
    return p ? (double *)(void *)(p + (LINE - (uintptr_t)p % LINE) % LINE) : NULL;
}

static mkt_status open_solver(struct mkt_arena *arena, struct mkt_contexts_solver *s,
                              size_t threads, struct mkt_err *err)
{
    const struct mkt_contexts *c = s->c;
    s->blocks = c->bytes;
    s->rows = c->states + 2;
    MKT_TRY(open_web(arena, &s->out, c, err));
    MKT_TRY(open_web(arena, &s->in, c, err));
    s->stay = MKT_NEW(arena, double, c->states);
    s->convert = MKT_NEW(arena, double, c->states);
    s->keep = MKT_NEW(arena, double, 256 * LANE);
    s->f = new_lanes(arena, s->rows * s->blocks);
    s->visits = new_lanes(arena, s->rows * s->blocks);
    s->sweeps = MKT_NEW(arena, int, 2 * s->blocks);
    s->variance = MKT_NEW(arena, double, SHARES * s->blocks * LANE);
    s->known.conversion = MKT_NEW(arena, double, s->blocks *LANE);
    s->known.removal = MKT_NEW(arena, double, s->blocks *LANE);
    s->known.share = MKT_NEW(arena, double, s->blocks *LANE);
    if (!s->stay || !s->convert || !s->keep || !s->f || !s->visits || !s->sweeps || !s->variance ||
        !s->known.conversion || !s->known.removal || !s->known.share)
        return mkt_arena_full(arena, err);
    mkt_tasks_run(threads, PARTS, fill_part, s);
    return MKT_OK;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* One state of x = base + P x or of its transpose; change and largest [LANE] are kept up. */
static void relax(const struct mkt_contexts_solver *s, const struct mkt_contexts_web *w,
                  size_t state, size_t block, double base, double *x, double *change,
                  double *largest)
{
    double new[LANE], scale = 1 / (1 - s->stay[state]), *old = x + state *LANE;
    size_t gone = s->c->latest[state]; /* the lane without the state's own channel */
    for (size_t l = 0; l < LANE; l++) new[l] = base;
    for (size_t i = w->start[state]; i < w->start[state + 1]; i++) {
        const double *from = x + w->other[i] * (size_t)LANE;
        const double *keep = s->keep + w->met[i * s->blocks + block] * (size_t)LANE;
        for (size_t l = 0; l < LANE; l++) new[l] += w->p[i] * keep[l] * from[l];
    }
    for (size_t l = 0; l < LANE; l++) new[l] *= scale;
    if (gone && gone / LANE == block) new[gone % LANE] = 0;
    for (size_t l = 0; l < LANE; l++) {
        change[l] = larger(fabs(new[l] - old[l]), change[l]);
        largest[l] = larger(new[l], largest[l]);
        old[l] = new[l];
    }
}

/* Sweeps until what is still to come, judged from how fast the changes fall, is below SETTLED: once,
 * where the states are in an order in which nothing leads back. */
static void settle(void *user, size_t worker, size_t task)
{
    struct mkt_contexts_solver *s = user;
    (void)worker;
    bool forward = task < s->blocks; /* visits first: they take longer */
    size_t states = s->c->states, block = task % s->blocks;
    const struct mkt_contexts_web *w = forward ? &s->in : &s->out;
    double *x = (forward ? s->visits : s->f) + block * s->rows * LANE;
    double before = INFINITY, flops = 2. * (double)(s->c->edges * s->blocks * LANE);
    for (int sweep = 1; sweep <= SWEEPS && sweep * flops < FLOPS; sweep++) {
        double change = 0, largest = 0, changes[LANE] = {0}, sizes[LANE] = {0};
        for (size_t i = 0; i < states; i++) {
            size_t state = forward ? i : states - 1 - i;
            double base = forward ? state == 0 : s->convert[state];
            relax(s, w, state, block, base, x, changes, sizes);
        }
        for (size_t l = 0; l < LANE; l++) {
            change = larger(changes[l], change);
            largest = larger(sizes[l], largest);
        }
        double rate = change / before;
        bool small = rate < 1 && change * rate / (1 - rate) < SETTLED * largest;
        if (change == 0 || !s->leads_back || (small && sweep > 2)) {
            s->sweeps[task] = sweep;
            return;
        }
        before = change;
    }
}

static double conversion_in(const struct mkt_contexts_solver *s, size_t lane)
{
    return mkt_contexts_solver_lanes(s, s->f, lane / LANE, 0)[lane % LANE];
}

/* ---- all -------------------------------------------------------------------------------------- */

static mkt_status open_rooms(struct mkt_arena *arena, struct mkt_contexts_solver *s, size_t threads,
                             struct mkt_err *err)
{
    size_t lanes = s->blocks * LANE;
    for (size_t i = 0; i < threads; i++) {
        struct mkt_contexts_room *k = &s->room[i];
        k->d = MKT_NEW(arena, double, MKT_CONTEXTS_SIDE *lanes);
        k->end = MKT_NEW(arena, double, lanes);
        k->removal = MKT_NEW(arena, double, lanes);
        if (!k->d || !k->end || !k->removal) return mkt_arena_full(arena, err);
    }
    return MKT_OK;
}

static mkt_status solve(struct mkt_arena *arena, struct mkt_contexts_solver *s, size_t threads,
                        struct mkt_contexts_credit *out, struct mkt_err *err)
{
    size_t K = s->c->channels, lanes = s->c->bytes * LANE;
    MKT_TRY(open_solver(arena, s, threads, err));
    MKT_TRY(open_rooms(arena, s, threads, err));
    mkt_tasks_run(threads, 2 * s->blocks, settle, s);
    for (size_t i = 0; i < 2 * s->blocks; i++) {
        if (s->sweeps[i] > out->sweeps) out->sweeps = s->sweeps[i];
        if (!s->sweeps[i])
            return mkt_err_set(err, MKT_E_LIMIT,
                               "the chain of order %zu over %s contexts does not settle: journeys "
                               "repeat themselves for very long",
                               s->c->order, MKT_COUNT(s->c->states));
    }
    double total = (double)s->c->paths->total.conversions;
    out->conversion = s->f[0];
    for (size_t k = 0; k < K; k++)
        s->sum += out->removal[k] = 1 - conversion_in(s, k + 1) / s->f[0];
    for (size_t k = 0; k < K; k++) {
        out->credit[k] = total * out->removal[k] / s->sum;
        s->known.conversion[k + 1] = conversion_in(s, k + 1);
        s->known.removal[k + 1] = out->removal[k];
        s->known.share[k + 1] = out->removal[k] / s->sum;
    }
    mkt_tasks_run(threads, SHARES, mkt_contexts_spread_share, s);
    for (size_t i = 0; i < SHARES; i++)
        for (size_t k = 0; k < K; k++) out->spread[k] += s->variance[i * lanes + k + 1];
    for (size_t k = 0; k < K; k++) out->spread[k] = sqrt(out->spread[k]);
    return MKT_OK;
}

mkt_status mkt_contexts_fit(struct mkt_arena *arena, const struct mkt_contexts *c, int threads,
                            struct mkt_contexts_credit *out, struct mkt_err *err)
{
    size_t K = c->channels;
    struct mkt_contexts_solver s = {.c = c};
    *out = (struct mkt_contexts_credit){.removal = MKT_NEW(arena, double, K),
                                        .credit = MKT_NEW(arena, double, K),
                                        .spread = MKT_NEW(arena, double, K)};
    if (!out->removal || !out->credit || !out->spread) return mkt_arena_full(arena, err);
    if (c->paths->total.conversions <= 0)
        return mkt_err_set(err, MKT_E_EMPTY, "no journey of the paths ends in a conversion");
    size_t mark = mkt_arena_mark(arena);
    mkt_status status = solve(arena, &s, mkt_tasks_threads(threads), out, err);
    mkt_arena_release(arena, mark);
    return status;
}
