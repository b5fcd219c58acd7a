#include "model/order_choice.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>

#include "model/auc.h"
#include "model/step_keys.h"

#define THREADS 16

/* What the keys after one latest channel add to one order. */
struct part {
    size_t states, edges;
    double log_likelihood, held_out;
};

struct job {
    const struct mkt_step_keys *keys;
    double *before; /* [channels + 2] P(what comes) of order 0 */
    size_t orders;
    struct part (*part)[MKT_ORDER_CHOICE_MOST]; /* [channels + 1] */
    atomic_size_t next;                         /* share to take */
};

struct worker {
    struct job *job;
    struct mkt_step_key *key, *room; /* [keys->most] */
    double *p;                       /* [keys->most] P(what came | context) of the order before */
    int64_t *count, *held;           /* [channels + 2] of one context: zeros between */
    double *p_came;                  /* [channels + 2] P of what came */
    uint32_t *came;                  /* [channels + 2] what came after it */
    struct mkt_arena arena;          /* of auc */
    struct mkt_auc auc[MKT_ORDER_CHOICE_MOST];
    struct mkt_err err;
    mkt_status status;
    pthread_t thread;
    bool started;
};

/* ---- one context, one share ------------------------------------------------------------------- */

/* The keys of one context [n]: what came after it, counted, and P(what came) made better. */
static mkt_status score_context(struct worker *k, const struct mkt_step_key *key, double *p,
                                size_t n, size_t order, struct part *part)
{
    const struct mkt_step_keys *keys = k->job->keys;
    size_t K = keys->channels, symbols = 0;
    uint64_t low = (UINT64_C(1) << keys->bits) - 1;
    int64_t leaving = 0, trained = 0;
    double kinds = 0;
    for (size_t i = 0; i < n; i++) {
        size_t s = key[i].key & low;
        if (!k->count[s]) k->came[symbols++] = (uint32_t)s;
        k->count[s] += key[i].count;
        k->held[s] += key[i].held;
        leaving += key[i].count;
        trained += key[i].count - key[i].held;
    }
    for (size_t i = 0; i < symbols; i++) {
        double count = (double)k->count[k->came[i]];
        kinds += k->count[k->came[i]] > k->held[k->came[i]];
        if (count < (double)leaving) part->log_likelihood += count * log(count / (double)leaving);
    }
    /* Witten and Bell: as many as there are kinds are kept for the order before */
    for (size_t i = 0; i < n; i++) {
        size_t s = key[i].key & low;
        if (trained > 0)
            p[i] = ((double)(k->count[s] - k->held[s]) + kinds * p[i]) / ((double)trained + kinds);
        k->p_came[s] = p[i];
    }
    for (size_t i = 0; i < symbols; i++)
        if (k->held[k->came[i]])
            part->held_out += (double)k->held[k->came[i]] * log(k->p_came[k->came[i]]);
    part->states++;
    part->edges += symbols;
    struct mkt_auc_ending ending = {(double)k->count[K] / (double)leaving, k->count[K],
                                    k->count[K + 1]};
    for (size_t i = 0; i < symbols; i++) k->count[k->came[i]] = k->held[k->came[i]] = 0;
    if (ending.converted + ending.nulls == 0) return MKT_OK;
    return mkt_auc_add(&k->auc[order - 1], &k->arena, &ending, &k->err);
}

static mkt_status score_share(struct worker *k, size_t share)
{
    const struct mkt_step_keys *keys = k->job->keys;
    size_t n = mkt_step_keys_make(keys, share, k->key, k->room);
    int top = keys->bits * (int)keys->depth; /* where the latest channel stands */
    for (size_t i = 0; i < n; i++)
        k->p[i] = k->job->before[k->key[i].key & ((UINT64_C(1) << keys->bits) - 1)];
    for (size_t order = 1; order <= k->job->orders; order++) {
        int shift = keys->bits * (int)(keys->depth + 1 - order);
        for (size_t from = 0, to; from < n; from = to) {
            uint64_t context = k->key[from].key >> shift;
            for (to = from + 1; to < n && k->key[to].key >> shift == context;) to++;
            MKT_TRY(score_context(k, k->key + from, k->p + from, to - from, order,
                                  &k->job->part[k->key[from].key >> top][order - 1]));
        }
    }
    return MKT_OK;
}

