#include "model/order_choice.h"

#include <math.h>
#include <stdlib.h>

/* P(symbol) of each step and each end of all paths, by the order before. */
struct memory {
    double *step;     /* [paths->steps] */
    double *end[2];   /* [paths]: converted, not */
    double *distinct; /* [states] different symbols among journeys not held out */
    double *trained;  /* [states] journeys not held out */
};

struct ending {
    double score, converted, nulls;
};

static int by_score(const void *a, const void *b)
{
    const struct ending *x = a, *y = b;
    return (x->score > y->score) - (x->score < y->score);
}

/* Area under the curve: the chance that a conversion scores above a null, ties half.
 * Source  Hanley & McNeil, Radiology 143 (1982) 29-36 */
static double area(struct ending *e, size_t n)
{
    double converted = 0, nulls = 0, won = 0;
    qsort(e, n, sizeof *e, by_score);
    for (size_t i = 0, to; i < n; i = to) {
        double c = 0, m = 0;
        for (to = i; to < n && !(e[to].score > e[i].score); to++) {
            c += e[to].converted;
            m += e[to].nulls;
        }
        won += c * (nulls + m / 2);
        converted += c;
        nulls += m;
    }
    return converted > 0 && nulls > 0 ? won / converted / nulls : NAN;
}

static double penalise(double auc, size_t paths, size_t channels, size_t order)
{
    double K = (double)channels, k = (double)order, p = (double)paths;
    double nodes = exp(lgamma(K + k) - lgamma(k + 1) - lgamma(K));
    double out = 1 - (1 - auc) * (p - 1) / (p - nodes - 1);
    return p - nodes - 1 > 0 && out >= 0 && out <= 1 ? out : 0;
}

static mkt_status score_endings(struct mkt_arena *arena, const struct mkt_contexts *c,
                                struct mkt_order_score *out, struct mkt_err *err)
{
    struct ending *e = MKT_NEW(arena, struct ending, c->states);
    if (!e) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < c->edges; i++) {
        const struct mkt_context_edge *edge = &c->edge[i];
        double n = (double)edge->count;
        if (edge->symbol == c->channels) e[edge->from].converted += n;
        if (edge->symbol == c->channels + 1) e[edge->from].nulls += n;
    }
    for (size_t s = 0; s < c->states; s++) e[s].score = e[s].converted / (double)c->leaving[s];
    out->auc = area(e, c->states);
    if (!isnan(out->auc))
        out->penalised_auc = penalise(out->auc, c->paths->paths, c->channels, out->order);
    return MKT_OK;
}

static void score_fit(const struct mkt_contexts *c, double journeys, struct mkt_order_score *out)
{
    for (size_t i = 0; i < c->edges; i++) {
        double n = (double)c->edge[i].count;
        out->log_likelihood += n * log(n / (double)c->leaving[c->edge[i].from]);
    }
    out->states = c->states;
    out->parameters = (double)c->edges - (double)c->states;
    out->aic = 2 * out->parameters - 2 * out->log_likelihood;
    out->bic = log(journeys) * out->parameters - 2 * out->log_likelihood;
}

/* P(symbol | state) from what was not held out, backed off to `before`. */
static double smooth(const struct memory *m, uint32_t state, const struct mkt_context_edge *e,
                     double before)
{
    double seen = e ? (double)(e->count - e->held) : 0;
    if (m->trained[state] <= 0) return before;
    return (seen + m->distinct[state] * before) / (m->trained[state] + m->distinct[state]);
}

static mkt_status count_trained(struct mkt_arena *arena, const struct mkt_contexts *c,
                                struct memory *m, struct mkt_err *err)
{
    m->distinct = MKT_NEW(arena, double, c->states);
    m->trained = MKT_NEW(arena, double, c->states);
    if (!m->distinct || !m->trained) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < c->edges; i++) {
        const struct mkt_context_edge *e = &c->edge[i];
        m->distinct[e->from] += e->count > e->held;
        m->trained[e->from] += (double)(e->count - e->held);
    }
    return MKT_OK;
}

/* Goes along every path with held-out journeys: what the order before thought is made better. */
static double score_held_out(const struct mkt_contexts *c, struct memory *m)
{
    double sum = 0, journeys = 0;
    for (size_t k = 0; k < c->paths->paths; k++) {
        const struct mkt_path *path = &c->paths->path[k];
        const uint32_t *step = mkt_paths_steps(c->paths, path);
        double held[2] = {(double)mkt_contexts_held(path, true),
                          (double)mkt_contexts_held(path, false)};
        if (held[0] + held[1] <= 0) continue;
        double along = 0;
        uint32_t state = 0;
        for (size_t i = 0; i < path->steps; i++) {
            const struct mkt_context_edge *e = mkt_contexts_edge(c, state, step[i]);
            double *p = &m->step[path->start + i];
            *p = smooth(m, state, e, *p);
            along += log(*p);
            state = e->to;
        }
        for (int end = 0; end < 2; end++) {
            double *p = &m->end[end][k];
            uint32_t symbol = (uint32_t)c->channels + (uint32_t)end;
            *p = smooth(m, state, mkt_contexts_edge(c, state, symbol), *p);
            sum += held[end] * (along + log(*p));
            journeys += held[end];
        }
    }
    return journeys > 0 ? sum / journeys : NAN;
}

