/* The published figures of GrowthBook (packages/back-end/test/stats.test.ts), and what both rules
 * promise. */
#include "model/multiplicity.h"

#include "model/arm_sample.h"

#include "num/random.h"

static struct mkt_arena arena;
static struct mkt_err err;

static void matches_holm(void **state)
{
    (void)state;
    const double p[] = {.01, .04, .03, .005, .55, .6}, want[] = {.05, .12, .12, .03, 1, 1};
    double out[6];
    assert_int_equal(mkt_multiplicity_holm(&arena, p, 6, out, &err), MKT_OK);
    for (int i = 0; i < 6; i++) near(out[i], want[i], 1e-12);
}

static void matches_bh(void **state)
{
    (void)state;
    const double p[] = {.898, .138, .007, .964, .538, .006, .138};
    const double want[] = {.964, .2415, .0245, .964, .7532, .0245, .2415};
    double out[7];
    assert_int_equal(mkt_multiplicity_bh(&arena, p, 7, out, &err), MKT_OK);
    for (int i = 0; i < 7; i++) near(out[i], want[i], 1e-12);
}

static void never_below_the_raw(void **state)
{
    (void)state;
    struct mkt_random r;
    mkt_random_init(&r, 3, 1);
    int holm_wrong = 0;
    const int worlds = 4000;
    for (int w = 0; w < worlds; w++) {
        double p[10], holm[10], bh[10];
        for (int i = 0; i < 10; i++) p[i] = mkt_random_uniform(&r);
        assert_int_equal(mkt_multiplicity_holm(&arena, p, 10, holm, &err), MKT_OK);
        assert_int_equal(mkt_multiplicity_bh(&arena, p, 10, bh, &err), MKT_OK);
        bool called = false;
        for (int i = 0; i < 10; i++) {
            assert_true(holm[i] >= bh[i] && bh[i] >= p[i] && holm[i] <= 1);
            called |= holm[i] < .05;
            for (int j = 0; j < 10; j++)
                if (p[i] < p[j]) assert_true(holm[i] <= holm[j] && bh[i] <= bh[j]);
        }
        holm_wrong += called;
    }
    assert_in_range(holm_wrong, worlds * 4 / 100, worlds * 6 / 100);
}

static void says_when_memory_ends(void **state)
{
    (void)state;
    double p[] = {.5, .2}, out[2];
    arena.fail_at = arena.allocations + 1;
    assert_int_equal(mkt_multiplicity_holm(&arena, p, 2, out, &err), MKT_E_NOMEM);
    mkt_err_clear(&err);
    arena.fail_at = arena.allocations + 1;
    assert_int_equal(mkt_multiplicity_bh(&arena, p, 2, out, &err), MKT_E_NOMEM);
    mkt_err_clear(&err);
    arena.fail_at = 0;
    assert_int_equal(mkt_multiplicity_bh(&arena, p, 0, out, &err), MKT_OK);
    assert_int_equal(mkt_multiplicity_holm(&arena, p, 0, out, &err), MKT_OK);
}

static int open_arena(void **state)
{
    (void)state;
    return mkt_arena_open(&arena, 1 << 20, &err) != MKT_OK;
}

static int close_arena(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_holm),
        cmocka_unit_test(matches_bh),
        cmocka_unit_test(never_below_the_raw),
        cmocka_unit_test(says_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
