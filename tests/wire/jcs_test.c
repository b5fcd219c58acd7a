#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/jcs.h"

#define ARENA_BYTES ((size_t)1 << 20)
#include "arena_fixture.h"

static const char *canonical(const char *json, const char *without)
{
    struct mkt_value *root;
    struct mkt_err err = {0};
    struct mkt_buf out;
    if (mkt_json_read_value(&arena, json, strlen(json), &mkt_json_read_limits, &root, &err) !=
        MKT_OK)
        fail_msg("%s", err.text);
    mkt_buf_init(&out, &arena);
    mkt_jcs_write(&out, root, without);
    assert_int_equal(mkt_buf_check(&out, &err), MKT_OK);
    return out.data;
}

/* RFC 8785, the samples of sections 3.2.2 and 3.2.3 */
static void the_samples_of_the_standard(void **state)
{
    (void)state;
    assert_string_equal(
        canonical(
            "{\"numbers\": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],"
            "\"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\","
            "\"literals\": [null, true, false]}",
            NULL),
        "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
        "\"string\":\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    assert_string_equal(canonical("{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,"
                                  "\"\\ud83d\\ude00\":5,\"\\u0080\":6,\"\\u00f6\":7}",
                                  NULL),
                        "{\"\\r\":2,\"1\":4,\"\xC2\x80\":6,\"\xC3\xB6\":7,\"\xE2\x82\xAC\":1,"
                        "\"\xF0\x9F\x98\x80\":5,\"\xEF\xAC\xB3\":3}");
}

static void names_that_begin_alike(void **state)
{
    (void)state;
    assert_string_equal(
        canonical("{\"ab\":1,\"a\":2,\"\":3,\"a\xC3\xBF\":4,\"a\xC4\x80\":5}", NULL),
        "{\"\":3,\"a\":2,\"ab\":1,\"a\xC3\xBF\":4,\"a\xC4\x80\":5}");
    /* two beyond U+FFFF whose pairs begin with the same unit */
    assert_string_equal(canonical("{\"\\ud83d\\ude01\":1,\"\\ud83d\\ude00\":2}", NULL),
                        "{\"\xF0\x9F\x98\x80\":2,\"\xF0\x9F\x98\x81\":1}");
}

static void the_outermost_member_alone_is_left_out(void **state)
{
    (void)state;
    assert_string_equal(canonical("{\"s\":1,\"b\":{\"s\":2,\"a\":[{\"s\":3}]}}", "s"),
                        "{\"b\":{\"a\":[{\"s\":3}],\"s\":2}}");
}

static void a_full_arena_is_told(void **state)
{
    struct mkt_value *root;
    struct mkt_err err = {0};
    struct mkt_buf out;
    static const char json[] = "{\"b\":{\"d\":1,\"c\":2},\"a\":[]}";
    (void)state;
    assert_int_equal(
        mkt_json_read_value(&arena, json, strlen(json), &mkt_json_read_limits, &root, &err),
        MKT_OK);
    size_t mark = mkt_arena_mark(&arena);
    for (size_t at = 1;; at++) {
        arena.fail_at = arena.allocations + at;
        mkt_buf_init(&out, &arena);
        mkt_jcs_write(&out, root, NULL);
        bool failed = mkt_buf_check(&out, &err) != MKT_OK;
        mkt_arena_release(&arena, mark);
        if (!failed) break;
        assert_int_equal(err.status, MKT_E_NOMEM);
        mkt_err_clear(&err);
    }
    arena.fail_at = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_samples_of_the_standard, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(names_that_begin_alike, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(the_outermost_member_alone_is_left_out, arena_open,
                                        arena_close),
        cmocka_unit_test_setup_teardown(a_full_arena_is_told, arena_open, arena_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
