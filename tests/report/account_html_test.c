#include "report/account_html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ARENA_BYTES (1 << 20)
#include "arena_fixture.h"

static const char *written(const struct mkt_account *account)
{
    struct mkt_sheet sheet;
    struct mkt_buf out;
    mkt_sheet_init(&sheet, &arena);
    sheet.provenance.account = account;
    sheet.provenance.period = (struct mkt_period){0, -1};
    mkt_buf_init(&out, &arena);
    mkt_account_html_write(&out, &sheet);
    assert_false(out.failed);
    return out.data;
}

/* The last column stands only where some column was read in a way worth telling. */
static void test_columns(void **state)
{
    struct mkt_account_column column[] = {{"Day", "date", NULL}, {"<x>", NULL, NULL}};
    struct mkt_account_table table = {
        "a.csv", "performance", "it has a date", NULL, 1200, 0, column, 2};
    struct mkt_account account = {.table = &table, .tables = 1, .data = {0, -1}};
    (void)state;
    const char *html = written(&account);
    assert_non_null(strstr(html, "<h3>a.csv</h3><p class=\"tiny\">performance: it has a date. "
                                 "1,200 rows.</p>"));
    assert_non_null(strstr(html, "<tr><th scope=\"row\">Day</th><td>date</td></tr>"));
    assert_non_null(strstr(html, "Not used: &lt;x&gt;."));
    assert_null(strstr(html, "How it was read"));
    column[0].how = "day-first dates";
    html = written(&account);
    assert_non_null(strstr(html, "<td>date</td><td>day-first dates</td></tr>"));
    assert_non_null(strstr(html, "How it was read"));
}

static void test_table_left_out(void **state)
{
    struct mkt_account_table table = {"b.csv", NULL, "no column reads as a date", "00ff", 14, 2,
                                      NULL,    0};
    struct mkt_account account = {.table = &table, .tables = 1, .data = {0, -1}};
    (void)state;
    assert_non_null(strstr(written(&account),
                           "<h3>b.csv</h3><p class=\"tiny\">not used: no column reads as a date. "
                           "14 rows, 2 kept out.<br><code>sha256 00ff</code></p>"));
}

static void test_faults_and_no_account(void **state)
{
    struct mkt_account_fault fault = {"a.csv", "Spend", "\"><b>", "not a number", 1234};
    struct mkt_account account = {.fault = &fault, .faults = 1, .data = {0, -1}};
    (void)state;
    assert_non_null(strstr(written(&account),
                           "<td class=\"num\">1234</td><td>Spend</td><td>&quot;&gt;&lt;b&gt;</td>"
                           "<td>not a number</td>"));
    assert_null(strstr(written(NULL), "What was read"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_table_left_out),
        cmocka_unit_test(test_faults_and_no_account),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
