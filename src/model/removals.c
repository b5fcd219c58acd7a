#include "model/removals.h"

#include <assert.h>
#include <math.h>

#include "base/tasks.h"
#include "model/moments.h"
#include "num/dense.h"

#define SHARES 64 /* of the paths: the same for any number of threads */
#define SIDE 4    /* paths side by side */

/* One number of each of four paths. */
typedef double quad __attribute__((vector_size(SIDE * sizeof(double))));
typedef int64_t mask __attribute__((vector_size(SIDE * sizeof(double))));

/* ---- the hazard ------------------------------------------------------------------------------- */

struct hazard {
    size_t K;
    const double *b;
    double *odds;  /* [K + 1] exp(b_k); last: of not converting where nothing was met */
    double *known; /* [2^K] odds of not converting by what was met, where channels are few */
};

static double odds_of(const struct hazard *f, uint64_t met)
{
    double x = f->b[f->K];
    for (; met; met &= met - 1) x += f->b[__builtin_ctzll(met)];
    return exp(-x);
}

static mkt_status tabulate(struct mkt_arena *arena, struct hazard *f, struct mkt_err *err)
{
    if (!(f->odds = MKT_NEW(arena, double, f->K + 1))) return mkt_arena_full(arena, err);
    for (size_t k = 0; k < f->K; k++) f->odds[k] = exp(f->b[k]);
    f->odds[f->K] = exp(-f->b[f->K]);
    if (f->K > MKT_MOMENTS_FEW) return MKT_OK;
    if (!(f->known = MKT_NEW(arena, double, (size_t)1 << f->K))) return mkt_arena_full(arena, err);
    for (uint64_t met = 0; met < UINT64_C(1) << f->K; met++) f->known[met] = odds_of(f, met);
    return MKT_OK;
}

/* ---- four paths side by side ------------------------------------------------------------------ */

/* The touches during which the same channels had been met: from the first one of a channel to the
 * first one of the next. */
struct stretch {
    quad touches;
    quad against; /* odds of not converting at each of them */
    quad without; /* what these are multiplied by when the channel that begins it is taken away */
    uint32_t channel[SIDE];
    double most; /* touches, of any of the four */
};

/* Four paths of as many stretches; a place that is empty repeats the first path, with no journeys. */
struct four {
    quad converted, nulls; /* journeys */
    size_t paths;
    struct stretch *stretch; /* [their number] */
};

/* What a stretch comes to when something is taken away. */
struct lane {
    quad h;     /* hazard of converting at a touch */
    quad w;     /* product of (1 - h') / (1 - h) before a touch, summed over the touches */
    quad later; /* the same, each as often as touches come before it in the stretch */
    quad slope; /* of the conversions lost, by the b of the channel that begins the stretch */
};

/* One thread's room. A removal has a number: 0 takes all channels away, r + 1 the one that begins
 * stretch r; before that nothing is different. */
struct worker {
    struct four *four; /* [K + 1] gathered so far, by the number of stretches */
    struct lane *lane; /* [stretches][stretches + 1] */
    quad *h, *score;   /* [K + 1] of stretches: hazard, and score of a journey without conversion */
    quad *lost;        /* [K + 1] of removals: conversions */
    quad *whole;       /* [K + 1] of removals: slope by b_0 */
    quad *sum;         /* [3][K + 1] */
    uint64_t met[MKT_REMOVALS_CHANNELS + 1]; /* one path's stretches: see part */
    uint32_t channel[MKT_REMOVALS_CHANNELS + 1], touches[MKT_REMOVALS_CHANNELS + 1];
};

#define INLINE static inline __attribute__((always_inline))

/* What each removal takes away of the conversions of a journey. */
INLINE void go_forward(const struct hazard *f, const struct stretch *s, size_t n, struct worker *k)
{
    quad *so_far = k->sum;
    so_far[0] = (quad){1, 1, 1, 1};
    k->lost[0] = (quad){0};
    for (size_t r = 0; r < n; r++) {
        quad h = k->h[r] = 1 / (1 + s[r].against), back = 1 + 1 / s[r].against;
        so_far[r + 1] = (quad){1, 1, 1, 1};
        k->lost[r + 1] = (quad){0};
        for (size_t l = 0; l <= r + 1; l++) {
            quad against = l ? s[r].against * s[l - 1].without : f->odds[f->K] + (quad){0};
            quad w = so_far[l], without = 1 / (1 + against), ratio = against * without * back;
            quad sum = w, later = {0};
            w *= ratio;
            for (double i = 1; i < s[r].most; i++) { /* a second touch in a row is rare */
                mask there = s[r].touches > i;
                quad more = (quad)((mask)w & there);
                sum += more;
                later += i * more;
                w = (quad)(((mask)(w * ratio) & there) | ((mask)w & ~there));
            }
            so_far[l] = w;
            k->lost[l] += s[r].touches * h - without * sum;
            k->lane[r * (n + 1) + l] = (struct lane){.h = without, .w = sum, .later = later};
        }
    }
}

