#include "engine/marketing_analyzer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_answer answer;

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    return mkt_arena_open(&arena, (size_t)16 << 20, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static struct mkt_campaign_part part(const char *name, double spend, double revenue)
{
    struct mkt_campaign_part p = {.name = name};
    for (int m = 0; m < MKT_MEASURES; m++) p.sum[m] = NAN;
    p.sum[MKT_SPEND] = spend;
    p.sum[MKT_REVENUE] = revenue;
    return p;
}

static struct mkt_campaign campaign(void)
{
    struct mkt_campaign c = {.name = "Q4", .margin = NAN, .whole = part(NULL, 50000, 120000)};
    c.whole.sum[MKT_IMPRESSIONS] = 1000000;
    c.whole.sum[MKT_CLICKS] = 25000;
    c.whole.sum[MKT_CONVERSIONS] = 500;
    return c;
}

static mkt_status analyse(const struct mkt_campaign *c)
{
    mkt_err_clear(&err);
    return mkt_marketing_analyzer_campaign_roi_analysis(&arena, c, NULL, NULL, &answer, &err);
}

static const struct mkt_fact *fact(const char *id)
{
    const struct mkt_fact *f = mkt_sheet_fact(&answer.sheet, id);
    if (!f) fail_msg("there is no fact %s", id);
    return f;
}

static void figures_follow_by_division(void **state)
{
    (void)state;
    struct mkt_campaign c = campaign();
    c.margin = 0.5;
    assert_int_equal(analyse(&c), MKT_OK);
    assert_true(fact("total.ctr")->value == 0.025);
    assert_true(fact("total.conversion_rate")->value == 0.02);
    assert_true(fact("total.cpc")->value == 2);
    assert_true(fact("total.cpm")->value == 50);
    assert_true(fact("total.cpa")->value == 100);
    assert_true(fact("total.aov")->value == 240);
    assert_true(fact("total.roas")->value == 2.4);
    assert_true(fact("total.roi")->value == 1.4);
    assert_true(fact("total.roi_on_margin")->value == 0.2);
    assert_true(isnan(fact("total.roas")->low));
    assert_non_null(strstr(fact("total.roas")->why, "no day-to-day variation"));
    assert_null(mkt_sheet_fact(&answer.sheet, "total.cac"));
    assert_string_equal(answer.sheet.analysis_type, "campaign_roi");
    assert_int_equal(answer.sheet.status, MKT_ANSWER_LIMITED);
    assert_false(answer.sheet.collaboration_ready);
    assert_true(isnan(answer.sheet.confidence)); /* nothing to be confident of */
    assert_true(isnan(answer.words.confidence_score));
    assert_int_equal(answer.sheet.findings, 0);
}

/* Wilson's interval for 500 of 25,000, worked by hand from the formula to nine digits. */
static void rates_have_intervals(void **state)
{
    (void)state;
    struct mkt_campaign c = campaign();
    assert_int_equal(analyse(&c), MKT_OK);
    const struct mkt_fact *f = fact("total.conversion_rate");
    double n = 25000, p = 0.02, z = 1.959963984540054;
    /* the ends are where (p - x)^2 = z^2 x (1 - x) / n */
    assert_true(fabs((p - f->low) * (p - f->low) - z * z * f->low * (1 - f->low) / n) < 1e-15);
    assert_true(fabs((p - f->high) * (p - f->high) - z * z * f->high * (1 - f->high) / n) < 1e-15);
    assert_true(f->low < p && p < f->high);
    assert_string_equal(f->interval, "wilson");
    assert_int_equal(f->n, 25000);
    c.whole.sum[MKT_CONVERSIONS] = 0; /* at the edge the interval holds the value still */
    assert_int_equal(analyse(&c), MKT_OK);
    f = fact("total.conversion_rate");
    assert_true(f->low == 0 && f->value == 0 && f->high > 0);
}

static void nothing_is_filled_in(void **state)
{
    (void)state;
    struct mkt_campaign c = {.margin = NAN, .whole = part(NULL, 100, NAN)};
    assert_int_equal(analyse(&c), MKT_OK);
    assert_int_equal(answer.sheet.facts, 1);
    assert_false(answer.sheet.collaboration_ready);
    c.whole.sum[MKT_SPEND] = 0; /* no division by it */
    c.whole.sum[MKT_REVENUE] = 5;
    assert_int_equal(analyse(&c), MKT_OK);
    assert_null(mkt_sheet_fact(&answer.sheet, "total.roas"));
    assert_null(mkt_sheet_fact(&answer.sheet, "total.roi"));
}

static void channels_have_figures_of_their_own(void **state)
{
    (void)state;
    struct mkt_campaign_part parts[] = {part("Paid Search", 60, 180), part("paid-search", 40, 20),
                                        part("total", 1, 1), part("¡", 2, 2)};
    struct mkt_campaign c = {.margin = NAN, .part = parts, .parts = 4};
    c.whole = part(NULL, NAN, NAN);
    assert_int_equal(analyse(&c), MKT_OK);
    assert_true(fact("paid_search.roas")->value == 3);
    assert_string_equal(fact("paid_search.roas")->entity, "Paid Search");
    assert_true(fact("paid_search_2.roas")->value == 0.5); /* another channel of the same slug */
    assert_true(fact("total.spend")->value == 103);        /* the sum, where no whole was sent */
    assert_true(fact("total_2.spend")->value == 1); /* a channel called total is not the total */
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    struct mkt_campaign c = {.margin = NAN, .whole = part(NULL, NAN, 5)};
    assert_int_equal(analyse(&c), MKT_E_EMPTY);
    c = campaign();
    c.whole.sum[MKT_REVENUE] = -1;
    assert_int_equal(analyse(&c), MKT_E_ARG);
    assert_non_null(strstr(err.text, "revenue of the campaign is -1"));
    c.whole.sum[MKT_REVENUE] = 1e13;
    assert_int_equal(analyse(&c), MKT_E_ARG);
    c.whole.sum[MKT_REVENUE] = INFINITY;
    assert_int_equal(analyse(&c), MKT_E_ARG);
    c = campaign();
    c.whole.sum[MKT_CLICKS] = 1000001;
    assert_int_equal(analyse(&c), MKT_E_DATA);
    c = campaign();
    c.margin = 1.5;
    assert_int_equal(analyse(&c), MKT_E_ARG);
    struct mkt_campaign_part parts[] = {part("a", 1, 1), part("b", 2, 2)};
    c = campaign();
    c.part = parts;
    c.parts = 2;
    assert_int_equal(analyse(&c), MKT_E_DATA);
    assert_non_null(strstr(err.text, "spend of the channels add up to 3"));
}

static void the_origins_names_stand_beside(void **state)
{
    (void)state;
    const char *unused[] = {"target_audience"}, *channel[] = {"email", "<b>\"social\""};
    struct mkt_campaign c = campaign();
    struct mkt_buf text;
    c.duration = "Q4 2025";
    c.unused = unused;
    c.unuseds = 1;
    c.channel = channel;
    c.channels = 2;
    assert_int_equal(analyse(&c), MKT_OK);
    mkt_buf_init(&text, &arena);
    assert_int_equal(mkt_marketing_analyzer_write(&text, &c, &answer, &err), MKT_OK);
    static const char *const wanted[] = {
        "{\"analysis_type\":\"campaign_roi\",\"status\":\"limited\"", "\"confidence_score\":null",
        "Not used, because these names are not known here: target_audience",
        ",\"campaign_overview\":{\"name\":\"Q4\",\"spend\":50000,\"duration\":\"Q4 2025\","
        "\"channels\":[\"email\",\"<b>\\\"social\\\"\"]},\"quantitative_metrics\":{\"total_spend\":"
        "50000,\"total_impressions\":1000000,\"total_clicks\":25000,\"total_conversions\":500,"
        "\"click_through_rate\":2.5,\"conversion_rate\":2,\"cost_per_click\":2,"
        "\"cost_per_acquisition\":100,\"attributed_revenue\":120000,\"roi_percentage\":140,"
        "\"return_on_ad_spend\":2.4}}\n"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!strstr(text.data, wanted[i])) fail_msg("no %s in %s", wanted[i], text.data);
}

static void a_full_arena_is_an_error_at_every_size(void **state)
{
    (void)state;
    struct mkt_campaign_part parts[] = {part("a", 25000, 60000), part("b", 25000, 60000)};
    const char *unused[] = {"x"};
    struct mkt_campaign c = campaign();
    c.part = parts;
    c.parts = 2;
    c.unused = unused;
    c.unuseds = 1;
    c.margin = 0.5;
    size_t fail_at = 1;
    for (;; fail_at++) {
        struct mkt_arena small;
        struct mkt_buf text;
        mkt_err_clear(&err);
        assert_int_equal(mkt_arena_open(&small, (size_t)8 << 20, &err), MKT_OK);
        small.fail_at = fail_at;
        mkt_status s =
            mkt_marketing_analyzer_campaign_roi_analysis(&small, &c, NULL, NULL, &answer, &err);
        if (s == MKT_OK) {
            mkt_buf_init(&text, &small);
            s = mkt_marketing_analyzer_write(&text, &c, &answer, &err);
        }
        mkt_arena_close(&small);
        if (s == MKT_OK) break;
        assert_int_equal(s, MKT_E_NOMEM);
    }
    assert_true(fail_at > 50);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(figures_follow_by_division),
        T(rates_have_intervals),
        T(nothing_is_filled_in),
        T(channels_have_figures_of_their_own),
        T(what_cannot_be_is_refused),
        T(the_origins_names_stand_beside),
        T(a_full_arena_is_an_error_at_every_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
