#include "boardroom/hub_pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_retry_waits_twice_as_long_up_to_its_bound(void **state)
{
    (void)state;
    static const int64_t bound[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    for (unsigned n = 1; n <= 8; n++) {
        assert_int_equal(mkt_hub_pace_retry(n, 1000, 60000, 0), bound[n - 1] / 2);
        assert_int_equal(mkt_hub_pace_retry(n, 1000, 60000, UINT32_MAX), bound[n - 1]);
    }
    assert_int_equal(mkt_hub_pace_retry(UINT32_MAX, 1000, 60000, UINT32_MAX), 60000);
    assert_int_equal(mkt_hub_pace_retry(1, 1, 1, 7), 1);
}

static void the_draw_is_even(void **state)
{
    (void)state;
    int below = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        int64_t ms = mkt_hub_pace_retry(3, 1000, 60000, i * 4294967U);
        assert_in_range(ms, 2000, 4000);
        below += ms < 3000;
    }
    assert_in_range(below, 498, 502);
}

static void a_repeat_is_at_most_a_tenth_early(void **state)
{
    (void)state;
    assert_int_equal(mkt_hub_pace_repeat(60000, 0), 54000);
    assert_int_equal(mkt_hub_pace_repeat(60000, UINT32_MAX), 60000);
    assert_int_equal(mkt_hub_pace_repeat(1, UINT32_MAX), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_retry_waits_twice_as_long_up_to_its_bound),
        cmocka_unit_test(the_draw_is_even),
        cmocka_unit_test(a_repeat_is_at_most_a_tenth_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
