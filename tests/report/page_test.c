#include "report/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "report/html.h"

/* Whole files, text, ended by a NUL at the size given, and small enough for one page. */
static void test_embedded(void **state)
{
    (void)state;
    assert_int_equal(strlen(mkt_page_js), mkt_page_js_size);
    assert_int_equal(strlen(mkt_page_css), mkt_page_css_size);
    assert_in_range(mkt_page_js_size + mkt_page_css_size, 100 * 1024, 700 * 1024);
    assert_true(mkt_html_embeds(mkt_page_js, "script"));
    assert_true(mkt_html_embeds(mkt_page_css, "style"));
}

/* The script asks nothing of a network and keeps nothing. */
static void test_script_stays_at_home(void **state)
{
    static const char *const never[] = {"XMLHttpRequest", "fetch(",       "WebSocket",
                                        "sendBeacon",     "localStorage", "import("};
    (void)state;
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        if (strstr(mkt_page_js, never[i])) print_error("the script has %s\n", never[i]);
        assert_null(strstr(mkt_page_js, never[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_embedded),
        cmocka_unit_test(test_script_stays_at_home),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
