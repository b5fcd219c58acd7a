/* Experiment tables in every shape become the same arms; what cannot be read is counted or refused. */
#include "source/arm_sums.h"

#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64], path[128];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/mkt-arms-test-XXXXXX");
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

static struct mkt_dataset *open_text(const char *text, const struct mkt_dataset_options *options)
{
    snprintf(path, sizeof path, "%s/experiment.csv", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    struct mkt_dataset *d;
    struct mkt_err err = {0};
    if (mkt_dataset_open(path, options, &d, &err) != MKT_OK) fail_msg("%s", err.text);
    return d;
}

static const struct mkt_arms *arms_of(struct mkt_dataset *d)
{
    const struct mkt_arms *arms;
    struct mkt_err err = {0};
    if (mkt_dataset_arms(d, &arms, &err) != MKT_OK) fail_msg("%s", err.text);
    return arms;
}

static struct mkt_arms_moments moments(const struct mkt_arms *arms, int variant, size_t metric)
{
    struct mkt_arms_moments m;
    struct mkt_arms_slice slice = mkt_arms_whole(variant);
    struct mkt_err err = {0};
    assert_int_equal(mkt_arms_collect(arms, &slice, metric, &m, &err), MKT_OK);
    return m;
}

static void near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-9 * (1 + fabs(want))))
        fail_msg("got %.17g, want %.17g", got, want);
}

static const char units[] = "user_id,variant,date,country,converted,revenue,revenue_before,clicks,"
                            "clicks_per\n"
                            "1,control,2026-03-01,DE,1,10.50,3,2,5\n"
                            "2,control,2026-03-02,FR,0,0,1,1,4\n"
                            "3,b,2026-03-01,DE,1,20.25,2,4,6\n"
                            "4,b,2026-03-03,DE,1,4.75,4,3,3\n"
                            "5,b,2026-03-03,FR,0,1,4,0,2\n";

static void a_row_a_unit(void **state)
{
    (void)state;
    struct mkt_dataset *d = open_text(units, NULL);
    const struct mkt_arms *arms = arms_of(d);
    assert_int_equal(arms->units, 5);
    assert_int_equal(arms->names[0], 2);
    assert_string_equal(arms->name[0][0], "b");
    assert_string_equal(arms->name[0][1], "control");
    assert_true(arms->dated && arms->segmented);
    assert_int_equal(arms->data.last - arms->data.first, 2);
    assert_int_equal(arms->metrics, 3);
    assert_string_equal(arms->metric[0].name, "converted");
    assert_int_equal(arms->metric[0].kind, MKT_ARMS_PROPORTION);
    assert_int_equal(arms->metric[1].kind, MKT_ARMS_MEAN);
    assert_true(arms->metric[1].covariate && !arms->metric[0].covariate);
    assert_int_equal(arms->metric[2].kind, MKT_ARMS_RATIO);
    near(arms->metric[1].most, 20.25);
    struct mkt_arms_moments m = moments(arms, 0, 1);
    assert_int_equal(m.n, 3);
    near(m.mean[MKT_ARMS_Y], 26. / 3);
    near(m.mean[MKT_ARMS_X], 10. / 3);
    near(m.covariance[MKT_ARMS_Y][MKT_ARMS_Y],
         (20.25 * 20.25 + 4.75 * 4.75 + 1 - 26. * 26 / 3) / 2);
    near(m.covariance[MKT_ARMS_Y][MKT_ARMS_X], (20.25 * 2 + 4.75 * 4 + 4 - 26. * 10 / 3) / 2);
    m = moments(arms, 0, 2);
    near(m.mean[MKT_ARMS_D], 11. / 3);
    near(m.covariance[MKT_ARMS_Y][MKT_ARMS_D], (24 + 9 + 0 - 7. * 11 / 3) / 2);
    const struct mkt_account *a = mkt_dataset_account(d);
    assert_string_equal(a->table[0].kind, "experiment");
    mkt_dataset_close(d);
}

