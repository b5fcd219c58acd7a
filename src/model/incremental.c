#include "model/incremental.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "num/dense.h"
#include "num/inverse.h"

/* Moments at which the same channels had been met. */
struct moments {
    uint64_t met;
    double times, converted;
};

struct table {
    struct moments *row;
    size_t rows, cap;
    uint32_t *slot;
    size_t slots;
};

struct fit {
    const struct mkt_paths *paths;
    size_t K; /* channels; place K of a vector is b_0 */
    double penalty;
    double *b;       /* [K + 1] */
    double *inverse; /* [K + 1][K + 1] of the Hessian */
    double *slope;   /* [K + 1][K + 1] d conversions_k / d b */
    double *pull;    /* [K + 1][K + 1] slope times inverse */
    double *known;   /* [2^K] hazards by what was met, where channels are few; else NULL */
};

static mkt_status row_of(struct mkt_arena *arena, struct table *t, uint64_t met,
                         struct moments **out, struct mkt_err *err)
{
    if (2 * (t->rows + 1) > t->slots) {
        t->slots = t->slots ? 4 * t->slots : 256;
        if (!(t->slot = MKT_NEW(arena, uint32_t, t->slots))) return mkt_arena_full(arena, err);
        for (size_t i = 0; i < t->rows; i++) {
            size_t at = (size_t)mkt_names_mix(t->row[i].met) & (t->slots - 1);
            while (t->slot[at]) at = (at + 1) & (t->slots - 1);
            t->slot[at] = (uint32_t)i + 1;
        }
    }
    size_t at = (size_t)mkt_names_mix(met) & (t->slots - 1);
    while (t->slot[at] && t->row[t->slot[at] - 1].met != met) at = (at + 1) & (t->slots - 1);
    if (!t->slot[at]) {
        struct moments *m = mkt_arena_push(arena, &t->row, &t->rows, &t->cap, sizeof *m);
        if (!m) return mkt_arena_full(arena, err);
        m->met = met;
        t->slot[at] = (uint32_t)t->rows;
    }
    *out = &t->row[t->slot[at] - 1];
    return MKT_OK;
}

static mkt_status tabulate(struct mkt_arena *arena, const struct mkt_paths *paths, struct table *t,
                           struct mkt_err *err)
{
    for (size_t k = 0; k < paths->paths; k++) {
        const struct mkt_path *path = &paths->path[k];
        const uint32_t *step = mkt_paths_steps(paths, path);
        double journeys = (double)(path->counts.conversions + path->counts.nulls);
        uint64_t met = 0;
        struct moments *m = NULL;
        for (size_t i = 0; i < path->steps; i++) {
            uint64_t now = met | UINT64_C(1) << step[i];
            if (!m || now != met) MKT_TRY(row_of(arena, t, now, &m, err));
            met = now;
            assert(m);
            m->times += journeys;
        }
        if (m) m->converted += (double)path->counts.conversions;
    }
    return MKT_OK;
}

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

static double score_of(const struct fit *f, uint64_t met)
{
    double x = f->b[f->K];
    for (; met; met &= met - 1) x += f->b[__builtin_ctzll(met)];
    return x;
}

#define FEW_CHANNELS 16

static double hazard(const struct fit *f, uint64_t met)
{
    return f->known ? f->known[met] : logistic(score_of(f, met));
}

static mkt_status tabulate_hazards(struct mkt_arena *arena, struct fit *f, struct mkt_err *err)
{
    if (f->K > FEW_CHANNELS) return MKT_OK;
    double *known = MKT_NEW(arena, double, (size_t)1 << f->K);
    if (!known) return mkt_arena_full(arena, err);
    for (uint64_t met = 0; met < UINT64_C(1) << f->K; met++)
        known[met] = logistic(score_of(f, met));
    f->known = known;
    return MKT_OK;
}

