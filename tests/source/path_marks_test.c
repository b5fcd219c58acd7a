/* Arrows, bars and commas part channels as > does. */
#include "source/path_marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void assert_plain(const char *text, size_t mark, const char *expected)
{
    char out[64];
    size_t n = mkt_path_marks_write(text, strlen(text), mark, out);
    out[n] = '\0';
    assert_string_equal(out, expected);
}

static void every_mark(void **state)
{
    (void)state;
    for (size_t i = 0; i < MKT_PATH_MARKS; i++) {
        char text[16] = "a ";
        strcat(text, mkt_path_marks[i]);
        strcat(text, " b");
        assert_int_equal(mkt_path_marks_look(text, strlen(text)), 1U << i); /* b is no medium */
        assert_plain(text, i, "a > b");
    }
    assert_string_equal(mkt_path_marks[MKT_PATH_MARKS_PLAIN], ">");
}

static void arrows_are_not_plain(void **state)
{
    (void)state;
    assert_int_equal(mkt_path_marks_look("a -> b > c", 10), 1U << 2 | 1U << MKT_PATH_MARKS_PLAIN);
    assert_int_equal(mkt_path_marks_look("a>>b", 4), 1U << 7);
    assert_plain("a->b->c", 2, "a>b>c");
    assert_plain("e-mail->b-", 2, "e-mail>b-");
    assert_int_equal(mkt_path_marks_look("google / cpc", 12), 0);
    assert_int_equal(mkt_path_marks_look("google/facebook", 15), 1U << MKT_PATH_MARKS_SLASH);
    assert_int_equal(mkt_path_marks_look("a / b / email", 13), 1U << MKT_PATH_MARKS_SLASH);
    assert_int_equal(mkt_path_marks_look("/shop/cart", 10), 0);
    assert_int_equal(mkt_path_marks_look("https://a.example/b", 19), 0);
    assert_int_equal(mkt_path_marks_look("e-mail", 6), 0);
    assert_int_equal(mkt_path_marks_look("\xE2\x86", 2), 0); /* half an arrow */
    assert_plain("", 0, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_mark),
                                       cmocka_unit_test(arrows_are_not_plain)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
