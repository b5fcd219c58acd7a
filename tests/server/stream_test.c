#include "server/fixture.h"

#define HOLD "/api/v1/analyses/hold"
#define INLINE "{\"csv\":\"date,channel,spend\\n2025-01-01,a,1\\n\"}"

/* Starts a job; its address is in `path`. */
static void start(const char *analysis, const char *body, char path[128])
{
    char url[128], value[256];
    snprintf(url, sizeof url, "/api/v1/analyses/%s", analysis);
    struct reply r = client_ask_with(fixture.port, "POST", url,
                                     "Content-Type: application/json\r\nPrefer: respond-async\r\n",
                                     body, strlen(body));
    expect_status(r, 202);
    snprintf(path, 128, "%.100s", reply_header(&r, "Location", value));
    assert_true(strncmp(path, "/api/v1/jobs/", 13) == 0);
    reply_free(&r);
}

static int open_events(const char *path, const char *headers)
{
    int fd = client_connect(fixture.port);
    client_say(fd, "GET %s/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", path,
               headers);
    return fd;
}

/* The positions of these words in this order. */
static void in_order(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *at = strstr(text, words[i]);
        if (!at) fail_msg("\"%s\" is not in its place in: %.800s", words[i], text);
        text = at + strlen(words[i]);
    }
}

static void wait_for_state(const char *path, const char *words)
{
    struct reply r = {0};
    for (int i = 0; i < 2000; i++) {
        reply_free(&r);
        r = client_ask(fixture.port, "GET", path, NULL);
        expect_status(r, 200);
        if (strstr(r.body, words)) break;
        fixture_pause(5);
    }
    expect(r, 200, words);
}

static void events_come_in_order_and_again(void **state)
{
    (void)state;
    static const char *const order[] = {"text/event-stream",
                                        "id: 1\n",
                                        "event: progress",
                                        "event: facts\ndata: {\"analysis_type\":\"campaign_roi\"",
                                        "event: words\ndata: {\"verdict\":\"",
                                        "event: done\ndata: {\"id\":\""};
    char path[128], value[256];
    fixture_start();
    fixture_put_shop();
    start("roi", "{\"dataset\":\"shop\"}", path);
    for (int again = 0; again < 2; again++) {
        int fd = open_events(path, "");
        struct reply r = client_read(fd);
        expect_status(r, 200);
        assert_string_equal(reply_header(&r, "Content-Type", value), "text/event-stream");
        in_order(r.text, order, sizeof order / sizeof *order);
        reply_free(&r);
        close(fd);
    }
    /* after the one that was seen last */
    int fd = open_events(path, "Last-Event-ID: 2\r\n");
    struct reply r = client_read(fd);
    assert_null(strstr(r.body, "id: 2\n"));
    assert_non_null(strstr(r.body, "id: 3\n"));
    assert_non_null(strstr(r.body, "event: done"));
    reply_free(&r);
    close(fd);
    fd = open_events(path, "Last-Event-ID: x\r\n");
    expect(client_read(fd), 400, "Last-Event-ID");
    close(fd);
}

static void a_reader_waits_for_the_end(void **state)
{
    (void)state;
    char path[128], buffer[4096];
    fixture_start();
    start("hold", INLINE, path);
    assert_true(fixture_until(&fixture_running, 1));
    int fd = open_events(path, "");
    size_t n = 0;
    while (n < sizeof buffer - 1 && !(n && strstr(buffer, "holding"))) { /* comes while it runs */
        ssize_t got = recv(fd, buffer + n, sizeof buffer - 1 - n, 0);
        assert_true(got > 0);
        n += (size_t)got;
        buffer[n] = '\0';
    }
    expect(client_ask(fixture.port, "GET", path, NULL), 200, "\"state\":\"running\"");
    struct reply r = client_ask(fixture.port, "GET", "/api/v1/jobs/x/answer", NULL);
    expect_status(r, 404);
    reply_free(&r);
    char answer[160];
    snprintf(answer, sizeof answer, "%s/answer", path);
    expect(client_ask(fixture.port, "GET", answer, NULL), 409, "it has no answer");
    atomic_store(&fixture_release, true);
    r = client_read(fd);
    assert_non_null(strstr(r.text, "event: done"));
    reply_free(&r);
    close(fd);
    expect(client_ask(fixture.port, "GET", answer, NULL), 200, "\"test\"");
}

static void delete_cancels(void **state)
{
    (void)state;
    char path[128];
    fixture_start();
    start("hold", INLINE, path);
    assert_true(fixture_until(&fixture_running, 1));
    int fd = open_events(path, "");
    expect(client_ask(fixture.port, "DELETE", path, NULL), 200, "\"id\"");
    assert_true(fixture_until(&fixture_cancelled, 1));
    struct reply r = client_read(fd);
    assert_non_null(strstr(r.text, "event: cancelled"));
    reply_free(&r);
    close(fd);
    wait_for_state(path, "\"state\":\"cancelled\"");
}

