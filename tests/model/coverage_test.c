/* A short run of bench/coverage: wide bounds, the same seeds every time. */
#include "../../bench/coverage_study.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct study run(struct study_plan plan)
{
    struct study s = {0};
    struct mkt_arena arena;
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, (size_t)512 << 20, &err), MKT_OK);
    if (study_run(&arena, &plan, &s, &err) != MKT_OK) fail_msg("%s", err.text);
    mkt_arena_close(&arena);
    return s;
}

/* 100 companies have some 550 channels, alike within a company: 95 %, give or take 4. */
static void intervals_cover(void **state)
{
    (void)state;
    struct study s = run((struct study_plan){100, 21, 30, 365, 0, true});
    assert_int_equal(s.companies, 100);
    for (int f = 0; f < STUDY_FIGURES; f++) {
        double share = (double)s.held[f] / s.all[f];
        assert_true(s.all[f] >= 90);
        if (share < (f == STUDY_TOTAL ? .88 : .91) || share > .995)
            fail_msg("%s: %.3f of %d intervals hold the truth", study_figure[f], share, s.all[f]);
    }
}

static void confidence_is_calibrated(void **state)
{
    (void)state;
    struct study s = run((struct study_plan){200, 22, 14, 45, .93, false});
    int headlines = 0;
    for (int b = 0; b < STUDY_BINS; b++) {
        int n = s.headlines[b];
        headlines += n;
        if (n < 20) continue;
        double said = s.said[b] / n, right = (double)s.right[b] / n;
        if (fabs(said - right) > 3.5 * sqrt(said * (1 - said) / n) + .05)
            fail_msg("of %d headlines that say %.3f, %.3f are right", n, said, right);
    }
    assert_true(headlines > 180);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_cover),
        cmocka_unit_test(confidence_is_calibrated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