static void *run_worker(void *user)
{
    struct worker *k = user;
    for (size_t i;
         k->status == MKT_OK && (i = atomic_fetch_add(&k->job->next, 1)) < k->job->keys->shares;)
        k->status = score_share(k, i);
    return NULL;
}

/* ---- all -------------------------------------------------------------------------------------- */

static mkt_status open_worker(struct mkt_arena *arena, struct job *job, struct worker *k,
                              struct mkt_err *err)
{
    size_t K = job->keys->channels, most = job->keys->most;
    *k = (struct worker){.job = job,
                         .key = MKT_NEW(arena, struct mkt_step_key, most),
                         .room = MKT_NEW(arena, struct mkt_step_key, most),
                         .p = MKT_NEW(arena, double, most),
                         .count = MKT_NEW(arena, int64_t, K + 2),
                         .held = MKT_NEW(arena, int64_t, K + 2),
                         .p_came = MKT_NEW(arena, double, K + 2),
                         .came = MKT_NEW(arena, uint32_t, K + 2)};
    if (!k->key || !k->room || !k->p || !k->count || !k->held || !k->p_came || !k->came)
        return mkt_arena_full(arena, err);
    return MKT_OK;
}

/* As many workers as there is room for, and one at least. */
static mkt_status open_workers(struct mkt_arena *arena, struct job *job, struct worker *worker,
                               size_t *threads, struct mkt_err *err)
{
    size_t room = arena->capacity - arena->used, each = job->keys->most * 80 + 65536;
    if (*threads > job->keys->shares) *threads = job->keys->shares;
    while (*threads > 1 && *threads * each > room / 2) --*threads;
    for (size_t i = 0; i < *threads; i++) MKT_TRY(open_worker(arena, job, &worker[i], err));
    room = arena->capacity - arena->used;
    for (size_t i = 0; i < *threads; i++)
        MKT_TRY(mkt_arena_open(&worker[i].arena, room / *threads, err));
    return MKT_OK;
}

static mkt_status run_workers(struct worker *worker, size_t threads, struct mkt_err *err)
{
    for (size_t i = 1; i < threads; i++)
        worker[i].started = pthread_create(&worker[i].thread, NULL, run_worker, &worker[i]) == 0;
    run_worker(&worker[0]); /* and all the work, where no thread could start */
    for (size_t i = 1; i < threads; i++)
        if (worker[i].started) pthread_join(worker[i].thread, NULL);
    for (size_t i = 0; i < threads; i++)
        if (worker[i].status != MKT_OK)
            return mkt_err_set(err, worker[i].status, "%s", worker[i].err.text);
    return MKT_OK;
}

static double penalise(double auc, size_t paths, size_t channels, size_t order)
{
    double K = (double)channels, k = (double)order, p = (double)paths;
    double nodes = exp(lgamma(K + k) - lgamma(k + 1) - lgamma(K));
    double out = 1 - (1 - auc) * (p - 1) / (p - nodes - 1);
    return p - nodes - 1 > 0 && out >= 0 && out <= 1 ? out : 0;
}

/* The endings of one order, from all workers. */
static mkt_status score_endings(struct mkt_arena *arena, const struct job *job,
                                const struct worker *worker, size_t threads,
                                struct mkt_order_score *out, struct mkt_err *err)
{
    struct mkt_auc all = {0};
    for (size_t w = 0; w < threads; w++)
        MKT_TRY(mkt_auc_merge(&all, arena, &worker[w].auc[out->order - 1], err));
    out->auc = mkt_auc_area(&all);
    if (!isnan(out->auc))
        out->penalised_auc =
            penalise(out->auc, job->keys->paths->paths, job->keys->channels, out->order);
    return MKT_OK;
}

