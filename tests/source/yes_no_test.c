/* Yes and no in the words that exports use. */
#include "source/yes_no.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void assert_says(const char *text, bool expected)
{
    bool out = !expected;
    if (!mkt_yes_no_read(text, strlen(text), &out)) fail_msg("\"%s\" says nothing", text);
    assert_int_equal(out, expected);
}

static void words(void **state)
{
    (void)state;
    assert_says("TRUE", true);
    assert_says("False", false);
    assert_says(" yes ", true);
    assert_says("no", false);
    assert_says("Ja", true);
    assert_says("nein", false);
    assert_says("oui", true);
    assert_says("f", false);
}

static void what_is_neither(void **state)
{
    (void)state;
    static const char *const text[] = {"", " ", "1", "0", "maybe", "tru", "yes no", "-"};
    bool out = true;
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        assert_false(mkt_yes_no_read(text[i], strlen(text[i]), &out));
    assert_true(out); /* left as it was */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words), cmocka_unit_test(what_is_neither)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
