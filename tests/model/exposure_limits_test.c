/* What the data cannot tell is not told, and how strong an unseen trait must be is right. */
#include "model/exposure_limits.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "num/near.h"

#define ARENA_BYTES ((size_t)64 << 20)
#include "arena_fixture.h"

#define Z 1.959963984540054

static void add(struct mkt_paths *p, const char *text, int64_t conversions, int64_t nulls)
{
    struct mkt_err err = {0};
    struct mkt_path_counts c = {.conversions = conversions, .nulls = nulls};
    assert_int_equal(mkt_paths_add_text(p, text, strlen(text), '>', &c, &err), MKT_OK);
}

static struct mkt_exposure_limits limits_of(struct mkt_paths *p, struct mkt_incremental *fit)
{
    struct mkt_exposure_limits out;
    struct mkt_err err = {0};
    assert_int_equal(mkt_paths_finish(p, &err), MKT_OK);
    assert_int_equal(mkt_incremental_fit(&arena, p, 1, 1, fit, &err), MKT_OK);
    assert_int_equal(mkt_exposure_limits_make(&arena, p, fit, 1, Z, &out, &err), MKT_OK);
    return out;
}

/* One channel that all met: nobody shows what comes without it. */
static void a_single_channel(void **state)
{
    (void)state;
    struct mkt_paths p;
    struct mkt_incremental fit;
    mkt_paths_init(&p, &arena);
    add(&p, "a", 1000, 9000);
    add(&p, "a > a", 300, 3000);
    assert_true(limits_of(&p, &fit).told[0] < 1e-3);
}

/* However many channels: where a journey has one alone, only differences between them are told. */
static void channels_never_together(void **state)
{
    (void)state;
    struct mkt_paths p;
    struct mkt_incremental fit;
    char name[2] = "a";
    mkt_paths_init(&p, &arena);
    for (int k = 0; k < 8; k++, name[0]++) add(&p, name, 1000 + 100 * k, 9000);
    struct mkt_exposure_limits l = limits_of(&p, &fit);
    for (int k = 0; k < 8; k++) assert_true(l.told[k] < 1e-3);
    assert_int_equal(l.states[MKT_EXPOSURE_UNTOLD], 8);
    /* together with others, as far along as some who met one of them again, they tell */
    char twice[] = "a > a > a > a > a > a > a > a";
    for (int k = 0; k < 8; k++) {
        for (size_t i = 0; i < sizeof twice - 1; i += 4) twice[i] = (char)('a' + k);
        add(&p, twice, 2000, 9000);
    }
    add(&p, "a > b > c > d > e > f > g > h", 5000, 9000);
    for (int k = 0; k < 7; k++) {
        char text[] = "a > b";
        text[0] = (char)(text[0] + k);
        text[4] = (char)(text[4] + k);
        add(&p, text, 2000, 9000);
    }
    l = limits_of(&p, &fit);
    for (int k = 0; k < 8; k++) assert_true(l.told[k] > .99);
}

/* A channel that everyone meets beside others, and one that hardly anyone meets. */
static void one_that_all_meet(void **state)
{
    (void)state;
    struct mkt_paths p;
    struct mkt_incremental fit;
    mkt_paths_init(&p, &arena);
    add(&p, "all", 500, 9000);
    add(&p, "all > all", 300, 2000);
    add(&p, "all > b", 900, 3000);
    add(&p, "all > b > b", 300, 600);
    add(&p, "all > b > rare", 1, 2);
    struct mkt_exposure_limits l = limits_of(&p, &fit);
    assert_true(l.told[0] < 1e-3);
    assert_true(l.told[1] > .95);
    assert_true(l.told[2] > 1e-3 && l.told[2] < MKT_EXPOSURE_TOLD);
}

/* 2 x 2 by hand: with few conversions a moment, converted and lost give the ratio; E solves the bound. */
static void the_trait_that_explains_it(void **state)
{
    (void)state;
    struct mkt_paths p;
    struct mkt_incremental fit;
    mkt_paths_init(&p, &arena);
    add(&p, "a", 2000, 198000);
    add(&p, "b", 1000, 199000);
    add(&p, "a > a", 2000, 198000);
    add(&p, "b > b", 1000, 199000);
    add(&p, "a > b", 2000, 198000);
    struct mkt_exposure_limits l = limits_of(&p, &fit);
    double h[2][2]; /* of a alone, of both; at the first touch, at the second */
    for (int i = 0; i < 2; i++)
        for (int t = 0; t < 2; t++)
            h[i][t] = 1 / (1 + exp(-fit.effect[2] - fit.effect[0] - (i ? fit.effect[1] : 0) -
                                   (t ? fit.stage[0] : 0)));
    double expected = 600000 * h[0][0] + 200000 * (h[0][1] + h[1][1]);
    double ratio = expected / (expected - fit.conversions[0]);
    assert_near(l.explains[0], ratio + sqrt(ratio * (ratio - 1)), 1e-9);
    assert_near(mkt_exposure_limits_bound(l.explains[0]), ratio, 1e-9);
    assert_near(l.anyway[0], expected - fit.conversions[0], 1e-6);
    assert_true(1 < l.explains_low[0] && l.explains_low[0] < l.explains[0]);
    assert_true(l.explains[0] < l.explains_high[0]);
    assert_near(mkt_exposure_limits_bound(1), 1, 1e-15);
    assert_near(mkt_exposure_limits_bound(2), 4. / 3, 1e-15);
}

