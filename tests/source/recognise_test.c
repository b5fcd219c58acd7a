#include "source/scratch.h"

#include "source/recognise.h"

/* A table from "name: column=sample value, ..."; built by hand, no file. */
struct table {
    struct mkt_arena arena;
    struct mkt_relation r;
    struct mkt_err err;
};

static void make(struct table *t, const char *name, const char *const (*column)[2], size_t n)
{
    memset(t, 0, sizeof *t);
    assert_int_equal(mkt_arena_open(&t->arena, 8 << 20, &t->err), MKT_OK);
    struct mkt_naming words;
    mkt_naming_read(name, &words);
    t->r.show = name;
    t->r.words = mkt_arena_strdup(&t->arena, words.text);
    t->r.platform = mkt_naming_platform(t->r.words);
    t->r.columns = n;
    t->r.column = MKT_NEW(&t->arena, struct mkt_column, n);
    for (size_t i = 0; i < n; i++) {
        t->r.column[i].name = column[i][0];
        mkt_naming_read(column[i][0], &t->r.column[i].naming);
        for (int k = 0; k < 5; k++)
            mkt_recognise_sample(&t->r.column[i], column[i][1], strlen(column[i][1]));
    }
}

static mkt_status recognise(struct table *t)
{
    return mkt_recognise(&t->arena, &t->r, NULL, 0, &t->err);
}

static const char *role(const struct table *t, mkt_role role)
{
    return t->r.is.parts[role] ? t->r.column[t->r.is.column[role][0]].name : "";
}

