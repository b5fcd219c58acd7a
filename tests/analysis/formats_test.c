/* Same data, same answer: a simulated company's tables as CSV, as JSON lines and as Parquet, with users
 * who are numbers, give the same bytes but for what names the file. */
#include "analysis/analysis.h"
#include "report/answer_json.h"
#include "simulate/company_files.h"
#include "source/scratch_sql.h"

static struct scratch s;
static struct mkt_arena arena;

static const char *const ending[] = {"csv", "jsonl", "parquet"};
static const char *const format[] = {"csv", "json", "parquet"};

/* Types that the ids of a Parquet file have; CSV and JSON lines have them as BIGINT. */
static const char *const type[] = {"BIGINT", "UINTEGER",       "UBIGINT",       "HUGEINT",
                                   "DOUBLE", "DECIMAL(18, 0)", "DECIMAL(38,9)", "VARCHAR"};

#define TYPES (sizeof type / sizeof *type)

/* The answer as JSON, without the account of the files, and with no ending of their names. */
static char *answer_to(const char *analysis, const char *path)
{
    struct mkt_dataset *dataset;
    struct mkt_err err = {0};
    const struct mkt_args args = {{0}};
    const struct mkt_account none = {0};
    struct mkt_answer answer = {0};
    struct mkt_buf out;
    mkt_arena_reset(&arena, 1U << 20);
    mkt_sheet_init(&answer.sheet, &arena);
    if (mkt_dataset_open(path, &(struct mkt_dataset_options){.threads = 2, .today = 25000},
                         &dataset, &err) != MKT_OK)
        fail_msg("%s: %s", path, err.text);
    const struct mkt_run run = {.arena = &arena,
                                .dataset = dataset,
                                .analysis = mkt_analysis_find(analysis),
                                .args = &args,
                                .threads = 2};
    if (run.analysis->run(&run, &answer.sheet, &err) != MKT_OK) fail_msg("%s: %s", path, err.text);
    if (answer.sheet.status == MKT_ANSWER_INSUFFICIENT)
        fail_msg("%s: %s", path, answer.sheet.missing[0]);
    assert_true(answer.sheet.facts > 20);
    answer.sheet.provenance.account = &none;
    mkt_buf_init(&out, &arena);
    assert_int_equal(mkt_answer_json_write(&out, &answer, &err), MKT_OK);
    mkt_dataset_close(dataset);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        char mark[16];
        snprintf(mark, sizeof mark, ".%s", ending[i]);
        for (char *at = out.data; (at = strstr(at, mark));)
            memmove(at, at + strlen(mark), strlen(at + strlen(mark)) + 1);
    }
    char *copy = strdup(out.data);
    assert_non_null(copy);
    return copy;
}

/* What is left of the first place where two texts differ. */
static void expect_same(const char *want, const char *got, const char *what)
{
    size_t i = 0;
    while (want[i] && want[i] == got[i]) i++;
    if (want[i] != got[i])
        fail_msg("%s: %.160s\n instead of %.160s", what, got + (i > 80 ? i - 80 : 0),
                 want + (i > 80 ? i - 80 : 0));
}

/* "C0000758" is 67 * 10,000,000 + 758. */
#define NUMBER(column) "ascii(" column ") * 10000000 + substr(" column ", 2)::BIGINT"

struct table {
    const char *name, *id, *session; /* columns; a session that there is none is NULL */
};

/* Writes tables in one format into one folder; ids have this type. */
static void write_tables(const struct table *table, size_t tables, size_t as, const char *id)
{
    for (size_t i = 0; i < tables; i++) {
        const struct table *t = &table[i];
        char columns[500] = "";
        if (t->id)
            snprintf(columns, sizeof columns, " REPLACE ((" NUMBER("%s") ")::%s AS %s %s)", t->id,
                     t->id, id, t->id,
                     t->session ? ", (" NUMBER("session_id") ")::INT AS session_id" : "");
        scratch_sql(NULL,
                    "COPY (SELECT *%s FROM read_csv('%s/co/%s.csv')) TO '%s/x/%s.%s' (FORMAT %s)",
                    columns, s.folder, t->name, s.folder, t->name, ending[as], format[as]);
    }
}

static void remove_tables(const struct table *table, size_t tables, size_t as)
{
    char path[400];
    for (size_t i = 0; i < tables; i++) {
        snprintf(path, sizeof path, "%s/x/%s.%s", s.folder, table[i].name, ending[as]);
        assert_int_equal(remove(path), 0);
    }
}

static void compare(const char *analysis, const struct table *table, size_t tables)
{
    char path[400];
    snprintf(path, sizeof path, "%s/x", s.folder);
    write_tables(table, tables, 0, "BIGINT");
    char *want = answer_to(analysis, path);
    remove_tables(table, tables, 0);
    for (size_t i = 0; i <= TYPES; i++) { /* JSON lines, then Parquet */
        size_t as = i == 0 ? 1 : 2;
        const char *id = i == 0 ? "BIGINT" : type[i - 1];
        write_tables(table, tables, as, id);
        char *got = answer_to(analysis, path), what[64];
        snprintf(what, sizeof what, "%s of %s", ending[as], id);
        expect_same(want, got, what);
        free(got);
        remove_tables(table, tables, as);
    }
    free(want);
}

static void touchpoints(void **state)
{
    (void)state;
    compare("attribution", &(struct table){"touchpoints", "user_id", NULL}, 1);
}

static void events(void **state)
{
    (void)state;
    compare("funnel", &(struct table){"events", "user_id", "session_id"}, 1);
}

static void experiment(void **state)
{
    (void)state;
    compare("experiment", &(struct table){"experiment", "visitor_id", NULL}, 1);
}

static void orders(void **state)
{
    (void)state;
    static const struct table table[] = {{"orders", "customer_id", NULL},
                                         {"customers", "customer_id", NULL},
                                         {"performance", NULL, NULL}};
    compare("unit_economics", table, 3);
}

/* Not one id of two tables is lost where one is CSV and the other Parquet. */
static void two_formats_meet(void **state)
{
    (void)state;
    static const struct table table[] = {{"orders", "customer_id", NULL},
                                         {"performance", NULL, NULL},
                                         {"customers", "customer_id", NULL}};
    char path[400];
    snprintf(path, sizeof path, "%s/x", s.folder);
    write_tables(table, 3, 0, "BIGINT");
    char *want = answer_to("unit_economics", path);
    remove_tables(&table[2], 1, 0);
    write_tables(&table[2], 1, 2, "DOUBLE");
    char *got = answer_to("unit_economics", path);
    expect_same(want, got, "customers of Parquet with orders of CSV");
    free(got);
    free(want);
    remove_tables(table, 2, 0);
    remove_tables(&table[2], 1, 2);
}

static int setup(void **state)
{
    char path[400];
    struct mkt_err err = {0};
    struct mkt_company_options options;
    (void)state;
    scratch_open(&s);
    mkt_company_options_init(&options, 1);
    options.months = 8;
    options.scale = .3;
    snprintf(path, sizeof path, "%s/co", s.folder);
    if (mkt_company_files_write(path, &options, NULL, NULL, &err) != MKT_OK) return 1;
    snprintf(path, sizeof path, "%s/x", s.folder);
    return mkdir(path, 0700) != 0 || mkt_arena_open(&arena, (size_t)1 << 30, &err) != MKT_OK;
}

static int teardown(void **state)
{
    (void)state;
    scratch_close(&s);
    mkt_arena_close(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(touchpoints),      cmocka_unit_test(events),
        cmocka_unit_test(experiment),       cmocka_unit_test(orders),
        cmocka_unit_test(two_formats_meet),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
