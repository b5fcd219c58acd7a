#include "model/contexts.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define SETTLED 1e-13
#define SWEEPS 10000
#define FLOPS 4e10
#define LANE 8 /* chains solved together: one has all channels, the others are each without one */
#define SHARES 64
#define THREADS 16
#define SIDE 16 /* paths walked side by side */
#define LINE 64 /* bytes of a cache line: what the lanes of a state take */

/* Edges between states, grouped by one of their ends. */
struct web {
    size_t *start;   /* [states + 1] */
    uint32_t *other; /* [links] */
    double *p;
};

/* Lane 0 has all channels, lane k + 1 is without channel k; what is over repeats lane 0. */
struct solver {
    const struct mkt_contexts *c;
    size_t blocks; /* of LANE lanes */
    struct web out, in;
    double *stay;    /* [states] probability of a state to follow itself */
    double *convert; /* [states] */
    double *f;       /* [blocks][states][LANE] probability to convert from there */
    double *visits;  /* [blocks][states][LANE] expected visits of a journey */
    int *sweeps;     /* [2 blocks] that each took; 0: it did not settle */
    double sum;      /* of all removals */
    struct lanes {
        double *conversion, *removal, *share; /* [blocks LANE] of the start; of all removals */
    } known;
    double *variance; /* [SHARES][blocks LANE] */
};

struct worker {
    struct solver *s;
    atomic_size_t *next;
    size_t tasks;
    void (*task)(struct worker *, size_t);
    double *d;             /* [SIDE][blocks LANE] */
    double *end, *removal; /* [blocks LANE] */
    pthread_t thread;
    bool started;
};

static void *run_worker(void *user)
{
    struct worker *k = user;
    for (size_t i; (i = atomic_fetch_add(k->next, 1)) < k->tasks;) k->task(k, i);
    return NULL;
}

static void run_tasks(struct worker *worker, size_t threads, size_t tasks,
                      void (*task)(struct worker *, size_t))
{
    atomic_size_t next = 0;
    for (size_t i = 0; i < threads; i++) {
        worker[i].next = &next;
        worker[i].tasks = tasks;
        worker[i].task = task;
        worker[i].started =
            i && pthread_create(&worker[i].thread, NULL, run_worker, &worker[i]) == 0;
    }
    run_worker(&worker[0]); /* and all the work, where no thread could start */
    for (size_t i = 1; i < threads; i++)
        if (worker[i].started) pthread_join(worker[i].thread, NULL);
}

/* ---- the equations ---------------------------------------------------------------------------- */

static bool links(const struct mkt_contexts *c, size_t from, const struct mkt_context_edge *e)
{
    return e->symbol < c->channels && e->to != from;
}

/* A counting sort of the links: by where they come from, or by where they lead. */
static void fill_web(struct web *w, const struct mkt_contexts *c, bool by_target)
{
    for (size_t s = 0; s < c->states; s++)
        for (size_t i = c->first[s]; i < c->first[s + 1]; i++)
            if (links(c, s, &c->edge[i])) w->start[(by_target ? c->edge[i].to : s) + 2]++;
    for (size_t s = 2; s < c->states + 2; s++) w->start[s] += w->start[s - 1];
    for (size_t s = 0; s < c->states; s++)
        for (size_t i = c->first[s]; i < c->first[s + 1]; i++) {
            const struct mkt_context_edge *e = &c->edge[i];
            if (!links(c, s, e)) continue;
            size_t at = w->start[(by_target ? e->to : s) + 1]++;
            w->other[at] = by_target ? (uint32_t)s : e->to;
            w->p[at] = (double)e->count / (double)c->leaving[s];
        }
}

static mkt_status open_web(struct mkt_arena *arena, struct web *w, const struct mkt_contexts *c,
                           struct mkt_err *err)
{
    w->start = MKT_NEW(arena, size_t, c->states + 2);
    w->other = MKT_NEW(arena, uint32_t, c->edges);
    w->p = MKT_NEW(arena, double, c->edges);
    return w->start && w->other && w->p ? MKT_OK : mkt_arena_full(arena, err);
}