static void a_reader_that_goes_leaves_the_job(void **state)
{
    (void)state;
    char path[128];
    fixture_start();
    start("hold", INLINE, path);
    assert_true(fixture_until(&fixture_running, 1));
    for (int i = 0; i < 10; i++) {
        int fd = open_events(path, "");
        if (i % 2) fixture_pause(20);
        close(fd);
    }
    fixture_pause(300);
    assert_int_equal(atomic_load(&fixture_running), 1);
    atomic_store(&fixture_release, true);
    wait_for_state(path, "\"state\":\"done\"");
}

static int post_stream(void)
{
    int fd = client_connect(fixture.port);
    client_say(fd,
               "POST " HOLD " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
               "Content-Type: application/json\r\nAccept: text/event-stream\r\n"
               "Content-Length: %zu\r\n\r\n%s",
               strlen(INLINE), INLINE);
    return fd;
}

static void a_stream_as_the_answer_ends_with_its_client(void **state)
{
    (void)state;
    fixture_start();
    int fd = post_stream();
    assert_true(fixture_until(&fixture_running, 1));
    close(fd);
    assert_true(fixture_until(&fixture_cancelled, 1));
    fd = post_stream();
    assert_true(fixture_until(&fixture_running, 1));
    atomic_store(&fixture_release, true);
    struct reply r = client_read(fd);
    expect_status(r, 200);
    assert_non_null(strstr(r.text, "event: facts"));
    assert_non_null(strstr(r.text, "event: done"));
    reply_free(&r);
    close(fd);
}

static void a_failed_job_says_why(void **state)
{
    (void)state;
    char path[128], answer[160];
    fixture_start();
    start("roi", "{\"table\":[{\"x\":1}]}", path);
    wait_for_state(path, "\"state\":\"failed\"");
    expect(client_ask(fixture.port, "GET", path, NULL), 200, "\"error\":{\"status\":\"");
    snprintf(answer, sizeof answer, "%s/answer", path);
    expect(client_ask(fixture.port, "GET", answer, NULL), 422, "\"message\":\"");
    int fd = open_events(path, "");
    struct reply r = client_read(fd);
    assert_non_null(strstr(r.text, "event: failed"));
    reply_free(&r);
    close(fd);
}

static void what_is_wrong_with_the_request_is_said_at_once(void **state)
{
    (void)state;
    fixture_start();
    expect(client_ask(fixture.port, "POST", "/api/v1/analyses/roi",
                      "{\"dataset\":\"none\",\"async\":true}"),
           404, "no data set");
    expect(client_ask(fixture.port, "POST", "/api/v1/analyses/roi",
                      "{\"csv\":\"x\",\"async\":true,\"parameters\":{\"margin\":7}}"),
           400, "margin");
}

static void jobs_have_their_limits(void **state)
{
    (void)state;
    char path[3][128];
    fixture.settings.jobs = 2;
    fixture_start();
    start("hold", INLINE, path[0]);
    start("hold", INLINE, path[1]);
    expect(client_ask(fixture.port, "POST", HOLD,
                      "{\"async\":true,\"csv\":\"date,channel,spend\\n2025-01-01,a,1\\n\"}"),
           503, "as many as allowed");
    atomic_store(&fixture_release, true);
    wait_for_state(path[0], "\"state\":\"done\"");
    wait_for_state(path[1], "\"state\":\"done\"");
    start("hold", INLINE, path[2]); /* the oldest that has ended makes room */
    expect(client_ask(fixture.port, "GET", path[0], NULL), 404, "no job");
}

static void stopping_ends_streams_and_jobs(void **state)
{
    (void)state;
    char path[128];
    fixture_start();
    start("hold", INLINE, path);
    assert_true(fixture_until(&fixture_running, 1));
    int fd = open_events(path, "");
    fixture_pause(50);
    mkt_server_stop(fixture.server, 50);
    fixture.server = NULL;
    struct reply r = client_read(fd);
    assert_non_null(strstr(r.text, "event: cancelled"));
    reply_free(&r);
    close(fd);
    assert_int_equal(atomic_load(&fixture_cancelled), 1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        T(events_come_in_order_and_again),
        T(a_reader_waits_for_the_end),
        T(delete_cancels),
        T(a_reader_that_goes_leaves_the_job),
        T(a_stream_as_the_answer_ends_with_its_client),
        T(a_failed_job_says_why),
        T(what_is_wrong_with_the_request_is_said_at_once),
        T(jobs_have_their_limits),
        T(stopping_ends_streams_and_jobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
