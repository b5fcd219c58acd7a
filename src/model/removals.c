#include "model/removals.h"

#include <assert.h>
#include <math.h>

#include "base/tasks.h"
#include "model/moments.h"
#include "model/removals_group.h"
#include "num/dense.h"

#define SHARES 64    /* of the paths: the same for any number of threads */
#define ENOUGH 65536 /* paths that convert, and as many that never do, tell the spread */

/* ---- the hazard ------------------------------------------------------------------------------- */

/* A stage counts as a channel met at its touch, but stays when all channels are taken away. */
struct hazard {
    size_t K, channels; /* channels and stages; channels alone */
    const double *b;
    double *odds;  /* [K + 2] exp(b_k); of not converting where nothing was met; 1 */
    double *known; /* [2^channels] odds of not converting by what was met, where they are few */
    double
        later[MKT_MOMENTS_STAGES + 1]; /* what multiplies them, by the number of stages entered */
};

static double odds_of(const struct hazard *f, uint64_t met)
{
    double x = f->b[f->K];
    for (; met; met &= met - 1) x += f->b[__builtin_ctzll(met)];
    return exp(-x);
}

static mkt_status tabulate(struct mkt_arena *arena, struct hazard *f, struct mkt_err *err)
{
    if (!(f->odds = MKT_NEW(arena, double, f->K + 2))) return mkt_arena_full(arena, err);
    for (size_t k = 0; k < f->K; k++) f->odds[k] = exp(f->b[k]);
    f->odds[f->K] = exp(-f->b[f->K]);
    f->odds[f->K + 1] = 1;
    f->later[0] = 1;
    for (size_t k = f->channels; k < f->K; k++)
        f->later[k - f->channels + 1] = f->later[k - f->channels] / f->odds[k];
    if (f->channels > MKT_MOMENTS_FEW) return MKT_OK;
    size_t sets = (size_t)1 << f->channels;
    if (!(f->known = MKT_NEW(arena, double, sets))) return mkt_arena_full(arena, err);
    for (uint64_t met = 0; met < sets; met++) f->known[met] = odds_of(f, met);
    return MKT_OK;
}

/* ---- paths ------------------------------------------------------------------------------------- */

struct job {
    struct hazard hazard;
    const struct mkt_paths *paths;
    mkt_removals_group_fn *work_out;
    size_t every[2]; /* how many paths one is chosen of: that never convert, that do */
    struct mkt_removals_room worker[MKT_TASKS_THREADS];
    struct mkt_removals_share share[SHARES];
};

/* Fills the empty places and adds up. */
static void close_group(const struct job *job, size_t n, bool chosen, struct mkt_removals_room *k,
                        struct mkt_removals_share *out)
{
    struct mkt_removals_group *group = &k->group[chosen][n];
    if (!group->paths) return;
    for (size_t p = group->paths; p < MKT_REMOVALS_SIDE; p++) {
        group->converted[p] = group->nulls[p] = group->weight[p] = 0;
        for (size_t r = 0; r < n; r++) {
            struct mkt_removals_stretch *s = &group->stretch[r];
            s->touches[p] = s->touches[0];
            s->against[p] = s->against[0];
            s->bare[p] = s->bare[0];
            s->without[p] = s->without[0];
            s->channel[p] = s->channel[0];
            s->stage[p] = s->stage[0];
        }
    }
    job->work_out(job->hazard.K, group, n, chosen, k, out);
    group->paths = 0;
}

/* The path's stretches: which channel and stage begin each, what had been met by then, how many
 * touches. Returns their number. Without a branch for channels: whether one is new cannot be
 * foretold. */
static size_t part(const struct hazard *f, const uint32_t *step, size_t steps,
                   struct mkt_removals_room *k)
{
    uint64_t so_far = 0;
    const uint32_t none = (uint32_t)f->K + 1;
    size_t n = 0, stage = f->channels, next = f->channels < f->K ? mkt_moments_stage[0] : 0;
    for (size_t t = 0; t < steps; t++) {
        bool fresh = ~so_far >> step[t] & 1, later = t + 1 == next;
        k->channel[n] = fresh ? step[t] : none;
        k->stage[n] = later ? (uint32_t)stage : none;
        k->touches[n] = 0;
        if (later) {
            so_far |= UINT64_C(1) << stage++;
            next = stage < f->K ? mkt_moments_stage[stage - f->channels] : 0;
        }
        n += fresh | later;
        so_far |= UINT64_C(1) << step[t];
        k->touches[n - 1]++;
        k->met[n - 1] = so_far;
    }
    return n;
}

static void add_path(const struct job *job, size_t index, struct mkt_removals_room *k,
                     struct mkt_removals_share *out)
{
    const struct mkt_path *path = &job->paths->path[index];
    const struct hazard *f = &job->hazard;
    if (path->counts.conversions + path->counts.nulls <= 0) return;
    const uint64_t sets = (UINT64_C(1) << f->channels) - 1;
    size_t n = part(f, mkt_paths_steps(job->paths, path), path->steps, k);
    size_t every = job->every[path->counts.conversions > 0];
    bool chosen = index % every == 0; /* paths are in the order of their hashes: by chance */
    struct mkt_removals_group *group = &k->group[chosen][n];
    size_t p = group->paths++;
    group->weight[p] = (double)every;
    group->converted[p] = (double)path->counts.conversions;
    group->nulls[p] = (double)path->counts.nulls;
    for (size_t r = 0, stages = 0; r < n; r++) {
        struct mkt_removals_stretch *s = &group->stretch[r];
        bool staged = k->stage[r] < f->K;
        double later = f->later[stages += staged];
        s->touches[p] = k->touches[r];
        s->against[p] = f->known ? f->known[k->met[r] & sets] * later : odds_of(f, k->met[r]);
        s->bare[p] = f->odds[f->K] * later;
        s->without[p] = f->odds[k->channel[r]];
        s->channel[p] = k->channel[r];
        s->stage[p] = k->stage[r];
        s->staged = (p && s->staged) | staged;
        s->most = p && s->most > k->touches[r] ? s->most : k->touches[r];
    }
    if (p + 1 == MKT_REMOVALS_SIDE) close_group(job, n, chosen, k, out);
}

