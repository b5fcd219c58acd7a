/* Days and periods, against a calendar counted day by day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/date.h"

static bool leap(int y)
{
    return y % 400 == 0 || (y % 4 == 0 && y % 100 != 0);
}

static int length_of(int y, int m)
{
    if (m == 2) return leap(y) ? 29 : 28;
    return m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31;
}

static void every_day_of_eight_centuries(void **state)
{
    (void)state;
    int32_t day = -135140; /* 1600-01-01: 92 leap years among 370 before 1970-01-01 ... */
    for (int y = 1600; y < 1970; y++) day += 365 + leap(y);
    assert_int_equal(day, 0); /* ... so counting on reaches it */
    day = -135140;
    int weekday = 5; /* 1600-01-01 was a Saturday */
    char text[MKT_DATE_TEXT], expected[48];
    for (int y = 1600; y <= 2400; y++) {
        for (int m = 1; m <= 12; m++) {
            assert_int_equal(mkt_date_month_length(y, m), length_of(y, m));
            assert_false(mkt_date_valid(y, m, length_of(y, m) + 1));
            for (int d = 1; d <= length_of(y, m); d++, day++, weekday = (weekday + 1) % 7) {
                struct mkt_date back = mkt_date_of(day);
                int32_t read;
                snprintf(expected, sizeof expected, "%04d-%02d-%02d", y, m, d);
                assert_true(mkt_date_valid(y, m, d));
                assert_int_equal(mkt_date_days(y, m, d), day);
                assert_true(back.year == y && back.month == m && back.day == d);
                assert_int_equal(mkt_date_weekday(day), weekday);
                assert_string_equal(mkt_date_text(day, text), expected);
                assert_true(mkt_date_parse(text, &read) && read == day);
            }
        }
    }
}

static void known_days(void **state)
{
    (void)state;
    assert_int_equal(mkt_date_days(1970, 1, 1), 0);
    assert_int_equal(mkt_date_weekday(0), 3); /* a Thursday */
    assert_int_equal(mkt_date_days(2000, 3, 1), 11017);
    assert_int_equal(mkt_date_days(0, 3, 1), -719468);
    assert_int_equal(mkt_date_weekday(mkt_date_days(2026, 11, 22)), 6); /* a Sunday */
    assert_false(mkt_date_valid(-1, 1, 1));
    assert_false(mkt_date_valid(10000, 1, 1));
    assert_false(mkt_date_valid(2026, 0, 1));
    assert_false(mkt_date_valid(2026, 13, 1));
    assert_false(mkt_date_valid(2026, 1, 0));
    assert_false(mkt_date_valid(1900, 2, 29));
    assert_true(mkt_date_valid(2000, 2, 29));
}

static void what_is_no_date_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "2026",        "2026-1-1",    "2026-01-1",
                                      "26-01-01",   "2026-02-29",  "2026-13-01",  "2026-00-10",
                                      "2026/01/01", "2026-01-01x", " 2026-01-01", "2026-01-01 ",
                                      "20260101",   "-026-01-01"};
    int32_t day;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (mkt_date_parse(bad[i], &day)) fail_msg("'%s' was read as a date", bad[i]);
}

static const struct mkt_period data = {19000, 19400}; /* 2022-01-08 to 2023-02-12 */

static void assert_period(struct mkt_period p, const char *first, const char *last)
{
    char text[MKT_DATE_TEXT];
    assert_string_equal(mkt_date_text(p.first, text), first);
    assert_string_equal(mkt_date_text(p.last, text), last);
}

static void periods_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *first, *last;
    } sample[] = {
        {"2025", "2025-01-01", "2025-12-31"},
        {"2025-Q1", "2025-01-01", "2025-03-31"},
        {"2025-q4", "2025-10-01", "2025-12-31"},
        {"2024-02", "2024-02-01", "2024-02-29"},
        {"2025-12", "2025-12-01", "2025-12-31"},
        {"2025-11-03", "2025-11-03", "2025-11-03"},
        {"2025-10-01..2025-12-31", "2025-10-01", "2025-12-31"},
        {"last-1", "2023-02-12", "2023-02-12"},
        {"last-90", "2022-11-15", "2023-02-12"},
        {"all", "2022-01-08", "2023-02-12"},
    };
    for (size_t i = 0; i < sizeof sample / sizeof *sample; i++) {
        struct mkt_period p;
        assert_true(mkt_period_parse(sample[i].text, data, &p));
        assert_period(p, sample[i].first, sample[i].last);
    }
    static const char *const bad[] = {"",
                                      "20",
                                      "2025-Q0",
                                      "2025-Q5",
                                      "2025-Q1x",
                                      "2025-13",
                                      "2025-0",
                                      "2025-00",
                                      "last-0",
                                      "last--3",
                                      "last-",
                                      "last-99999999999999999999",
                                      "last-x",
                                      "ALL",
                                      "2025-1-1",
                                      "2025-02-30",
                                      "2025x",
                                      "2025-12-31..2025-01-01",
                                      "2025-01-01..",
                                      "2025-01-01...2025-01-02",
                                      "last-36526"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct mkt_period p;
        if (mkt_period_parse(bad[i], data, &p)) fail_msg("'%s' was read as a period", bad[i]);
    }
}

