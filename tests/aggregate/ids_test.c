/* One user, one id, whatever the format. */
#include "aggregate/ids.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants these first */
#include <cmocka.h>

static uint64_t id_of(const char *text)
{
    return mkt_ids_of_text(text, strlen(text));
}

static void digits_are_the_number(void **state)
{
    (void)state;
    static const int64_t number[] = {0,
                                     1,
                                     -1,
                                     7,
                                     10,
                                     42,
                                     -305,
                                     4294967296,
                                     999999999999999999,
                                     1000000000000000000,
                                     INT64_MAX,
                                     INT64_MIN};
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        char text[32];
        int64_t read;
        int n = snprintf(text, sizeof text, "%" PRId64, number[i]);
        assert_true(mkt_ids_read_number(text, (size_t)n, &read) && read == number[i]);
        assert_true(id_of(text) == mkt_ids_of_number(number[i]));
        strcat(text, ".0"); /* a float of a data frame */
        assert_true(id_of(text) == mkt_ids_of_number(number[i]));
        strcat(text, "00000000"); /* a decimal of a warehouse */
        assert_true(id_of(text) == mkt_ids_of_number(number[i]));
    }
    assert_true(id_of("-0.0") == mkt_ids_of_number(0)); /* a float, too */
}

static void all_else_is_text(void **state)
{
    (void)state;
    static const char *const text[] = {"007",
                                       "00",
                                       "+7",
                                       " 7",
                                       "7 ",
                                       "-0",
                                       "-",
                                       "7.",
                                       ".0",
                                       "7.5",
                                       "7.01",
                                       "7,0",
                                       "7e2",
                                       "0x7",
                                       "07.0",
                                       "--7",
                                       "7a",
                                       "1.0.0",
                                       "9223372036854775808",
                                       "-9223372036854775809",
                                       "18446744073709551615",
                                       "18446744073709551623",
                                       "99999999999999999999",
                                       "12345678901234567890123",
                                       "",
                                       "u7"};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        int64_t read;
        size_t n = strlen(text[i]);
        if (mkt_ids_read_number(text[i], n, &read)) fail_msg("\"%s\"", text[i]);
        assert_true(mkt_ids_of_text(text[i], n) == mkt_names_hash(text[i], n));
        for (size_t k = 0; k < i; k++) assert_true(id_of(text[k]) != id_of(text[i]));
    }
}

/* What follows the text in memory is none of it. */
static void the_length_tells_the_end(void **state)
{
    (void)state;
    static const char text[] = "123456.0789";
    assert_true(mkt_ids_of_text(text, 3) == mkt_ids_of_number(123));
    assert_true(mkt_ids_of_text(text, 8) == mkt_ids_of_number(123456));
    assert_true(mkt_ids_of_text(text, 7) == mkt_names_hash(text, 7));
    assert_true(mkt_ids_of_text(text, 9) == mkt_names_hash(text, 9));
}

static void none_is_0(void **state)
{
    (void)state;
    assert_true(mkt_ids_of_number(0) == MKT_IDS_ZERO);
    for (int64_t i = 1; i < 100000; i++) {
        assert_true(mkt_ids_of_number(i) != mkt_ids_of_number(0));
        assert_true(mkt_ids_of_number(i) != mkt_ids_of_number(-i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_the_number),
        cmocka_unit_test(all_else_is_text),
        cmocka_unit_test(the_length_tells_the_end),
        cmocka_unit_test(none_is_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
