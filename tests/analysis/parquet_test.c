/* Tables as data frames write them to Parquet: the figures are those of the same table as text. */
#include "analysis/analysis.h"
#include "source/scratch_sql.h"

static struct scratch s;
static struct mkt_arena arena[2];

/* The answer to a file; its facts live in the arena. */
static void ask(struct mkt_arena *at, const char *analysis, const char *path,
                struct mkt_sheet *sheet)
{
    struct mkt_dataset *dataset;
    struct mkt_err err = {0};
    const struct mkt_dataset_options options = {.threads = 2, .today = 25000};
    const struct mkt_analysis *a = mkt_analysis_find(analysis);
    const struct mkt_args args = {{0}};
    mkt_arena_reset(at, 1U << 20);
    mkt_sheet_init(sheet, at);
    if (mkt_dataset_open(path, &options, &dataset, &err) != MKT_OK)
        fail_msg("%s: %s", path, err.text);
    const struct mkt_run run = {
        .arena = at, .dataset = dataset, .analysis = a, .args = &args, .threads = 2};
    if (a->run(&run, sheet, &err) != MKT_OK) fail_msg("%s: %s", path, err.text);
    if (sheet->status == MKT_ANSWER_INSUFFICIENT) fail_msg("%s: %s", path, sheet->missing[0]);
    mkt_dataset_close(dataset);
}

static bool same(double a, double b)
{
    return a == b || (a != a && b != b);
}

/* Writes the rows twice and compares every fact.
 *
 *   rows   SELECT of columns as text files have them
 *   frame  what of these columns a data frame has instead, as in "b::BOOLEAN AS b"; "" for nothing
 *   least  facts there must be */
static void compare(const char *analysis, const char *rows, const char *frame, size_t least)
{
    char csv[400], parquet[400];
    struct mkt_sheet of_csv, of_parquet;
    snprintf(csv, sizeof csv, "%s/a.csv", s.folder);
    snprintf(parquet, sizeof parquet, "%s/a.parquet", s.folder);
    scratch_sql(NULL,
                "SET TimeZone = 'UTC'; CREATE TYPE word AS ENUM ('search', 'social', 'email', "
                "'direct', 'control', 'b', 'visit', 'cart', 'purchase', 'mobile', 'desktop');"
                "CREATE TABLE t AS %s; COPY t TO '%s' (FORMAT csv);"
                "COPY (SELECT * %s FROM t) TO '%s' (FORMAT parquet)",
                rows, csv, frame, parquet);
    ask(&arena[0], analysis, csv, &of_csv);
    ask(&arena[1], analysis, parquet, &of_parquet);
    assert_true(of_csv.facts >= least);
    if (of_csv.facts != of_parquet.facts)
        fail_msg("%s: %zu facts instead of %zu", frame, of_parquet.facts, of_csv.facts);
    for (size_t i = 0; i < of_csv.facts; i++) {
        const struct mkt_fact *a = &of_csv.fact[i], *b = &of_parquet.fact[i];
        assert_string_equal(a->id, b->id);
        if (!same(a->value, b->value) || !same(a->low, b->low) || !same(a->high, b->high))
            fail_msg("%s: %s is %.17g (%g to %g), not %.17g (%g to %g)", frame, a->id, b->value,
                     b->low, b->high, a->value, a->low, a->high);
    }
}

#define INDEX "(row_number() OVER ()) - 1 AS __index_level_0__"

static void touchpoints(void **state)
{
    (void)state;
    static const char rows[] =
        "SELECT i % 700 AS user_id, strftime(TIMESTAMP '2025-03-01' + to_seconds(i * 977), "
        "'%Y-%m-%d %H:%M:%S') AS event_time, ['search','social','email','direct'][1 + (hash(i) % "
        "4)::INT] "
        "AS channel, CASE WHEN i % 3 > 0 THEN 'c' || i % 5 END AS campaign, (hash(i + 9) % 5 = "
        "0)::INT "
        "AS converted, CASE WHEN hash(i + 9) % 5 = 0 THEN (i % 90 + .25)::DECIMAL(12, 2) END AS "
        "value "
        "FROM range(4000) r(i)";
    compare("attribution", rows, "", 40);
    compare("attribution", rows,
            "REPLACE (event_time::TIMESTAMP AS event_time, channel::word AS channel, "
            "converted::BOOLEAN AS converted)",
            40);
    compare("attribution", rows,
            "REPLACE ((event_time || '+00')::TIMESTAMPTZ AS event_time, value::DOUBLE AS value, "
            "converted::DOUBLE AS converted), " INDEX,
            40);
    compare("attribution", rows,
            "REPLACE (event_time::TIMESTAMP_NS AS event_time, user_id::INT AS user_id, "
            "converted::TINYINT AS converted, value::FLOAT AS value)",
            40);
    compare("attribution", rows,
            "REPLACE (epoch_ms(event_time::TIMESTAMP) AS event_time, user_id::VARCHAR AS user_id)",
            40);
}

