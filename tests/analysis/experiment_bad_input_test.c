/* Bad experiments, from the file to the answer: a sentence or a caveat each, never a wrong number. */
#include "analysis/experiment.h"

#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "num/random.h"

static char folder[64], path[128];
static struct mkt_arena arena;
static struct mkt_err err;

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/mkt-bad-experiment-XXXXXX");
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_one(const char *name, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(name);
}

static int remove_folder(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Runs the analysis on a table; the sheet lives until the next one. */
static mkt_status ask(const char *text, const char *const *args, struct mkt_sheet *sheet)
{
    static struct mkt_dataset *dataset;
    mkt_dataset_close(dataset);
    dataset = NULL;
    mkt_arena_reset(&arena, 1U << 20);
    mkt_err_clear(&err);
    if (!text) return MKT_OK;
    snprintf(path, sizeof path, "%s/experiment.csv", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    const struct mkt_analysis *a = mkt_analysis_find("experiment");
    struct mkt_args given = {{0}};
    for (; args && *args; args += 2)
        assert_int_equal(mkt_args_set(&given, a, args[0], args[1], &err), MKT_OK);
    MKT_TRY(mkt_dataset_open(path, NULL, &dataset, &err));
    mkt_sheet_init(sheet, &arena);
    struct mkt_run run = {
        .arena = &arena, .dataset = dataset, .analysis = a, .args = &given, .threads = 1};
    return a->run(&run, sheet, &err);
}

static void refused(const char *text, const char *words)
{
    struct mkt_sheet sheet;
    mkt_status status = ask(text, NULL, &sheet);
    if (status != MKT_E_DATA && status != MKT_E_LIMIT) fail_msg("not refused: %s", text);
    if (!strstr(err.text, words)) fail_msg("\"%s\" is not in: %s", words, err.text);
}

static void unanswered(const char *text, const char *words)
{
    struct mkt_sheet sheet;
    if (ask(text, NULL, &sheet) != MKT_OK) fail_msg("%s", err.text);
    assert_int_equal(sheet.status, MKT_ANSWER_INSUFFICIENT);
    assert_null(mkt_sheet_fact(&sheet, "revenue.b.lift"));
    if (!strstr(sheet.missing[0], words)) fail_msg("\"%s\" is not in: %s", words, sheet.missing[0]);
}

static bool has_caveat(const struct mkt_sheet *sheet, const char *id)
{
    for (size_t i = 0; i < sheet->caveats; i++)
        if (strcmp(sheet->caveat[i].id, id) == 0) return true;
    return false;
}

#define HEAD "user_id,variant,revenue\n"

static void units_that_tell_nothing(void **state)
{
    (void)state;
    unanswered(HEAD "1,a,1\n2,a,2\n3,a,3\n", "one variant only");
    unanswered(HEAD "1,a,1\n1,b,2\n2,a,3\n2,b,4\n",
               "Each of the 2 units was seen in more than one variant");
    unanswered(HEAD "1,a,5\n2,a,5\n3,b,5\n4,b,5\n", "do not vary");
    unanswered(HEAD "1,a,0\n2,a,0\n3,b,0\n4,b,0\n", "zero for every unit");
    unanswered(HEAD "1,a,4\n2,b,5\n", "fewer than two");
    unanswered("user_id,variant,revenue,revenue_per\n1,a,1,0\n2,a,2,0\n3,b,1,0\n4,b,3,0\n",
               "denominator is zero");
    struct mkt_sheet sheet; /* no column of numbers: no experiment */
    const char words[] = HEAD "1,a,NaN\n2,a,inf\n3,b,oops\n4,b,7\n";
    assert_int_equal(ask(words, NULL, &sheet), MKT_E_EMPTY);
    assert_non_null(strstr(err.text, "no usable table"));
}

static void ten_rows_decide_nothing(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    const char ten[] =
        HEAD "1,a,1\n2,a,2\n3,a,1\n4,a,2\n5,a,1\n6,b,9\n7,b,8\n8,b,9\n9,b,8\n10,b,9\n";
    assert_int_equal(ask(ten, NULL, &sheet), MKT_OK);
    assert_int_equal(sheet.status, MKT_ANSWER_LIMITED);
    assert_null(mkt_sheet_finding(&sheet, "verdict"));
    assert_true(has_caveat(&sheet, "few_units") && has_caveat(&sheet, "keep_running"));
    /* of a rate, most of the units that are missing are not for the rarer outcome */
    const char rate[] =
        HEAD "1,a,1\n2,a,0\n3,a,1\n4,a,0\n5,a,0\n6,b,1\n7,b,0\n8,b,1\n9,b,0\n10,b,0\n";
    assert_int_equal(ask(rate, NULL, &sheet), MKT_OK);
    assert_true(mkt_sheet_fact(&sheet, "units_left")->value > 10000);
    assert_non_null(strstr(sheet.missing[0], "to see a lift of"));
}

/* A table of units, every one in a variant by turns; unit `odd` has `value`. */
static const char *many(int units, int odd, const char *value, int in_both)
{
    static char text[1 << 20];
    struct mkt_random r;
    mkt_random_init(&r, 5, 0);
    size_t at = (size_t)sprintf(text, HEAD);
    for (int i = 0; i < units; i++) {
        char own[32];
        snprintf(own, sizeof own, "%.2f", 10 * mkt_random_exponential(&r));
        at +=
            (size_t)sprintf(text + at, "%d,%s,%s\n", i, i % 2 ? "b" : "a", i == odd ? value : own);
    }
    for (int i = 0; i < in_both; i++) at += (size_t)sprintf(text + at, "%d,%s,1.00\n", 2 * i, "b");
    return text;
}

static void units_in_two_variants(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    assert_int_equal(ask(many(2000, -1, "", 10), NULL, &sheet), MKT_OK);
    assert_true(has_caveat(&sheet, "in_two_variants"));
    assert_true(mkt_sheet_fact(&sheet, "units")->value == 1990);
    assert_non_null(mkt_sheet_fact(&sheet, "revenue.b.lift"));
    assert_int_equal(ask(many(2000, -1, "", 30), NULL, &sheet), MKT_OK);
    assert_int_equal(sheet.status, MKT_ANSWER_INSUFFICIENT);
    assert_non_null(strstr(sheet.missing[0], "30 units of 2,000"));
    assert_null(mkt_sheet_fact(&sheet, "revenue.b.lift"));
}

/* What data frames write before the first column: the numbers of the rows are no metric. */
static void an_index_is_no_metric(void **state)
{
    (void)state;
    static const char *const head[] = {"", "Unnamed: 0", "__index_level_0__", "level_0", "\"\""};
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
        struct mkt_sheet sheet;
        char text[40000];
        size_t at = (size_t)sprintf(text, "%s,user_id,variant,spent\n", head[i]);
        for (int k = 0; k < 800; k++)
            at += (size_t)sprintf(text + at, "%d,u%d,%s,%d.5\n", k, k, k % 2 ? "b" : "a",
                                  k * 37 % 90);
        if (ask(text, NULL, &sheet) != MKT_OK) fail_msg("%s: %s", head[i], err.text);
        if (!mkt_sheet_fact(&sheet, "spent.b.lift")) fail_msg("%s: no lift", head[i]);
        for (size_t f = 0; f < sheet.facts; f++)
            if (strstr(sheet.fact[f].id, "column") || strstr(sheet.fact[f].id, "level_0"))
                fail_msg("%s: %s", head[i], sheet.fact[f].id);
    }
}

static void an_outlier_is_named_and_capped(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    assert_int_equal(ask(many(2000, 7, "1000000000000", 0), NULL, &sheet), MKT_OK);
    assert_true(has_caveat(&sheet, "revenue.outlier"));
    assert_null(mkt_sheet_finding(&sheet, "verdict"));
    assert_null(mkt_sheet_fact(&sheet, "units_left")); /* the plan of one unit is none */
    assert_null(mkt_sheet_fact(&sheet, "units_if"));
    assert_non_null(strstr(sheet.missing[0], "--cap revenue=99%"));
    assert_non_null(strstr(sheet.verdict, "cap revenue, which one unit carries"));
    assert_int_equal(
        ask("variant,users,revenue_sum,revenue_sum_squares\ncontrol,1000,20000,800000\n"
            "b,1000,1e12,1e24\n",
            NULL, &sheet),
        MKT_OK); /* as sums tell it, too */
    assert_true(has_caveat(&sheet, "revenue.outlier"));
    assert_null(mkt_sheet_fact(&sheet, "units_left"));
    assert_non_null(strstr(sheet.missing[0], "with sums of capped revenue"));
    const char *const cap[] = {"cap", "revenue=99%", NULL};
    assert_int_equal(ask(many(2000, 7, "1000000000000", 0), cap, &sheet), MKT_OK);
    assert_false(has_caveat(&sheet, "revenue.outlier"));
    assert_true(has_caveat(&sheet, "revenue.capped"));
    assert_non_null(mkt_sheet_fact(&sheet, "units_left"));
    assert_true(mkt_sheet_fact(&sheet, "revenue.capped")->value == 20);
    assert_true(mkt_sheet_fact(&sheet, "revenue.b")->value < 12);
    /* one cell that is no number keeps its row out, and is counted */
    assert_int_equal(ask(many(2000, 7, "oops", 0), NULL, &sheet), MKT_OK);
    assert_true(mkt_sheet_fact(&sheet, "units")->value == 1999);
    assert_int_equal(sheet.provenance.account->table[0].broken, 1);
}

static const char *caveat(const struct mkt_sheet *sheet, const char *id)
{
    for (size_t i = 0; i < sheet->caveats; i++)
        if (strcmp(sheet->caveat[i].id, id) == 0) return sheet->caveat[i].text;
    fail_msg("there is no caveat %s", id);
    return NULL;
}

static double figure(const struct mkt_sheet *sheet, const char *id)
{
    const struct mkt_fact *f = mkt_sheet_fact(sheet, id);
    if (!f) fail_msg("there is no %s", id);
    return f->value;
}

/* 400 units, half in each of two variants whose names and dates `row` writes. */
static const char *four_hundred(const char *head, void (*row)(char *to, int unit))
{
    static char text[1 << 16];
    size_t at = (size_t)sprintf(text, "%s\n", head);
    for (int i = 0; i < 400; i++) {
        row(text + at, i);
        at += strlen(text + at);
    }
    return text;
}

static void spelled(char *to, int i)
{
    static const char *const name[] = {"Control", "b", "control", "B"};
    sprintf(to, "%d,%s,%d\n", i, name[i % 4], i % 7);
}

/* Five rows of each of 80 units, under both spellings of its variant and under none. */
static void both_spellings(char *to, int i)
{
    static const char *const name[2][5] = {{"Control", "control", "null", "Control", "control"},
                                           {"b", "B", "null", "b", "B"}};
    sprintf(to, "%d,%s,%d\n", i / 5, name[i / 5 % 2][i % 5], i % 7);
}

static void void_names(char *to, int i)
{
    static const char *const none[] = {"null", "(not set)", "NaN", ""};
    sprintf(to, "%d,%s,%d\n", i, i < 40 ? none[i % 4] : i % 2 ? "b" : "a", i % 7);
}

static void names_of_variants(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    assert_int_equal(ask(four_hundred("user_id,variant,revenue", spelled), NULL, &sheet), MKT_OK);
    assert_true(figure(&sheet, "variant.control.units") == 200);
    assert_true(figure(&sheet, "variant.b.units") == 200);
    assert_non_null(strstr(caveat(&sheet, "respelled"), "\"B\" (also \"b\")"));
    /* a unit that is seen under both spellings is in one variant */
    const char twice[] = HEAD "1,A,1\n1,a,2\n2,a,4\n3,A,2\n4,b,9\n5,b,8\n";
    assert_int_equal(ask(twice, NULL, &sheet), MKT_OK);
    assert_null(mkt_sheet_fact(&sheet, "in_two_variants"));
    assert_true(figure(&sheet, "variant.a.units") == 3);
    /* also where no unit is seen under one spelling alone, nor under a name that is one */
    assert_int_equal(ask(four_hundred("user_id,variant,revenue", both_spellings), NULL, &sheet),
                     MKT_OK);
    assert_null(mkt_sheet_fact(&sheet, "in_two_variants"));
    assert_true(figure(&sheet, "variant.control.units") == 40);
    assert_true(figure(&sheet, "variant.b.units") == 40);
    assert_non_null(strstr(caveat(&sheet, "respelled"), "\"B\" (also \"b\"); \"Control\""));
    assert_non_null(strstr(caveat(&sheet, "unnamed"), "80 rows"));
    assert_int_equal(ask(four_hundred("user_id,variant,revenue", void_names), NULL, &sheet),
                     MKT_OK);
    assert_true(figure(&sheet, "units") == 360);
    assert_non_null(strstr(caveat(&sheet, "unnamed"), "40 rows"));
}

static void segments_spelled(char *to, int i)
{
    static const char *const name[] = {"Mobile", "desktop", "mobile", "Desktop"};
    sprintf(to, "%d,%s,%s,%d\n", i, i % 8 < 4 ? "b" : "a", name[i % 4], i % 7);
}

static void names_of_segments(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    assert_int_equal(
        ask(four_hundred("user_id,variant,device,revenue", segments_spelled), NULL, &sheet),
        MKT_OK);
    assert_non_null(
        strstr(caveat(&sheet, "respelled_segments"), "\"Desktop\" (also \"desktop\"); \"Mobile\""));
    assert_int_equal(mkt_sheet_fact(&sheet, "segment.mobile.b.lift")->n, 200);
    assert_int_equal(mkt_sheet_fact(&sheet, "segment.desktop.b.lift")->n, 200);
    assert_false(has_caveat(&sheet, "respelled"));
    const char sums[] = "variant,device,users,conversions\na,Mobile,900,50\na,mobile,100,5\n"
                        "b,mobile,1000,70\na,web,500,20\nb,web,500,30\n";
    assert_int_equal(ask(sums, NULL, &sheet), MKT_OK);
    assert_non_null(strstr(caveat(&sheet, "respelled_segments"), "\"mobile\" (also \"Mobile\")"));
    assert_int_equal(mkt_sheet_fact(&sheet, "segment.mobile.b.lift")->n, 2000);
}

static void a_row_of_totals_is_no_variant(void **state)
{
    (void)state;
    struct mkt_sheet with, without;
    assert_int_equal(ask("variant,users,conversions\na,1000,50\nb,1000,70\n", NULL, &without),
                     MKT_OK);
    double lift = figure(&without, "conversions.b.lift");
    assert_false(has_caveat(&without, "totals"));
    const char total[] = "variant,users,conversions\na,1000,50\nb,1000,70\nTotal,2000,120\n";
    assert_int_equal(ask(total, NULL, &with), MKT_OK);
    assert_true(figure(&with, "conversions.b.lift") == lift);
    assert_true(figure(&with, "units") == 2000);
    assert_null(mkt_sheet_fact(&with, "variant.total.units"));
    assert_non_null(strstr(caveat(&with, "totals"), "\"Total\""));
    const char all[] = "variant,users,conversions\na,1000,50\nb,1000,70\nALL,1000,60\n";
    assert_int_equal(ask(all, NULL, &with), MKT_OK);
    assert_true(figure(&with, "variant.all.units") == 1000);
    assert_non_null(strstr(caveat(&with, "no_totals"), "\"ALL\" is called like a sum"));
}

/* The figures of a table of rates, or the refusal. */
static double successes(const char *rows, const char *id)
{
    struct mkt_sheet sheet;
    if (ask(rows, NULL, &sheet) != MKT_OK) fail_msg("%s", err.text);
    return figure(&sheet, id);
}

#define RATES "variant,users,conversion_rate\n"

static void rates_of_units_tell_successes(void **state)
{
    (void)state;
    double counted =
        successes("variant,users,conversions\na,1000,50\nb,1000,71\n", "conversions.b.lift");
    const char lift[] = "conversion_rate.b.lift";
    assert_true(successes(RATES "a,1000,5.0%\nb,1000,7.1%\n", lift) == counted);
    assert_true(successes(RATES "a,1000,0.05\nb,1000,0.071\n", lift) == counted);
    assert_true(successes(RATES "a,1000,5\nb,1000,7.1\n", lift) == counted);
    assert_true(successes(RATES "a,1000,0.05\nb,1000,0.071\nTotal,2000,0.0605\n", lift) == counted);
    assert_true(successes("variant;users;cvr\na;1.000;5,0%\nb;1.000;7,1%\n", "cvr.b.lift") ==
                counted);
    /* 1,001 of 3,000, rounded: one number fits */
    assert_true(successes(RATES "a,3000,0.3337\nb,3000,0.4\n", "conversion_rate.a") ==
                1001. / 3000);
    refused(RATES "a,1000,0.05\nb,1000,0.07\n",
            "row 1: a conversion_rate of 0.05 of 1,000 units may be any number from 45 to 55; an "
            "experiment needs the number of units that did it");
    refused(RATES "a,1000,0.0512\nb,1000,0.0711\n",
            "0.0512 of 1,000 units is no whole number of units");
    refused(RATES "a,10,10.0\nb,10,100.5\n", "row 2: column \"conversion_rate\" must be a rate");
    refused(RATES "a,3000,0.3333\nb,3000,0.4\n", "may be shares or percentages");
}

static void differences_of_rates_are_points(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    const char rates[] = "variant,device,users,conversions\na,x,3000,300\na,y,3000,300\n"
                         "b,x,3000,420\nb,y,3000,420\n";
    const char *const absolute[] = {"absolute", "1", NULL};
    assert_int_equal(ask(rates, absolute, &sheet), MKT_OK);
    static const char *const points[] = {"lift",
                                         "conversions.b.lift",
                                         "conversions.b.lift_any_time",
                                         "conversions.b.risk",
                                         "conversions.b.mde",
                                         "conversions.b.lift_poststratified",
                                         "segment.x.b.lift"};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        const struct mkt_fact *f = mkt_sheet_fact(&sheet, points[i]);
        if (!f || f->unit != MKT_UNIT_POINTS) fail_msg("%s is not in points", points[i]);
    }
    assert_true(fabs(figure(&sheet, "conversions.b.lift") - .04) < 1e-12); /* as it was */
    assert_int_equal(mkt_sheet_fact(&sheet, "conversions.b")->unit, MKT_UNIT_SHARE);
    assert_non_null(strstr(sheet.verdict, "its difference is +4.0 points (+"));
    size_t charts = 0;
    for (size_t i = 0; i < sheet.charts; i++)
        if (strncmp(sheet.chart[i].id, "lift_by_segment", 15) == 0 && ++charts)
            assert_int_equal(sheet.chart[i].series[0].unit, MKT_UNIT_POINTS);
    assert_int_equal(charts, 1);
    static const char *const p[] = {"conversions.b.p", "conversions.b.p_any_time",
                                    "conversions.b.p_holm", "segment.x.b.p_holm", "split_p"};
    for (size_t i = 0; i < sizeof p / sizeof *p; i++)
        assert_int_equal(mkt_sheet_fact(&sheet, p[i])->unit, MKT_UNIT_P);
    assert_int_equal(ask(rates, NULL, &sheet), MKT_OK); /* a lift stays relative */
    assert_int_equal(mkt_sheet_fact(&sheet, "conversions.b.lift")->unit, MKT_UNIT_CHANGE);
    assert_non_null(strstr(sheet.verdict, "its lift is +40.0 % (+"));
    assert_int_equal(ask("variant,users,conversions\na,3000,300\nb,2000,220\n", NULL, &sheet),
                     MKT_OK);
    assert_non_null(strstr(sheet.missing[0], "which is not chance (p < 0.0001)"));
}

