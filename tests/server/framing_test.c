/* Requests that a proxy in front and this service could take for different ones. */
#include "server/fixture.h"

#define JSON "Content-Type: application/json\r\n"
#define QUESTION "{\"dataset\":\"shop\"}" /* 18 bytes */
#define BEHIND "GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

/* Sends all of it on one connection; the answer is the only one, and the end of the connection. */
static void refused(const char *request, const char *words)
{
    int fd = client_connect(fixture.port);
    assert_true(fd >= 0);
    assert_true(client_send(fd, request, strlen(request)));
    struct reply r = client_read(fd);
    char byte, value[256];
    assert_string_equal(reply_header(&r, "Connection", value), "close");
    expect(r, 400, words);
    assert_true(recv(fd, &byte, 1, 0) <= 0);
    close(fd);
}

static void a_length_is_said_once(void **state)
{
    (void)state;
    fixture_start();
    const char *twice = "the length of the body is said twice";
    refused("POST /api/v1/analyses/roi HTTP/1.1\r\nHost: localhost\r\n" JSON
            "Content-Length: 18\r\nContent-Length: 5\r\n\r\n" QUESTION BEHIND,
            twice);
    refused("POST /api/v1/collaborate HTTP/1.1\r\nHost: localhost\r\n" JSON
            "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n" QUESTION
            "\r\n0\r\n\r\n" BEHIND,
            twice);
    refused("POST /mcp HTTP/1.1\r\nHost: localhost\r\n" JSON
            "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n" QUESTION
            "\r\n0\r\n\r\n" BEHIND,
            twice);
    refused("GET /health HTTP/1.1\r\nHost: localhost\r\n"
            "Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello" BEHIND,
            twice);
    refused("POST /a2a HTTP/1.1\r\nHost: localhost\r\n" JSON
            "Transfer-Encoding: gzip, chunked\r\n\r\n12\r\n" QUESTION "\r\n0\r\n\r\n" BEHIND,
            "only \\\"chunked\\\"");
}

static void there_is_one_host(void **state)
{
    (void)state;
    fixture_start();
    refused("GET /api/v1/datasets HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere.example\r\n\r\n",
            "two Host headers");
    refused("GET /health HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere.example\r\n\r\n",
            "two Host headers");
}

/* A NUL ends a text for some and not for others: in the path it hid what came after it, in the query
 * what is read as a value then lay behind the end of all values. */
static void a_nul_in_the_address_stays_as_it_came(void **state)
{
    (void)state;
    fixture_start();
    fixture_put_shop();
    expect(client_ask(fixture.port, "GET", "/api/v1/datasets/shop%00x", NULL), 400, "%00");
    expect(client_ask(fixture.port, "GET", "/api/v1/datasets%00", NULL), 404, "no such path");
    expect(client_ask(fixture.port, "GET", "/api/v1/datasets/shop?x%00margin", NULL), 400,
           "\\\"x%00margin\\\"");
    expect(client_ask(fixture.port, "GET", "/attestation?nonce%00a", NULL), 400, "nonce%00a");
    expect(client_ask(fixture.port, "GET", "/api/v1/datasets/sh%6fp", NULL), 200, "\"usable\"");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_length_is_said_once),
        CASE(there_is_one_host),
        CASE(a_nul_in_the_address_stays_as_it_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
