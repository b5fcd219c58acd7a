#include "server/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const int status_code[] = {200, 201, 202, 204, 400, 401, 403, 404, 405, 409,
                                  413, 415, 422, 431, 499, 500, 503, 504, 507, 0};
#define CODES (sizeof status_code / sizeof *status_code) /* the last stands for all others */

static const double bound[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                               0.1,    0.25,  0.5,    1,     2.5,  10,    60};
#define BOUNDS (sizeof bound / sizeof *bound)

struct route {
    const char *name;
    atomic_uint_least64_t code[CODES];
    atomic_uint_least64_t within[BOUNDS + 1]; /* not cumulated; the last is beyond all bounds */
    atomic_uint_least64_t microseconds;
};

struct mkt_metrics {
    size_t routes;
    atomic_long connections;
    struct route route[];
};

mkt_status mkt_metrics_open(const char *const *route, size_t routes, struct mkt_metrics **out,
                            struct mkt_err *err)
{
    struct mkt_metrics *m = calloc(1, sizeof *m + routes * sizeof *m->route);
    if (!m) return mkt_err_set(err, MKT_E_NOMEM, "no memory for metrics");
    m->routes = routes;
    for (size_t i = 0; i < routes; i++) m->route[i].name = route[i];
    *out = m;
    return MKT_OK;
}

void mkt_metrics_close(struct mkt_metrics *metrics)
{
    free(metrics);
}

static void add(atomic_uint_least64_t *counter, uint64_t n)
{
    atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

static uint64_t get(atomic_uint_least64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void mkt_metrics_count(struct mkt_metrics *metrics, size_t route, int status, double seconds)
{
    struct route *r = &metrics->route[route];
    size_t code = 0, at = 0;
    while (code < CODES - 1 && status_code[code] != status) code++;
    while (at < BOUNDS && seconds > bound[at]) at++;
    add(&r->code[code], 1);
    add(&r->within[at], 1);
    add(&r->microseconds, (uint64_t)(seconds * 1e6));
}

void mkt_metrics_connection(struct mkt_metrics *metrics, int change)
{
    atomic_fetch_add_explicit(&metrics->connections, change, memory_order_relaxed);
}

size_t mkt_metrics_resident(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file) return 0;
    if (fscanf(file, "%*s %ld", &pages) != 1) pages = 0;
    fclose(file);
    return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void head(struct mkt_buf *out, const char *name, const char *type, const char *help)
{
    mkt_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void one(struct mkt_buf *out, const char *name, const char *type, const char *help, double v)
{
    head(out, name, type, help);
    mkt_buf_printf(out, "%s %.15g\n", name, v);
}

static void write_requests(struct mkt_metrics *m, struct mkt_buf *out)
{
    head(out, "mkt_http_requests_total", "counter", "Requests answered, by route and status.");
    for (size_t i = 0; i < m->routes; i++)
        for (size_t c = 0; c < CODES; c++) {
            uint64_t n = get(&m->route[i].code[c]);
            if (!n) continue;
            mkt_buf_printf(out, "mkt_http_requests_total{route=\"%s\",status=\"", m->route[i].name);
            if (status_code[c])
                mkt_buf_printf(out, "%d", status_code[c]);
            else
                mkt_buf_str(out, "other");
            mkt_buf_printf(out, "\"} %" PRIu64 "\n", n);
        }
}

static void write_durations(struct mkt_metrics *m, struct mkt_buf *out)
{
    static const char name[] = "mkt_http_request_duration_seconds";
    head(out, name, "histogram", "Time from the header of a request to the end of its answer.");
    for (size_t i = 0; i < m->routes; i++) {
        uint64_t n = 0, total = 0;
        for (size_t b = 0; b <= BOUNDS; b++) total += get(&m->route[i].within[b]);
        if (!total) continue;
        for (size_t b = 0; b < BOUNDS; b++) {
            n += get(&m->route[i].within[b]);
            mkt_buf_printf(out, "%s_bucket{route=\"%s\",le=\"%g\"} %" PRIu64 "\n", name,
                           m->route[i].name, bound[b], n);
        }
        mkt_buf_printf(out, "%s_bucket{route=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", name,
                       m->route[i].name, total);
        mkt_buf_printf(out, "%s_sum{route=\"%s\"} %.6f\n", name, m->route[i].name,
                       (double)get(&m->route[i].microseconds) / 1e6);
        mkt_buf_printf(out, "%s_count{route=\"%s\"} %" PRIu64 "\n", name, m->route[i].name, total);
    }
}

mkt_status mkt_metrics_write(struct mkt_metrics *metrics, struct mkt_engine *engine,
                             double uptime_seconds, struct mkt_buf *out, struct mkt_err *err)
{
    struct mkt_pool_stats pool, narrators = {0};
    struct mkt_cache_stats cache;
    struct mkt_opened_stats opened;
    mkt_pool_stats(engine->pool, &pool);
    if (engine->narrators) mkt_pool_stats(engine->narrators, &narrators);
    mkt_cache_stats(engine->cache, &cache);
    mkt_opened_stats(engine->opened, &opened);

    write_requests(metrics, out);
    write_durations(metrics, out);
    one(out, "mkt_http_connections", "gauge", "Open connections.",
        (double)atomic_load(&metrics->connections));
    one(out, "mkt_workers", "gauge", "Workers.", pool.workers);
    one(out, "mkt_workers_busy", "gauge", "Workers that run a request.", pool.running);
    one(out, "mkt_queue_length", "gauge", "Requests that wait for a worker.", pool.queued);
    one(out, "mkt_queue_limit", "gauge", "Requests that may wait for a worker.", pool.queue);
    one(out, "mkt_model_ready", "gauge", "1 when a language model can write the words.",
        mkt_writer_llm(engine->writer) != NULL);
    one(out, "mkt_narrations_running", "gauge", "Answers that the model writes.",
        narrators.running + narrators.queued);
    one(out, "mkt_narrations_limit", "gauge", "Answers that the model may write at once.",
        narrators.workers);
    one(out, "mkt_jobs_active", "gauge", "Jobs that wait or run.",
        (double)mkt_jobs_active(engine->jobs));
    one(out, "mkt_cache_hits_total", "counter", "Answers given from the cache.",
        (double)cache.hits);
    one(out, "mkt_cache_misses_total", "counter", "Answers that had to be computed.",
        (double)cache.misses);
    one(out, "mkt_cache_entries", "gauge", "Answers in the cache.", (double)cache.entries);
    one(out, "mkt_cache_bytes", "gauge", "Bytes in the cache.", (double)cache.bytes);
    one(out, "mkt_datasets_open", "gauge", "Registered data sets kept open.", (double)opened.open);
    one(out, "mkt_datasets_openings_total", "counter", "Registered data sets opened and summed.",
        (double)opened.openings);
    one(out, "process_resident_memory_bytes", "gauge", "Resident memory.",
        (double)mkt_metrics_resident());
    one(out, "mkt_uptime_seconds", "gauge", "Time since the start.", uptime_seconds);
    return mkt_buf_check(out, err);
}
