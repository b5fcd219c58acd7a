/* Recovers an elasticity that is known, and says nothing where it cannot. */
#include "model/elasticity.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "num/random.h"

#define ARENA_BYTES ((size_t)64 << 20)
#include "arena_fixture.h"

#define DAYS 371 /* 53 weeks */

static int reset_arena(void **state)
{
    (void)state;
    arena.fail_at = 0;
    mkt_arena_reset(&arena, 0);
    return 0;
}

/* Weekly spend of lognormal size spread over its days; y = 3 x^elasticity season, with noise. */
static void make(uint64_t seed, double elasticity, double width, double noise, double *x, double *y)
{
    struct mkt_random r;
    mkt_random_init(&r, seed, 0);
    for (int w = 0; w < DAYS / 7; w++) {
        double season = 1 + .3 * sin(w / 8.0);
        double spend = 700 * season * exp(width * mkt_random_normal(&r));
        double brought = 3 * pow(spend, elasticity) * season * exp(noise * mkt_random_normal(&r));
        for (int d = 0; d < 7; d++) {
            x[7 * w + d] = spend / 7;
            y[7 * w + d] = brought / 7;
        }
    }
}

static struct mkt_elasticity fit(const double *x, const double *y, size_t days)
{
    struct mkt_elasticity e;
    struct mkt_err err = {0};
    mkt_arena_reset(&arena, 0);
    assert_int_equal(mkt_elasticity_fit(&arena, x, y, days, 1, &e, &err), MKT_OK);
    return e;
}

static void recovers_the_truth(void **state)
{
    (void)state;
    double x[DAYS], y[DAYS];
    int held = 0, all = 300;
    double mean = 0;
    for (int i = 0; i < all; i++) {
        make((uint64_t)i, .6, .25, .15, x, y);
        struct mkt_elasticity e = fit(x, y, DAYS);
        assert_true(e.known);
        assert_int_equal(e.weeks, 53);
        assert_true(e.low < e.value && e.value < e.high);
        held += e.low <= .6 && .6 <= e.high;
        mean += e.value / all;
    }
    assert_true(fabs(mean - .6) < .03);
    assert_true(held >= 275 && held <= 297); /* 95 %: 285, give or take 3 standard errors */
}

static void knows_below_from_above_one(void **state)
{
    (void)state;
    double x[DAYS], y[DAYS];
    make(1, .3, .3, .1, x, y);
    assert_true(fit(x, y, DAYS).below_one > .99);
    make(1, 1.6, .3, .1, x, y);
    assert_true(fit(x, y, DAYS).below_one < .01);
}

/* Without noise the slope is exact, whatever the units. */
static void does_not_depend_on_units(void **state)
{
    (void)state;
    double x[DAYS], y[DAYS];
    make(2, .5, .3, .1, x, y);
    double before = fit(x, y, DAYS).value;
    for (int t = 0; t < DAYS; t++) x[t] *= 1000, y[t] /= 7;
    assert_true(fabs(fit(x, y, DAYS).value - before) < 1e-9);
}

static void says_nothing_without_variation_or_weeks(void **state)
{
    (void)state;
    double x[DAYS], y[DAYS];
    make(3, .5, .02, .1, x, y);
    struct mkt_elasticity e = fit(x, y, DAYS);
    assert_false(e.known);
    assert_true(e.variation < MKT_ELASTICITY_LEAST_VARIATION);
    make(3, .5, .3, .1, x, y);
    e = fit(x, y, 7 * (MKT_ELASTICITY_LEAST_WEEKS - 1) + 6);
    assert_false(e.known);
    assert_true(isnan(e.variation));
    memset(x, 0, sizeof x);
    assert_false(fit(x, y, DAYS).known);
    assert_false(fit(x, y, 3).known);
}

static void skips_weeks_without_spend(void **state)
{
    (void)state;
    double x[DAYS], y[DAYS];
    make(4, .5, .3, .1, x, y);
    for (int t = 70; t < 140; t++) x[t] = 0;
    struct mkt_elasticity e = fit(x, y, DAYS);
    assert_true(e.known);
    assert_int_equal(e.weeks, 43);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    double x[DAYS], y[DAYS];
    struct mkt_elasticity e;
    make(5, .5, .3, .1, x, y);
    fit(x, y, DAYS);
    size_t needed = arena.allocations;
    for (size_t k = 1; k <= needed; k++) {
        struct mkt_err err = {0};
        mkt_arena_reset(&arena, 0);
        arena.fail_at = k;
        assert_int_equal(mkt_elasticity_fit(&arena, x, y, DAYS, 1, &e, &err), MKT_E_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(recovers_the_truth, reset_arena),
        cmocka_unit_test_setup(knows_below_from_above_one, reset_arena),
        cmocka_unit_test_setup(does_not_depend_on_units, reset_arena),
        cmocka_unit_test_setup(says_nothing_without_variation_or_weeks, reset_arena),
        cmocka_unit_test_setup(skips_weeks_without_spend, reset_arena),
        cmocka_unit_test_setup(every_allocation_may_fail, reset_arena),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
