#include "model/removals.h"

#include <assert.h>
#include <math.h>

#include "base/tasks.h"
#include "model/moments.h"
#include "num/dense.h"

#define SHARES 64 /* of the paths: the same for any number of threads */
#define SIDE 8    /* paths side by side */
#define HALF 4    /* of them, whose sums are added up together */

/* One number of each of these paths. */
typedef double number[SIDE] __attribute__((aligned(SIDE * sizeof(double))));

/* What is summed for one cell, or one number of HALF paths. */
typedef double quad __attribute__((vector_size(HALF * sizeof(double)), may_alias));

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

/* ---- eight paths side by side ----------------------------------------------------------------- */

/* The touches during which the same channels had been met: from the first one of a channel to the
 * first one of the next. */
struct stretch {
    number touches;
    number against; /* odds of not converting at each of them */
    number without; /* what these are multiplied by when the channel that begins it is taken away */
    uint32_t channel[SIDE];
    double most; /* touches, of any of them */
};

/* Paths of as many stretches; a place that is empty repeats the first path, with no journeys. */
struct group {
    number converted, nulls; /* journeys */
    size_t paths;
    struct stretch *stretch; /* [their number] */
};

/* What a stretch comes to when something is taken away. */
struct lane {
    number h;     /* hazard of converting at a touch */
    number w;     /* product of (1 - h') / (1 - h) before a touch, summed over the touches */
    number later; /* the same, each as often as touches come before it in the stretch */
    number slope; /* of the conversions lost, by the b of the channel that begins the stretch */
};

/* One thread's room. A removal has a number: 0 takes all channels away, r + 1 the one that begins
 * stretch r; before that nothing is different. */
struct worker {
    struct group *group; /* [K + 1] gathered so far, by the number of stretches */
    struct lane *lane;   /* [stretches][stretches + 1] */
    number *h, *score; /* [K + 1] of stretches: hazard, and score of a journey without conversion */
    number *lost;      /* [K + 1] of removals: conversions */
    number *whole;     /* [K + 1] of removals: slope by b_0 */
    number *sum;       /* [3][K + 1] */
    uint64_t met[MKT_REMOVALS_CHANNELS + 1]; /* one path's stretches: see part */
    uint32_t channel[MKT_REMOVALS_CHANNELS + 1], touches[MKT_REMOVALS_CHANNELS + 1];
};

#define INLINE static inline __attribute__((always_inline))

#define LANES 4
#define NAME(x) x##_of_4
#include "model/removals_lanes.h"
#define LANES 8
#define NAME(x) x##_of_8
#include "model/removals_lanes.h"

/* ---- sums ------------------------------------------------------------------------------------- */

/* What is summed by two b, or by a removal and a b: the numbers of one cell. The squares of a pair of
 * b stand in one of its two cells, whichever comes first in a path. */
enum { SLOPE, LOST_SCORE, SQUARES };

struct share {
    double *lost, *lost_squared; /* [K + 1] */
    quad *cell;                  /* [K + 1][K + 1] */
};

#define OF(x) (*(const quad *)((x) + first))

