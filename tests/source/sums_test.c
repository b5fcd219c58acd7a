#include "source/scratch_fixture.h"
#include "source/scratch_sql.h"

static uint64_t next_random(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    return *x ^= *x << 17;
}

/* One row as both readers see it: text for the file, whole numbers for the naive sums. */
struct row {
    int day, channel, campaign, segment;
    int64_t measure[MKT_MEASURES]; /* micros */
};

static const char *const channel_name[] = {"search", "social", "e-mail \"x\"", "TV, radio"};
static const char *const segment_name[] = {"new", "old", "\303\274ber 50"};

static struct row *make_rows(size_t n, uint64_t seed)
{
    struct row *row = calloc(n, sizeof *row);
    for (size_t i = 0; i < n; i++) {
        uint64_t *x = &seed;
        row[i].day = (int)(next_random(x) % 90);
        row[i].channel = (int)(next_random(x) % 4);
        row[i].campaign = (int)(next_random(x) % 7);
        row[i].segment = (int)(next_random(x) % 3);
        row[i].measure[MKT_SPEND] = (int64_t)(next_random(x) % 100000000);
        row[i].measure[MKT_IMPRESSIONS] = (int64_t)(next_random(x) % 10000 + 100) * MKT_MICRO;
        row[i].measure[MKT_CLICKS] = (int64_t)(next_random(x) % 100) * MKT_MICRO;
        row[i].measure[MKT_CONVERSIONS] = (int64_t)(next_random(x) % 5000) * 1000;
        row[i].measure[MKT_REVENUE] = (int64_t)(next_random(x) % 900000000) - 1000000;
        row[i].measure[MKT_NEW_CUSTOMERS] = (int64_t)(next_random(x) % 3) * MKT_MICRO;
    }
    return row;
}

static char *to_csv(const struct row *row, size_t n)
{
    char *text = malloc(200 * n + 200);
    size_t at = (size_t)sprintf(text, "date,channel,campaign,segment,spend,impressions,clicks,"
                                      "conversions,revenue,new_customers\n");
    for (size_t i = 0; i < n; i++) {
        char day[MKT_DATE_TEXT];
        mkt_date_text(mkt_date_days(2025, 1, 1) + row[i].day, day);
        at += (size_t)sprintf(text + at, "%s,", day);
        const char *c = channel_name[row[i].channel];
        text[at++] = '"';
        for (; *c; c++) {
            if (*c == '"') text[at++] = '"';
            text[at++] = *c;
        }
        at +=
            (size_t)sprintf(text + at, "\",c%d,%s", row[i].campaign, segment_name[row[i].segment]);
        for (int m = 0; m < MKT_MEASURES; m++) {
            long long v = row[i].measure[m];
            at += (size_t)sprintf(text + at, ",%s%lld.%06lld", v < 0 ? "-" : "",
                                  llabs(v) / MKT_MICRO, llabs(v) % MKT_MICRO);
        }
        text[at++] = '\n';
    }
    text[at] = '\0';
    return text;
}

static void equals_naive_sums(struct mkt_dataset *d, const struct row *row, size_t n)
{
    static int64_t sum[90][4][7][3][MKT_MEASURES], rows[90][4][7][3];
    memset(sum, 0, sizeof sum);
    memset(rows, 0, sizeof rows);
    size_t groups = 0;
    for (size_t i = 0; i < n; i++) {
        const struct row *r = &row[i];
        groups += rows[r->day][r->channel][r->campaign][r->segment]++ == 0;
        for (int m = 0; m < MKT_MEASURES; m++)
            sum[r->day][r->channel][r->campaign][r->segment][m] += r->measure[m];
    }
    const struct mkt_performance *p = scratch_sums(d);
    assert_int_equal(p->cells, groups);
    assert_int_equal(p->rows, n);
    for (size_t i = 0; i < p->cells; i++) {
        const struct mkt_performance_cell *c = &p->cell[i];
        int day = c->day - mkt_date_days(2025, 1, 1), channel = -1, segment = -1;
        for (int k = 0; k < 4; k++)
            if (!strcmp(channel_name[k], p->names[MKT_CHANNEL][c->name[MKT_CHANNEL]])) channel = k;
        for (int k = 0; k < 3; k++)
            if (!strcmp(segment_name[k], p->names[MKT_SEGMENT][c->name[MKT_SEGMENT]])) segment = k;
        int campaign = p->names[MKT_CAMPAIGN][c->name[MKT_CAMPAIGN]][1] - '0';
        assert_true(day >= 0 && day < 90 && channel >= 0 && segment >= 0);
        assert_int_equal(c->rows, rows[day][channel][campaign][segment]);
        for (int m = 0; m < MKT_MEASURES; m++)
            if (c->sum[m] != sum[day][channel][campaign][segment][m])
                fail_msg("%s of cell %zu: %lld, naively %lld", mkt_measure_name[m], i,
                         (long long)c->sum[m], (long long)sum[day][channel][campaign][segment][m]);
    }
}

