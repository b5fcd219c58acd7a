/* Streams are the published generator; deviates have the moments of their distribution. */
#include "num/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define N 200000

/* First outputs of xoshiro256** from the state 1, 2, 3, 4: 11520, then 0, by the definition
 * rotl(s1 * 5, 7) * 9 worked by hand: 2*5=10, 10*128=1280, *9; the state becomes 7, 0, 262146, ... */
static void follows_the_definition(void **state)
{
    (void)state;
    struct mkt_random r = {{1, 2, 3, 4}};
    assert_true(mkt_random_bits(&r) == 11520);
    assert_true(r.s[0] == 7 && r.s[1] == 0 && r.s[2] == 262146);
    assert_true(r.s[3] == 6ULL << 45);
    assert_true(mkt_random_bits(&r) == 0);
}

static void streams_repeat_and_differ(void **state)
{
    (void)state;
    struct mkt_random a, b, c, d;
    mkt_random_init(&a, 1, 2);
    mkt_random_init(&b, 1, 2);
    mkt_random_init(&c, 2, 1);
    mkt_random_init(&d, 1, 3);
    double cross = 0;
    for (int i = 0; i < N; i++) {
        double u = mkt_random_uniform(&a);
        assert_true(u == mkt_random_uniform(&b));
        assert_true(u >= 0 && u < 1);
        double v = mkt_random_uniform(&c), w = mkt_random_uniform(&d);
        cross += (u - .5) * (v - .5) + (u - .5) * (w - .5) + (v - .5) * (w - .5);
    }
    /* sd of the sum: sqrt(3 N) / 12 */
    assert_true(fabs(cross) < 5 * sqrt(3.0 * N) / 12);
}

typedef double deviate(struct mkt_random *r);

/* Mean within 5 standard errors; variance within 5, with the kurtosis given. */
static void check_moments(deviate *draw, double mean, double variance, double kurtosis)
{
    struct mkt_random r;
    mkt_random_init(&r, 42, 7);
    double s = 0, q = 0;
    for (int i = 0; i < N; i++) {
        double x = draw(&r) - mean;
        s += x;
        q += x * x;
    }
    assert_true(fabs(s / N) < 5 * sqrt(variance / N));
    assert_true(fabs(q / N - variance) < 5 * variance * sqrt((kurtosis - 1) / N));
}

static double uniform(struct mkt_random *r)
{
    return mkt_random_uniform(r);
}
static double below(struct mkt_random *r)
{
    return mkt_random_below(r, 7);
}
static double gamma_small(struct mkt_random *r)
{
    return mkt_random_gamma(r, .4);
}
static double gamma_large(struct mkt_random *r)
{
    return mkt_random_gamma(r, 30);
}
static double beta(struct mkt_random *r)
{
    return mkt_random_beta(r, 2, 3);
}
static double geometric(struct mkt_random *r)
{
    return (double)mkt_random_geometric(r, .2);
}
static double binomial_few(struct mkt_random *r)
{
    return (double)mkt_random_binomial(r, 10, .3);
}
static double binomial_many(struct mkt_random *r)
{
    return (double)mkt_random_binomial(r, 100000, .01);
}
static double poisson_few(struct mkt_random *r)
{
    return (double)mkt_random_poisson(r, 2.5);
}
static double poisson_many(struct mkt_random *r)
{
    return (double)mkt_random_poisson(r, 12345.6);
}

static void has_the_right_moments(void **state)
{
    (void)state;
    check_moments(uniform, .5, 1.0 / 12, 1.8);
    check_moments(below, 3, 4, 1.75);
    check_moments(mkt_random_exponential, 1, 1, 9);
    check_moments(mkt_random_normal, 0, 1, 3);
    check_moments(gamma_small, .4, .4, 3 + 6 / .4);
    check_moments(gamma_large, 30, 30, 3.2);
    check_moments(beta, .4, .04, 2.357);
    check_moments(geometric, 5, 20, 9.05);
    check_moments(binomial_few, 3, 2.1, 2.88);
    check_moments(binomial_many, 1000, 990, 3);
    check_moments(poisson_few, 2.5, 2.5, 3.4);
    check_moments(poisson_many, 12345.6, 12345.6, 3);
}

/* P(X = k) of few trials against counts, within 5 standard errors each. */
static void has_the_right_shape(void **state)
{
    (void)state;
    struct mkt_random r;
    mkt_random_init(&r, 3, 0);
    int count[8] = {0}, gaps[4] = {0};
    for (int i = 0; i < N; i++) {
        int64_t k = mkt_random_poisson(&r, 20);
        if (k >= 16 && k < 24) count[k - 16]++;
        int64_t g = mkt_random_geometric(&r, .5);
        assert_true(g >= 1);
        if (g <= 4) gaps[g - 1]++;
    }
    for (int i = 0; i < 8; i++) {
        double p = exp((i + 16) * log(20) - 20 - lgamma(i + 17));
        assert_true(fabs((double)count[i] / N - p) < 5 * sqrt(p / N));
    }
    for (int i = 0; i < 4; i++)
        assert_true(fabs((double)gaps[i] / N - pow(.5, i + 1)) < 5 * sqrt(.25 / N));
}

static void edges(void **state)
{
    (void)state;
    struct mkt_random r;
    mkt_random_init(&r, 1, 1);
    assert_int_equal(mkt_random_geometric(&r, 1), 1);
    assert_int_equal(mkt_random_binomial(&r, 0, .5), 0);
    assert_int_equal(mkt_random_binomial(&r, 1000, 0), 0);
    assert_int_equal(mkt_random_binomial(&r, 1000, 1), 1000);
    assert_int_equal(mkt_random_poisson(&r, 0), 0);
    assert_int_equal(mkt_random_below(&r, 1), 0);
    assert_true(mkt_random_geometric(&r, 1e-300) <= 2147483647);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_definition),
        cmocka_unit_test(streams_repeat_and_differ),
        cmocka_unit_test(has_the_right_moments),
        cmocka_unit_test(has_the_right_shape),
        cmocka_unit_test(edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
