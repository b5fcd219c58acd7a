/* Touchpoints to all models with intervals, beside DuckDB putting the paths together alone.
 *
 *     attribution [rows [times [paths]]]   10,000,000 rows of a fifth as many users (0: none); then 3
 *                                          and 10 times as many (1: no more); a tenth as many paths
 *
 * The same Parquet file, as many threads for both; the two take turns, and the least of all runs
 * counts, wall time and processor time. Then aggregated paths from CSV, beside R's
 * ChannelAttribution where it is installed. */
#include <duckdb.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "analysis/attribution.h"

#define TURNS 3

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

/* What one side took: the least of its runs, each in a process of its own so that its memory and its
 * processor time can be told. */
struct took {
    double wall, cpu, megabytes;
};

#define NONE_YET ((struct took){INFINITY, INFINITY, 0})

static double cpu_now(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

/* A turn of two runs, the first of which may have to wake things up; the least so far counts. */
static void measure(double (*once)(const char *), const char *path, struct took *took)
{
    int end[2];
    struct took run = {0};
    if (pipe(end) != 0) exit(1);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        run = NONE_YET;
        for (int i = 0; i < 2; i++) {
            double before = cpu_now(RUSAGE_SELF), wall = once(path);
            run.wall = fmin(run.wall, wall);
            run.cpu = fmin(run.cpu, cpu_now(RUSAGE_SELF) - before);
        }
        fflush(stdout);
        _exit(write(end[1], &run, sizeof run) != sizeof run);
    }
    close(end[1]);
    if (read(end[0], &run, sizeof run) != sizeof run) exit(1);
    close(end[0]);
    struct rusage usage;
    wait4(child, NULL, 0, &usage);
    took->wall = fmin(took->wall, run.wall);
    took->cpu = fmin(took->cpu, run.cpu);
    took->megabytes = fmax(took->megabytes, (double)usage.ru_maxrss / 1024);
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

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
    return x ^ x >> 31;
}

static void write_paths(const char *path, long rows)
{
    FILE *file = fopen(path, "w");
    uint64_t s = 0;
    if (!file) exit(1);
    fprintf(file, "path,total_conversions,total_conversion_value,total_null\n");
    for (long i = 0; i < rows; i++) {
        int steps = 1 + (int)(mix(s += 0x9e3779b97f4a7c15ULL) % 11);
        for (int k = 0; k < steps; k++)
            fprintf(file, "%schannel %d", k ? " > " : "",
                    (int)(mix(s += 0x9e3779b97f4a7c15ULL) % 12));
        uint64_t x = mix(s += 0x9e3779b97f4a7c15ULL);
        int conversions = (int)(x % 3);
        fprintf(file, ",%d,%d.5,%d\n", conversions, conversions * 20, (int)((x >> 20) % 7));
    }
    fclose(file);
}

/* R's ChannelAttribution over the same file; NAN where it is not installed. It is looked for where R
 * looks: R_LIBS may name a folder. */
struct peer {
    double markov, heuristics, choice;
};

/* Adds a run, with the search for the order or without, to the least so far. */
static void by_channel_attribution(const char *path, bool search, struct peer *least)
{
    char command[2048], line[256];
    snprintf(
        command, sizeof command,
        "Rscript --vanilla -e 'suppressMessages(library(ChannelAttribution)); "
        "d <- read.csv(\"%s\"); n <- \"path\"; c <- \"total_conversions\"; "
        "v <- \"total_conversion_value\"; z <- \"total_null\"; "
        "e <- function(what, x) { cat(what, system.time(x)[[\"elapsed\"]], \"\\n\"); "
        "flush(stdout()) }; "
        "e(\"markov\", markov_model(d, n, c, v, z, order = 1, ncore = 2, verbose = FALSE, "
        "flg_adv = FALSE)); e(\"heuristics\", heuristic_models(d, n, c, v, flg_adv = FALSE)); "
        "if (%s) e(\"choice\", choose_order(d, n, c, z, max_order = 10, ncore = 2, plot = FALSE, "
        "flg_adv = FALSE))' 2>/dev/null",
        path, search ? "TRUE" : "FALSE");
    FILE *r = popen(command, "r");
    while (r && fgets(line, sizeof line, r)) { /* what it does not live to tell stays unknown */
        double x;
        if (sscanf(line, "markov %lf", &x) == 1) least->markov = fmin(least->markov, x);
        if (sscanf(line, "heuristics %lf", &x) == 1) least->heuristics = fmin(least->heuristics, x);
        if (sscanf(line, "choice %lf", &x) == 1) least->choice = fmin(least->choice, x);
    }
    if (r) pclose(r);
}

