#include "model/lifetime.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MONTHS 6

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_cohorts_cell cell[MKT_COHORTS_GROUPS * MONTHS];
static struct mkt_cohorts_back back[MONTHS];
static mkt_micro threshold[1];
static struct mkt_cohorts cohorts;

static int begin(void **state)
{
    (void)state;
    memset(cell, 0, sizeof cell);
    memset(back, 0, sizeof back);
    threshold[0] = 0;
    cohorts = (struct mkt_cohorts){.rules = {.months = MONTHS, .threshold = threshold},
                                   .slices = 1,
                                   .cell = cell,
                                   .back = back};
    mkt_err_clear(&err);
    return mkt_arena_open(&arena, (size_t)64 << 20, &err) != MKT_OK;
}

static int end(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) fail_msg("%.12g is not %.12g", got, want);
}

/* A customer of a group, seen for some months, who leaves the same each month. */
static void put(size_t group, int seen, double each)
{
    for (int m = 0; m < seen; m++) {
        cell[group * MONTHS + m].seen++;
        cell[group * MONTHS + m].contribution += (mkt_micro)llround(each * MKT_MICRO);
        cell[group * MONTHS + m].amount += (mkt_micro)llround(2 * each * MKT_MICRO);
    }
}

static struct mkt_lifetime fit(size_t horizon, double discount)
{
    struct mkt_lifetime l;
    struct mkt_lifetime_params p = {.horizon = horizon, .discount = discount, .seed = 7};
    assert_int_equal(mkt_lifetime_fit(&arena, &cohorts, 0, &p, &l, &err), MKT_OK);
    return l;
}

/* 60 customers: 40 of them leave 3 a month and are seen for 6; 20 leave 6 and are seen for 2. */
static void fill(double scale)
{
    for (size_t i = 0; i < 40; i++) put(i, 6, 3 * scale);
    for (size_t i = 0; i < 20; i++) put(100 + i, 2, 6 * scale);
}

/* Months 1 and 2 are of all: 4 each; months 3 to 6 of the 40: 3 each. */
static void value_by_hand(void **state)
{
    (void)state;
    fill(1);
    struct mkt_lifetime l = fit(4, 0);
    assert_int_equal(l.months, 6);
    assert_int_equal(l.seen[1], 60);
    assert_int_equal(l.seen[2], 40);
    near(l.curve[0].value, 4, 1e-12);
    near(l.curve[5].value, 20, 1e-12);
    near(l.ltv.value, 14, 1e-12);
    near(l.revenue.value, 28, 1e-12);
    l = fit(4, .21);
    double d = pow(1.21, -1.0 / 12);
    near(l.ltv.value, 4 + 4 * d + 3 * d * d + 3 * d * d * d, 1e-12);
    assert_true(l.ltv.is_log && l.ltv.low < l.ltv.value && l.ltv.value < l.ltv.high);
    /* 60 customers of 3 or 6 in month 1: 4, standard deviation sqrt(2), so an error of .1826 */
    near(l.curve[0].spread, sqrt(2) / sqrt(60) / 4, .006);
}

static void beyond_the_data(void **state)
{
    (void)state;
    for (size_t i = 0; i < 29; i++) put(i, 6, 3);
    put(29, 2, 3);
    struct mkt_lifetime l = fit(3, 0);
    assert_int_equal(l.months, 2); /* 30 customers have two months behind them */
    assert_true(isnan(l.ltv.value) && !l.ltv_draw);
    near(l.reached.value, 6, 1e-12);
    assert_true(isnan(mkt_lifetime_mix(&l, 1, 1).value));
    memset(cell, 0, sizeof cell);
    l = fit(3, 0);
    assert_int_equal(l.months, 0);
    assert_true(isnan(l.ltv.value) && isnan(mkt_lifetime_payback(&l, 1, 0).value));
}

/* Other units and the same customers in other groups. */
static void units_and_groups(void **state)
{
    (void)state;
    fill(1);
    struct mkt_lifetime a = fit(6, .1);
    memset(cell, 0, sizeof cell);
    fill(1000);
    struct mkt_lifetime b = fit(6, .1);
    near(b.ltv.value / a.ltv.value, 1000, 1e-9);
    near(b.ltv.spread, a.ltv.spread, 1e-9);
    memset(cell, 0, sizeof cell);
    for (size_t i = 0; i < 40; i++) put(255 - i, 6, 3);
    for (size_t i = 0; i < 20; i++) put(i, 2, 6);
    b = fit(6, .1);
    near(b.ltv.value, a.ltv.value, 1e-12);
    near(b.ltv.spread, a.ltv.spread, .15 * a.ltv.spread);
    struct mkt_lifetime again = fit(6, .1); /* the same seed, the same bytes */
    assert_memory_equal(&again.ltv, &b.ltv, sizeof b.ltv);
}

