/* truth.json says what the company's truth is, and its parts add up. */
#include "simulate/truth_json.h"

#include <jansson.h>
#include <math.h>

#include "folder.h"
#include "simulate/company_truth.h"

static char root[FOLDER_PATH];
static struct mkt_company_options options;
static struct mkt_arena arena;
static struct mkt_company *company;
static json_t *truth;

static int open_all(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    folder_open(root);
    options = folder_options(UINT64_MAX);
    options.start = mkt_date_days(2024, 5, 20);
    options.months = 21;
    options.currency = "CHF";
    folder_make(root, &options);
    char *text = folder_text(root, "truth.json");
    assert_memory_equal(text, MKT_TRUTH_JSON_MARK, sizeof MKT_TRUTH_JSON_MARK - 1);
    truth = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    if (!truth || mkt_arena_open(&arena, (size_t)32 << 20, &err) != MKT_OK) return 1;
    return mkt_company_make(&arena, &options, &company, &err);
}

static int close_all(void **state)
{
    (void)state;
    json_decref(truth);
    mkt_arena_close(&arena);
    folder_close(root);
    return 0;
}

static double figure(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static const char *word(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    assert_non_null(value);
    return value;
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-6 + 1e-9 * fabs(b);
}

static void options_are_there(void **state)
{
    (void)state;
    const json_t *o = json_object_get(truth, "options");
    assert_string_equal(word(o, "seed"), "18446744073709551615");
    assert_string_equal(word(o, "currency"), "CHF");
    assert_string_equal(word(o, "start"), "2024-05-20");
    assert_true(figure(o, "months") == 21 && figure(o, "scale") == 0.5);
    assert_string_equal(word(json_object_get(truth, "period"), "last"), "2026-02-19");
}

static void rows_are_those_of_the_files(void **state)
{
    (void)state;
    const json_t *rows = json_object_get(truth, "rows");
    for (size_t f = 0; f < 5; f++) {
        struct table t = table_open(root, folder_file[f]);
        assert_true(figure(rows, folder_file[f]) == (double)t.rows);
        table_close(&t);
    }
    struct table orders = table_open(root, "orders.csv");
    double refunds = 0, revenue = 0;
    for (size_t r = 0; r < orders.rows; r++) {
        int64_t cents = table_cents(&orders, r, "amount");
        refunds += cents < 0;
        revenue += cents > 0 ? (double)cents / 100 : 0;
    }
    const json_t *total = json_object_get(truth, "total");
    assert_true(figure(total, "realised_refunds") == refunds);
    assert_true(figure(total, "realised_orders") == (double)orders.rows - refunds);
    assert_true(fabs(figure(total, "realised_revenue_before_refunds") - revenue) < 0.005);
    table_close(&orders);
}

static void channels_are_the_truth(void **state)
{
    (void)state;
    const json_t *channels = json_object_get(truth, "channels"), *c;
    assert_int_equal(json_array_size(channels), company->channels);
    size_t k;
    double caused = 0;
    json_array_foreach(channels, k, c)
    {
        struct mkt_company_return r;
        mkt_company_truth_return(company, (int)k, company->period, &r);
        assert_string_equal(word(c, "channel"), company->channel[k].name);
        assert_true(near(figure(c, "spend"), r.spend));
        assert_true(near(figure(c, "reported_revenue"), r.revenue));
        assert_true(near(figure(c, "reported_roas"), r.reported_roas));
        assert_true(near(figure(c, "incremental_roas"), r.incremental_roas));
        assert_true(near(figure(c, "marginal_roas"), r.marginal_roas));
        assert_true(near(figure(c, "carry_over"), company->channel[k].carry_over));
        assert_true(near(figure(c, "saturation_half"), company->channel[k].half));
        caused += figure(c, "incremental_orders");
    }
    const json_t *total = json_object_get(truth, "total");
    assert_true(fabs(figure(total, "incremental_orders") - caused) < 1e-4);
    assert_true(fabs(figure(total, "baseline_orders") + caused - figure(total, "expected_orders")) <
                1e-4);
}

/* Sums of `name` over the members of a list whose channel is k, or of any channel for -1. */
static double sum_of(const json_t *list, int k, const char *name)
{
    double sum = 0;
    size_t i;
    const json_t *item;
    json_array_foreach(list, i,
                       item) if (k < 0 || !strcmp(word(item, "channel"), company->channel[k].name))
        sum += figure(item, name);
    return sum;
}

static void quarters_campaigns_and_segments_add_up(void **state)
{
    (void)state;
    static const char *const name[] = {"spend", "reported_conversions", "reported_revenue"};
    const json_t *channels = json_object_get(truth, "channels");
    const json_t *quarters = json_object_get(truth, "quarters"), *q;
    assert_int_equal(json_array_size(quarters), 8);
    assert_string_equal(word(json_array_get(quarters, 0), "quarter"), "2024-Q2");
    assert_string_equal(word(json_array_get(quarters, 7), "quarter"), "2026-Q1");
    for (size_t f = 0; f < 3; f++) {
        for (int k = 0; k < company->channels; k++) {
            double want = sum_of(channels, k, name[f]), by_quarter = 0;
            size_t i;
            json_array_foreach(quarters, i, q) by_quarter +=
                sum_of(json_object_get(q, "channels"), k, name[f]);
            assert_true(fabs(by_quarter - want) < 1e-4);
            double by_campaign = sum_of(json_object_get(truth, "campaigns"), k, name[f]);
            assert_true(fabs(by_campaign - want) < 1e-4);
        }
        assert_true(fabs(sum_of(json_object_get(truth, "segments"), -1, name[f]) -
                         sum_of(channels, -1, name[f])) < 1e-4);
    }
}

/* Spend by campaign in truth.json is what performance.csv holds, cent by cent. */
static void campaigns_are_those_of_the_file(void **state)
{
    (void)state;
    struct table t = table_open(root, "performance.csv");
    const json_t *campaign;
    size_t i;
    json_array_foreach(json_object_get(truth, "campaigns"), i, campaign)
    {
        int64_t cents = 0;
        for (size_t r = 0; r < t.rows; r++)
            if (!strcmp(table_text(&t, r, "campaign"), word(campaign, "campaign")) &&
                !strcmp(table_text(&t, r, "channel"), word(campaign, "channel")))
                cents += table_cents(&t, r, "spend");
        assert_true(fabs(figure(campaign, "spend") - (double)cents / 100) < 0.005);
    }
    table_close(&t);
}

/* Conversions of `name` in performance.csv against the truth: within 5 of a Poisson's deviations. */
static void check_near(const struct table *t, const char *column, const json_t *list)
{
    const json_t *item;
    size_t i;
    json_array_foreach(list, i, item)
    {
        double got = 0, want = figure(item, "reported_conversions");
        const char *channel = json_string_value(json_object_get(item, "channel"));
        for (size_t r = 0; r < t->rows; r++)
            if (!strcmp(table_text(t, r, column), word(item, column)) &&
                (!channel || !strcmp(table_text(t, r, "channel"), channel)))
                got += (double)table_int(t, r, "conversions");
        if (fabs(got - want) > 5 * sqrt(want) + 5)
            fail_msg("%s %s: %g conversions, %g expected", column, word(item, column), got, want);
    }
}

static void what_happens_is_near_what_is_expected(void **state)
{
    (void)state;
    char other[FOLDER_PATH];
    struct mkt_company_options o = folder_options(8);
    o.scale = 5;
    o.noise = 0;
    folder_open(other);
    folder_make(other, &o);
    char *text = folder_text(other, "truth.json");
    json_t *expected = json_loads(text, 0, NULL);
    assert_non_null(expected);
    struct table t = table_open(other, "performance.csv");
    check_near(&t, "campaign", json_object_get(expected, "campaigns"));
    check_near(&t, "segment", json_object_get(expected, "segments"));
    check_near(&t, "channel", json_object_get(expected, "channels"));
    table_close(&t);
    json_decref(expected);
    free(text);
    folder_close(other);
}

static void full_arena_is_an_error(void **state)
{
    (void)state;
    struct mkt_arena small;
    struct mkt_err err = {0};
    struct mkt_buf out;
    assert_int_equal(mkt_arena_open(&small, 20000, &err), MKT_OK);
    struct mkt_cells *cells = MKT_NEW(&arena, struct mkt_cells, 1);
    assert_non_null(cells);
    mkt_buf_init(&out, &small);
    assert_int_equal(
        mkt_truth_json_write(&out, company, cells, &(struct mkt_truth_json_rows){0}, &err),
        MKT_E_NOMEM);
    mkt_arena_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_there),
        cmocka_unit_test(rows_are_those_of_the_files),
        cmocka_unit_test(channels_are_the_truth),
        cmocka_unit_test(quarters_campaigns_and_segments_add_up),
        cmocka_unit_test(campaigns_are_those_of_the_file),
        cmocka_unit_test(what_happens_is_near_what_is_expected),
        cmocka_unit_test(full_arena_is_an_error),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
