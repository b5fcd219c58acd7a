/* Resampled sums against the bootstrap's own theory, and their independence of threads. */
#include "model/resample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "num/random.h"

#define ARENA_BYTES ((size_t)64 << 20)
#include "arena_fixture.h"

#define DAYS 90
#define SERIES 21
#define DRAWS 4000

static int reset_arena(void **state)
{
    (void)state;
    arena.fail_at = 0;
    mkt_arena_reset(&arena, 0);
    return 0;
}

/* Autoregressions that sum to zero; series 2 is series 0 plus series 1. */
static void make_series(double *e, size_t series, size_t days, double persistence)
{
    struct mkt_random r;
    mkt_random_init(&r, 5, 5);
    for (size_t k = 0; k < series; k++) {
        double x = mkt_random_normal(&r), sum = 0;
        for (size_t t = 0; t < days; t++) {
            x = persistence * x + mkt_random_normal(&r);
            e[k * days + t] = k == 2 ? e[t] + e[days + t] : x;
            sum += e[k * days + t];
        }
        for (size_t t = 0; t < days; t++) e[k * days + t] -= sum / (double)days;
    }
}

static float *draw(const struct mkt_resample *spec, const double *e)
{
    struct mkt_err err = {0};
    size_t stride = mkt_resample_stride(spec->series);
    float *out = MKT_NEW(&arena, float, spec->draws *stride + MKT_RESAMPLE_LANE);
    assert_non_null(out);
    assert_int_equal(mkt_resample_sums(&arena, spec, e, out, &err), MKT_OK);
    return out;
}

/* Politis & Romano (1994), lemma 1: the variance over all possible draws, as a double sum. */
static double true_variance(const double *e, size_t n, double block_days)
{
    double v = 0, keep = 1 - 1 / block_days;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            size_t d = i > j ? i - j : j - i;
            double share = (double)d / (double)n;
            v += e[i] * e[j] *
                 ((1 - share) * pow(keep, (double)d) + share * pow(keep, (double)(n - d)));
        }
    return v;
}

static void spread_is_that_of_the_theory(void **state)
{
    (void)state;
    static double e[SERIES * DAYS];
    make_series(e, SERIES, DAYS, .4);
    const double lengths[] = {1, 3.5, 7, 20};
    for (size_t l = 0; l < 4; l++) {
        struct mkt_resample spec = {DAYS, SERIES, DRAWS, lengths[l], 1, 0, 1};
        float *out = draw(&spec, e);
        size_t stride = mkt_resample_stride(SERIES);
        for (size_t k = 0; k < SERIES; k++) {
            double mean = 0, square = 0, v = true_variance(e + k * DAYS, DAYS, lengths[l]);
            for (size_t d = 0; d < DRAWS; d++) {
                double x = (double)out[d * stride + k];
                mean += x / DRAWS;
                square += x * x / DRAWS;
            }
            assert_true(fabs(mean) < 5 * sqrt(v / DRAWS));
            assert_true(fabs(square / v - 1) < 5 * sqrt(2.0 / DRAWS));
        }
    }
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    static double e[SERIES * DAYS];
    make_series(e, SERIES, DAYS, .4);
    struct mkt_resample spec = {DAYS, SERIES, 999, 7, 3, 1, 1};
    size_t bytes = spec.draws * mkt_resample_stride(SERIES) * sizeof(float);
    float *one = draw(&spec, e);
    for (int threads = 2; threads < 40; threads += 9) {
        spec.threads = threads;
        assert_memory_equal(one, draw(&spec, e), bytes);
    }
}

static void days_stay_together(void **state)
{
    (void)state;
    static double e[SERIES * DAYS];
    make_series(e, SERIES, DAYS, .4);
    struct mkt_resample spec = {DAYS, SERIES, 500, 7, 1, 0, 2};
    float *out = draw(&spec, e);
    size_t stride = mkt_resample_stride(SERIES);
    for (size_t d = 0; d < 500; d++) {
        assert_true(fabsf(out[d * stride] + out[d * stride + 1] - out[d * stride + 2]) < 1e-3F);
        for (size_t k = SERIES; k < stride; k++) assert_true(out[d * stride + k] == 0);
    }
}

static void seeds_and_streams_differ(void **state)
{
    (void)state;
    static double e[SERIES * DAYS];
    make_series(e, SERIES, DAYS, .4);
    struct mkt_resample spec = {DAYS, SERIES, 50, 7, 1, 0, 1}, other = spec, another = spec;
    other.seed = 2;
    another.stream = 1;
    float *a = draw(&spec, e), *b = draw(&other, e), *c = draw(&another, e);
    size_t bytes = 50 * mkt_resample_stride(SERIES) * sizeof(float);
    assert_memory_not_equal(a, b, bytes);
    assert_memory_not_equal(a, c, bytes);
    assert_memory_not_equal(b, c, bytes);
}

