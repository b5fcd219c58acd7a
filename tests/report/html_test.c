#include "report/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"

static struct mkt_arena arena;
static struct mkt_buf out;
static struct mkt_err err;

static int setup(void **state)
{
    (void)state;
    return mkt_arena_open(&arena, 4 << 20, &err) == MKT_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static void test_text(void **state)
{
    (void)state;
    mkt_buf_init(&out, &arena);
    mkt_html_text(&out, "<a href=\"x\" on='y'>&amp;é\x01</a>");
    assert_string_equal(out.data,
                        "&lt;a href=&quot;x&quot; on=&#39;y&#39;&gt;&amp;amp;é\xEF\xBF\xBD"
                        "&lt;/a&gt;");
    mkt_buf_init(&out, &arena);
    mkt_html_wrap(&out, "<p>", NULL, "</p>");
    assert_string_equal(out.data, "<p></p>");
}

static void test_prose(void **state)
{
    (void)state;
    mkt_buf_init(&out, &arena);
    mkt_html_prose(&out, "over 99.9 % of a % <b>");
    assert_string_equal(out.data, "over 99.9&nbsp;% of a % &lt;b&gt;");
}

static void test_json(void **state)
{
    static const char json[] = "[\"</script><!--\",\"a&b\xE2\x80\xA8\xE2\x80\xA9\",\"é\"]";
    (void)state;
    mkt_buf_init(&out, &arena);
    mkt_html_json(&out, json, strlen(json));
    assert_string_equal(out.data,
                        "[\"\\u003c/script\\u003e\\u003c!--\",\"a\\u0026b\\u2028\\u2029\","
                        "\"é\"]");
}

/* The hash of the empty text, and of "abc" (FIPS 180-2, B.1), in base64. */
static void test_source(void **state)
{
    char text[MKT_HTML_SOURCE];
    (void)state;
    assert_int_equal(mkt_html_source("", 0, text, &err), MKT_OK);
    assert_string_equal(text, "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
    assert_int_equal(mkt_html_source("abc", 3, text, &err), MKT_OK);
    assert_string_equal(text, "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='");
}

static void test_embeds(void **state)
{
    (void)state;
    assert_true(mkt_html_embeds("a < b; '</div>'", "script"));
    assert_false(mkt_html_embeds("'</ScRiPt>'", "script"));
    assert_false(mkt_html_embeds("'<script>'", "script"));
    assert_false(mkt_html_embeds("<!-- x", "script"));
    assert_false(mkt_html_embeds("</STYLE >", "style"));
}

static void test_period(void **state)
{
    (void)state;
    mkt_buf_init(&out, &arena);
    mkt_html_period(&out,
                    (struct mkt_period){mkt_date_days(2025, 1, 1), mkt_date_days(2025, 12, 31)});
    mkt_buf_char(&out, '|');
    mkt_html_period(&out,
                    (struct mkt_period){mkt_date_days(2025, 2, 3), mkt_date_days(2025, 2, 3)});
    mkt_buf_char(&out, '|');
    mkt_html_period(&out, (struct mkt_period){0, -1});
    assert_string_equal(out.data, "1 Jan 2025 – 31 Dec 2025|3 Feb 2025|–");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),   cmocka_unit_test(test_prose),  cmocka_unit_test(test_json),
        cmocka_unit_test(test_source), cmocka_unit_test(test_embeds), cmocka_unit_test(test_period),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
