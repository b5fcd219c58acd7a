#include "source/scratch_fixture.h"

#include "source/actions.h"

static const char ads[] = "ad_id,date,account_id,impressions,inline_link_clicks,spend\n"
                          "11,2025-11-03,9,100,3,5\n11,2025-11-04,9,100,3,6\n"
                          "12,2025-11-03,9,100,3,7\n12,2025-11-04,9,100,3,8\n";

static void one_action_type_is_counted_once(void **state)
{
    (void)state;
    scratch_write(&s, "facebook_basic_ad.csv", ads);
    scratch_write(&s, "facebook_basic_ad_actions.csv",
                  "ad_id,date,index,action_type,value\n"
                  "11,2025-11-03,0,link_click,30\n11,2025-11-03,1,purchase,2\n"
                  "11,2025-11-03,2,offsite_conversion.fb_pixel_purchase,2\n"
                  "12,2025-11-04,0,purchase,3\n12,2025-11-04,1,add_to_cart,9\n"
                  "99,2025-11-04,0,purchase,50\n12,2026-01-01,0,purchase,70\n");
    scratch_write(
        &s, "facebook_basic_ad_action_values.csv",
        "ad_id,date,action_type,value\n"
        "11,2025-11-03,purchase,20.5\n11,2025-11-03,offsite_conversion.fb_pixel_purchase,20.5\n"
        "12,2025-11-04,omni_purchase,31\n12,2025-11-04,purchase,31\n");
    struct mkt_dataset *d = scratch_dataset(s.folder, NULL);
    assert_int_equal(scratch_total(d, MKT_SPEND), 26000000);
    assert_int_equal(scratch_total(d, MKT_CONVERSIONS), 5000000);
    assert_int_equal(scratch_total(d, MKT_REVENUE), 31000000); /* omni_purchase, which 11 lacks */
    assert_true(mkt_performance_has(scratch_sums(d), MKT_CONVERSIONS));
    assert_non_null(strstr(scratch_caveat(d, "unknown_actions")->text, "2 of 4 \"purchase\" rows"));
    const char *why = scratch_table(d, "facebook_basic_ad_actions.csv")->why;
    assert_non_null(strstr(why, "\"purchase\" rows are the conversions of facebook_basic_ad.csv"));
    const struct mkt_performance *p = scratch_sums(d);
    for (size_t i = 0; i < p->cells; i++)
        if (!strcmp(p->names[MKT_CAMPAIGN][p->cell[i].name[MKT_CAMPAIGN]], "12") &&
            p->cell[i].day == mkt_date_days(2025, 11, 4))
            assert_int_equal(p->cell[i].sum[MKT_CONVERSIONS], 3000000);
    mkt_dataset_close(d);
}

static void leads_stand_in_for_purchases_and_say_so(void **state)
{
    (void)state;
    scratch_write(&s, "facebook_basic_ad.csv", ads);
    scratch_write(&s, "facebook_basic_ad_actions.csv",
                  "ad_id,date,action_type,value\n11,2025-11-03,offsite_conversion.fb_pixel_lead,2\n"
                  "11,2025-11-03,lead,2\n12,2025-11-03,page_view,50\n");
    struct mkt_dataset *d = scratch_dataset(s.folder, NULL);
    assert_int_equal(scratch_total(d, MKT_CONVERSIONS), 2000000);
    assert_non_null(strstr(scratch_caveat(d, "conversions_are_goals")->text, "\"lead\""));
    mkt_dataset_close(d);
    scratch_write(&s, "facebook_basic_ad_actions.csv",
                  "ad_id,date,action_type,value\n12,2025-11-03,page_view,50\n");
    d = scratch_dataset(s.folder, NULL);
    assert_false(mkt_performance_has(scratch_sums(d), MKT_CONVERSIONS));
    assert_non_null(
        strstr(scratch_table(d, "facebook_basic_ad_actions.csv")->why, "none of its action types"));
    mkt_dataset_close(d);
}

