/* One channel, campaign or segment alone: its sums, and what is refused. */
#include "analysis/roi_part.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/roi.h"

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_performance whole;

static void add(int32_t day, const char *channel, const char *campaign, mkt_micro spend)
{
    struct mkt_performance_row row = {.day = day, .name = {channel, campaign, ""}, .rows = 1};
    row.sum[MKT_SPEND] = spend;
    assert_int_equal(mkt_performance_add(&whole, &row, &err), MKT_OK);
}

static int set_up(void **state)
{
    (void)state;
    if (mkt_arena_open(&arena, 1 << 20, &err) != MKT_OK) return -1;
    mkt_performance_init(&whole, &arena, 1U << MKT_SPEND, 1U << MKT_CHANNEL | 1U << MKT_CAMPAIGN);
    add(100, "search", "Spring", 5);
    add(101, "search", "Other", 7);
    add(102, "social", "Spring", 11);
    add(103, "social", "Other", 13);
    return mkt_performance_finish(&whole, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    mkt_err_clear(&err);
    return 0;
}

static mkt_status read(const char *name, const char *value, struct mkt_roi_part *part)
{
    const struct mkt_analysis *roi = mkt_analysis_find("roi");
    struct mkt_args args = {{0}};
    struct mkt_run run = {.arena = &arena, .analysis = roi, .args = &args};
    mkt_err_clear(&err);
    assert_int_equal(mkt_args_set(&args, roi, name, value, &err), MKT_OK);
    return mkt_roi_part_read(&run, &whole, part, &err);
}

static mkt_micro spend_of(const struct mkt_performance *p)
{
    mkt_micro sum = 0;
    for (size_t i = 0; i < p->cells; i++) sum += p->cell[i].sum[MKT_SPEND];
    return sum;
}

static void a_part_has_its_own_sums_and_the_days_of_the_whole(void **state)
{
    struct mkt_roi_part part;
    struct mkt_performance cut;
    (void)state;
    assert_int_equal(read("campaign", "spring", &part), MKT_OK);
    assert_string_equal(part.subject, "Spring");
    assert_int_equal(mkt_roi_part_make(&arena, &whole, &part, &cut, &err), MKT_OK);
    assert_int_equal(spend_of(&cut), 16);
    assert_int_equal(cut.data.first, 100);
    assert_int_equal(cut.data.last, 103);
    assert_int_equal(cut.name_count[MKT_CHANNEL], 2);
    assert_int_equal(cut.name_count[MKT_CAMPAIGN], 1);
}

/* Parts that share nothing add up to the whole. */
static void parts_add_up(void **state)
{
    struct mkt_roi_part part;
    struct mkt_performance cut;
    mkt_micro sum = 0;
    static const char *const channel[] = {"search", "social"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(read("channel", channel[i], &part), MKT_OK);
        assert_int_equal(mkt_roi_part_make(&arena, &whole, &part, &cut, &err), MKT_OK);
        sum += spend_of(&cut);
    }
    assert_int_equal(sum, spend_of(&whole));
}

static void names_that_are_not_there_are_refused(void **state)
{
    struct mkt_roi_part part;
    (void)state;
    assert_int_equal(read("channel", "radio", &part), MKT_E_ARG);
    assert_string_equal(err.text,
                        "the data have no channel \"radio\"; they have: search and social");
    assert_int_equal(read("segment", "new", &part), MKT_E_ARG);
    assert_non_null(strstr(err.text, "name no segments"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_part_has_its_own_sums_and_the_days_of_the_whole, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(parts_add_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_that_are_not_there_are_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
