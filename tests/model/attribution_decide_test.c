/* Worlds in which people decide at each touch, or once at the end: whichever it is, a channel that does
 * nothing is hardly ever given conversions, and 95 % intervals hold what channels cause. */
#include "../../bench/attribution_decide_study.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define WORLDS 40

static struct decide_tally study(enum decide_kind kind)
{
    struct decide_tally s = {0};
    struct mkt_arena arena;
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, (size_t)1 << 30, &err), MKT_OK);
    for (uint64_t w = 0; w < WORLDS; w++) decide_add(&s, kind, w, &arena);
    mkt_arena_close(&arena);
    assert_true(s.idle > WORLDS && s.working > WORLDS);
    return s;
}

/* Figures for more than `given` percent of the channels, of which intervals hold the truth in 92 to 99 %;
 * 5 % of idle channels clear of nothing, and what chance adds to that in some 80. */
static void assert_honest(const struct decide_tally *s, int given)
{
    assert_in_range(s->shown * 100 / (s->idle + s->working), given, 100);
    assert_in_range(s->held * 1000 / s->shown, 920, 990);
    assert_in_range(s->idle_above * 100, 0, 8 * s->idle_shown);
    assert_in_range(s->working_clear * 100, 75 * s->working_shown, 100 * s->working_shown);
}

static void at_each_touch(void **state)
{
    (void)state;
    struct decide_tally s = study(DECIDE_TOUCH);
    assert_honest(&s, 90);
    assert_true(5 * s.far_model < s.far_last);
    s = study(DECIDE_TOUCH_LATER);
    assert_honest(&s, 90);
}

/* Taken for people who decide at each touch alone, idle channels would be given conversions: stages take
 * several touches together, and journeys end more often in the later of them. */
static void at_the_end(void **state)
{
    (void)state;
    struct decide_tally s = study(DECIDE_END);
    assert_true(s.above[DECIDE_AT_TOUCH] * 20 > s.idle_told);
    assert_true(s.fits[DECIDE_AT_TOUCH] * 10 < s.told * 8);
    assert_honest(&s, 80);
    s = study(DECIDE_END_LEAVES);
    assert_honest(&s, 80);
    s = study(DECIDE_END_SHORTER);
    assert_honest(&s, 65);
}

/* A channel that comes last: one of the two ways is far off, each in its worlds. */
static void a_channel_that_closes(void **state)
{
    (void)state;
    struct decide_tally s = study(DECIDE_TOUCH_CLOSER);
    assert_true(s.above[DECIDE_AT_END] * 10 > s.idle_told);
    assert_honest(&s, 60);
    s = study(DECIDE_END_CLOSER);
    assert_true(s.above[DECIDE_AT_TOUCH] * 10 > s.idle_told);
    assert_honest(&s, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(at_each_touch),
                                       cmocka_unit_test(at_the_end),
                                       cmocka_unit_test(a_channel_that_closes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