static void future(char *to, int i)
{
    sprintf(to, "%d,%s,%s,%d\n", i, i % 2 ? "b" : "a",
            i == 9  ? "2099-01-01"
            : i % 3 ? "2026-03-02"
                    : "2026-03-08",
            i % 7);
}

static void late(char *to, int i)
{
    sprintf(to, "%d,%s,%s,%d\n", i, i % 2 ? "b" : "a", i > 360 ? "2026-06-02" : "2026-03-08",
            i % 7);
}

static void days_far_from_all_others(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    const char head[] = "user_id,variant,date,revenue";
    assert_int_equal(ask(four_hundred(head, future), NULL, &sheet), MKT_OK);
    assert_true(figure(&sheet, "days") == 7);
    assert_true(figure(&sheet, "units") == 400);
    assert_non_null(strstr(caveat(&sheet, "stray_days"), "1 unit is dated"));
    /* many units are no error */
    assert_int_equal(ask(four_hundred(head, late), NULL, &sheet), MKT_OK);
    assert_true(figure(&sheet, "days") == 87);
    assert_false(has_caveat(&sheet, "stray_days"));
}

static void sparse(char *to, int i)
{
    char value[8];
    sprintf(value, "%d", i % 7);
    sprintf(to, "%d,%s,%s\n", i, i % 2 ? "b" : "a", i % 5 ? value : "");
}

