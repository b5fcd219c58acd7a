#include "source/arm_margins.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_arena arena;
static struct mkt_err err;
static const struct mkt_arms_metric metric = {.name = "conversions"};

struct row {
    const char *variant, *segment;
    int64_t n;
    double hits;
};

static struct mkt_arms *arms_of(const struct row *row, size_t rows, bool segmented)
{
    struct mkt_arms *arms = MKT_NEW(&arena, struct mkt_arms, 1);
    assert_non_null(arms);
    mkt_arms_init(arms, &arena, &metric, 1, false, segmented);
    for (size_t i = 0; i < rows; i++) {
        struct mkt_arms_sums sums = {0};
        assert_true(mkt_arms_set_sum(&sums, MKT_ARMS_Y, row[i].hits));
        assert_true(mkt_arms_set_product(&sums, MKT_ARMS_Y, MKT_ARMS_Y, row[i].hits));
        assert_int_equal(
            mkt_arms_add(arms, row[i].variant, row[i].segment, 0, row[i].n, &sums, &err), MKT_OK);
    }
    assert_int_equal(mkt_arms_finish(arms, &err), MKT_OK);
    assert_int_equal(mkt_arm_margins_drop(arms, &err), MKT_OK);
    return arms;
}

#define ARMS(segmented, ...)                                                                       \
    arms_of((const struct row[]){__VA_ARGS__},                                                     \
            sizeof((const struct row[]){__VA_ARGS__}) / sizeof(struct row), segmented)

static void a_row_that_adds_up_the_others_is_no_variant(void **state)
{
    (void)state;
    static const char *const word[] = {"Total", "SUM", "gesamt", "All", "Grand Total"};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
        struct mkt_arms *arms =
            ARMS(false, {word[i], "", 200, 12}, {"a", "", 100, 5}, {"z", "", 100, 7});
        assert_int_equal(arms->names[0], 2);
        assert_string_equal(arms->name[0][0], "a");
        assert_string_equal(arms->name[0][1], "z");
        assert_int_equal(arms->units, 200);
        assert_int_equal(arms->cells, 2);
        assert_int_equal(arms->cell[0].variant, 0);
        assert_int_equal(arms->cell[1].variant, 1);
        assert_true(arms->cell[1].sums[0].sum[MKT_ARMS_Y] == 7000000);
        assert_non_null(strstr(arms->totals, word[i]));
        assert_null(arms->no_totals);
    }
    /* both: each is held against the variants, not against the other */
    struct mkt_arms *two = ARMS(false, {"All", "", 200, 12}, {"a", "", 100, 5}, {"b", "", 100, 7},
                                {"Total", "", 200, 12});
    assert_int_equal(two->names[0], 2);
    assert_string_equal(two->totals, "\"Total\", \"All\"");
}

static void one_that_adds_up_nothing_stays(void **state)
{
    (void)state;
    const struct row no_sum[][3] = {
        {{"all", "", 201, 12}, {"a", "", 100, 5}, {"b", "", 100, 7}}, /* one unit more */
        {{"all", "", 200, 13}, {"a", "", 100, 5}, {"b", "", 100, 7}}, /* one success more */
        {{"all", "", 100, 6}, {"a", "", 100, 5}, {"b", "", 100, 7}}};
    for (size_t i = 0; i < 3; i++) {
        struct mkt_arms *arms = arms_of(no_sum[i], 3, false);
        assert_int_equal(arms->names[0], 3);
        assert_null(arms->totals);
        assert_string_equal(arms->no_totals, "\"all\"");
    }
    struct mkt_arms *named = ARMS(false, {"c", "", 200, 12}, {"a", "", 100, 5}, {"b", "", 100, 7});
    assert_int_equal(named->names[0], 3); /* a sum by chance, under a name of its own */
    assert_null(named->totals);
    assert_null(named->no_totals);
}

static void sums_of_segments(void **state)
{
    (void)state;
    struct mkt_arms *arms =
        ARMS(true, {"a", "x", 60, 3}, {"a", "y", 40, 2}, {"a", "All", 100, 5}, {"b", "x", 50, 4},
             {"b", "y", 50, 3}, {"b", "All", 100, 7}, {"Total", "All", 200, 12});
    assert_int_equal(arms->names[0], 2);
    assert_int_equal(arms->names[1], 2);
    assert_int_equal(arms->units, 200);
    assert_int_equal(arms->cells, 4);
    /* it must do so in every variant */
    arms = ARMS(true, {"a", "x", 60, 3}, {"a", "y", 40, 2}, {"a", "all", 101, 5}, {"b", "x", 50, 4},
                {"b", "y", 50, 3}, {"b", "all", 99, 7});
    assert_int_equal(arms->names[1], 3);
    assert_string_equal(arms->no_totals, "\"all\"");
    arms = ARMS(true, {"a", "all", 60, 3}, {"b", "all", 50, 4});
    assert_int_equal(arms->names[1], 1);
    assert_null(arms->no_totals);
}

int main(void)
{
    assert_int_equal(mkt_arena_open(&arena, 64U << 20, &err), MKT_OK);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_that_adds_up_the_others_is_no_variant),
        cmocka_unit_test(one_that_adds_up_nothing_stays),
        cmocka_unit_test(sums_of_segments),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mkt_arena_close(&arena);
    return failed;
}