/* Penalised log likelihood; its gradient and Hessian where asked. */
static double likelihood(const struct fit *f, const struct table *t, double *gradient,
                         double *hessian)
{
    size_t n = f->K + 1;
    double sum = 0;
    for (size_t i = 0; i < f->K; i++) sum -= f->penalty * f->b[i] * f->b[i] / 2;
    if (gradient) {
        memset(hessian, 0, n * n * sizeof *hessian);
        for (size_t i = 0; i < f->K; i++) {
            gradient[i] = -f->penalty * f->b[i];
            hessian[i * n + i] = f->penalty;
        }
        gradient[f->K] = 0;
    }
    for (size_t r = 0; r < t->rows; r++) {
        const struct moments *m = &t->row[r];
        double x = score_of(f, m->met), h = logistic(x);
        sum += m->converted * x - m->times * (x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)));
        if (!gradient) continue;
        double over = m->converted - m->times * h, weight = m->times * h * (1 - h);
        size_t place[MKT_INCREMENTAL_CHANNELS + 1], places = 0;
        for (uint64_t met = m->met; met; met &= met - 1)
            place[places++] = (size_t)__builtin_ctzll(met);
        place[places++] = f->K;
        for (size_t i = 0; i < places; i++) {
            gradient[place[i]] += over;
            for (size_t j = 0; j < places; j++) hessian[place[i] * n + place[j]] += weight;
        }
    }
    return sum;
}

/* Newton's method with halved steps where a whole one goes too far; the likelihood is concave. */
static bool maximise(struct fit *f, const struct table *t, double *room, int *steps)
{
    size_t n = f->K + 1;
    double *gradient = room, *move = room + n, *old = move + n;
    for (*steps = 1; *steps <= 100; ++*steps) {
        double now = likelihood(f, t, gradient, f->inverse), size = 0;
        if (!mkt_inverse_make(f->inverse, n)) return false;
        for (size_t i = 0; i < n; i++) {
            move[i] = mkt_dense_dot(f->inverse + i * n, gradient, n);
            size = fmax(size, fabs(move[i]));
        }
        if (size < 1e-10) return true;
        memcpy(old, f->b, n * sizeof *old);
        for (double part = 1; part > 1e-6; part /= 2) {
            for (size_t i = 0; i < n; i++) f->b[i] = old[i] + part * move[i];
            if (likelihood(f, t, NULL, NULL) >= now - 1e-12 * fabs(now)) break;
        }
    }
    return false;
}

/* Conversions of one journey along a path that removal takes away.   `removed` K: all channels.
 * Adds `journeys` times the slope to slope [K + 1], where it is given; `change` [K + 1] is room.
 * Until the removed channel is met nothing is different, and nothing is added. */
static double taken_away(const struct fit *f, const uint32_t *step, size_t steps, size_t removed,
                         double journeys, double *change, double *slope)
{
    uint64_t met = 0, gone = removed == f->K ? UINT64_MAX : UINT64_C(1) << removed;
    double weight = 1, lost = 0, h = 0, h1 = 0;
    size_t first = 0;
    for (; removed != f->K && first < steps && step[first] != removed; first++)
        met |= UINT64_C(1) << step[first];
    if (slope) memset(change, 0, (f->K + 1) * sizeof *change);
    for (size_t t = first; t < steps; t++) {
        uint64_t now = met | UINT64_C(1) << step[t];
        if (now != met || t == first) {
            h = hazard(f, now);
            h1 = now & gone ? hazard(f, now & ~gone) : h;
        }
        met = now;
        lost += h - h1 * weight;
        if (slope) {
            double up = h * (1 - h), up1 = weight * h1 * (1 - h1), kept = h1 * weight;
            for (uint64_t s = met & gone; s; s &= s - 1) {
                size_t j = (size_t)__builtin_ctzll(s);
                slope[j] += journeys * (up - kept * change[j]);
                change[j] += h;
            }
            for (uint64_t s = met & ~gone; s; s &= s - 1) {
                size_t j = (size_t)__builtin_ctzll(s);
                slope[j] += journeys * (up - up1 - kept * change[j]);
                change[j] += h - h1;
            }
            slope[f->K] += journeys * (up - up1 - kept * change[f->K]);
            change[f->K] += h - h1;
        }
        weight *= (1 - h1) / (1 - h);
    }
    return lost;
}

/* ---- sums over all paths, in shares that are the same for any number of threads -------------- */

#define SHARES 64
#define THREADS 16

