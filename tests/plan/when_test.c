/* Periods in words, against the days of the data: 2024-10-04 to 2026-10-03, today 2026-10-20. */
#include "plan/when.h"

#include "plan/company.h"

/* "2025-Q4", "2026-09|2026-10" for two readings, "!" for no period, "" for none; with "against". */
static const char *read(const char *text)
{
    static char out[512];
    struct mkt_fold f;
    struct mkt_when w;
    size_t n = 0;
    mkt_err_clear(&company_err);
    assert_int_equal(mkt_fold_make(&company_arena, text, &f, &company_err), MKT_OK);
    assert_int_equal(
        mkt_when_find(&company_arena, &f, 0, f.tokens, &company_known, &w, &company_err), MKT_OK);
    out[0] = '\0';
    for (size_t i = 0; i < w.count; i++) {
        const struct mkt_when_span *s = &w.span[i];
        struct mkt_period p;
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%s%s%s%s", i ? ", " : "",
                              s->wrong ? "!" : s->text, s->other ? "|" : "",
                              s->other ? s->other : "", s->ahead ? " ahead" : "");
        if (s->wrong) continue;
        assert_true(mkt_period_parse(s->text, company_known.data, &p));
        assert_int_equal(p.first, s->period.first);
        assert_int_equal(p.last, s->period.last);
    }
    if (w.against) snprintf(out + n, sizeof out - n, "%s<%s", n ? " " : "", w.against);
    return out;
}

static void named_units(void **state)
{
    static const char *const row[][2] = {
        {"in Q4 2025", "2025-Q4"},
        {"Q4/2025", "2025-Q4"},
        {"2025-Q4", "2025-Q4"},
        {"the fourth quarter of 2025", "2025-Q4"},
        {"2nd quarter 2026", "2026-Q2"},
        {"quarter 3 of 2026", "2026-Q3"},
        {"H1 2026", "2026-01-01..2026-06-30"},
        {"November 2025", "2025-11"},
        {"Nov 2025", "2025-11"},
        {"2025-11", "2025-11"},
        {"3 November 2025", "2025-11-03"},
        {"November 3rd, 2025", "2025-11-03"},
        {"on 2025-11-03", "2025-11-03"},
        {"in 2025", "2025"},
        {"all time", "all"},
        {"Black Friday week 2025", "2025-11-24..2025-11-30"},
        {"Black Friday 2024", "2024-11-29"},
        {"Cyber Monday 2025", "2025-12-01"},
        {"summer 2025", "2025-06-01..2025-08-31"},
        {"winter 2025", "2025-12-01..2026-02-28"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        assert_string_equal(read(row[i][0]), row[i][1]);
}

static void the_year_left_out_is_the_last_one_of_the_data(void **state)
{
    (void)state;
    assert_string_equal(read("in Q2"), "2026-Q2");
    assert_string_equal(read("in November"), "2025-11");   /* November 2026 is not there yet */
    assert_string_equal(read("in Q4"), "2026-Q4|2025-Q4"); /* three days of it, or the whole one */
    assert_string_equal(read("it may work in May"), "2026-05");
    assert_string_equal(read("we march on"), "");
}

static void relative_periods(void **state)
{
    static const char *const row[][2] = {
        {"last 30 days", "last-30"},
        {"past two weeks", "last-14"},
        {"the last 3 months", "2026-07-04..2026-10-03"},
        {"last quarter", "2026-Q3"},
        {"last month", "2026-09"},
        {"last year", "2025"},
        {"this year", "2026"},
        {"year to date", "2026-01-01..2026-10-03"},
        {"month to date", "2026-10-01..2026-10-03"},
        {"last week", "2026-09-21..2026-09-27"}, /* today's last week has no data */
        {"next quarter", "2027-Q1 ahead"},
        {"since March 2026", "2026-03-01..2026-10-03"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        assert_string_equal(read(row[i][0]), row[i][1]);
}

static void two_readings_of_last_month(void **state)
{
    struct mkt_known before = company_known;
    (void)state;
    company_known.data.last = mkt_date_days(2026, 9, 20);
    company_known.today = mkt_date_days(2026, 10, 2);
    assert_string_equal(read("last month"), "2026-08|2026-09");
    company_known = before;
}

static void ranges(void **state)
{
    static const char *const row[][2] = {
        {"between March and May 2025", "2025-03-01..2025-05-31"},
        {"from 1 March 2026 to 15 March 2026", "2026-03-01..2026-03-15"},
        {"from November to February 2026", "2025-11-01..2026-02-28"},
        {"Q1 2025 to Q2 2025", "2025-01-01..2025-06-30"},
        {"2025-10-01 - 2025-12-31", "2025-Q4"},
        {"from May 2025 to March 2025", "!"},
        {"in Q5", "!"},
        {"on November 31", "!"},
        {"2025-13", "!"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        assert_string_equal(read(row[i][0]), row[i][1]);
}

static void several_and_changes(void **state)
{
    (void)state;
    assert_string_equal(read("Q1 and Q2 2025"), "2025-Q1, 2025-Q2");
    assert_string_equal(read("Q4 2025 vs 2024"), "2025-Q4, 2024-Q4");
    assert_string_equal(read("did it grow from Q1 to Q2 2025"), "2025-Q1, 2025-Q2");
    assert_string_equal(read("in Q2 2026 than a year ago"), "2026-Q2 <year_before");
    assert_string_equal(read("month on month"), "<before");
}

static void without_data_the_clock_counts(void **state)
{
    struct mkt_known before = company_known;
    (void)state;
    company_known.data = (struct mkt_period){0, -1};
    assert_string_equal(read("in Q3"), "2026-Q3");
    assert_string_equal(read("last month"), "2026-09");
    company_known = before;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_units),
        cmocka_unit_test(the_year_left_out_is_the_last_one_of_the_data),
        cmocka_unit_test(relative_periods),
        cmocka_unit_test(two_readings_of_last_month),
        cmocka_unit_test(ranges),
        cmocka_unit_test(several_and_changes),
        cmocka_unit_test(without_data_the_clock_counts),
    };
    return cmocka_run_group_tests(tests, company_open, company_close);
}
