#include "model/order_choice.h"

#include <assert.h>
#include <math.h>

#include "model/auc.h"

/* What the keys after one latest channel add to one order. */
struct part {
    size_t states, edges; /* of contexts that several keys have */
    size_t alone;         /* contexts that one key has from this order on: one edge each */
    double log_likelihood, held_out;
};

struct worker {
    double *p;              /* [most keys of a share] P(what came | context) of the order before */
    int64_t *count, *held;  /* [channels + 2] of one context: zeros between */
    double *p_came;         /* [channels + 2] P of what came */
    uint32_t *came;         /* [channels + 2] what came after it */
    struct mkt_arena arena; /* of auc */
    struct mkt_auc auc[MKT_ORDER_CHOICE_MOST];
    /* journeys that ended in contexts that lead to one end alone from an order on */
    int64_t converted[MKT_ORDER_CHOICE_MOST], nulls[MKT_ORDER_CHOICE_MOST];
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

/* A context that one key has: longer ones have it alone, too, and what came is all that can come. Only
 * P of what is held out is still to be made better, order by order. */
static void score_alone(const struct job *job, struct worker *k, const struct mkt_step_key *key,
                        double p, size_t order, struct part *part)
{
    const struct mkt_step_keys *keys = job->keys;
    uint64_t s = key->key & ((UINT64_C(1) << keys->bits) - 1);
    double trained = (double)(key->count - key->held), held = (double)key->held;
    part[order - 1].alone++;
    if (s == keys->channels) k->converted[order - 1] += key->count;
    if (s == keys->channels + 1) k->nulls[order - 1] += key->count;
    if (!key->held) return;
    for (size_t i = order; i <= job->orders; i++) {
        if (trained > 0) p = (trained + p) / (trained + 1);
        part[i - 1].held_out += held * log(p);
    }
}

/* The keys of one context [n]: what came after it, counted, and P(what came) made better. */
static mkt_status score_context(struct worker *k, const struct mkt_step_keys *keys,
                                const struct mkt_step_key *key, double *p, size_t n, size_t order,
                                struct part *part)
{
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
    if (converted + nulls == 0) return MKT_OK;
    struct mkt_auc_ending ending = {(double)converted / (double)leaving, converted, nulls};
    return mkt_auc_add(&k->auc[order - 1], &k->arena, &ending, &k->err);
}

/* The context that the keys from `from` to `to` have, and then the longer ones within it: what these
 * hold is near at hand. So every order has its contexts in the order of keys. */
static mkt_status score_within(const struct job *job, struct worker *k,
                               const struct mkt_sorted_steps_share *share, size_t from, size_t to,
                               size_t order, struct part *part)
{
    if (to - from == 1) {
        score_alone(job, k, &share->key[from], k->p[from], order, part);
        return MKT_OK;
    }
    MKT_TRY(score_context(k, job->keys, share->key + from, k->p + from, to - from, order,
                          &part[order - 1]));
    for (size_t end; from < to && order < job->orders; from = end) {
        end = mkt_sorted_steps_end(job->keys, share, from, order + 1);
        MKT_TRY(score_within(job, k, share, from, end, order + 1, part));
    }
    return MKT_OK;
}

static mkt_status score_keys(const struct job *job, struct worker *k,
                             const struct mkt_sorted_steps_share *share)
{
    const struct mkt_step_keys *keys = job->keys;
    int top = keys->bits * (int)keys->depth; /* where the latest channel stands */
    uint64_t low = (UINT64_C(1) << keys->bits) - 1;
    for (size_t i = 0; i < share->keys; i++) k->p[i] = job->before[share->key[i].key & low];
    for (size_t from = 0, to; from < share->keys; from = to) {
        to = mkt_sorted_steps_end(keys, share, from, 1);
        MKT_TRY(score_within(job, k, share, from, to, 1, job->part[share->key[from].key >> top]));
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
    struct mkt_auc_ending converted = {.score = 1}, null = {.score = 0};
    for (size_t w = 0; w < threads; w++) {
        const struct worker *k = &job->worker[w];
        MKT_TRY(mkt_auc_merge(&all, arena, &k->auc[out->order - 1], err));
        for (size_t i = 0; i < out->order; i++) {
            converted.converted += k->converted[i];
            null.nulls += k->nulls[i];
        }
    }
    if (converted.converted) MKT_TRY(mkt_auc_add(&all, arena, &converted, err));
    if (null.nulls) MKT_TRY(mkt_auc_add(&all, arena, &null, err));
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
        size_t alone = 0;
        for (size_t i = 0; i < order; i++) alone += job->part[b][i].alone;
        out->states += part->states + alone;
        edges += part->edges + alone;
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
    size_t longest = paths->extent.longest, depth = mkt_step_keys_depth(paths->channel.count);
    if (longest < 1) longest = 1;
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