/* The same units with a row a day, rows shuffled, and a semicolon dialect. */
static void several_rows_a_unit(void **state)
{
    (void)state;
    struct mkt_dataset *one = open_text(units, NULL);
    struct mkt_dataset *many = open_text("user_id;variant;date;country;converted;revenue;"
                                         "revenue_before;clicks;clicks_per\n"
                                         "5;b;2026-03-03;FR;0;1,00;4,0;0;2\n"
                                         "3;b;2026-03-04;DE;0;0,25;2,0;1;2\n"
                                         "1;control;2026-03-01;DE;1;10,50;3,0;2;5\n"
                                         "4;b;2026-03-03;DE;1;4,75;4,0;3;3\n"
                                         "3;b;2026-03-01;DE;1;20,00;2,0;3;4\n"
                                         "2;control;2026-03-02;FR;0;0,00;1,0;1;4\n",
                                         NULL);
    const struct mkt_arms *a = arms_of(one), *b = arms_of(many);
    assert_int_equal(a->cells, b->cells);
    for (size_t i = 0; i < a->cells; i++) {
        assert_int_equal(a->cell[i].n, b->cell[i].n);
        assert_int_equal(a->cell[i].day, b->cell[i].day);
        assert_memory_equal(a->cell[i].sums, b->cell[i].sums, 3 * sizeof *a->cell[i].sums);
    }
    mkt_dataset_close(one);
    mkt_dataset_close(many);
}

/* The text as a Parquet file with typed columns. */
static struct mkt_dataset *open_typed(const char *text)
{
    char sql[512], parquet[128];
    duckdb_database db;
    duckdb_connection con;
    duckdb_result result;
    struct mkt_dataset *d = open_text(text, NULL);
    mkt_dataset_close(d);
    snprintf(parquet, sizeof parquet, "%s/typed.parquet", folder);
    snprintf(sql, sizeof sql, "COPY (FROM read_csv('%s')) TO '%s' (FORMAT parquet)", path, parquet);
    assert_int_equal(duckdb_open(NULL, &db), DuckDBSuccess);
    assert_int_equal(duckdb_connect(db, &con), DuckDBSuccess);
    assert_int_equal(duckdb_query(con, sql, &result), DuckDBSuccess);
    duckdb_destroy_result(&result);
    duckdb_disconnect(&con);
    duckdb_close(&db);
    struct mkt_err err = {0};
    if (mkt_dataset_open(parquet, NULL, &d, &err) != MKT_OK) fail_msg("%s", err.text);
    return d;
}

static void assert_same(const struct mkt_arms *a, const struct mkt_arms *b)
{
    assert_int_equal(a->cells, b->cells);
    assert_int_equal(a->metrics, b->metrics);
    for (size_t i = 0; i < a->cells; i++) {
        assert_int_equal(a->cell[i].n, b->cell[i].n);
        assert_int_equal(a->cell[i].day, b->cell[i].day);
        assert_memory_equal(a->cell[i].sums, b->cell[i].sums, a->metrics * sizeof *a->cell[i].sums);
    }
    for (size_t m = 0; m < a->metrics; m++) assert_true(a->metric[m].most == b->metric[m].most);
}

/* Text, typed columns, and the way around for numbers too wide for the quick sums. */
static void types_do_not_matter(void **state)
{
    (void)state;
    static const char *const text[] = {
        units,
        "user_id,variant,orders,value\n1,a,4000000000,1.5\n2,a,2,-7000000000.25\n3,b,1,2\n4,b,0,"
        "3\n",
        "user_id,variant,orders,value\n1,a,3,9100000000\n1,a,4,0.5\n3,b,1,2\n4,b,0,3.25\n"};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        struct mkt_dataset *typed = open_typed(text[i]), *plain = open_text(text[i], NULL);
        assert_same(arms_of(typed), arms_of(plain));
        mkt_dataset_close(typed);
        mkt_dataset_close(plain);
    }
}