static void sums_equal_those_of_a_naive_reader(void **state)
{
    (void)state;
    size_t n = 20000;
    struct row *row = make_rows(n, 42);
    char *text = to_csv(row, n);
    struct mkt_dataset *d = scratch_dataset(scratch_write(&s, "performance.csv", text), NULL);
    equals_naive_sums(d, row, n);
    assert_int_equal(scratch_sums(d)->measures, 63);
    assert_int_equal(scratch_sums(d)->dimensions, 7);
    mkt_dataset_close(d);
    free(text);
    free(row);
}

static void order_threads_and_splits_change_no_bit(void **state)
{
    (void)state;
    size_t n = 20000;
    struct row *row = make_rows(n, 7);
    char *text = to_csv(row, n);
    struct mkt_dataset_options one = {.threads = 1}, four = {.threads = 4};
    struct mkt_dataset *first = scratch_dataset(scratch_write(&s, "performance.csv", text), &one);
    struct mkt_dataset *second = scratch_dataset(s.path, &four);
    assert_true(scratch_equal(first, second));
    mkt_dataset_close(second);
    free(text);

    uint64_t x = 99;
    for (size_t i = n - 1; i > 0; i--) {
        size_t k = next_random(&x) % (i + 1);
        struct row t = row[i];
        row[i] = row[k];
        row[k] = t;
    }
    text = to_csv(row, n);
    second = scratch_dataset(scratch_write(&s, "performance.csv", text), NULL);
    assert_true(scratch_equal(first, second));
    mkt_dataset_close(second);
    free(text);

    unlink(s.path);
    text = to_csv(row, n / 3);
    scratch_write(&s, "a.csv", text);
    free(text);
    text = to_csv(row + n / 3, n - n / 3);
    scratch_write(&s, "b.csv", text);
    free(text);
    second = scratch_dataset(s.folder, NULL);
    assert_true(scratch_equal(first, second));
    mkt_dataset_close(second);
    mkt_dataset_close(first);
    free(row);
}

