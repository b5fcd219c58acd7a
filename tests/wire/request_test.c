#include "wire/request.h"

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

static mkt_status read_text(const char *text, struct mkt_request *out)
{
    mkt_err_clear(&err);
    return mkt_request_read(&arena, text, strlen(text), &mkt_json_read_limits, out, &err);
}

static void bad(const char *text, mkt_status wanted, const char *words)
{
    struct mkt_request r;
    assert_int_equal(read_text(text, &r), wanted);
    if (!strstr(err.text, words)) fail_msg("\"%s\" lacks \"%s\"", err.text, words);
}

static void reads_a_named_data_set(void **state)
{
    (void)state;
    struct mkt_request r;
    assert_int_equal(read_text("{\"dataset\":\"shop\",\"parameters\":{\"margin\":0.40,\"seed\":7,"
                               "\"period\":\"2025-Q4\",\"budget\":null},"
                               "\"options\":{\"map\":[\"spend=Cost\",\"date=Day\"],"
                               "\"dates\":\"day-first\",\"decimal\":\"comma\","
                               "\"currency\":\"EUR\"},\"async\":true}",
                               &r),
                     MKT_OK);
    assert_string_equal(r.dataset, "shop");
    assert_null(r.table);
    assert_true(r.async);
    assert_int_equal(r.parameters, 3);
    assert_string_equal(r.parameter[0].name, "margin");
    assert_string_equal(r.parameter[0].value, "0.4");
    assert_string_equal(r.parameter[1].value, "7");
    assert_string_equal(r.parameter[2].value, "2025-Q4");
    assert_int_equal(r.maps, 2);
    assert_string_equal(r.map[1], "date=Day");
    assert_string_equal(r.dates, "day-first");
    assert_string_equal(r.decimal, "comma");
    assert_string_equal(r.currency, "EUR");
}

static void reads_a_table_in_the_body(void **state)
{
    (void)state;
    struct mkt_request r;
    assert_int_equal(read_text("{\"table\":[{\"date\":\"2025-01-01\",\"spend\":1.5}]}", &r),
                     MKT_OK);
    assert_string_equal(r.table, "\"date\",\"spend\"\n\"2025-01-01\",1.5\n");
    assert_int_equal(r.table_bytes, strlen(r.table));
    assert_false(r.async);
    assert_int_equal(read_text("{\"csv\":\"date,spend\\n\"}", &r), MKT_OK);
    assert_string_equal(r.table, "date,spend\n");
    assert_int_equal(r.table_bytes, 11);
}

static void refuses_with_the_name(void **state)
{
    (void)state;
    bad("[]", MKT_E_ARG, "an object, not an array");
    bad("{}", MKT_E_ARG, "no data");
    bad("{\"dataset\":null}", MKT_E_ARG, "no data");
    bad("{\"dataset\":\"a\",\"csv\":\"b\"}", MKT_E_ARG, "not several");
    bad("{\"dataset\":1}", MKT_E_ARG, "\"dataset\" must be a string");
    bad("{\"dataset\":\"a\",\"paramters\":{}}", MKT_E_ARG, "\"paramters\"");
    bad("{\"dataset\":\"a\",\"parameters\":[]}", MKT_E_ARG, "\"parameters\" must be an object");
    bad("{\"dataset\":\"a\",\"parameters\":{\"margin\":{}}}", MKT_E_ARG, "\"margin\" must be");
    bad("{\"dataset\":\"a\",\"options\":3}", MKT_E_ARG, "\"options\" must be an object");
    bad("{\"dataset\":\"a\",\"options\":{\"map\":\"x\"}}", MKT_E_ARG, "\"map\" must be");
    bad("{\"dataset\":\"a\",\"options\":{\"map\":[1]}}", MKT_E_ARG, "\"map\" must be");
    bad("{\"dataset\":\"a\",\"options\":{\"date\":\"x\"}}", MKT_E_ARG, "no option \"date\"");
    bad("{\"dataset\":\"a\",\"async\":1}", MKT_E_ARG, "\"async\" must be true or false");
    bad("{\"dataset\":\"a\",\"words\":1}", MKT_E_ARG, "\"words\" must be a string");
    bad("{\"dataset\":\"a\",\"deadline_ms\":1.5}", MKT_E_ARG, "must be a whole number");
    bad("{\"dataset\":\"a\",\"deadline_ms\":-5}", MKT_E_ARG, "between 0 and 86400000");
    bad("{\"dataset\":\"a\"", MKT_E_SYNTAX, "not JSON");
}

