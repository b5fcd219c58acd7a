#include "source/scratch.h"

/* The connector exports of ../shared/data (or $MKT_DATA), which are not part of this repository. */
static const char *exports(void)
{
    static char path[400];
    const char *data = getenv("MKT_DATA");
    snprintf(path, sizeof path, "%s/ads_exports", data && *data ? data : "../shared/data");
    if (access(path, R_OK) != 0) {
        print_message("skipped: no shared data at %s\n", path);
        skip();
    }
    return path;
}

static struct mkt_dataset *open_one(const char *name)
{
    char path[500];
    snprintf(path, sizeof path, "%s/%s", exports(), name);
    return scratch_dataset(path, NULL);
}

static void each_performance_export_is_taken_alone(void **state)
{
    (void)state;
    static const struct {
        const char *file, *channel, *date, *spend, *campaign, *conversions, *revenue;
        int64_t rows;
        mkt_micro sum;
    } cases[] = {
        {"facebook_ads_basic_ad_data.csv", "Meta Ads", "date", "spend", "ad_id", "", "", 10,
         643630000},
        {"google_ads_ad_stats_data.csv", "Google Ads", "date", "cost_micros", "campaign_id",
         "conversions", "conversions_value", 10, 0},
        {"google_ads_campaign_stats_data.csv", "Google Ads", "date", "cost_micros", "id",
         "conversions", "conversions_value", 16, 231330000},
        {"microsoft_ads_campaign_performance_daily_report_data.csv", "Microsoft Ads", "date",
         "spend", "campaign_id", "conversions", "revenue", 2630, 946340000},
        {"tiktok_campaign_report_hourly_data.csv", "TikTok Ads", "STAT_TIME_HOUR", "SPEND",
         "CAMPAIGN_ID", "CONVERSION", "TOTAL_PURCHASE_VALUE", 4, 444792000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mkt_dataset *d = open_one(cases[i].file);
        const struct mkt_account_table *t = scratch_table(d, cases[i].file);
        assert_string_equal(t->kind, "performance");
        assert_int_equal(t->rows, cases[i].rows);
        assert_int_equal(t->broken, 0);
        assert_string_equal(scratch_role(t, "date"), cases[i].date);
        assert_string_equal(scratch_role(t, "spend"), cases[i].spend);
        assert_string_equal(scratch_role(t, "campaign"), cases[i].campaign);
        assert_string_equal(scratch_role(t, "conversions"), cases[i].conversions);
        assert_string_equal(scratch_role(t, "revenue"), cases[i].revenue);
        assert_true(scratch_has_name(d, MKT_CHANNEL, cases[i].channel));
        assert_int_equal(scratch_total(d, MKT_SPEND), cases[i].sum);
        mkt_dataset_close(d);
    }
}

static void the_others_are_named_for_what_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *file, *kind;
    } cases[] = {{"shopify_order_data.csv", "transactions"},
                 {"shopify_customer_data.csv", "customers"},
                 {"google_ads_campaign_history_data.csv", "names"},
                 {"facebook_ads_basic_ad_actions_data.csv", "actions"},
                 {"facebook_ads_basic_ad_action_values_data.csv", "actions"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mkt_dataset *d = open_one(cases[i].file);
        assert_string_equal(scratch_table(d, cases[i].file)->kind, cases[i].kind);
        const struct mkt_performance *p;
        struct mkt_err err;
        mkt_err_clear(&err);
        assert_int_equal(mkt_dataset_performance(d, &p, &err), MKT_E_EMPTY);
        assert_non_null(strstr(err.text, cases[i].file));
        mkt_dataset_close(d);
    }
    struct mkt_dataset *d = open_one("shopify_order_data.csv");
    const struct mkt_account_table *t = scratch_table(d, "shopify_order_data.csv");
    assert_string_equal(scratch_role(t, "customer"), "customer_id");
    assert_string_equal(scratch_role(t, "amount"), "total_price");
    assert_string_equal(scratch_role(t, "date"), "created_at");
    mkt_dataset_close(d);
}

static void the_whole_folder_goes_together(void **state)
{
    (void)state;
    struct mkt_dataset *d = scratch_dataset(exports(), NULL);
    assert_int_equal(scratch_total(d, MKT_SPEND), 2266092000);
    assert_int_equal(scratch_sums(d)->name_count[MKT_CHANNEL], 4);
    assert_string_equal(mkt_dataset_account(d)->currency, "USD");
    assert_string_equal(scratch_how(scratch_table(d, "google_ads_campaign_stats_data.csv"), "id"),
                        "named by google_ads_campaign_history_data.csv");
    assert_string_equal(
        scratch_how(scratch_table(d, "tiktok_campaign_report_hourly_data.csv"), "CTR"),
        "a rate, recomputed");
    mkt_dataset_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_performance_export_is_taken_alone),
        cmocka_unit_test(the_others_are_named_for_what_they_are),
        cmocka_unit_test(the_whole_folder_goes_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
