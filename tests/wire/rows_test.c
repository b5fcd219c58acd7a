#include "wire/rows.h"

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
    return mkt_arena_open(&arena, (size_t)64 << 20, &err) == MKT_OK ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static mkt_status csv_of(const char *json, struct mkt_buf *out)
{
    struct mkt_value *rows;
    mkt_err_clear(&err);
    MKT_TRY(mkt_json_read_value(&arena, json, strlen(json), &mkt_json_read_limits, &rows, &err));
    mkt_buf_init(out, &arena);
    return mkt_rows_write_csv(&arena, rows, out, &err);
}

static void bad(const char *json, mkt_status wanted, const char *words)
{
    struct mkt_buf out;
    assert_int_equal(csv_of(json, &out), wanted);
    if (!strstr(err.text, words)) fail_msg("\"%s\" lacks \"%s\"", err.text, words);
}

static void columns_are_the_union_in_order(void **state)
{
    (void)state;
    struct mkt_buf out;
    assert_int_equal(csv_of("[{\"b\":1,\"a\":null},{\"c\":true,\"b\":2.5},{}]", &out), MKT_OK);
    assert_string_equal(out.data, "\"b\",\"a\",\"c\"\n1,,\n2.5,,true\n,,\n");
}

static void text_stays_data(void **state)
{
    (void)state;
    struct mkt_buf out;
    assert_int_equal(csv_of("[{\"a,\\\"b\\\"\":\"=cmd(\\\"x\\\"),\\n<script>\"}]", &out), MKT_OK);
    assert_string_equal(out.data, "\"a,\"\"b\"\"\"\n\"=cmd(\"\"x\"\"),\n<script>\"\n");
}

static void names_row_and_column(void **state)
{
    (void)state;
    bad("{}", MKT_E_ARG, "an array of row objects");
    bad("[]", MKT_E_ARG, "no row");
    bad("[{}]", MKT_E_ARG, "no column");
    bad("[{\"a\":1},3]", MKT_E_ARG, "row 2");
    bad("[{\"a\":1},{\"spend\":[1]}]", MKT_E_ARG, "row 2, column \"spend\"");
}

static void limits_columns(void **state)
{
    (void)state;
    struct mkt_buf json, out;
    mkt_buf_init(&json, &arena);
    mkt_buf_str(&json, "[{\"k0\":0");
    for (int i = 1; i < MKT_ROWS_COLUMNS; i++) mkt_buf_printf(&json, ",\"k%d\":%d", i, i);
    mkt_buf_str(&json, "}]");
    assert_int_equal(csv_of(json.data, &out), MKT_OK);
    json.length -= 2;
    mkt_buf_str(&json, ",\"more\":1}]");
    bad(json.data, MKT_E_LIMIT, "1000 columns");
}

static void a_full_arena_is_an_error(void **state)
{
    (void)state;
    struct mkt_arena small;
    struct mkt_value *rows;
    struct mkt_buf out;
    const char *json = "[{\"a\":1}]";
    assert_int_equal(
        mkt_json_read_value(&arena, json, strlen(json), &mkt_json_read_limits, &rows, &err),
        MKT_OK);
    for (size_t fail_at = 1; fail_at <= 3; fail_at++) {
        mkt_err_clear(&err);
        assert_int_equal(mkt_arena_open(&small, 1 << 20, &err), MKT_OK);
        small.fail_at = fail_at;
        mkt_buf_init(&out, &small);
        assert_int_equal(mkt_rows_write_csv(&small, rows, &out, &err), MKT_E_NOMEM);
        mkt_arena_close(&small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_are_the_union_in_order, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(text_stays_data, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(names_row_and_column, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(limits_columns, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_full_arena_is_an_error, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
