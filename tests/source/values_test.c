#include "source/scratch_fixture.h"

static struct mkt_dataset *open_text(const char *text, const struct mkt_dataset_options *o)
{
    return scratch_dataset(scratch_write(&s, "report.csv", text), o);
}

static void decimal_commas_and_currency_signs(void **state)
{
    (void)state;
    struct mkt_dataset *d =
        open_text("\xEF\xBB\xBFTag;Kampagne;Kosten "
                  "(\xE2\x82\xAC);Impressionen;Klicks;Conversions;Conv.-Wert;Klickrate\n"
                  "03.11.2025;\"Marke; DE\";1.234,50 \xE2\x82\xAC;12.345;1.234;2,50;5.000,00 "
                  "\xE2\x82\xAC;10,0 %\n"
                  "04.11.2025;Marke;0,75 \xE2\x82\xAC;900;12;--;--;1,3 %\n",
                  NULL);
    assert_int_equal(scratch_total(d, MKT_SPEND), 1235250000);
    assert_int_equal(scratch_total(d, MKT_IMPRESSIONS), 13245000000);
    assert_int_equal(scratch_total(d, MKT_CLICKS), 1246000000);
    assert_int_equal(scratch_total(d, MKT_CONVERSIONS), 2500000);
    assert_int_equal(scratch_total(d, MKT_REVENUE), 5000000000);
    assert_string_equal(mkt_dataset_account(d)->currency, "EUR");
    assert_true(scratch_has_name(d, MKT_CAMPAIGN, "Marke; DE"));
    assert_int_equal(scratch_sums(d)->data.first, mkt_date_days(2025, 11, 3));
    assert_string_equal(scratch_how(scratch_table(d, "report.csv"), "Kosten (\xE2\x82\xAC)"),
                        "decimal comma");
    assert_string_equal(scratch_how(scratch_table(d, "report.csv"), "Klickrate"),
                        "a rate, recomputed");
    mkt_dataset_close(d);
}

static void a_number_that_reads_both_ways_is_asked(void **state)
{
    (void)state;
    static const char open[] = "date,campaign,spend\n2025-11-03,x,1.234\n2025-11-04,x,12.345\n";
    scratch_refused(scratch_write(&s, "report.csv", open), NULL, MKT_E_AMBIGUOUS, "\"spend\"",
                    "1.234", "--decimal comma", NULL);
    struct mkt_dataset_options comma = {.decimal = "comma"}, point = {.decimal = "point"};
    struct mkt_dataset *d = open_text(open, &comma);
    assert_int_equal(scratch_total(d, MKT_SPEND), 13579000000);
    mkt_dataset_close(d);
    d = open_text(open, &point);
    assert_int_equal(scratch_total(d, MKT_SPEND), 13579000);
    mkt_dataset_close(d);

    /* settled by a value of the column, by a rate in the file, by a count, by 4500 without marks */
    static const struct {
        const char *text;
        mkt_micro spend;
    } settled[] = {
        {"date,campaign,spend\n2025-11-03,x,1.234\n2025-11-04,x,0.5\n", 1734000},
        {"date;campaign;spend\n2025-11-03;x;1.234\n2025-11-04;x;0,5\n", 1234500000},
        {"date;campaign;spend;CPC\n2025-11-03;x;1.234;0,52\n", 1234000000},
        {"date;campaign;spend;impressions\n2025-11-03;x;1.234;45.678\n", 1234000000},
        {"date,campaign,spend\n2025-11-03,x,1.234\n2025-11-04,x,4500\n", 4501234000},
    };
    for (size_t i = 0; i < sizeof settled / sizeof *settled; i++) {
        d = open_text(settled[i].text, NULL);
        assert_int_equal(scratch_total(d, MKT_SPEND), settled[i].spend);
        mkt_dataset_close(d);
    }
    scratch_refused(scratch_write(&s, "report.csv",
                                  "date;campaign;spend\n2025-11-03;x;1,5\n2025-11-04;x;2.5\n"),
                    NULL, MKT_E_AMBIGUOUS, "\"spend\"", "--decimal", NULL);
}

