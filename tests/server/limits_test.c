#include "server/fixture.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#define HOLD "/api/v1/analyses/hold"
#define INLINE "{\"csv\":\"date,channel,spend\\n2025-01-01,a,1\\n\"}"

static void a_body_too_large(void **state)
{
    (void)state;
    fixture.settings.body_kb = 4;
    fixture_start();
    static char big[3 << 20];
    memset(big, ' ', sizeof big);
    /* announced: refused before it is read */
    expect(client_ask_with(fixture.port, "POST", HOLD, "Content-Type: application/json\r\n", big,
                           5000),
           413, "too_large");
    int fd = client_connect(fixture.port);
    client_say(fd, "POST " HOLD " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n"
                   "Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n");
    expect(client_read(fd), 413, "9000000 bytes");
    close(fd);
    /* not announced: counted as it comes */
    fd = client_connect(fixture.port);
    client_say(fd, "POST " HOLD " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                   "Content-Type: application/json\r\n\r\n");
    for (int i = 0; i < 40; i++) {
        client_say(fd, "400\r\n");
        client_send(fd, big, 0x400);
        client_say(fd, "\r\n");
    }
    client_say(fd, "0\r\n\r\n");
    expect(client_read(fd), 413, "larger than the allowed 4 KB");
    close(fd);
    expect(client_ask(fixture.port, "GET", "/ready", NULL), 200, "true");
}

static void an_upload_too_large(void **state)
{
    (void)state;
    fixture.settings.upload_mb = 1;
    fixture_start();
    char *big = malloc(2 << 20);
    assert_non_null(big);
    memset(big, 'x', 2 << 20);
    int fd = client_connect(fixture.port);
    client_say(fd, "PUT /api/v1/datasets/big HTTP/1.1\r\nHost: localhost\r\n"
                   "Expect: 100-continue\r\nContent-Length: 2097152\r\n\r\n");
    expect(client_read(fd), 413, "at most 1 MB");
    close(fd);
    fd = client_connect(fixture.port);
    client_say(fd, "PUT /api/v1/datasets/big HTTP/1.1\r\nHost: localhost\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n200000\r\n");
    client_send(fd, big, 2 << 20);
    client_say(fd, "\r\n0\r\n\r\n");
    expect(client_read(fd), 413, "larger than the allowed 1 MB");
    close(fd);
    free(big);
    expect(client_ask(fixture.port, "GET", "/api/v1/datasets", NULL), 200, "{\"datasets\":[]}");
}

static void an_upload_larger_than_the_disk(void **state)
{
    (void)state;
    struct rlimit old, small;
    char *csv = fixture_table_csv();
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 2048;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    fixture_start();
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct reply r =
        client_ask_with(fixture.port, "PUT", "/api/v1/datasets/full", "", csv, strlen(csv));
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, handler);
    expect(r, 507, "no_space");
    free(csv);
    expect(client_ask(fixture.port, "GET", "/api/v1/datasets", NULL), 200, "{\"datasets\":[]}");
    fixture_put_shop(); /* and goes on when there is room again */
}

