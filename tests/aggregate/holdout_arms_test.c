/* People shown and people kept from a channel, counted by hand. */
#include "aggregate/holdout_arms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "num/near.h"

#define DAY 86400

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_touchpoints rows;
static struct mkt_journey_rules rules = {.lookback = 30 * DAY};

static int begin(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    if (mkt_arena_open(&arena, (size_t)256 << 20, &err) != MKT_OK) return -1;
    mkt_touchpoints_init(&rows, &arena, (size_t)64 << 20, "/tmp");
    rules = (struct mkt_journey_rules){.lookback = 30 * DAY};
    return 0;
}

static int end(void **state)
{
    (void)state;
    mkt_touchpoints_close(&rows);
    mkt_arena_close(&arena);
    return 0;
}

/* "!name": withheld; NULL: a conversion alone. `value` below 0: no conversion. */
static void add(uint64_t user, int day, const char *channel, int value)
{
    uint32_t code = MKT_TOUCHPOINTS_NONE;
    bool withheld = channel && channel[0] == '!';
    if (channel) {
        channel += withheld;
        assert_int_equal(mkt_names_code(&rows.channel, channel, strlen(channel), &code, &err),
                         MKT_OK);
    }
    const struct mkt_touchpoints_row t = mkt_touchpoints_pack(
        mkt_names_mix(user), (int64_t)day * DAY, value >= 0, code,
        withheld ? MKT_TOUCHPOINTS_WITHHELD : 0, value >= 0 ? (mkt_micro)value * MKT_MICRO : 0);
    assert_int_equal(mkt_touchpoints_add(&rows, &t, 1, &err), MKT_OK);
}

static struct mkt_holdout_channel count(const char *channel)
{
    struct mkt_holdout_arms arms;
    struct mkt_touchpoints *part = &rows;
    assert_int_equal(mkt_holdout_arms_count(&arena, &part, 1, &rules, &arms, &err), MKT_OK);
    for (size_t i = 0; i < arms.channel.count; i++)
        if (strcmp(arms.channel.name[i], channel) == 0) return arms.arms[i];
    fail_msg("no channel %s", channel);
    return (struct mkt_holdout_channel){0};
}

static void each_user_is_in_one_arm(void **state)
{
    (void)state;
    add(1, 1, "a", -1);
    add(1, 5, NULL, 10); /* shown, converts twice */
    add(1, 6, "b", 20);
    add(2, 1, "!a", -1);
    add(2, 3, NULL, 7); /* kept from a, converts all the same */
    add(3, 1, "!a", -1);
    add(4, 1, "a", -1);
    add(4, 2, "!a", -1); /* both */
    add(5, 1, "b", 40);  /* never near a */
    struct mkt_holdout_channel a = count("a");
    assert_int_equal(a.shown.users, 1);
    assert_int_equal(a.withheld.users, 2);
    assert_int_equal(a.mixed, 1);
    assert_near(a.shown.conversions, 2, 0);
    assert_near(a.shown.conversions2, 4, 0);
    assert_near(a.shown.value, 30, 0);
    assert_near(a.shown.value2, 900, 0);
    assert_near(a.withheld.conversions, 1, 0);
    assert_near(a.withheld.value2, 49, 0);
    struct mkt_holdout_channel b = count("b");
    assert_int_equal(b.shown.users, 2);
    assert_int_equal(b.withheld.users, 0);
    assert_near(b.shown.conversions, 2, 0);
}

/* Conversions before the first touch, or later than the look-back, do not count; others do, though
 * another came between. */
static void conversions_within_the_look_back(void **state)
{
    (void)state;
    add(1, 1, NULL, 1);
    add(1, 10, "a", -1);
    add(1, 40, NULL, 1);
    add(1, 41, NULL, 1);
    add(2, 10, "!a", -1);
    add(2, 20, NULL, 1);
    add(2, 30, NULL, 1);
    struct mkt_holdout_channel a = count("a");
    assert_near(a.shown.conversions, 1, 0);
    assert_near(a.withheld.conversions, 2, 0);
    rules.first_only = true;
    assert_near(count("a").withheld.conversions, 1, 0);
}

/* What was withheld is no touch: journeys are as if it had not been. */
static void withheld_rows_are_no_touches(void **state)
{
    static const struct mkt_share_rule rule = {.name = "linear", .kind = MKT_SHARE_LINEAR};
    struct mkt_touchpoints_out out;
    struct mkt_touchpoints *part = &rows;
    (void)state;
    add(1, 1, "!a", -1);
    add(1, 2, "b", -1);
    add(1, 3, "!a", 5);
    add(2, 1, "!a", -1);
    assert_int_equal(
        mkt_touchpoints_finish(&arena, &part, 1, &rules, &rule, 1, 256, true, 1, &out, &err),
        MKT_OK);
    assert_int_equal(out.paths.paths, 1);
    assert_int_equal(out.paths.path[0].steps, 1);
    assert_int_equal(out.paths.total.conversions, 1);
    assert_int_equal(out.paths.total.nulls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_user_is_in_one_arm, begin, end),
        cmocka_unit_test_setup_teardown(conversions_within_the_look_back, begin, end),
        cmocka_unit_test_setup_teardown(withheld_rows_are_no_touches, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