#define TABLE(t, name, ...)                                                                        \
    static const char *const t##_columns[][2] = {__VA_ARGS__};                                     \
    struct table t;                                                                                \
    make(&t, name, t##_columns, sizeof t##_columns / sizeof *t##_columns)
#define DAY "2025-11-03"

static void takes_the_main_measure_of_several(void **state)
{
    (void)state;
    TABLE(t, "microsoft_ads_report", {"date", DAY}, {"campaign_id", "17"},
          {"campaign_name", "Brand"}, {"spend", "1.5"}, {"clicks", "3"}, {"impressions", "90"},
          {"conversions_qualified", "1"}, {"conversions", "2"}, {"all_conversions", "4"},
          {"revenue", "9"}, {"all_revenue", "11"}, {"ctr", "0.1"}, {"average_cpc", "0.5"},
          {"cost_per_conversion", "3"}, {"currency_code", "USD"});
    assert_int_equal(recognise(&t), MKT_OK);
    assert_int_equal(t.r.is.kind, MKT_KIND_PERFORMANCE);
    assert_string_equal(role(&t, MKT_ROLE_CONVERSIONS), "conversions");
    assert_string_equal(role(&t, MKT_ROLE_REVENUE), "revenue");
    assert_string_equal(role(&t, MKT_ROLE_CAMPAIGN), "campaign_name");
    assert_string_equal(role(&t, MKT_ROLE_SPEND), "spend");
    assert_string_equal(role(&t, MKT_ROLE_CURRENCY), "currency_code");
    assert_string_equal(t.r.column[11].how, "a rate, recomputed");
    assert_string_equal(t.r.column[13].how, "a rate, recomputed");
    assert_int_equal(t.r.column[8].role, -1);
    mkt_arena_close(&t.arena);
}

static void knows_the_habits_of_other_platforms(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *const column[14][2];
        const char *date, *spend, *impressions, *clicks, *conversions, *revenue, *campaign;
    } cases[] = {
        {"linkedin_ad_analytics_by_campaign",
         {{"day", DAY},
          {"campaign_id", "1"},
          {"clicks", "1"},
          {"impressions", "9"},
          {"cost_in_local_currency", "1.5"},
          {"cost_in_usd", "1.7"},
          {"landing_page_clicks", "1"},
          {"external_website_conversions", "1"},
          {"one_click_leads", "1"},
          {"conversion_value_in_local_currency", "2"}},
         "day",
         "cost_in_local_currency",
         "impressions",
         "clicks",
         "external_website_conversions",
         "conversion_value_in_local_currency",
         "campaign_id"},
        {"pinterest_campaign_report",
         {{"DATE", DAY},
          {"CAMPAIGN_ID", "1"},
          {"CAMPAIGN_NAME", "x"},
          {"SPEND_IN_MICRO_DOLLAR", "1500000"},
          {"IMPRESSION_1", "9"},
          {"IMPRESSION_2", "1"},
          {"CLICKTHROUGH_1", "2"},
          {"CLICKTHROUGH_2", "0"},
          {"TOTAL_CONVERSIONS", "1"},
          {"TOTAL_CONVERSIONS_VALUE_IN_MICRO_DOLLAR", "1"},
          {"ECPC_IN_MICRO_DOLLAR", "1"}},
         "DATE",
         "SPEND_IN_MICRO_DOLLAR",
         "IMPRESSION_1",
         "CLICKTHROUGH_1",
         "TOTAL_CONVERSIONS",
         "TOTAL_CONVERSIONS_VALUE_IN_MICRO_DOLLAR",
         "CAMPAIGN_NAME"},
        {"snapchat_campaign_hourly_report",
         {{"date", "2025-11-03T05:00:00Z"},
          {"campaign_id", "a-b"},
          {"spend", "1500000"},
          {"impressions", "9"},
          {"swipes", "1"},
          {"conversion_purchases", "1"},
          {"conversion_purchases_value", "1"},
          {"quartile_1", "1"},
          {"total_installs", "1"},
          {"video_views", "1"}},
         "date",
         "spend",
         "impressions",
         "swipes",
         "conversion_purchases",
         "conversion_purchases_value",
         "campaign_id"},
        {"reddit_campaign_report",
         {{"date", DAY},
          {"campaign_id", "t3"},
          {"spend", "1500000"},
          {"impressions", "9"},
          {"clicks", "1"},
          {"ecpm", "1"},
          {"conversion_purchase_total_value", "3"},
          {"conversion_purchase_clicks", "1"}},
         "date",
         "spend",
         "impressions",
         "clicks",
         "conversion_purchase_clicks",
         "conversion_purchase_total_value",
         "campaign_id"},
        {"amazon_ads_sp_campaigns",
         {{"date", DAY},
          {"campaignName", "x"},
          {"campaignId", "1"},
          {"cost", "1.5"},
          {"impressions", "9"},
          {"clicks", "1"},
          {"purchases1d", "1"},
          {"purchases14d", "2"},
          {"purchases7d", "3"},
          {"sales7d", "1"},
          {"sales14d", "9"},
          {"acosClicks14d", "1"},
          {"campaignBudgetAmount", "5"}},
         "date",
         "cost",
         "impressions",
         "clicks",
         "purchases14d",
         "sales14d",
         "campaignName"},
        {"apple_search_ads_campaign_report",
         {{"date", DAY},
          {"campaign_id", "1"},
          {"local_spend_amount", "1.5"},
          {"impressions", "9"},
          {"taps", "1"},
          {"tap_installs", "1"},
          {"avg_cpt_amount", "1"},
          {"local_spend_currency", "USD"},
          {"new_downloads", "1"}},
         "date",
         "local_spend_amount",
         "impressions",
         "taps",
         "",
         "",
         "campaign_id"},
        {"x_ads_line_item_report",
         {{"date", DAY},
          {"campaign_id", "c"},
          {"line_item_id", "l"},
          {"billed_charge_local_micro", "1500000"},
          {"impressions", "9"},
          {"clicks", "1"},
          {"url_clicks", "1"},
          {"conversion_purchases_metric", "1"},
          {"conversion_purchases_sale_amount_local_micro", "5"},
          {"placement", "ALL"}},
         "date",
         "billed_charge_local_micro",
         "impressions",
         "clicks",
         "conversion_purchases_metric",
         "conversion_purchases_sale_amount_local_micro",
         "campaign_id"},
        {"Meta export",
         {{"Day", DAY},
          {"Campaign name", "x"},
          {"Amount spent (EUR)", "1,50"},
          {"Impressions", "9"},
          {"Clicks (all)", "3"},
          {"Link clicks", "2"},
          {"Results", "1"},
          {"Cost per results", "1"},
          {"Reporting starts", DAY},
          {"Reporting ends", DAY},
          {"Purchases", "1"},
          {"Purchases conversion value", "5"},
          {"Frequency", "1.1"},
          {"Reach", "5"}},
         "Day",
         "Amount spent (EUR)",
         "Impressions",
         NULL,
         "Purchases",
         "Purchases conversion value",
         "Campaign name"},
        {"Google Ads Bericht",
         {{"Tag", "03.11.2025"},
          {"Kampagne", "x"},
          {"Kosten", "1,50"},
          {"Impressionen", "9"},
          {"Klicks", "1"},
          {"Conversions", "1"},
          {"Conv.-Wert", "5"},
          {"W\xC3\xA4hrung", "EUR"},
          {"Klickrate", "1 %"}},
         "Tag",
         "Kosten",
         "Impressionen",
         "Klicks",
         "Conversions",
         "Conv.-Wert",
         "Kampagne"},
        {"rapport",
         {{"Jour", DAY},
          {"Campagne", "x"},
          {"Co\xC3\xBBt", "1"},
          {"Impressions", "9"},
          {"Clics", "1"},
          {"Conversions", "1"},
          {"Valeur de conv.", "5"}},
         "Jour",
         "Co\xC3\xBBt",
         "Impressions",
         "Clics",
         "Conversions",
         "Valeur de conv.",
         "Campagne"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = 0;
        while (n < 14 && cases[i].column[n][0]) n++;
        struct table t;
        make(&t, cases[i].name, cases[i].column, n);
        if (recognise(&t) != MKT_OK) fail_msg("%s: %s", cases[i].name, t.err.text);
        if (t.r.is.kind != MKT_KIND_PERFORMANCE) fail_msg("%s: %s", cases[i].name, t.r.is.why);
        assert_string_equal(role(&t, MKT_ROLE_DATE), cases[i].date);
        assert_string_equal(role(&t, MKT_ROLE_SPEND), cases[i].spend);
        assert_string_equal(role(&t, MKT_ROLE_IMPRESSIONS), cases[i].impressions);
        if (cases[i].clicks) assert_string_equal(role(&t, MKT_ROLE_CLICKS), cases[i].clicks);
        if (*cases[i].conversions)
            assert_string_equal(role(&t, MKT_ROLE_CONVERSIONS), cases[i].conversions);
        assert_string_equal(role(&t, MKT_ROLE_REVENUE), cases[i].revenue);
        assert_string_equal(role(&t, MKT_ROLE_CAMPAIGN), cases[i].campaign);
        mkt_arena_close(&t.arena);
    }
}

static void numbered_parts_are_one_measure(void **state)
{
    (void)state;
    TABLE(t, "pinterest_report", {"date", DAY}, {"campaign_name", "x"}, {"spend", "1"},
          {"impression_1", "5"}, {"impression_2", "3"});
    assert_int_equal(recognise(&t), MKT_OK);
    assert_int_equal(t.r.is.parts[MKT_ROLE_IMPRESSIONS], 2);
    mkt_arena_close(&t.arena);
}

static void asks_between_equals(void **state)
{
    (void)state;
    TABLE(t, "report", {"date", DAY}, {"campaign", "x"}, {"cost", "1"}, {"spend", "2"},
          {"clicks", "1"});
    assert_int_equal(recognise(&t), MKT_E_AMBIGUOUS);
    assert_non_null(strstr(t.err.text, "\"cost\" and \"spend\""));
    assert_non_null(strstr(t.err.text, "--map \"spend=cost\""));
    mkt_err_clear(&t.err);
    struct mkt_recognise_choice choice = {.role = MKT_ROLE_SPEND, .column = 3};
    assert_int_equal(mkt_recognise(&t.arena, &t.r, &choice, 1, &t.err), MKT_OK);
    assert_string_equal(role(&t, MKT_ROLE_SPEND), "spend");
    mkt_arena_close(&t.arena);

    TABLE(d, "report", {"date", DAY}, {"day", DAY}, {"campaign", "x"}, {"cost", "1"},
          {"clicks", "1"});
    assert_int_equal(recognise(&d), MKT_E_AMBIGUOUS);
    assert_non_null(strstr(d.err.text, "date"));
    mkt_arena_close(&d.arena);

    /* a weekday is no date, so there is no question */
    TABLE(w, "report", {"date", DAY}, {"day", "Monday"}, {"campaign", "x"}, {"cost", "1"},
          {"clicks", "1"});
    assert_int_equal(recognise(&w), MKT_OK);
    assert_string_equal(role(&w, MKT_ROLE_DATE), "date");
    mkt_arena_close(&w.arena);
}

static void unsure_measures_stay_out(void **state)
{
    (void)state;
    TABLE(t, "report", {"date", DAY}, {"campaign", "x"}, {"cost", "1"}, {"clicks", "1"},
          {"web_conversions", "1"}, {"app_conversions", "1"});
    assert_int_equal(recognise(&t), MKT_OK);
    assert_string_equal(role(&t, MKT_ROLE_CONVERSIONS), "");
    assert_non_null(strstr(t.r.is.unsure[MKT_ROLE_CONVERSIONS], "web_conversions"));
    mkt_arena_close(&t.arena);
}

static void decoys_are_no_spend(void **state)
{
    (void)state;
    TABLE(t, "report", {"date", DAY}, {"campaign", "x"}, {"campaign_budget", "9"},
          {"max_cost", "1"}, {"active_view_measurable_cost_micros", "1"}, {"competitor_spend", "4"},
          {"clicks", "3"});
    assert_int_equal(recognise(&t), MKT_OK);
    assert_int_not_equal(t.r.is.kind, MKT_KIND_PERFORMANCE);
    mkt_arena_close(&t.arena);
}

static void knows_the_other_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *const column[8][2];
        mkt_kind kind;
    } cases[] = {
        {"paths",
         {{"path", "a > b > c"}, {"total_conversions", "1"}, {"total_null", "3"}},
         MKT_KIND_PATHS},
        {"touch",
         {{"user_id", "u1"}, {"timestamp", DAY}, {"channel", "search"}, {"conversion", "0"}},
         MKT_KIND_TOUCHPOINTS},
        {"touch_cost",
         {{"user_id", "u1"}, {"time", DAY}, {"channel", "search"}, {"cost", "0.3"}},
         MKT_KIND_TOUCHPOINTS},
        {"touch_cost_of_user",
         {{"user", "u1"},
          {"time", DAY},
          {"channel", "search"},
          {"conversion", "0"},
          {"value", "9"},
          {"cost", "0.3"}},
         MKT_KIND_TOUCHPOINTS},
        {"log", {{"user_id", "u1"}, {"event_time", DAY}, {"event", "add"}}, MKT_KIND_EVENTS},
        {"ab", {{"user_id", "u1"}, {"variant", "B"}, {"revenue", "3"}}, MKT_KIND_EXPERIMENT},
        {"orders",
         {{"order_id", "o1"}, {"customer_id", "c"}, {"order_date", DAY}, {"total", "9.5"}},
         MKT_KIND_TRANSACTIONS},
        {"charges",
         {{"id", "ch_1"},
          {"amount", "5"},
          {"currency", "eur"},
          {"created", "1762128000"},
          {"customer", "cus_1"},
          {"status", "paid"}},
         MKT_KIND_TRANSACTIONS},
        {"sim_orders",
         {{"order_id", "o1"},
          {"customer_id", "c"},
          {"date", DAY},
          {"amount", "9.5"},
          {"product", "x"},
          {"channel", "email"}},
         MKT_KIND_TRANSACTIONS},
        {"sim_customers",
         {{"customer_id", "c"},
          {"segment", "18-34"},
          {"region", "East"},
          {"signup_date", DAY},
          {"channel", "email"}},
         MKT_KIND_CUSTOMERS},
        {"customers", {{"customer_id", "c"}, {"age", "30"}, {"churned", "1"}}, MKT_KIND_CUSTOMERS},
        {"weekly",
         {{"date", DAY}, {"sales", "5"}, {"tv_spend", "1"}, {"radio_spend", "2"}},
         MKT_KIND_SERIES},
        {"panel",
         {{"month", "2025-11-01"}, {"brand", "Acme"}, {"units", "5"}, {"price", "2"}},
         MKT_KIND_MARKET},
        {"tracker", {{"respondent_id", "1"}, {"brand", "Acme"}, {"aware", "1"}}, MKT_KIND_SURVEY},
        {"posts", {{"text", "I like it"}, {"date", DAY}, {"brand", "Acme"}}, MKT_KIND_MENTIONS},
        {"deals",
         {{"deal_id", "1"}, {"create_date", DAY}, {"deal_stage", "won"}, {"amount", "5"}},
         MKT_KIND_LEADS},
        {"facebook_ad_actions",
         {{"ad_id", "1"}, {"date", DAY}, {"action_type", "purchase"}, {"value", "2"}},
         MKT_KIND_ACTIONS},
        {"google_campaign_history",
         {{"id", "1"}, {"updated_at", DAY}, {"name", "Brand"}, {"status", "ON"}},
         MKT_KIND_NAMES},
        {"thing", {{"a", "1"}, {"b", "2"}}, MKT_KIND_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = 0;
        while (n < 8 && cases[i].column[n][0]) n++;
        struct table t;
        make(&t, cases[i].name, cases[i].column, n);
        if (recognise(&t) != MKT_OK) fail_msg("%s: %s", cases[i].name, t.err.text);
        if (t.r.is.kind != cases[i].kind)
            fail_msg("%s is %s: %s", cases[i].name,
                     t.r.is.kind ? mkt_kind_name(t.r.is.kind) : "nothing", t.r.is.why);
        mkt_arena_close(&t.arena);
    }
}

static void the_users_kind_is_taken(void **state)
{
    (void)state;
    TABLE(t, "report", {"date", DAY}, {"campaign", "x"}, {"cost", "1"}, {"clicks", "1"});
    struct mkt_recognise_choice ignore = {.role = -1, .kind = MKT_KIND_NONE};
    assert_int_equal(mkt_recognise(&t.arena, &t.r, &ignore, 1, &t.err), MKT_OK);
    assert_int_equal(t.r.is.kind, MKT_KIND_NONE);
    assert_non_null(strstr(t.r.is.why, "--map"));
    mkt_arena_close(&t.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_main_measure_of_several),
        cmocka_unit_test(knows_the_habits_of_other_platforms),
        cmocka_unit_test(numbered_parts_are_one_measure),
        cmocka_unit_test(asks_between_equals),
        cmocka_unit_test(unsure_measures_stay_out),
        cmocka_unit_test(decoys_are_no_spend),
        cmocka_unit_test(knows_the_other_kinds),
        cmocka_unit_test(the_users_kind_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
