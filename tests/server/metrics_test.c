#include "server/fixture.h"
#include "server/metrics.h"

static const char *const names[] = {"/a", "/b"};

static char *written(struct mkt_metrics *m, struct mkt_arena *arena)
{
    struct mkt_engine *engine;
    struct mkt_err err = {0};
    struct mkt_buf text;
    struct mkt_engine_options options = {.settings = &fixture.settings, .service = true};
    if (mkt_engine_open(&options, &engine, &err) != MKT_OK) fail_msg("%s", err.text);
    mkt_buf_init(&text, arena);
    assert_int_equal(mkt_metrics_write(m, engine, 12.5, &text, &err), MKT_OK);
    mkt_engine_close(engine);
    return text.data;
}

static void has(const char *text, const char *line)
{
    if (!strstr(text, line)) fail_msg("\"%s\" is not in:\n%s", line, text);
}

static void requests_are_counted_by_route_and_status(void **state)
{
    (void)state;
    struct mkt_metrics *m;
    struct mkt_arena arena;
    assert_int_equal(mkt_arena_open(&arena, 1 << 20, &fixture_err), MKT_OK);
    assert_int_equal(mkt_metrics_open(names, 2, &m, &fixture_err), MKT_OK);
    mkt_metrics_count(m, 0, 200, 0.0004);
    mkt_metrics_count(m, 0, 200, 0.003);
    mkt_metrics_count(m, 0, 503, 100);
    mkt_metrics_count(m, 1, 418, 0.001);
    mkt_metrics_connection(m, 3);
    mkt_metrics_connection(m, -1);
    const char *text = written(m, &arena);
    has(text, "# TYPE mkt_http_requests_total counter\n");
    has(text, "mkt_http_requests_total{route=\"/a\",status=\"200\"} 2\n");
    has(text, "mkt_http_requests_total{route=\"/a\",status=\"503\"} 1\n");
    has(text, "mkt_http_requests_total{route=\"/b\",status=\"other\"} 1\n");
    /* buckets are cumulated; a bound belongs to its bucket */
    has(text, "mkt_http_request_duration_seconds_bucket{route=\"/a\",le=\"0.0005\"} 1\n");
    has(text, "mkt_http_request_duration_seconds_bucket{route=\"/a\",le=\"0.005\"} 2\n");
    has(text, "mkt_http_request_duration_seconds_bucket{route=\"/a\",le=\"60\"} 2\n");
    has(text, "mkt_http_request_duration_seconds_bucket{route=\"/a\",le=\"+Inf\"} 3\n");
    has(text, "mkt_http_request_duration_seconds_bucket{route=\"/b\",le=\"0.001\"} 1\n");
    has(text, "mkt_http_request_duration_seconds_sum{route=\"/a\"} 100.003400\n");
    has(text, "mkt_http_request_duration_seconds_count{route=\"/a\"} 3\n");
    has(text, "mkt_http_connections 2\n");
    has(text, "mkt_uptime_seconds 12.5\n");
    has(text, "mkt_workers 2\n");
    has(text, "mkt_queue_limit 64\n");
    assert_true(mkt_metrics_resident() > 100000);
    mkt_metrics_close(m);
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(requests_are_counted_by_route_and_status, fixture_set_up,
                                        fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