/* The very same arms from a row a unit and from what SQL makes of them. */
static void assert_same_figures(const char *rows, const char *sums)
{
    struct mkt_dataset *one = open_text(rows, NULL);
    const struct mkt_arms *a = arms_of(one);
    struct mkt_dataset *two = open_text(sums, NULL);
    const struct mkt_arms *b = arms_of(two);
    assert_int_equal(a->metrics, b->metrics);
    assert_int_equal(a->cells, b->cells);
    for (size_t m = 0; m < a->metrics; m++) {
        assert_string_equal(a->metric[m].name, b->metric[m].name);
        if (a->metric[m].kind != MKT_ARMS_COUNT)
            assert_int_equal(a->metric[m].kind, b->metric[m].kind);
        assert_int_equal(a->metric[m].covariate, b->metric[m].covariate);
        for (size_t i = 0; i < a->cells; i++) {
            assert_int_equal(a->cell[i].n, b->cell[i].n);
            assert_memory_equal(&a->cell[i].sums[m], &b->cell[i].sums[m], sizeof *a->cell[i].sums);
        }
    }
    mkt_dataset_close(one);
    mkt_dataset_close(two);
}

static void sums_are_the_same_as_rows(void **state)
{
    (void)state;
    assert_same_figures(
        "user_id,variant,converted,revenue,revenue_before\n"
        "1,a,1,2.5,1\n2,a,0,4,3\n3,b,1,0,2\n4,b,1,6,5\n5,b,0,1,1\n",
        "variant,users,converted,revenue_sum,revenue_sum_squares,revenue_before_sum,"
        "revenue_before_sum_squares,revenue_before_sum_product\n"
        "a,2,1,6.5,22.25,4,10,14.5\nb,3,2,7,37,8,30,31\n");
    /* a rate among sums and squares is a rate; thousands marks and decimal commas are read */
    assert_same_figures("user_id,variant,converted,value\n1,a,1,1000.5\n2,a,0,234\n3,b,1,0\n"
                        "4,b,1,6\n",
                        "variant;n;converted_sum;converted_sum_squares;value_sum;"
                        "value_sum_squares\n"
                        "a;2;1;1;1.234,5;1.055.756,25\nb;2;2;2;6;36\n");
    /* a ratio whose covariate is a ratio */
    assert_same_figures(
        "user_id,variant,clicks,clicks_per,clicks_before,clicks_per_before\n"
        "1,a,1,2,1,3\n2,a,2,5,2,4\n3,b,3,4,1,2\n4,b,1,1,2,2\n",
        "variant,n,clicks_sum,clicks_sum_squares,clicks_denominator_sum,"
        "clicks_denominator_sum_squares,clicks_denominator_sum_product,clicks_before_sum,"
        "clicks_before_sum_squares,clicks_before_sum_product,clicks_denominator_before_sum_product,"
        "clicks_before_denominator_sum,clicks_before_denominator_sum_squares,"
        "clicks_before_denominator_sum_product,"
        "clicks_denominator_before_denominator_sum_product,"
        "clicks_before_before_denominator_sum_product\n"
        "a,2,3,5,7,29,12,3,5,5,12,7,25,11,26,11\n"
        "b,2,4,10,5,17,13,3,5,5,6,4,8,8,10,6\n");
}

static void flags_are_rates(void **state)
{
    (void)state;
    static const char *const said[][2] = {{"true", "false"}, {"YES", " no "}, {"t", "F"},
                                          {"ja", "nein"},    {"Oui", "non"},  {"S\xC3\xAD", "no"},
                                          {"WAHR", "FALSCH"}};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        char text[400];
        const char *y = said[i][0], *n = said[i][1];
        snprintf(text, sizeof text,
                 "user_id,variant,watched\n1,a,%s\n2,a,%s\n3,b,%s\n4,b,%s\n5,b,\n", y, n, y, y);
        struct mkt_dataset *d = open_text(text, NULL);
        const struct mkt_arms *arms = arms_of(d);
        assert_int_equal(arms->metrics, 1);
        assert_int_equal(arms->metric[0].kind, MKT_ARMS_PROPORTION);
        assert_int_equal(arms->metric[0].missing, 1);
        near(moments(arms, 1, 0).mean[MKT_ARMS_Y], 2. / 3);
        mkt_dataset_close(d);
    }
}

