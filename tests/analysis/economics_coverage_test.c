/* A short run of bench/economics_coverage: wide bounds, the same seeds every time. */
#include "../../bench/economics_study.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct study run(const struct study_plan *plan)
{
    struct study s = {0};
    struct mkt_arena arena;
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, (size_t)1 << 30, &err), MKT_OK);
    if (study_run(&arena, plan, &s, &err) != MKT_OK) fail_msg("%s", err.text);
    mkt_arena_close(&arena);
    return s;
}

/* Of n intervals at 95 %, three errors and a point either way; those of one world are alike. The
 * median of customers is a whole month, so its interval holds more. */
static void check(const struct study *s, int worlds)
{
    for (int f = 0; f < STUDY_FIGURES; f++) {
        double n = fmin(s->all[f], worlds), share = (double)s->held[f] / s->all[f];
        if (n < worlds / 2) continue;
        double room = .01 + 3 * sqrt(.95 * .05 / n);
        if (share < .95 - room || (share > .95 + room && f != STUDY_MEDIAN))
            fail_msg("%s: %.3f of %d intervals hold the truth", study_figure[f], share, s->all[f]);
    }
    for (int f = STUDY_CAC; f <= STUDY_SHARE; f++) assert_true(s->all[f] >= worlds);
    assert_true(s->all[STUDY_NPV] >= worlds);
}

static void intervals_cover(void **state)
{
    (void)state;
    struct study s = run(&(struct study_plan){40, 51, 540, 4, .2, .6});
    check(&s, 40);
}

static void comparisons_are_as_likely_as_they_are_said_to_be(void **state)
{
    (void)state;
    struct study s = run(&(struct study_plan){40, 52, 640, 1, .2, .6});
    double said = 0, right = 0, n = 0;
    for (int b = 0; b < STUDY_BINS; b++) {
        said += s.said[b];
        right += s.right[b];
        n += s.claims[b];
    }
    assert_true(n > 70);
    if (fabs(said - right) / n > .05) fail_msg("said %.3f, right %.3f", said / n, right / n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_cover),
        cmocka_unit_test(comparisons_are_as_likely_as_they_are_said_to_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
