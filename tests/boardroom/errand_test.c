/* Where data stand, and what is asked, as other agents and the hub send it. */
#include "boardroom/errand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_errand errand;

static int begin(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    return mkt_arena_open(&arena, (size_t)16 << 20, &err) == MKT_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static mkt_status read_text(const char *text)
{
    struct mkt_value *body;
    mkt_err_clear(&err);
    mkt_status status =
        mkt_json_read_value(&arena, text, strlen(text), &mkt_json_read_limits, &body, &err);
    return status == MKT_OK ? mkt_errand_read(&arena, body, &errand, &err) : status;
}

static void reads(const char *text)
{
    if (read_text(text) != MKT_OK) fail_msg("%s: %s", text, err.text);
}

static void a_task_has_a_kind(void **state)
{
    (void)state;
    static const struct {
        const char *task;
        mkt_errand_kind kind;
    } tasks[] = {{"Q4 campaign performance for ROI calculation", MKT_ERRAND_ROI},
                 {"What did we RETURN?", MKT_ERRAND_ROI},
                 {"the financial side of campaigns", MKT_ERRAND_ROI},
                 {"Campaign optimization", MKT_ERRAND_CAMPAIGN},
                 {"Performance", MKT_ERRAND_CAMPAIGN},
                 {"how to improve", MKT_ERRAND_OPTIMIZATION},
                 {"customer segments", MKT_ERRAND_CUSTOMER},
                 {"hello", MKT_ERRAND_GENERAL}};
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
        assert_int_equal(mkt_errand_kind_of(tasks[i].task), tasks[i].kind);
    reads("{\"task_description\": \"  \", \"query\": \"ROI\"}");
    assert_string_equal(errand.task, "ROI");
    reads("{\"task_description\": null}");
    assert_null(errand.task);
    assert_int_equal(errand.kind, MKT_ERRAND_GENERAL);
}

static void data_are_found_where_they_stand(void **state)
{
    (void)state;
    static const struct {
        const char *body, *place;
        mkt_errand_source source;
    } bodies[] = {
        {"{\"dataset\": \"shop\"}", "dataset", MKT_ERRAND_DATASET},
        {"{\"context\": {\"data_set\": \"shop\"}}", "context.data_set", MKT_ERRAND_DATASET},
        {"{\"data_package\": {\"data\": {\"dataset\": \"shop\"}}}", "data_package.data.dataset",
         MKT_ERRAND_DATASET},
        {"{\"context\": {\"dataset\": \"shop\", \"spend\": 5}}", "context.dataset",
         MKT_ERRAND_DATASET},
        {"{\"context\": {\"rows\": [{\"spend\": 1}]}}", "context.rows", MKT_ERRAND_ROWS},
        {"{\"data_package\": {\"marketing_data\": [{\"spend\": 1}]}}",
         "data_package.marketing_data", MKT_ERRAND_ROWS},
        {"{\"spend\": 5}", "the body", MKT_ERRAND_TOTALS},
        {"{\"context\": {\"campaign\": {\"clicks\": 5}}}", "context.campaign", MKT_ERRAND_TOTALS},
        {"{\"context\": {\"campaign\": \"Spring\", \"marketing_spend\": 5}}", "context",
         MKT_ERRAND_TOTALS},
        {"{\"data_package\": {\"data\": {\"marketing_data\": {\"spend\": 5}}}}",
         "data_package.data.marketing_data", MKT_ERRAND_TOTALS},
        {"{\"data_package\": {\"data\": {\"revenue\": 5}}}", "data_package.data",
         MKT_ERRAND_TOTALS}};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        reads(bodies[i].body);
        assert_int_equal(errand.source, bodies[i].source);
        assert_int_equal(errand.places, 1);
        assert_string_equal(errand.place[0], bodies[i].place);
    }
    reads("{\"context\": {\"spend\": null}, \"data_package\": {\"documents\": [1]}}");
    assert_int_equal(errand.source, MKT_ERRAND_DATASET);
    assert_null(errand.dataset);
    assert_int_equal(errand.places, 0);
}

static void places_of_totals_add_up(void **state)
{
    (void)state;
    reads("{\"context\": {\"campaign_name\": \"a\", \"conversions\": 5, \"spend\": 10, \"other\": "
          "1, \"channels\": [\"x\", \"y\", \"z\"]}, \"data_package\": {\"data\": "
          "{\"marketing_data\": {\"campaign_name\": \"b\", \"marketing_spend\": 10, \"mood\": 1, "
          "\"channels\": [\"u\"], \"duration_days\": 30}}}}");
    assert_int_equal(errand.places, 2);
    assert_string_equal(errand.campaign.name, "b");
    assert_string_equal(errand.campaign.duration, "30 days");
    assert_int_equal(errand.campaign.channels, 1);
    assert_true(errand.campaign.whole.sum[MKT_SPEND] == 10);
    assert_true(errand.campaign.whole.sum[MKT_CONVERSIONS] == 5);
    assert_int_equal(errand.campaign.unuseds, 1); /* of the place that is for totals alone */
    assert_string_equal(errand.campaign.unused[0], "mood");
    assert_int_equal(errand.totals, 6); /* spend once */
    assert_int_equal(
        read_text("{\"context\": {\"spend\": 10}, \"data_package\": {\"marketing_data\": "
                  "{\"marketing_spend\": 11}}}"),
        MKT_E_ARG);
    assert_non_null(strstr(err.text, "two values"));
}

