/* JSON text: structure, escapes, and numbers as RFC 8785 has them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/json.h"

#define ARENA_BYTES (1 << 20)
#include "arena_fixture.h"

static struct mkt_buf out;
static struct mkt_json w;

static int begin(void **state)
{
    (void)state;
    mkt_arena_reset(&arena, 1 << 20);
    mkt_buf_init(&out, &arena);
    mkt_json_init(&w, &out);
    return 0;
}

static void commas_stand_where_they_must(void **state)
{
    (void)state;
    mkt_json_open(&w, '{');
    mkt_json_key(&w, "empty");
    mkt_json_open(&w, '[');
    mkt_json_close(&w, ']');
    mkt_json_member_string(&w, "s", "x");
    mkt_json_member_string(&w, "none", NULL);
    mkt_json_key(&w, "list");
    mkt_json_open(&w, '[');
    mkt_json_int(&w, 1);
    mkt_json_open(&w, '{');
    mkt_json_close(&w, '}');
    mkt_json_open(&w, '[');
    mkt_json_bool(&w, false);
    mkt_json_null(&w);
    mkt_json_close(&w, ']');
    mkt_json_string(&w, "y");
    mkt_json_close(&w, ']');
    mkt_json_member_number(&w, "n", 0.5);
    mkt_json_member_int(&w, "i", -7);
    mkt_json_member_bool(&w, "b", true);
    mkt_json_close(&w, '}');
    assert_string_equal(out.data, "{\"empty\":[],\"s\":\"x\",\"none\":null,"
                                  "\"list\":[1,{},[false,null],\"y\"],"
                                  "\"n\":0.5,\"i\":-7,\"b\":true}");
}

static void strings_are_escaped(void **state)
{
    (void)state;
    mkt_json_open(&w, '[');
    mkt_json_string(&w, "\"\\\b\f\n\r\t/");
    mkt_json_string(&w, "\x01\x1f\x7f");
    mkt_json_string(&w, "\xE2\x82\xAC</script>");
    mkt_json_string(&w, "");
    mkt_json_close(&w, ']');
    assert_string_equal(out.data, "[\"\\\"\\\\\\b\\f\\n\\r\\t/\",\"\\u0001\\u001f\x7f\","
                                  "\"\xE2\x82\xAC</script>\",\"\"]");
}

static void every_byte_is_read_back_by_another_reader(void **state)
{
    (void)state;
    char text[128];
    for (int c = 1; c < 128; c++) text[c - 1] = (char)c;
    text[127] = '\0';
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, text, text);
    mkt_json_close(&w, '}');
    json_t *read = json_loads(out.data, 0, NULL);
    assert_non_null(read);
    assert_string_equal(json_string_value(json_object_get(read, text)), text);
    json_decref(read);
}

/* RFC 8785, appendix B: bits of a double, and its text. */
static void numbers_are_those_of_rfc_8785(void **state)
{
    (void)state;
    static const struct {
        uint64_t bits;
        const char *text;
    } sample[] = {
        {0x0000000000000000, "0"},
        {0x8000000000000000, "0"},
        {0x0000000000000001, "5e-324"},
        {0x8000000000000001, "-5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {0xffefffffffffffff, "-1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"},
        {0xc340000000000000, "-9007199254740992"},
        {0x4430000000000000, "295147905179352830000"},
        {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"},
        {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
        {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef4f, "999999999999999900000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x41b3de4355555553, "333333333.3333332"},
        {0x41b3de4355555554, "333333333.33333325"},
        {0x41b3de4355555555, "333333333.3333333"},
        {0x41b3de4355555556, "333333333.3333334"},
        {0x41b3de4355555557, "333333333.33333343"},
        {0xbecbf647612f3696, "-0.0000033333333333333333"},
        {0x43143ff3c1cb0959, "1424953923781206.2"},
        {0x7ff0000000000000, "null"}, /* JSON has no such numbers */
        {0xfff0000000000000, "null"},
        {0x7ff8000000000000, "null"},
    };
    for (size_t i = 0; i < sizeof sample / sizeof *sample; i++) {
        double value;
        memcpy(&value, &sample[i].bits, sizeof value);
        begin(NULL);
        mkt_json_number(&w, value);
        assert_string_equal(out.data, sample[i].text);
    }
}

static void integers_keep_all_their_digits(void **state)
{
    (void)state;
    mkt_json_open(&w, '[');
    mkt_json_int(&w, INT64_MAX);
    mkt_json_int(&w, INT64_MIN);
    mkt_json_int(&w, 0);
    mkt_json_close(&w, ']');
    assert_string_equal(out.data, "[9223372036854775807,-9223372036854775808,0]");
}

static void a_full_arena_is_known_at_the_end(void **state)
{
    (void)state;
    arena.fail_at = arena.allocations + 1;
    mkt_json_open(&w, '[');
    for (int i = 0; i < 1000; i++) mkt_json_string(&w, "a long list of strings");
    mkt_json_close(&w, ']');
    arena.fail_at = 0;
    assert_int_equal(mkt_buf_check(&out, &(struct mkt_err){0}), MKT_E_NOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(commas_stand_where_they_must, begin),
        cmocka_unit_test_setup(strings_are_escaped, begin),
        cmocka_unit_test_setup(every_byte_is_read_back_by_another_reader, begin),
        cmocka_unit_test_setup(numbers_are_those_of_rfc_8785, begin),
        cmocka_unit_test_setup(integers_keep_all_their_digits, begin),
        cmocka_unit_test_setup(a_full_arena_is_known_at_the_end, begin),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
