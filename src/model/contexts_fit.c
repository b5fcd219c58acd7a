#include "model/contexts.h"

#include <math.h>

#include "num/dense.h"

#define SETTLED 1e-13
#define SWEEPS 10000
#define FLOPS 2e11

/* Edges between states, grouped by one of their ends. */
struct web {
    size_t *start;   /* [states + 1] */
    uint32_t *other; /* [links] */
    double *p;
};

/* The chain and its lanes: lane 0 has all channels, lane k + 1 is without channel k. */
struct solver {
    const struct mkt_contexts *c;
    size_t lanes;
    struct web out, in;
    double *stay;    /* [states] probability of a state to follow itself */
    double *convert; /* [states] */
    double *f;       /* [states][lanes] probability to convert from there */
    double *visits;  /* [states][lanes] expected visits of a journey */
    double *scratch; /* [lanes] */
    int sweeps;
};

static mkt_status open_web(struct mkt_arena *arena, struct web *w, size_t states, size_t edges,
                           struct mkt_err *err)
{
    w->start = MKT_NEW(arena, size_t, states + 2);
    w->other = MKT_NEW(arena, uint32_t, edges);
    w->p = MKT_NEW(arena, double, edges);
    return w->start && w->other && w->p ? MKT_OK : mkt_arena_full(arena, err);
}

static bool links(const struct mkt_contexts *c, const struct mkt_context_edge *e)
{
    return e->symbol < c->channels && e->from != e->to;
}

/* A counting sort of the links: by `from`, or by `to`. */
static void fill_web(struct web *w, const struct mkt_contexts *c, bool by_target)
{
    for (size_t i = 0; i < c->edges; i++)
        if (links(c, &c->edge[i])) w->start[(by_target ? c->edge[i].to : c->edge[i].from) + 2]++;
    for (size_t s = 2; s < c->states + 2; s++) w->start[s] += w->start[s - 1];
    for (size_t i = 0; i < c->edges; i++) {
        const struct mkt_context_edge *e = &c->edge[i];
        if (!links(c, e)) continue;
        size_t at = w->start[(by_target ? e->to : e->from) + 1]++;
        w->other[at] = by_target ? e->from : e->to;
        w->p[at] = (double)e->count / (double)c->leaving[e->from];
    }
}

static mkt_status open_solver(struct mkt_arena *arena, struct solver *s, struct mkt_err *err)
{
    const struct mkt_contexts *c = s->c;
    s->lanes = c->channels + 1;
    MKT_TRY(open_web(arena, &s->out, c->states, c->edges, err));
    MKT_TRY(open_web(arena, &s->in, c->states, c->edges, err));
    s->stay = MKT_NEW(arena, double, c->states);
    s->convert = MKT_NEW(arena, double, c->states);
    s->f = MKT_NEW(arena, double, c->states * s->lanes);
    s->visits = MKT_NEW(arena, double, c->states * s->lanes);
    s->scratch = MKT_NEW(arena, double, 3 * s->lanes);
    if (!s->stay || !s->convert || !s->f || !s->visits || !s->scratch)
        return mkt_arena_full(arena, err);
    fill_web(&s->out, c, false);
    fill_web(&s->in, c, true);
    for (size_t i = 0; i < c->edges; i++) {
        const struct mkt_context_edge *e = &c->edge[i];
        double p = (double)e->count / (double)c->leaving[e->from];
        if (e->symbol == c->channels) s->convert[e->from] += p;
        if (e->symbol < c->channels && e->from == e->to) s->stay[e->from] += p;
    }
    return MKT_OK;
}

/* One state of x = base + P x or of its transpose; returns the largest change. */
static double relax(struct solver *s, const struct web *w, size_t state, double base, double *x)
{
    size_t lanes = s->lanes;
    double *new = s->scratch, change = 0;
    for (size_t l = 0; l < lanes; l++) new[l] = base;
    for (size_t i = w->start[state]; i < w->start[state + 1]; i++)
        mkt_dense_add(w->p[i], x + w->other[i] * lanes, new, lanes);
    double scale = 1 / (1 - s->stay[state]);
    const struct mkt_context *context = &s->c->state[state];
    for (size_t l = 0; l < lanes; l++) new[l] *= scale;
    if (context->length) new[context->end[-1] + 1] = 0; /* that channel is not there */
    for (size_t l = 0; l < lanes; l++) {
        change = fmax(change, fabs(new[l] - x[state * lanes + l]));
        x[state * lanes + l] = new[l];
    }
    return change;
}