static void spread_agrees_with_a_loop(void **state)
{
    (void)state;
    enum { D = 200 };
    size_t stride = mkt_resample_stride(SERIES);
    float *sums = MKT_NEW(&arena, float, D *stride + MKT_RESAMPLE_LANE);
    float *factor = MKT_NEW(&arena, float, stride + MKT_RESAMPLE_LANE);
    double *own = MKT_NEW(&arena, double, 3 * stride), want[3][SERIES] = {{0}};
    struct mkt_random r;
    mkt_random_init(&r, 9, 9);
    for (size_t k = 0; k < SERIES; k++) factor[k] = (float)(1 + mkt_random_uniform(&r));
    for (size_t d = 0; d < D; d++) {
        float *row = sums + d * stride;
        for (size_t k = 0; k < SERIES; k++) row[k] = (float)mkt_random_normal(&r);
        for (size_t k = 0; k < SERIES; k++) {
            double v = (double)(row[k] * factor[k]);
            double after = k + 1 < SERIES ? (double)(row[k + 1] * factor[k + 1]) : 0;
            want[0][k] += v * v / D;
            want[1][k] += (after - v) * (after - v) / D;
            want[2][k] += pow(v - (double)(row[4] * factor[4]), 2) / D;
        }
    }
    double kept = (double)(sums[3 * stride + 7] * factor[7]);
    mkt_resample_spread(sums, D, stride, factor, 4, own, own + stride, own + 2 * stride);
    for (int i = 0; i < 3; i++)
        for (size_t k = 0; k < SERIES; k++)
            assert_true(fabs(own[(size_t)i * stride + k] - sqrt(want[i][k])) < 1e-5);
    assert_true((double)sums[3 * stride + 7] == kept);
}

/* For an autoregression the answer is known: (2 r / (1 - r^2))^(2/3) n^(1/3). */
static void block_length_follows_persistence(void **state)
{
    (void)state;
    enum { N = 4000 };
    double *e = MKT_NEW(&arena, double, N);
    make_series(e, 1, N, .8);
    double want = pow(1.6 / .36, 2.0 / 3) * cbrt(N);
    double got = mkt_resample_block_days(e, 1, N, 1000);
    assert_true(got > want / 2 && got < want * 2);
    assert_true(mkt_resample_block_days(e, 1, N, 10) == 10);
    make_series(e, 1, N, 0);
    assert_true(mkt_resample_block_days(e, 1, N, 1000) < 6);
    memset(e, 0, N * sizeof *e);
    assert_true(mkt_resample_block_days(e, 1, N, 1000) == 1);
    /* a stride reads every second */
    for (size_t t = 0; t < 100; t++) e[2 * t] = (double)(t % 5) - 2, e[2 * t + 1] = 7;
    double *plain = MKT_NEW(&arena, double, 100);
    for (size_t t = 0; t < 100; t++) plain[t] = e[2 * t];
    assert_true(mkt_resample_block_days(e, 2, 100, 25) ==
                mkt_resample_block_days(plain, 1, 100, 25));
}

static void the_arena_may_be_full(void **state)
{
    (void)state;
    static double e[SERIES * DAYS];
    static float out[50 * 32 + MKT_RESAMPLE_LANE];
    struct mkt_resample spec = {DAYS, SERIES, 50, 7, 1, 0, 2};
    for (size_t k = 1; k <= 3; k++) {
        struct mkt_err err = {0};
        mkt_arena_reset(&arena, 0);
        arena.fail_at = k;
        assert_int_equal(mkt_resample_sums(&arena, &spec, e, out, &err), MKT_E_NOMEM);
    }
    struct mkt_err err = {0};
    mkt_arena_reset(&arena, 0);
    arena.fail_at = 4;
    assert_int_equal(mkt_resample_sums(&arena, &spec, e, out, &err), MKT_OK);
    assert_int_equal(arena.used, 0); /* scratch is given back */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(spread_is_that_of_the_theory, reset_arena),
        cmocka_unit_test_setup(threads_do_not_matter, reset_arena),
        cmocka_unit_test_setup(days_stay_together, reset_arena),
        cmocka_unit_test_setup(seeds_and_streams_differ, reset_arena),
        cmocka_unit_test_setup(spread_agrees_with_a_loop, reset_arena),
        cmocka_unit_test_setup(block_length_follows_persistence, reset_arena),
        cmocka_unit_test_setup(the_arena_may_be_full, reset_arena),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
