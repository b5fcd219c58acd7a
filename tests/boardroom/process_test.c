/* Requests that are not signed: every type in the origin's shape, whose figures are those of the
 * facts; what is not known is null, with a reason, and nothing is made up. */
#include "boardroom/process.h"

#include <sys/stat.h>

#include "boardroom/fixture.h"

#define TOTALS                                                                                     \
    "\"spend\": 50000, \"impressions\": 1000000, \"clicks\": 25000, \"conversions\": 500, "        \
    "\"revenue\": 75000"

static struct mkt_value *root;

static mkt_status process(const char *body)
{
    struct mkt_boardroom_call call = call_at(NOW_US);
    struct mkt_buf out;
    const struct mkt_json_limits limits = {(size_t)64 << 20, 64, 5000000};
    mkt_err_clear(&err);
    mkt_buf_init(&out, &arena);
    MKT_TRY(mkt_process_answer(&board, &arena, body, strlen(body), "acme", &call, &out, &err));
    if (mkt_json_read_value(&arena, out.data, out.length, &limits, &root, &err) != MKT_OK)
        fail_msg("%s: %s", err.text, out.data);
    return MKT_OK;
}

static void processed(const char *body)
{
    if (process(body) != MKT_OK) fail_msg("%s", err.text);
}

/* The value at "a.b.c". */
static const struct mkt_value *at(const char *path)
{
    const struct mkt_value *v = root;
    char name[64];
    while (*path) {
        size_t n = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)n, path);
        v = mkt_json_read_member(v, name);
        if (!v) fail_msg("no %s", path);
        path += n + (path[n] == '.');
    }
    return v;
}

static void text_is(const char *path, const char *text)
{
    assert_int_equal(at(path)->type, MKT_VALUE_STRING);
    assert_string_equal(at(path)->text, text);
}

static void number_is(const char *path, double value)
{
    if (at(path)->number != value) fail_msg("%s is %g", path, at(path)->number);
}

/* Null, and `unknown` says why. */
static void is_unknown(const char *path)
{
    char why[64];
    const char *name = strrchr(path, '.') ? strrchr(path, '.') + 1 : path;
    assert_int_equal(at(path)->type, MKT_VALUE_NULL);
    snprintf(why, sizeof why, "unknown.%s", name);
    assert_true(strlen(at(why)->text) > 10);
}

static void the_general_shape(void **state)
{
    (void)state;
    processed("{\"context\": {\"campaign_name\": \"Spring\", \"duration_days\": 30, " TOTALS "}}");
    text_is("analysis_type", "comprehensive_campaign");
    text_is("campaign_overview.name", "Spring");
    text_is("campaign_overview.duration", "30 days");
    number_is("campaign_overview.spend", 50000);
    number_is("quantitative_metrics.click_through_rate", 2.5);
    number_is("quantitative_metrics.conversion_rate", 2);
    number_is("quantitative_metrics.cost_per_click", 2);
    number_is("quantitative_metrics.cost_per_acquisition", 100);
    number_is("quantitative_metrics.roi_percentage", 50);
    number_is("quantitative_metrics.return_on_ad_spend", 1.5);
    is_unknown("quantitative_metrics.performance_grade");
    is_unknown("confidence_score");
    text_is("data_source.kind", "totals");
    text_is("agent_id", SELF);
    text_is("analysis_timestamp", "2025-12-31T12:00:00");
    processed("{\"data_package\": {\"data\": {\"marketing_data\": {\"spend\": 5}}}}");
    is_unknown("quantitative_metrics.total_clicks");
    is_unknown("quantitative_metrics.roi_percentage");
    is_unknown("campaign_overview.name");
}

static void the_shape_for_finance(void **state)
{
    (void)state;
    put_set("shop", shop_csv(60));
    processed("{\"type\": \"roi_collaboration\"}");
    text_is("analysis_type", "marketing_roi_collaboration");
    const struct mkt_value *total = NULL;
    total = mkt_json_read_member(at("answer.marketing_metrics"), "total");
    number_is("marketing_roi_metrics.marketing_spend",
              mkt_json_read_member(total, "spend")->number);
    number_is("finance_collaboration_data.revenue_data.total_returns",
              mkt_json_read_member(total, "revenue")->number);
    is_unknown("marketing_roi_metrics.customer_lifetime_value");
    is_unknown("marketing_roi_metrics.customer_acquisition_cost"); /* no new customers there */
    text_is("finance_collaboration_data.investment_data.period.first", "2025-01-01");
    text_is("campaign_summary.campaign_name", "shop");
    text_is("data_source.dataset", "shop");
    text_is("same_as.path", "/api/v1/analyses/roi");
}

