/* unit_economics of 10 million orders of a million customers, beside DuckDB making the same sums.
 *
 *     economics [orders]      10,000,000 by default
 *
 * The same Parquet file, the same run, as many threads for both; each runs three times, the fastest
 * counts. DuckDB makes the sums by channel and month of age, by channel and month of the calendar, and
 * the month by whose end each customer has paid back; nothing of intervals. Ours is the whole answer:
 * opening, sums, 1,000 + 10,000 draws, facts and charts. */
#include <duckdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "analysis/unit_economics.h"

#define RUNS 3

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static _Noreturn void stop(const char *why)
{
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static void on_duckdb(const char *const *sql, int n)
{
    duckdb_database db;
    duckdb_connection con;
    duckdb_result result;
    if (duckdb_open(NULL, &db) == DuckDBError || duckdb_connect(db, &con) == DuckDBError)
        stop("DuckDB does not start");
    for (int i = 0; i < n; i++) {
        if (duckdb_query(con, sql[i], &result) == DuckDBError) stop(duckdb_result_error(&result));
        duckdb_destroy_result(&result);
    }
    duckdb_disconnect(&con);
    duckdb_close(&db);
}

/* Ten orders a customer over up to two years; five channels; costs told. */
static void make_files(const char *folder, long orders)
{
    static char rows[1500], spend[1000];
    snprintf(rows, sizeof rows,
             "COPY (SELECT 'c' || u AS customer_id, DATE '2024-01-01' + CAST(hash(u) %% 500 + k * "
             "(hash(u, k) %% 25) AS INTEGER) AS date, ['search', 'social', 'email', 'display', "
             "'video'][CAST(1 + hash(u, 7) %% 5 AS BIGINT)] AS channel, CAST(5 + (hash(u, k, 2) %% "
             "9000) / 100 AS "
             "DECIMAL(10, 2)) AS amount, CAST(3 + (hash(u, k, 2) %% 9000) / 180 AS DECIMAL(10, 2)) "
             "AS cost FROM (SELECT i // 10 AS u, i %% 10 AS k FROM range(%ld) t(i))) TO "
             "'%s/orders.parquet' (FORMAT parquet)",
             orders, folder);
    snprintf(spend, sizeof spend,
             "COPY (SELECT DATE '2024-01-01' + CAST(d AS INTEGER) AS date, c AS channel, "
             "CAST(%ld * (50 + hash(d, c) %% 50) / 1000000 AS DECIMAL(12, 2)) AS spend FROM "
             "range(720) t(d), (VALUES ('search'), ('social'), ('email'), ('display'), ('video')) "
             "v(c) ORDER BY 1, 2) TO '%s/performance.csv' (HEADER)",
             orders, folder);
    on_duckdb((const char *const[]){rows, spend}, 2);
}

static const struct mkt_analysis row = {.name = "unit_economics",
                                        .param = mkt_unit_economics_params,
                                        .params = MKT_UNIT_ECONOMICS_PARAMS,
                                        .run = mkt_unit_economics_run};

static void ours(const char *folder, int threads, double *whole, double *answer)
{
    struct mkt_arena arena;
    struct mkt_dataset *dataset;
    struct mkt_sheet sheet;
    struct mkt_err err = {0};
    struct mkt_args args = {{0}};
    struct mkt_dataset_options options = {.threads = threads};
    double start = now();
    if (mkt_arena_open(&arena, (size_t)1 << 30, &err) != MKT_OK ||
        mkt_dataset_open(folder, &options, &dataset, &err) != MKT_OK)
        stop(err.text);
    double middle = now();
    mkt_sheet_init(&sheet, &arena);
    struct mkt_run run = {
        .arena = &arena, .dataset = dataset, .analysis = &row, .args = &args, .threads = threads};
    if (mkt_unit_economics_run(&run, &sheet, &err) != MKT_OK) stop(err.text);
    if (!mkt_sheet_fact(&sheet, "total.npv")) stop("there is no NPV: the benchmark is wrong");
    double done = now();
    if (done - start < *whole) *whole = done - start;
    if (done - middle < *answer) *answer = done - middle;
    mkt_dataset_close(dataset);
    mkt_arena_close(&arena);
}

int main(int argc, char **argv)
{
    long orders = argc > 1 ? atol(argv[1]) : 10000000;
    int threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    char folder[64], path[96];
    static char first[400], age[1500], calendar[1500], paid[1500];
    snprintf(folder, sizeof folder, "/tmp/mkt-bench-economics-%d", (int)getpid());
    if (mkdir(folder, 0700) != 0) stop("cannot make a folder in /tmp");
    make_files(folder, orders);
    snprintf(first, sizeof first,
             "CREATE TABLE c AS SELECT customer_id, min(date) AS s, arg_min(channel, date) AS ch "
             "FROM '%s/orders.parquet' GROUP BY 1",
             folder);
    snprintf(
        age, sizeof age,
        "SELECT ch, (date - s) * 16 // 487 AS m, sum(amount), sum(amount - cost), "
        "count(DISTINCT customer_id) FROM '%s/orders.parquet' JOIN c USING (customer_id) GROUP "
        "BY 1, 2",
        folder);
    snprintf(calendar, sizeof calendar,
             "SELECT ch, date_trunc('month', date), sum(amount), sum(amount - cost) FROM "
             "'%s/orders.parquet' JOIN c USING (customer_id) GROUP BY 1, 2",
             folder);
    snprintf(paid, sizeof paid,
             "SELECT ch, m, count(*) FROM (SELECT customer_id, ch, min(m) AS m FROM (SELECT "
             "customer_id, ch, (date - s) * 16 // 487 AS m, sum(amount - cost) OVER (PARTITION BY "
             "customer_id ORDER BY date) AS so_far FROM '%s/orders.parquet' JOIN c USING "
             "(customer_id)) WHERE so_far >= 60 GROUP BY 1, 2) GROUP BY 1, 2",
             folder);
    double peer = 1e9, whole = 1e9, answer = 1e9;
    for (int i = 0; i < RUNS; i++) {
        double start = now();
        on_duckdb((const char *const[]){first, age, calendar, paid}, 4);
        if (now() - start < peer) peer = now() - start;
        ours(folder, threads, &whole, &answer);
    }
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    printf("%ld orders, %d threads\n", orders, threads);
    printf("  DuckDB, the sums alone         %6.2f s\n", peer);
    printf("  unit_economics, all of it      %6.2f s, of which after opening %.2f s\n", whole,
           answer);
    printf("  ratio                          %6.2f times as fast; both together at most %ld MB\n",
           peer / whole, u.ru_maxrss / 1024);
    snprintf(path, sizeof path, "%s/orders.parquet", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/performance.csv", folder);
    unlink(path);
    rmdir(folder);
    return 0;
}
