#include "server/openapi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "server/routes.h"

static struct mkt_arena arena;
static struct mkt_err err;

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    return mkt_arena_open(&arena, (size_t)8 << 20, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

/* The description, read back. */
static const struct mkt_value *describe(bool tokens)
{
    struct mkt_engine engine = {.analysis = mkt_analysis_table, .analyses = mkt_analysis_count};
    struct mkt_buf text;
    struct mkt_value *root = NULL;
    mkt_buf_init(&text, &arena);
    mkt_openapi_write(&text, &engine, tokens);
    assert_false(text.failed);
    if (mkt_json_read_value(&arena, text.data, text.length, &mkt_json_read_limits, &root, &err) !=
        MKT_OK)
        fail_msg("%s", err.text);
    return root;
}

static const struct mkt_value *at(const struct mkt_value *v, const char *const *key, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        v = mkt_json_read_member(v, key[i]);
        if (!v) fail_msg("there is no \"%s\"", key[i]);
    }
    return v;
}

static void every_route_is_described(void **state)
{
    (void)state;
    const struct mkt_value *paths = mkt_json_read_member(describe(false), "paths");
    for (size_t i = 0; i < mkt_routes_count; i++) {
        const struct mkt_route *r = &mkt_routes[i];
        char method[8] = "";
        for (size_t c = 0; r->method[c]; c++) method[c] = (char)(r->method[c] | 0x20);
        if (strcmp(r->path, "/api/v1/analyses/{name}") == 0) continue;
        const char *const key[] = {r->path, method};
        const struct mkt_value *operation = at(paths, key, 2);
        assert_string_equal(mkt_json_read_member(operation, "summary")->text, r->help);
    }
}

static void every_analysis_has_its_path_and_parameters(void **state)
{
    (void)state;
    const struct mkt_value *paths = mkt_json_read_member(describe(false), "paths");
    for (size_t i = 0; i < mkt_analysis_count; i++) {
        const struct mkt_analysis *a = &mkt_analysis_table[i];
        char path[128];
        snprintf(path, sizeof path, "/api/v1/analyses/%s", a->name);
        const char *const key[] = {
            path,     "post",       "requestBody", "content",   "application/json",
            "schema", "properties", "parameters",  "properties"};
        const struct mkt_value *p = at(paths, key, sizeof key / sizeof *key);
        assert_int_equal(p->items, a->params);
        for (size_t n = 0; n < a->params; n++)
            assert_string_equal(p->item[n].key, a->param[n].name);
    }
}

static void tokens_are_a_scheme_when_they_are_asked_for(void **state)
{
    (void)state;
    static const char *const scheme[] = {"components", "securitySchemes", "token", "scheme"};
    assert_string_equal(at(describe(true), scheme, 4)->text, "bearer");
    assert_null(mkt_json_read_member(describe(false), "security"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_route_is_described, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_analysis_has_its_path_and_parameters, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tokens_are_a_scheme_when_they_are_asked_for, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