static void what_goes_with_a_task(void **state)
{
    (void)state;
    reads("{\"timeout_seconds\": 2.5, \"context\": {\"target_roi\": 25, \"period\": \"2025-Q4\", "
          "\"margin\": 0.4, \"parameters\": {\"seed\": 7, \"margin\": 0.3}}}");
    assert_int_equal(errand.timeout_ms, 2500);
    assert_true(errand.goal[MKT_GOAL_ROI] == 25);
    assert_true(isnan(errand.goal[MKT_GOAL_CPA]));
    assert_int_equal(errand.givens, 3);
    assert_string_equal(errand.given[0].name, "seed");
    assert_string_equal(errand.given[0].value, "7");
    assert_string_equal(errand.given[1].value, "0.3");
    assert_string_equal(errand.given[2].name, "period");
    reads("{\"context\": {\"period\": \"last quarter\", \"timeout\": 30}}");
    assert_int_equal(errand.givens, 0);
    assert_int_equal(errand.timeout_ms, 30000);
    reads("{}");
    assert_int_equal(errand.timeout_ms, MKT_ERRAND_TIMEOUT_MS);
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    static char long_task[5000];
    static const struct {
        const char *body, *says;
        mkt_status status;
    } bad[] = {
        {"[]", "must be an object", MKT_E_ARG},
        {"{\"query\": 5}", "\"query\" must be a string", MKT_E_ARG},
        {"{\"timeout_seconds\": 0}", "timeout_seconds", MKT_E_ARG},
        {"{\"timeout_seconds\": \"60\"}", "timeout_seconds", MKT_E_ARG},
        {"{\"timeout_seconds\": 1e30}", "timeout_seconds", MKT_E_ARG},
        {"{\"target_cpa\": \"low\"}", "\"target_cpa\" must be a number", MKT_E_ARG},
        {"{\"parameters\": []}", "\"parameters\" must be an object", MKT_E_ARG},
        {"{\"parameters\": {\"seed\": []}}", "\"seed\" must be a text or a number", MKT_E_ARG},
        {"{\"dataset\": \"a\", \"context\": {\"dataset\": \"b\"}}", "two data sets", MKT_E_ARG},
        {"{\"rows\": [{\"a\": 1}], \"context\": {\"rows\": [{\"a\": 1}]}}", "two places",
         MKT_E_ARG},
        {"{\"rows\": [{\"a\": []}]}", "row", MKT_E_ARG},
        {"{\"spend\": \"much\"}", "\"spend\" must be a number", MKT_E_ARG},
        {"{\"spend\": 1, \"channels\": 5}", "\"channels\" must be a list", MKT_E_ARG}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read_text(bad[i].body), bad[i].status);
        if (!strstr(err.text, bad[i].says)) fail_msg("%s: %s", bad[i].body, err.text);
    }
    memset(long_task, 'a', sizeof long_task - 1);
    memcpy(long_task, "{\"query\": \"", 11);
    memcpy(long_task + sizeof long_task - 3, "\"}", 3);
    assert_int_equal(read_text(long_task), MKT_E_LIMIT);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\"query\": \"ROI\", \"context\": {\"dataset\": \"shop\", \"parameters\": {\"seed\": 7}}}",
        "{\"rows\": [{\"date\": \"2025-01-01\", \"spend\": 5}]}",
        ("{\"context\": {\"spend\": 5, \"name\": \"a\", \"duration_days\": 3}, \"data_package\": "
         "{\"marketing_data\": {\"clicks\": 5, \"mood\": 1, \"channels\": [\"a\", \"b\"]}}}")};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct mkt_value *body;
        for (size_t at = 1;; at++) {
            mkt_arena_reset(&arena, 1 << 20);
            mkt_err_clear(&err);
            assert_int_equal(mkt_json_read_value(&arena, bodies[i], strlen(bodies[i]),
                                                 &mkt_json_read_limits, &body, &err),
                             MKT_OK);
            arena.fail_at = arena.allocations + at;
            mkt_status status = mkt_errand_read(&arena, body, &errand, &err);
            arena.fail_at = 0;
            if (status == MKT_OK) break;
            assert_int_equal(status, MKT_E_NOMEM);
            assert_true(at < 200);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_task_has_a_kind, begin, end),
        cmocka_unit_test_setup_teardown(data_are_found_where_they_stand, begin, end),
        cmocka_unit_test_setup_teardown(places_of_totals_add_up, begin, end),
        cmocka_unit_test_setup_teardown(what_goes_with_a_task, begin, end),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_named, begin, end),
        cmocka_unit_test_setup_teardown(every_allocation_fails_once, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
