#include "model/contexts_spread.h"

#include <string.h>

#define LANE MKT_CONTEXTS_LANE
#define SHARES MKT_CONTEXTS_SHARES
#define SIDE MKT_CONTEXTS_SIDE

/* Adds how the conversion probability in each lane changes with one more journey over an edge. */
static void derive(const struct mkt_contexts_solver *s, uint32_t state,
                   const struct mkt_context_edge *e, double *d)
{
    const struct mkt_contexts *c = s->c;
    const uint8_t *met = c->met + (size_t)(e - c->edge) * c->bytes;
    double each = 1 / (double)c->leaving[state];
    for (size_t b = 0; b < s->blocks; b++) {
        const double *f = mkt_contexts_solver_lanes(s, s->f, b, state),
                     *visits = mkt_contexts_solver_lanes(s, s->visits, b, state);
        const double *next = mkt_contexts_solver_lanes(s, s->f, b, e->to),
                     *keep = s->keep + met[b] * (size_t)LANE;
        for (size_t l = 0; l < LANE; l++)
            d[b * LANE + l] += visits[l] * each * (keep[l] * next[l] - f[l]);
    }
}

/* Journeys along a path that ended one way: `d` is what one more changes. Lane by lane, though lane 0
 * and those beyond the channels mean nothing here. */
static void add_variance(const struct mkt_contexts_solver *s, const double *d, double *removal,
                         bool converted, int64_t journeys, double *variance)
{
    const struct mkt_contexts_lanes *n = &s->known;
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
    size_t at;                           /* steps taken: all, once it is at an end */
    const struct mkt_context_edge *edge; /* over which it goes on */
};

static void ask_for_state(const struct mkt_contexts_solver *s, uint32_t state)
{
    if (state >= s->c->states) return;
    __builtin_prefetch(&s->c->first[state]);
    for (size_t b = 0; b < s->blocks; b++) {
        __builtin_prefetch(mkt_contexts_solver_lanes(s, s->f, b, state));
        __builtin_prefetch(mkt_contexts_solver_lanes(s, s->visits, b, state));
    }
}

/* Adds what one more journey along the path changes before its end, all paths a step at a time.
 *   d  [n][blocks LANE] zeros */
static void walk_all(const struct mkt_contexts_solver *s, struct walk *walk, size_t n, double *d)
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
            const struct mkt_context_edge *e = mkt_contexts_edge(c, w->state, w->step[w->at]);
            ask_for_state(s, e->to);
            w->at += e->steps;
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

static void end_path(const struct mkt_contexts_solver *s, const struct mkt_contexts_room *k,
                     const struct walk *w, const double *d, double *variance)
{
    const struct mkt_contexts *c = s->c;
    const int64_t n[2] = {c->nulls ? w->path->counts.nulls : 0, w->path->counts.conversions};
    for (int converted = 0; converted < 2; converted++) {
        if (!n[converted]) continue;
        uint32_t symbol = (uint32_t)c->channels + !converted;
        memcpy(k->end, d, s->blocks * LANE * sizeof *d);
        if (w->state < c->states)
            derive(s, w->state, mkt_contexts_edge(c, w->state, symbol), k->end);
        add_variance(s, k->end, k->removal, converted == 1, n[converted], variance);
    }
}

void mkt_contexts_spread_share(void *solver, size_t worker, size_t share)
{
    const struct mkt_contexts_solver *s = solver;
    const struct mkt_contexts_room *k = &s->room[worker];
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
        for (size_t w = 0; w < n; w++) end_path(s, k, &walk[w], k->d + w * lanes, variance);
    }
}
