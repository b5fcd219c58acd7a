/* Projections of spend: arithmetic where spend is steady, coverage where it is not. */
#include "model/pace.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "num/random.h"

#define ARENA_BYTES ((size_t)16 << 20)
#include "arena_fixture.h"

static int reset_arena(void **state)
{
    (void)state;
    arena.fail_at = 0;
    mkt_arena_reset(&arena, 0);
    return 0;
}

static struct mkt_pace fit(const double *spend, size_t seen, double spent, int32_t left,
                           double budget)
{
    struct mkt_pace p;
    struct mkt_err err = {0};
    mkt_arena_reset(&arena, 0);
    assert_int_equal(mkt_pace_fit(&arena, spend, seen, 20000, spent, left, budget, 1, &p, &err),
                     MKT_OK);
    return p;
}

static void steady_spend_goes_on(void **state)
{
    (void)state;
    double spend[50];
    for (int t = 0; t < 50; t++) spend[t] = mkt_date_weekday(20000 + t) >= 5 ? 10 : 100;
    double want = 0;
    for (int t = 50; t < 60; t++) want += mkt_date_weekday(20000 + t) >= 5 ? 10 : 100;
    struct mkt_pace p = fit(spend, 50, 1234, 10, 5000);
    assert_true(fabs(p.projected - 1234 - want) < 1e-9);
    assert_true(p.low <= p.projected && p.projected <= p.high && p.high - p.low < 1e-3);
    assert_true(p.above < .001);
    assert_true(fit(spend, 50, 1234, 10, 1300).above > .999);
}

static void a_finished_period_is_arithmetic(void **state)
{
    (void)state;
    double spend[1] = {5};
    struct mkt_pace p = fit(spend, 1, 900, 0, 1000);
    assert_true(p.projected == 900 && isnan(p.low) && isnan(p.high) && p.above == 0);
    assert_true(fit(spend, 1, 1100, 0, 1000).above == 1);
}

static void too_few_days_say_nothing(void **state)
{
    (void)state;
    double spend[13] = {1, 2, 3};
    struct mkt_pace p = fit(spend, 13, 6, 5, 10);
    assert_true(isnan(p.projected) && isnan(p.above));
}

static void intervals_hold_the_end(void **state)
{
    (void)state;
    enum { SEEN = 60, LEFT = 20, ALL = 400 };
    int held = 0;
    for (int i = 0; i < ALL; i++) {
        struct mkt_random r;
        mkt_random_init(&r, 6, (uint64_t)i);
        double spend[SEEN + LEFT], spent = 0, end = 0, x = 0;
        for (int t = 0; t < SEEN + LEFT; t++) {
            x = .3 * x + .2 * mkt_random_normal(&r);
            spend[t] = (mkt_date_weekday(20000 + t) >= 5 ? 60 : 100) * (1 + x);
            end += spend[t];
            if (t < SEEN) spent += spend[t];
        }
        struct mkt_pace p = fit(spend, SEEN, spent, LEFT, 1e4);
        held += p.low <= end && end <= p.high;
    }
    assert_true(held >= 360 && held <= 396); /* 90 to 99 % */
}

/* Spend doubles in the last 60 days of every year of 364: the level alone misses it. */
static void last_years_season_is_followed(void **state)
{
    (void)state;
    enum { YEAR = 364, PEAK = 60, SEEN = 2 * YEAR - PEAK };
    double spend[SEEN];
    for (int t = 0; t < SEEN; t++) spend[t] = t % YEAR >= YEAR - PEAK ? 200 : 100;
    struct mkt_pace p = fit(spend, SEEN, 30400, PEAK, 41000);
    assert_true(p.season && fabs(p.projected - 42400) < 1e-6);
    assert_true(p.low < 41000 && p.high > 44000 && p.above > .5 && p.above < .95);

    p = fit(spend + YEAR, SEEN - YEAR, 30400, PEAK, 41000); /* no year before */
    assert_true(!p.season && fabs(p.projected - 36400) < 1e-6);
}

static void a_part_of_the_recent_days_will_do(void **state)
{
    (void)state;
    double spend[392];
    for (int t = 0; t < 392; t++) spend[t] = t < 28 ? 50 : 100; /* then half of now */
    struct mkt_pace p = fit(spend, 392, 0, 10, 5000);
    assert_true(p.season && fabs(p.projected - 2000) < 1e-6); /* 10 days, twice as dear then */
    assert_true(!fit(spend, 391, 0, 10, 5000).season);
    assert_true(!fit(spend, 392, 0, 365, 5000).season);
}

/* A year that ran otherwise than the year before widens the interval. */
static void what_did_not_repeat_widens(void **state)
{
    (void)state;
    enum { SEEN = 700 };
    double same[SEEN], other[SEEN];
    for (int t = 0; t < SEEN; t++) {
        same[t] = 100;
        other[t] = t >= SEEN - 56 ? 300 : 100;
    }
    struct mkt_pace a = fit(same, SEEN, 0, 30, 5000), b = fit(other, SEEN, 0, 30, 5000);
    assert_true(a.season && b.season);
    assert_true(log(b.high / b.low) > 1.5 * log(a.high / a.low));
    assert_true(log(a.high / a.low) > 2 * 1.9 * .1); /* the floor */
}

static void never_less_than_was_spent(void **state)
{
    (void)state;
    double spend[20];
    for (int t = 0; t < 20; t++) spend[t] = t == 7 ? 1000 : 0; /* one burst */
    struct mkt_pace p = fit(spend, 20, 1000, 20, 1500);
    assert_true(p.low >= 1000);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    double spend[30] = {1, 2, 3, 4};
    struct mkt_pace p;
    fit(spend, 30, 10, 5, 20);
    size_t needed = arena.allocations;
    for (size_t k = 1; k <= needed; k++) {
        struct mkt_err err = {0};
        mkt_arena_reset(&arena, 0);
        arena.fail_at = k;
        assert_int_equal(mkt_pace_fit(&arena, spend, 30, 20000, 10, 5, 20, 1, &p, &err),
                         MKT_E_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(steady_spend_goes_on, reset_arena),
        cmocka_unit_test_setup(a_finished_period_is_arithmetic, reset_arena),
        cmocka_unit_test_setup(too_few_days_say_nothing, reset_arena),
        cmocka_unit_test_setup(intervals_hold_the_end, reset_arena),
        cmocka_unit_test_setup(last_years_season_is_followed, reset_arena),
        cmocka_unit_test_setup(a_part_of_the_recent_days_will_do, reset_arena),
        cmocka_unit_test_setup(what_did_not_repeat_widens, reset_arena),
        cmocka_unit_test_setup(never_less_than_was_spent, reset_arena),
        cmocka_unit_test_setup(every_allocation_may_fail, reset_arena),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