/* What is left may be below nothing: then the interval is on the plain scale. */
static void below_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < 60; i++) put(i, 6, i % 2 ? -3 : 1);
    struct mkt_lifetime l = fit(3, 0);
    near(l.ltv.value, -3, 1e-12);
    assert_false(l.ltv.is_log);
    near(l.ltv.spread, 3 * 2 / sqrt(60), .1);
    near((l.ltv.low + l.ltv.high) / 2, -3, 1e-9);
    struct mkt_lifetime_value ratio = mkt_lifetime_per(&l.ltv, 2, .1, 2);
    near(ratio.value, -1.5, 1e-12);
    near(ratio.spread, hypot(l.ltv.spread / 2, .15), 1e-12);
    assert_true(isnan(mkt_lifetime_payback(&l, 5, .1).value));
}

static void payback_by_hand(void **state)
{
    (void)state;
    fill(1); /* 4, 8, 11, 14, 17, 20 */
    struct mkt_lifetime l = fit(6, 0);
    struct mkt_lifetime_month m = mkt_lifetime_payback(&l, 9.5, 0);
    near(m.value, 2.5, 1e-12);
    assert_true(m.low < m.value && m.value < m.high);
    struct mkt_lifetime_month wider = mkt_lifetime_payback(&l, 9.5, .1);
    assert_true(wider.low < m.low && m.high < wider.high);
    near(mkt_lifetime_payback(&l, 1, 0).value, .25, 1e-12);
    m = mkt_lifetime_payback(&l, 19.9, .05); /* the upper end is not within the data */
    assert_true(!isnan(m.value) && isnan(m.high));
    assert_true(isnan(mkt_lifetime_payback(&l, 21, 0).value));
}

/* Kaplan and Meier: 60 at risk, 15 paid; 40 left at risk, 20 paid; 10, 0: 1 - .75 * .5 = .625. */
static void shares_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < 60; i++) put(i, 6, 1);
    threshold[0] = 1;
    back[0] = (struct mkt_cohorts_back){60, 15};
    back[1] = (struct mkt_cohorts_back){40, 20};
    back[2] = (struct mkt_cohorts_back){10, 0};
    struct mkt_lifetime l = fit(3, 0);
    near(l.paid[0].value, .25, 1e-12);
    near(l.paid[1].value, .625, 1e-12);
    near(l.paid[5].value, .625, 1e-12);
    /* the first is a plain share of 60: Wilson's interval of 15 in 60 */
    near(l.paid[0].low, .1578, 5e-4);
    near(l.paid[0].high, .3720, 5e-4);
    struct mkt_lifetime_month m = mkt_lifetime_median(&l);
    near(m.value, 2, 0);
    near(m.low, 2, 0);
    assert_true(m.high >= 2 || isnan(m.high));
    threshold[0] = 0; /* without a threshold nothing is said */
    l = fit(3, 0);
    assert_true(isnan(l.paid[0].value) && isnan(mkt_lifetime_median(&l).value));
}

static void mixes_and_comparisons(void **state)
{
    (void)state;
    fill(1);
    struct mkt_lifetime l = fit(6, 0);
    struct mkt_lifetime_value v = mkt_lifetime_mix(&l, 0, 1);
    near(v.value, l.ltv.value, 1e-12);
    near(v.spread, l.ltv.spread, 1e-9);
    near(mkt_lifetime_mix(&l, .1, 1).value, .1 * l.revenue.value + l.ltv.value, 1e-12);
    struct mkt_lifetime_value a = {2, 1, 4, .2, true}, b = {1, .5, 2, .2, true};
    near(mkt_lifetime_above(&a, &b), .5 + .5 * erf(log(2) / sqrt(.08) / sqrt(2)), 1e-9);
    near(mkt_lifetime_above(&a, &b) + mkt_lifetime_above(&b, &a), 1, 1e-9);
    b.spread = NAN;
    assert_true(isnan(mkt_lifetime_above(&a, &b)));
}

static void every_arena_size(void **state)
{
    struct mkt_lifetime l;
    struct mkt_lifetime_params p = {.horizon = 3, .seed = 7};
    (void)state;
    fill(1);
    fit(3, 0);
    size_t all = arena.allocations;
    for (size_t k = 1; k <= all; k++) {
        mkt_arena_reset(&arena, 0);
        arena.fail_at = k;
        mkt_err_clear(&err);
        assert_int_equal(mkt_lifetime_fit(&arena, &cohorts, 0, &p, &l, &err), MKT_E_NOMEM);
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(value_by_hand),   T(beyond_the_data), T(units_and_groups),      T(below_nothing),
        T(payback_by_hand), T(shares_by_hand),  T(mixes_and_comparisons), T(every_arena_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
