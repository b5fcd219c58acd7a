/* MCP over HTTP: statuses and headers of both eras, streams, cancelling, and who is let in. */
#include <sys/stat.h>

#include "server/fixture.h"

#define V "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\""
#define META "\"_meta\":{" V ",\"io.modelcontextprotocol/clientCapabilities\":{}}"
#define BOTH "Accept: application/json, text/event-stream\r\n"
#define JSON "Content-Type: application/json\r\n" BOTH
#define MODERN(method) JSON "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: " method "\r\n"
#define CALL(rest) "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":" rest "}"
#define HOLD "\"tools/call\",\"params\":{\"name\":\"hold\",\"arguments\":{\"data\":\"shop\"}"

static struct reply post(const char *headers, const char *body)
{
    return client_ask_with(fixture.port, "POST", "/mcp", headers, body, strlen(body));
}

static int send_only(const char *headers, const char *body)
{
    int fd = client_connect(fixture.port);
    client_say(fd, "POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s", headers);
    client_say(fd, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    return fd;
}

static void the_newer_era_repeats_itself_in_the_header(void **state)
{
    (void)state;
    fixture_start();
    static const char list[] = CALL("\"tools/list\",\"params\":{" META "}");
    expect(post(MODERN("tools/list"), list), 200, "\"resultType\":\"complete\"");
    expect(post(JSON "Mcp-Method: tools/list\r\n", list), 400, "-32020");
    expect(post(MODERN("tools/call"), list), 400, "-32020");
    expect(post(JSON "MCP-Protocol-Version: 2025-11-25\r\nMcp-Method: tools/list\r\n", list), 400,
           "-32020");
    expect(post(JSON "MCP-Protocol-Version: 2031-01-01\r\nMcp-Method: tools/list\r\n",
                CALL("\"tools/list\"")),
           400, "-32022");
    expect(post(MODERN("tools/list"), CALL("\"tools/list\"")), 400, "-32602");
    expect(post(MODERN("ping"), CALL("\"ping\",\"params\":{" META "}")), 404, "-32601");
    static const char call[] =
        CALL("\"tools/call\",\"params\":{\"name\":\"datasets\",\"arguments\":{}," META "}");
    expect(post(MODERN("tools/call"), call), 400, "Mcp-Name");
    expect(post(MODERN("tools/call") "Mcp-Name: datasets\r\n", call), 200, "\"datasets\":[]");
    expect(post(MODERN("tools/call") "Mcp-Name: =?base64?ZGF0YXNldHM=?=\r\n", call), 200,
           "\"datasets\":[]");
    /* sessions are not of this era: an id that is none is not looked at */
    expect(post(MODERN("tools/list") "Mcp-Session-Id: nobody\r\n", list), 200, "tools");
}

static void the_older_era_opens_with_a_handshake(void **state)
{
    char session[256], headers[400];
    (void)state;
    fixture_start();
    struct reply r = post(JSON "Mcp-Session-Id: chosen-by-the-client\r\n",
                          CALL("\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}"));
    expect_status(r, 200);
    reply_header(&r, "Mcp-Session-Id", session);
    assert_int_equal(strlen(session), 32); /* ours, not the one that was sent */
    reply_free(&r);
    snprintf(headers, sizeof headers,
             JSON "MCP-Protocol-Version: 2025-11-25\r\nMcp-Session-Id: %.100s\r\n", session);
    expect(post(headers, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"), 202,
           "");
    expect(post(headers, CALL("\"tools/list\"")), 200, "\"tools\":[");
    expect(post(JSON, CALL("\"tools/list\"")), 200, "\"tools\":["); /* without one */
    expect(post(JSON "Mcp-Session-Id: 00112233445566778899aabbccddeeff\r\n", CALL("\"ping\"")), 404,
           "initialize");
    expect(post(headers, CALL("\"nothing\"")), 200, "-32601");
}

static void other_verbs_and_types_are_refused(void **state)
{
    (void)state;
    fixture_start();
    expect(client_ask(fixture.port, "GET", "/mcp", NULL), 405, "POST");
    expect(client_ask(fixture.port, "DELETE", "/mcp", NULL), 405, "POST");
    expect(post("Content-Type: text/csv\r\n" BOTH, CALL("\"ping\"")), 415, "application/json");
    expect(post(BOTH, CALL("\"ping\"")), 415, "application/json");
    expect(post("Content-Type: application/json\r\nAccept: text/html\r\n", CALL("\"ping\"")), 406,
           "text/event-stream");
    expect(post(JSON, "{"), 400, "-32700");
    expect(post(JSON, ""), 400, "-32700");
    expect(post(JSON, "[" CALL("\"ping\"") "]"), 400, "batches");
    char *large = malloc((size_t)70 << 10);
    assert_non_null(large);
    memset(large, ' ', (size_t)70 << 10);
    large[((size_t)70 << 10) - 1] = '\0';
    expect(post(JSON, large), 413, "65536");
    free(large);
}

static void other_origins_are_refused(void **state)
{
    char path[128], headers[400], origin[200];
    (void)state;
    fixture_start();
    expect(post(JSON "Origin: http://evil.example\r\n", CALL("\"ping\"")), 403, "origin");
    expect(post(JSON "Origin: null\r\n", CALL("\"ping\"")), 403, "origin");
    fixture_stop();
    /* with tokens, too */
    snprintf(path, sizeof path, "%s/tokens", fixture.folder.path);
    assert_int_equal(temp_folder_write(path, "0123456789abcdef0123456789abcdef\n"), 0);
    chmod(path, 0600);
    fixture.settings.tokens_file = path;
    fixture_start();
#define TOKEN "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n"
    expect(post(JSON, CALL("\"ping\"")), 401, "token");
    expect(post(JSON TOKEN, CALL("\"ping\"")), 200, "\"result\":{}");
    expect(post(JSON TOKEN "Origin: https://evil.example\r\n", CALL("\"ping\"")), 403, "origin");
    snprintf(origin, sizeof origin, JSON TOKEN "Origin: https://localhost\r\n");
    expect(post(origin, CALL("\"ping\"")), 200, "\"result\":{}");
    /* a session is its token's */
    struct reply r =
        post(JSON TOKEN, CALL("\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}"));
    char session[256];
    reply_header(&r, "Mcp-Session-Id", session);
    reply_free(&r);
    snprintf(headers, sizeof headers, JSON TOKEN "Mcp-Session-Id: %.100s\r\n", session);
    expect(post(headers, CALL("\"ping\"")), 200, "\"result\":{}");
}

static void a_call_gives_what_rest_gives(void **state)
{
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
    assert_true(asprintf(&wanted, "\"structuredContent\":%s,\"isError\":false", rest.body) > 0);
    expect(post(JSON, CALL("\"tools/call\",\"params\":{\"name\":\"roi\",\"arguments\":{\"data\":"
                           "\"shop\",\"margin\":0.4}}")),
           200, wanted);
    free(wanted);
    reply_free(&rest);
    expect(
        post(JSON, CALL("\"resources/read\",\"params\":{\"uri\":\"marketing://datasets/shop\"}")),
        200, "\\\"usable\\\":true");
    expect(post(JSON, CALL("\"resources/read\",\"params\":{\"uri\":\"marketing://datasets/UP\"}")),
           200, "-32002");
}

static void progress_comes_as_a_stream(void **state)
{
    char value[256];
    (void)state;
    fixture_start();
    fixture_put_shop();
    int fd = send_only(JSON, CALL(HOLD ",\"_meta\":{\"progressToken\":5}}"));
    assert_true(fixture_until(&fixture_running, 1));
    fixture_pause(50);
    atomic_store(&fixture_release, true);
    struct reply r = client_read(fd);
    close(fd);
    expect_status(r, 200);
    assert_string_equal(reply_header(&r, "Content-Type", value), "text/event-stream");
    assert_string_equal(reply_header(&r, "X-Accel-Buffering", value), "no");
    assert_null(strstr(r.body, "id: ")); /* nobody can come back to it */
    const char *notice = strstr(r.body, "event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":"
                                        "\"notifications/progress\"");
    const char *answer = strstr(r.body, "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,"
                                        "\"result\":{\"content\"");
    assert_non_null(answer);
    assert_true(notice && notice < answer);
    assert_null(strstr(r.body, "event: done"));
    reply_free(&r);
    /* who takes nothing else has a stream of one message */
    r = post("Content-Type: application/json\r\nAccept: text/event-stream\r\n", CALL(HOLD "}"));
    expect_status(r, 200);
    assert_string_equal(reply_header(&r, "Content-Type", value), "text/event-stream");
    reply_free(&r);
    /* who takes no stream has none, and no progress */
    r = post("Content-Type: application/json\r\nAccept: application/json\r\n",
             CALL(HOLD ",\"_meta\":{\"progressToken\":5}}"));
    assert_string_equal(reply_header(&r, "Content-Type", value), "application/json");
    expect(r, 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\"");
}

static void hanging_up_cancels_in_the_newer_era(void **state)
{
    (void)state;
    fixture_start();
    fixture_put_shop();
    int fd =
        send_only(MODERN("tools/call") "Mcp-Name: hold\r\n",
                  CALL(HOLD ","
                            "\"_meta\":{" V ",\"io.modelcontextprotocol/clientCapabilities\":{},"
                            "\"progressToken\":1}}"));
    assert_true(fixture_until(&fixture_running, 1));
    close(fd);
    assert_true(fixture_until(&fixture_cancelled, 1));
    fd = send_only(MODERN("tools/call") "Mcp-Name: hold\r\n", CALL(HOLD "," META "}"));
    assert_true(fixture_until(&fixture_running, 1));
    close(fd);
    assert_true(fixture_until(&fixture_cancelled, 2));
}

static void a_notice_cancels_within_its_session(void **state)
{
    char session[256], headers[400], others[400], streamed[256];
    (void)state;
    fixture_start();
    fixture_put_shop();
    for (int i = 0; i < 2; i++) {
        struct reply r =
            post(JSON, CALL("\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}"));
        reply_header(&r, "Mcp-Session-Id", session);
        reply_free(&r);
        snprintf(i ? headers : others, sizeof headers, JSON "Mcp-Session-Id: %.100s\r\n", session);
    }
    static const char cancel[] = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
                                 "\"params\":{\"requestId\":1}}";
    for (int stream = 0; stream < 2; stream++) {
        int before = atomic_load(&fixture_cancelled);
        snprintf(streamed, sizeof streamed, CALL(HOLD "%s}"),
                 stream ? ",\"_meta\":{\"progressToken\":1}" : "");
        int fd = send_only(headers, streamed);
        assert_true(fixture_until(&fixture_running, 1));
        expect(post(others, cancel), 202, ""); /* another's */
        expect(post(JSON, cancel), 202, "");   /* nobody's */
        fixture_pause(50);
        assert_int_equal(atomic_load(&fixture_running), 1);
        expect(post(headers, cancel), 202, "");
        assert_true(fixture_until(&fixture_cancelled, before + 1));
        struct reply r = client_read(fd);
        assert_null(strstr(r.body ? r.body : "", "\"result\""));
        reply_free(&r);
        close(fd);
    }
}

/* Lists are answered when every worker is busy. */
static void listing_waits_for_no_worker(void **state)
{
    int fd[2];
    (void)state;
    fixture_start();
    fixture_put_shop();
    for (int i = 0; i < 2; i++) fd[i] = send_only(JSON, CALL(HOLD "}"));
    assert_true(fixture_until(&fixture_running, 2));
    expect(post(JSON, CALL("\"tools/list\"")), 200, "\"tools\":[");
    expect(post(JSON, CALL("\"resources/list\"")), 200, "marketing://datasets/shop");
    atomic_store(&fixture_release, true);
    for (int i = 0; i < 2; i++) {
        expect(client_read(fd[i]), 200, "\"result\"");
        close(fd[i]);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_newer_era_repeats_itself_in_the_header),
        TEST(the_older_era_opens_with_a_handshake),
        TEST(other_verbs_and_types_are_refused),
        TEST(other_origins_are_refused),
        TEST(a_call_gives_what_rest_gives),
        TEST(progress_comes_as_a_stream),
        TEST(hanging_up_cancels_in_the_newer_era),
        TEST(a_notice_cancels_within_its_session),
        TEST(listing_waits_for_no_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
