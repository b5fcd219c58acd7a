/* A short run of bench/funnel_coverage: wide bounds, the same seeds every time. */
#include "../../bench/funnel_study.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct study run(struct study_plan plan)
{
    struct study s = {0};
    struct mkt_arena arena;
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, (size_t)1 << 30, &err), MKT_OK);
    if (study_run(&arena, &plan, &s, &err) != MKT_OK) fail_msg("%s", err.text);
    mkt_arena_close(&arena);
    return s;
}

/* Of n intervals at 95 %, three errors and a point either way; worlds are alike within. */
static void check(const struct study *s, int figure, int least)
{
    double n = s->all[figure], share = s->held[figure] / n;
    assert_true(s->all[figure] >= least);
    if (fabs(share - .95) > .01 + 3 * sqrt(.95 * .05 / fmin(n, 120 * (n / least > 2 ? 2 : 1))))
        fail_msg("%s: %.3f of %d intervals hold the truth", study_figure[figure], share,
                 s->all[figure]);
}

static void intervals_of_users_cover(void **state)
{
    (void)state;
    struct study s = run((struct study_plan){120, 31, 600, false});
    for (int f = 0; f < STUDY_FIGURES; f++) check(&s, f, 115);
}

static void intervals_of_sessions_cover(void **state)
{
    (void)state;
    struct study s = run((struct study_plan){120, 32, 400, true});
    check(&s, STUDY_RATE, 120);
    check(&s, STUDY_WORTH, 120);
    check(&s, STUDY_PER_ENTRY, 115);
}

/* Of the steps said to be worth most with a probability, as many are. */
static void the_best_step_is_as_likely_as_it_is_said_to_be(void **state)
{
    (void)state;
    struct study s = run((struct study_plan){250, 33, 120, false});
    double said = 0, right = 0, n = 0;
    for (int b = 0; b < STUDY_BINS; b++) {
        said += s.said[b];
        right += s.right[b];
        n += s.heads[b];
    }
    assert_true(n > 220);
    if (fabs(said - right) / n > .04) fail_msg("said %.3f, right %.3f", said / n, right / n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_of_users_cover),
        cmocka_unit_test(intervals_of_sessions_cover),
        cmocka_unit_test(the_best_step_is_as_likely_as_it_is_said_to_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