static struct mkt_period read_period(const char *text)
{
    struct mkt_period p;
    assert_true(mkt_period_parse(text, data, &p));
    return p;
}

static void the_period_before(void **state)
{
    (void)state;
    assert_period(mkt_period_before(read_period("2025")), "2024-01-01", "2024-12-31");
    assert_period(mkt_period_before(read_period("2025-Q1")), "2024-10-01", "2024-12-31");
    assert_period(mkt_period_before(read_period("2025-03")), "2025-02-01", "2025-02-28");
    assert_period(mkt_period_before(read_period("2025-01")), "2024-12-01", "2024-12-31");
    assert_period(mkt_period_before(read_period("2025-03-02..2025-03-31")), "2025-01-31",
                  "2025-03-01");
    assert_period(mkt_period_before(read_period("2025-03-01")), "2025-02-28", "2025-02-28");
}

static void the_same_period_a_year_before(void **state)
{
    (void)state;
    assert_period(mkt_period_year_before(read_period("2024-02")), "2023-02-01", "2023-02-28");
    assert_period(mkt_period_year_before(read_period("2025-Q4")), "2024-10-01", "2024-12-31");
    struct mkt_period p = read_period("2025-11-03..2025-11-20");
    struct mkt_period before = mkt_period_year_before(p);
    assert_int_equal(mkt_period_days(before), 18);
    assert_int_equal(mkt_date_weekday(before.first), mkt_date_weekday(p.first));
    assert_int_equal(p.first - before.first, 364);
}

/* Any span of whole months: the months before it end where it begins, and are as many. */
static void whole_months_stay_whole_months(void **state)
{
    (void)state;
    for (int start = 0; start < 36; start++) {
        for (int count = 1; count <= 30; count++) {
            int end = start + count - 1, ey = 2023 + end / 12, em = end % 12 + 1;
            struct mkt_period p = {mkt_date_days(2023 + start / 12, start % 12 + 1, 1),
                                   mkt_date_days(ey, em, mkt_date_month_length(ey, em))};
            assert_true(mkt_period_is_months(p));
            struct mkt_period before = mkt_period_before(p), year = mkt_period_year_before(p);
            assert_true(mkt_period_is_months(before) && mkt_period_is_months(year));
            assert_int_equal(before.last + 1, p.first);
            struct mkt_date a = mkt_date_of(before.first), b = mkt_date_of(before.last);
            assert_int_equal((b.year - a.year) * 12 + b.month - a.month + 1, count);
            assert_int_equal(mkt_date_of(year.first).year + 1, mkt_date_of(p.first).year);
            assert_int_equal(mkt_date_of(year.last).month, mkt_date_of(p.last).month);
        }
    }
    assert_false(mkt_period_is_months(read_period("2025-01-02..2025-01-31")));
    assert_false(mkt_period_is_months(read_period("2025-01-01..2025-01-30")));
}

/* The first years that can be written have a year before them, too. */
static void the_beginning_of_the_calendar(void **state)
{
    (void)state;
    struct mkt_period p = mkt_period_year_before(read_period("0000-05"));
    assert_int_equal(p.first, mkt_date_days(-1, 5, 1));
    assert_int_equal(p.last, mkt_date_days(-1, 5, 31));
    p = mkt_period_before(read_period("0000"));
    assert_int_equal(p.first, mkt_date_days(-1, 1, 1));
    assert_int_equal(p.last, mkt_date_days(0, 1, 1) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_eight_centuries),
        cmocka_unit_test(known_days),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(periods_are_read),
        cmocka_unit_test(the_period_before),
        cmocka_unit_test(the_same_period_a_year_before),
        cmocka_unit_test(whole_months_stay_whole_months),
        cmocka_unit_test(the_beginning_of_the_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