static void every_format_gives_the_same_sums(void **state)
{
    (void)state;
    char sql[4000], path[400];
    size_t n = 5000;
    struct row *row = make_rows(n, 3);
    char *text = to_csv(row, n);
    struct mkt_dataset *csv = scratch_dataset(scratch_write(&s, "performance.csv", text), NULL);
    static const char *const types[][7] = {
        {"DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE", "DATE"},
        {"DECIMAL(18,6)", "BIGINT", "INTEGER", "DECIMAL(12,3)", "DECIMAL(38,6)", "UTINYINT",
         "TIMESTAMP"},
        {"VARCHAR", "UBIGINT", "SMALLINT", "DOUBLE", "VARCHAR", "HUGEINT", "VARCHAR"},
        {"DOUBLE", "INTEGER", "BIGINT", "DOUBLE", "DOUBLE", "BIGINT", "TIMESTAMPTZ"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char from[1000];
        const char *const *t = types[i];
        /* numbers such as "5.000000" do not cast to whole numbers by themselves */
        snprintf(from, sizeof from,
                 "SELECT date::%s AS date, channel, campaign, segment, spend::%s AS spend, "
                 "impressions::DOUBLE::%s AS impressions, clicks::DOUBLE::%s AS clicks, "
                 "conversions::%s AS conversions, revenue::%s AS revenue, "
                 "new_customers::DOUBLE::%s AS new_customers "
                 "FROM read_csv('%s/performance.csv', all_varchar=true)",
                 t[6], t[0], t[1], t[2], t[3], t[4], t[5], s.folder);
        snprintf(path, sizeof path, "%s/p%zu.parquet", s.folder, i);
        snprintf(sql, sizeof sql, "SET TimeZone='UTC'; COPY (%s) TO '%s' (FORMAT parquet)", from,
                 path);
        scratch_sql(NULL, "%s", sql);
        struct mkt_dataset *d = scratch_dataset(path, NULL);
        if (!scratch_equal(csv, d)) fail_msg("Parquet types %zu differ", i);
        assert_int_equal(strlen(scratch_table(d, strrchr(path, '/') + 1)->sha256), 64);
        mkt_dataset_close(d);
        snprintf(path, sizeof path, "%s/d%zu.duckdb", s.folder, i);
        snprintf(sql, sizeof sql,
                 "SET TimeZone='UTC'; CREATE TABLE \"per\"\"formance; --\" AS %s; "
                 "CREATE TABLE other(x INTEGER); "
                 "CREATE VIEW secrets AS SELECT * FROM read_csv('%s/performance.csv')",
                 from, s.folder);
        scratch_sql(path, "%s", sql);
        d = scratch_dataset(path, NULL);
        if (!scratch_equal(csv, d)) fail_msg("DuckDB types %zu differ", i);
        assert_string_equal(scratch_table(d, "per\"formance; --")->kind, "performance");
        assert_null(scratch_table(d, "other")->kind);
        assert_null(scratch_table(d, "secrets")->kind); /* a view may not read other files */
        assert_non_null(strstr(scratch_table(d, "secrets")->why, "disabled"));
        mkt_dataset_close(d);
    }
    static const char *const json[] = {"(FORMAT json)", "(FORMAT json, ARRAY true)"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/j%zu.json", s.folder, i);
        snprintf(sql, sizeof sql,
                 "COPY (SELECT * REPLACE (spend::DECIMAL(18,6) AS spend) FROM "
                 "read_csv('%s/performance.csv', "
                 "all_varchar=true)) TO '%s' %s",
                 s.folder, path, json[i]);
        scratch_sql(NULL, "%s", sql);
        struct mkt_dataset *d = scratch_dataset(path, NULL);
        if (!scratch_equal(csv, d)) fail_msg("JSON %zu differs", i);
        mkt_dataset_close(d);
    }
    mkt_dataset_close(csv);
    free(text);
    free(row);
}

static void typed_columns_have_broken_rows_too(void **state)
{
    (void)state;
    char sql[1000], path[400];
    snprintf(path, sizeof path, "%s/p.parquet", s.folder);
    snprintf(sql, sizeof sql,
             "COPY (SELECT CASE WHEN i = 7 THEN NULL ELSE DATE '2025-01-01' + (i %% 30)::INTEGER "
             "END AS date, "
             "'x' AS campaign, CASE WHEN i = 3 THEN 'inf'::DOUBLE WHEN i = 4 THEN 'nan'::DOUBLE "
             "ELSE 1.5 END "
             "AS spend FROM range(100) t(i)) TO '%s' (FORMAT parquet)",
             path);
    scratch_sql(NULL, "%s", sql);
    struct mkt_dataset *d = scratch_dataset(path, NULL);
    const struct mkt_account *a = mkt_dataset_account(d);
    assert_int_equal(a->table[0].broken, 2);
    assert_int_equal(a->faults, 2);
    assert_int_equal(a->fault[0].row, 4);
    assert_string_equal(a->fault[0].column, "spend");
    assert_int_equal(a->fault[1].row, 8);
    assert_string_equal(a->fault[1].column, "date");
    assert_int_equal(scratch_total(d, MKT_SPEND), 97 * 1500000); /* NaN is missing, not broken */
    mkt_dataset_close(d);
}

static void huge_sums_are_refused_not_wrapped(void **state)
{
    (void)state;
    char text[2000] = "date,campaign,spend\n";
    for (int i = 0; i < 30; i++) strcat(text, "2025-01-01,x,9000000000000\n");
    scratch_refused(scratch_write(&s, "a.csv", text), NULL, MKT_E_LIMIT, "9.2e12", NULL);
    /* plus and minus may pass the range on the way, in any order */
    strcpy(text, "date,campaign,spend\n");
    for (int i = 0; i < 12; i++) strcat(text, "2025-01-01,x,9000000000000\n");
    for (int i = 0; i < 11; i++) strcat(text, "2025-01-01,x,-9000000000000\n");
    struct mkt_dataset *d = scratch_dataset(scratch_write(&s, "a.csv", text), NULL);
    assert_int_equal(scratch_total(d, MKT_SPEND), 9000000000000 * MKT_MICRO);
    mkt_dataset_close(d);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(sums_equal_those_of_a_naive_reader), TEST(order_threads_and_splits_change_no_bit),
        TEST(every_format_gives_the_same_sums),   TEST(typed_columns_have_broken_rows_too),
        TEST(huge_sums_are_refused_not_wrapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