static void the_best_action_type_is_chosen(void **state)
{
    (void)state;
    static const char *const order[] = {"omni_purchase",
                                        "purchase",
                                        "offsite_conversion.fb_pixel_purchase",
                                        "onsite_conversion.purchase",
                                        "lead",
                                        "offsite_conversion.fb_pixel_lead",
                                        "complete_registration"};
    for (size_t i = 1; i < sizeof order / sizeof *order; i++)
        assert_true(mkt_actions_rank(order[i - 1]) < mkt_actions_rank(order[i]));
    static const char *const none[] = {"view_content",
                                       "add_to_cart",
                                       "link_click",
                                       "post_engagement",
                                       "omni_initiated_checkout",
                                       "offsite_conversion.fb_pixel_custom"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(mkt_actions_rank(none[i]), -1);
}

static void the_latest_name_stands_for_an_id(void **state)
{
    (void)state;
    scratch_write(
        &s, "google_ads_campaign_stats.csv",
        "id,date,cost_micros\n7,2025-11-03,1000000\n8,2025-11-03,2000000\n7,2025-11-04,4000000\n");
    scratch_write(
        &s, "google_ads_campaign_history.csv",
        "id,updated_at,name\n7,2025-01-02T00:00:00,Brand new\n7,2025-01-01T00:00:00,Brand\n"
        "8,2025-01-01T00:00:00,Generic\n");
    struct mkt_dataset *d = scratch_dataset(s.folder, NULL);
    assert_true(scratch_has_name(d, MKT_CAMPAIGN, "Brand new"));
    assert_true(scratch_has_name(d, MKT_CAMPAIGN, "Generic"));
    assert_int_equal(scratch_sums(d)->name_count[MKT_CAMPAIGN], 2);
    assert_int_equal(scratch_total(d, MKT_SPEND), 7000000);
    assert_string_equal(scratch_how(scratch_table(d, "google_ads_campaign_stats.csv"), "id"),
                        "named by google_ads_campaign_history.csv");
    mkt_dataset_close(d);
}

static void ads_are_gathered_into_their_campaigns(void **state)
{
    (void)state;
    scratch_write(&s, "facebook_basic_ad.csv", ads);
    scratch_write(
        &s, "facebook_ad_history.csv",
        "id,campaign_id,name,updated_time\n11,77,ad a,2025-01-01\n12,77,ad b,2025-01-01\n");
    scratch_write(&s, "facebook_campaign_history.csv",
                  "id,name,updated_time\n77,Autumn,2025-01-01\n");
    struct mkt_dataset *d = scratch_dataset(s.folder, NULL);
    assert_int_equal(scratch_sums(d)->name_count[MKT_CAMPAIGN], 1);
    assert_true(scratch_has_name(d, MKT_CAMPAIGN, "Autumn"));
    mkt_dataset_close(d);
    char path[400];
    snprintf(path, sizeof path, "%s/facebook_campaign_history.csv", s.folder);
    unlink(path);
    d = scratch_dataset(s.folder, NULL);
    assert_true(scratch_has_name(d, MKT_CAMPAIGN, "77"));
    mkt_dataset_close(d);
}

static void two_levels_of_one_account_count_once(void **state)
{
    (void)state;
    char text[8000] = "customer_id,date,campaign_id,cost_micros,conversions\n", ad[16000];
    strcpy(ad, "customer_id,date,ad_id,campaign_id,cost_micros\n");
    for (int i = 1; i <= 10; i++) {
        sprintf(text + strlen(text), "5,2025-11-%02d,7,%d000000,1\n", i, 10 + i);
        sprintf(ad + strlen(ad), "5,2025-11-%02d,71,7,%d000000\n5,2025-11-%02d,72,7,5000000\n", i,
                5 + i, i);
    }
    scratch_write(&s, "google_ads_campaign_stats.csv", text);
    scratch_write(&s, "google_ads_ad_stats.csv", ad);
    struct mkt_dataset *d = scratch_dataset(s.folder, NULL);
    assert_int_equal(scratch_total(d, MKT_SPEND), 155000000);
    assert_null(scratch_table(d, "google_ads_ad_stats.csv")->kind);
    assert_non_null(strstr(scratch_table(d, "google_ads_ad_stats.csv")->why,
                           "another level as google_ads_campaign_stats.csv"));
    assert_non_null(scratch_caveat(d, "told_twice"));
    mkt_dataset_close(d);
    /* other days of the same account are not told twice */
    for (char *c = ad; (c = strstr(c, "2025-11")); c++) memcpy(c, "2025-10", 7);
    scratch_write(&s, "google_ads_ad_stats.csv", ad);
    d = scratch_dataset(s.folder, NULL);
    assert_int_equal(scratch_total(d, MKT_SPEND), 310000000);
    mkt_dataset_close(d);
}

static void shared_days_of_two_exports_count_once(void **state)
{
    (void)state;
    char a[4000] = "date,campaign,spend\n", b[4000] = "date,campaign,spend\n";
    for (int i = 1; i <= 28; i++) {
        char line[64];
        sprintf(line, "2025-11-%02d,x,%d\n", i, i);
        if (i <= 20) strcat(a, line);
        if (i >= 10) strcat(b, line);
    }
    scratch_write(&s, "google_nov_first.csv", a);
    scratch_write(&s, "google_nov_second.csv", b);
    struct mkt_dataset *d = scratch_dataset(s.folder, NULL);
    assert_int_equal(scratch_total(d, MKT_SPEND), 28 * 29 / 2 * MKT_MICRO);
    assert_non_null(strstr(scratch_caveat(d, "shared_days")->text, "11 days"));
    mkt_dataset_close(d);
    scratch_write(&s, "google_nov_second.csv", a);
    d = scratch_dataset(s.folder, NULL);
    assert_int_equal(scratch_total(d, MKT_SPEND), 210 * MKT_MICRO);
    assert_non_null(strstr(scratch_table(d, "google_nov_second.csv")->why, "byte for byte"));
    mkt_dataset_close(d);
}

static void a_platform_inside_a_whole_counts_once(void **state)
{
    (void)state;
    char all[8000] = "date,channel,campaign,spend\n", one[4000] = "day,campaign name,cost\n";
    for (int i = 1; i <= 20; i++) {
        sprintf(all + strlen(all), "2025-11-%02d,search,x,%d\n2025-11-%02d,social,y,%d\n", i,
                10 + i, i, 90 - i);
        sprintf(one + strlen(one), "2025-11-%02d,Brand,%d.00\n", i, 10 + i);
    }
    scratch_write(&s, "performance.csv", all);
    scratch_write(&s, "google_ads.csv", one);
    struct mkt_dataset *d = scratch_dataset(s.folder, NULL);
    assert_int_equal(scratch_total(d, MKT_SPEND), 2000 * MKT_MICRO);
    assert_non_null(
        strstr(scratch_table(d, "google_ads.csv")->why, "a channel in performance.csv"));
    mkt_dataset_close(d);
    /* two platforms that merely share days both count */
    one[strlen("day,campaign name,cost\n2025-11-01,Brand,")] = '7';
    for (char *c = one; (c = strstr(c, ".00")); c++) c[1] = '5';
    for (char *c = one; (c = strstr(c, "Brand,1")); c++) c[6] = '8';
    scratch_write(&s, "google_ads.csv", one);
    d = scratch_dataset(s.folder, NULL);
    assert_string_equal(scratch_table(d, "google_ads.csv")->kind, "performance");
    mkt_dataset_close(d);
}

static void an_unknown_result_is_not_a_zero(void **state)
{
    (void)state;
    scratch_write(&s, "google.csv", "date,campaign,spend,revenue\n2025-11-03,x,1,9\n");
    scratch_write(&s, "bing.csv", "date,campaign,spend\n2025-11-03,y,2\n");
    struct mkt_dataset *d = scratch_dataset(s.folder, NULL);
    assert_non_null(
        strstr(scratch_caveat(d, "measure_missing")->text, "bing.csv tells no revenue"));
    mkt_dataset_close(d);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(one_action_type_is_counted_once),       TEST(leads_stand_in_for_purchases_and_say_so),
        TEST(the_best_action_type_is_chosen),        TEST(the_latest_name_stands_for_an_id),
        TEST(ads_are_gathered_into_their_campaigns), TEST(two_levels_of_one_account_count_once),
        TEST(shared_days_of_two_exports_count_once), TEST(a_platform_inside_a_whole_counts_once),
        TEST(an_unknown_result_is_not_a_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