/* A figure that may be nothing is explained by chance; one below nothing needs no explaining. */
static void explained_by_chance(void **state)
{
    (void)state;
    struct mkt_paths p;
    struct mkt_incremental fit;
    mkt_paths_init(&p, &arena);
    add(&p, "a", 11, 189);
    add(&p, "b", 10, 190);
    add(&p, "a > b", 9, 180);
    add(&p, "a > a", 9, 180);
    struct mkt_exposure_limits l = limits_of(&p, &fit);
    for (int k = 0; k < 2; k++) {
        bool some = fit.conversions[k] > 0;
        assert_int_equal(isnan(l.explains[k]), !some);
        if (some) assert_near(l.explains_low[k], 1, 0);
    }
}

/* The same figure of both ways has the interval of one; the further apart, the nearer each end comes to
 * what holds a one-sided truth; out of each other's reach, nothing is given. */
static void both_ways(void **state)
{
    (void)state;
    struct mkt_paths p;
    struct mkt_incremental fit;
    struct mkt_exposure_limits l;
    struct mkt_err err = {0};
    mkt_paths_init(&p, &arena);
    add(&p, "a", 300, 9000);
    add(&p, "b", 200, 9000);
    add(&p, "a > b", 300, 9000);
    add(&p, "b > b", 200, 9000);
    add(&p, "a > a", 300, 9000);
    l = limits_of(&p, &fit);
    assert_true(l.state[0] == MKT_EXPOSURE_GIVEN && l.state[1] == MKT_EXPOSURE_GIVEN && l.all);
    static const struct {
        double touch, end, low, high;
        mkt_exposure_state state;
    } is[] = {{100, 100, 100 - 10 * Z, 100 + 10 * Z, MKT_EXPOSURE_GIVEN},
              {105, 100, 100 - 17.69713, 105 + 17.69713, MKT_EXPOSURE_GIVEN}, /* c = 1.769713 */
              {100, 135, 100 - 16.4485, 135 + 16.4485, MKT_EXPOSURE_GIVEN},
              {100, 140, 100 - 16.4485, 140 + 16.4485, MKT_EXPOSURE_APART},
              {-30, -20, -30 - 16.81477, -20 + 16.81477, MKT_EXPOSURE_BELOW}};
    for (size_t i = 0; i < sizeof is / sizeof *is; i++) {
        fit.conversions[0] = is[i].touch;
        fit.at_end.conversions[0] = is[i].end;
        fit.spread[0] = fit.at_end.spread[0] = 10;
        assert_int_equal(mkt_exposure_limits_make(&arena, &p, &fit, 1, Z, &l, &err), MKT_OK);
        assert_int_equal(l.state[0], is[i].state);
        assert_int_equal(l.states[is[i].state], 1 + (is[i].state == MKT_EXPOSURE_GIVEN));
        assert_int_equal(l.all, is[i].state == MKT_EXPOSURE_GIVEN);
        assert_near(l.low[0], is[i].low, 1e-3);
        assert_near(l.high[0], is[i].high, 1e-3);
    }
}

static void every_arena_size(void **state)
{
    (void)state;
    struct mkt_paths p;
    struct mkt_incremental fit;
    struct mkt_exposure_limits l;
    struct mkt_err err = {0};
    mkt_paths_init(&p, &arena);
    add(&p, "a", 11, 189);
    add(&p, "a > b", 9, 180);
    size_t before, needed;
    (void)limits_of(&p, &fit);
    before = arena.allocations;
    assert_int_equal(mkt_exposure_limits_make(&arena, &p, &fit, 1, Z, &l, &err), MKT_OK);
    needed = arena.allocations - before;
    for (size_t k = 1; k <= needed; k++) {
        mkt_err_clear(&err);
        arena.fail_at = arena.allocations + k;
        assert_int_equal(mkt_exposure_limits_make(&arena, &p, &fit, 1, Z, &l, &err), MKT_E_NOMEM);
        arena.fail_at = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_single_channel, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(channels_never_together, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(one_that_all_meet, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(the_trait_that_explains_it, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(explained_by_chance, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(both_ways, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(every_arena_size, arena_open, arena_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
