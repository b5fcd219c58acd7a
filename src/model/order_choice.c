#include "model/order_choice.h"

#include <assert.h>
#include <math.h>

#include "model/auc.h"

/* What the keys after one latest channel add to one order. */
struct part {
    size_t states, edges;
    double log_likelihood, held_out;
};

struct worker {
    double *p;              /* [most keys of a share] P(what came | context) of the order before */
    int64_t *count, *held;  /* [channels + 2] of one context: zeros between */
    double *p_came;         /* [channels + 2] P of what came */
    uint32_t *came;         /* [channels + 2] what came after it */
    struct mkt_arena arena; /* of auc */
    struct mkt_auc auc[MKT_ORDER_CHOICE_MOST];
    struct mkt_err err;
    mkt_status status;
};

struct job {
    const struct mkt_sorted_steps *steps;
    const struct mkt_step_keys *keys; /* of the steps */
    double *before;                   /* [channels + 2] P(what comes) of order 0 */
    size_t orders;
    struct part (*part)[MKT_ORDER_CHOICE_MOST]; /* [channels + 1] */
    struct worker worker[MKT_TASKS_THREADS];
};

/* ---- one context, one share ------------------------------------------------------------------- */

static mkt_status end_context(struct worker *k, size_t order, int64_t converted, int64_t nulls,
                              int64_t leaving)
{
    if (converted + nulls == 0) return MKT_OK;
    struct mkt_auc_ending ending = {(double)converted / (double)leaving, converted, nulls};
    return mkt_auc_add(&k->auc[order - 1], &k->arena, &ending, &k->err);
}

/* A context that one thing alone followed, as most long ones are: the same as below, for one key. */
static mkt_status score_one(struct worker *k, const struct mkt_step_keys *keys,
                            const struct mkt_step_key *key, double *p, size_t order,
                            struct part *part)
{
    uint64_t s = key->key & ((UINT64_C(1) << keys->bits) - 1);
    double trained = (double)(key->count - key->held);
    if (trained > 0) *p = (trained + *p) / (trained + 1);
    if (key->held) part->held_out += (double)key->held * log(*p);
    part->states++;
    part->edges++;
    return end_context(k, order, s == keys->channels ? key->count : 0,
                       s == keys->channels + 1 ? key->count : 0, key->count);
}

/* The keys of one context [n]: what came after it, counted, and P(what came) made better. */
static mkt_status score_context(struct worker *k, const struct mkt_step_keys *keys,
                                const struct mkt_step_key *key, double *p, size_t n, size_t order,
                                struct part *part)
{
    if (n == 1) return score_one(k, keys, key, p, order, part);
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
    int64_t converted = k->count[K], nulls = k->count[K + 1];
    for (size_t i = 0; i < symbols; i++) k->count[k->came[i]] = k->held[k->came[i]] = 0;
    return end_context(k, order, converted, nulls, leaving);
}

/* The contexts of one order among the keys from `from` to `to`, which end with one of them. */
static mkt_status score_order_of(struct job *job, struct worker *k,
                                 const struct mkt_sorted_steps_share *share, size_t from, size_t to,
                                 size_t order, struct part *part)
{
    for (size_t end; from < to; from = end) {
        end = mkt_sorted_steps_end(job->keys, share, from, order);
        MKT_TRY(score_context(k, job->keys, share->key + from, k->p + from, end - from, order,
                              &part[order - 1]));
    }
    return MKT_OK;
}

/* Contexts of one channel, and within each those of two: what these hold is near at hand for every
 * longer memory. */
static mkt_status score_keys(struct job *job, struct worker *k,
                             const struct mkt_sorted_steps_share *share)
{
    const struct mkt_step_keys *keys = job->keys;
    int top = keys->bits * (int)keys->depth; /* where the latest channel stands */
    uint64_t low = (UINT64_C(1) << keys->bits) - 1;
    for (size_t i = 0; i < share->keys; i++) k->p[i] = job->before[share->key[i].key & low];
    for (size_t from = 0, to; from < share->keys; from = to) {
        struct part *part = job->part[share->key[from].key >> top];
        to = mkt_sorted_steps_end(keys, share, from, 1);
        MKT_TRY(score_order_of(job, k, share, from, to, 1, part));
        for (size_t at = from, end; at < to && job->orders > 1; at = end) {
            end = mkt_sorted_steps_end(keys, share, at, 2);
            for (size_t order = 2; order <= job->orders; order++)
                MKT_TRY(score_order_of(job, k, share, at, end, order, part));
        }
    }
    return MKT_OK;
}

static void score_share(void *user, size_t worker, size_t share)
{
    struct job *job = user;
    struct worker *k = &job->worker[worker];
    if (k->status == MKT_OK) k->status = score_keys(job, k, &job->steps->share[share]);
}

/* ---- all -------------------------------------------------------------------------------------- */

static size_t most_keys(const struct mkt_sorted_steps *steps)
{
    size_t most = 1;
    for (size_t i = 0; i < steps->keys.shares; i++)
        if (steps->share[i].keys > most) most = steps->share[i].keys;
    return most;
}

