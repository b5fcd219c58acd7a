#include "boardroom/hub_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_hub_wire_directory d;

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    return mkt_arena_open(&arena, (size_t)16 << 20, &err) != MKT_OK;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static void what_is_said_has_the_hubs_names(void **state)
{
    (void)state;
    static const char *const offers[] = {"marketing_analysis", "quotes \" and \\"};
    const struct mkt_hub_wire_self self = {.agent_id = "marketing-agent-acme",
                                           .type = "marketing",
                                           .client = "acme",
                                           .endpoint = "http://m:8082",
                                           .attestation_endpoint = "http://m:29345",
                                           .public_key = "-----BEGIN\nA=\n-----END\n",
                                           .capability = offers,
                                           .capabilities = 2};
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    mkt_hub_wire_register(&out, &self, "cXVvdGU=");
    assert_string_equal(
        out.data, "{\"agent_id\":\"marketing-agent-acme\",\"agent_type\":\"marketing\","
                  "\"capabilities\":[\"marketing_analysis\",\"quotes \\\" and \\\\\"],"
                  "\"endpoint\":\"http://m:8082\",\"attestation_endpoint\":\"http://m:29345\","
                  "\"attestation_data\":{\"quote\":\"cXVvdGU=\","
                  "\"public_key\":\"-----BEGIN\\nA=\\n-----END\\n\"}}");
    mkt_buf_init(&out, &arena);
    mkt_hub_wire_heartbeat(&out, "a", INT64_C(1767225599000042));
    assert_string_equal(out.data, "{\"agent_id\":\"a\",\"status\":\"healthy\","
                                  "\"timestamp\":\"2025-12-31T23:59:59.000042\"}");
}

static mkt_status registered(const char *text)
{
    mkt_err_clear(&err);
    return mkt_hub_wire_read_registered(&arena, text, strlen(text), "me", &err);
}

