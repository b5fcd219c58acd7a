/* What Python's json.dumps(json.loads(text), sort_keys=True) gives, to the byte. The expected texts
 * were printed by Python 3.11. */
#include "wire/pyjson.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_arena arena;
static struct mkt_err err;
static const struct mkt_json_limits limits = {.bytes = 1 << 16, .depth = 8, .values = 1000};

static int open_arena(void **state)
{
    (void)state;
    return mkt_arena_open(&arena, (size_t)16 << 20, &err) == MKT_OK ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static mkt_status read_text(const char *text, size_t n, struct mkt_pyvalue **out)
{
    mkt_err_clear(&err);
    return mkt_pyjson_read(&arena, text, n, &limits, out, &err);
}

static const struct {
    const char *text, *python;
} same[] = {
    {"{\"b\": 1, \"a\": [true, null, 1.0], \"é\": \"ü\"}",
     "{\"a\": [true, null, 1.0], \"b\": 1, \"\\u00e9\": \"\\u00fc\"}"},
    {"{\"a\":1,\"a\":2,\"b\":{\"z\":0,\"y\":-0,\"x\":-0.0}}",
     "{\"a\": 2, \"b\": {\"x\": -0.0, \"y\": 0, \"z\": 0}}"},
    {"[1e22, 1e16, 9999999999999998.0, 123456789012345680, 1e-4, 0.00001, 1e-7, 5e-324, "
     "1.7976931348623157e308, 1e400, -1e400]",
     "[1e+22, 1e+16, 9999999999999998.0, 123456789012345680, 0.0001, 1e-05, 1e-07, 5e-324, "
     "1.7976931348623157e+308, Infinity, -Infinity]"},
    {"[12345678901234567890123456789, -1, 0, 0.1, 100.0, 1E5, 1e+2, 2.50]",
     "[12345678901234567890123456789, -1, 0, 0.1, 100.0, 100000.0, 100.0, 2.5]"},
    {"[\"\\ud83d\\ude00\", \"\\ud800\", \"\\udc00x\", \"😀\", \"\\u007f\\u001f\\n\\/\\\"\\\\\", "
     "\"\\u2028\"]",
     "[\"\\ud83d\\ude00\", \"\\ud800\", \"\\udc00x\", \"\\ud83d\\ude00\", "
     "\"\\u007f\\u001f\\n/\\\"\\\\\", \"\\u2028\"]"},
    {"{\"\\ud83d\\ude00\":1,\"\\uffff\":2,\"z\":3,\"é\":4,\"\":5}",
     "{\"\": 5, \"z\": 3, \"\\u00e9\": 4, \"\\uffff\": 2, \"\\ud83d\\ude00\": 1}"},
    {"[NaN, Infinity, -Infinity]", "[NaN, Infinity, -Infinity]"},
    {" { } ", "{}"},
    {"[ ]", "[]"},
    {"{\"message_type\":\"collaboration_request\",\"payload\":{\"context\":{\"budget\":1000000.0,"
     "\"big\":1e22,\"i\":1000000000000000000,\"rate\":0.07}}}",
     "{\"message_type\": \"collaboration_request\", \"payload\": {\"context\": {\"big\": 1e+22, "
     "\"budget\": 1000000.0, \"i\": 1000000000000000000, \"rate\": 0.07}}}"},
    {"\"\\u00E9\\u00e9\"", "\"\\u00e9\\u00e9\""},
};

static void as_python_writes_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct mkt_pyvalue *value;
        struct mkt_buf out;
        if (read_text(same[i].text, strlen(same[i].text), &value) != MKT_OK)
            fail_msg("%s: %s", same[i].text, err.text);
        mkt_buf_init(&out, &arena);
        mkt_pyjson_write(&out, value);
        assert_int_equal(mkt_buf_check(&out, &err), MKT_OK);
        assert_string_equal(out.data, same[i].python);
        /* and what was written is written the same again */
        assert_int_equal(read_text(out.data, out.length, &value), MKT_OK);
        struct mkt_buf again;
        mkt_buf_init(&again, &arena);
        mkt_pyjson_write(&again, value);
        assert_string_equal(again.data, same[i].python);
    }
}

static void members_and_texts(void **state)
{
    (void)state;
    struct mkt_pyvalue *v;
    const char *text =
        "{\"a\":\"x\",\"b\":{\"c\":true},\"a\":\"y\",\"n\":\"\\u0000\",\"s\":\"\\ud800\"}";
    assert_int_equal(read_text(text, strlen(text), &v), MKT_OK);
    assert_string_equal(mkt_pyjson_text(mkt_pyjson_member(v, "a")), "y");
    assert_true(mkt_pyjson_is_true(mkt_pyjson_member(mkt_pyjson_member(v, "b"), "c")));
    assert_null(mkt_pyjson_member(v, "c"));
    assert_null(mkt_pyjson_text(mkt_pyjson_member(v, "n")));
    assert_null(mkt_pyjson_text(mkt_pyjson_member(v, "s")));
    assert_null(mkt_pyjson_text(v));
    assert_null(mkt_pyjson_member(NULL, "a"));
}

static void what_is_refused(void **state)
{
    (void)state;
    static const char *const broken[] = {"",       "{",         "[1,]",     "{\"a\":1,}",
                                         "{a:1}",  "01",        "1.",       "+1",
                                         "'a'",    "\"a",       "\"\\x\"",  "\"\\u12\"",
                                         "\"\t\"", "[1 2]",     "nul",      "1 2",
                                         "\"\\\"", "{\"a\" 1}", "\"\xff\"", "\"\xed\xa0\x80\"",
                                         ".5",     "-",         "[",        "\xef\xbb\xbf{}"};
    struct mkt_pyvalue *v;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        if (read_text(broken[i], strlen(broken[i]), &v) != MKT_E_SYNTAX)
            fail_msg("\"%s\" was read", broken[i]);
    assert_int_equal(read_text("[[[[[[[[[1]]]]]]]]]", 19, &v), MKT_E_ARG);
    char large[5000];
    memset(large, '1', sizeof large);
    assert_int_equal(read_text(large, 4300, &v), MKT_OK);
    assert_int_equal(read_text(large, 4301, &v), MKT_E_SYNTAX);
    static char many[8192];
    many[0] = '[';
    for (size_t i = 1; i < 2200; i++) many[i] = i % 2 ? '1' : ',';
    many[2200] = ']';
    assert_int_equal(read_text(many, 2201, &v), MKT_E_LIMIT);
    static char wide[(1 << 16) + 1];
    assert_int_equal(read_text(wide, sizeof wide, &v), MKT_E_LIMIT);
}

static void every_arena_size(void **state)
{
    (void)state;
    const char *text = "{\"b\":[1,2.5,\"x\"],\"a\":{}}";
    struct mkt_pyvalue *v;
    mkt_arena_reset(&arena, 0);
    for (size_t at = 1; at < 20; at++) {
        mkt_arena_reset(&arena, 0);
        arena.fail_at = at;
        mkt_status status = read_text(text, strlen(text), &v);
        if (status == MKT_OK) break;
        assert_int_equal(status, MKT_E_NOMEM);
    }
    arena.fail_at = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_python_writes_it),
        cmocka_unit_test(members_and_texts),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(every_arena_size),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