/* Tables of totals as people have them; an event log with variants is no experiment. */
static void totals_in_usual_words(void **state)
{
    (void)state;
    static const char *const text[] = {"variant,sessions,purchases\na,100,5\nb,\"1,100\",60\n",
                                       "group,visitors,signups\na,100,5\nb,1100,60\n",
                                       "variant,impressions,clicks\na,100,5\nb,1100,60\n"};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        struct mkt_dataset *d = open_text(text[i], NULL);
        const struct mkt_arms *arms = arms_of(d);
        assert_int_equal(arms->units, 1200);
        assert_int_equal(arms->metric[0].kind, MKT_ARMS_PROPORTION);
        near(moments(arms, 0, 0).mean[MKT_ARMS_Y], .05);
        mkt_dataset_close(d);
    }
    struct mkt_dataset *d = open_text("user_id,timestamp,event,variant,position\n"
                                      "1,2026-03-01 10:00:00,visit,a,3\n"
                                      "1,2026-03-01 10:01:00,order,a,3\n",
                                      NULL);
    assert_string_equal(mkt_dataset_account(d)->table[0].kind, "events");
    mkt_dataset_close(d);
}

static void keeps_out_what_cannot_count(void **state)
{
    (void)state;
    struct mkt_dataset *d = open_text("user_id,variant,revenue\n"
                                      "1,a,10\n2,b,20\n2,a,5\n,a,7\n4,,8\n5,b,\n6,b,3\n",
                                      NULL);
    const struct mkt_arms *arms = arms_of(d);
    assert_int_equal(arms->multiple, 1); /* unit 2 */
    assert_int_equal(arms->unnamed, 2);
    assert_int_equal(arms->units, 3);
    struct mkt_arms_moments b = moments(arms, 1, 0);
    assert_int_equal(b.n, 2);
    near(b.mean[0], 1.5); /* a missing value counts as zero */
    assert_false(arms->dated || arms->segmented);
    mkt_dataset_close(d);
}

static void a_row_of_sums_an_arm(void **state)
{
    (void)state;
    struct mkt_dataset *d =
        open_text("variation,users,main_sum,main_sum_squares,denominator_sum,"
                  "denominator_sum_squares,main_denominator_sum_product\n"
                  "0,100,270,848.79,510,2810,1400\n1,120,300,869,500,2800,1260\n",
                  NULL);
    const struct mkt_arms *arms = arms_of(d);
    assert_int_equal(arms->units, 220);
    assert_int_equal(arms->metrics, 1);
    assert_string_equal(arms->metric[0].name, "main");
    assert_int_equal(arms->metric[0].kind, MKT_ARMS_RATIO);
    struct mkt_arms_moments m = moments(arms, 0, 0);
    near(m.mean[MKT_ARMS_Y], 2.7);
    near(m.mean[MKT_ARMS_D], 5.1);
    near(m.covariance[0][0], (848.79 - 270. * 270 / 100) / 99);
    near(m.covariance[0][1], (1400 - 270. * 510 / 100) / 99);
    mkt_dataset_close(d);
    d = open_text("variation_name,success,total\ncontrol,14,28\ntest,16,30\n", NULL);
    arms = arms_of(d);
    assert_int_equal(arms->metric[0].kind, MKT_ARMS_PROPORTION);
    near(moments(arms, 0, 0).mean[0], .5);
    assert_int_equal(moments(arms, 1, 0).n, 30);
    mkt_dataset_close(d);
}

