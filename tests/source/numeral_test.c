#include "source/scratch.h"

#include "source/numeral.h"

static int64_t read_as(const char *text, char decimal)
{
    int64_t v = -1;
    mkt_numeral_result r = mkt_numeral_read(text, strlen(text), decimal, 6, &v);
    if (r != MKT_NUMERAL_OK) fail_msg("\"%s\" is not read (%d)", text, (int)r);
    return v;
}

static mkt_numeral_result result_of(const char *text, char decimal)
{
    int64_t v;
    return mkt_numeral_read(text, strlen(text), decimal, 6, &v);
}

static unsigned look(const char *text)
{
    return mkt_numeral_look(text, strlen(text));
}

static void reads_plain_numbers_exactly(void **state)
{
    (void)state;
    assert_int_equal(read_as("0", '.'), 0);
    assert_int_equal(read_as("0.1", '.'), 100000);
    assert_int_equal(read_as("-12.5", '.'), -12500000);
    assert_int_equal(read_as("+3", '.'), 3000000);
    assert_int_equal(read_as("  7\t", '.'), 7000000);
    assert_int_equal(read_as(".5", '.'), 500000);
    assert_int_equal(read_as("12.", '.'), 12000000);
    assert_int_equal(read_as("1.5E+06", '.'), 1500000000000);
    assert_int_equal(read_as("2e-3", '.'), 2000);
    /* rounds half away from zero, on the decimal digits */
    assert_int_equal(read_as("0.0000005", '.'), 1);
    assert_int_equal(read_as("-0.0000005", '.'), -1);
    assert_int_equal(read_as("0.00000049999999999999999999", '.'), 0);
    assert_int_equal(read_as("9007199254.740993", '.'), 9007199254740993);
}

static void reads_marks_of_both_conventions(void **state)
{
    (void)state;
    assert_int_equal(read_as("1,234.50", '.'), 1234500000);
    assert_int_equal(read_as("1.234,50", ','), 1234500000);
    assert_int_equal(read_as("1 234,50", ','), 1234500000);
    assert_int_equal(read_as("1\xC2\xA0"
                             "234,5",
                             ','),
                     1234500000);
    assert_int_equal(read_as("1\xE2\x80\xAF"
                             "234,5",
                             ','),
                     1234500000);
    assert_int_equal(read_as("1\xE2\x80\x89"
                             "234.5",
                             '.'),
                     1234500000);
    assert_int_equal(read_as("1'234.5", '.'), 1234500000);
    assert_int_equal(read_as("1\xE2\x80\x99"
                             "234.5",
                             '.'),
                     1234500000);
    assert_int_equal(read_as("12,34,567.5", '.'), 1234567500000);
    assert_int_equal(read_as("1.234", '.'), 1234000);
    assert_int_equal(read_as("1.234", ','), 1234000000);
    assert_int_equal(result_of("1,23,4.5", '.'), MKT_NUMERAL_BAD);
    assert_int_equal(result_of("12,5", '.'), MKT_NUMERAL_BAD);
    assert_int_equal(result_of("0,232", '.'), MKT_NUMERAL_BAD);
    assert_int_equal(result_of("1.2.3", '.'), MKT_NUMERAL_BAD);
    assert_int_equal(result_of("1234,567", '.'), MKT_NUMERAL_BAD);
}

static void reads_money_percent_and_accountants_signs(void **state)
{
    (void)state;
    assert_int_equal(read_as("$1,234.50", '.'), 1234500000);
    assert_int_equal(read_as("-$5", '.'), -5000000);
    assert_int_equal(read_as("$-5", '.'), -5000000);
    assert_int_equal(read_as("1.234,50 \xE2\x82\xAC", ','), 1234500000);
    assert_int_equal(read_as("EUR 12.50", '.'), 12500000);
    assert_int_equal(read_as("12.50 CHF", '.'), 12500000);
    assert_int_equal(read_as("12 EUR", '.'), 12000000);
    assert_int_equal(read_as("(12.50)", '.'), -12500000);
    assert_int_equal(read_as("($12.50)", '.'), -12500000);
    assert_int_equal(read_as("12.50-", '.'), -12500000);
    assert_int_equal(read_as("\xE2\x88\x92"
                             "3",
                             '.'),
                     -3000000);
    assert_int_equal(read_as("12.5%", '.'), 125000);
    assert_int_equal(read_as("12,5 %", ','), 125000);
    assert_string_equal(mkt_numeral_currency("\xC2\xA3"
                                             "5",
                                             3),
                        "GBP");
    assert_string_equal(mkt_numeral_currency("5 usd", 5), "USD");
    assert_null(mkt_numeral_currency("5", 1));
    assert_int_equal(result_of("(5", '.'), MKT_NUMERAL_BAD);
    assert_int_equal(result_of("5)", '.'), MKT_NUMERAL_BAD);
    assert_int_equal(result_of("5 apples", '.'), MKT_NUMERAL_BAD);
    assert_int_equal(result_of("--5", '.'), MKT_NUMERAL_BAD);
    assert_int_equal(result_of("=1+1", '.'), MKT_NUMERAL_BAD);
}

