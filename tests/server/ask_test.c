/* POST /api/v1/ask: a question in words over HTTP. */
#include "server/fixture.h"

#define ASK "/api/v1/ask"

static void a_question_is_answered(void **state)
{
    (void)state;
    fixture_start();
    fixture_put_shop();
    int p = fixture.port;
    const char *body = "{\"dataset\":\"shop\",\"question\":\"ROAS of search in March 2025?\"}";
    expect(client_ask(p, "POST", ASK, body), 200,
           "\"status\":\"answered\",\"question\":\"ROAS of search in March 2025?\"");
    expect(client_ask(p, "POST", ASK, body), 200, "\"parameters\":{\"period\":\"2025-03\"}");
    expect(client_ask(p, "POST", ASK, body), 200, "\"cites\":[\"search.roas\"]");
}

static void a_table_may_come_with_it(void **state)
{
    (void)state;
    fixture_start();
    expect(client_ask(fixture.port, "POST", ASK,
                      "{\"question\":\"What did we spend?\",\"csv\":\"date,channel,spend,revenue\\n"
                      "2025-01-01,a,10,20\\n2025-01-02,a,10,30\\n\"}"),
           200, "\"reply\":\"Spend was 20.00");
}

static void a_job_and_its_events(void **state)
{
    (void)state;
    fixture_start();
    fixture_put_shop();
    const char *body = "{\"dataset\":\"shop\",\"question\":\"What is our ROAS?\",\"async\":true}";
    expect(client_ask(fixture.port, "POST", ASK, body), 202, "\"analysis\":\"ask\"");
}

static void bad_requests_are_refused(void **state)
{
    static char long_body[5200];
    (void)state;
    fixture_start();
    fixture_put_shop();
    int p = fixture.port;
    expect(client_ask(p, "POST", ASK, "{\"dataset\":\"shop\"}"), 400, "no question");
    expect(client_ask(p, "POST", ASK, "{\"question\":\"What is our ROAS?\"}"), 400, "no data");
    expect(client_ask(p, "POST", ASK, "{\"dataset\":\"none\",\"question\":\"ROAS?\"}"), 404,
           "no data set");
    expect(client_ask(p, "POST", ASK, "{\"dataset\":\"shop\",\"question\":\"\"}"), 400, "empty");
    expect(client_ask(p, "POST", ASK, "{\"dataset\":\"shop\",\"question\":7}"), 400,
           "\\\"question\\\" must be a string");
    expect(client_ask(p, "POST", ASK, "{\"dataset\":\"shop\",\"question\":\"a\\u0000b\"}"), 400,
           "error");
    expect(client_ask(p, "POST", ASK, "{\"dataset\":\"shop\",\"question\":\"\xff\"}"), 400,
           "error");
    expect(client_ask(p, "POST", ASK,
                      "{\"dataset\":\"shop\",\"question\":\"ROAS?\",\"parameters\":{\"moon\":1}}"),
           400, "moon");
    int n = snprintf(long_body, sizeof long_body, "{\"dataset\":\"shop\",\"question\":\"");
    memset(long_body + n, 'a', 5000);
    snprintf(long_body + n + 5000, sizeof long_body - (size_t)n - 5000, "\"}");
    expect(client_ask(p, "POST", ASK, long_body), 413, "at most 4000");
    expect(client_ask(p, "POST", "/api/v1/analyses/roi",
                      "{\"dataset\":\"shop\",\"question\":\"ROAS?\"}"),
           400, "send it to /api/v1/ask");
    expect(client_ask(p, "GET", ASK, NULL), 405, "");
}

/* What is not understood is an answer too, and hostile text comes back as text. */
static void what_is_asked_back_is_shown(void **state)
{
    (void)state;
    fixture_start();
    fixture_put_shop();
    int p = fixture.port;
    expect(client_ask(p, "POST", ASK, "{\"dataset\":\"shop\",\"question\":\"Mikä on sää?\"}"), 200,
           "\"status\":\"not_understood\"");
    expect(client_ask(p, "POST", ASK,
                      "{\"dataset\":\"shop\",\"question\":\"What will our customers be worth?\"}"),
           200, "which is not here yet");
    const char *hostile = "{\"dataset\":\"shop\",\"question\":\"<script>x()</script> ROAS?\"}";
    struct reply r =
        client_ask_with(p, "POST", ASK, "Content-Type: application/json\r\nAccept: text/html\r\n",
                        hostile, strlen(hostile));
    expect_status(r, 200);
    assert_null(strstr(r.body, "<script>x()"));
    assert_non_null(strstr(r.body, "&lt;script&gt;x()"));
    reply_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_question_is_answered, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_table_may_come_with_it, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_job_and_its_events, fixture_set_up, fixture_tear_down),
        cmocka_unit_test_setup_teardown(bad_requests_are_refused, fixture_set_up,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_is_asked_back_is_shown, fixture_set_up,
                                        fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
