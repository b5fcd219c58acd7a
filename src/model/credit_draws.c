#include "model/credit_draws.h"

#include <math.h>
#include <string.h>

#include "base/tasks.h"
#include "num/random.h"

#define LANE 32   /* figures whose sums are made at once: enough not to wait for one another */
#define BATCH 128 /* draws whose sums are held at once */

/* A group that a draw has, and how often. */
struct pick {
    uint32_t group;
    float times;
};

/* One thread's room. */
struct worker {
    uint16_t *weight;  /* [groups] of one draw */
    struct pick *pick; /* [BATCH][groups] */
    size_t picks[BATCH];
    float *drawn;  /* [BATCH][lanes] */
    double *row;   /* [width] */
    float *sorted; /* [draws] */
    struct mkt_markov_room room;
    struct mkt_markov markov;
};

struct job {
    const struct mkt_credits *credits;
    const float *sum; /* [lanes / LANE][groups][LANE] */
    size_t lanes;     /* the width padded */
    uint64_t seed;
    double level;
    struct mkt_credit_draws *out;
    struct worker worker[MKT_TASKS_THREADS];
};

static mkt_status lay_out(struct mkt_arena *arena, struct job *job, struct mkt_err *err)
{
    const struct mkt_credits *c = job->credits;
    job->lanes = (c->width + LANE - 1) / LANE * LANE;
    float *sum = MKT_NEW(arena, float, job->lanes * c->groups);
    if (!sum) return mkt_arena_full(arena, err);
    for (size_t g = 0; g < c->groups; g++)
        for (size_t i = 0; i < c->width; i++)
            sum[(i / LANE * c->groups + g) * LANE + i % LANE] = (float)c->sum[g * c->width + i];
    job->sum = sum;
    return MKT_OK;
}

static void draw_weights(const struct job *job, struct worker *k, size_t first, size_t n)
{
    size_t groups = job->credits->groups;
    for (size_t d = 0; d < n; d++) {
        struct mkt_random r;
        mkt_random_init(&r, job->seed, first + d);
        uint16_t *weight = memset(k->weight, 0, groups * sizeof *weight);
        for (size_t i = 0; i < groups; i++) weight[mkt_random_below(&r, (uint32_t)groups)]++;
        k->picks[d] = 0;
        for (size_t g = 0; g < groups; g++)
            if (weight[g])
                k->pick[d * groups + k->picks[d]++] = (struct pick){(uint32_t)g, (float)weight[g]};
    }
}

typedef float octet __attribute__((vector_size(32), aligned(4), may_alias));
#define OCTETS (LANE / 8)

/* The sums of the groups that a draw has, of LANE figures. */
typedef void sum_picks(const float *block, const struct pick *pick, size_t picks, float *out);

static inline __attribute__((always_inline)) void sum_octets(const float *block,
                                                             const struct pick *pick, size_t picks,
                                                             float *out)
{
    octet sum[OCTETS] = {{0}};
    for (size_t i = 0; i < picks; i++) {
        const octet *row = (const octet *)(const void *)(block + pick[i].group * (size_t)LANE);
#pragma GCC unroll 4
        for (size_t k = 0; k < OCTETS; k++) sum[k] += pick[i].times * row[k];
    }
    memcpy(out, sum, sizeof sum);
}

static void sum_plain(const float *block, const struct pick *pick, size_t picks, float *out)
{
    sum_octets(block, pick, picks, out);
}

/* The same additions in the same order, eight at a time: the same bits, sooner. */
#ifdef __x86_64__
__attribute__((target("avx2"))) static void sum_wide(const float *block, const struct pick *pick,
                                                     size_t picks, float *out)
{
    sum_octets(block, pick, picks, out);
}

static sum_picks *fastest(void)
{
    return __builtin_cpu_supports("avx2") ? sum_wide : sum_plain;
}
#else
static sum_picks *fastest(void)
{
    return sum_plain;
}
#endif

static void add_groups(const struct job *job, struct worker *k, size_t n)
{
    size_t groups = job->credits->groups;
    sum_picks *sum = fastest();
    for (size_t b = 0; b < job->lanes / LANE; b++) {
        const float *block = job->sum + b * groups * LANE;
        for (size_t d = 0; d < n; d++)
            sum(block, k->pick + d * groups, k->picks[d], k->drawn + d * job->lanes + b * LANE);
    }
}

/* Every figure of one set of sums. `old` stands where a model has no answer. */
static void compute(const struct mkt_credits *c, struct worker *k, const double *row,
                    const double *old, double *figure)
{
    size_t K = c->channels, at = 2 * K * c->rules;
    memcpy(figure, row, at * sizeof *figure);
    for (int nulls = 0; nulls < 2; nulls++, at += 2 * K) {
        bool fits = c->chain && mkt_markov_fit(&k->room, c, row, nulls == 0, &k->markov);
        for (size_t i = 0; i < K; i++) {
            figure[at + i] = fits ? k->markov.credit[i] : old ? old[at + i] : NAN;
            figure[at + K + i] = fits && k->markov.credit_value ? k->markov.credit_value[i]
                                 : old                          ? old[at + K + i]
                                                                : NAN;
        }
    }
}

