/* The one list of status codes: no two rows can be taken for one another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/status.h"

static const mkt_status all[] = {
#define CODE(code, name, http, rpc, exit) code,
    MKT_STATUS_LIST(CODE)
#undef CODE
};
#define COUNT (sizeof all / sizeof *all)

static void names_and_rpc_codes_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        const char *name = mkt_status_name(all[i]);
        assert_int_equal(name[strspn(name, "abcdefghijklmnopqrstuvwxyz_")], '\0');
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(name, mkt_status_name(all[k]));
            assert_int_not_equal(mkt_status_jsonrpc(all[i]), mkt_status_jsonrpc(all[k]));
        }
    }
}

static void each_face_tells_success_from_failure(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        int http = mkt_status_http(all[i]), rpc = mkt_status_jsonrpc(all[i]);
        int code = mkt_status_exit(all[i]);
        if (all[i] == MKT_OK) {
            assert_int_equal(http, 200);
            assert_int_equal(rpc, 0);
            assert_int_equal(code, 0);
            continue;
        }
        assert_in_range(http, 400, 599);
        assert_in_range(code, 2, 125); /* 1, 126 and above have the shell's meanings */
        int standard = rpc == -32700 || rpc == -32602 || rpc == -32603;
        assert_true(standard || rpc > 0);
    }
}

static void well_known_rows(void **state)
{
    (void)state;
    assert_string_equal(mkt_status_name(MKT_E_NOT_FOUND), "not_found");
    assert_int_equal(mkt_status_http(MKT_E_NOT_FOUND), 404);
    assert_int_equal(mkt_status_http(MKT_E_LIMIT), 413);
    assert_int_equal(mkt_status_http(MKT_E_BUSY), 503);
    assert_int_equal(mkt_status_jsonrpc(MKT_E_SYNTAX), -32700);
    assert_int_equal(mkt_status_exit(MKT_E_ARG), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_rpc_codes_are_unique),
        cmocka_unit_test(each_face_tells_success_from_failure),
        cmocka_unit_test(well_known_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
