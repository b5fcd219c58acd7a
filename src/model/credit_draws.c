#include "model/credit_draws.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "num/random.h"

#define LANE 16
#define BATCH 128 /* draws whose sums are held at once */
#define THREADS 16

struct job {
    const struct mkt_credits *credits;
    const float *sum; /* [lanes / LANE][groups][LANE] */
    size_t lanes;     /* the width padded */
    uint64_t seed;
    struct mkt_credit_draws *out;
    size_t batches, threads;
};

/* A group that a draw has, and how often. */
struct pick {
    uint32_t group;
    float times;
};

struct worker {
    const struct job *job;
    size_t index;
    uint16_t *weight;  /* [groups] of one draw */
    struct pick *pick; /* [BATCH][groups] */
    size_t picks[BATCH];
    float *drawn; /* [BATCH][lanes] */
    double *row;  /* [width] */
    struct mkt_markov_room room;
    struct mkt_markov markov;
    pthread_t thread;
    bool started;
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

static void draw_weights(struct worker *k, size_t first, size_t n)
{
    size_t groups = k->job->credits->groups;
    for (size_t d = 0; d < n; d++) {
        struct mkt_random r;
        mkt_random_init(&r, k->job->seed, first + d);
        uint16_t *weight = memset(k->weight, 0, groups * sizeof *weight);
        for (size_t i = 0; i < groups; i++) weight[mkt_random_below(&r, (uint32_t)groups)]++;
        k->picks[d] = 0;
        for (size_t g = 0; g < groups; g++)
            if (weight[g])
                k->pick[d * groups + k->picks[d]++] = (struct pick){(uint32_t)g, (float)weight[g]};
    }
}

typedef float quad __attribute__((vector_size(16), aligned(4), may_alias));
typedef float octet __attribute__((vector_size(32), aligned(4), may_alias));
_Static_assert(LANE == 2 * sizeof(octet) / sizeof(float), "two of eight, or four of four");

/* The sums of the groups that a draw has, of LANE figures. */
typedef void sum_picks(const float *block, const struct pick *pick, size_t picks, float *out);

static void sum_plain(const float *block, const struct pick *pick, size_t picks, float *out)
{
    quad a = {0}, b = {0}, c = {0}, d = {0};
    for (size_t i = 0; i < picks; i++) {
        const quad *row = (const quad *)(const void *)(block + pick[i].group * (size_t)LANE);
        a += pick[i].times * row[0];
        b += pick[i].times * row[1];
        c += pick[i].times * row[2];
        d += pick[i].times * row[3];
    }
    quad *sum = (quad *)(void *)out;
    sum[0] = a;
    sum[1] = b;
    sum[2] = c;
    sum[3] = d;
}

/* The same additions in the same order, eight at a time: the same bits, sooner. */
#ifdef __x86_64__
__attribute__((target("avx2"))) static void sum_wide(const float *block, const struct pick *pick,
                                                     size_t picks, float *out)
{
    octet a = {0}, b = {0};
    for (size_t i = 0; i < picks; i++) {
        const octet *row = (const octet *)(const void *)(block + pick[i].group * (size_t)LANE);
        a += pick[i].times * row[0];
        b += pick[i].times * row[1];
    }
    octet *sum = (octet *)(void *)out;
    sum[0] = a;
    sum[1] = b;
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

static void add_groups(struct worker *k, size_t n)
{
    const struct job *job = k->job;
    size_t groups = job->credits->groups;
    sum_picks *sum = fastest();
    for (size_t b = 0; b < job->lanes / LANE; b++) {
        const float *block = job->sum + b * groups * LANE;
        for (size_t d = 0; d < n; d++)
            sum(block, k->pick + d * groups, k->picks[d], k->drawn + d * job->lanes + b * LANE);
    }
}

/* Every figure of one set of sums. `old` stands where a model has no answer. */
static void compute(struct worker *k, const double *row, const double *old, double *figure)
{
    const struct mkt_credits *c = k->job->credits;
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

static void *run_worker(void *user)
{
    struct worker *k = user;
    const struct job *job = k->job;
    struct mkt_credit_draws *out = job->out;
    double *figure = k->row + job->credits->width;
    for (size_t batch = k->index; batch < job->batches; batch += job->threads) {
        size_t first = batch * BATCH;
        size_t n = out->draws - first < BATCH ? out->draws - first : BATCH;
        draw_weights(k, first, n);
        add_groups(k, n);
        for (size_t d = 0; d < n; d++) {
            for (size_t i = 0; i < job->credits->width; i++)
                k->row[i] = (double)k->drawn[d * job->lanes + i];
            compute(k, k->row, out->point, figure);
            for (size_t f = 0; f < out->figures; f++)
                out->figure[f * out->draws + first + d] = (float)figure[f];
        }
    }
    return NULL;
}

static mkt_status open_worker(struct mkt_arena *arena, struct worker *k, struct mkt_err *err)
{
    const struct job *job = k->job;
    const struct mkt_credits *c = job->credits;
    k->weight = MKT_NEW(arena, uint16_t, c->groups);
    k->pick = MKT_NEW(arena, struct pick, BATCH * c->groups);
    k->drawn = MKT_NEW(arena, float, BATCH * job->lanes);
    k->row = MKT_NEW(arena, double, c->width + job->out->figures);
    if (!k->weight || !k->pick || !k->drawn || !k->row) return mkt_arena_full(arena, err);
    if (!c->chain) return MKT_OK;
    return mkt_markov_room_init(&k->room, arena, c->channels, &k->markov, err);
}

static mkt_status run_all(struct mkt_arena *arena, struct job *job, struct mkt_err *err)
{
    struct worker worker[THREADS];
    memset(worker, 0, sizeof worker);
    double *total = MKT_NEW(arena, double, job->credits->width);
    if (!total) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < job->threads; i++) {
        worker[i].job = job;
        worker[i].index = i;
        MKT_TRY(open_worker(arena, &worker[i], err));
    }
    mkt_credits_total(job->credits, total);
    compute(&worker[0], total, NULL, job->out->point);
    for (size_t i = 1; i < job->threads; i++)
        worker[i].started = pthread_create(&worker[i].thread, NULL, run_worker, &worker[i]) == 0;
    run_worker(&worker[0]);
    for (size_t i = 1; i < job->threads; i++) {
        if (worker[i].started)
            pthread_join(worker[i].thread, NULL);
        else
            run_worker(&worker[i]);
    }
    return MKT_OK;
}

mkt_status mkt_credit_draws_make(struct mkt_arena *arena, const struct mkt_credits *credits,
                                 size_t draws, uint64_t seed, int threads,
                                 struct mkt_credit_draws *out, struct mkt_err *err)
{
    if (credits->channels > 64 && draws > 500) draws = 500;
    size_t figures = 2 * credits->channels * (credits->rules + 2);
    *out = (struct mkt_credit_draws){draws, figures, MKT_NEW(arena, float, figures *draws),
                                     MKT_NEW(arena, double, figures), credits->chain};
    if (!out->figure || !out->point) return mkt_arena_full(arena, err);
    size_t mark = mkt_arena_mark(arena);
    struct job job = {.credits = credits,
                      .seed = seed,
                      .out = out,
                      .batches = (draws + BATCH - 1) / BATCH,
                      .threads = threads < 1         ? 1
                                 : threads > THREADS ? THREADS
                                                     : (size_t)threads};
    mkt_status status = lay_out(arena, &job, err);
    if (status == MKT_OK) status = run_all(arena, &job, err);
    mkt_arena_release(arena, mark);
    return status;
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

void mkt_credit_draws_interval(const struct mkt_credit_draws *draws, size_t figure, double level,
                               float *scratch, double *low, double *high)
{
    size_t n = draws->draws, tail = (size_t)((1 - level) / 2 * (double)n);
    double point = draws->point[figure];
    memcpy(scratch, draws->figure + figure * n, n * sizeof *scratch);
    *low = fmin((double)kth(scratch, n, tail), point);
    *high = fmax((double)kth(scratch, n, n - 1 - tail), point);
}