/* How that grows with b.
 *
 * With w the product of (1 - h') / (1 - h) so far and T the sum of h' w over later touches, the slope
 * by the score of a touch is h (1 - h) - T h, by that without the removed T h' - w h' (1 - h'). A
 * channel takes part from its first touch on, so it gets the sums from there. */
INLINE void go_back(const struct stretch *s, size_t n, struct worker *k)
{
    quad *after = k->sum, *kept = after + n + 1, *both = kept + n + 1;
    for (size_t l = 0; l < 3 * (n + 1); l++) k->sum[l] = (quad){0};
    for (size_t r = n; r-- > 0;) {
        quad h = k->h[r], touches = s[r].touches;
        struct lane *lane = k->lane + r * (n + 1);
        for (size_t l = 0; l <= r + 1; l++) {
            quad h1 = lane[l].h, w = lane[l].w, later = after[l];
            quad ahead = touches * later + h1 * lane[l].later;
            quad by = touches * h * (1 - h) - h * ahead;
            kept[l] += by;
            both[l] += by + h1 * ahead - h1 * (1 - h1) * w;
            after[l] = later + h1 * w;
            lane[l].slope = both[l];
        }
        lane[0].slope = kept[0];
        lane[r + 1].slope = kept[r + 1];
        k->whole[r + 1] = both[r + 1]; /* the removal has come to its beginning */
        for (size_t l = r + 2; l <= n; l++) lane[l].slope = k->whole[l];
    }
    k->whole[0] = both[0];
}

/* ---- sums ------------------------------------------------------------------------------------- */

/* What is summed by two b, or by a removal and a b: the numbers of one cell. The squares of a pair of
 * b stand in one of its two cells, whichever comes first in a path. */
enum { SLOPE, LOST_SCORE, SQUARES };

struct share {
    double *lost, *lost_squared; /* [K + 1] */
    quad *cell;                  /* [K + 1][K + 1] */
};

/* Adds what four paths come to.   cell  [K + 1][K + 1] */
INLINE void add_up(const struct hazard *f, const struct four *four, size_t n,
                   const struct worker *k, struct share *out)
{
    const struct stretch *s = four->stretch;
    const quad converted = four->converted, nulls = four->nulls, journeys = converted + nulls;
    quad sum = {0}, none = {0};
    uint32_t last[SIDE] = {(uint32_t)f->K, (uint32_t)f->K, (uint32_t)f->K, (uint32_t)f->K};
    for (size_t r = n; r-- > 0;) k->score[r] = sum -= s[r].touches * k->h[r];
    k->score[n] = sum;
    for (size_t i = 0; i <= n; i++) {
        size_t removal = i < n ? i + 1 : 0;
        quad lost = k->lost[removal], square = journeys * lost * lost;
        quad with = converted * (1 + k->score[i]), without = nulls * k->score[i];
        quad *row[SIDE];
        for (size_t p = 0; p < SIDE; p++) {
            size_t place = i < n ? s[i].channel[p] : f->K;
            row[p] = out->cell + place * (f->K + 1);
            out->lost[place] += journeys[p] * lost[p];
            out->lost_squared[place] += square[p];
        }
        for (size_t j = 0; j <= n; j++) {
            quad score = k->score[j];
            quad slope =
                journeys * (j < n ? k->lane[j * (n + 1) + removal].slope : k->whole[removal]);
            quad lost_score = lost * (converted + journeys * score);
            quad squares = {0};
            if (j >= i) squares = with * (1 + score) + without * score;
            /* the numbers of a path side by side, as a cell has them */
            const uint32_t *column = j < n ? s[j].channel : last;
            quad even = __builtin_shufflevector(slope, lost_score, 0, 4, 2, 6);
            quad odd = __builtin_shufflevector(slope, lost_score, 1, 5, 3, 7);
            quad even_rest = __builtin_shufflevector(squares, none, 0, 4, 2, 6);
            quad odd_rest = __builtin_shufflevector(squares, none, 1, 5, 3, 7);
            row[0][column[0]] += __builtin_shufflevector(even, even_rest, 0, 1, 4, 5);
            row[1][column[1]] += __builtin_shufflevector(odd, odd_rest, 0, 1, 4, 5);
            row[2][column[2]] += __builtin_shufflevector(even, even_rest, 2, 3, 6, 7);
            row[3][column[3]] += __builtin_shufflevector(odd, odd_rest, 2, 3, 6, 7);
        }
    }
}