/* Order 0: how often each symbol comes at all, each as if seen half a time more. */
static mkt_status begin_memory(struct mkt_arena *arena, const struct mkt_paths *paths,
                               struct memory *m, struct mkt_err *err)
{
    size_t K = paths->channel.count, mark;
    m->step = MKT_NEW(arena, double, paths->steps);
    m->end[0] = MKT_NEW(arena, double, paths->paths);
    m->end[1] = MKT_NEW(arena, double, paths->paths);
    mark = mkt_arena_mark(arena);
    double *seen = MKT_NEW(arena, double, K + 2), all = 0;
    if (!m->step || !m->end[0] || !m->end[1] || !seen) return mkt_arena_full(arena, err);
    for (size_t s = 0; s < K + 2; s++) all += seen[s] = .5;
    for (size_t k = 0; k < paths->paths; k++) {
        const struct mkt_path *path = &paths->path[k];
        double c = (double)(path->counts.conversions - mkt_contexts_held(path, true));
        double n = (double)(path->counts.nulls - mkt_contexts_held(path, false));
        for (size_t i = 0; i < path->steps; i++) seen[paths->step[path->start + i]] += c + n;
        seen[K] += c;
        seen[K + 1] += n;
        all += (c + n) * (double)(path->steps + 1);
    }
    for (size_t i = 0; i < paths->steps; i++) m->step[i] = seen[paths->step[i]] / all;
    for (size_t k = 0; k < paths->paths; k++) {
        m->end[0][k] = seen[K] / all;
        m->end[1][k] = seen[K + 1] / all;
    }
    mkt_arena_release(arena, mark);
    return MKT_OK;
}

static mkt_status score_order(struct mkt_arena *arena, const struct mkt_paths *paths,
                              struct memory *m, size_t order, struct mkt_order_score *out,
                              struct mkt_err *err)
{
    struct mkt_contexts c;
    *out = (struct mkt_order_score){.order = order};
    MKT_TRY(mkt_contexts_build(arena, paths, order, true, &c, err));
    score_fit(&c, (double)(paths->total.conversions + paths->total.nulls), out);
    MKT_TRY(count_trained(arena, &c, m, err));
    out->held_out = score_held_out(&c, m);
    return score_endings(arena, &c, out, err);
}

static void choose(struct mkt_order_choice *out)
{
    const struct mkt_order_score *s = out->score;
    out->by_aic = out->by_bic = out->by_held_out = 1;
    out->by_auc = isnan(s[0].auc) ? 0 : 1;
    for (size_t i = 1; i < out->orders; i++) {
        if (s[i].aic < s[out->by_aic - 1].aic) out->by_aic = i + 1;
        if (s[i].bic < s[out->by_bic - 1].bic) out->by_bic = i + 1;
        if (s[i].held_out > s[out->by_held_out - 1].held_out) out->by_held_out = i + 1;
        if (out->by_auc && s[i].penalised_auc > s[out->by_auc - 1].penalised_auc)
            out->by_auc = i + 1;
    }
}

mkt_status mkt_order_choice_make(struct mkt_arena *arena, const struct mkt_paths *paths,
                                 size_t most, struct mkt_order_choice *out, struct mkt_err *err)
{
    *out = (struct mkt_order_choice){0};
    size_t start = mkt_arena_mark(arena), longest = 0;
    if (!paths->paths) return mkt_err_set(err, MKT_E_EMPTY, "there are no paths");
    for (size_t k = 0; k < paths->paths; k++)
        if (paths->path[k].steps > longest) longest = paths->path[k].steps;
    if (most > MKT_ORDER_CHOICE_MOST) most = MKT_ORDER_CHOICE_MOST;
    if (most > longest) most = longest;
    struct memory m;
    mkt_status status = begin_memory(arena, paths, &m, err);
    for (size_t order = 1; order <= most && status == MKT_OK; order++) {
        size_t mark = mkt_arena_mark(arena);
        status = score_order(arena, paths, &m, order, &out->score[order - 1], err);
        if (status == MKT_OK) out->orders = order;
        mkt_arena_release(arena, mark);
    }
    mkt_arena_release(arena, start);
    MKT_TRY(status);
    choose(out);
    return MKT_OK;
}
