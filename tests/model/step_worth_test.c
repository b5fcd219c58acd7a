#include "model/step_worth.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) fail_msg("%.12g is not %.12g", got, want);
}

static struct mkt_step_rate rate(double x, double n)
{
    return mkt_step_rates_of(n, x, n, x, x, .95);
}

static struct mkt_step_worth fit(struct mkt_arena *arena, struct mkt_step_rate *r, size_t steps,
                                 double entries, double value, double se)
{
    struct mkt_step_worth out;
    struct mkt_err err = {0};
    const struct mkt_step_worth_input in = {.rate = r,
                                            .steps = steps,
                                            .entries = entries,
                                            .value = value,
                                            .value_se = se,
                                            .value_n = 100,
                                            .level = .95,
                                            .seed = 3};
    assert_int_equal(mkt_step_worth_fit(arena, &in, &out, &err), MKT_OK);
    return out;
}

/* 1,000 enter, half go on, a fifth of these convert at 50 each: a point more at the first step is
 * 10 people, 2 conversions, 100; at the second 5 conversions, 250. */
static void worth_by_hand(void **state)
{
    struct mkt_arena arena;
    struct mkt_err err = {0};
    (void)state;
    assert_int_equal(mkt_arena_open(&arena, 8U << 20, &err), MKT_OK);
    struct mkt_step_rate r[] = {rate(500, 1000), rate(100, 500)};
    struct mkt_step_worth w = fit(&arena, r, 2, 1000, 50, 0);
    near(w.of[0].value, 100, 1e-9);
    near(w.of[1].value, 250, 1e-9);
    near(w.per_entry, 5, 1e-9);
    assert_int_equal(w.first, 1);
    assert_int_equal(w.second, 0);
    assert_true(w.of[1].best > .999 && w.of[1].best < 1);
    near(w.of[0].best + w.of[1].best, 1, 1e-3);
    /* the worth at the first step is open by the second rate alone: 10 people times 50 times it */
    near(w.of[0].low, 500 * r[1].low, 2);
    near(w.of[0].high, 500 * r[1].high, 2);
    /* and that at the second by the first: 50 times 10 times it */
    near(w.of[1].low, 500 * r[0].low, 2);
    near(w.of[1].high, 500 * r[0].high, 2);
    struct mkt_step_worth doubled = fit(&arena, r, 2, 1000, 100, 0);
    near(doubled.of[1].value, 500, 1e-9); /* twice the value, twice the worth, the same step */
    near(doubled.of[1].low, 2 * w.of[1].low, 1e-9);
    near(doubled.of[1].best, w.of[1].best, 0);
    struct mkt_step_worth wider = fit(&arena, r, 2, 1000, 50, 10);
    assert_true(wider.of[1].low < w.of[1].low && wider.of[1].high > w.of[1].high);
    mkt_arena_close(&arena);
}

static void equal_steps_are_undecided(void **state)
{
    struct mkt_arena arena;
    struct mkt_err err = {0};
    (void)state;
    assert_int_equal(mkt_arena_open(&arena, 8U << 20, &err), MKT_OK);
    struct mkt_step_rate r[] = {rate(500, 1000), rate(250, 500), rate(125, 250)};
    struct mkt_step_worth w = fit(&arena, r, 3, 1000, 1, 0);
    for (size_t k = 0; k < 3; k++) near(w.of[k].best, 1.0 / 3, .12);
    near(w.of[0].value, w.of[2].value, 1e-9);
    mkt_arena_close(&arena);
}

/* Two conversions of 10 and 20 by two users, none of which has several. */
static void mean_value_by_hand(void **state)
{
    int64_t conversions = 2, value = 30 * MKT_MICRO, square[] = {5, 2};
    struct mkt_funnels f = {.steps = 2,
                            .conversions = &conversions,
                            .value = &value,
                            .square = square,
                            .value_square = 500 * INT64_C(1000000),
                            .value_count = 30 * INT64_C(1000)};
    double mean, se, n;
    (void)state;
    mkt_step_worth_value(&f, &mean, &se, &n);
    near(mean, 15, 1e-12);
    near(se, 5, 1e-12); /* sd of 7.07 over the root of two */
    near(n, 2, 1e-12);
    conversions = square[1] = 1;
    mkt_step_worth_value(&f, &mean, &se, &n);
    assert_true(isnan(se)); /* one conversion tells no spread */
}

static void every_arena_size(void **state)
{
    (void)state;
    struct mkt_step_rate r[] = {rate(500, 1000), rate(100, 500)};
    for (size_t at = 1; at <= 3; at++) {
        struct mkt_arena arena;
        struct mkt_err err = {0};
        struct mkt_step_worth out;
        const struct mkt_step_worth_input in = {
            .rate = r, .steps = 2, .entries = 10, .value = 1, .level = .95};
        assert_int_equal(mkt_arena_open(&arena, 8U << 20, &err), MKT_OK);
        arena.fail_at = at;
        assert_int_equal(mkt_step_worth_fit(&arena, &in, &out, &err), MKT_E_NOMEM);
        mkt_arena_close(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worth_by_hand),
        cmocka_unit_test(equal_steps_are_undecided),
        cmocka_unit_test(mean_value_by_hand),
        cmocka_unit_test(every_arena_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