static void fill_ends(const struct solver *s)
{
    const struct mkt_contexts *c = s->c;
    for (size_t state = 0; state < c->states; state++)
        for (size_t i = c->first[state]; i < c->first[state + 1]; i++) {
            const struct mkt_context_edge *e = &c->edge[i];
            double p = (double)e->count / (double)c->leaving[state];
            if (e->symbol == c->channels) s->convert[state] += p;
            if (e->symbol < c->channels && e->to == state) s->stay[state] += p;
        }
}

enum { WEB_IN, WEB_OUT, ENDS, PARTS };

static void fill_part(void *user, size_t worker, size_t part)
{
    struct solver *s = user;
    (void)worker;
    if (part == ENDS)
        fill_ends(s);
    else
        fill_web(part == WEB_IN ? &s->in : &s->out, s->c, part == WEB_IN);
}

_Static_assert(LANE * sizeof(double) == LINE, "the lanes of a state lie in one cache line");

static double *new_lanes(struct mkt_arena *arena, size_t states)
{
    char *p = mkt_arena_alloc(arena, states + 1, LINE);
    return p ? (double *)(void *)(p + (LINE - (uintptr_t)p % LINE) % LINE) : NULL;
}

static mkt_status open_solver(struct mkt_arena *arena, struct solver *s, size_t threads,
                              struct mkt_err *err)
{
    const struct mkt_contexts *c = s->c;
    s->blocks = (c->channels + LANE) / LANE;
    MKT_TRY(open_web(arena, &s->out, c, err));
    MKT_TRY(open_web(arena, &s->in, c, err));
    s->stay = MKT_NEW(arena, double, c->states);
    s->convert = MKT_NEW(arena, double, c->states);
    s->f = new_lanes(arena, c->states * s->blocks);
    s->visits = new_lanes(arena, c->states * s->blocks);
    s->sweeps = MKT_NEW(arena, int, 2 * s->blocks);
    s->variance = MKT_NEW(arena, double, SHARES * s->blocks * LANE);
    s->known.conversion = MKT_NEW(arena, double, s->blocks *LANE);
    s->known.removal = MKT_NEW(arena, double, s->blocks *LANE);
    s->known.share = MKT_NEW(arena, double, s->blocks *LANE);
    if (!s->stay || !s->convert || !s->f || !s->visits || !s->sweeps || !s->variance ||
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
static void relax(const struct solver *s, const struct web *w, size_t state, size_t block,
                  double base, double *x, double *change, double *largest)
{
    double new[LANE], scale = 1 / (1 - s->stay[state]), *old = x + state *LANE;
    size_t gone = s->c->latest[state]; /* the lane without the state's own channel */
    for (size_t l = 0; l < LANE; l++) new[l] = base;
    for (size_t i = w->start[state]; i < w->start[state + 1]; i++) {
        const double *from = x + w->other[i] * (size_t)LANE;
        for (size_t l = 0; l < LANE; l++) new[l] += w->p[i] * from[l];
    }
    for (size_t l = 0; l < LANE; l++) new[l] *= scale;
    if (gone && gone / LANE == block) new[gone % LANE] = 0;
    for (size_t l = 0; l < LANE; l++) {
        change[l] = larger(fabs(new[l] - old[l]), change[l]);
        largest[l] = larger(new[l], largest[l]);
        old[l] = new[l];
    }
}

/* Sweeps until what is still to come, judged from how fast the changes fall, is below SETTLED. */
static void settle(struct worker *k, size_t task)
{
    struct solver *s = k->s;
    bool forward = task >= s->blocks;
    size_t states = s->c->states, block = task % s->blocks;
    const struct web *w = forward ? &s->in : &s->out;
    double *x = (forward ? s->visits : s->f) + block * states * LANE;
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
        if (change == 0 || (small && sweep > 2)) {
            s->sweeps[task] = sweep;
            return;
        }
        before = change;
    }
}

/* ---- the spread ------------------------------------------------------------------------------- */

static const double *lanes_of(const struct solver *s, const double *x, size_t block, size_t state)
{
    return x + (block * s->c->states + state) * LANE;
}

/* Adds how the conversion probability in each lane changes with one more journey over an edge. */
static void derive(const struct solver *s, uint32_t state, const struct mkt_context_edge *e,
                   double *d)
{
    const struct mkt_contexts *c = s->c;
    double ending = e->symbol == c->channels, each = 1 / (double)c->leaving[state];
    for (size_t b = 0; b < s->blocks; b++) {
        const double *f = lanes_of(s, s->f, b, state), *visits = lanes_of(s, s->visits, b, state);
        const double *next = e->symbol < c->channels ? lanes_of(s, s->f, b, e->to) : NULL;
        for (size_t l = 0; l < LANE; l++)
            d[b * LANE + l] += visits[l] * each * ((next ? next[l] : ending) - f[l]);
    }
}

static double conversion_in(const struct solver *s, size_t lane)
{
    return lanes_of(s, s->f, lane / LANE, 0)[lane % LANE];
}

/* Journeys along a path that ended one way: `d` is what one more changes. Lane by lane, though lane 0
 * and those beyond the channels mean nothing here. */
static void add_variance(const struct solver *s, const double *d, double *removal, bool converted,
                         int64_t journeys, double *variance)
{
    const struct lanes *n = &s->known;
    double f = s->f[0], all = 0, total = (double)s->c->paths->total.conversions;
    double whole = converted ? 1 : 0, times = (double)journeys;
    for (size_t b = 0; b < s->blocks * LANE; b += LANE)
        for (size_t l = b; l < b + LANE; l++) removal[l] = (n->conversion[l] * d[0] / f - d[l]) / f;
    for (size_t k = 1; k <= s->c->channels; k++) all += removal[k];
    for (size_t b = 0; b < s->blocks * LANE; b += LANE)
        for (size_t l = b; l < b + LANE; l++) {
            double x =
                whole * n->share[l] + total * (removal[l] - n->removal[l] * all / s->sum) / s->sum;
            variance[l] += times * x * x;
        }
}

/* A path that is walked along its states. Its memory is far apart, so a few paths are walked side by
 * side: what one step needs is asked for while the others take theirs. */
struct walk {
    const struct mkt_path *path;
    const uint32_t *step;
    uint32_t state;                      /* where it is */
    size_t at;                           /* steps taken */
    const struct mkt_context_edge *edge; /* over which it goes on */
};

static void ask_for_state(const struct solver *s, uint32_t state)
{
    __builtin_prefetch(&s->c->first[state]);
    for (size_t b = 0; b < s->blocks; b++) {
        __builtin_prefetch(lanes_of(s, s->f, b, state));
        __builtin_prefetch(lanes_of(s, s->visits, b, state));
    }
}

/* Adds what one more journey along the path changes before its end, all paths a step at a time.
 *   d  [n][blocks LANE] zeros */
static void walk_all(const struct solver *s, struct walk *walk, size_t n, double *d)
{
    const struct mkt_contexts *c = s->c;
    size_t lanes = s->blocks * LANE, left = n;
    for (size_t i = 0; i < n; i++) __builtin_prefetch(walk[i].step);
    while (left) {
        left = 0;
        for (struct walk *w = walk; w < walk + n; w++)
            if (w->at < w->path->steps) __builtin_prefetch(&c->edge[c->first[w->state]]);
        for (struct walk *w = walk; w < walk + n; w++) {
            if (w->at == w->path->steps) continue;
            const struct mkt_context_edge *e = mkt_contexts_edge(c, w->state, w->step[w->at++]);
            ask_for_state(s, e->to);
            w->edge = e;
            left += w->at < w->path->steps;
        }
        for (struct walk *w = walk; w < walk + n; w++) {
            if (!w->edge) continue;
            derive(s, w->state, w->edge, d + (size_t)(w - walk) * lanes);
            w->state = w->edge->to;
            w->edge = NULL;
        }
    }
}

static void end_path(struct worker *k, const struct walk *w, const double *d, double *variance)
{
    const struct solver *s = k->s;
    const struct mkt_contexts *c = s->c;
    const int64_t n[2] = {c->nulls ? w->path->counts.nulls : 0, w->path->counts.conversions};
    for (int converted = 0; converted < 2; converted++) {
        if (!n[converted]) continue;
        uint32_t symbol = (uint32_t)c->channels + !converted;
        memcpy(k->end, d, s->blocks * LANE * sizeof *d);
        derive(s, w->state, mkt_contexts_edge(c, w->state, symbol), k->end);
        add_variance(s, k->end, k->removal, converted == 1, n[converted], variance);
    }
}

static void spread_share(struct worker *k, size_t share)
{
    const struct solver *s = k->s;
    const struct mkt_paths *paths = s->c->paths;
    size_t lanes = s->blocks * LANE, last = paths->paths * (share + 1) / SHARES;
    double *variance = s->variance + share * lanes;
    for (size_t i = paths->paths * share / SHARES; i < last;) {
        struct walk walk[SIDE];
        size_t n = 0;
        for (; i < last && n < SIDE; i++) {
            const struct mkt_path *path = &paths->path[i];
            if (path->counts.conversions + (s->c->nulls ? path->counts.nulls : 0) == 0) continue;
            walk[n++] = (struct walk){path, mkt_paths_steps(paths, path), 0, 0, NULL};
        }
        memset(k->d, 0, n * lanes * sizeof *k->d);
        walk_all(s, walk, n, k->d);
        for (size_t w = 0; w < n; w++) end_path(k, &walk[w], k->d + w * lanes, variance);
    }
}

/* ---- all -------------------------------------------------------------------------------------- */

static mkt_status solve(struct mkt_arena *arena, struct solver *s, struct worker *worker,
                        size_t threads, struct mkt_contexts_credit *out, struct mkt_err *err)
{
    size_t K = s->c->channels, lanes;
    MKT_TRY(open_solver(arena, s, threads, err));
    lanes = s->blocks * LANE;
    for (size_t i = 0; i < threads; i++) {
        worker[i].s = s;
        worker[i].d = MKT_NEW(arena, double, SIDE *lanes);
        worker[i].end = MKT_NEW(arena, double, lanes);
        worker[i].removal = MKT_NEW(arena, double, lanes);
        if (!worker[i].d || !worker[i].end || !worker[i].removal) return mkt_arena_full(arena, err);
    }
    run_tasks(worker, threads, 2 * s->blocks, settle);
    for (size_t i = 0; i < 2 * s->blocks; i++) {
        if (s->sweeps[i] > out->sweeps) out->sweeps = s->sweeps[i];
        if (!s->sweeps[i])
            return mkt_err_set(err, MKT_E_LIMIT,
                               "the chain of order %zu over %zu contexts does not settle: journeys "
                               "repeat themselves for very long",
                               s->c->order, s->c->states);
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
    run_tasks(worker, threads, SHARES, spread_share);
    for (size_t i = 0; i < SHARES; i++)
        for (size_t k = 0; k < K; k++) out->spread[k] += s->variance[i * lanes + k + 1];
    for (size_t k = 0; k < K; k++) out->spread[k] = sqrt(out->spread[k]);
    return MKT_OK;
}

mkt_status mkt_contexts_fit(struct mkt_arena *arena, const struct mkt_contexts *c, int threads,
                            struct mkt_contexts_credit *out, struct mkt_err *err)
{
    size_t K = c->channels;
    struct solver s = {.c = c};
    struct worker worker[THREADS] = {0};
    *out = (struct mkt_contexts_credit){.removal = MKT_NEW(arena, double, K),
                                        .credit = MKT_NEW(arena, double, K),
                                        .spread = MKT_NEW(arena, double, K)};
    if (!out->removal || !out->credit || !out->spread) return mkt_arena_full(arena, err);
    if (c->paths->total.conversions <= 0)
        return mkt_err_set(err, MKT_E_EMPTY, "no journey of the paths ends in a conversion");
    size_t mark = mkt_arena_mark(arena);
    size_t used = threads < 1 ? 1 : threads > THREADS ? THREADS : (size_t)threads;
    mkt_status status = solve(arena, &s, worker, used, out, err);
    mkt_arena_release(arena, mark);
    return status;
}
