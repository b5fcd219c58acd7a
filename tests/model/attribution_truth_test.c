/* The simulator's truth is recovered: what the incremental model says is nearer to the conversions that
 * channels caused than last click in at least 19 of 20 worlds, and its intervals hold. */
#include "../../bench/attribution_truth_study.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void nearer_than_last_click(void **state)
{
    (void)state;
    char folder[] = "/tmp/mkt-truth-XXXXXX";
    struct truth_study s = {0};
    struct mkt_arena arena;
    struct mkt_err err = {0};
    assert_non_null(mkdtemp(folder));
    assert_int_equal(mkt_arena_open(&arena, (size_t)2 << 30, &err), MKT_OK);
    for (int w = 0; w < 20; w++) truth_world(&s, folder, w, &arena);
    assert_true(s.nearer >= 19);
    assert_true(s.distance[0] < .7 * s.distance[1]);
    assert_true(s.given > 130); /* 7 channels a world, the smallest now and then too small */
    int held = s.held[0] + s.held[1] - s.given;
    assert_in_range(held * 1000 / s.given, 920, 990);
    truth_remove(folder);
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nearer_than_last_click)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
