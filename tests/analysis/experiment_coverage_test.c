/* A short run of bench/experiment_coverage: the same seeds every time. */
#include "../../bench/experiment_study.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct mkt_err err;

static struct mkt_arena open_arena(void)
{
    struct mkt_arena arena;
    assert_int_equal(mkt_arena_open(&arena, (size_t)256 << 20, &err), MKT_OK);
    return arena;
}

static void must(mkt_status status)
{
    if (status != MKT_OK) fail_msg("%s", err.text);
}

/* 800 experiments: 95 %, give or take 2 (2.6 standard errors). */
static void every_interval_covers(void **state)
{
    (void)state;
    struct trial_study s = {0};
    for (int w = 0; w < 800; w++) {
        struct mkt_arena arena = open_arena();
        must(trial_world(&s, (uint64_t)w, 800, &arena, &err));
        mkt_arena_close(&arena);
    }
    for (int f = 0; f < TRIAL_FIGURES; f++) {
        print_message("%s: %.1f %% of %d\n", trial_figure[f], 100. * s.held[f] / s.all[f],
                      s.all[f]);
        assert_true(s.all[f] >= 780);
        assert_in_range(s.held[f], s.all[f] * 93 / 100, s.all[f] * 97 / 100);
    }
    assert_in_range(s.differ, 800 * 2 / 100, 800 * 8 / 100); /* 5 % wanted */
}

/* Through the whole analysis; tests/model/sequential_test.c and the bench have 1,000 and more. */
static void any_look_holds(void **state)
{
    (void)state;
    for (int effect = 0; effect < 2; effect++) {
        struct trial_verdicts s = {0};
        const struct trial_plan plan = {
            .days = 20, .a_day = 500, .rate = .2, .sd = effect ? TRIAL_SD : 0};
        for (int w = 0; w < 200; w++) {
            struct mkt_arena arena = open_arena();
            must(trial_days(&s, (uint64_t)w, &plan, &arena, &err));
            mkt_arena_close(&arena);
        }
        print_message("any look wrong in %d of %d, one look in %d\n", s.always_missed,
                      s.experiments, s.fixed_missed);
        assert_true(s.always_missed <= s.experiments * 5 / 100);
        assert_true(s.fixed_missed > s.experiments * 10 / 100);
        for (int k = 0; k < plan.days; k++) assert_true(s.missed_at[k] <= s.experiments * 5 / 100);
    }
}

/* Of the verdicts that say 0.9 and more, at least 9 in 10 are right, whenever one stops. */
static void a_sure_verdict_is_right(void **state)
{
    (void)state;
    const double sd[] = {.05, .1, .2};
    for (int k = 0; k < 3; k++) {
        struct trial_verdicts s = {0};
        int said = 0, right = 0;
        for (int w = 0; w < 150; w++) {
            struct mkt_arena arena = open_arena();
            const struct trial_plan plan = {
                .days = 15, .a_day = 200 + w % 10 * 400, .rate = .2, .sd = sd[k], .stop = true};
            must(trial_days(&s, (uint64_t)w, &plan, &arena, &err));
            mkt_arena_close(&arena);
        }
        for (int b = 3; b < TRIAL_BINS; b++) said += s.said[b], right += s.right[b];
        print_message("lifts with sd %g: sure of %d, right in %d\n", sd[k], said, right);
        assert_true(said > 75 && right >= said * 9 / 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_interval_covers),
        cmocka_unit_test(any_look_holds),
        cmocka_unit_test(a_sure_verdict_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
