/* Touchpoints to all models with intervals, beside DuckDB putting the paths together alone.
 *
 *     attribution [rows]      10,000,000 rows of a fifth as many users by default
 *
 * The same Parquet file, the same run, as many threads for both. Each side runs
 * three times, the fastest counts. Then aggregated paths: a million rows of CSV. */
#include <duckdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "analysis/attribution.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void run_sql(duckdb_connection con, const char *sql)
{
    duckdb_result result;
    if (duckdb_query(con, sql, &result) == DuckDBError) {
        fprintf(stderr, "%s\n", duckdb_result_error(&result));
        exit(1);
    }
    duckdb_destroy_result(&result);
}

static double best_of_three(double (*once)(const char *), const char *path)
{
    double best = 1e9;
    for (int i = 0; i < 3; i++) {
        double took = once(path);
        if (took < best) best = took;
    }
    return best;
}

static double by_duckdb(const char *path)
{
    duckdb_database db;
    duckdb_connection con;
    char sql[1024];
    if (duckdb_open(NULL, &db) == DuckDBError || duckdb_connect(db, &con) == DuckDBError) exit(1);
    snprintf(sql, sizeof sql,
             "SELECT count(*), sum(length(p)) FROM (SELECT user_id, "
             "string_agg(channel, '>' ORDER BY time) p FROM '%s' GROUP BY user_id)",
             path);
    double start = now();
    run_sql(con, sql);
    double took = now() - start;
    duckdb_disconnect(&con);
    duckdb_close(&db);
    return took;
}

static const struct mkt_analysis row = {.name = "attribution",
                                        .param = mkt_attribution_params,
                                        .params = MKT_ATTRIBUTION_PARAMS,
                                        .run = mkt_attribution_run};
static const char *order_limit = "1";

/* Opens the file and answers, from nothing to the last fact. */
static double ours(const char *path)
{
    struct mkt_arena arena;
    struct mkt_dataset *dataset;
    struct mkt_sheet sheet;
    struct mkt_err err = {0};
    struct mkt_args args = {{0}};
    int threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    struct mkt_dataset_options options = {.threads = threads};
    double start = now();
    if (mkt_arena_open(&arena, (size_t)1 << 30, &err) != MKT_OK ||
        mkt_args_set(&args, &row, "max_order", order_limit, &err) != MKT_OK ||
        mkt_dataset_open(path, &options, &dataset, &err) != MKT_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    double opened = now();
    const struct mkt_run run = {
        .arena = &arena, .dataset = dataset, .analysis = &row, .args = &args, .threads = threads};
    mkt_sheet_init(&sheet, &arena);
    if (mkt_attribution_run(&run, &sheet, &err) != MKT_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    double took = now() - start;
    printf("    read %.2f s, journeys and models %.2f s, %zu facts\n", opened - start,
           now() - opened, sheet.facts);
    mkt_dataset_close(dataset);
    mkt_arena_close(&arena);
    return took;
}

/* In a process of its own, so that its memory can be told. */
static double measure(const char *path, double *megabytes)
{
    int end[2];
    double took = 0;
    if (pipe(end) != 0) exit(1);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        took = best_of_three(ours, path);
        fflush(stdout);
        if (write(end[1], &took, sizeof took) != sizeof took) _exit(1);
        _exit(0);
    }
    close(end[1]);
    if (read(end[0], &took, sizeof took) != sizeof took) exit(1);
    close(end[0]);
    struct rusage usage;
    wait4(child, NULL, 0, &usage);
    *megabytes = (double)usage.ru_maxrss / 1024;
    return took;
}

static void write_touchpoints(const char *path, long rows)
{
    duckdb_database db;
    duckdb_connection con;
    char sql[1024];
    if (duckdb_open(NULL, &db) == DuckDBError || duckdb_connect(db, &con) == DuckDBError) exit(1);
    snprintf(sql, sizeof sql,
             "COPY (SELECT (hash(i) %% %ld)::BIGINT AS user_id, TIMESTAMP '2025-01-01' + "
             "INTERVAL (hash(i + 1) %% 2000000) SECOND AS time, 'channel ' || (hash(i + 2) %% 12) "
             "AS channel, (hash(i + 3) %% 25 = 0)::INTEGER AS conversion, (CASE WHEN hash(i + 3) "
             "%% 25 = 0 THEN 20.0 + hash(i + 4) %% 100 ELSE 0 END)::DOUBLE AS value FROM "
             "range(%ld) t(i)) "
             "TO '%s' (FORMAT PARQUET)",
             rows / 5, rows, path);
    run_sql(con, sql);
    duckdb_disconnect(&con);
    duckdb_close(&db);
}

static void write_paths(const char *path, long rows)
{
    FILE *file = fopen(path, "w");
    unsigned long s = 7;
    if (!file) exit(1);
    fprintf(file, "path,total_conversions,total_conversion_value,total_null\n");
    for (long i = 0; i < rows; i++) {
        s = s * 6364136223846793005UL + 1442695040888963407UL;
        int steps = 1 + (int)(s >> 40) % 11;
        for (int k = 0; k < steps; k++) {
            s = s * 6364136223846793005UL + 1442695040888963407UL;
            fprintf(file, "%schannel %d", k ? " > " : "", (int)((s >> 33) % 12));
        }
        int conversions = (int)(s >> 50) % 3;
        fprintf(file, ",%d,%d.5,%d\n", conversions, conversions * 20, (int)(s >> 45) % 7);
    }
    fclose(file);
}

int main(int argc, char **argv)
{
    long rows = argc > 1 ? atol(argv[1]) : 10000000;
    char folder[] = "/tmp/mkt-bench-XXXXXX", touches[128], paths[128];
    double megabytes;
    if (!mkdtemp(folder)) return 1;
    snprintf(touches, sizeof touches, "%s/touchpoints.parquet", folder);
    snprintf(paths, sizeof paths, "%s/paths.csv", folder);
    write_touchpoints(touches, rows);
    double mine = measure(touches, &megabytes);
    double theirs = best_of_three(by_duckdb, touches);
    printf("%ld touchpoints of %ld users: all models with intervals %.2f s, %.0f MB; DuckDB's "
           "string_agg alone %.2f s: %.1f times faster\n",
           rows, rows / 5, mine, megabytes, theirs, theirs / mine);
    unlink(touches);
    write_paths(paths, rows / 10);
    mine = measure(paths, &megabytes);
    printf("%ld aggregated paths: order 1 with heuristics and Shapley %.2f s, %.0f MB\n", rows / 10,
           mine, megabytes);
    order_limit = "10";
    mine = measure(paths, &megabytes);
    printf("%ld aggregated paths: with order search to 10 %.2f s, %.0f MB\n", rows / 10, mine,
           megabytes);
    unlink(paths);
    rmdir(folder);
    return 0;
}