/* Sums over one share of the paths. */
struct share {
    double *conversions, *spread, *effect_spread; /* [K + 1] */
    double *slope;                                /* [K + 1][K + 1] */
    double *change, *score, *lost;                /* [K + 1] room */
};

struct job {
    const struct fit *fit;
    struct share share[SHARES];
    void (*sum)(const struct fit *, const struct mkt_path *, const uint32_t *, struct share *);
    atomic_size_t next;
};

static uint64_t met_along(const uint32_t *step, size_t steps)
{
    uint64_t all = 0;
    for (size_t t = 0; t < steps; t++) all |= UINT64_C(1) << step[t];
    return all;
}

/* What each removal takes away from the journeys along a path. */
static void add_removals(const struct fit *f, const struct mkt_path *path, const uint32_t *step,
                         struct share *s)
{
    double journeys = (double)(path->counts.conversions + path->counts.nulls);
    if (journeys <= 0) return;
    for (uint64_t all = met_along(step, path->steps); all; all &= all - 1) {
        size_t k = (size_t)__builtin_ctzll(all);
        s->conversions[k] += journeys * taken_away(f, step, path->steps, k, journeys, s->change,
                                                   s->slope + k * (f->K + 1));
    }
    s->conversions[f->K] += journeys * taken_away(f, step, path->steps, f->K, journeys, s->change,
                                                  s->slope + f->K * (f->K + 1));
}

/* What one more journey along a path would change, squared. */
static void add_variance(const struct fit *f, const struct mkt_path *path, const uint32_t *step,
                         struct share *s)
{
    size_t n = f->K + 1;
    uint64_t met = 0;
    double *score = s->score, *lost = s->lost;
    if (path->counts.conversions + path->counts.nulls <= 0) return;
    memset(score, 0, n * sizeof *score);
    memset(lost, 0, n * sizeof *lost);
    for (size_t t = 0; t < path->steps; t++) {
        met |= UINT64_C(1) << step[t];
        double h = hazard(f, met);
        for (uint64_t m = met; m; m &= m - 1) score[__builtin_ctzll(m)] -= h;
        score[f->K] -= h;
    }
    for (uint64_t m = met; m; m &= m - 1) {
        size_t k = (size_t)__builtin_ctzll(m);
        lost[k] = taken_away(f, step, path->steps, k, 0, NULL, NULL);
    }
    lost[f->K] = taken_away(f, step, path->steps, f->K, 0, NULL, NULL);
    for (int converted = 0; converted < 2; converted++) {
        double journeys = (double)(converted ? path->counts.conversions : path->counts.nulls);
        if (converted) {
            for (uint64_t m = met; m; m &= m - 1) score[__builtin_ctzll(m)] += 1;
            score[f->K] += 1;
        }
        if (journeys <= 0) continue;
        for (size_t k = 0; k < n; k++) {
            double x = lost[k] + mkt_dense_dot(f->pull + k * n, score, n);
            double e = mkt_dense_dot(f->inverse + k * n, score, n);
            s->spread[k] += journeys * x * x;
            s->effect_spread[k] += journeys * e * e;
        }
    }
}

static void *sum_shares(void *user)
{
    struct job *job = user;
    const struct mkt_paths *p = job->fit->paths;
    for (size_t i; (i = atomic_fetch_add(&job->next, 1)) < SHARES;)
        for (size_t k = p->paths * i / SHARES; k < p->paths * (i + 1) / SHARES; k++)
            job->sum(job->fit, &p->path[k], mkt_paths_steps(p, &p->path[k]), &job->share[i]);
    return NULL;
}

static void run_threads(struct job *job, int threads)
{
    pthread_t thread[THREADS];
    int started = 0;
    atomic_store(&job->next, 0);
    while (started + 1 < threads && started < THREADS &&
           pthread_create(&thread[started], NULL, sum_shares, job) == 0)
        started++;
    sum_shares(job); /* and all the work, where no thread could start */
    while (started) pthread_join(thread[--started], NULL);
}

static mkt_status open_job(struct mkt_arena *arena, struct job *job, struct mkt_err *err)
{
    size_t n = job->fit->K + 1;
    for (size_t i = 0; i < SHARES; i++) {
        double *room = MKT_NEW(arena, double, n *(n + 6));
        if (!room) return mkt_arena_full(arena, err);
        job->share[i] = (struct share){room,         room + n,     room + 2 * n, room + 6 * n,
                                       room + 3 * n, room + 4 * n, room + 5 * n};
    }
    return MKT_OK;
}

