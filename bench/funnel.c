/* A funnel of 20 steps against one of 2, beside DuckDB putting each user's events in order alone.
 *
 *     funnel [rows]      10,000,000 rows of a tenth as many users by default
 *
 * The same Parquet file, the same run, as many threads for all; each runs three times, the fastest
 * counts. Counting alone is measured, too: reading the file is the same for 2 steps and 20. */
#include <duckdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "analysis/funnel.h"

#define STEPS 20
#define RUNS 3

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

static _Noreturn void stop(const char *why)
{
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static void run_sql(duckdb_connection con, const char *sql)
{
    duckdb_result result;
    if (duckdb_query(con, sql, &result) == DuckDBError) stop(duckdb_result_error(&result));
    duckdb_destroy_result(&result);
}

static void on_duckdb(const char *sql)
{
    duckdb_database db;
    duckdb_connection con;
    if (duckdb_open(NULL, &db) == DuckDBError || duckdb_connect(db, &con) == DuckDBError)
        stop("DuckDB does not start");
    run_sql(con, sql);
    duckdb_disconnect(&con);
    duckdb_close(&db);
}

/* Ten events a user, the first of them in the order of the steps as far as the user gets, the rest
 * any of the 20: half of the steps are reached, all are looked for. (With 20 events a user DuckDB's
 * ordered list runs out of 18 GB.) */
static void make_file(const char *path, long rows)
{
    char sql[1024];
    snprintf(sql, sizeof sql,
             "COPY (SELECT 'user' || u AS user_id, TIMESTAMP '2026-01-01' + "
             "to_seconds(u %% 5000000 + 600 * k + CAST(hash(u, k, 1) %% 500 AS BIGINT)) AS time, "
             "'event_' || CASE WHEN k < 1 + hash(u) %% 20 THEN k ELSE CAST(hash(u, k) %% 20 AS "
             "BIGINT) END AS event FROM (SELECT i // 10 AS u, i %% 10 AS k FROM range(%ld) t(i))) "
             "TO '%s' (FORMAT parquet)",
             rows, path);
    on_duckdb(sql);
}

struct took {
    double wall, cpu;
};

static void keep(struct took *best, double wall, double used)
{
    if (wall < best->wall) *best = (struct took){wall, used};
}

static const struct mkt_analysis row = {.name = "funnel",
                                        .param = mkt_funnel_params,
                                        .params = MKT_FUNNEL_PARAMS,
                                        .run = mkt_funnel_run};

/* Opens the file and answers; `count` is the part after the opening. */
static void ours(const char *path, const char *steps, int threads, struct took *whole,
                 struct took *count)
{
    struct mkt_arena arena;
    struct mkt_dataset *dataset;
    struct mkt_sheet sheet;
    struct mkt_err err = {0};
    struct mkt_args args = {{0}};
    struct mkt_dataset_options options = {.threads = threads};
    double start = now(), used = cpu();
    if (mkt_arena_open(&arena, (size_t)2 << 30, &err) != MKT_OK ||
        mkt_dataset_open(path, &options, &dataset, &err) != MKT_OK ||
        mkt_args_set(&args, &row, "steps", steps, &err) != MKT_OK)
        stop(err.text);
    double middle = now(), middle_used = cpu();
    mkt_sheet_init(&sheet, &arena);
    struct mkt_run run = {
        .arena = &arena, .dataset = dataset, .analysis = &row, .args = &args, .threads = threads};
    if (mkt_funnel_run(&run, &sheet, &err) != MKT_OK) stop(err.text);
    const struct mkt_fact *entered = mkt_sheet_fact(&sheet, "total.entered");
    if (!entered || !(entered->value > 0)) stop("nobody entered: the benchmark is wrong");
    keep(whole, now() - start, cpu() - used);
    keep(count, now() - middle, cpu() - middle_used);
    mkt_dataset_close(dataset);
    mkt_arena_close(&arena);
}

int main(int argc, char **argv)
{
    long rows = argc > 1 ? atol(argv[1]) : 10000000;
    int threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    char path[64], sql[256], many[STEPS * 12] = "";
    snprintf(path, sizeof path, "/tmp/mkt-bench-funnel-%d.parquet", (int)getpid());
    for (int k = 0; k < STEPS; k++) sprintf(many + strlen(many), "%sevent_%d", k ? " > " : "", k);
    make_file(path, rows);
    snprintf(sql, sizeof sql,
             "SELECT sum(len(e)) FROM (SELECT user_id, list(event ORDER BY time) e FROM '%s' GROUP "
             "BY user_id)",
             path);
    struct took peer = {1e9, 0}, two = {1e9, 0}, twenty = {1e9, 0}, two_count = {1e9, 0},
                twenty_count = {1e9, 0};
    for (int i = 0; i < RUNS; i++) {
        double start = now(), used = cpu();
        on_duckdb(sql);
        keep(&peer, now() - start, cpu() - used);
        ours(path, "event_0 > event_1", threads, &two, &two_count);
        ours(path, many, threads, &twenty, &twenty_count);
    }
    unlink(path);
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    printf("%ld events, %d threads; seconds of wall clock (and of CPU), fastest of %d\n", rows,
           threads, RUNS);
    printf("  DuckDB, events of each user in order   %6.2f (%.2f)\n", peer.wall, peer.cpu);
    printf(
        "  funnel of 2 steps, from file to facts  %6.2f (%.2f)   of this, counting %.2f (%.2f)\n",
        two.wall, two.cpu, two_count.wall, two_count.cpu);
    printf(
        "  funnel of 20 steps                     %6.2f (%.2f)   of this, counting %.2f (%.2f)\n",
        twenty.wall, twenty.cpu, twenty_count.wall, twenty_count.cpu);
    printf("  20 steps against 2: %.2f times; counting alone %.2f times (CPU %.2f), bar 2\n",
           twenty.wall / two.wall, twenty_count.wall / two_count.wall,
           twenty_count.cpu / two_count.cpu);
    printf("  DuckDB against 20 steps: %.1f times; most memory %ld MB\n", peer.wall / twenty.wall,
           u.ru_maxrss / 1024);
    return 0;
}
