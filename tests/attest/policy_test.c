/* The file of measurements that are allowed: every register with its own number of digits, and what
 * else stands there named by its line. */
#include "attest/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const name[] = {"mrtd",        "rtmr0",     "rtmr1",        "rtmr2",
                                   "rtmr3",       "mrseam",    "mrowner",      "mrconfigid",
                                   "measurement", "host_data", "mrownerconfig"};
#define NAMES (sizeof name / sizeof *name)

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_policy policy;

static int open_arena(void **state)
{
    (void)state;
    return mkt_arena_open(&arena, (size_t)1 << 20, &err) == MKT_OK ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static mkt_status read_one(const char *label, int digits)
{
    char text[256];
    snprintf(text, sizeof text, "\n%s %0*d\n", label, digits, 0);
    mkt_err_clear(&err);
    return mkt_policy_read_allowed(&arena, text, &policy, &err);
}

static void each_register_has_its_number_of_digits(void **state)
{
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        bool shorter = strcmp(name[i], "host_data") == 0;
        int right = shorter ? 64 : 96, wrong = shorter ? 96 : 64;
        assert_int_equal(read_one(name[i], right), MKT_OK);
        assert_int_equal(policy.alloweds, 1);
        assert_string_equal(policy.allowed[0].name, name[i]);
        assert_int_equal(strlen(policy.allowed[0].hex), right);
        assert_int_equal(read_one(name[i], wrong), MKT_E_SYNTAX);
        assert_non_null(strstr(err.text, "line 2"));
        assert_non_null(strstr(err.text, shorter ? "64 hex digits" : "96 hex digits"));
        assert_int_equal(read_one(name[i], right - 1), MKT_E_SYNTAX);
    }
}

static void what_is_no_register_is_refused(void **state)
{
    static const char *const other[] = {"mrt",        "mrtd2",        "host",
                                        "host_data2", "measurements", "MRTD"};
    (void)state;
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        assert_int_equal(read_one(other[i], 96), MKT_E_SYNTAX);
        assert_non_null(strstr(err.text, "no register"));
    }
}

static void remarks_and_empty_lines_are_passed_over(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    assert_int_equal(mkt_policy_read_allowed(&arena, "# none\n\n \t\r\n#", &policy, &err), MKT_OK);
    assert_int_equal(policy.alloweds, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_register_has_its_number_of_digits),
        cmocka_unit_test(what_is_no_register_is_refused),
        cmocka_unit_test(remarks_and_empty_lines_are_passed_over),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