/* Zeros at the end tell how exact a rate is; columns of numbers have lost them. */
static void rates_keep_their_zeros(void **state)
{
    (void)state;
    static const char text[] = "variant,users,conversion_rate\na,1000,0.050\nb,1000,0.060\n";
    struct mkt_err err = {0};
    const struct mkt_arms *arms;
    struct mkt_dataset *d = open_text(text, NULL);
    assert_int_equal(arms_of(d)->units, 2000);
    mkt_dataset_close(d);
    d = open_typed(text);
    assert_int_equal(mkt_dataset_arms(d, &arms, &err), MKT_E_DATA);
    assert_non_null(strstr(err.text, "keeps no zeros at their end"));
    mkt_dataset_close(d);
}

static void refused(const char *text, mkt_status status, const char *words)
{
    struct mkt_dataset *d = open_text(text, NULL);
    const struct mkt_arms *arms;
    struct mkt_err err = {0};
    assert_int_equal(mkt_dataset_arms(d, &arms, &err), status);
    if (!strstr(err.text, words)) fail_msg("\"%s\" is not in: %s", words, err.text);
    mkt_dataset_close(d);
}

static void refuses_in_a_sentence(void **state)
{
    (void)state;
    refused("variant,n,sum,sum_squares\na,100,200,300\nb,100,10,20\n", MKT_E_DATA,
            "cannot have a sum of squares");
    refused("user_id,variant,revenue\n1,a,9000000000000\n2,a,9000000000000\n3,b,1\n", MKT_E_LIMIT,
            "9.2e12");
    refused("date,channel,spend\n2026-03-01,search,5\n2026-03-02,search,6\n", MKT_E_EMPTY,
            "no experiment");
    refused("user_id,variant,revenue\n1,a,1e20\n2,a,1e20\n3,b,1e20\n", MKT_E_DATA,
            "the first is row 1, column \"revenue\": \"1e20\" is no number");
    refused("user_id,variant,revenue\n1,a,1.234\n2,b,2.345\n", MKT_E_AMBIGUOUS, "--decimal");
    refused("variant,users,conversions\na,1000,61\nb,1000,50.5\n", MKT_E_DATA,
            "row 2: column \"conversions\" must be a whole number of units, not 50.5");
    refused("variant,users,conversion_rate\na,1000,0.05\nb,1000,0.06\n", MKT_E_DATA,
            "may be any number from 45 to 55; an experiment");
    refused(
        "variant,users,revenue\na,1000,5000\nb,1000,6000\n", MKT_E_DATA,
        "of \"revenue\" give the sum and the sum of squares (revenue_sum, revenue_sum_squares)");
    refused("user_id,variant,revenue\n1,a,5\n2,b,6\n3,a,much\n4,b,2\n", MKT_E_DATA,
            "the first is row 3, column \"revenue\": \"much\" is no number");
}

static void an_outlier_is_exact(void **state)
{
    (void)state;
    struct mkt_dataset *d =
        open_text("user_id,variant,revenue\n1,a,1000000000000\n2,a,0\n3,b,1\n4,b,2\n", NULL);
    const struct mkt_arms *arms = arms_of(d);
    near(moments(arms, 0, 0).covariance[0][0], .5e24);
    near(arms->metric[0].most, 1e12);
    mkt_dataset_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_the_same_as_rows), cmocka_unit_test(flags_are_rates),
        cmocka_unit_test(totals_in_usual_words),     cmocka_unit_test(a_row_a_unit),
        cmocka_unit_test(several_rows_a_unit),       cmocka_unit_test(types_do_not_matter),
        cmocka_unit_test(rates_keep_their_zeros),    cmocka_unit_test(keeps_out_what_cannot_count),
        cmocka_unit_test(a_row_of_sums_an_arm),      cmocka_unit_test(refuses_in_a_sentence),
        cmocka_unit_test(an_outlier_is_exact),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