static mkt_status open_worker(struct mkt_arena *arena, const struct job *job, struct worker *k,
                              struct mkt_err *err)
{
    size_t K = job->keys->channels;
    *k = (struct worker){.p = MKT_NEW(arena, double, most_keys(job->steps)),
                         .count = MKT_NEW(arena, int64_t, K + 2),
                         .held = MKT_NEW(arena, int64_t, K + 2),
                         .p_came = MKT_NEW(arena, double, K + 2),
                         .came = MKT_NEW(arena, uint32_t, K + 2)};
    if (!k->p || !k->count || !k->held || !k->p_came || !k->came) return mkt_arena_full(arena, err);
    return MKT_OK;
}

/* As many workers as there is room for, and one at least. */
static mkt_status open_workers(struct mkt_arena *arena, struct job *job, size_t *threads,
                               struct mkt_err *err)
{
    size_t room = arena->capacity - arena->used;
    size_t each = most_keys(job->steps) * sizeof(double) + 65536;
    if (*threads > job->keys->shares) *threads = job->keys->shares;
    while (*threads > 1 && *threads * each > room / 2) --*threads;
    for (size_t i = 0; i < *threads; i++) MKT_TRY(open_worker(arena, job, &job->worker[i], err));
    room = arena->capacity - arena->used;
    for (size_t i = 0; i < *threads; i++)
        MKT_TRY(mkt_arena_open(&job->worker[i].arena, room / *threads, err));
    return MKT_OK;
}

static mkt_status run_workers(struct job *job, size_t threads, struct mkt_err *err)
{
    mkt_tasks_run(threads, job->keys->shares, score_share, job);
    for (size_t i = 0; i < threads; i++)
        if (job->worker[i].status != MKT_OK)
            return mkt_err_set(err, job->worker[i].status, "%s", job->worker[i].err.text);
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
static mkt_status score_endings(struct mkt_arena *arena, const struct job *job, size_t threads,
                                struct mkt_order_score *out, struct mkt_err *err)
{
    struct mkt_auc all = {0};
    for (size_t w = 0; w < threads; w++)
        MKT_TRY(mkt_auc_merge(&all, arena, &job->worker[w].auc[out->order - 1], err));
    out->auc = mkt_auc_area(&all);
    if (!isnan(out->auc))
        out->penalised_auc =
            penalise(out->auc, job->keys->paths->paths, job->keys->channels, out->order);
    return MKT_OK;
}

static mkt_status score_order(struct mkt_arena *arena, const struct job *job, size_t threads,
                              size_t order, struct mkt_order_score *out, struct mkt_err *err)
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
    return score_endings(arena, job, threads, out, err);
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

static mkt_status score_all(struct mkt_arena *arena, const struct mkt_sorted_steps *steps,
                            int threads, struct mkt_order_choice *out, struct mkt_err *err)
{
    const struct mkt_step_keys *keys = &steps->keys;
    size_t used = mkt_tasks_threads(threads);
    struct job *job = MKT_NEW(arena, struct job, 1);
    if (!job) return mkt_arena_full(arena, err);
    job->steps = steps;
    job->keys = keys;
    job->orders = out->orders;
    job->before = MKT_NEW(arena, double, keys->channels + 2);
    job->part = mkt_arena_alloc(arena, keys->channels + 1, sizeof *job->part);
    if (!job->before || !job->part) return mkt_arena_full(arena, err);
    begin(keys, job->before);
    mkt_status status = open_workers(arena, job, &used, err);
    if (status == MKT_OK) status = run_workers(job, used, err);
    for (size_t order = 1; order <= out->orders && status == MKT_OK; order++)
        status = score_order(arena, job, used, order, &out->score[order - 1], err);
    for (size_t i = 0; i < MKT_TASKS_THREADS; i++) mkt_arena_close(&job->worker[i].arena);
    return status;
}

size_t mkt_order_choice_depth(const struct mkt_paths *paths, size_t most)
{
    size_t longest = 1, depth = mkt_step_keys_depth(paths->channel.count);
    for (size_t k = 0; k < paths->paths; k++)
        if (paths->path[k].steps > longest) longest = paths->path[k].steps;
    if (most > MKT_ORDER_CHOICE_MOST) most = MKT_ORDER_CHOICE_MOST;
    if (most > longest) most = longest;
    return most < depth ? most : depth;
}

mkt_status mkt_order_choice_make(struct mkt_arena *arena, const struct mkt_sorted_steps *steps,
                                 int threads, struct mkt_order_choice *out, struct mkt_err *err)
{
    *out = (struct mkt_order_choice){.orders = steps->keys.depth};
    assert(out->orders <= MKT_ORDER_CHOICE_MOST);
    if (!steps->keys.paths->paths) return mkt_err_set(err, MKT_E_EMPTY, "there are no paths");
    size_t mark = mkt_arena_mark(arena);
    mkt_status status = score_all(arena, steps, threads, out, err);
    mkt_arena_release(arena, mark);
    MKT_TRY(status);
    choose(out);
    return MKT_OK;
}