static void a_date_that_reads_both_ways_is_asked(void **state)
{
    (void)state;
    static const char open[] = "date,campaign,spend\n01/02/2025,x,1\n03/02/2025,x,1\n";
    scratch_refused(scratch_write(&s, "report.csv", open), NULL, MKT_E_AMBIGUOUS, "report.csv",
                    "\"date\"", "--dates day-first", NULL);
    struct mkt_dataset_options day = {.dates = "day-first"}, month = {.dates = "month-first"};
    struct mkt_dataset *d = open_text(open, &day);
    assert_int_equal(scratch_sums(d)->data.last, mkt_date_days(2025, 2, 3));
    assert_string_equal(scratch_how(scratch_table(d, "report.csv"), "date"), "day-first dates");
    mkt_dataset_close(d);
    d = open_text(open, &month);
    assert_int_equal(scratch_sums(d)->data.last, mkt_date_days(2025, 3, 2));
    mkt_dataset_close(d);

    /* one row far below the sample settles it */
    size_t n = 0;
    char *text = malloc(1 << 20);
    n += (size_t)sprintf(text, "date,campaign,spend\n");
    for (int i = 0; i < 20000; i++)
        n += (size_t)sprintf(text + n, "0%d/02/2025,x%d,1\n", 3 + i % 5, i);
    sprintf(text + n, "28/02/2025,x,1\n");
    d = open_text(text, NULL);
    assert_int_equal(scratch_sums(d)->data.first, mkt_date_days(2025, 2, 3));
    assert_int_equal(scratch_sums(d)->data.last, mkt_date_days(2025, 2, 28));
    mkt_dataset_close(d);
    sprintf(text + n, "02/28/2025,x,1\n");
    d = open_text(text, NULL);
    assert_int_equal(scratch_sums(d)->data.last, mkt_date_days(2025, 7, 2));
    mkt_dataset_close(d);
    sprintf(text + n, "02/28/2025,x,1\n28/02/2025,x,1\n");
    scratch_refused(scratch_write(&s, "report.csv", text), NULL, MKT_E_AMBIGUOUS,
                    "day-first and month-first", NULL);
    free(text);
}

static void hours_weeks_and_months_are_days(void **state)
{
    (void)state;
    struct mkt_dataset *d = open_text("STAT_TIME_HOUR,CAMPAIGN_ID,SPEND\n2025-11-03 05:00:00,1,1\n"
                                      "2025-11-03 06:00:00,1,2\n2025-11-03 07:00:00,1,-\n",
                                      NULL);
    assert_int_equal(scratch_sums(d)->cells, 1);
    assert_int_equal(scratch_sums(d)->cell[0].rows, 3);
    assert_int_equal(scratch_total(d, MKT_SPEND), 3000000);
    mkt_dataset_close(d);
    d = open_text("Month,Campaign,Cost\nNov 2025,x,1\nDec 2025,x,2\n", NULL);
    assert_int_equal(scratch_sums(d)->data.last, mkt_date_days(2025, 12, 1));
    assert_non_null(strstr(scratch_how(scratch_table(d, "report.csv"), "Month"), "first day"));
    mkt_dataset_close(d);
    d = open_text("Day,Campaign,Cost\n45964,x,1\n45965,x,2\n", NULL);
    assert_int_equal(scratch_sums(d)->data.first, mkt_date_days(2025, 11, 3));
    assert_string_equal(scratch_how(scratch_table(d, "report.csv"), "Day"),
                        "spreadsheet day numbers");
    mkt_dataset_close(d);
}

