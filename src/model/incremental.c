#include "model/incremental.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "model/moments.h"
#include "num/dense.h"
#include "num/inverse.h"

struct fit {
    const struct mkt_paths *paths;
    size_t K; /* channels; place K of a vector is b_0 */
    double penalty;
    double *b;       /* [K + 1] */
    double *inverse; /* [K + 1][K + 1] of the Hessian */
    double *odds;    /* [K + 1] exp(b_k); last: of not converting where nothing was met */
    double *known;   /* [2^K] odds of not converting by what was met, where channels are few */
};

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

/* Penalised log likelihood; its gradient and Hessian where asked. */
static double likelihood(const struct fit *f, const struct mkt_moments_table *t, double *gradient,
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
        const struct mkt_moments *m = &t->row[r];
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
static bool maximise(struct fit *f, const struct mkt_moments_table *t, double *room, int *steps)
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

/* ---- odds ------------------------------------------------------------------------------------ */

static double odds_against(const struct fit *f, uint64_t met)
{
    return f->known ? f->known[met] : exp(-score_of(f, met));
}

static mkt_status tabulate_odds(struct mkt_arena *arena, struct fit *f, struct mkt_err *err)
{
    if (!(f->odds = MKT_NEW(arena, double, f->K + 1))) return mkt_arena_full(arena, err);
    for (size_t k = 0; k < f->K; k++) f->odds[k] = exp(f->b[k]);
    f->odds[f->K] = exp(-f->b[f->K]);
    if (f->K > MKT_MOMENTS_FEW) return MKT_OK;
    double *known = MKT_NEW(arena, double, (size_t)1 << f->K);
    if (!known) return mkt_arena_full(arena, err);
    for (uint64_t met = 0; met < UINT64_C(1) << f->K; met++) known[met] = exp(-score_of(f, met));
    f->known = known;
    return MKT_OK;
}

/* ---- one path --------------------------------------------------------------------------------- */

#define MOST MKT_INCREMENTAL_CHANNELS
#define LANES                                                                                      \
    (MOST + 2) /* removals side by side: of all channels, of each, and a place left over */

/* Two numbers at a time; a lane of its own does what one alone would do, to the last bit. */
typedef double pair __attribute__((vector_size(16), may_alias));
#define PAIR(p) (*(pair *)(void *)(p))
#define ALIGNED __attribute__((aligned(16)))

/* A path as stretches of touches during which the same channels had been met: from the first one of
 * a channel to the first one of the next. */
struct stretches {
    size_t n, channel[MOST];
    double touches[MOST], h[MOST], against[MOST], back[MOST]; /* odds against; 1 / (1 - h) */
};

static void part(const struct fit *f, const uint32_t *step, size_t steps, struct stretches *out)
{
    uint64_t met = 0;
    out->n = 0;
    for (size_t t = 0; t < steps; t++) {
        uint64_t now = met | UINT64_C(1) << step[t];
        if (now != met) {
            double against = odds_against(f, now);
            out->channel[out->n] = step[t];
            out->touches[out->n] = 0;
            out->h[out->n] = 1 / (1 + against);
            out->against[out->n] = against;
            out->back[out->n++] = 1 + 1 / against;
        }
        met = now;
        assert(out->n);
        out->touches[out->n - 1]++;
    }
}

/* Removals from one path: in lane 0 of all channels, in lane g + 1 of the one first met in stretch g.
 * Before that nothing is different. `lost` is what a removal takes away of a journey's conversions,
 * slope [r] how that grows with the b of the channel of stretch r; [n] with b_0.
 *
 * With w the product of (1 - h') / (1 - h) so far and T the sum of h' w over later touches, the
 * slope by the score of a touch is h (1 - h) - T h, by that without the removed T h' - w h' (1 - h').
 * A channel takes part from its first touch on, so it gets the sums from there. */
struct removals {
    ALIGNED double lost[LANES], slope[MOST + 1][LANES];
    ALIGNED double h[MOST][LANES], w[MOST][LANES],
        later[MOST][LANES]; /* w: sum; later: sum of w, each
                                                  as often as touches come before it */
};

static void go_forward(const struct fit *f, const struct stretches *s, struct removals *out)
{
    ALIGNED double odds[LANES], so_far[LANES];
    odds[0] = so_far[0] = 1;
    out->lost[0] = 0;
    odds[s->n + 1] = 1; /* of the lane left over */
    for (size_t r = 0; r < s->n; r++) {
        odds[r + 1] = f->odds[s->channel[r]];
        odds[r + 2] = 1;
        so_far[r + 1] = so_far[r + 2] = 1;
        out->lost[r + 1] = out->lost[r + 2] = 0;
        for (size_t l = 0; l <= r + 1; l += 2) {
            pair against = s->against[r] * PAIR(odds + l), w = PAIR(so_far + l);
            if (l == 0) against[0] = f->odds[f->K];
            pair h = 1 / (1 + against), ratio = against * h * s->back[r], sum = w, later = 0 * w;
            w *= ratio;
            for (double i = 1; i < s->touches[r]; i++) { /* a second touch in a row is rare */
                sum += w;
                later += i * w;
                w *= ratio;
            }
            PAIR(so_far + l) = w;
            PAIR(out->lost + l) += s->touches[r] * s->h[r] - h * sum;
            PAIR(out->h[r] + l) = h;
            PAIR(out->w[r] + l) = sum;
            PAIR(out->later[r] + l) = later;
        }
    }
}

static void go_back(const struct stretches *s, struct removals *out)
{
    ALIGNED double after[LANES], kept[LANES], both[LANES], whole[LANES];
    for (size_t l = 0; l <= s->n + 1; l++) after[l] = kept[l] = both[l] = 0;
    for (size_t r = s->n; r-- > 0;) {
        double h = s->h[r], touches = s->touches[r];
        for (size_t l = 0; l <= r + 1; l += 2) {
            pair h1 = PAIR(out->h[r] + l), w = PAIR(out->w[r] + l), T = PAIR(after + l);
            pair ahead = touches * T + h1 * PAIR(out->later[r] + l);
            pair by = touches * h * (1 - h) - h * ahead;
            PAIR(kept + l) += by;
            PAIR(both + l) += by + h1 * ahead - h1 * (1 - h1) * w;
            PAIR(after + l) = T + h1 * w;
            PAIR(out->slope[r] + l) = PAIR(both + l);
        }
        out->slope[r][0] = kept[0];
        out->slope[r][r + 1] = kept[r + 1];
        whole[r + 1] = both[r + 1]; /* the lane has come to its beginning */
        for (size_t l = r + 2; l <= s->n; l++) out->slope[r][l] = whole[l];
    }
    whole[0] = both[0];
    for (size_t l = 0; l <= s->n; l++) out->slope[s->n][l] = whole[l];
}

/* ---- sums over all paths, in shares that are the same for any number of threads -------------- */

#define SHARES 64
#define THREADS 16

/* Sums over journeys of one share of the paths: what each removal takes away (lost), and how a
 * journey pulls at b (score). */
struct share {
    double *lost, *lost_squared;  /* [K + 1] */
    double *slope;                /* [K + 1][K + 1] d lost_k / d b */
    double *lost_score, *squares; /* [K + 1][K + 1] lost_k score_j, score_i score_j */
};

struct job {
    const struct fit *fit;
    struct share share[SHARES];
    atomic_size_t next;
};

static void add_path(const struct fit *f, const struct mkt_path *path, const uint32_t *step,
                     struct share *s)
{
    struct stretches part_of;
    struct removals removal;
    double score[MOST + 1], half[MOST + 1]; /* without a conversion; half of lost_score */
    size_t place[MOST + 1];
    double converted = (double)path->counts.conversions, nulls = (double)path->counts.nulls;
    double journeys = converted + nulls, sum = 0;
    if (journeys <= 0) return;
    part(f, step, path->steps, &part_of);
    size_t n = part_of.n;
    go_forward(f, &part_of, &removal);
    go_back(&part_of, &removal);
    for (size_t r = n; r-- > 0;) {
        score[r] = sum -= part_of.touches[r] * part_of.h[r];
        place[r] = part_of.channel[r];
    }
    score[n] = sum;
    place[n] = f->K;
    for (size_t j = 0; j <= n; j++) half[j] = converted + journeys * score[j];
    for (size_t i = 0; i <= n; i++) {
        size_t at = place[i] * (f->K + 1), lane = i < n ? i + 1 : 0;
        double lost = removal.lost[lane];
        double with = converted * (1 + score[i]), without = nulls * score[i];
        s->lost[place[i]] += journeys * lost;
        s->lost_squared[place[i]] += journeys * lost * lost;
        double *slope = s->slope + at, *lost_score = s->lost_score + at, *squares = s->squares + at;
        for (size_t j = 0; j <= n; j++) {
            size_t k = place[j];
            slope[k] += journeys * removal.slope[j][lane];
            lost_score[k] += lost * half[j];
            squares[k] += with * (1 + score[j]) + without * score[j];
        }
    }
}

static void *sum_shares(void *user)
{
    struct job *job = user;
    const struct mkt_paths *p = job->fit->paths;
    for (size_t i; (i = atomic_fetch_add(&job->next, 1)) < SHARES;)
        for (size_t k = p->paths * i / SHARES; k < p->paths * (i + 1) / SHARES; k++)
            add_path(job->fit, &p->path[k], mkt_paths_steps(p, &p->path[k]), &job->share[i]);
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

/* The first share gets the sums of all. */
static mkt_status sum_paths(struct mkt_arena *arena, const struct fit *f, int threads,
                            struct share *out, struct mkt_err *err)
{
    size_t n = f->K + 1, size = n * (3 * n + 2);
    struct job *job = MKT_NEW(arena, struct job, 1);
    double *room = MKT_NEW(arena, double, SHARES *size);
    if (!job || !room) return mkt_arena_full(arena, err);
    job->fit = f;
    for (size_t i = 0; i < SHARES; i++) {
        double *at = room + i * size, *square = at + 2 * n;
        job->share[i] = (struct share){at, at + n, square, square + n * n, square + 2 * n * n};
    }
    run_threads(job, threads);
    for (size_t i = 1; i < SHARES; i++) mkt_dense_add(1, room + i * size, room, size);
    *out = job->share[0];
    return MKT_OK;
}

static double quadratic(const double *x, const double *m, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * mkt_dense_dot(m + i * n, x, n);
    return sum;
}

/* Each removal, and the sum over journeys of what one more would change, squared. */
static mkt_status remove_each(struct mkt_arena *arena, const struct fit *f, int threads,
                              struct mkt_incremental *out, struct mkt_err *err)
{
    size_t n = f->K + 1;
    struct share s = {0};
    MKT_TRY(sum_paths(arena, f, threads, &s, err));
    double *pull = MKT_NEW(arena, double, n);
    if (!pull) return mkt_arena_full(arena, err);
    for (size_t k = 0; k < n; k++) {
        memset(pull, 0, n * sizeof *pull);
        for (size_t j = 0; j < n; j++)
            mkt_dense_add(s.slope[k * n + j], f->inverse + j * n, pull, n);
        double square = s.lost_squared[k] + 2 * mkt_dense_dot(pull, s.lost_score + k * n, n) +
                        quadratic(pull, s.squares, n);
        out->conversions[k] = s.lost[k];
        out->spread[k] = sqrt(fmax(0, square));
        out->effect_spread[k] = sqrt(fmax(0, quadratic(f->inverse + k * n, s.squares, n)));
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
    struct mkt_moments_table table;
    struct fit f = {.paths = paths, .K = K, .penalty = penalty, .b = out->effect};
    f.inverse = MKT_NEW(arena, double, n *n);
    double *room = MKT_NEW(arena, double, 3 * n);
    mkt_status status = MKT_OK;
    if (!f.inverse || !room) status = mkt_arena_full(arena, err);
    if (status == MKT_OK) status = mkt_moments_count(arena, paths, threads, &table, err);
    if (status == MKT_OK) {
        double times = 0;
        for (size_t i = 0; i < table.rows; i++) times += table.row[i].times;
        double rate = (double)paths->total.conversions / times;
        out->effect[K] = log(rate / (1 - rate));
        if (!maximise(&f, &table, room, &out->steps))
            status =
                mkt_err_set(err, MKT_E_INTERNAL, "the hazard of converting could not be fitted");
    }
    if (status == MKT_OK) status = tabulate_odds(arena, &f, err);
    if (status == MKT_OK) status = remove_each(arena, &f, threads, out, err);
    mkt_arena_release(arena, mark);
    return status;
}
