#include "source/scratch.h"

#include "base/date.h"
#include "source/daytext.h"

static void is_day(const char *text, mkt_day_order order, int y, int m, int d)
{
    int32_t day = -1;
    if (mkt_daytext_read(text, strlen(text), order, &day) != MKT_DAYTEXT_OK)
        fail_msg("\"%s\" is not read", text);
    if (day != mkt_date_days(y, m, d)) fail_msg("\"%s\" is read as day %d", text, (int)day);
}

static void is_bad(const char *text)
{
    int32_t day;
    if (mkt_daytext_read(text, strlen(text), MKT_DAY_FIRST, &day) != MKT_DAYTEXT_BAD)
        fail_msg("\"%s\" is not refused", text);
}

static unsigned look(const char *text)
{
    return mkt_daytext_look(text, strlen(text));
}

static void reads_unmistakable_days(void **state)
{
    (void)state;
    static const char *const third_of_november[] = {
        "2025-11-03",
        "2025/11/3",
        "2025.11.03",
        "20251103",
        "2025110317",
        "2025-11-03T23:30:00Z",
        "2025-11-03 5:00:00",
        "2025-11-03 13:26:15.000 ",
        "2025-11-03T23:30:00.123+02:00",
        "2025-11-03 23:30:00 UTC",
        "Nov 3, 2025",
        "November 3, 2025",
        "3 Nov 2025",
        "03-Nov-2025",
        "3. November 2025",
        "Mon, Nov 3, 2025",
        "Monday, 3 November 2025",
        "3rd Nov 2025",
        "Nov 3, 2025 10:15 AM",
        "3 novembre 2025",
        "3 noviembre 2025",
        "45964",
        "45964.75",
        "1762128000",
        "1762128000000",
        "2025 Nov 3",
        "20251103T120000",
    };
    for (size_t i = 0; i < sizeof third_of_november / sizeof *third_of_november; i++) {
        is_day(third_of_november[i], MKT_DAY_FIRST, 2025, 11, 3);
        is_day(third_of_november[i], MKT_MONTH_FIRST, 2025, 11, 3);
        assert_true(look(third_of_november[i]) & MKT_DAYTEXT_CERTAIN);
    }
    is_day("1. M\xC3\xA4rz 2026", MKT_DAY_FIRST, 2026, 3, 1);
    is_day("1 ao\xC3\xBBt 2026", MKT_DAY_FIRST, 2026, 8, 1);
    is_day("2026-01", MKT_DAY_FIRST, 2026, 1, 1);
    is_day("Jan 2026", MKT_DAY_FIRST, 2026, 1, 1);
    is_day("2026-W01", MKT_DAY_FIRST, 2025, 12, 29);
    is_day("2024-02-29", MKT_DAY_FIRST, 2024, 2, 29);
}

static void order_decides_small_numbers(void **state)
{
    (void)state;
    is_day("01/02/2026", MKT_DAY_FIRST, 2026, 2, 1);
    is_day("01/02/2026", MKT_MONTH_FIRST, 2026, 1, 2);
    is_day("1-2-26", MKT_DAY_FIRST, 2026, 2, 1);
    is_day("31.01.2026", MKT_DAY_FIRST, 2026, 1, 31);
    is_day("1/31/26 0:00", MKT_MONTH_FIRST, 2026, 1, 31);
    assert_true(look("01/02/2026") & MKT_DAYTEXT_EITHER);
    assert_true(look("02/02/2026") & MKT_DAYTEXT_CERTAIN);
    assert_true(look("31/01/2026") & MKT_DAYTEXT_DAY_FIRST);
    assert_true(look("01/31/2026") & MKT_DAYTEXT_MONTH_FIRST);
    assert_true(look("01.02.2026") & MKT_DAYTEXT_DAY_FIRST);
    int32_t day;
    assert_int_equal(mkt_daytext_read("01/31/2026", 10, MKT_DAY_FIRST, &day), MKT_DAYTEXT_BAD);
}

static void refuses_what_is_no_day(void **state)
{
    (void)state;
    static const char *const bad[] = {"yesterday",  "2025-13-01",  "2025-02-30",
                                      "31/31/2026", "12:30",       "2025-11-03 to 2025-11-09",
                                      "0001-01-01", "9999-12-31",  "1234",
                                      "Total",      "2025-11-03x", "99999999",
                                      "2025-W99",   "1/2",         "2025-11-03 99:00",
                                      "a",          "May"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) is_bad(bad[i]);
    int32_t day;
    assert_int_equal(mkt_daytext_read("--", 2, MKT_DAY_FIRST, &day), MKT_DAYTEXT_MISSING);
    assert_int_equal(look("yesterday"), MKT_DAYTEXT_IS_BAD);
}

static void looks_agree_with_reading(void **state)
{
    (void)state;
    /* every day of three years in the two orders: what a look calls certain reads the same */
    for (int32_t d = mkt_date_days(2024, 1, 1); d <= mkt_date_days(2026, 12, 31); d++) {
        struct mkt_date t = mkt_date_of(d);
        char text[32];
        snprintf(text, sizeof text, "%02d/%02d/%04d", t.day, t.month, t.year);
        int32_t first = -1, second = -1;
        bool a = mkt_daytext_read(text, strlen(text), MKT_DAY_FIRST, &first) == MKT_DAYTEXT_OK;
        bool b = mkt_daytext_read(text, strlen(text), MKT_MONTH_FIRST, &second) == MKT_DAYTEXT_OK;
        assert_true(a);
        assert_int_equal(first, d);
        unsigned l = look(text);
        assert_int_equal(!!(l & MKT_DAYTEXT_DAY_FIRST), !b);
        assert_int_equal(!!(l & MKT_DAYTEXT_EITHER), b && first != second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_unmistakable_days),
        cmocka_unit_test(order_decides_small_numbers),
        cmocka_unit_test(refuses_what_is_no_day),
        cmocka_unit_test(looks_agree_with_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