static void currencies_are_not_mixed(void **state)
{
    (void)state;
    static const char mixed[] =
        "date,campaign,spend,currency\n2025-11-03,x,1,EUR\n2025-11-04,x,2,usd\n"
        "2025-11-05,x,4,EUR\n";
    scratch_refused(scratch_write(&s, "report.csv", mixed), NULL, MKT_E_DATA,
                    "EUR in 2 rows of report.csv", "USD in 1 row of", "--currency EUR", NULL);
    struct mkt_dataset_options eur = {.currency = "EUR"}, gbp = {.currency = "gbp"},
                               cad = {.currency = "CAD"};
    struct mkt_dataset *d = open_text(mixed, &eur);
    assert_int_equal(scratch_total(d, MKT_SPEND), 5000000);
    assert_string_equal(mkt_dataset_account(d)->currency, "EUR");
    assert_non_null(strstr(scratch_caveat(d, "other_currencies")->text, "1 of 3 rows"));
    mkt_dataset_close(d);
    scratch_refused(s.path, &gbp, MKT_E_EMPTY, "no rows in GBP", NULL);

    static const char signs[] = "date,campaign,spend\n2025-11-03,x,\xE2\x82\xAC"
                                "1.50\n2025-11-04,x,$2.50\n";
    scratch_refused(scratch_write(&s, "report.csv", signs), NULL, MKT_E_DATA, "EUR in 1 row of",
                    "USD in 1 row of", NULL);
    d = open_text(signs, &eur);
    assert_int_equal(scratch_total(d, MKT_SPEND), 1500000);
    mkt_dataset_close(d);

    /* a dollar sign goes with a dollar that is named; a header is a witness, too */
    d = open_text("date,campaign,spend,currency\n2025-11-03,x,$1.50,CAD\n", NULL);
    assert_string_equal(mkt_dataset_account(d)->currency, "CAD");
    mkt_dataset_close(d);
    d = open_text("date,campaign,spend,currency\n2025-11-03,x,$1.50,CAD\n2025-11-03,x,$1,CAD\n",
                  &cad);
    assert_int_equal(scratch_total(d, MKT_SPEND), 2500000);
    mkt_dataset_close(d);
    scratch_refused(scratch_write(&s, "report.csv",
                                  "date,campaign,Cost (EUR),Revenue (USD)\n2025-11-03,x,1,1\n"),
                    NULL, MKT_E_DATA, "EUR in", "USD in", NULL);

    /* between files; what names no currency goes with what does */
    scratch_write(&s, "report.csv", "date,campaign,spend\n2025-11-03,x,1\n");
    scratch_write(&s, "google.csv", "date,campaign,spend,currency\n2025-11-03,y,8,EUR\n");
    d = scratch_dataset(s.folder, NULL);
    assert_int_equal(scratch_total(d, MKT_SPEND), 9000000);
    mkt_dataset_close(d);
    scratch_write(&s, "bing.csv", "date,campaign,spend,currency\n2025-11-03,z,16,GBP\n");
    scratch_refused(s.folder, NULL, MKT_E_DATA, "row of google.csv", "row of bing.csv", NULL);
    d = scratch_dataset(s.folder, &eur);
    assert_int_equal(scratch_total(d, MKT_SPEND), 9000000);
    assert_non_null(strstr(scratch_table(d, "bing.csv")->why, "GBP"));
    assert_null(scratch_table(d, "bing.csv")->kind);
    mkt_dataset_close(d);
}

static void micros_are_money(void **state)
{
    (void)state;
    struct mkt_dataset *d = open_text(
        "date,campaign_id,cost_micros,clicks\n2025-11-03,1,36150000,4\n2025-11-04,1,1,0\n", NULL);
    assert_int_equal(scratch_total(d, MKT_SPEND), 36150001);
    assert_string_equal(scratch_how(scratch_table(d, "report.csv"), "cost_micros"), "micros");
    mkt_dataset_close(d);
    d = scratch_dataset(
        scratch_write(&s, "snapchat.csv",
                      "date,campaign_id,spend,impressions,swipes,conversion_purchases_value\n"
                      "2025-11-03,1,5250000,1000,4,20000000\n"),
        NULL);
    assert_int_equal(scratch_total(d, MKT_SPEND), 5250000);
    assert_int_equal(scratch_total(d, MKT_REVENUE), 20000000);
    assert_non_null(scratch_caveat(d, "micros_by_size"));
    mkt_dataset_close(d);
    d = scratch_dataset(
        scratch_write(&s, "pinterest.csv",
                      "DATE,CAMPAIGN_NAME,SPEND_IN_MICRO_DOLLAR,IMPRESSION_1,IMPRESSION_2\n"
                      "2025-11-03,x,1500000,70,30\n"),
        NULL);
    assert_int_equal(scratch_total(d, MKT_SPEND), 1500000);
    assert_int_equal(scratch_total(d, MKT_IMPRESSIONS), 100000000);
    mkt_dataset_close(d);
}

