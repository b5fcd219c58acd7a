#include "simulate/spend_plan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"

enum { SEARCH, SOCIAL, EMAIL, DISPLAY, VIDEO };
#define DAYS 731

static struct mkt_calendar calendar(void)
{
    struct mkt_random random;
    struct mkt_calendar c;
    mkt_random_init(&random, 1, 0);
    mkt_calendar_draw(&c, &random, mkt_date_days(2024, 1, 1), 1);
    return c;
}

static void draw(int channel, uint64_t seed, int days, double *cents)
{
    struct mkt_calendar c = calendar();
    struct mkt_random random;
    mkt_random_init(&random, seed, (uint64_t)channel);
    mkt_spend_plan_draw(&mkt_catalogue_channel[channel], &c, &random, 20000, days, cents);
}

static void more_days_continue_the_plan(void **state)
{
    (void)state;
    for (int k = 0; k < MKT_CATALOGUE_CHANNELS; k++) {
        double brief[100], whole[DAYS];
        draw(k, 3, 100, brief);
        draw(k, 3, DAYS, whole);
        assert_memory_equal(brief, whole, sizeof brief);
    }
}

static void spend_is_whole_cents(void **state)
{
    (void)state;
    for (int k = 0; k < MKT_CATALOGUE_CHANNELS; k++) {
        double cents[DAYS];
        draw(k, 4, DAYS, cents);
        for (int t = 0; t < DAYS; t++) {
            assert_true(cents[t] >= 0);
            assert_true(cents[t] == floor(cents[t]));
        }
    }
}

/* Mails go out on Tuesdays and Thursdays, and any day in a burst. */
static void email_rests_between_mailings(void **state)
{
    (void)state;
    double cents[DAYS];
    draw(EMAIL, 5, DAYS, cents);
    for (int t = 0; t < DAYS; t++) {
        int32_t day = mkt_date_days(2024, 1, 1) + t;
        int weekday = mkt_date_weekday(day);
        bool mails = weekday == 1 || weekday == 3 || mkt_catalogue_burst(day) >= 0;
        assert_int_equal(cents[t] > 0, mails);
    }
}

static void video_flies_in_flights(void **state)
{
    (void)state;
    double cents[DAYS];
    draw(VIDEO, 6, DAYS, cents);
    int rests = 0;
    for (int t = 1; t < DAYS; t++) rests += cents[t - 1] == 0 && cents[t] > 0;
    assert_true(rests >= 6);
    double search[DAYS];
    draw(SEARCH, 6, DAYS, search);
    for (int t = 0; t < DAYS; t++) assert_true(search[t] > 0);
}

static void bursts_raise_spend(void **state)
{
    (void)state;
    double before = 0, within = 0;
    for (uint64_t seed = 0; seed < 30; seed++) {
        double cents[366];
        draw(SEARCH, seed, 366, cents);
        for (int t = 305; t < 319; t++) before += cents[t] / 14; /* 1 to 14 November */
        for (int t = 324; t < 335; t++) within += cents[t] / 11; /* Black Week */
    }
    assert_true(within > 2 * before);
}

static void shares_sum_to_one(void **state)
{
    (void)state;
    for (int k = 0; k < MKT_CATALOGUE_CHANNELS; k++)
        for (int t = 0; t < 366; t++) {
            struct mkt_spend_split split;
            mkt_spend_plan_split(k, mkt_date_days(2024, 1, 1) + t, &split);
            double sum = 0;
            for (int i = 0; i < split.campaigns; i++) {
                assert_in_range(split.campaign[i], 0, MKT_CATALOGUE_CAMPAIGNS - 1);
                sum += split.share[i];
            }
            assert_true(fabs(sum - 1) < 1e-15);
            if (split.campaigns == 2) assert_int_not_equal(split.campaign[0], split.campaign[1]);
        }
}

static void campaigns_have_their_year(void **state)
{
    (void)state;
    char name[MKT_SPEND_PLAN_NAME];
    struct mkt_spend_split split;
    int32_t july = mkt_date_days(2025, 7, 1), october = mkt_date_days(2025, 10, 1);

    mkt_spend_plan_split(SEARCH, july, &split);
    assert_int_equal(split.campaigns, 2);
    assert_string_equal(mkt_spend_plan_name(split.campaign[0], july, name), "Summer Sale 2025");
    assert_string_equal(mkt_spend_plan_name(split.campaign[1], july, name), "Brand Search");
    mkt_spend_plan_split(SOCIAL, october, &split);
    assert_int_equal(split.campaigns, 1);
    assert_string_equal(mkt_spend_plan_name(split.campaign[0], october, name), "Always On");
    mkt_spend_plan_split(DISPLAY, october, &split);
    assert_string_equal(mkt_spend_plan_name(split.campaign[0], october, name), "Retargeting");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_days_continue_the_plan),  cmocka_unit_test(spend_is_whole_cents),
        cmocka_unit_test(email_rests_between_mailings), cmocka_unit_test(video_flies_in_flights),
        cmocka_unit_test(bursts_raise_spend),           cmocka_unit_test(shares_sum_to_one),
        cmocka_unit_test(campaigns_have_their_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