static void takes_a_query(void **state)
{
    (void)state;
    struct mkt_request r;
    mkt_request_init(&r);
    static const char *const pair[][2] = {
        {"margin", "0.4"},   {"map", "spend=Cost"}, {"map", "date=Day"},   {"dates", "month-first"},
        {"async", "true"},   {"seed", "3"},         {"decimal", "comma"},  {"currency", "EUR"},
        {"dataset", "shop"}, {"words", "plain"},    {"deadline_ms", "250"}};
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++)
        assert_int_equal(mkt_request_add_query(&arena, &r, pair[i][0], pair[i][1], &err), MKT_OK);
    assert_int_equal(r.parameters, 2);
    assert_string_equal(r.parameter[1].name, "seed");
    assert_string_equal(r.parameter[1].value, "3");
    assert_int_equal(r.maps, 2);
    assert_string_equal(r.map[0], "spend=Cost");
    assert_string_equal(r.map[1], "date=Day");
    assert_string_equal(r.dates, "month-first");
    assert_string_equal(r.decimal, "comma");
    assert_string_equal(r.currency, "EUR");
    assert_string_equal(r.dataset, "shop");
    assert_true(r.async);
    assert_string_equal(r.words, "plain");
    assert_int_equal(r.deadline_ms, 250);
    assert_int_equal(mkt_request_add_query(&arena, &r, "deadline_ms", "-1", &err), MKT_E_ARG);
    mkt_err_clear(&err);
    assert_int_equal(mkt_request_add_query(&arena, &r, "deadline_ms", "1.5", &err), MKT_E_ARG);
    mkt_err_clear(&err);
    assert_int_equal(mkt_request_add_query(&arena, &r, "async", "1", &err), MKT_E_ARG);
    mkt_err_clear(&err);
    assert_int_equal(mkt_request_add_query(&arena, &r, "period", "\xFF", &err), MKT_E_ARG);
}

static void a_full_arena_is_an_error_at_every_size(void **state)
{
    (void)state;
    const char *text = "{\"table\":[{\"a\":1,\"b\":\"x\"}],\"parameters\":{\"m\":1},"
                       "\"options\":{\"map\":[\"a=b\"]}}";
    size_t fail_at = 1;
    for (;; fail_at++) {
        struct mkt_arena small;
        struct mkt_request r;
        mkt_err_clear(&err);
        assert_int_equal(mkt_arena_open(&small, 1 << 20, &err), MKT_OK);
        small.fail_at = fail_at;
        mkt_status s =
            mkt_request_read(&small, text, strlen(text), &mkt_json_read_limits, &r, &err);
        mkt_arena_close(&small);
        if (s == MKT_OK) break;
        assert_int_equal(s, MKT_E_NOMEM);
    }
    assert_true(fail_at > 10);
}

/* Of an object that also says something else, and no data yet. */
static void takes_what_is_its_own(void **state)
{
    static const char *const others[] = {"analysis", "note", NULL};
    static const char text[] = "{\"analysis\":\"roi\",\"parameters\":{\"margin\":0.4},\"note\":[]}";
    struct mkt_value *root;
    struct mkt_request r;
    (void)state;
    assert_int_equal(
        mkt_json_read_value(&arena, text, strlen(text), &mkt_json_read_limits, &root, &err),
        MKT_OK);
    assert_int_equal(mkt_request_take(&arena, root, others, &r, &err), MKT_OK);
    assert_null(r.dataset);
    assert_null(r.table);
    assert_int_equal(r.parameters, 1);
    assert_int_equal(r.deadline_ms, -1);
    assert_int_equal(mkt_request_take(&arena, root, NULL, &r, &err), MKT_E_ARG);
    assert_non_null(strstr(err.text, "analysis"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_a_named_data_set, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(reads_a_table_in_the_body, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(refuses_with_the_name, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(takes_a_query, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_full_arena_is_an_error_at_every_size, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(takes_what_is_its_own, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
