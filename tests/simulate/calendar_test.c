#include "simulate/calendar.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/date.h"

static struct mkt_calendar draw(uint64_t seed, double season)
{
    struct mkt_random random;
    struct mkt_calendar calendar;
    mkt_random_init(&random, seed, 0);
    mkt_calendar_draw(&calendar, &random, mkt_date_days(2024, 1, 1), season);
    return calendar;
}

/* Dates of the almanac. */
static void easter_and_black_friday(void **state)
{
    (void)state;
    assert_int_equal(mkt_calendar_easter(1961), mkt_date_days(1961, 4, 2));
    assert_int_equal(mkt_calendar_easter(2000), mkt_date_days(2000, 4, 23));
    assert_int_equal(mkt_calendar_easter(2024), mkt_date_days(2024, 3, 31));
    assert_int_equal(mkt_calendar_easter(2025), mkt_date_days(2025, 4, 20));
    assert_int_equal(mkt_calendar_easter(2038), mkt_date_days(2038, 4, 25));
    assert_int_equal(mkt_calendar_black_friday(2024), mkt_date_days(2024, 11, 29));
    assert_int_equal(mkt_calendar_black_friday(2025), mkt_date_days(2025, 11, 28));
    assert_int_equal(mkt_calendar_black_friday(2028), mkt_date_days(2028, 11, 24));
    for (int year = 1980; year < 2110; year++)
        assert_int_equal(mkt_date_weekday(mkt_calendar_easter(year)), 6);
}

static void demand_is_flat_without_season(void **state)
{
    (void)state;
    struct mkt_calendar c = draw(5, 0);
    for (int t = 0; t < 800; t++) {
        double trend = pow(1 + c.trend, t / 365.25);
        assert_true(fabs(mkt_calendar_demand(&c, c.origin + t) / trend - 1) < 1e-12);
    }
}

static void demand_peaks_where_it_should(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct mkt_calendar c = draw(seed, 1);
        double weekdays = 0;
        for (int w = 0; w < 7; w++) weekdays += c.weekday[w];
        assert_true(fabs(weekdays - 7) < 1e-12);

        int32_t friday = mkt_calendar_black_friday(2024);
        assert_true(mkt_calendar_yearly(&c, friday) > 1.5 * mkt_calendar_yearly(&c, friday - 14));
        int32_t eve = mkt_date_days(2024, 12, 24);
        assert_true(mkt_calendar_yearly(&c, eve) < 0.7 * mkt_calendar_yearly(&c, eve + 4));
        for (int t = 0; t < 1461; t++) assert_true(mkt_calendar_demand(&c, c.origin + t) > 0.2);
    }
}

static void strongest_season_stays_positive(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct mkt_calendar c = draw(seed, 2);
        for (int t = 0; t < 366; t++) assert_true(mkt_calendar_demand(&c, c.origin + t) > 0.01);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(easter_and_black_friday),
        cmocka_unit_test(demand_is_flat_without_season),
        cmocka_unit_test(demand_peaks_where_it_should),
        cmocka_unit_test(strongest_season_stays_positive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