static void the_shape_for_changes(void **state)
{
    (void)state;
    put_set("shop", shop_csv(60));
    processed("{\"type\": \"campaign_optimization\", \"query\": \"how to improve?\", \"context\": "
              "{\"target_roi\": 25}}");
    text_is("analysis_type", "campaign_optimization");
    number_is("optimization_goals.target_roi", 25);
    is_unknown("optimization_goals.target_cpa");
    is_unknown("expected_impact.roi_improvement");
    assert_true(at("priority_actions")->items <= 5);
}

static void the_wrapper(void **state)
{
    (void)state;
    put_set("shop", shop_csv(60));
    processed("{\"type\": \"collaboration_request\", \"task_description\": \"ROI by channel\", "
              "\"data_package\": {}}");
    text_is("status", "completed");
    text_is("agent_type", "marketing");
    text_is("processed_at", "2025-12-31T12:00:00");
    text_is("result.analysis_type", "campaign_roi");
    text_is("result.detailed_results.analysis_type", "marketing_roi_collaboration");
    assert_true(at("result.collaboration_successful")->truth);
    assert_true(at("result.key_insights")->items <= 3);
    /* no analysis here answers this, and it says so */
    processed("{\"type\": \"collaboration_request\", \"task_description\": \"customer segments\"}");
    assert_false(at("result.collaboration_successful")->truth);
    assert_int_equal(at("result.marketing_metrics")->type, MKT_VALUE_NULL);
    assert_true(strlen(at("result.summary")->text) > 10);
}

static void what_is_wrong_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(process(""), MKT_E_SYNTAX);
    assert_int_equal(process("5"), MKT_E_ARG);
    assert_int_equal(process("{\"type\": []}"), MKT_E_ARG);
    assert_int_equal(process("{}"), MKT_E_EMPTY);
    assert_int_equal(process("{\"spend\": 1, \"spend\": 2}"), MKT_E_SYNTAX);
}

static void answers_are_logged(void **state)
{
    (void)state;
    char head[MKT_SHA256_TEXT], line[1024];
    processed("{\"requesting_agent\": \"finance \\\"1\\\"\", " TOTALS "}");
    assert_int_equal(mkt_audit_head(board.audit, head), 1);
    FILE *file = fopen(log_path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    assert_non_null(strstr(line, "\"kind\":\"process\",\"peer\":\"finance ?1?\""));
    assert_int_equal(process("{}"), MKT_E_EMPTY);
    assert_int_equal(mkt_audit_head(board.audit, head), 1);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    for (size_t n = 1;; n++) {
        mkt_arena_reset(&arena, 1 << 20);
        struct mkt_boardroom_call call = call_at(NOW_US);
        struct mkt_buf out;
        const char *body = "{\"type\": \"roi_collaboration\", \"query\": \"ROI\", " TOTALS "}";
        mkt_buf_init(&out, &arena);
        arena.fail_at = n;
        mkt_err_clear(&err);
        mkt_status status =
            mkt_process_answer(&board, &arena, body, strlen(body), "", &call, &out, &err);
        arena.fail_at = 0;
        if (status == MKT_OK && n > 10) break;
        if (status != MKT_E_NOMEM && status != MKT_OK) fail_msg("%zu: %s", n, err.text);
        assert_true(n < 5000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_general_shape, sit_down, stand_up),
        cmocka_unit_test_setup_teardown(the_shape_for_finance, sit_down, stand_up),
        cmocka_unit_test_setup_teardown(the_shape_for_changes, sit_down, stand_up),
        cmocka_unit_test_setup_teardown(the_wrapper, sit_down, stand_up),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_an_error, sit_down, stand_up),
        cmocka_unit_test_setup_teardown(answers_are_logged, sit_down, stand_up),
        cmocka_unit_test_setup_teardown(every_allocation_fails_once, sit_down, stand_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
