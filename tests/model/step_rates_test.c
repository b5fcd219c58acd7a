#include "model/step_rates.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) fail_msg("%.12g is not %.12g", got, want);
}

/* Newcombe (1998), table II of his paper on single proportions: 81 of 263, 15 of 148, 0 of 20, 1 of
 * 29, by Wilson's score method without continuity correction. */
static void rates_as_published(void **state)
{
    static const struct {
        double x, n, low, high;
    } row[] = {
        {81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct mkt_step_rate r =
            mkt_step_rates_of(row[i].n, row[i].x, row[i].n, row[i].x, row[i].x, .95);
        near(r.low, row[i].low, 5e-5);
        near(r.high, row[i].high, 5e-5);
        near(r.effect, 1, 1e-12);
    }
}

/* Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10. */
static void differences_as_published(void **state)
{
    static const struct {
        double x1, n1, x2, n2, low, high;
    } row[] = {{56, 70, 48, 80, .0524, .3339}, {9, 10, 3, 10, .1705, .8090},
               {6, 7, 2, 7, .0582, .8062},     {5, 56, 0, 29, -.0381, .1926},
               {0, 10, 0, 20, -.1611, .2775},  {0, 10, 0, 10, -.2775, .2775},
               {10, 10, 0, 20, .6791, 1.0},    {10, 10, 0, 10, .6075, 1.0}};
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct mkt_step_difference d =
            mkt_step_rates_compare(row[i].x1, row[i].n1, row[i].x2, row[i].n2, 1, .95);
        near(d.low, row[i].low, 5e-5);
        near(d.high, row[i].high, 5e-5);
    }
}

/* Fisher's tea: 3 of 4 and 1 of 4 has a one-sided p of 17/70; 9 of 10 against 3 of 10 by hand:
 * (C(10,9) C(10,3) + C(10,10) C(10,2)) / C(20,12). */
static void small_tables_are_tested_exactly(void **state)
{
    (void)state;
    near(mkt_step_rates_compare(3, 4, 1, 4, 1, .95).p, 34.0 / 70, 1e-12);
    near(mkt_step_rates_compare(1, 4, 3, 4, 1, .95).p, 34.0 / 70, 1e-12);
    near(mkt_step_rates_compare(9, 10, 3, 10, 1, .95).p, 2 * (1200.0 + 45) / 125970, 1e-12);
    near(mkt_step_rates_compare(0, 5, 0, 7, 1, .95).p, 1, 0);
    near(mkt_step_rates_compare(0, 5, 7, 7, 1, .95).p, 2.0 / 792, 1e-12);
}

/* z = .1 / sqrt(.25 (1/100 + 1/100)) = 1.41421; twice the upper tail. */
static void large_tables_by_score(void **state)
{
    (void)state;
    near(mkt_step_rates_compare(55, 100, 45, 100, 1, .95).p, 0.15729920705028513, 1e-9);
    near(mkt_step_rates_compare(55, 100, 45, 100, 2, .95).p, 0.31731050786291415, 1e-9);
    assert_true(isnan(mkt_step_rates_compare(0, 0, 45, 100, 1, .95).value));
}

/* Each of ten users has four sessions that all convert or none: worth ten sessions. */
static void alike_units_widen_the_interval(void **state)
{
    (void)state;
    struct mkt_step_rate alike = mkt_step_rates_of(40, 20, 160, 80, 80, .95);
    struct mkt_step_rate ten = mkt_step_rates_of(10, 5, 10, 5, 5, .95);
    near(alike.effect, 4, 1e-12);
    near(alike.low, ten.low, 1e-12);
    near(alike.high, ten.high, 1e-12);
    near(mkt_step_rates_of(40, 0, 160, 0, 0, .95).effect, 4, 1e-12); /* nothing tells otherwise */
    assert_true(isnan(mkt_step_rates_of(0, 0, 0, 0, 0, .95).value));
}

static struct mkt_step_time quantile(const int64_t *second, size_t n, double q)
{
    size_t bins = mkt_funnels_bin_of(INT64_C(1000000000000)) + 1;
    struct mkt_funnel_bin *bin = calloc(bins, sizeof *bin);
    assert_non_null(bin);
    for (size_t i = 0; i < n; i++) {
        struct mkt_funnel_bin *b = &bin[mkt_funnels_bin_of(second[i] * 1000000)];
        b->n++;
        b->sum += second[i] * 1000;
    }
    struct mkt_step_time t = mkt_step_rates_time(bin, bins, q, 1, .95);
    free(bin);
    return t;
}

static void times_of_known_ranks(void **state)
{
    int64_t second[100];
    (void)state;
    for (int i = 0; i < 100; i++) second[i] = 1000 * (i + 1);
    /* ranks 50 +- 9.8 + .5: times 40.7 and 60.3 of a hundred; bins are right to one part in 128 */
    struct mkt_step_time t = quantile(second, 100, .5);
    near(t.value, 50000, 50000 / 128.0);
    near(t.low, 40700, 40700 / 128.0);
    near(t.high, 60300, 60300 / 128.0);
    assert_int_equal(t.n, 100);
    t = quantile(second, 5, .5); /* five times hold no 95 % interval of the median */
    near(t.value, 3000, 3000 / 128.0);
    assert_true(isnan(t.low));
    for (int i = 0; i < 100; i++) second[i] = 86400;
    t = quantile(second, 100, .9); /* all alike: exact */
    near(t.value, 86400, 1e-6);
    near(t.low, 86400, 1e-6);
    assert_true(isnan(quantile(second, 0, .5).value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_as_published),
        cmocka_unit_test(differences_as_published),
        cmocka_unit_test(small_tables_are_tested_exactly),
        cmocka_unit_test(large_tables_by_score),
        cmocka_unit_test(alike_units_widen_the_interval),
        cmocka_unit_test(times_of_known_ranks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
