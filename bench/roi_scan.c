/* roi of a Parquet table of 10 million rows, beside DuckDB's own GROUP BY of the same sums.
 *
 * Ours opens the file, recognises it, hashes it, sums it exactly, draws 2,000 times and fills the
 * sheet. DuckDB's is the bare query over an open connection. Both use the same threads; the least
 * of five runs counts, the two taken in turn.
 *
 *     build/release/bench/roi_scan [rows]
 */
#include <duckdb.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "analysis/roi.h"
#include "source/dataset.h"

#define RUNS 5
#define ARENA ((size_t)1 << 30)

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double query(duckdb_connection connection, const char *sql)
{
    duckdb_result result;
    double start = now();
    if (duckdb_query(connection, sql, &result) != DuckDBSuccess) {
        fprintf(stderr, "%s\n", duckdb_result_error(&result));
        exit(1);
    }
    duckdb_destroy_result(&result);
    return now() - start;
}

static void must(mkt_status status, const struct mkt_err *err)
{
    if (status == MKT_OK) return;
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static double roi(const char *path, int threads)
{
    struct mkt_err err = {0};
    struct mkt_arena arena;
    struct mkt_sheet sheet;
    struct mkt_dataset *dataset;
    const struct mkt_performance *p;
    must(mkt_arena_open(&arena, ARENA, &err), &err);
    double start = now();
    struct mkt_dataset_options open = {.threads = threads};
    must(mkt_dataset_open(path, &open, &dataset, &err), &err);
    must(mkt_dataset_performance(dataset, &p, &err), &err);
    struct mkt_roi_options options = {
        .period = {1, 0}, .margin = NAN, .budget = NAN, .seed = 1, .threads = threads};
    mkt_sheet_init(&sheet, &arena);
    must(mkt_roi_fill(p, mkt_dataset_account(dataset), &options, &sheet, &err), &err);
    double seconds = now() - start;
    if (!mkt_sheet_fact(&sheet, "total.roas")) {
        fprintf(stderr, "the answer has no total.roas\n");
        exit(1);
    }
    mkt_dataset_close(dataset);
    mkt_arena_close(&arena);
    return seconds;
}

int main(int argc, char **argv)
{
    long rows = argc > 1 ? atol(argv[1]) : 10000000;
    char folder[] = "/tmp/mkt-bench-XXXXXX", path[64], sql[2048];
    duckdb_database database;
    duckdb_connection connection;
    int threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (!mkdtemp(folder) || duckdb_open(NULL, &database) != DuckDBSuccess ||
        duckdb_connect(database, &connection) != DuckDBSuccess)
        return 1;
    snprintf(path, sizeof path, "%s/performance.parquet", folder);

    snprintf(sql, sizeof sql,
             "COPY (SELECT DATE '2024-01-01' + CAST(h %% 730 AS INTEGER) AS date,"
             " 'channel ' || CAST((h // 730) %% 8 AS VARCHAR) AS channel,"
             " 'campaign ' || CAST((h // 730) %% 8 AS VARCHAR) || '-' ||"
             " CAST((h // 5840) %% 5 AS VARCHAR) AS campaign,"
             " 'segment ' || CAST((h // 29200) %% 4 AS VARCHAR) AS segment,"
             " (h %% 9973) / 100.0::DOUBLE AS spend, 100 + h %% 1000 AS impressions,"
             " h %% 50 AS clicks, h %% 5 AS conversions, (h %% 19997) / 50.0::DOUBLE AS revenue,"
             " h %% 2 AS new_customers FROM (SELECT CAST(hash(i) %% 1000000007 AS BIGINT) AS h"
             " FROM range(%ld) t(i))) TO '%s' (FORMAT parquet)",
             rows, path);
    query(connection, sql);
    snprintf(sql, sizeof sql,
             "SELECT date, channel, campaign, segment, sum(spend), sum(impressions), sum(clicks),"
             " sum(conversions), sum(revenue), sum(new_customers) FROM read_parquet('%s')"
             " GROUP BY ALL",
             path);

    double theirs = INFINITY, ours = INFINITY;
    for (int i = 0; i < RUNS; i++) {
        theirs = fmin(theirs, query(connection, sql));
        ours = fmin(ours, roi(path, threads));
    }
    printf("%ld rows, %d threads, least of %d runs\n", rows, threads, RUNS);
    printf("  DuckDB, GROUP BY of the same sums   %.3f s\n", theirs);
    printf("  roi, from the file to the facts     %.3f s   ratio %.2f (at most 1.3)\n", ours,
           ours / theirs);

    duckdb_disconnect(&connection);
    duckdb_close(&database);
    unlink(path);
    rmdir(folder);
    return 0;
}
