/* An experiment of 10 million units, Parquet: from the file to every figure, beside the database's
 * own sums of the same columns.
 *
 *     build/release/bench/experiment [units]      10,000,000 unless given; MKT_BENCH_DIR or /tmp
 *
 * The peer runs what the statistics need with sum(), in doubles: units first, then arms by day and
 * segment. Ours reads, recognises, hashes the file, adds up exactly and works out every test.
 */
#include <duckdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "analysis/experiment.h"

#define RUNS 3

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* seconds of both processors, which others on the machine disturb less than the clock */
static double processor(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

struct took {
    double clock, processor;
};

static struct took since(double clock, double busy)
{
    return (struct took){now() - clock, processor() - busy};
}

static void keep_least(struct took *best, struct took x)
{
    if (x.clock < best->clock) best->clock = x.clock;
    if (x.processor < best->processor) best->processor = x.processor;
}

static void run_sql(duckdb_connection con, const char *sql)
{
    duckdb_result result;
    if (duckdb_query(con, sql, &result) != DuckDBSuccess) {
        fprintf(stderr, "%s\n", duckdb_result_error(&result));
        exit(1);
    }
    duckdb_destroy_result(&result);
}

static void make_file(duckdb_connection con, const char *path, long units)
{
    char sql[2048];
    snprintf(sql, sizeof sql,
             "COPY (SELECT i AS user_id, "
             "CASE WHEN hash(i) %% 2 = 0 THEN 'control' ELSE 'b' END AS variant, "
             "DATE '2026-03-01' + CAST(i * 28 // %ld AS INTEGER) AS exposed_at, "
             "CASE WHEN hash(i, 1) %% 3 = 0 THEN 'mobile' ELSE 'desktop' END AS device, "
             "CAST(hash(i, 2) %% 100 < 10 + hash(i) %% 2 AS INTEGER) AS converted, "
             "round((hash(i, 3) %% 1000) / 100.0 * (hash(i, 4) %% 100) / 50.0, 2) AS revenue, "
             "round((hash(i, 3) %% 1000) / 100.0, 2) AS revenue_before, "
             "CAST(hash(i, 5) %% 20 AS INTEGER) AS clicks, "
             "CAST(hash(i, 5) %% 20 + hash(i, 6) %% 20 AS INTEGER) AS clicks_per "
             "FROM range(%ld) t(i)) TO '%s' (FORMAT parquet)",
             units, units, path);
    run_sql(con, sql);
}

static struct took peer(duckdb_connection con, const char *path)
{
    char sql[2048];
    snprintf(sql, sizeof sql,
             "SELECT CASE WHEN v = w THEN v END, s, t, count(*), sum(a), sum(a * a), min(a), "
             "max(a), sum(b), sum(b * b), sum(b * x), min(b), max(b), sum(x), sum(x * x), sum(c), "
             "sum(c * c), sum(c * d), min(c), max(c), sum(d), sum(d * d) FROM (SELECT "
             "min(variant) AS v, max(variant) AS w, min(device) AS s, min(exposed_at) AS t, "
             "sum(CAST(converted AS DOUBLE)) AS a, sum(CAST(revenue AS DOUBLE)) AS b, "
             "max(CAST(revenue_before AS DOUBLE)) AS x, sum(CAST(clicks AS DOUBLE)) AS c, "
             "sum(CAST(clicks_per AS DOUBLE)) AS d FROM '%s' WHERE user_id IS NOT NULL AND variant "
             "IS NOT NULL GROUP BY user_id) GROUP BY ALL",
             path);
    double clock = now(), busy = processor();
    run_sql(con, sql);
    return since(clock, busy);
}

static struct took ours(const char *path, int *facts)
{
    struct mkt_err err = {0};
    struct mkt_arena arena;
    struct mkt_sheet sheet;
    struct mkt_dataset *dataset = NULL;
    const struct mkt_arms *arms = NULL;
    const struct mkt_dataset_options options = {.memory = (size_t)4 << 30, .temp = NULL};
    const struct mkt_experiment_options asked = {
        .level = .95, .tuning = 5000, .power = .8, .effect = .05};
    double clock = now(), busy = processor();
    mkt_status status = mkt_arena_open(&arena, (size_t)256 << 20, &err);
    if (status == MKT_OK) mkt_sheet_init(&sheet, &arena);
    if (status == MKT_OK) status = mkt_dataset_open(path, &options, &dataset, &err);
    if (status == MKT_OK) status = mkt_dataset_arms(dataset, &arms, &err);
    if (status == MKT_OK)
        status = mkt_experiment_fill(arms, mkt_dataset_account(dataset), &asked, &sheet, &err);
    struct took took = since(clock, busy);
    if (status != MKT_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    *facts = (int)sheet.facts;
    mkt_dataset_close(dataset);
    mkt_arena_close(&arena);
    return took;
}

int main(int argc, char **argv)
{
    long units = argc > 1 ? atol(argv[1]) : 10000000;
    const char *dir = getenv("MKT_BENCH_DIR");
    char path[512];
    snprintf(path, sizeof path, "%s/mkt-experiment-%ld.parquet", dir ? dir : "/tmp",
             (long)getpid());
    duckdb_database db;
    duckdb_connection con;
    if (units < 1000 || duckdb_open(NULL, &db) != DuckDBSuccess ||
        duckdb_connect(db, &con) != DuckDBSuccess) {
        fprintf(stderr, "units must be 1,000 at least, and the database must open\n");
        return 1;
    }
    make_file(con, path, units);
    struct took best_peer = {1e9, 1e9}, best_ours = {1e9, 1e9};
    int facts = 0;
    for (int i = 0; i < RUNS; i++) {
        keep_least(&best_peer, peer(con, path));
        keep_least(&best_ours, ours(path, &facts));
    }
    printf("%ld units, 3 metrics (rate, mean with covariate, ratio), 28 days, 2 segments\n", units);
    printf("least of %d runs                clock  processors\n", RUNS);
    printf("DuckDB, the sums alone       %7.3f s %7.3f s\n", best_peer.clock, best_peer.processor);
    printf("marketing-agent, %4d facts  %7.3f s %7.3f s\n", facts, best_ours.clock,
           best_ours.processor);
    printf("ratio                        %7.2f   %7.2f\n", best_ours.clock / best_peer.clock,
           best_ours.processor / best_peer.processor);
    unlink(path);
    duckdb_disconnect(&con);
    duckdb_close(&db);
    return 0;
}
