/* The envelope: what is a message, what is not, and that an id comes back as it came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "wire/json_value.h"
#include "wire/jsonrpc.h"

static struct mkt_arena arena;
static struct mkt_err err;

static const struct mkt_json_limits limits = {.bytes = 4096, .depth = 8, .values = 100};

static mkt_status read_bytes(const char *text, size_t n, struct mkt_jsonrpc *out)
{
    mkt_err_clear(&err);
    mkt_arena_reset(&arena, 1 << 16);
    return mkt_jsonrpc_read(&arena, text, n, &limits, out, &err);
}

static mkt_status read_text(const char *text, struct mkt_jsonrpc *out)
{
    return read_bytes(text, strlen(text), out);
}

static void tells_requests_from_notifications_and_responses(void **state)
{
    struct mkt_jsonrpc m;
    (void)state;
    assert_int_equal(read_text("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"m\",\"params\":{}}", &m),
                     MKT_OK);
    assert_int_equal(m.kind, MKT_JSONRPC_REQUEST);
    assert_string_equal(m.method, "m");
    assert_int_equal(m.id->integer, 7);
    assert_non_null(m.params);
    assert_int_equal(read_text("{\"jsonrpc\":\"2.0\",\"method\":\"m\"}", &m), MKT_OK);
    assert_int_equal(m.kind, MKT_JSONRPC_NOTIFICATION);
    assert_null(m.id);
    assert_null(m.params);
    assert_int_equal(read_text("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", &m), MKT_OK);
    assert_int_equal(m.kind, MKT_JSONRPC_RESPONSE);
    assert_int_equal(
        read_text("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1,\"message\":\"\"}}", &m),
        MKT_OK);
    assert_int_equal(m.kind, MKT_JSONRPC_RESPONSE);
}

static void refuses_what_is_no_message(void **state)
{
    static const struct {
        const char *text;
        int code;
        const char *says;
    } cases[] = {
        {"", -32700, "JSON"},
        {"{", -32700, "JSON"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"m\"}", -32700, "line 1"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\xff\"}", -32700, "UTF-8"},
        {"{\"jsonrpc\":\"2.0\",\"id\":99999999999999999999,\"method\":\"m\"}", -32700, "line 1"},
        {"[[[[[[[[[[1]]]]]]]]]]", -32600, "deeper"},
        {"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}]", -32600, "batches"},
        {"1", -32600, "object"},
        {"{\"id\":1,\"method\":\"m\"}", -32600, "2.0"},
        {"{\"jsonrpc\":2.0,\"id\":1,\"method\":\"m\"}", -32600, "2.0"},
        {"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"m\"}", -32600, "not null"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"m\"}", -32600, "whole number"},
        {"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"m\"}", -32600, "whole number"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1}", -32600, "method"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}", -32600, "method"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"result\":1}", -32600, "method"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":[1]}", -32602, "params"},
    };
    struct mkt_jsonrpc m;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_not_equal(read_text(cases[i].text, &m), MKT_OK);
        assert_int_equal(m.code, cases[i].code);
        if (!strstr(err.text, cases[i].says)) fail_msg("%s: %s", cases[i].text, err.text);
    }
    assert_int_not_equal(read_bytes("{\"jsonrpc\":\"2.0\"\0}", 18, &m), MKT_OK);
    assert_int_equal(m.code, -32700);
}

/* The id is known even where the rest is wrong, so that the sender can tell which one it was. */
static void keeps_the_id_of_a_bad_request(void **state)
{
    struct mkt_jsonrpc m;
    (void)state;
    assert_int_not_equal(read_text("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":5}", &m), MKT_OK);
    assert_string_equal(m.id->text, "x");
}

static void bounds_ids(void **state)
{
    char text[600], id[MKT_JSONRPC_ID + 2];
    struct mkt_jsonrpc m;
    (void)state;
    memset(id, 'a', sizeof id);
    id[MKT_JSONRPC_ID] = '\0';
    snprintf(text, sizeof text, "{\"jsonrpc\":\"2.0\",\"id\":\"%s\",\"method\":\"m\"}", id);
    assert_int_equal(read_text(text, &m), MKT_OK);
    id[MKT_JSONRPC_ID] = 'a';
    id[MKT_JSONRPC_ID + 1] = '\0';
    snprintf(text, sizeof text, "{\"jsonrpc\":\"2.0\",\"id\":\"%s\",\"method\":\"m\"}", id);
    assert_int_not_equal(read_text(text, &m), MKT_OK);
    assert_int_equal(m.code, -32600);
}

static const char *fail_with(const struct mkt_value *id, const char *data)
{
    static struct mkt_buf out;
    struct mkt_json w;
    mkt_buf_init(&out, &arena);
    mkt_json_init(&w, &out);
    mkt_jsonrpc_fail(&w, id, -32602, "no \"x\"", data);
    return out.data;
}

static void writes_ids_as_they_came(void **state)
{
    struct mkt_jsonrpc m;
    (void)state;
    assert_int_equal(
        read_text("{\"jsonrpc\":\"2.0\",\"id\":9223372036854775807,\"method\":\"m\"}", &m), MKT_OK);
    assert_string_equal(
        fail_with(m.id, NULL),
        "{\"jsonrpc\":\"2.0\",\"id\":9223372036854775807,\"error\":{\"code\":-32602,"
        "\"message\":\"no \\\"x\\\"\"}}");
    assert_int_equal(read_text("{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"method\":\"m\"}", &m), MKT_OK);
    assert_string_equal(fail_with(m.id, "{\"a\":1}"),
                        "{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"error\":{\"code\":-32602,"
                        "\"message\":\"no \\\"x\\\"\",\"data\":{\"a\":1}}}");
    assert_string_equal(
        fail_with(NULL, NULL),
        "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32602,\"message\":\"no \\\"x\\\"\"}}");
}

static void compares_ids_by_type_and_value(void **state)
{
    const struct mkt_value seven = {.type = MKT_VALUE_INTEGER, .integer = 7, .number = 7},
                           text = {.type = MKT_VALUE_STRING, .text = "7"},
                           other = {.type = MKT_VALUE_STRING, .text = "8"};
    (void)state;
    assert_true(mkt_jsonrpc_same_id(&seven, &seven));
    assert_false(mkt_jsonrpc_same_id(&seven, &text));
    assert_false(mkt_jsonrpc_same_id(&text, &other));
    assert_false(mkt_jsonrpc_same_id(NULL, &text));
}

static void writes_any_value_again(void **state)
{
    static const char text[] = "{\"$schema\":\"x\",\"a\":[1,2.5,null,true,\"\\\"\"],\"b\":{\"$"
                               "schema\":\"kept\",\"c\":[]}}";
    struct mkt_value *value;
    struct mkt_buf out;
    struct mkt_json w;
    (void)state;
    mkt_arena_reset(&arena, 0);
    assert_int_equal(
        mkt_json_read_value(&arena, text, strlen(text), &mkt_json_read_limits, &value, &err),
        MKT_OK);
    mkt_buf_init(&out, &arena);
    mkt_json_init(&w, &out);
    mkt_json_value_write(&w, value, NULL);
    assert_string_equal(out.data, text);
    mkt_buf_init(&out, &arena);
    mkt_json_init(&w, &out);
    mkt_json_value_write(&w, value, "$schema");
    assert_string_equal(out.data,
                        "{\"a\":[1,2.5,null,true,\"\\\"\"],\"b\":{\"$schema\":\"kept\",\"c\":[]}}");
}

static void a_full_arena_is_an_error(void **state)
{
    static const char text[] = "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"m\",\"params\":{}}";
    struct mkt_jsonrpc m;
    (void)state;
    for (size_t k = 1;; k++) {
        mkt_arena_reset(&arena, 0);
        mkt_err_clear(&err);
        arena.fail_at = k;
        mkt_status status = mkt_jsonrpc_read(&arena, text, strlen(text), &limits, &m, &err);
        arena.fail_at = 0;
        if (status == MKT_OK) break;
        assert_int_equal(status, MKT_E_NOMEM);
        assert_int_equal(m.code, mkt_status_jsonrpc(MKT_E_NOMEM));
        assert_true(k < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_requests_from_notifications_and_responses),
        cmocka_unit_test(refuses_what_is_no_message),
        cmocka_unit_test(keeps_the_id_of_a_bad_request),
        cmocka_unit_test(bounds_ids),
        cmocka_unit_test(writes_ids_as_they_came),
        cmocka_unit_test(compares_ids_by_type_and_value),
        cmocka_unit_test(writes_any_value_again),
        cmocka_unit_test(a_full_arena_is_an_error),
    };
    if (mkt_arena_open(&arena, (size_t)4 << 20, &err) != MKT_OK) return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mkt_arena_close(&arena);
    return failed;
}