static void add_share(void *user, size_t worker, size_t index)
{
    struct job *job = user;
    const struct mkt_paths *p = job->paths;
    struct mkt_removals_room *k = &job->worker[worker];
    struct mkt_removals_share *out = &job->share[index];
    for (size_t i = p->paths * index / SHARES; i < p->paths * (index + 1) / SHARES; i++)
        add_path(job, i, k, out);
    for (size_t n = 1; n <= job->hazard.K; n++)
        for (int chosen = 0; chosen < 2; chosen++) close_group(job, n, chosen, k, out);
}

/* Room for `count` of what holds vectors; arenas align to less. */
static void *new_vectors(struct mkt_arena *arena, size_t count, size_t size)
{
    const size_t align = sizeof(mkt_removals_number);
    uintptr_t p = (uintptr_t)mkt_arena_alloc(arena, 1, count * size + align);
    return p ? (void *)((p + align - 1) / align * align) : NULL;
}

static mkt_status open_worker(struct mkt_arena *arena, size_t K, struct mkt_removals_room *k,
                              struct mkt_err *err)
{
    for (int i = 0; i < 2; i++)
        if (!(k->group[i] = new_vectors(arena, K + 1, sizeof *k->group[i])))
            return mkt_arena_full(arena, err);
    k->lane = new_vectors(arena, K * (K + 1), sizeof *k->lane);
    k->h = new_vectors(arena, 8 * (K + 1), sizeof *k->h);
    if (!k->lane || !k->h) return mkt_arena_full(arena, err);
    k->score = k->h + K + 1;
    k->lost = k->score + K + 1;
    k->whole = k->lost + K + 1;
    k->bare = k->whole + K + 1;
    k->sum = k->bare + K + 1;
    for (size_t n = 1; n <= K; n++)
        for (int i = 0; i < 2; i++)
            if (!(k->group[i][n].stretch =
                      new_vectors(arena, n, sizeof(struct mkt_removals_stretch))))
                return mkt_arena_full(arena, err);
    return MKT_OK;
}

static mkt_status open_share(struct mkt_arena *arena, size_t n, struct mkt_removals_share *s,
                             struct mkt_err *err)
{
    *s = (struct mkt_removals_share){
        MKT_NEW(arena, double, n + 1), MKT_NEW(arena, double, n + 1),
        new_vectors(arena, (n + 1) * (n + 1), sizeof(mkt_removals_quad))};
    return s->lost && s->lost_squared && s->cell ? MKT_OK : mkt_arena_full(arena, err);
}

/* Adds all shares to the first, and lays it out. */
static void lay_out(const struct job *job, size_t n, struct mkt_removals *out)
{
    for (size_t s = 0; s < SHARES; s++) {
        const struct mkt_removals_share *share = &job->share[s];
        mkt_dense_add(1, share->lost, out->lost, n);
        mkt_dense_add(1, share->lost_squared, out->lost_squared, n);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                const mkt_removals_quad *cell = &share->cell[i * (n + 1) + j];
                out->slope[i * n + j] += (*cell)[MKT_REMOVALS_SLOPE];
                out->lost_score[i * n + j] += (*cell)[MKT_REMOVALS_LOST_SCORE];
                out->squares[i * n + j] += (*cell)[MKT_REMOVALS_SQUARES];
            }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            out->squares[i * n + j] = out->squares[j * n + i] += out->squares[i * n + j];
}

/* One in how many paths that never convert, and that do, is enough. */
static void choose(const struct mkt_paths *paths, size_t every[2])
{
    size_t converting = paths->extent.converting;
    every[0] = 1 + (paths->paths - converting) / ENOUGH;
    every[1] = 1 + converting / ENOUGH;
}

mkt_status mkt_removals_sum(struct mkt_arena *arena, const struct mkt_paths *paths, size_t stages,
                            const double *b, int threads, struct mkt_removals *out,
                            struct mkt_err *err)
{
    size_t K = paths->channel.count + stages, n = K + 1, used = mkt_tasks_threads(threads);
    assert(K <= MKT_REMOVALS_COLUMNS && stages <= MKT_MOMENTS_STAGES);
    *out = (struct mkt_removals){MKT_NEW(arena, double, n), MKT_NEW(arena, double, n),
                                 MKT_NEW(arena, double, n *n), MKT_NEW(arena, double, n *n),
                                 MKT_NEW(arena, double, n *n)};
    struct job *job = MKT_NEW(arena, struct job, 1);
    if (!out->lost || !out->lost_squared || !out->slope || !out->lost_score || !out->squares ||
        !job)
        return mkt_arena_full(arena, err);
    job->hazard = (struct hazard){.K = K, .channels = paths->channel.count, .b = b};
    job->paths = paths;
    job->work_out = mkt_removals_group_fastest();
    choose(paths, job->every);
    MKT_TRY(tabulate(arena, &job->hazard, err));
    for (size_t i = 0; i < used; i++) MKT_TRY(open_worker(arena, K, &job->worker[i], err));
    for (size_t i = 0; i < SHARES; i++) MKT_TRY(open_share(arena, n, &job->share[i], err));
    mkt_tasks_run(used, SHARES, add_share, job);
    lay_out(job, n, out);
    return MKT_OK;
}
