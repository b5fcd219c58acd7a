/* Dealing journeys to groups loses none, and spreads them as chance would. */
#include "model/user_groups.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "num/near.h"

static const struct mkt_share_rule rule = {.name = "linear", .kind = MKT_SHARE_LINEAR};

#define GROUPS 64

static void deals_all(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, 16U << 20, &err), MKT_OK);
    /* dealt one by one, by counting, and by binomials */
    static const int64_t journeys[] = {5, 64, 65, 200, 256, 257, 100000};
    for (size_t i = 0; i < sizeof journeys / sizeof *journeys; i++) {
        struct mkt_paths paths;
        struct mkt_credits credits;
        double total[64];
        mkt_paths_init(&paths, &arena);
        struct mkt_path_counts c = {journeys[i], 2 * journeys[i], journeys[i] * 3 * MKT_MICRO, 0};
        assert_int_equal(mkt_paths_add_text(&paths, "a > b", 5, '>', &c, &err), MKT_OK);
        assert_int_equal(mkt_paths_finish(&paths, &err), MKT_OK);
        assert_int_equal(mkt_credits_init(&credits, &arena, 2, GROUPS, true, &rule, 1, &err),
                         MKT_OK);
        assert_int_equal(mkt_user_groups_deal(&arena, &paths, 7, 2, &credits, &err), MKT_OK);
        mkt_credits_total(&credits, total);
        double n = (double)journeys[i];
        assert_near(total[credits.at_total], n, 0);
        assert_near(total[credits.at_total + 1], 3 * n, 1e-9 * n);
        assert_near(total[credits.at_total + 2], 2 * n, 0);
        assert_near(mkt_credits_of(&credits, total, 0, false)[1], n / 2, 1e-9 * n);
        /* chi-square over the groups: mean 63, standard deviation 11 */
        double square = 0, mean = n / GROUPS;
        for (size_t g = 0; g < GROUPS; g++) {
            double x = credits.sum[g * credits.width + credits.at_total] - mean;
            square += x * x / mean;
        }
        assert_in_range((int)square, 25, 120);
    }
    mkt_arena_close(&arena);
}

/* Many paths, so that they are dealt in shares: threads change nothing. */
static void threads_change_nothing(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_paths paths;
    struct mkt_credits one, four;
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, 128U << 20, &err), MKT_OK);
    mkt_paths_init(&paths, &arena);
    for (uint32_t c = 0; c < 3; c++) {
        char name[2] = {(char)('a' + c), 0};
        uint32_t code;
        assert_int_equal(mkt_names_code(&paths.channel, name, 1, &code, &err), MKT_OK);
    }
    for (uint64_t i = 0; i < 20000; i++) {
        uint32_t step[12];
        const struct mkt_path_counts c = {1 + (int64_t)(i % 3), (int64_t)(i % 5), 77, 0};
        for (size_t t = 0; t < 12; t++) step[t] = (uint32_t)(mkt_names_mix(16 * i + t) % 3);
        assert_int_equal(mkt_paths_add(&paths, step, 12, &c, &err), MKT_OK);
    }
    assert_int_equal(mkt_paths_finish(&paths, &err), MKT_OK);
    assert_int_equal(mkt_credits_init(&one, &arena, 3, GROUPS, true, &rule, 1, &err), MKT_OK);
    assert_int_equal(mkt_credits_init(&four, &arena, 3, GROUPS, true, &rule, 1, &err), MKT_OK);
    assert_int_equal(mkt_user_groups_deal(&arena, &paths, 7, 1, &one, &err), MKT_OK);
    assert_int_equal(mkt_user_groups_deal(&arena, &paths, 7, 4, &four, &err), MKT_OK);
    assert_memory_equal(one.sum, four.sum, GROUPS * one.width * sizeof *one.sum);
    mkt_arena_close(&arena);
}

static void needs_room(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_paths paths;
    struct mkt_credits credits;
    struct mkt_err err = {0};
    struct mkt_path_counts c = {1, 0, 0, 0};
    assert_int_equal(mkt_arena_open(&arena, 16U << 20, &err), MKT_OK);
    mkt_paths_init(&paths, &arena);
    assert_int_equal(mkt_paths_add_text(&paths, "a", 1, '>', &c, &err), MKT_OK);
    assert_int_equal(mkt_credits_init(&credits, &arena, 1, GROUPS, true, &rule, 1, &err), MKT_OK);
    for (size_t k = 1; k <= 3; k++) {
        mkt_err_clear(&err);
        arena.fail_at = arena.allocations + k;
        assert_int_equal(mkt_user_groups_deal(&arena, &paths, 7, 2, &credits, &err), MKT_E_NOMEM);
        arena.fail_at = 0;
    }
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(deals_all),
                                       cmocka_unit_test(threads_change_nothing),
                                       cmocka_unit_test(needs_room)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