static void json_too_deep_or_too_much(void **state)
{
    (void)state;
    char deep[400];
    fixture_start();
    snprintf(deep, sizeof deep, "{\"table\":%.40s%.40s}",
             "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
             "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
    expect(client_ask(fixture.port, "POST", HOLD, deep), 400, "32 levels");
    char *many = malloc(1200010);
    assert_non_null(many);
    strcpy(many, "{\"x\":[1");
    for (size_t at = 7; at < 1200000; at += 2) memcpy(many + at, ",1", 3);
    strcat(many, "]}");
    expect(client_ask(fixture.port, "POST", HOLD, many), 413, "500000 values");
    free(many);
    expect(client_ask(fixture.port, "POST", HOLD, "{\"csv\":\"\xFF\"}"), 400, "not UTF-8");
    expect(client_ask_with(fixture.port, "POST", HOLD, "Content-Type: application/json\r\n",
                           "{\"csv\":\0\"\"}", 11),
           400, "NUL");
}

static void a_header_too_large(void **state)
{
    (void)state;
    char *header = malloc(70000);
    assert_non_null(header);
    fixture_start();
    strcpy(header, "X-Large: ");
    memset(header + 9, 'x', 20000);
    strcpy(header + 20009, "\r\n");
    expect(client_ask_with(fixture.port, "GET", "/ready", header, NULL, 0), 431, "20");
    memset(header + 9, 'y', 65000);
    strcpy(header + 65009, "\r\n");
    struct reply r = client_ask_with(fixture.port, "GET", "/ready", header, NULL, 0);
    expect_status(r, 431);
    reply_free(&r);
    free(header);
}

static void methods_and_types(void **state)
{
    (void)state;
    char value[256];
    fixture_start();
    struct reply r = client_ask(fixture.port, "DELETE", "/api/v1/analyses/roi", NULL);
    expect_status(r, 405);
    assert_string_equal(reply_header(&r, "Allow", value), "POST");
    reply_free(&r);
    r = client_ask(fixture.port, "POST", "/api/v1/datasets/shop", "{}");
    expect_status(r, 405);
    assert_string_equal(reply_header(&r, "Allow", value), "GET, HEAD, PUT, DELETE");
    reply_free(&r);
    expect(
        client_ask_with(fixture.port, "POST", HOLD, "Content-Type: application/xml\r\n", "<a/>", 4),
        415, "unsupported_type");
    expect(client_ask_with(fixture.port, "PUT", "/api/v1/datasets/a", "Content-Type: image/png\r\n",
                           "x", 1),
           415, "unsupported_type");
    expect(client_ask(fixture.port, "GET", "/api/v1/analyses", "{}"), 400, "takes no body");
}

static void other_hosts_and_origins(void **state)
{
    (void)state;
    fixture_start();
    static const char *const bad[] = {"Host: evil.example\r\n\r\n",
                                      "Host: localhost.evil.example\r\n\r\n",
                                      "Host: localhost\r\nOrigin: http://evil.example\r\n\r\n",
                                      "Host: localhost\r\nOrigin: null\r\n\r\n"};
    static const char *const path[] = {"/health", "/api/v1/datasets"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (size_t p = 0; p < 2; p++) {
            int fd = client_connect(fixture.port);
            client_say(fd, "GET %s HTTP/1.1\r\nConnection: close\r\n%s", path[p], bad[i]);
            expect(client_read(fd), 403, "forbidden");
            close(fd);
        }
    int fd = client_connect(fixture.port);
    client_say(fd,
               "GET /ready HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\n\r\n",
               fixture.port, fixture.port);
    expect(client_read(fd), 200, "true");
    close(fd);
}

/* ---- time ---- */

/* True when the other side ends the connection within 20 s. */
static bool ends(int fd)
{
    struct reply r = client_read(fd);
    bool ended = r.status == 0 || r.status == 408;
    char byte;
    ended &= recv(fd, &byte, 1, MSG_DONTWAIT) <= 0;
    reply_free(&r);
    return ended;
}

static void slow_headers_are_cut(void **state)
{
    (void)state;
    fixture.settings.header_seconds = 1;
    fixture_start();
    int slow = client_connect(fixture.port), silent = client_connect(fixture.port);
    bool taken = client_say(slow, "GET /ready HTTP/1.1\r\nHost: localhost\r\nX: ");
    for (int i = 0; i < 100 && taken; i++) { /* a byte every 0.1 s: never idle for a second */
        fixture_pause(100);
        taken = client_say(slow, "x");
    }
    assert_false(taken);
    assert_true(ends(silent));
    close(slow);
    close(silent);
    expect(client_ask(fixture.port, "GET", "/ready", NULL), 200, "true");
}

static void slow_bodies_are_cut(void **state)
{
    (void)state;
    fixture.settings.body_seconds = 1;
    fixture_start();
    static const char *const request[] = {"POST " HOLD, "PUT /api/v1/datasets/slow"};
    for (size_t r = 0; r < 2; r++) {
        int fd = client_connect(fixture.port);
        bool taken = client_say(fd,
                                "%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"
                                "Content-Type: application/json\r\n\r\n",
                                request[r]);
        for (int i = 0; i < 100 && taken; i++) {
            fixture_pause(100);
            taken = client_say(fd, " ");
        }
        assert_false(taken);
        close(fd);
    }
    expect(client_ask(fixture.port, "GET", "/api/v1/datasets", NULL), 200, "{\"datasets\":[]}");
}

static void no_answer_in_time(void **state)
{
    (void)state;
    fixture.settings.run_seconds = 1;
    fixture_start();
    expect(client_ask(fixture.port, "POST", HOLD, INLINE), 504, "within 1 seconds");
    assert_true(fixture_until(&fixture_cancelled, 1));
    /* one that does not look is answered in time too, and does no harm when it ends */
    expect(client_ask(fixture.port, "POST", "/api/v1/analyses/deaf", INLINE), 504, "timeout");
    assert_int_equal(atomic_load(&fixture_running), 1);
    atomic_store(&fixture_release, true);
    assert_true(fixture_until(&fixture_running, 0));
    expect(client_ask(fixture.port, "GET", "/ready", NULL), 200, "true");
}

static void a_client_that_goes_cancels_its_run(void **state)
{
    (void)state;
    fixture_start();
    int fd = client_connect(fixture.port);
    client_say(fd,
               "POST " HOLD " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               "Content-Length: %zu\r\n\r\n%s",
               strlen(INLINE), INLINE);
    assert_true(fixture_until(&fixture_running, 1));
    close(fd);
    assert_true(fixture_until(&fixture_cancelled, 1));
    assert_int_equal(atomic_load(&fixture_running), 0);
    bool counted = false; /* a moment after the run has ended */
    for (int i = 0; i < 1000 && !counted; i++) {
        struct reply r = client_ask(fixture.port, "GET", "/metrics", NULL);
        expect_status(r, 200);
        counted = r.body && strstr(r.body, "status=\"499\"} 1\n");
        reply_free(&r);
        if (!counted) fixture_pause(5);
    }
    assert_true(counted);
}

static void clients_that_go_during_an_upload_leave_nothing(void **state)
{
    (void)state;
    fixture_start();
    for (int i = 0; i < 20; i++) {
        int fd = client_connect(fixture.port);
        client_say(fd, "PUT /api/v1/datasets/half HTTP/1.1\r\nHost: localhost\r\n"
                       "Content-Length: 1000\r\n\r\ndate,spend\n");
        close(fd);
    }
    char command[160];
    snprintf(command, sizeof command, "test -z \"$(ls -A '%s/tmp')\"", fixture.folder.path);
    int left = 1;
    for (int i = 0; i < 1000 && left; i++) {
        fixture_pause(5);
        left = system(command);
    }
    assert_int_equal(left, 0);
    expect(client_ask(fixture.port, "GET", "/api/v1/datasets", NULL), 200, "{\"datasets\":[]}");
}

/* ---- room ---- */

static void a_full_queue_says_when_to_come_back(void **state)
{
    (void)state;
    enum { WORKERS = 2, QUEUE = 3 };
    int fd[WORKERS + QUEUE];
    char value[256];
    fixture.settings.workers = WORKERS;
    fixture.settings.queue = QUEUE;
    fixture_start();
    for (int i = 0; i < WORKERS + QUEUE; i++) {
        fd[i] = client_connect(fixture.port);
        client_say(fd[i],
                   "POST " HOLD " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                   strlen(INLINE), INLINE);
        if (i < WORKERS) assert_true(fixture_until(&fixture_running, i + 1));
    }
    struct reply r = {0};
    for (int i = 0; i < 1000 && r.status != 503; i++) { /* until the last one waits in the queue */
        reply_free(&r);
        fixture_pause(5);
        r = client_ask(fixture.port, "GET", "/ready", NULL);
    }
    expect_status(r, 503);
    reply_free(&r);
    r = client_ask(fixture.port, "POST", HOLD, INLINE);
    expect_status(r, 503);
    assert_string_equal(reply_header(&r, "Retry-After", value), "1");
    assert_non_null(strstr(r.body, "\"busy\""));
    reply_free(&r);
    /* what needs no worker is still answered */
    expect(client_ask(fixture.port, "GET", "/health", NULL), 200, "healthy");
    expect(client_ask(fixture.port, "GET", "/metrics", NULL), 200, "mkt_queue_length 3\n");
    atomic_store(&fixture_release, true);
    for (int i = 0; i < WORKERS + QUEUE; i++) {
        expect(client_read(fd[i]), 200, "\"test\"");
        close(fd[i]);
    }
}

static void connections_of_one_address(void **state)
{
    (void)state;
    fixture.settings.connections_per_ip = 3;
    fixture_start();
    int fd[3];
    for (int i = 0; i < 3; i++) {
        fd[i] = client_connect(fixture.port);
        client_say(fd[i], "GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n");
        expect(client_read(fd[i]), 200, "true");
    }
    int more = client_connect(fixture.port);
    client_say(more, "GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_true(ends(more));
    close(more);
    for (int i = 0; i < 3; i++) close(fd[i]);
    struct reply r = {0};
    for (int i = 0; i < 400 && r.status != 200; i++) {
        reply_free(&r);
        fixture_pause(5);
        r = client_ask(fixture.port, "GET", "/ready", NULL);
    }
    expect_status(r, 200);
    reply_free(&r);
}

/* All connections send at the same moment: each gets its answer. */
static void many_connections_at_once(void **state)
{
    (void)state;
    enum { MANY = 200 };
    int fd[MANY];
    fixture_start();
    for (int i = 0; i < MANY; i++) fd[i] = client_connect(fixture.port);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < MANY; i++)
            client_say(fd[i], "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        for (int i = 0; i < MANY; i++) expect(client_read(fd[i]), 200, "healthy");
    }
    for (int i = 0; i < MANY; i++) close(fd[i]);
}

static void *ask_roi(void *user)
{
    char body[128];
    for (int i = 0; i < 12; i++) {
        snprintf(body, sizeof body, "{\"dataset\":\"shop\",\"parameters\":{\"seed\":%d}}", i % 5);
        struct reply r = client_ask(fixture.port, "POST", "/api/v1/analyses/roi", body);
        if (r.status != 200 && r.status != 404) atomic_fetch_add((atomic_int *)user, 1);
        reply_free(&r);
    }
    return NULL;
}

/* Runs beside replacements and deletions of their data set: an answer, or "no data set". */
static void data_sets_change_while_they_are_used(void **state)
{
    (void)state;
    pthread_t thread[4];
    atomic_int wrong = 0;
    char *csv = fixture_table_csv();
    fixture.settings.workers = 4;
    fixture_start();
    fixture_put_shop();
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, ask_roi, &wrong), 0);
    for (int i = 0; i < 6; i++) {
        size_t n = strlen(csv) - (size_t)(i % 3) * 30;
        while (csv[n - 1] != '\n') n--;
        expect(client_ask_with(fixture.port, "PUT", "/api/v1/datasets/shop",
                               "Content-Type: text/csv\r\n", csv, n),
               201, "usable");
        if (i % 2)
            expect(client_ask(fixture.port, "DELETE", "/api/v1/datasets/shop", NULL), 204, "");
    }
    for (int i = 0; i < 4; i++) pthread_join(thread[i], NULL);
    assert_int_equal(atomic_load(&wrong), 0);
    free(csv);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        T(a_body_too_large),
        T(an_upload_too_large),
        T(an_upload_larger_than_the_disk),
        T(json_too_deep_or_too_much),
        T(a_header_too_large),
        T(methods_and_types),
        T(other_hosts_and_origins),
        T(slow_headers_are_cut),
        T(slow_bodies_are_cut),
        T(no_answer_in_time),
        T(a_client_that_goes_cancels_its_run),
        T(clients_that_go_during_an_upload_leave_nothing),
        T(a_full_queue_says_when_to_come_back),
        T(connections_of_one_address),
        T(many_connections_at_once),
        T(data_sets_change_while_they_are_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
