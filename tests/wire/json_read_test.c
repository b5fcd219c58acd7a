#include "wire/json_read.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_arena arena;
static struct mkt_err err;

static int open_arena(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    return mkt_arena_open(&arena, (size_t)16 << 20, &err) == MKT_OK ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static mkt_status read_n(const char *text, size_t n, struct mkt_value **out)
{
    mkt_err_clear(&err);
    return mkt_json_read_value(&arena, text, n, &mkt_json_read_limits, out, &err);
}

static struct mkt_value *good(const char *text)
{
    struct mkt_value *v = NULL;
    if (read_n(text, strlen(text), &v) != MKT_OK) fail_msg("%s: %s", text, err.text);
    return v;
}

static void bad(const char *text, size_t n, mkt_status wanted, const char *words)
{
    struct mkt_value *v = NULL;
    assert_int_equal(read_n(text, n, &v), wanted);
    assert_null(v);
    if (!strstr(err.text, words)) fail_msg("\"%s\" lacks \"%s\"", err.text, words);
}

static void reads_every_type_in_order(void **state)
{
    (void)state;
    struct mkt_value *v = good("{\"b\": [1, -2.5, true, null], \"a\": \"\\u00e9\\n\", \"c\": {}}");
    assert_int_equal(v->type, MKT_VALUE_OBJECT);
    assert_int_equal(v->items, 3);
    assert_string_equal(v->item[0].key, "b");
    assert_string_equal(v->item[1].key, "a");
    const struct mkt_value *b = &v->item[0];
    assert_int_equal(b->items, 4);
    assert_int_equal(b->item[0].type, MKT_VALUE_INTEGER);
    assert_int_equal(b->item[0].integer, 1);
    assert_true(b->item[1].number == -2.5);
    assert_true(b->item[2].truth);
    assert_int_equal(b->item[3].type, MKT_VALUE_NULL);
    assert_string_equal(mkt_json_read_member(v, "a")->text, "\xC3\xA9\n");
    assert_int_equal(mkt_json_read_member(v, "c")->items, 0);
    assert_null(mkt_json_read_member(v, "d"));
    assert_null(mkt_json_read_member(b, "a"));
}

static void keeps_numbers_exactly(void **state)
{
    (void)state;
    struct mkt_value *v = good("[9007199254740993, 9223372036854775807, 0.1, 1e21, -0.0]");
    assert_true(v->item[0].integer == 9007199254740993);
    assert_true(v->item[1].integer == INT64_MAX);
    assert_string_equal(mkt_json_read_scalar_text(&arena, &v->item[0]), "9007199254740993");
    assert_string_equal(mkt_json_read_scalar_text(&arena, &v->item[2]), "0.1");
    assert_string_equal(mkt_json_read_scalar_text(&arena, &v->item[3]), "1e+21");
    bad("9223372036854775808", 19, MKT_E_SYNTAX, "big integer");
    bad("1e999", 5, MKT_E_SYNTAX, "overflow");
    bad("NaN", 3, MKT_E_SYNTAX, "not JSON");
    bad("01", 2, MKT_E_SYNTAX, "not JSON");
}

static void refuses_bytes_that_are_not_text(void **state)
{
    (void)state;
    bad("{\"a\":\"\xFF\"}", 9, MKT_E_SYNTAX, "not UTF-8");
    bad("{\"a\":\"\xC0\xAF\"}", 10, MKT_E_SYNTAX, "not UTF-8");
    bad("\"\xED\xA0\x80\"", 5, MKT_E_SYNTAX, "not UTF-8");
    bad("{\"a\":\n \"x\0y\"}", 13, MKT_E_SYNTAX, "line 2, column 4 of the JSON holds a NUL");
    bad("\"\\u0000\"", 8, MKT_E_SYNTAX, "not JSON");
    bad("\"\\ud800\"", 8, MKT_E_SYNTAX, "not JSON");
}

static void refuses_what_is_not_json(void **state)
{
    (void)state;
    bad("", 0, MKT_E_SYNTAX, "line 1");
    bad("{", 1, MKT_E_SYNTAX, "line 1");
    bad("[1,]", 4, MKT_E_SYNTAX, "not JSON");
    bad("{} x", 4, MKT_E_SYNTAX, "not JSON");
    bad("'a'", 3, MKT_E_SYNTAX, "not JSON");
    bad("\"\\", 2, MKT_E_SYNTAX, "not JSON");
    bad("[1]]", 4, MKT_E_SYNTAX, "not JSON");
}

static void refuses_the_same_key_twice(void **state)
{
    (void)state;
    bad("{\"a\":1,\"a\":2}", 13, MKT_E_SYNTAX, "duplicate");
    good("[{\"a\":1},{\"a\":2}]");
}

static void a_message_quotes_no_data(void **state)
{
    (void)state;
    const char *text = "{\"secret_name\" oops}";
    bad(text, strlen(text), MKT_E_SYNTAX, "expected");
    assert_null(strstr(err.text, "oops"));
}

static void limits_depth(void **state)
{
    (void)state;
    char text[67] = "";
    memset(text, '[', 33);
    memset(text + 33, ']', 33);
    bad(text, 66, MKT_E_ARG, "32 levels");
    text[65] = '\0';
    good(text + 1);
    good("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"]");
}

static void limits_bytes_and_values(void **state)
{
    (void)state;
    struct mkt_json_limits limits = {.bytes = 10, .depth = 8, .values = 4};
    struct mkt_value *v;
    mkt_err_clear(&err);
    assert_int_equal(mkt_json_read_value(&arena, "[1,2,3    ]", 11, &limits, &v, &err),
                     MKT_E_LIMIT);
    mkt_err_clear(&err);
    assert_int_equal(mkt_json_read_value(&arena, "[1,2,3,4]", 9, &limits, &v, &err), MKT_E_LIMIT);
    mkt_err_clear(&err);
    assert_int_equal(mkt_json_read_value(&arena, "[1,2,3]", 7, &limits, &v, &err), MKT_OK);
}

static void a_full_arena_is_an_error_at_every_size(void **state)
{
    (void)state;
    const char *text = "{\"a\":[1,2,{\"b\":\"text\"}],\"c\":\"d\"}";
    for (size_t fail_at = 1;; fail_at++) {
        struct mkt_arena small;
        struct mkt_value *v = NULL;
        mkt_err_clear(&err);
        assert_int_equal(mkt_arena_open(&small, 1 << 16, &err), MKT_OK);
        small.fail_at = fail_at;
        mkt_status s =
            mkt_json_read_value(&small, text, strlen(text), &mkt_json_read_limits, &v, &err);
        mkt_arena_close(&small);
        if (s == MKT_OK) {
            assert_true(fail_at > 5);
            break;
        }
        assert_int_equal(s, MKT_E_NOMEM);
    }
}

static void names_the_types(void **state)
{
    (void)state;
    struct mkt_value *v = good("[null,false,1,1.5,\"\",[],{}]");
    const char *name[] = {"null",     "true or false", "a number", "a number",
                          "a string", "an array",      "an object"};
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(mkt_json_read_type_name(v->item[i].type), name[i]);
    assert_string_equal(mkt_json_read_scalar_text(&arena, &v->item[1]), "false");
    assert_null(mkt_json_read_scalar_text(&arena, &v->item[0]));
    assert_null(mkt_json_read_scalar_text(&arena, &v->item[5]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_every_type_in_order, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(keeps_numbers_exactly, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(refuses_bytes_that_are_not_text, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(refuses_what_is_not_json, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(refuses_the_same_key_twice, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_message_quotes_no_data, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(limits_depth, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(limits_bytes_and_values, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_full_arena_is_an_error_at_every_size, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(names_the_types, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