/* Adds what half of a group comes to.   cell  [K + 1][K + 1] */
INLINE void add_up(const struct hazard *f, const struct group *group, size_t n, struct worker *k,
                   size_t first, struct share *out)
{
    const struct stretch *s = group->stretch;
    const quad converted = OF(group->converted), nulls = OF(group->nulls);
    const quad journeys = converted + nulls, none = {0};
    quad sum = {0};
    uint32_t last[HALF] = {(uint32_t)f->K, (uint32_t)f->K, (uint32_t)f->K, (uint32_t)f->K};
    for (size_t r = n; r-- > 0;)
        *(quad *)(k->score[r] + first) = sum -= OF(s[r].touches) * OF(k->h[r]);
    *(quad *)(k->score[n] + first) = sum;
    for (size_t i = 0; i <= n; i++) {
        size_t removal = i < n ? i + 1 : 0;
        quad lost = OF(k->lost[removal]), square = journeys * lost * lost;
        quad with = converted * (1 + OF(k->score[i])), without = nulls * OF(k->score[i]);
        quad *row[HALF];
        for (size_t p = 0; p < HALF; p++) {
            size_t place = i < n ? s[i].channel[first + p] : f->K;
            row[p] = out->cell + place * (f->K + 1);
            out->lost[place] += journeys[p] * lost[p];
            out->lost_squared[place] += square[p];
        }
        for (size_t j = 0; j <= n; j++) {
            quad score = OF(k->score[j]);
            quad slope =
                journeys * OF(j < n ? k->lane[j * (n + 1) + removal].slope : k->whole[removal]);
            quad lost_score = lost * (converted + journeys * score);
            quad squares = {0};
            if (j >= i) squares = with * (1 + score) + without * score;
            /* the numbers of a path side by side, as a cell has them */
            const uint32_t *column = j < n ? s[j].channel + first : last;
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

INLINE void by_halves(const struct hazard *f, struct group *group, size_t n, struct worker *k,
                      struct share *out)
{
    for (size_t first = 0; first < SIDE; first += HALF) {
        go_forward_of_4(f, group->stretch, n, k, first);
        go_back_of_4(group->stretch, n, k, first);
        add_up(f, group, n, k, first, out);
    }
}

INLINE void at_once(const struct hazard *f, struct group *group, size_t n, struct worker *k,
                    struct share *out)
{
    go_forward_of_8(f, group->stretch, n, k, 0);
    go_back_of_8(group->stretch, n, k, 0);
    for (size_t first = 0; first < SIDE; first += HALF) add_up(f, group, n, k, first, out);
}

typedef void work_out_fn(const struct hazard *f, struct group *group, size_t n, struct worker *k,
                         struct share *out);

static void work_out_plain(const struct hazard *f, struct group *group, size_t n, struct worker *k,
                           struct share *out)
{
    by_halves(f, group, n, k, out);
}

/* The same operations on each number, in as many instructions less: the same bits, sooner. */
#ifdef __x86_64__
__attribute__((target("avx2"))) static void work_out_wide(const struct hazard *f,
                                                          struct group *group, size_t n,
                                                          struct worker *k, struct share *out)
{
    by_halves(f, group, n, k, out);
}

__attribute__((target("avx512f,avx512dq,avx512vl"))) static void work_out_widest(
    const struct hazard *f, struct group *group, size_t n, struct worker *k, struct share *out)
{
    at_once(f, group, n, k, out);
}

static work_out_fn *fastest(void)
{
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return work_out_widest;
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
static void close_group(const struct job *job, size_t n, struct worker *k, struct share *out)
{
    struct group *group = &k->group[n];
    if (!group->paths) return;
    for (size_t p = group->paths; p < SIDE; p++) {
        group->converted[p] = group->nulls[p] = 0;
        for (size_t r = 0; r < n; r++) {
            struct stretch *s = &group->stretch[r];
            s->touches[p] = s->touches[0];
            s->against[p] = s->against[0];
            s->without[p] = s->without[0];
            s->channel[p] = s->channel[0];
        }
    }
    job->work_out(&job->hazard, group, n, k, out);
    group->paths = 0;
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
    struct group *group = &k->group[n];
    size_t p = group->paths++;
    group->converted[p] = (double)path->counts.conversions;
    group->nulls[p] = (double)path->counts.nulls;
    for (size_t r = 0; r < n; r++) {
        struct stretch *s = &group->stretch[r];
        s->touches[p] = k->touches[r];
        s->against[p] = f->known ? f->known[k->met[r]] : odds_of(f, k->met[r]);
        s->without[p] = f->odds[k->channel[r]];
        s->channel[p] = k->channel[r];
        s->most = p && s->most > k->touches[r] ? s->most : k->touches[r];
    }
    if (p + 1 == SIDE) close_group(job, n, k, out);
}

static void add_share(void *user, size_t worker, size_t index)
{
    struct job *job = user;
    const struct mkt_paths *p = job->paths;
    struct worker *k = &job->worker[worker];
    struct share *out = &job->share[index];
    for (size_t i = p->paths * index / SHARES; i < p->paths * (index + 1) / SHARES; i++)
        add_path(job, &p->path[i], k, out);
    for (size_t n = 1; n <= job->hazard.K; n++) close_group(job, n, k, out);
}

/* Room for `count` of what holds vectors; arenas align to less. */
static void *new_vectors(struct mkt_arena *arena, size_t count, size_t size)
{
    const size_t align = sizeof(number);
    uintptr_t p = (uintptr_t)mkt_arena_alloc(arena, 1, count * size + align);
    return p ? (void *)((p + align - 1) / align * align) : NULL;
}

static mkt_status open_worker(struct mkt_arena *arena, size_t K, struct worker *k,
                              struct mkt_err *err)
{
    k->group = new_vectors(arena, K + 1, sizeof *k->group);
    k->lane = new_vectors(arena, K * (K + 1), sizeof *k->lane);
    k->h = new_vectors(arena, 7 * (K + 1), sizeof *k->h);
    if (!k->group || !k->lane || !k->h) return mkt_arena_full(arena, err);
    k->score = k->h + K + 1;
    k->lost = k->score + K + 1;
    k->whole = k->lost + K + 1;
    k->sum = k->whole + K + 1;
    for (size_t n = 1; n <= K; n++)
        if (!(k->group[n].stretch = new_vectors(arena, n, sizeof(struct stretch))))
            return mkt_arena_full(arena, err);
    return MKT_OK;
}

static mkt_status open_share(struct mkt_arena *arena, size_t n, struct share *s,
                             struct mkt_err *err)
{
    *s = (struct share){MKT_NEW(arena, double, n), MKT_NEW(arena, double, n),
                        new_vectors(arena, n * n, sizeof(quad))};
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