static void knows_missing_and_large(void **state)
{
    (void)state;
    static const char *const missing[] = {
        "",     " ",    "-",   "--",   "n/a",          "N/A",
        "null", "None", "NaN", "#N/A", "\xE2\x80\x94", "(not set)"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        assert_int_equal(result_of(missing[i], '.'), MKT_NUMERAL_MISSING);
    assert_int_equal(result_of("9223372036854", '.'), MKT_NUMERAL_OK);
    assert_int_equal(result_of("9300000000000", '.'), MKT_NUMERAL_LARGE);
    assert_int_equal(result_of("1e300", '.'), MKT_NUMERAL_LARGE);
    assert_int_equal(result_of("0e300", '.'), MKT_NUMERAL_OK);
    assert_int_equal(result_of("1e-300", '.'), MKT_NUMERAL_OK);
    assert_int_equal(result_of("11111111111111111111111111111111111111111111111111", '.'),
                     MKT_NUMERAL_BAD);
    int64_t v;
    assert_int_equal(mkt_numeral_read("36150000", 8, '.', 0, &v), MKT_NUMERAL_OK);
    assert_int_equal(v, 36150000);
}

static void a_look_says_what_is_proven(void **state)
{
    (void)state;
    assert_true(look("12.5") & MKT_NUMERAL_POINT);
    assert_true(look("12,5") & MKT_NUMERAL_COMMA);
    assert_true(look("0.232") & MKT_NUMERAL_POINT);
    assert_true(look("1,234,567") & MKT_NUMERAL_POINT);
    assert_true(look("1.234.567") & MKT_NUMERAL_COMMA);
    assert_true(look("1234.567") & MKT_NUMERAL_POINT);
    assert_true(look("1.234") & MKT_NUMERAL_EITHER_BY_POINT);
    assert_true(look("1,234") & MKT_NUMERAL_EITHER_BY_COMMA);
    assert_false(look("1.234") & (MKT_NUMERAL_POINT | MKT_NUMERAL_COMMA));
    assert_true(look("4500") & MKT_NUMERAL_UNGROUPED);
    assert_false(look("4 500") & MKT_NUMERAL_UNGROUPED);
    assert_false(look("450") & MKT_NUMERAL_UNGROUPED);
    assert_true(look("(3)") & MKT_NUMERAL_NEGATIVE);
    assert_true(look("3%") & MKT_NUMERAL_PERCENT);
    assert_true(look("3 EUR") & MKT_NUMERAL_MONEY);
    assert_true(look("3.5") & MKT_NUMERAL_FRACTION);
    assert_false(look("3.0") & MKT_NUMERAL_FRACTION);
    assert_int_equal(look("three"), MKT_NUMERAL_IS_BAD);
    assert_int_equal(look("--"), MKT_NUMERAL_IS_MISSING);
}

/* A member that a row of JSON lacks is a cell without a text. */
static void what_is_not_there_is_missing(void **state)
{
    int64_t v;
    (void)state;
    assert_int_equal(mkt_numeral_look(NULL, 0), MKT_NUMERAL_IS_MISSING);
    assert_int_equal(mkt_numeral_read(NULL, 0, '.', 6, &v), MKT_NUMERAL_MISSING);
    assert_true(mkt_numeral_missing(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_plain_numbers_exactly),
        cmocka_unit_test(reads_marks_of_both_conventions),
        cmocka_unit_test(reads_money_percent_and_accountants_signs),
        cmocka_unit_test(knows_missing_and_large),
        cmocka_unit_test(a_look_says_what_is_proven),
        cmocka_unit_test(what_is_not_there_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
