#include "model/user_groups.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "num/random.h"

#define FEW 64   /* journeys that are dealt one by one */
#define SHARES 8 /* of the paths, each with sums of its own */
#define THREADS 16
#define BYTES ((size_t)64 << 20) /* that all sums may take */

struct job {
    const struct mkt_paths *paths;
    uint64_t seed;
    struct mkt_credits share[SHARES];
    size_t shares;
    atomic_size_t next;
};

struct worker {
    struct job *job;
    int64_t *dealt; /* [groups] */
    struct mkt_credits_scratch scratch;
    pthread_t thread;
    bool started;
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

static void deal_share(struct worker *k, size_t share)
{
    const struct job *job = k->job;
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

static void *run_worker(void *user)
{
    struct worker *k = user;
    for (size_t i; (i = atomic_fetch_add(&k->job->next, 1)) < k->job->shares;) deal_share(k, i);
    return NULL;
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

static mkt_status deal_all(struct mkt_arena *arena, struct job *job, struct mkt_credits *credits,
                           size_t threads, struct mkt_err *err)
{
    struct worker k[THREADS] = {0};
    size_t longest = 1;
    for (size_t i = 0; i < job->paths->paths; i++)
        if (job->paths->path[i].steps > longest) longest = job->paths->path[i].steps;
    MKT_TRY(part(arena, job, credits, err));
    for (size_t i = 0; i < threads; i++) {
        k[i].job = job;
        if (!(k[i].dealt = MKT_NEW(arena, int64_t, credits->groups)))
            return mkt_arena_full(arena, err);
        MKT_TRY(mkt_credits_scratch_init(&k[i].scratch, arena, credits->channels, longest, err));
    }
    for (size_t i = 1; i < threads; i++)
        k[i].started = pthread_create(&k[i].thread, NULL, run_worker, &k[i]) == 0;
    run_worker(&k[0]); /* and all the work, where no thread could start */
    for (size_t i = 1; i < threads; i++)
        if (k[i].started) pthread_join(k[i].thread, NULL);
    for (size_t s = 1; s < job->shares; s++)
        for (size_t i = 0; i < credits->groups * credits->width; i++)
            credits->sum[i] += job->share[s].sum[i];
    return MKT_OK;
}

mkt_status mkt_user_groups_deal(struct mkt_arena *arena, const struct mkt_paths *paths,
                                uint64_t seed, int threads, struct mkt_credits *credits,
                                struct mkt_err *err)
{
    size_t mark = mkt_arena_mark(arena);
    struct job job = {.paths = paths, .seed = seed};
    size_t used = threads < 1 ? 1 : threads > THREADS ? THREADS : (size_t)threads;
    mkt_status status = deal_all(arena, &job, credits, used, err);
    mkt_arena_release(arena, mark);
    return status;
}
