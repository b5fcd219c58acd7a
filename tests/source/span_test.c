#include "source/scratch_fixture.h"

static void expect_caveat(const struct mkt_dataset *d, const char *id, mkt_caveat_weight weight,
                          const char *words)
{
    const struct mkt_caveat *c = scratch_caveat(d, id);
    if (!c) fail_msg("no caveat %s", id);
    assert_int_equal(c->weight, weight);
    if (!strstr(c->text, words)) fail_msg("\"%s\" is not in: %s", words, c->text);
}

static void weeks_count_as_their_first_day_and_say_so(void **state)
{
    (void)state;
    struct mkt_dataset *d = scratch_dataset(
        scratch_write(&s, "meta.csv",
                      "Campaign name,Amount spent (EUR),Impressions,Reporting starts,Reporting "
                      "ends\nA,70,100,2025-01-06,2025-01-12\nA,77,100,2025-01-13,2025-01-19\n"
                      "B,7,100,2025-01-27,2025-02-02\n"),
        NULL);
    const struct mkt_account_table *t = scratch_table(d, "meta.csv");
    assert_string_equal(scratch_role(t, "date"), "Reporting starts");
    assert_string_equal(scratch_role(t, "period_end"), "Reporting ends");
    assert_non_null(
        strstr(scratch_how(t, "Reporting starts"), "a span of 7 days counts as its first day"));
    expect_caveat(d, "spans", MKT_CAVEAT_WARN, "3 of 3 rows of meta.csv cover several days");
    expect_caveat(d, "spans", MKT_CAVEAT_WARN, "7 days, from 2025-01-06 to 2025-02-02");
    assert_null(scratch_caveat(d, "missing_days"));
    assert_int_equal(scratch_total(d, MKT_SPEND), 154000000);
    mkt_dataset_close(d);
}

static void months_may_differ_in_length(void **state)
{
    (void)state;
    struct mkt_dataset *d = scratch_dataset(
        scratch_write(&s, "a.csv",
                      "start_date,end_date,campaign,spend\n01/01/2025,31/01/2025,x,5\n"
                      "01/02/2025,28/02/2025,x,6\n01/03/2025,31/03/2025,x,7\n"),
        NULL); /* 31/01 tells that 01/02 is day-first, too */
    expect_caveat(d, "spans", MKT_CAVEAT_WARN, "28 to 31 days, from 2025-01-01 to 2025-03-31");
    mkt_dataset_close(d);
}

static void long_spans_are_refused(void **state)
{
    (void)state;
    const char *path =
        scratch_write(&s, "meta.csv",
                      "Campaign name,Amount spent (EUR),Reporting starts,Reporting ends\n"
                      "A,70,2025-01-01,2025-12-31\nB,77,2025-01-01,2025-12-31\n");
    scratch_refused(path, NULL, MKT_E_DATA, "meta.csv", "365 days", "by day", "Reporting ends",
                    "2025-01-01 to 2025-12-31", "--map \"period_end=-\"", NULL);
    const char *map = "period_end=-";
    struct mkt_dataset_options o = {.map = &map, .maps = 1};
    mkt_dataset_close(scratch_dataset(path, &o));
}

static void days_are_no_spans(void **state)
{
    (void)state;
    struct mkt_dataset *d =
        scratch_dataset(scratch_write(&s, "a.csv",
                                      "date_start,date_stop,campaign_id,spend\n"
                                      "2025-01-01,2025-01-01,x,5\n2025-01-02,2025-01-02,x,6\n"),
                        NULL);
    assert_null(scratch_caveat(d, "spans"));
    assert_string_equal(scratch_how(scratch_table(d, "a.csv"), "date_start"), "");
    mkt_dataset_close(d);
    /* beside a plain day, the end is that of the campaign */
    d = scratch_dataset(scratch_write(&s, "a.csv",
                                      "day,end_date,campaign,spend\n2025-01-01,2025-12-31,x,5\n"
                                      "2025-01-02,2025-12-31,x,6\n"),
                        NULL);
    assert_null(scratch_caveat(d, "spans"));
    assert_string_equal(scratch_role(scratch_table(d, "a.csv"), "period_end"), "");
    mkt_dataset_close(d);
}

static void one_day_a_month_stands_for_months(void **state)
{
    (void)state;
    struct mkt_dataset *d = scratch_dataset(
        scratch_write(&s, "a.csv",
                      "date,channel,spend\n2025-01-01,x,5\n2025-02-01,x,6\n2025-05-01,x,6\n"),
        NULL);
    expect_caveat(d, "monthly_data", MKT_CAVEAT_NOTE, "rows seem to stand for months");
    assert_null(scratch_caveat(d, "missing_days"));
    mkt_dataset_close(d);
    d = scratch_dataset(
        scratch_write(&s, "a.csv",
                      "date,channel,spend\n2025-01-31,x,5\n2025-02-28,x,6\n2025-03-31,x,6\n"),
        NULL);
    expect_caveat(d, "monthly_data", MKT_CAVEAT_NOTE, "rows seem to stand for months");
    mkt_dataset_close(d);
    d = scratch_dataset(
        scratch_write(&s, "a.csv",
                      "date,channel,spend\n2025-01-06,x,5\n2025-01-13,x,6\n2025-01-27,x,6\n"),
        NULL);
    expect_caveat(d, "weekly_data", MKT_CAVEAT_NOTE, "one day a week");
    assert_null(scratch_caveat(d, "monthly_data"));
    assert_null(scratch_caveat(d, "missing_days"));
    mkt_dataset_close(d);
    d = scratch_dataset(
        scratch_write(&s, "a.csv",
                      "date,channel,spend\n2025-01-06,x,5\n2025-01-09,x,6\n2025-01-27,x,6\n"),
        NULL);
    assert_non_null(scratch_caveat(d, "missing_days"));
    mkt_dataset_close(d);
}

static void linkedins_names_are_known(void **state)
{
    (void)state;
    struct mkt_dataset *d = scratch_dataset(
        scratch_write(&s, "linkedin.csv",
                      "Start Date (in UTC),Campaign Name,Campaign Start Date,Total Spent,Clicks\n"
                      "2025-01-01,x,2024-12-01,5.5,1\n2025-01-02,x,2024-12-01,6,1\n"),
        NULL);
    const struct mkt_account_table *t = scratch_table(d, "linkedin.csv");
    assert_string_equal(scratch_role(t, "date"), "Start Date (in UTC)");
    assert_string_equal(scratch_role(t, "spend"), "Total Spent");
    assert_int_equal(scratch_total(d, MKT_SPEND), 11500000);
    mkt_dataset_close(d);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(weeks_count_as_their_first_day_and_say_so),
        TEST(months_may_differ_in_length),
        TEST(long_spans_are_refused),
        TEST(days_are_no_spans),
        TEST(one_day_a_month_stands_for_months),
        TEST(linkedins_names_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
