#include "source/scratch.h"

#include "source/money.h"
#include "source/naming.h"

static void names_come_to_one_form(void **state)
{
    (void)state;
    static const struct {
        const char *name, *normal, *unit;
        bool micros;
    } cases[] = {
        {"Amount spent (EUR)", "amount_spent", "EUR", false},
        {"Amount Spent (in USD)", "amount_spent", "USD", false},
        {"Coste (\xE2\x82\xAC)", "coste", "EUR", false},
        {"SPEND_IN_MICRO_DOLLAR", "spend", NULL, true},
        {"cost_micros", "cost", NULL, true},
        {"metrics.costMicros", "metrics_cost", NULL, true},
        {"billed_charge_local_micro", "local_billed_charge", NULL, true},
        {"cost_in_local_currency", "local_cost", NULL, false},
        {"cost_in_usd", "cost", "USD", false},
        {"attributedConversions14d", "attributed_conversions_14_d", NULL, false},
        {"STAT_TIME_HOUR", "stat_time_hour", NULL, false},
        {"Conv. value", "conv_value", NULL, false},
        {"Session source / medium", "session_source_medium", NULL, false},
        {"Gesch\xC3\xA4"
         "ftsjahr",
         "geschaftsjahr", NULL, false},
        {"W\xC3\xA4hrung", "wahrung", NULL, false},
        {"CTR (%)", "ctr", NULL, false},
        {"  ", "", NULL, false},
        {"GAClicks", "ga_clicks", NULL, false},
        {"\xFF\xFE", "", NULL, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mkt_naming n;
        mkt_naming_read(cases[i].name, &n);
        assert_string_equal(n.text, cases[i].normal);
        assert_int_equal(n.micros, cases[i].micros);
        if (cases[i].unit)
            assert_string_equal(n.unit, cases[i].unit);
        else
            assert_null(n.unit);
    }
    struct mkt_naming n;
    mkt_naming_read("CTR (%)", &n);
    assert_true(n.percent);
}

static void very_long_names_are_cut(void **state)
{
    (void)state;
    char name[5000];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct mkt_naming n;
    mkt_naming_read(name, &n);
    assert_int_equal(strlen(n.text), MKT_NAMING_MAX - 1);
    memcpy(name, "local_", 6);
    mkt_naming_read(name, &n);
    assert_true(strlen(n.text) < MKT_NAMING_MAX);
}

static void patterns_and_words_match(void **state)
{
    (void)state;
    assert_true(mkt_naming_match("cost_per_click", "ctr|cost_per_*"));
    assert_false(mkt_naming_match("cost", "ctr|cost_per_*"));
    assert_true(mkt_naming_match("a_b_c", "*_b_*"));
    assert_true(mkt_naming_match("abc", "*"));
    assert_false(mkt_naming_match("abc", "ab"));
    assert_true(mkt_naming_has("google_ad_group", "ad_group"));
    assert_false(mkt_naming_has("google_ads_group", "ad"));
}

static void platforms_show_in_words(void **state)
{
    (void)state;
    assert_string_equal(mkt_naming_platform("google_ads_ad_stats"), "Google Ads");
    assert_string_equal(mkt_naming_platform("fb_basic"), "Meta Ads");
    assert_string_equal(mkt_naming_platform("bing_daily"), "Microsoft Ads");
    assert_string_equal(mkt_naming_platform("apple_search_ads"), "Apple Search Ads");
    assert_string_equal(mkt_naming_platform("x_ads_daily"), "X Ads");
    assert_null(mkt_naming_platform("performance"));
    assert_null(mkt_naming_platform("x"));
}

static void currencies_are_known(void **state)
{
    (void)state;
    assert_string_equal(mkt_money_code(" eur ", 5), "EUR");
    assert_string_equal(mkt_money_code("\xE2\x82\xAC", 3), "EUR");
    assert_string_equal(mkt_money_code("$", 1), "$");
    assert_null(mkt_money_code("EURO 5", 6));
    assert_null(mkt_money_code("euros and", 9));
    assert_true(mkt_money_agree("$", "CAD"));
    assert_false(mkt_money_agree("$", "EUR"));
    assert_false(mkt_money_agree("USD", "CAD"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_come_to_one_form),   cmocka_unit_test(very_long_names_are_cut),
        cmocka_unit_test(patterns_and_words_match), cmocka_unit_test(platforms_show_in_words),
        cmocka_unit_test(currencies_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