static void draw_batch(void *user, size_t worker, size_t batch)
{
    struct job *job = user;
    struct worker *k = &job->worker[worker];
    struct mkt_credit_draws *out = job->out;
    double *figure = k->row + job->credits->width;
    size_t first = batch * BATCH, n = out->draws - first < BATCH ? out->draws - first : BATCH;
    draw_weights(job, k, first, n);
    add_groups(job, k, n);
    for (size_t d = 0; d < n; d++) {
        for (size_t i = 0; i < job->credits->width; i++)
            k->row[i] = (double)k->drawn[d * job->lanes + i];
        compute(job->credits, k, k->row, out->point, figure);
        for (size_t f = 0; f < out->figures; f++)
            out->figure[f * out->draws + first + d] = (float)figure[f];
    }
}

/* The k-th smallest of x, counted from 0; x is put in another order.   Source Hoare, CACM 4 (1961) */
static float kth(float *x, size_t n, size_t k)
{
    size_t low = 0, high = n - 1;
    while (low < high) {
        float pivot = x[low + (high - low) / 2];
        size_t i = low, j = high;
        for (;;) {
            while (x[i] < pivot) i++;
            while (x[j] > pivot) j--;
            if (i >= j) break;
            float held = x[i];
            x[i++] = x[j];
            x[j--] = held;
        }
        if (k <= j)
            high = j;
        else
            low = j + 1;
    }
    return x[k];
}

/* The middle of a figure's draws, widened to hold the point. */
static void find_interval(void *user, size_t worker, size_t figure)
{
    struct job *job = user;
    const struct mkt_credit_draws *out = job->out;
    float *x = job->worker[worker].sorted;
    size_t n = out->draws, tail = (size_t)((1 - job->level) / 2 * (double)n);
    double point = out->point[figure];
    memcpy(x, out->figure + figure * n, n * sizeof *x);
    out->low[figure] = fmin((double)kth(x, n, tail), point);
    out->high[figure] = fmax((double)kth(x, n, n - 1 - tail), point);
}

static mkt_status open_worker(struct mkt_arena *arena, const struct job *job, struct worker *k,
                              struct mkt_err *err)
{
    const struct mkt_credits *c = job->credits;
    k->weight = MKT_NEW(arena, uint16_t, c->groups);
    k->pick = MKT_NEW(arena, struct pick, BATCH * c->groups);
    k->drawn = MKT_NEW(arena, float, BATCH * job->lanes);
    k->row = MKT_NEW(arena, double, c->width + job->out->figures);
    k->sorted = MKT_NEW(arena, float, job->out->draws);
    if (!k->weight || !k->pick || !k->drawn || !k->row || !k->sorted)
        return mkt_arena_full(arena, err);
    if (!c->chain) return MKT_OK;
    return mkt_markov_room_init(&k->room, arena, c->channels, &k->markov, err);
}

static mkt_status run_all(struct mkt_arena *arena, struct job *job, size_t threads,
                          struct mkt_err *err)
{
    const struct mkt_credit_draws *out = job->out;
    double *total = MKT_NEW(arena, double, job->credits->width);
    if (!total) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < threads; i++) MKT_TRY(open_worker(arena, job, &job->worker[i], err));
    mkt_credits_total(job->credits, total);
    compute(job->credits, &job->worker[0], total, NULL, out->point);
    mkt_tasks_run(threads, (out->draws + BATCH - 1) / BATCH, draw_batch, job);
    mkt_tasks_run(threads, out->figures, find_interval, job);
    return MKT_OK;
}

mkt_status mkt_credit_draws_make(struct mkt_arena *arena, const struct mkt_credits *credits,
                                 size_t draws, double level, uint64_t seed, int threads,
                                 struct mkt_credit_draws *out, struct mkt_err *err)
{
    if (credits->channels > 64 && draws > 500) draws = 500;
    size_t figures = 2 * credits->channels * (credits->rules + 2);
    *out = (struct mkt_credit_draws){.draws = draws,
                                     .figures = figures,
                                     .figure = MKT_NEW(arena, float, figures *draws),
                                     .point = MKT_NEW(arena, double, figures),
                                     .low = MKT_NEW(arena, double, figures),
                                     .high = MKT_NEW(arena, double, figures),
                                     .chain = credits->chain};
    if (!out->figure || !out->point || !out->low || !out->high) return mkt_arena_full(arena, err);
    size_t mark = mkt_arena_mark(arena);
    struct job *job = MKT_NEW(arena, struct job, 1);
    if (!job) return mkt_arena_full(arena, err);
    *job = (struct job){.credits = credits, .seed = seed, .level = level, .out = out};
    mkt_status status = lay_out(arena, job, err);
    if (status == MKT_OK) status = run_all(arena, job, mkt_tasks_threads(threads), err);
    mkt_arena_release(arena, mark);
    return status;
}
