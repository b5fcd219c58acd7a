/* The area by hand, whatever the order and the split. */
#include "model/auc.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "num/near.h"

static const struct mkt_auc_ending ending[] = {{.2, 1, 4}, {.5, 2, 2}, {.9, 3, 0}, {.5, 1, 1}};

static void by_hand(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_auc whole = {0}, part[2] = {{0}}, joined = {0}, empty = {0};
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, 1 << 20, &err), MKT_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(mkt_auc_add(&whole, &arena, &ending[i], &err), MKT_OK);
        assert_int_equal(mkt_auc_add(&part[i % 2], &arena, &ending[3 - i], &err), MKT_OK);
    }
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(mkt_auc_merge(&joined, &arena, &part[i], &err), MKT_OK);
    assert_int_equal(whole.used, 3);
    /* conversions 1 at .2, 3 at .5, 3 at .9; nulls 4 and 3: 49 pairs */
    double won = 1 * 4 / 2. + 3 * (4 + 3 / 2.) + 3 * 7;
    assert_near(mkt_auc_area(&whole), won / 49, 1e-15);
    assert_near(mkt_auc_area(&joined), won / 49, 0);
    assert_true(isnan(mkt_auc_area(&empty)));
    mkt_arena_close(&arena);
}

static void many_scores_and_no_room(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_auc auc = {0};
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, 1 << 18, &err), MKT_OK);
    mkt_status status = MKT_OK;
    size_t n = 0;
    for (; status == MKT_OK && n < 100000; n++) {
        struct mkt_auc_ending e = {(double)n, n % 2, 1 - (int64_t)(n % 2)};
        status = mkt_auc_add(&auc, &arena, &e, &err);
    }
    assert_int_equal(status, MKT_E_NOMEM);
    assert_in_range(n, 1000, 20000);
    assert_near(mkt_auc_area(&auc), .5, .01); /* conversions and nulls take turns */
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand),
                                       cmocka_unit_test(many_scores_and_no_room)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
