#include "model/resample.h"

#include <math.h>
#include <pthread.h>
#include <stdbool.h>

#include "num/random.h"

#define LANE MKT_RESAMPLE_LANE
#define THREADS_MAX 16
#define GEOMETRIC 4096 /* steps of the inverse table of block lengths */

/* `aligned(4)` lets the compiler load them from anywhere. */
typedef float quad __attribute__((vector_size(16), aligned(4), may_alias));
typedef float octet __attribute__((vector_size(32), aligned(4), may_alias));

struct block {
    uint16_t from, to; /* days from .. to - 1, taken round */
};

/* Draws `first` to `last - 1`: one thread's part. */
struct part {
    const struct mkt_resample *spec;
    const float *prefix;     /* [stride / LANE][days][LANE], before each day */
    const uint16_t *lengths; /* [GEOMETRIC], quantiles of the block length */
    struct block *blocks;    /* [draws of this part in a batch * days] */
    size_t first, last;
    float *out;
};

#define BATCH 64 /* draws whose blocks are made together, then summed lane by lane */

/* Quantiles of the geometric distribution at (i + 1/2) / GEOMETRIC: the mean is kept to a tenth of
 * a percent, and a table is forty times faster than a logarithm. */
static void fill_lengths(uint16_t *lengths, double block_days, size_t days)
{
    for (size_t i = 0; i < GEOMETRIC; i++) {
        double u = 1 - ((double)i + .5) / GEOMETRIC;
        double l = block_days > 1 ? 1 + floor(log(u) / log1p(-1 / block_days)) : 1;
        lengths[i] = (uint16_t)(l < (double)days ? l : (double)days);
    }
}

static size_t draw_blocks(const struct part *p, size_t draw, struct block *out)
{
    struct mkt_random r;
    mkt_random_init(&r, p->spec->seed, p->spec->stream << 32 | draw);
    uint32_t days = (uint32_t)p->spec->days, left = days;
    size_t n = 0;
    while (left) {
        uint64_t bits = mkt_random_bits(&r);
        uint32_t from = (uint32_t)((bits & 0xffffffffU) * days >> 32);
        uint32_t length = p->lengths[bits >> 52];
        if (length > left) length = left;
        uint32_t to = from + length;
        if (to >= days) to -= days; /* prefix[days] is prefix[0]: series sum to zero */
        out[n++] = (struct block){(uint16_t)from, (uint16_t)to};
        left -= length;
    }
    return n;
}

typedef void sum_blocks(const float *prefix, const struct block *block, size_t blocks, float *out);

/* Sums the blocks of one lane, in vectors of the given type, with two chains of additions so that
 * one need not wait for the other. Vectors wider than the machine's are taken apart by the compiler
 * at great cost, so each width is written out. */
#define AT(type, day, k) (((const type *)(const void *)(prefix + (size_t)(day)*LANE))[k])
#define BLOCK(type, i, k) (AT(type, block[i].to, k) - AT(type, block[i].from, k))

static void sum_plain(const float *prefix, const struct block *block, size_t blocks, float *out)
{
    quad a = {0}, b = {0}, c = {0}, d = {0}, a2 = {0}, b2 = {0}, c2 = {0}, d2 = {0};
    size_t i = 0;
    for (; i + 2 <= blocks; i += 2) {
        a += BLOCK(quad, i, 0);
        b += BLOCK(quad, i, 1);
        c += BLOCK(quad, i, 2);
        d += BLOCK(quad, i, 3);
        a2 += BLOCK(quad, i + 1, 0);
        b2 += BLOCK(quad, i + 1, 1);
        c2 += BLOCK(quad, i + 1, 2);
        d2 += BLOCK(quad, i + 1, 3);
    }
    if (i < blocks) {
        a += BLOCK(quad, i, 0);
        b += BLOCK(quad, i, 1);
        c += BLOCK(quad, i, 2);
        d += BLOCK(quad, i, 3);
    }
    quad *sum = (quad *)(void *)out;
    sum[0] = a + a2;
    sum[1] = b + b2;
    sum[2] = c + c2;
    sum[3] = d + d2;
}

/* The same additions in the same order, eight at a time: the same bits, sooner. */
#ifdef __x86_64__
__attribute__((target("avx2"))) static void sum_wide(const float *prefix, const struct block *block,
                                                     size_t blocks, float *out)
{
    octet a = {0}, b = {0}, a2 = {0}, b2 = {0};
    size_t i = 0;
    for (; i + 2 <= blocks; i += 2) {
        a += BLOCK(octet, i, 0);
        b += BLOCK(octet, i, 1);
        a2 += BLOCK(octet, i + 1, 0);
        b2 += BLOCK(octet, i + 1, 1);
    }
    if (i < blocks) {
        a += BLOCK(octet, i, 0);
        b += BLOCK(octet, i, 1);
    }
    octet *sum = (octet *)(void *)out;
    sum[0] = a + a2;
    sum[1] = b + b2;
}

static sum_blocks *fastest(void)
{
    return __builtin_cpu_supports("avx2") ? sum_wide : sum_plain;
}
#else
static sum_blocks *fastest(void)
{
    return sum_plain;
}
#endif

static void *run_part(void *user)
{
    const struct part *p = user;
    size_t days = p->spec->days, stride = mkt_resample_stride(p->spec->series);
    sum_blocks *sum = fastest();
    for (size_t first = p->first; first < p->last; first += BATCH) {
        size_t count = p->last - first < BATCH ? p->last - first : BATCH;
        size_t blocks[BATCH];
        for (size_t i = 0; i < count; i++)
            blocks[i] = draw_blocks(p, first + i, p->blocks + i * days);
        for (size_t c = 0; c < stride; c += LANE)
            for (size_t i = 0; i < count; i++)
                sum(p->prefix + c * days, p->blocks + i * days, blocks[i],
                    p->out + (first + i) * stride + c);
    }
    return NULL;
}