static void what_is_added_up_is_said(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    assert_int_equal(ask(four_hundred("user_id,variant,revenue", sparse), NULL, &sheet), MKT_OK);
    assert_non_null(strstr(caveat(&sheet, "revenue.missing"), "80 units have no value of revenue"));
    const char twice[] = HEAD "1,a,1\n1,a,1\n2,a,4\n4,b,9\n5,b,8\n";
    assert_int_equal(ask(twice, NULL, &sheet), MKT_OK);
    assert_non_null(strstr(caveat(&sheet, "rows_added_up"), "5 rows make 4 units"));
    assert_int_equal(
        ask("variant,users,conversions,revenue\na,1000,50,70\nb,1000,70,90\n", NULL, &sheet),
        MKT_OK);
    assert_non_null(strstr(caveat(&sheet, "left_out"), "revenue"));
    assert_int_equal(ask(many(2000, 7, "oops", 0), NULL, &sheet), MKT_OK);
    assert_non_null(strstr(caveat(&sheet, "broken_rows"), "1 of 2,000 rows"));
    const struct mkt_account_fault *f = sheet.provenance.account->fault;
    assert_int_equal(sheet.provenance.account->faults, 1);
    assert_int_equal(f->row, 8);
    assert_string_equal(f->column, "revenue");
    assert_string_equal(f->value, "oops");
}

