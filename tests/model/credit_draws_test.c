/* The draws have the spread that chance has; intervals cover; threads change nothing. */
#include "model/credit_draws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "aggregate/names.h"
#include "num/near.h"
#include "num/random.h"

#define ARENA_BYTES (256U << 20)
#include "arena_fixture.h"

#define CHANNELS 4
#define RULES 3
#define GROUPS 512

static const struct mkt_share_rule rules[RULES] = {{.name = "first", .kind = MKT_SHARE_FIRST},
                                                   {.name = "linear", .kind = MKT_SHARE_LINEAR},
                                                   {.name = "set", .kind = MKT_SHARE_SET}};

/* A world: users come by chance, take journeys of a known chain; every user has two journeys with the
 * same first channel, so journeys of a user hang together. */
static void draw_world(struct mkt_credits *credits, struct mkt_credits_scratch *scratch,
                       uint64_t seed, int users, double weight)
{
    struct mkt_random r;
    mkt_random_init(&r, seed, 1);
    int64_t n = weight == 1 ? mkt_random_poisson(&r, users) : users;
    for (int64_t u = 0; u < n; u++) {
        size_t group = mkt_names_mix(seed << 32 ^ (uint64_t)u) % GROUPS;
        uint32_t first = mkt_random_uniform(&r) < .4 ? 0 : 1 + mkt_random_below(&r, 3);
        for (int j = 0; j < 2; j++) {
            uint32_t step[4];
            size_t steps = 1 + mkt_random_below(&r, 4);
            step[0] = first;
            double odds = .15 + .1 * (first == 2);
            for (size_t s = 1; s < steps; s++) {
                step[s] = mkt_random_below(&r, CHANNELS);
                odds += step[s] == 3 ? .2 : .03;
            }
            bool converts = mkt_random_uniform(&r) < odds;
            double value = mkt_random_gamma(&r, 2) * 20;
            mkt_credits_add(credits, group, step, NULL, steps, converts ? weight : 0,
                            converts ? weight * value : 0, converts ? 0 : weight, scratch);
        }
    }
}

static struct mkt_credits make_world(uint64_t seed, int users, double weight)
{
    struct mkt_credits credits;
    struct mkt_credits_scratch scratch;
    struct mkt_err err = {0};
    assert_int_equal(mkt_credits_init(&credits, &arena, CHANNELS, GROUPS, true, rules, RULES, &err),
                     MKT_OK);
    assert_int_equal(mkt_credits_scratch_init(&scratch, &arena, CHANNELS, 8, &err), MKT_OK);
    draw_world(&credits, &scratch, seed, users, weight);
    return credits;
}

static struct mkt_credit_draws draw(const struct mkt_credits *credits, size_t n, int threads)
{
    struct mkt_credit_draws out;
    struct mkt_err err = {0};
    assert_int_equal(mkt_credit_draws_make(&arena, credits, n, .95, 42, threads, &out, &err),
                     MKT_OK);
    return out;
}

/* Credit of every model, conversions and value: the truth is what very many users bring, scaled. */
static void intervals_cover(void **state)
{
    (void)state;
    enum { WORLDS = 120, USERS = 1500, MANY = 400000 };
    struct mkt_credits big = make_world(999, MANY, (double)USERS / MANY);
    struct mkt_credit_draws truth = draw(&big, 100, 1);
    size_t figures = truth.figures, covered = 0;
    size_t covered_model[RULES + 2] = {0};
    for (uint64_t w = 0; w < WORLDS; w++) {
        size_t mark = mkt_arena_mark(&arena);
        struct mkt_credits credits = make_world(w, USERS, 1);
        struct mkt_credit_draws draws = draw(&credits, 500, 1);
        for (size_t f = 0; f < figures; f++) {
            bool in = draws.low[f] <= truth.point[f] && truth.point[f] <= draws.high[f];
            covered += in;
            covered_model[f / (2 * CHANNELS)] += in;
        }
        mkt_arena_release(&arena, mark);
    }
    /* 4,800 intervals; those of one world hang together, so a model's 960 are worth some 300 */
    for (size_t m = 0; m < RULES + 2; m++) {
        double share = (double)covered_model[m] / (WORLDS * 2 * CHANNELS);
        assert_in_range((int)(share * 1000), 915, 985);
    }
    assert_in_range((int)((double)covered / (double)(WORLDS * figures) * 1000), 930, 970);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    struct mkt_credits credits = make_world(3, 800, 1);
    struct mkt_credit_draws one = draw(&credits, 300, 1), four = draw(&credits, 300, 4);
    assert_memory_equal(one.figure, four.figure, one.figures * one.draws * sizeof(float));
    assert_memory_equal(one.point, four.point, one.figures * sizeof(double));
    assert_memory_equal(one.low, four.low, one.figures * sizeof(double));
    assert_memory_equal(one.high, four.high, one.figures * sizeof(double));
}

static void every_draw_adds_up(void **state)
{
    (void)state;
    struct mkt_credits credits = make_world(4, 800, 1);
    struct mkt_credit_draws d = draw(&credits, 200, 2);
    for (size_t i = 0; i < d.draws; i++)
        for (int value = 0; value < 2; value++) {
            double sum[RULES + 2] = {0};
            for (size_t m = 0; m < RULES + 2; m++)
                for (size_t k = 0; k < CHANNELS; k++)
                    sum[m] +=
                        (double)
                            d.figure[mkt_credit_draws_place(&credits, m, value, k) * d.draws + i];
            for (size_t m = 1; m < RULES + 2; m++) assert_near(sum[m] / sum[0], 1, 1e-5);
        }
}

static void nothing_converts(void **state)
{
    (void)state;
    struct mkt_credits credits;
    struct mkt_credits_scratch scratch;
    struct mkt_err err = {0};
    assert_int_equal(mkt_credits_init(&credits, &arena, 1, 256, true, rules, RULES, &err), MKT_OK);
    assert_int_equal(mkt_credits_scratch_init(&scratch, &arena, 1, 8, &err), MKT_OK);
    mkt_credits_add(&credits, 0, &(uint32_t){0}, NULL, 1, 0, 0, 5, &scratch);
    struct mkt_credit_draws d = draw(&credits, 100, 1);
    assert_near(d.point[0], 0, 0);
    assert_true(isnan(d.point[mkt_credit_draws_place(&credits, RULES, false, 0)]));
}

static void needs_room(void **state)
{
    (void)state;
    struct mkt_credits credits = make_world(5, 100, 1);
    struct mkt_credit_draws out;
    struct mkt_err err = {0};
    size_t before = arena.allocations;
    (void)draw(&credits, 100, 2);
    size_t needed = arena.allocations - before;
    for (size_t k = 1; k <= needed; k++) {
        mkt_err_clear(&err);
        arena.fail_at = arena.allocations + k;
        assert_int_equal(mkt_credit_draws_make(&arena, &credits, 100, .95, 42, 2, &out, &err),
                         MKT_E_NOMEM);
        arena.fail_at = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(intervals_cover, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(threads_change_nothing, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(every_draw_adds_up, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(nothing_converts, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(needs_room, arena_open, arena_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