static void paths(void **state)
{
    (void)state;
    static const char rows[] =
        "SELECT ['search','social','email','direct'][1 + i % 4] || ' > ' || "
        "['search','social','email','direct'][1 + i // 4 % 4] || CASE WHEN i > 15 THEN ' > email' "
        "ELSE '' END AS path, 3 + hash(i) % 40 AS conversions, (hash(i) % 900 / 4)::DECIMAL(12, 2) "
        "AS value, 50 + hash(i + 1) % 90 AS nulls FROM range(32) r(i)";
    compare("attribution", rows, "", 40);
    compare("attribution", rows,
            "REPLACE (conversions::DOUBLE AS conversions, value::DOUBLE AS value, "
            "nulls::DOUBLE AS nulls), " INDEX,
            40);
    compare("attribution", rows,
            "REPLACE (conversions::INT AS conversions, nulls::UINTEGER AS nulls)", 40);
}

static void events(void **state)
{
    (void)state;
    static const char rows[] =
        "SELECT i % 900 AS user_id, strftime(TIMESTAMP '2025-03-01' + to_seconds(i * 613), "
        "'%Y-%m-%d %H:%M:%S') AS time, ['visit','visit','cart','purchase'][1 + (hash(i) % 4)::INT] "
        "AS "
        "event, "
        "CASE WHEN hash(i) % 4 = 3 THEN (i % 70 + .5)::DECIMAL(12, 2) END AS value, "
        "['mobile','desktop'][1 + i % 2] AS device FROM range(5000) r(i)";
    compare("funnel", rows, "", 20);
    compare("funnel", rows,
            "REPLACE (time::TIMESTAMP AS time, event::word AS event, device::word AS device)", 20);
    compare("funnel", rows,
            "REPLACE ((time || '+00')::TIMESTAMPTZ AS time, value::DOUBLE AS value), " INDEX, 20);
    compare("funnel", rows,
            "REPLACE (time::TIMESTAMP_NS AS time, user_id::VARCHAR AS user_id, value::FLOAT AS "
            "value)",
            20);
}

static void experiment_rows(void **state)
{
    (void)state;
    static const char rows[] =
        "SELECT i AS user_id, ['control','b'][1 + (hash(i) % 2)::INT] AS variant, strftime(DATE "
        "'2025-03-01' + (i % 28)::INT, '%Y-%m-%d') AS date, ['mobile','desktop'][1 + i % 2] AS "
        "segment, (hash(i + 7) % 5 = 0)::INT AS converted, CASE WHEN i % 50 > 0 THEN (hash(i + 3) "
        "% "
        "9000 / 100)::DECIMAL(12, 2) END AS revenue FROM range(3000) r(i)";
    compare("experiment", rows, "", 20);
    compare("experiment", rows,
            "REPLACE (date::DATE AS date, variant::word AS variant, converted::BOOLEAN AS "
            "converted)",
            20);
    compare("experiment", rows,
            "REPLACE (date::TIMESTAMP AS date, converted::DOUBLE AS converted, revenue::DOUBLE AS "
            "revenue), " INDEX,
            20);
    compare("experiment", rows,
            "REPLACE ((date || ' 00:00:00+00')::TIMESTAMPTZ AS date, converted::TINYINT AS "
            "converted, user_id::VARCHAR AS user_id)",
            20);
}

static void experiment_sums(void **state)
{
    (void)state;
    static const char rows[] =
        "SELECT ['control','b'][1 + i] AS variant, 5000 + 40 * i AS users, 400 + 90 * i AS "
        "conversions, (51000 + 4000 * i + .25)::DECIMAL(14, 2) AS revenue_sum, (2100000 + 90000 * "
        "i "
        "+ .5)::DECIMAL(16, 2) AS revenue_sum_squares FROM range(2) r(i)";
    compare("experiment", rows, "", 15);
    compare("experiment", rows,
            "REPLACE (users::DOUBLE AS users, conversions::DOUBLE AS conversions, "
            "revenue_sum::DOUBLE AS revenue_sum, revenue_sum_squares::DOUBLE AS "
            "revenue_sum_squares), " INDEX,
            15);
    compare("experiment", rows,
            "REPLACE (variant::word AS variant, users::INT AS users, conversions::HUGEINT AS "
            "conversions)",
            15);
}

static int setup(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    scratch_open(&s);
    for (int i = 0; i < 2; i++)
        if (mkt_arena_open(&arena[i], (size_t)1 << 30, &err) != MKT_OK) return 1;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scratch_close(&s);
    for (int i = 0; i < 2; i++) mkt_arena_close(&arena[i]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(touchpoints),     cmocka_unit_test(paths),
        cmocka_unit_test(events),          cmocka_unit_test(experiment_rows),
        cmocka_unit_test(experiment_sums),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