static void channels_come_from_columns_then_names(void **state)
{
    (void)state;
    struct mkt_dataset *d =
        open_text("date,medium,campaign,spend\n2025-11-03,cpc,x,1\n2025-11-03,,y,1\n", NULL);
    assert_true(scratch_has_name(d, MKT_CHANNEL, "cpc"));
    assert_true(scratch_has_name(d, MKT_CHANNEL, "(not set)"));
    mkt_dataset_close(d);
    unlink(s.path);
    static const struct {
        const char *file, *channel;
    } names[] = {{"google_ads_report.csv", "Google Ads"},
                 {"TikTok/2025.csv", "TikTok Ads"},
                 {"my_report.csv", "my_report"},
                 {"LinkedIn Ads (1).csv", "LinkedIn Ads"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        scratch_write(&s, names[i].file, "date,campaign,spend\n2025-11-03,x,1\n");
        bool sub = strchr(names[i].file, '/') != NULL;
        d = scratch_dataset(sub ? s.folder : s.path, NULL);
        assert_true(scratch_has_name(d, MKT_CHANNEL, names[i].channel));
        mkt_dataset_close(d);
        unlink(s.path);
    }
    /* a network column is the channel only where no platform is known */
    d = scratch_dataset(
        scratch_write(&s, "bing.csv", "date,network,campaign,spend\n2025-11-03,AOL,x,1\n"), NULL);
    assert_true(scratch_has_name(d, MKT_CHANNEL, "Microsoft Ads"));
    mkt_dataset_close(d);
    d = scratch_dataset(
        scratch_write(&s, "media.csv", "date,network,campaign,spend\n2025-11-03,AOL,x,1\n"), NULL);
    assert_true(scratch_has_name(d, MKT_CHANNEL, "AOL"));
    mkt_dataset_close(d);
}

static void the_users_word_wins(void **state)
{
    (void)state;
    static const char text[] =
        "when,what,paid,got,clicks\n2025-11-03,x,1,10,1\n2025-11-04,y,2,20,1\n";
    const char *map[] = {"date=when", "campaign=what", "report.csv:spend=PAID", "revenue=got",
                         "clicks=-"};
    struct mkt_dataset_options o = {.map = map, .maps = 5};
    struct mkt_dataset *d = open_text(text, &o);
    assert_int_equal(scratch_total(d, MKT_SPEND), 3000000);
    assert_int_equal(scratch_total(d, MKT_REVENUE), 30000000);
    assert_false(mkt_performance_has(scratch_sums(d), MKT_CLICKS));
    mkt_dataset_close(d);
    const char *ignore[] = {"report:kind=ignore"};
    o = (struct mkt_dataset_options){.map = ignore, .maps = 1};
    scratch_refused(s.path, &o, MKT_E_EMPTY, "left out by --map", NULL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(decimal_commas_and_currency_signs),
        TEST(a_number_that_reads_both_ways_is_asked),
        TEST(a_date_that_reads_both_ways_is_asked),
        TEST(hours_weeks_and_months_are_days),
        TEST(currencies_are_not_mixed),
        TEST(micros_are_money),
        TEST(channels_come_from_columns_then_names),
        TEST(the_users_word_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