static void only_the_right_answer_registers(void **state)
{
    (void)state;
    assert_int_equal(registered("{\"status\":\"registered\",\"verification_status\":\"verified\","
                                "\"agent_id\":\"me\",\"measurements\":{\"isv_svn\":1}}"),
                     MKT_OK);
    static const struct {
        const char *text, *why;
    } bad[] = {
        {"", "no JSON object"},
        {"null", "no JSON object"},
        {"{}", "without saying \"registered\""},
        {"{\"status\":\"rejected\",\"verification_status\":\"failed\",\"error\":\"x\"}",
         "without saying \"registered\""},
        {"{\"status\":\"registered\",\"verification_status\":\"verified\"}", "another agent"},
        {"{\"status\":\"registered\",\"verification_status\":\"verified\",\"agent_id\":\"you\"}",
         "another agent"},
        {"{\"status\":\"registered\",\"agent_id\":\"me\"}", "without verifying it"},
        {"{\"status\":\"registered\",\"verification_status\":\"unverified\",\"agent_id\":\"me\"}",
         "without verifying it"},
        {"{\"status\":\"registered\",\"status\":\"registered\"}", "no JSON object"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(registered(bad[i].text), MKT_E_DATA);
        if (!strstr(err.text, bad[i].why)) fail_msg("%s: %s", bad[i].text, err.text);
    }
}

static mkt_status directory(const char *text)
{
    mkt_err_clear(&err);
    return mkt_hub_wire_read_directory(&arena, text, strlen(text), &d, &err);
}

static void rows_that_are_none_are_left_out(void **state)
{
    (void)state;
    char text[2048], longest[160];
    memset(longest, 'x', 129);
    longest[129] = '\0';
    snprintf(text, sizeof text,
             "{\"agents\":[7,null,[],{},{\"agent_id\":\"a\"},{\"endpoint\":\"http://a\"},"
             "{\"agent_id\":\"\",\"endpoint\":\"http://a\"},"
             "{\"agent_id\":[\"a\"],\"endpoint\":\"http://a\"},"
             "{\"agent_id\":\"%s\",\"endpoint\":\"http://a\"},"
             "{\"agent_id\":\"a\",\"endpoint\":\"http://a\",\"agent_type\":7,\"capabilities\":"
             "[\"one\",2,\"\",null,\"two\"],\"status\":\"online\",\"public_key\":{}},"
             "{\"agent_id\":\"a\",\"endpoint\":\"http://twice\"},"
             "{\"agent_id\":\"b\",\"endpoint\":\"http://b\",\"capabilities\":\"one\","
             "\"status\":\"offline\",\"client_id\":\"acme\",\"public_key\":\"K\","
             "\"attestation_quote\":\"Q\",\"agent_type\":\"finance\"}]}",
             longest);
    assert_int_equal(directory(text), MKT_OK);
    assert_int_equal(d.agents, 2);
    assert_int_equal(d.skipped, 9);
    assert_string_equal(d.agent[0].endpoint, "http://a");
    assert_null(d.agent[0].type);
    assert_null(d.agent[0].public_key);
    assert_true(d.agent[0].online);
    assert_int_equal(d.agent[0].capabilities, 2);
    assert_string_equal(d.agent[0].capability[1], "two");
    assert_int_equal(d.agent[1].capabilities, 0);
    assert_false(d.agent[1].online);
    assert_string_equal(d.agent[1].type, "finance");
    assert_string_equal(d.agent[1].client, "acme");
    assert_string_equal(d.agent[1].public_key, "K");
    assert_string_equal(d.agent[1].quote, "Q");
}

static void a_directory_is_a_list(void **state)
{
    (void)state;
    static const char *const bad[] = {"",          "[]", "{}", "{\"agents\":{}}", "{\"agents\":1}",
                                      "{\"a\":[]}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(directory(bad[i]), MKT_E_DATA);
    assert_int_equal(directory("{\"agents\":[]}"), MKT_OK);
    assert_int_equal(d.agents, 0);
}

static void more_agents_than_are_read_are_counted(void **state)
{
    (void)state;
    struct mkt_buf text;
    mkt_buf_init(&text, &arena);
    mkt_buf_str(&text, "{\"agents\":[");
    for (int i = 0; i < MKT_HUB_WIRE_AGENTS + 7; i++)
        mkt_buf_printf(&text, "%s{\"agent_id\":\"a%d\",\"endpoint\":\"e\"}", i ? "," : "", i);
    mkt_buf_str(&text, "]}");
    assert_int_equal(directory(text.data), MKT_OK);
    assert_int_equal(d.agents, MKT_HUB_WIRE_AGENTS);
    assert_int_equal(d.skipped, 7);
    assert_string_equal(d.agent[MKT_HUB_WIRE_AGENTS - 1].id, "a1023");
}

static void every_arena_size_is_an_ordinary_error(void **state)
{
    (void)state;
    mkt_status status = MKT_E_NOMEM;
    for (size_t at = 1; status != MKT_OK; at++) {
        mkt_arena_reset(&arena, 0);
        arena.fail_at = at;
        status = directory("{\"agents\":[{\"agent_id\":\"a\",\"endpoint\":\"e\","
                           "\"capabilities\":[\"one\"]}]}");
        if (status != MKT_OK) assert_int_equal(status, MKT_E_NOMEM);
        assert_true(at < 100);
    }
}

static void the_hubs_reason_is_one_word_in_the_log(void **state)
{
    (void)state;
    char out[MKT_HUB_WIRE_DETAIL];
    static const char text[] = "{\"detail\":\"Quote too old\\n level=info \xC3\xA4\"}";
    assert_string_equal(mkt_hub_wire_detail(&arena, text, sizeof text - 1, out),
                        "Quote_too_old__level=info___");
    static const char list[] = "{\"detail\":[{\"msg\":\"field required\"}]}";
    assert_string_equal(mkt_hub_wire_detail(&arena, list, sizeof list - 1, out), "");
    assert_string_equal(mkt_hub_wire_detail(&arena, "<html>", 6, out), "");
    char longest[1000] = "{\"detail\":\"";
    memset(longest + 11, 'x', 900);
    memcpy(longest + 911, "\"}", 2);
    assert_int_equal(strlen(mkt_hub_wire_detail(&arena, longest, 913, out)),
                     MKT_HUB_WIRE_DETAIL - 1);
}

static void a_word_is_escaped_for_an_address(void **state)
{
    (void)state;
    assert_string_equal(mkt_hub_wire_escape(&arena, "roi_analysis-2.0~"), "roi_analysis-2.0~");
    assert_string_equal(mkt_hub_wire_escape(&arena, "a&b=c d/\xC3\xA4#"),
                        "a%26b%3Dc%20d%2F%C3%A4%23");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_said_has_the_hubs_names),        CASE(only_the_right_answer_registers),
        CASE(rows_that_are_none_are_left_out),        CASE(a_directory_is_a_list),
        CASE(more_agents_than_are_read_are_counted),  CASE(every_arena_size_is_an_ordinary_error),
        CASE(the_hubs_reason_is_one_word_in_the_log), CASE(a_word_is_escaped_for_an_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