static void run_parts(struct part *part, int parts)
{
    pthread_t thread[THREADS_MAX];
    bool started[THREADS_MAX] = {false};
    for (int i = 1; i < parts; i++)
        started[i] = pthread_create(&thread[i], NULL, run_part, &part[i]) == 0;
    run_part(&part[0]);
    for (int i = 1; i < parts; i++) {
        if (started[i])
            pthread_join(thread[i], NULL);
        else
            run_part(&part[i]);
    }
}

/* A lane within one cache line is the faster load. */
static void *align(void *p)
{
    uintptr_t at = (uintptr_t)p, size = LANE * sizeof(float);
    return (char *)p + (size - at % size) % size;
}

mkt_status mkt_resample_sums(struct mkt_arena *arena, const struct mkt_resample *spec,
                             const double *residual, float *out, struct mkt_err *err)
{
    size_t days = spec->days, stride = mkt_resample_stride(spec->series);
    int parts = spec->threads < 1 ? 1 : spec->threads > THREADS_MAX ? THREADS_MAX : spec->threads;
    size_t share = (spec->draws + (size_t)parts - 1) / (size_t)parts;
    size_t mark = mkt_arena_mark(arena);
    char *room = mkt_arena_alloc(arena, days * stride + LANE, sizeof(float));
    uint16_t *lengths = MKT_NEW(arena, uint16_t, GEOMETRIC);
    struct block *blocks = MKT_NEW(arena, struct block, (size_t)parts * BATCH * days);
    if (!room || !lengths || !blocks) {
        mkt_arena_release(arena, mark);
        return mkt_arena_full(arena, err);
    }
    float *prefix = align(room);
    for (size_t k = 0; k < spec->series; k++) {
        float *lane_of = prefix + k / LANE * LANE * days + k % LANE;
        const double *e = residual + k * days;
        double sum = 0;
        for (size_t t = 0; t < days; t++) {
            lane_of[t * LANE] = (float)sum;
            sum += e[t];
        }
    }
    fill_lengths(lengths, spec->block_days, days);
    struct part part[THREADS_MAX];
    for (int i = 0; i < parts; i++) {
        size_t first = (size_t)i * share, last = first + share;
        part[i] = (struct part){spec,
                                prefix,
                                lengths,
                                blocks + (size_t)i * BATCH * days,
                                first < spec->draws ? first : spec->draws,
                                last < spec->draws ? last : spec->draws,
                                out};
    }
    run_parts(part, parts);
    mkt_arena_release(arena, mark);
    return MKT_OK;
}

/* ---- spread -------------------------------------------------------------- */

#define QUAD(p) (*(const quad *)(const void *)(p))

void mkt_resample_spread(float *sums, size_t draws, size_t stride, const float *factor, size_t one,
                         double *own, double *next, double *apart)
{
    for (size_t at = 0; at < stride; at += 4) {
        const quad f = QUAD(factor + at), g = QUAD(factor + at + 1);
        quad a = {0}, b = {0}, c = {0};
        for (size_t d = 0; d < draws; d++) {
            const float *row = sums + d * stride;
            quad v = QUAD(row + at) * f, after = QUAD(row + at + 1) * g - v;
            quad from = v - row[one] * factor[one];
            a += v * v;
            b += after * after;
            c += from * from;
        }
        for (size_t k = 0; k < 4; k++) {
            own[at + k] = sqrt((double)a[k] / (double)draws);
            next[at + k] = sqrt((double)b[k] / (double)draws);
            apart[at + k] = sqrt((double)c[k] / (double)draws);
        }
    }
    for (size_t d = 0; d < draws; d++)
        for (size_t at = 0; at < stride; at += 4)
            *(quad *)(void *)(sums + d * stride + at) *= QUAD(factor + at);
}

/* ---- block length ------------------------------------------------------- */

static double autocovariance(const double *x, size_t stride, size_t days, size_t lag)
{
    double sum = 0;
    for (size_t t = lag; t < days; t++) sum += x[t * stride] * x[(t - lag) * stride];
    return sum / (double)days;
}

double mkt_resample_block_days(const double *series, size_t stride, size_t days, double most)
{
    double r0 = autocovariance(series, stride, days, 0);
    if (!(r0 > 0) || days < 8) return 1;
    /* the lag after which K neighbours all stay within the noise of an empty correlogram */
    double n = (double)days, bound = 2 * sqrt(log10(n) / n) * r0;
    size_t run = (size_t)fmax(5, ceil(sqrt(log10(n)))), most_lag = (size_t)ceil(sqrt(n)) + run;
    if (most_lag > days - 1) most_lag = days - 1;
    size_t significant = 0;
    for (size_t lag = 1, quiet = 0; lag <= most_lag && quiet < run; lag++) {
        if (fabs(autocovariance(series, stride, days, lag)) > bound) {
            significant = lag;
            quiet = 0;
        } else {
            quiet++;
        }
    }
    if (significant == 0) return 1;
    size_t width = 2 * significant < most_lag ? 2 * significant : most_lag;
    double g = 0, d = r0;
    for (size_t lag = 1; lag <= width; lag++) {
        double at = (double)lag / (double)width, w = at <= .5 ? 1 : 2 * (1 - at);
        double r = autocovariance(series, stride, days, lag);
        g += 2 * w * (double)lag * r;
        d += 2 * w * r;
    }
    double b = cbrt(2 * g * g / (2 * d * d)) * cbrt(n);
    return !(b > 1) ? 1 : b < most ? b : most;
}
