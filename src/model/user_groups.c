#include "model/user_groups.h"

#include <string.h>

#include "base/tasks.h"
#include "num/random.h"

#define FEW 64                   /* journeys that are dealt one by one */
#define SHARES 8                 /* of the paths, each with sums of its own */
#define SLICE 16384              /* sums that a thread adds up at a time */
#define BYTES ((size_t)64 << 20) /* that all sums may take */

/* Room of one thread. */
struct room {
    int64_t *dealt; /* [groups] */
    struct mkt_credits_scratch scratch;
};

struct job {
    const struct mkt_paths *paths;
    uint64_t seed;
    struct mkt_credits share[SHARES];
    size_t shares, sums; /* sums: groups of them, as wide as the credits */
    struct room room[MKT_TASKS_THREADS];
};

/* How many of `journeys` fall to each group. */
static void deal(struct mkt_random *r, int64_t journeys, int64_t *out, size_t groups)
{
    memset(out, 0, groups * sizeof *out);
    if (journeys <= 4 * (int64_t)groups) {
        for (; journeys > 0; journeys--) out[mkt_random_below(r, (uint32_t)groups)]++;
        return;
    }
    for (size_t g = 0; g < groups; g++) {
        out[g] = mkt_random_binomial(r, journeys, 1 / (double)(groups - g));
        journeys -= out[g];
    }
}

/* Deals the journeys of one path that ended one way; `value` of each. */
static void deal_path(struct mkt_credits *credits, struct mkt_random *r, const uint32_t *step,
                      size_t steps, int64_t journeys, bool converted, double value, int64_t *dealt,
                      struct mkt_credits_scratch *scratch)
{
    size_t groups = credits->groups;
    bool few = journeys <= FEW;
    if (!few) deal(r, journeys, dealt, groups);
    for (int64_t i = 0; i < (few ? journeys : (int64_t)groups); i++) {
        size_t g = few ? mkt_random_below(r, (uint32_t)groups) : (size_t)i;
        double n = few ? 1 : (double)dealt[i];
        if (n > 0)
            mkt_credits_add(credits, g, step, NULL, steps, converted ? n : 0, value * n,
                            converted ? 0 : n, scratch);
    }
}

static void deal_share(void *user, size_t worker, size_t share)
{
    struct job *job = user;
    struct room *k = &job->room[worker];
    const struct mkt_paths *paths = job->paths;
    struct mkt_credits credits = job->share[share];
    size_t last = paths->paths * (share + 1) / job->shares;
    for (size_t i = paths->paths * share / job->shares; i < last; i++) {
        const struct mkt_path *path = &paths->path[i];
        const struct mkt_path_counts *n = &path->counts;
        const uint32_t *step = mkt_paths_steps(paths, path);
        struct mkt_random r;
        mkt_random_init(&r, job->seed, path->hash);
        double value = (double)n->value / MKT_MICRO;
        if (n->conversions)
            deal_path(&credits, &r, step, path->steps, n->conversions, true,
                      value / (double)n->conversions, k->dealt, &k->scratch);
        if (n->nulls)
            deal_path(&credits, &r, step, path->steps, n->nulls, false, 0, k->dealt, &k->scratch);
    }
}

/* Adds the other shares to the first, each figure in their order. */
static void add_slice(void *user, size_t worker, size_t slice)
{
    struct job *job = user;
    double *sum = job->share[0].sum;
    size_t first = slice * SLICE, last = first + SLICE < job->sums ? first + SLICE : job->sums;
    (void)worker;
    for (size_t s = 1; s < job->shares; s++)
        for (size_t i = first; i < last; i++) sum[i] += job->share[s].sum[i];
}

/* As many shares as the paths and the size of the sums ask for, whatever the threads. */
static mkt_status part(struct mkt_arena *arena, struct job *job, const struct mkt_credits *credits,
                       struct mkt_err *err)
{
    size_t each = credits->groups * credits->width * sizeof *credits->sum;
    size_t most = BYTES / (each + 1) + 1, journeys = job->paths->paths / 1000 + 1;
    job->shares = most < SHARES ? most : SHARES;
    if (job->shares > journeys) job->shares = journeys;
    for (size_t i = 0; i < job->shares; i++) {
        job->share[i] = *credits;
        if (i) job->share[i].sum = MKT_NEW(arena, double, credits->groups * credits->width);
        if (!job->share[i].sum) return mkt_arena_full(arena, err);
    }
    return MKT_OK;
}

static mkt_status deal_all(struct mkt_arena *arena, struct job *job,
                           const struct mkt_credits *credits, size_t threads, struct mkt_err *err)
{
    const size_t longest = job->paths->extent.longest;
    MKT_TRY(part(arena, job, credits, err));
    job->sums = credits->groups * credits->width;
    for (size_t i = 0; i < threads; i++) {
        struct room *k = &job->room[i];
        if (!(k->dealt = MKT_NEW(arena, int64_t, credits->groups)))
            return mkt_arena_full(arena, err);
        MKT_TRY(mkt_credits_scratch_init(&k->scratch, arena, credits->channels, longest, err));
    }
    mkt_tasks_run(threads, job->shares, deal_share, job);
    mkt_tasks_run(threads, (job->sums + SLICE - 1) / SLICE, add_slice, job);
    return MKT_OK;
}

mkt_status mkt_user_groups_deal(struct mkt_arena *arena, const struct mkt_paths *paths,
                                uint64_t seed, int threads, struct mkt_credits *credits,
                                struct mkt_err *err)
{
    size_t mark = mkt_arena_mark(arena);
    struct job job = {.paths = paths, .seed = seed};
    mkt_status status = deal_all(arena, &job, credits, mkt_tasks_threads(threads), err);
    mkt_arena_release(arena, mark);
    return status;
}