INLINE void work_out(const struct hazard *f, struct four *four, size_t n, struct worker *k,
                     struct share *out)
{
    go_forward(f, four->stretch, n, k);
    go_back(four->stretch, n, k);
    add_up(f, four, n, k, out);
}

typedef void work_out_fn(const struct hazard *f, struct four *four, size_t n, struct worker *k,
                         struct share *out);

static void work_out_plain(const struct hazard *f, struct four *four, size_t n, struct worker *k,
                           struct share *out)
{
    work_out(f, four, n, k, out);
}

/* The same operations on each number, in as many instructions less: the same bits, sooner. */
#ifdef __x86_64__
__attribute__((target("avx2"))) static void work_out_wide(const struct hazard *f, struct four *four,
                                                          size_t n, struct worker *k,
                                                          struct share *out)
{
    work_out(f, four, n, k, out);
}

static work_out_fn *fastest(void)
{
    return __builtin_cpu_supports("avx2") ? work_out_wide : work_out_plain;
}
#else
static work_out_fn *fastest(void)
{
    return work_out_plain;
}
#endif

/* ---- paths ------------------------------------------------------------------------------------- */

struct job {
    struct hazard hazard;
    const struct mkt_paths *paths;
    work_out_fn *work_out;
    struct worker worker[MKT_TASKS_THREADS];
    struct share share[SHARES];
};

/* Fills the empty places and adds up. */
static void close_four(const struct job *job, size_t n, struct worker *k, struct share *out)
{
    struct four *four = &k->four[n];
    if (!four->paths) return;
    for (size_t p = four->paths; p < SIDE; p++) {
        four->converted[p] = four->nulls[p] = 0;
        for (size_t r = 0; r < n; r++) {
            struct stretch *s = &four->stretch[r];
            s->touches[p] = s->touches[0];
            s->against[p] = s->against[0];
            s->without[p] = s->without[0];
            s->channel[p] = s->channel[0];
        }
    }
    job->work_out(&job->hazard, four, n, k, out);
    four->paths = 0;
}

/* The path's stretches: which channel begins each, what had been met by then, how many touches.
 * Returns their number. Without a branch: whether a channel is new cannot be foretold. */
static size_t part(const uint32_t *step, size_t steps, uint32_t *channel, uint64_t *met,
                   uint32_t *touches)
{
    uint64_t so_far = 0;
    size_t n = 0;
    for (size_t t = 0; t < steps; t++) {
        channel[n] = step[t];
        touches[n] = 0;
        n += ~so_far >> step[t] & 1;
        so_far |= UINT64_C(1) << step[t];
        touches[n - 1]++;
        met[n - 1] = so_far;
    }
    return n;
}

static void add_path(const struct job *job, const struct mkt_path *path, struct worker *k,
                     struct share *out)
{
    const struct hazard *f = &job->hazard;
    if (path->counts.conversions + path->counts.nulls <= 0) return;
    size_t n = part(mkt_paths_steps(job->paths, path), path->steps, k->channel, k->met, k->touches);
    struct four *four = &k->four[n];
    size_t p = four->paths++;
    four->converted[p] = (double)path->counts.conversions;
    four->nulls[p] = (double)path->counts.nulls;
    for (size_t r = 0; r < n; r++) {
        struct stretch *s = &four->stretch[r];
        s->touches[p] = k->touches[r];
        s->against[p] = f->known ? f->known[k->met[r]] : odds_of(f, k->met[r]);
        s->without[p] = f->odds[k->channel[r]];
        s->channel[p] = k->channel[r];
        s->most = p && s->most > k->touches[r] ? s->most : k->touches[r];
    }
    if (p + 1 == SIDE) close_four(job, n, k, out);
}

