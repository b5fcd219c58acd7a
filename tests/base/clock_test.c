#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void clocks_agree(void **state)
{
    (void)state;
    int64_t us = mkt_clock_us(), ms = mkt_clock_ms(), later = mkt_clock_us();
    assert_true(us / 1000 <= ms && ms <= later / 1000);
    time_t before = time(NULL);
    int64_t wall = mkt_clock_wall_us() / 1000000;
    assert_true(before - 1 <= wall && wall <= time(NULL) + 1);
}

static void a_time_is_written(void **state)
{
    (void)state;
    char text[MKT_CLOCK_TEXT];
    assert_string_equal(mkt_clock_text(0, text), "1970-01-01T00:00:00");
    assert_string_equal(mkt_clock_text(1769860800, text), "2026-01-31T12:00:00");
    assert_string_equal(mkt_clock_text(INT64_MAX, text), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_agree),
        cmocka_unit_test(a_time_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