static void bench_more(const char *path, long rows, long times, const struct took *once)
{
    struct took t = NONE_YET;
    write_touchpoints(path, times * rows);
    sync();
    measure(ours, path, &t);
    unlink(path);
    printf(
        "%ld touchpoints: %.2f s (cpu %.2f), %.0f MB: %.2f times as long (cpu %.2f) for %ld times "
        "as many\n",
        times * rows, t.wall, t.cpu, t.megabytes, t.wall / once->wall, t.cpu / once->cpu, times);
}

static void bench_touchpoints(const char *folder, long rows, long more)
{
    char path[160];
    snprintf(path, sizeof path, "%s/touchpoints.parquet", folder);
    write_touchpoints(path, rows);
    sync(); /* nothing is written any more while others are timed */
    struct took mine = NONE_YET, theirs = NONE_YET, five = NONE_YET;
    for (int i = 0; i < TURNS; i++) {
        measure(ours, path, &mine);
        measure(by_duckdb, path, &theirs);
        order_limit = "5"; /* as it is where nobody says otherwise */
        measure(ours, path, &five);
        order_limit = "1";
    }
    unlink(path);
    printf(
        "%ld touchpoints of %ld users: rules, Markov, Shapley, incremental with intervals %.2f s "
        "(cpu %.2f), %.0f MB; with order search to 5 %.2f s (cpu %.2f), %.0f MB; DuckDB's "
        "string_agg alone %.2f s (cpu %.2f): %.1f times as long (cpu %.1f)\n",
        rows, rows / 5, mine.wall, mine.cpu, mine.megabytes, five.wall, five.cpu, five.megabytes,
        theirs.wall, theirs.cpu, theirs.wall / mine.wall, theirs.cpu / mine.cpu);
    if (more > 3) bench_more(path, rows, 3, &mine);
    if (more > 1) bench_more(path, rows, more, &mine);
}

static void bench_paths(const char *folder, long rows)
{
    char path[160];
    snprintf(path, sizeof path, "%s/paths.csv", folder);
    write_paths(path, rows);
    sync();
    struct took one = NONE_YET, ten = NONE_YET;
    struct peer peer = {NAN, NAN, NAN};
    for (int i = 0; i < TURNS; i++) {
        order_limit = "1";
        measure(ours, path, &one);
        order_limit = "10";
        measure(ours, path, &ten);
        by_channel_attribution(path, i == 0, &peer);
    }
    unlink(path);
    printf("%ld aggregated paths: order 1 with heuristics and Shapley, file to facts %.2f s (cpu "
           "%.2f), %.0f MB; with order search to 10 %.2f s (cpu %.2f), %.0f MB\n",
           rows, one.wall, one.cpu, one.megabytes, ten.wall, ten.cpu, ten.megabytes);
    if (isnan(peer.markov))
        printf("R's ChannelAttribution is not installed (set R_LIBS to where it is)");
    else
        printf(
            "R's ChannelAttribution, table in memory: order 1 %.2f s, heuristics %.2f s: %.1f and "
            "%.1f times ours",
            peer.markov, peer.heuristics, peer.markov / one.wall, peer.heuristics / one.wall);
    if (isnan(peer.choice))
        printf("; it gives no order search to 10 here; measured on 2 cores elsewhere for 1,000,000 "
               "paths: order 1 2.74 s, order search to 10 24.7 s\n");
    else
        printf("; order search to 10 %.2f s: %.1f times ours\n", peer.choice,
               peer.choice / ten.wall);
}

int main(int argc, char **argv)
{
    long rows = argc > 1 ? atol(argv[1]) : 10000000, more = argc > 2 ? atol(argv[2]) : 10;
    long paths = argc > 3 ? atol(argv[3]) : rows / 10;
    char folder[] = "/tmp/mkt-bench-XXXXXX";
    if (!mkdtemp(folder)) return 1;
    if (rows) bench_touchpoints(folder, rows, more);
    if (paths) bench_paths(folder, paths);
    rmdir(folder);
    return 0;
}
