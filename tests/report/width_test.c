#include "report/width.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ARENA_BYTES (4 << 20)
#include "arena_fixture.h"

static struct mkt_buf out;

static const char *added(const char *text, size_t most, size_t columns)
{
    mkt_buf_init(&out, &arena);
    assert_int_equal(mkt_width_add(&out, text, most), columns);
    return out.data;
}

static const char *wrapped(const char *text, size_t at, size_t indent, size_t width)
{
    mkt_buf_init(&out, &arena);
    mkt_width_wrap(&out, text, at, indent, width);
    return out.data;
}

static void test_of(void **state)
{
    (void)state;
    assert_int_equal(mkt_width_of("abc"), 3);
    assert_int_equal(mkt_width_of("é€"), 2);
    assert_int_equal(mkt_width_of("e\xCC\x81"), 1); /* e and a combining acute */
    assert_int_equal(mkt_width_of("検索"), 4);
    assert_int_equal(mkt_width_of("\xF0\x9F\x98\x80"), 2); /* a face */
    assert_int_equal(mkt_width_of("a\xFFz"), 3);
    assert_int_equal(mkt_width_of("\x1b[31m"), 5);
}

static void test_add(void **state)
{
    (void)state;
    assert_string_equal(added("search", 6, 6), "search");
    assert_string_equal(added("search", 5, 5), "sear…");
    assert_string_equal(added("検索広告", 6, 5), "検索…");
    assert_string_equal(added("x", 0, 0), "");
}

/* C0, DEL, C1 and invalid bytes never reach the terminal. */
static void test_controls(void **state)
{
    (void)state;
    assert_string_equal(added("a\x1b[2Jb\x07\x7F\xC2\x9B\xFF", 20, 10), "a?[2Jb????");
}

static void test_wrap(void **state)
{
    (void)state;
    assert_string_equal(wrapped("one two three four", 0, 2, 10), "one two\n  three\n  four\n");
    assert_string_equal(wrapped("one two", 6, 2, 10), "one\n  two\n");
    assert_string_equal(wrapped("it is 99 % sure", 0, 0, 9), "it is\n99 % sure\n");
    assert_string_equal(wrapped("", 0, 0, 20), "\n");
    assert_string_equal(wrapped("abcdefghijklmnop q", 0, 1, 9), "abcdefghi\n jklmnop\n q\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_of),
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_controls),
        cmocka_unit_test(test_wrap),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