static mkt_status remove_each(struct mkt_arena *arena, const struct fit *f, int threads,
                              struct mkt_incremental *out, struct mkt_err *err)
{
    size_t n = f->K + 1;
    struct job *job = MKT_NEW(arena, struct job, 1);
    if (!job) return mkt_arena_full(arena, err);
    job->fit = f;
    MKT_TRY(open_job(arena, job, err));
    job->sum = add_removals;
    run_threads(job, threads);
    for (size_t i = 0; i < SHARES; i++) {
        mkt_dense_add(1, job->share[i].conversions, out->conversions, n);
        mkt_dense_add(1, job->share[i].slope, f->slope, n * n);
    }
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < n; j++)
            mkt_dense_add(f->slope[k * n + j], f->inverse + j * n, f->pull + k * n, n);
    job->sum = add_variance;
    run_threads(job, threads);
    for (size_t i = 0; i < SHARES; i++) {
        mkt_dense_add(1, job->share[i].spread, out->spread, n);
        mkt_dense_add(1, job->share[i].effect_spread, out->effect_spread, n);
    }
    for (size_t k = 0; k < n; k++) {
        out->spread[k] = sqrt(out->spread[k]);
        out->effect_spread[k] = sqrt(out->effect_spread[k]);
    }
    return MKT_OK;
}

static mkt_status check(const struct mkt_paths *paths, struct mkt_err *err)
{
    const struct mkt_path_counts *n = &paths->total;
    if (paths->channel.count > MKT_INCREMENTAL_CHANNELS)
        return mkt_err_set(err, MKT_E_LIMIT,
                           "conversion given exposure is fitted for at most %d channels, not %zu",
                           MKT_INCREMENTAL_CHANNELS, paths->channel.count);
    if (n->conversions <= 0 || n->nulls <= 0)
        return mkt_err_set(err, MKT_E_EMPTY, "%s: there is nothing to compare conversions with",
                           n->conversions <= 0 ? "no journey converts" : "every journey converts");
    return MKT_OK;
}

mkt_status mkt_incremental_fit(struct mkt_arena *arena, const struct mkt_paths *paths,
                               double penalty, int threads, struct mkt_incremental *out,
                               struct mkt_err *err)
{
    MKT_TRY(check(paths, err));
    size_t K = paths->channel.count, n = K + 1;
    *out = (struct mkt_incremental){MKT_NEW(arena, double, n), MKT_NEW(arena, double, n),
                                    MKT_NEW(arena, double, n), MKT_NEW(arena, double, n), 0};
    if (!out->effect || !out->effect_spread || !out->conversions || !out->spread)
        return mkt_arena_full(arena, err);
    size_t mark = mkt_arena_mark(arena);
    struct table table = {0};
    struct fit f = {.paths = paths, .K = K, .penalty = penalty, .b = out->effect};
    f.inverse = MKT_NEW(arena, double, n *n);
    f.slope = MKT_NEW(arena, double, n *n);
    f.pull = MKT_NEW(arena, double, n *n);
    double *room = MKT_NEW(arena, double, 3 * n);
    mkt_status status = MKT_OK;
    if (!f.inverse || !f.slope || !f.pull || !room) status = mkt_arena_full(arena, err);
    if (status == MKT_OK) status = tabulate(arena, paths, &table, err);
    if (status == MKT_OK) {
        double times = 0;
        for (size_t i = 0; i < table.rows; i++) times += table.row[i].times;
        double rate = (double)paths->total.conversions / times;
        out->effect[K] = log(rate / (1 - rate));
        if (!maximise(&f, &table, room, &out->steps))
            status =
                mkt_err_set(err, MKT_E_INTERNAL, "the hazard of converting could not be fitted");
    }
    if (status == MKT_OK) status = tabulate_hazards(arena, &f, err);
    if (status == MKT_OK) status = remove_each(arena, &f, threads, out, err);
    mkt_arena_release(arena, mark);
    return status;
}