static void scattered(char *to, int i)
{
    sprintf(to, "%d,%s,c%d,%d\n", i, i % 2 ? "b" : "a", i, i % 7);
}

static void too_many_segments_are_none(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    assert_int_equal(ask(four_hundred("user_id,variant,country,revenue", scattered), NULL, &sheet),
                     MKT_OK);
    assert_non_null(strstr(caveat(&sheet, "no_segments"), "country has more than 200 values"));
    assert_null(mkt_sheet_finding(&sheet, "segments.b.differ"));
}

static void wrong(char *to, int i)
{
    sprintf(to, "%d,%s,2026-03-0%s,%d\n", i, i % 2 ? "b" : "a", i % 16 ? "1" : "x", i % 7);
}

static void too_many_broken_rows(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    assert_int_equal(ask(four_hundred("user_id,variant,date,revenue", wrong), NULL, &sheet),
                     MKT_E_DATA);
    assert_non_null(strstr(err.text, "25 of 400 rows cannot be read"));
    assert_non_null(strstr(err.text, "row 1, column \"date\": \"2026-03-0x\" is no date"));
}

/* Rates so rare that the normal curve says nothing, and a control without any success. */
static void rare_outcomes_decide_nothing(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    assert_int_equal(ask("variant,users,conversions\na,10000,0\nb,10000,14\n", NULL, &sheet),
                     MKT_OK);
    assert_null(mkt_sheet_finding(&sheet, "verdict"));
    assert_non_null(strstr(caveat(&sheet, "conversions.rare"), "the smallest has 7 units"));
    assert_true(fabs(figure(&sheet, "conversions.b.lift") - .0014) < 1e-12); /* a difference */
    assert_true(figure(&sheet, "units_left") == ceil(20000 / .7) - 20000);
    assert_int_equal(ask("variant,users,conversions\na,10000,0\nb,10000,90\n", NULL, &sheet),
                     MKT_OK);
    assert_string_equal(mkt_sheet_finding(&sheet, "verdict")->claim, "ship b");
}