static void add_share(void *user, size_t worker, size_t index)
{
    struct job *job = user;
    const struct mkt_paths *p = job->paths;
    struct worker *k = &job->worker[worker];
    struct share *out = &job->share[index];
    for (size_t i = p->paths * index / SHARES; i < p->paths * (index + 1) / SHARES; i++)
        add_path(job, &p->path[i], k, out);
    for (size_t n = 1; n <= job->hazard.K; n++) close_four(job, n, k, out);
}

/* Room for `count` of what holds quads; arenas align to less. */
static void *new_quads(struct mkt_arena *arena, size_t count, size_t size)
{
    uintptr_t p = (uintptr_t)mkt_arena_alloc(arena, 1, count * size + sizeof(quad));
    return p ? (void *)((p + sizeof(quad) - 1) / sizeof(quad) * sizeof(quad)) : NULL;
}

static mkt_status open_worker(struct mkt_arena *arena, size_t K, struct worker *k,
                              struct mkt_err *err)
{
    k->four = new_quads(arena, K + 1, sizeof *k->four);
    k->lane = new_quads(arena, K * (K + 1), sizeof *k->lane);
    k->h = new_quads(arena, 7 * (K + 1), sizeof *k->h);
    if (!k->four || !k->lane || !k->h) return mkt_arena_full(arena, err);
    k->score = k->h + K + 1;
    k->lost = k->score + K + 1;
    k->whole = k->lost + K + 1;
    k->sum = k->whole + K + 1;
    for (size_t n = 1; n <= K; n++)
        if (!(k->four[n].stretch = new_quads(arena, n, sizeof(struct stretch))))
            return mkt_arena_full(arena, err);
    return MKT_OK;
}

static mkt_status open_share(struct mkt_arena *arena, size_t n, struct share *s,
                             struct mkt_err *err)
{
    *s = (struct share){MKT_NEW(arena, double, n), MKT_NEW(arena, double, n),
                        new_quads(arena, n * n, sizeof(quad))};
    return s->lost && s->lost_squared && s->cell ? MKT_OK : mkt_arena_full(arena, err);
}

/* Adds all shares to the first, and lays it out. */
static void lay_out(const struct job *job, size_t n, struct mkt_removals *out)
{
    for (size_t s = 0; s < SHARES; s++) {
        const struct share *share = &job->share[s];
        mkt_dense_add(1, share->lost, out->lost, n);
        mkt_dense_add(1, share->lost_squared, out->lost_squared, n);
        for (size_t i = 0; i < n * n; i++) {
            out->slope[i] += share->cell[i][SLOPE];
            out->lost_score[i] += share->cell[i][LOST_SCORE];
            out->squares[i] += share->cell[i][SQUARES];
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            out->squares[i * n + j] = out->squares[j * n + i] += out->squares[i * n + j];
}

mkt_status mkt_removals_sum(struct mkt_arena *arena, const struct mkt_paths *paths, const double *b,
                            int threads, struct mkt_removals *out, struct mkt_err *err)
{
    size_t K = paths->channel.count, n = K + 1, used = mkt_tasks_threads(threads);
    assert(K <= MKT_REMOVALS_CHANNELS);
    *out = (struct mkt_removals){MKT_NEW(arena, double, n), MKT_NEW(arena, double, n),
                                 MKT_NEW(arena, double, n *n), MKT_NEW(arena, double, n *n),
                                 MKT_NEW(arena, double, n *n)};
    struct job *job = MKT_NEW(arena, struct job, 1);
    if (!out->lost || !out->lost_squared || !out->slope || !out->lost_score || !out->squares ||
        !job)
        return mkt_arena_full(arena, err);
    job->hazard = (struct hazard){.K = K, .b = b};
    job->paths = paths;
    job->work_out = fastest();
    MKT_TRY(tabulate(arena, &job->hazard, err));
    for (size_t i = 0; i < used; i++) MKT_TRY(open_worker(arena, K, &job->worker[i], err));
    for (size_t i = 0; i < SHARES; i++) MKT_TRY(open_share(arena, n, &job->share[i], err));
    mkt_tasks_run(used, SHARES, add_share, job);
    lay_out(job, n, out);
    return MKT_OK;
}
