/* A2A over HTTP: the card and who may put what into it, streams, waiting, hanging up, and owners. */
#include <sys/stat.h>

#include "server/fixture.h"

#define JSON "Content-Type: application/json\r\n"
#define NEWER JSON "A2A-Version: 1.0\r\n"
#define RPC(method, params)                                                                        \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" method "\",\"params\":" params "}"
#define SEND(method, data, more)                                                                   \
    RPC(method, "{\"message\":{\"messageId\":\"m\",\"role\":\"ROLE_USER\",\"parts\":[{\"data\":"   \
                "{" data ",\"dataset\":\"shop\"}}]}" more "}")
#define HOLD "\"analysis\":\"hold\""
#define CARD "/.well-known/agent-card.json"

static struct reply post(const char *headers, const char *body)
{
    return client_ask_with(fixture.port, "POST", "/a2a", headers, body, strlen(body));
}

static struct reply get(const char *path, const char *headers)
{
    return client_ask_with(fixture.port, "GET", path, headers, NULL, 0);
}

static int send_only(const char *headers, const char *body)
{
    int fd = client_connect(fixture.port);
    client_say(fd, "POST /a2a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s", headers);
    client_say(fd, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    return fd;
}

/* {"id":"…"} of the first task in the reply, as parameters. */
static void params_of(const struct reply *r, char out[64])
{
    const char *at = strstr(r->body, "\"result\":{\"task\":{\"id\":\"");
    if (!at) fail_msg("no task in %.400s", r->text);
    snprintf(out, 64, "{\"id\":\"%.32s\"}", at + strlen("\"result\":{\"task\":{\"id\":\""));
}

static struct reply about(const char *headers, const char *method, const char *params)
{
    char body[300];
    snprintf(body, sizeof body,
             "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"%.60s\",\"params\":%.80s}", method,
             params);
    return post(headers, body);
}

/* A task that is held, without waiting for it. */
static void begin(const char *headers, char params[64])
{
    struct reply r =
        post(headers, SEND("SendMessage", HOLD, ",\"configuration\":{\"returnImmediately\":true}"));
    expect_status(r, 200);
    params_of(&r, params);
    reply_free(&r);
    assert_true(fixture_until(&fixture_running, 1));
}

static void the_card_is_for_anybody_and_may_be_kept(void **state)
{
    char path[128], tag[256], headers[400];
    (void)state;
    snprintf(path, sizeof path, "%s/tokens", fixture.folder.path);
    assert_int_equal(temp_folder_write(path, "0123456789abcdef0123456789abcdef\n"), 0);
    chmod(path, 0600);
    fixture.settings.tokens_file = path;
    fixture_start();
    expect(get(CARD, ""), 200, "\"protocolVersion\":\"0.3.0\"");
    expect(get("/.well-known/jwks.json", ""), 200, "\"crv\":\"Ed25519\"");
    expect(get(CARD, "A2A-Version: 9\r\n"), 400, "1.0 and 0.3");
    struct reply r = get(CARD, "A2A-Version: 1.0\r\n");
    expect_status(r, 200);
    assert_non_null(strstr(r.body, "\"httpAuthSecurityScheme\""));
    assert_string_equal(reply_header(&r, "Vary", tag), "A2A-Version");
    assert_string_equal(reply_header(&r, "Cache-Control", tag), "public, max-age=3600");
    reply_header(&r, "ETag", tag);
    reply_free(&r);
    snprintf(headers, sizeof headers, "A2A-Version: 1.0\r\nIf-None-Match: %.100s\r\n", tag);
    r = get(CARD, headers);
    expect_status(r, 304);
    assert_int_equal(r.body_length, 0);
    reply_free(&r);
    snprintf(headers, sizeof headers, "If-None-Match: %.100s\r\n", tag); /* of the other card */
    expect(get(CARD, headers), 200, "\"signatures\":[");
    expect(post(NEWER, RPC("ListTasks", "{}")), 401, "token"); /* but the tasks are not */
}

/* With tokens any Host is served, so any proxy may stand before it. */
static void no_request_changes_what_is_signed(void **state)
{
    static const char *const poison[] = {
        "Host: evil.example\r\n", "Host: localhost\r\nX-Forwarded-Host: evil.example\r\n",
        "Host: localhost\r\nForwarded: host=evil.example;proto=https\r\n",
        "Host: localhost\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 1\r\n"};
    char path[128];
    (void)state;
    snprintf(path, sizeof path, "%s/tokens", fixture.folder.path);
    assert_int_equal(temp_folder_write(path, "0123456789abcdef0123456789abcdef\n"), 0);
    chmod(path, 0600);
    fixture.settings.tokens_file = path;
    fixture.settings.advertise = "https://agents.example.com/marketing/";
    fixture_start();
    struct reply plain = get(CARD, "A2A-Version: 1.0\r\n");
    expect_status(plain, 200);
    assert_non_null(strstr(plain.body, "\"url\":\"https://agents.example.com/marketing/a2a\""));
    for (size_t i = 0; i < sizeof poison / sizeof *poison; i++) {
        int fd = client_connect(fixture.port);
        client_say(fd, "GET " CARD " HTTP/1.1\r\n%sA2A-Version: 1.0\r\nConnection: close\r\n\r\n",
                   poison[i]);
        struct reply r = client_read(fd);
        close(fd);
        expect_status(r, 200);
        assert_string_equal(r.body, plain.body);
        reply_free(&r);
    }
    reply_free(&plain);
}

static void an_address_that_is_none_is_refused_at_the_start(void **state)
{
    static const char *const bad[] = {
        "agents.example.com",     "ftp://a.example",           "http://",
        "https://a.example/?x=1", "https://a.example/\"},{\"", "https://user@a.example"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fixture.settings.advertise = bad[i];
        assert_int_equal(fixture_try_start(), MKT_E_ARG);
        assert_non_null(strstr(fixture_err.text, "ADVERTISE_URL"));
    }
}

static void who_waits_gets_the_whole_task(void **state)
{
    char value[256];
    (void)state;
    fixture_start();
    fixture_put_shop();
    struct reply rest = client_ask(fixture.port, "POST", "/api/v1/analyses/roi",
                                   "{\"dataset\":\"shop\",\"parameters\":{\"margin\":0.4}}");
    expect_status(rest, 200);
    char *end = strchr(rest.body, '\n');
    assert_non_null(end);
    *end = '\0';
    char *wanted = NULL;
    assert_true(asprintf(&wanted, "{\"data\":%s,\"mediaType\":\"application/json\"}", rest.body) >
                0);
    struct reply r = post(
        NEWER, SEND("SendMessage", "\"analysis\":\"roi\",\"parameters\":{\"margin\":0.4}", ""));
    assert_string_equal(reply_header(&r, "Content-Type", value), "application/json");
    expect(r, 200, wanted); /* the very bytes */
    free(wanted);
    reply_free(&rest);
    int fd = send_only(NEWER, SEND("SendMessage", HOLD, ""));
    assert_true(fixture_until(&fixture_running, 1));
    fixture_pause(50);
    atomic_store(&fixture_release, true);
    r = client_read(fd);
    close(fd);
    expect(r, 200, "\"state\":\"TASK_STATE_COMPLETED\"");
}

/* The whole log. */
static char *read_log(void)
{
    char path[200];
    static char text[1 << 16];
    snprintf(path, sizeof path, "%s/audit.jsonl", fixture.folder.path);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return text;
}

/* What leaves is in the log; what cannot be brought there does not leave. */
static void answers_are_in_the_audit_log(void **state)
{
    static const char body[] = SEND("SendMessage", "\"analysis\":\"roi\"", "");
    char request[MKT_SHA256_TEXT], answer[MKT_SHA256_TEXT], words[400], path[200];
    struct mkt_err err = {0};
    (void)state;
    fixture_start();
    fixture_put_shop();
    struct reply rest =
        client_ask(fixture.port, "POST", "/api/v1/analyses/roi", "{\"dataset\":\"shop\"}");
    expect_status(rest, 200);
    assert_int_equal(mkt_hash_bytes(rest.body, rest.body_length, answer, &err), MKT_OK);
    assert_int_equal(mkt_hash_bytes(body, strlen(body), request, &err), MKT_OK);
    reply_free(&rest);
    expect(post(NEWER, body), 200, "TASK_STATE_COMPLETED");
    snprintf(words, sizeof words,
             "\"kind\":\"a2a\",\"peer\":\"local\",\"peer_key\":\"\","
             "\"request\":\"%s\",\"answer\":\"%s\"",
             request, answer);
    const char *log = read_log();
    if (!strstr(log, words)) fail_msg("%s is not in %s", words, log);
    snprintf(path, sizeof path, "%s/audit.jsonl", fixture.folder.path);
    assert_int_equal(unlink(path), 0);
    struct reply r = post(NEWER, body);
    expect_status(r, 200);
    assert_non_null(strstr(r.body, "TASK_STATE_FAILED"));
    assert_non_null(strstr(r.body, "cannot be written to the audit log"));
    assert_null(strstr(r.body, "\"facts\""));
    reply_free(&r);
}

static void a_stream_is_one_of_events(void **state)
{
    char value[256];
    (void)state;
    fixture_start();
    fixture_put_shop();
    int fd = send_only(NEWER, SEND("SendStreamingMessage", HOLD, ""));
    assert_true(fixture_until(&fixture_running, 1));
    fixture_pause(50);
    atomic_store(&fixture_release, true);
    struct reply r = client_read(fd);
    close(fd);
    expect_status(r, 200);
    assert_string_equal(reply_header(&r, "Content-Type", value), "text/event-stream");
    assert_string_equal(reply_header(&r, "X-Accel-Buffering", value), "no");
    const char *first =
        strstr(r.body, "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"task\":{");
    const char *last = strstr(r.body, "\"state\":\"TASK_STATE_COMPLETED\"");
    assert_true(first && last && first < last);
    reply_free(&r);
    /* a task of which nothing more will happen: one event */
    r = post(NEWER, SEND("SendStreamingMessage", "\"analysis\":\"nothing\"", ""));
    assert_string_equal(reply_header(&r, "Content-Type", value), "text/event-stream");
    expect(r, 200, "TASK_STATE_REJECTED");
}

static void hanging_up_cancels_nothing(void **state)
{
    char params[64];
    (void)state;
    fixture.settings.cache_mb = 0; /* the same is asked twice */
    fixture_start();
    fixture_put_shop();
    for (int stream = 0; stream < 2; stream++) {
        int fd = send_only(NEWER, stream ? SEND("SendStreamingMessage", HOLD, "")
                                         : SEND("SendMessage", HOLD, ""));
        assert_true(fixture_until(&fixture_running, 1));
        close(fd);
        fixture_pause(150);
        assert_int_equal(atomic_load(&fixture_running), 1);
        assert_int_equal(atomic_load(&fixture_cancelled), 0);
        struct reply r = post(NEWER, RPC("ListTasks", "{\"status\":\"TASK_STATE_WORKING\"}"));
        const char *id = strstr(r.body, "\"tasks\":[{\"id\":\"");
        assert_non_null(id);
        snprintf(params, sizeof params, "{\"id\":\"%.32s\"}", id + strlen("\"tasks\":[{\"id\":\""));
        reply_free(&r);
        atomic_store(&fixture_release, true);
        assert_true(fixture_until(&fixture_running, 0));
        fixture_pause(50);
        expect(about(NEWER, "GetTask", params), 200, "TASK_STATE_COMPLETED");
        atomic_store(&fixture_release, false);
    }
}

static void cancelling_stops_the_work(void **state)
{
    char params[64];
    (void)state;
    fixture_start();
    fixture_put_shop();
    begin(NEWER, params);
    char body[200];
    snprintf(body, sizeof body,
             "{\"jsonrpc\":\"2.0\",\"id\":\"s\",\"method\":\"SubscribeToTask\",\"params\":%s}",
             params);
    int fd = send_only(NEWER, body);
    fixture_pause(50);
    expect(about(NEWER, "CancelTask", params), 200, "\"state\":\"TASK_STATE_CANCELED\"");
    assert_true(fixture_until(&fixture_cancelled, 1));
    struct reply r = client_read(fd);
    close(fd);
    expect(r, 200, "\"id\":\"s\",\"result\":{\"statusUpdate\"");
    expect(about(NEWER, "CancelTask", params), 200, "-32002");
    expect(about(NEWER, "SubscribeToTask", params), 200, "-32004");
}

/* Any number may follow one task, in either version, and each gets all of it. */
static void many_follow_one_task(void **state)
{
    enum { READERS = 12 };
    char params[64], body[200];
    int fd[READERS];
    (void)state;
    fixture_start();
    fixture_put_shop();
    begin(NEWER, params);
    for (int i = 0; i < READERS; i++) {
        snprintf(body, sizeof body,
                 "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}", i,
                 i % 2 ? "SubscribeToTask" : "tasks/resubscribe", params);
        fd[i] = send_only(i % 2 ? NEWER : JSON, body);
    }
    fixture_pause(100);
    close(fd[3]); /* one of them goes */
    atomic_store(&fixture_release, true);
    for (int i = 0; i < READERS; i++) {
        if (i == 3) continue;
        struct reply r = client_read(fd[i]);
        close(fd[i]);
        char wanted[60];
        snprintf(wanted, sizeof wanted, "\"id\":%d,\"result\":{%s", i,
                 i % 2 ? "\"artifactUpdate\"" : "\"kind\":\"artifact-update\"");
        expect_status(r, 200);
        assert_non_null(strstr(r.body, i % 2 ? "TASK_STATE_COMPLETED" : "\"final\":true"));
        expect(r, 200, wanted);
    }
}

static void tasks_belong_to_the_token_that_made_them(void **state)
{
#define ANNA NEWER "Authorization: Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
#define BERT NEWER "Authorization: Bearer bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n"
    char path[128], params[64];
    (void)state;
    snprintf(path, sizeof path, "%s/tokens", fixture.folder.path);
    assert_int_equal(temp_folder_write(path, "anna:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
                                             "bert:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"),
                     0);
    chmod(path, 0600);
    fixture.settings.tokens_file = path;
    fixture_start();
    char *csv = fixture_table_csv();
    expect(client_ask_with(fixture.port, "PUT", "/api/v1/datasets/shop",
                           "Content-Type: text/csv\r\nAuthorization: Bearer "
                           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
                           csv, strlen(csv)),
           201, "\"usable\":true");
    free(csv);
    begin(ANNA, params);
    expect(about(BERT, "GetTask", params), 200, "-32001");
    expect(about(BERT, "CancelTask", params), 200, "-32001");
    expect(about(BERT, "SubscribeToTask", params), 200, "-32001");
    expect(post(BERT, RPC("ListTasks", "{}")), 200, "\"totalSize\":0");
    expect(about(ANNA, "GetTask", params), 200, "TASK_STATE_WORKING");
    expect(about(ANNA, "CancelTask", params), 200, "TASK_STATE_CANCELED");
}

static void who_and_what_is_not_let_in(void **state)
{
    (void)state;
    fixture_start();
    static const char list[] = RPC("ListTasks", "{}");
    expect(post(NEWER "Origin: http://evil.example\r\n", list), 403, "origin");
    expect(post(NEWER "Origin: null\r\n", list), 403, "origin");
    expect(get(CARD, "Origin: http://evil.example\r\n"), 403, "origin");
    expect(post("Content-Type: text/csv\r\n", list), 415, "application/json");
    expect(post("A2A-Version: 1.0\r\n", list), 415, "application/json");
    expect(get("/a2a", ""), 405, "POST");
    expect(post(NEWER, "{"), 400, "-32700");
    expect(post(JSON "A2A-Version: 7.0\r\n", list), 400, "-32009");
    expect(post(NEWER, "{\"jsonrpc\":\"2.0\",\"method\":\"ListTasks\"}"), 202, "");
    /* the same of a body that a worker reads */
    size_t n = (size_t)100 << 10;
    char *large = malloc(n);
    assert_non_null(large);
    memset(large, ' ', n);
    memcpy(large, list, strlen(list));
    large[n - 1] = '\0';
    expect(post(NEWER "Origin: http://evil.example\r\n", large), 403, "origin");
    expect(post(JSON "A2A-Version: 7.0\r\n", large), 400, "-32009");
    expect(post(NEWER, large), 200, "\"nextPageToken\":\"\"");
    free(large);
}

/* A full service says so; what it has begun stays. */
static void busy_is_an_answer(void **state)
{
    char params[64];
    (void)state;
    fixture.settings.jobs = 2;
    fixture_start();
    fixture_put_shop();
    begin(NEWER, params);
    expect(
        post(NEWER, SEND("SendMessage", HOLD, ",\"configuration\":{\"returnImmediately\":true}")),
        200, "TASK_STATE_");
    struct reply r = post(NEWER, SEND("SendMessage", HOLD, ""));
    char value[256];
    assert_string_equal(reply_header(&r, "Retry-After", value), "1");
    expect(r, 503, "\"error\"");
    expect(about(NEWER, "GetTask", params), 200, "TASK_STATE_WORKING");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_card_is_for_anybody_and_may_be_kept),
        TEST(no_request_changes_what_is_signed),
        TEST(an_address_that_is_none_is_refused_at_the_start),
        TEST(who_waits_gets_the_whole_task),
        TEST(answers_are_in_the_audit_log),
        TEST(a_stream_is_one_of_events),
        TEST(hanging_up_cancels_nothing),
        TEST(cancelling_stops_the_work),
        TEST(many_follow_one_task),
        TEST(tasks_belong_to_the_token_that_made_them),
        TEST(who_and_what_is_not_let_in),
        TEST(busy_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
