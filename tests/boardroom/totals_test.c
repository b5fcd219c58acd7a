/* A campaign's totals under the names that other agents use. */
#include "boardroom/totals.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_campaign campaign;
static int taken;

static int begin(void **state)
{
    (void)state;
    return mkt_arena_open(&arena, (size_t)4 << 20, &err) == MKT_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static mkt_status take(const char *text)
{
    struct mkt_value *body;
    bool one;
    mkt_err_clear(&err);
    MKT_TRY(mkt_json_read_value(&arena, text, strlen(text), &mkt_json_read_limits, &body, &err));
    MKT_TRY(mkt_totals_init(&arena, &campaign, body->items, &err));
    taken = 0;
    for (size_t i = 0; i < body->items; i++) {
        MKT_TRY(mkt_totals_take(&arena, &body->item[i], &campaign, &one, &err));
        taken += one;
    }
    return MKT_OK;
}

static void takes_each_name(void **state)
{
    (void)state;
    assert_int_equal(take("{\"marketing_spend\": 5, \"impressions\": 1000, \"clicks\": 20, "
                          "\"conversions\": 3, \"attributed_revenue\": 9.5, \"new_customers\": 2, "
                          "\"campaign_name\": \" Spring\\n\", \"duration_days\": 30, \"currency\": "
                          "\"EUR\", \"margin\": 0.4, \"channels\": [\"a\", \"b\"], \"mood\": 1}"),
                     MKT_OK);
    assert_int_equal(taken, 11);
    assert_true(campaign.whole.sum[MKT_SPEND] == 5 && campaign.whole.sum[MKT_REVENUE] == 9.5);
    assert_true(campaign.whole.sum[MKT_NEW_CUSTOMERS] == 2 && campaign.margin == 0.4);
    assert_string_equal(campaign.name, "Spring");
    assert_string_equal(campaign.duration, "30 days");
    assert_int_equal(campaign.channels, 2);
    assert_int_equal(mkt_totals_measure("spend"), MKT_SPEND);
    assert_int_equal(mkt_totals_measure("mood"), -1);
}

static void takes_channels_with_figures(void **state)
{
    (void)state;
    assert_int_equal(take("{\"channels\": {\"search\": {\"spend\": 5, \"colour\": 1}, \"social\": "
                          "{\"spend\": 6}}}"),
                     MKT_OK);
    assert_int_equal(campaign.parts, 2);
    assert_string_equal(campaign.part[1].name, "social");
    assert_true(campaign.part[1].sum[MKT_SPEND] == 6 && isnan(campaign.part[0].sum[MKT_CLICKS]));
    assert_int_equal(take("{\"channels\": [{\"spend\": 5}]}"), MKT_E_ARG);
    assert_int_equal(take("{\"channels\": [\"a\", {\"name\": \"b\", \"spend\": 5}]}"), MKT_E_ARG);
}

static void null_is_nothing(void **state)
{
    (void)state;
    assert_int_equal(take("{\"spend\": null, \"name\": null, \"channels\": null, \"duration\": "
                          "null, \"margin\": null}"),
                     MKT_OK);
    assert_true(isnan(campaign.whole.sum[MKT_SPEND]) && isnan(campaign.margin));
    assert_null(campaign.name);
    assert_null(campaign.duration);
}

static void two_values_of_one_measure_are_refused(void **state)
{
    (void)state;
    assert_int_equal(take("{\"spend\": 5, \"marketing_spend\": 5.0}"), MKT_OK);
    assert_int_equal(take("{\"spend\": 5, \"marketing_spend\": 6}"), MKT_E_ARG);
    assert_non_null(strstr(err.text, "two values"));
    assert_int_equal(take("{\"clicks\": true}"), MKT_E_ARG);
    assert_int_equal(take("{\"name\": 5}"), MKT_E_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(takes_each_name, begin, end),
        cmocka_unit_test_setup_teardown(takes_channels_with_figures, begin, end),
        cmocka_unit_test_setup_teardown(null_is_nothing, begin, end),
        cmocka_unit_test_setup_teardown(two_values_of_one_measure_are_refused, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