static mkt_status score_order(struct mkt_arena *arena, const struct job *job,
                              const struct worker *worker, size_t threads, size_t order,
                              struct mkt_order_score *out, struct mkt_err *err)
{
    const struct mkt_step_keys *keys = job->keys;
    const struct mkt_path_counts *total = &keys->paths->total;
    size_t K = keys->channels, edges = 0;
    double held = (double)(keys->came[1][K] + keys->came[1][K + 1]), sum = 0;
    *out = (struct mkt_order_score){.order = order};
    for (size_t b = 0; b <= K; b++) {
        const struct part *part = &job->part[b][order - 1];
        out->states += part->states;
        edges += part->edges;
        out->log_likelihood += part->log_likelihood;
        sum += part->held_out;
    }
    out->parameters = (double)edges - (double)out->states;
    out->aic = 2 * out->parameters - 2 * out->log_likelihood;
    out->bic = log((double)(total->conversions + total->nulls)) * out->parameters -
               2 * out->log_likelihood;
    out->held_out = held > 0 ? sum / held : NAN;
    return score_endings(arena, job, worker, threads, out, err);
}

/* Order 0: how often each symbol comes at all, each as if seen half a time more. */
static void begin(const struct mkt_step_keys *keys, double *before)
{
    double all = 0;
    for (size_t s = 0; s < keys->channels + 2; s++)
        all += before[s] = .5 + (double)(keys->came[0][s] - keys->came[1][s]);
    for (size_t s = 0; s < keys->channels + 2; s++) before[s] /= all;
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

static mkt_status score_all(struct mkt_arena *arena, const struct mkt_paths *paths, size_t most,
                            int threads, struct mkt_order_choice *out, struct mkt_err *err)
{
    struct mkt_step_keys keys;
    struct worker worker[THREADS] = {0};
    size_t used = threads < 1 ? 1 : threads > THREADS ? THREADS : (size_t)threads;
    struct job *job = MKT_NEW(arena, struct job, 1);
    if (!job) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_step_keys_init(&keys, arena, paths, most, true, threads,
                               (arena->capacity - arena->used) / (4 * used), err));
    job->keys = &keys;
    job->orders = most;
    job->before = MKT_NEW(arena, double, keys.channels + 2);
    job->part = mkt_arena_alloc(arena, keys.channels + 1, sizeof *job->part);
    if (!job->before || !job->part) return mkt_arena_full(arena, err);
    begin(&keys, job->before);
    mkt_status status = open_workers(arena, job, worker, &used, err);
    if (status == MKT_OK) status = run_workers(worker, used, err);
    for (size_t order = 1; order <= most && status == MKT_OK; order++)
        status = score_order(arena, job, worker, used, order, &out->score[order - 1], err);
    for (size_t i = 0; i < THREADS; i++) mkt_arena_close(&worker[i].arena);
    return status;
}

mkt_status mkt_order_choice_make(struct mkt_arena *arena, const struct mkt_paths *paths,
                                 size_t most, int threads, struct mkt_order_choice *out,
                                 struct mkt_err *err)
{
    *out = (struct mkt_order_choice){0};
    size_t mark = mkt_arena_mark(arena), longest = 0;
    if (!paths->paths) return mkt_err_set(err, MKT_E_EMPTY, "there are no paths");
    for (size_t k = 0; k < paths->paths; k++)
        if (paths->path[k].steps > longest) longest = paths->path[k].steps;
    if (most > MKT_ORDER_CHOICE_MOST) most = MKT_ORDER_CHOICE_MOST;
    if (most > longest) most = longest;
    if (most > mkt_step_keys_depth(paths->channel.count))
        most = mkt_step_keys_depth(paths->channel.count);
    mkt_status status = score_all(arena, paths, most, threads, out, err);
    mkt_arena_release(arena, mark);
    MKT_TRY(status);
    out->orders = most;
    choose(out);
    return MKT_OK;
}