/* Sweeps until what is still to come, judged from how fast the changes fall, is below SETTLED. */
static mkt_status settle(struct solver *s, const struct web *w, bool forward, double *x,
                         struct mkt_err *err)
{
    size_t states = s->c->states;
    double before = INFINITY, flops = 2. * (double)s->c->edges * (double)s->lanes;
    for (int sweep = 1; sweep <= SWEEPS && sweep * flops < FLOPS; sweep++) {
        double change = 0, largest = 0;
        for (size_t i = 0; i < states; i++) {
            size_t state = forward ? i : states - 1 - i;
            double base = forward ? state == 0 : s->convert[state];
            change = fmax(change, relax(s, w, state, base, x));
            largest = fmax(largest, x[state * s->lanes]);
        }
        s->sweeps = sweep;
        double rate = change / before;
        bool small = rate < 1 && change * rate / (1 - rate) < SETTLED * largest;
        if (change == 0 || (small && sweep > 2)) return MKT_OK;
        before = change;
    }
    return mkt_err_set(err, MKT_E_LIMIT,
                       "the chain of order %zu over %zu contexts does not settle: journeys repeat "
                       "themselves for very long",
                       s->c->order, states);
}

/* How the conversion probability in each lane changes with one more journey along a path. */
static void derive(const struct solver *s, const struct mkt_path *path, uint32_t end, double *out)
{
    const struct mkt_contexts *c = s->c;
    const uint32_t *step = mkt_paths_steps(c->paths, path);
    size_t lanes = s->lanes;
    uint32_t state = 0;
    for (size_t l = 0; l < lanes; l++) out[l] = 0;
    for (size_t i = 0; i <= path->steps; i++) {
        uint32_t symbol = i < path->steps ? step[i] : end;
        const struct mkt_context_edge *e = mkt_contexts_edge(c, state, symbol);
        const double *f = s->f + state * lanes, *visits = s->visits + state * lanes;
        const double *next = symbol < c->channels ? s->f + e->to * lanes : NULL;
        double ending = symbol == c->channels, each = 1 / (double)c->leaving[state];
        for (size_t l = 0; l < lanes; l++)
            out[l] += visits[l] * each * ((next ? next[l] : ending) - f[l]);
        state = e->to;
    }
}

static void add_variance(const struct solver *s, const struct mkt_contexts_credit *credit,
                         double total, double sum, const struct mkt_path *path, bool converted,
                         int64_t journeys, double *variance)
{
    size_t K = s->c->channels;
    double *d = s->scratch + s->lanes, *removal = d + s->lanes, all = 0;
    if (!journeys) return;
    derive(s, path, (uint32_t)(K + !converted), d);
    double f = s->f[0];
    for (size_t k = 0; k < K; k++) {
        removal[k] = (s->f[k + 1] * d[0] / f - d[k + 1]) / f;
        all += removal[k];
    }
    for (size_t k = 0; k < K; k++) {
        double x = (converted ? credit->removal[k] / sum : 0) +
                   total * (removal[k] - credit->removal[k] * all / sum) / sum;
        variance[k] += (double)journeys * x * x;
    }
}

mkt_status mkt_contexts_fit(struct mkt_arena *arena, const struct mkt_contexts *c,
                            struct mkt_contexts_credit *out, struct mkt_err *err)
{
    size_t K = c->channels;
    *out = (struct mkt_contexts_credit){.removal = MKT_NEW(arena, double, K),
                                        .credit = MKT_NEW(arena, double, K),
                                        .spread = MKT_NEW(arena, double, K)};
    if (!out->removal || !out->credit || !out->spread) return mkt_arena_full(arena, err);
    if (c->paths->total.conversions <= 0)
        return mkt_err_set(err, MKT_E_EMPTY, "no journey of the paths ends in a conversion");
    size_t mark = mkt_arena_mark(arena);
    struct solver s = {.c = c};
    mkt_status status = open_solver(arena, &s, err);
    if (status == MKT_OK) status = settle(&s, &s.out, false, s.f, err);
    out->sweeps = s.sweeps;
    if (status == MKT_OK) status = settle(&s, &s.in, true, s.visits, err);
    if (status == MKT_OK) {
        double total = (double)c->paths->total.conversions, sum = 0;
        out->conversion = s.f[0];
        for (size_t k = 0; k < K; k++) sum += out->removal[k] = 1 - s.f[k + 1] / s.f[0];
        for (size_t k = 0; k < K; k++) out->credit[k] = total * out->removal[k] / sum;
        for (size_t i = 0; i < c->paths->paths; i++) {
            const struct mkt_path *path = &c->paths->path[i];
            add_variance(&s, out, total, sum, path, true, path->counts.conversions, out->spread);
            if (c->nulls)
                add_variance(&s, out, total, sum, path, false, path->counts.nulls, out->spread);
        }
        for (size_t k = 0; k < K; k++) out->spread[k] = sqrt(out->spread[k]);
    }
    mkt_arena_release(arena, mark);
    return status;
}