#define SUMS "variation,users,main_sum,main_sum_squares\n"

static void sums_that_cannot_be(void **state)
{
    (void)state;
    refused(SUMS "0,100,20,-5\n1,100,30,50\n", "row 1: 100 units whose main add up to 20");
    refused(SUMS "0,100,20,50\n1,100,300,50\n", "row 2: 100 units whose main add up to 300");
    refused(SUMS "0,0,0,0\n1,100,30,50\n", "row 1: column \"users\"");
    refused(SUMS "0,100,20,50\n1,-5,3,5\n", "row 2: column \"users\" must be a whole number of "
                                            "units, 1 at least, not -5");
    refused(SUMS "0,100.5,20,50\n1,100,3,5\n", "not 100.5");
    refused(SUMS "0,100,,50\n1,100,3,5\n", "row 1: column \"main_sum\" must be a number");
    refused(SUMS "0,100,inf,50\n1,100,3,5\n", "main_sum");
    refused(SUMS "0,100,x,50\n1,100,3,5\n", "main_sum_squares");
    refused(SUMS ",100,20,50\n1,100,3,5\n", "the name of a variant");
    refused("variation_name,success,total\na,120,100\nb,10,100\n", "120 of 100 units");
    refused("variation_name,success,total\na,-1,100\nb,10,100\n", "-1 of 100 units");
    refused("variation,users,main_sum,main_sum_squares,covariate_sum,covariate_sum_squares,"
            "main_covariate_sum_product\n0,100,20,300,50,80,9000\n1,100,30,50,50,80,40\n",
            "cannot have a sum of products of 9000");
    refused("variation,users,main_sum,main_sum_squares\n0,100,1e13,1e30\n1,100,3,5\n", "9.2e12");
}

int main(void)
{
    assert_int_equal(mkt_arena_open(&arena, 256U << 20, &err), MKT_OK);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_that_tell_nothing),
        cmocka_unit_test(ten_rows_decide_nothing),
        cmocka_unit_test(units_in_two_variants),
        cmocka_unit_test(an_index_is_no_metric),
        cmocka_unit_test(an_outlier_is_named_and_capped),
        cmocka_unit_test(sums_that_cannot_be),
        cmocka_unit_test(names_of_variants),
        cmocka_unit_test(names_of_segments),
        cmocka_unit_test(a_row_of_totals_is_no_variant),
        cmocka_unit_test(rates_of_units_tell_successes),
        cmocka_unit_test(differences_of_rates_are_points),
        cmocka_unit_test(days_far_from_all_others),
        cmocka_unit_test(what_is_added_up_is_said),
        cmocka_unit_test(too_many_segments_are_none),
        cmocka_unit_test(too_many_broken_rows),
        cmocka_unit_test(rare_outcomes_decide_nothing),
    };
    int failed = cmocka_run_group_tests(tests, make_folder, remove_folder);
    (void)ask(NULL, NULL, NULL);
    mkt_arena_close(&arena);
    return failed;
}
