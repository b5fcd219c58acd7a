/* What the header repeats must be what the message says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/mcp_header.h"

static mkt_status check(const char *version, const char *method, const char *name,
                        const char *message_name)
{
    struct mkt_err err = {0};
    const struct mkt_mcp_header header = {version, method, name};
    const struct mkt_mcp_message message = {
        .rpc = {.method = "tools/call"}, .version = "2026-07-28", .name = message_name};
    return mkt_mcp_header_check(&header, &message, &err);
}

static mkt_status check_name(const char *header, const char *name)
{
    return check("2026-07-28", "tools/call", header, name);
}

static void each_of_them_must_be_there_and_the_same(void **state)
{
    (void)state;
    assert_int_equal(check("2026-07-28", "tools/call", "roi", "roi"), MKT_OK);
    assert_int_equal(check(NULL, "tools/call", "roi", "roi"), MKT_E_ARG);
    assert_int_equal(check("2025-11-25", "tools/call", "roi", "roi"), MKT_E_ARG);
    assert_int_equal(check("2026-07-28", NULL, "roi", "roi"), MKT_E_ARG);
    assert_int_equal(check("2026-07-28", "Tools/Call", "roi", "roi"), MKT_E_ARG);
    assert_int_equal(check_name(NULL, "roi"), MKT_E_ARG);
    assert_int_equal(check_name("ROI", "roi"), MKT_E_ARG);
    assert_int_equal(check_name("", "roi"), MKT_E_ARG);
    assert_int_equal(check_name("roi", NULL), MKT_OK); /* nothing to repeat */
}

static void a_name_may_be_base64(void **state)
{
    (void)state;
    assert_int_equal(check_name("=?base64?cm9p?=", "roi"), MKT_OK);
    assert_int_equal(check_name("=?base64?Z3LDvG4=?=", "gr\xc3\xbcn"), MKT_OK);
    assert_int_equal(check_name("=?base64?cm8=?=", "ro"), MKT_OK);
    assert_int_equal(check_name("=?base64?cg==?=", "r"), MKT_OK);
    assert_int_equal(check_name("=?base64?"
                                "?=",
                                ""),
                     MKT_OK);
    assert_int_equal(check_name("=?base64?cm9p", "roi"), MKT_E_ARG);
    assert_int_equal(check_name("=?base64?cm9p?=", "ro"), MKT_E_ARG);
    assert_int_equal(check_name("=?base64?cm9p?=", "roi2"), MKT_E_ARG);
    assert_int_equal(check_name("=?base64?cm8?=", "ro"), MKT_E_ARG);   /* not padded */
    assert_int_equal(check_name("=?base64?cm9=?=", "ro"), MKT_E_ARG);  /* bits left over */
    assert_int_equal(check_name("=?base64?c===?=", "r"), MKT_E_ARG);   /* too much padding */
    assert_int_equal(check_name("=?base64?c_9p?=", "roi"), MKT_E_ARG); /* not of the alphabet */
    assert_int_equal(check_name("=?base64?====?=", ""), MKT_E_ARG);
    assert_int_equal(check_name("=?base64?=", ""), MKT_E_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_of_them_must_be_there_and_the_same),
        cmocka_unit_test(a_name_may_be_base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
