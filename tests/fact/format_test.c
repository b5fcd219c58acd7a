/* Figures as people read them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "fact/format.h"

static void ranges(void **state)
{
    static const struct {
        double low, high;
        mkt_unit unit;
        const char *currency, *text;
    } sample[] = {
        {.0056, .041, MKT_UNIT_POINTS, NULL, "+0.56 to +4.1 points"},
        {-.0056, .041, MKT_UNIT_POINTS, NULL, "-0.56 to +4.1 points"},
        {.059, .081, MKT_UNIT_SHARE, NULL, "5.9 to 8.1 %"},
        {.97, .99999, MKT_UNIT_PROBABILITY, NULL, "97 to over 99.9 %"},
        {12784, 16553, MKT_UNIT_MONEY, "EUR", "€12,784 to 16,553"},
        {-13747, 14941, MKT_UNIT_MONEY, "USD", "-$13,747 to 14,941"},
        {-20, -10, MKT_UNIT_MONEY, "GBP", "-£20.00 to -10.00"},
        {0, 14941, MKT_UNIT_MONEY, "USD", "$0.00 to 14,941"},
        {1500, 1600, MKT_UNIT_MONEY, "CHF", "1,500 to 1,600 CHF"},
        {1, 2, MKT_UNIT_MONEY, NULL, "1.00 to 2.00"},
        {780, 1032, MKT_UNIT_SECONDS, NULL, "13 to 17.2 minutes"},
        {45, 120, MKT_UNIT_SECONDS, NULL, "45 seconds to 2 minutes"},
        {1, 3, MKT_UNIT_SECONDS, NULL, "1 to 3 seconds"},
        {1, 3, MKT_UNIT_DAYS, NULL, "1 to 3"},
        {2.87, 3.56, MKT_UNIT_RATIO, NULL, "2.87 to 3.56"},
        {0, .01, MKT_UNIT_P, NULL, "< 0.0001 to 0.01"},
        {NAN, .01, MKT_UNIT_SHARE, NULL, "– to 1.0 %"},
        {-1e300, 1e300, MKT_UNIT_MONEY, "CHF", "-1e+300 to 1e+300"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof sample / sizeof *sample; i++) {
        char text[MKT_FORMAT_RANGE];
        mkt_format_range(sample[i].low, sample[i].high, sample[i].unit, sample[i].currency, text);
        assert_string_equal(text, sample[i].text);
    }
}

static void values(void **state)
{
    (void)state;
    static const struct {
        double value;
        mkt_unit unit;
        const char *currency, *text;
    } sample[] = {
        {12340, MKT_UNIT_MONEY, "EUR", "€12,340"},
        {-1234567.8, MKT_UNIT_MONEY, "USD", "-$1,234,568"},
        {99.5, MKT_UNIT_MONEY, "GBP", "£99.50"},
        {0.004, MKT_UNIT_MONEY, "EUR", "€0.00"},
        {-0.004, MKT_UNIT_MONEY, "EUR", "€0.00"},
        {1500, MKT_UNIT_MONEY, "CHF", "1,500 CHF"},
        {7.5, MKT_UNIT_MONEY, NULL, "7.50"},
        {999999.6, MKT_UNIT_MONEY, "JPY", "¥1,000,000"},
        {3.2149, MKT_UNIT_RATIO, NULL, "3.21"},
        {32.149, MKT_UNIT_RATIO, NULL, "32.1"},
        {321.49, MKT_UNIT_RATIO, NULL, "321"},
        {-0.5, MKT_UNIT_RATIO, NULL, "-0.50"},
        {-0.001, MKT_UNIT_INDEX, NULL, "-0.00100"},
        {0.1306, MKT_UNIT_INDEX, NULL, "0.131"},
        {0.00417, MKT_UNIT_INDEX, NULL, "0.00417"},
        {1e-9, MKT_UNIT_INDEX, NULL, "0.000000"},
        {0, MKT_UNIT_INDEX, NULL, "0.00"},
        {4.456, MKT_UNIT_INDEX, NULL, "4.46"},
        {0.000342, MKT_UNIT_SHARE, NULL, "0.034 %"},
        {0.00001, MKT_UNIT_SHARE, NULL, "0.0010 %"},
        {0.0423, MKT_UNIT_SHARE, NULL, "4.2 %"},
        {0.00423, MKT_UNIT_SHARE, NULL, "0.42 %"},
        {0.5, MKT_UNIT_SHARE, NULL, "50.0 %"},
        {1, MKT_UNIT_SHARE, NULL, "100 %"},
        {0.11, MKT_UNIT_CHANGE, NULL, "+11.0 %"},
        {-0.11, MKT_UNIT_CHANGE, NULL, "-11.0 %"},
        {12.5, MKT_UNIT_CHANGE, NULL, "+1,250 %"},
        {0, MKT_UNIT_CHANGE, NULL, "0.00 %"},
        {-0.00001, MKT_UNIT_CHANGE, NULL, "0.00 %"},
        {0.00001, MKT_UNIT_CHANGE, NULL, "0.00 %"},
        {0.0123, MKT_UNIT_POINTS, NULL, "+1.2 points"},
        {-0.00456, MKT_UNIT_POINTS, NULL, "-0.46 points"},
        {0.000342, MKT_UNIT_POINTS, NULL, "+0.034 points"},
        {0, MKT_UNIT_POINTS, NULL, "0.00 points"},
        {0.0312, MKT_UNIT_P, NULL, "0.0312"},
        {0.03, MKT_UNIT_P, NULL, "0.03"},
        {0.00012345, MKT_UNIT_P, NULL, "0.000123"},
        {0.0001, MKT_UNIT_P, NULL, "0.0001"},
        {0.00009999, MKT_UNIT_P, NULL, "< 0.0001"},
        {0, MKT_UNIT_P, NULL, "< 0.0001"},
        {1, MKT_UNIT_P, NULL, "1"},
        {NAN, MKT_UNIT_P, NULL, "–"},
        {1234567, MKT_UNIT_COUNT, NULL, "1,234,567"},
        {12, MKT_UNIT_COUNT, NULL, "12"},
        {12.34, MKT_UNIT_COUNT, NULL, "12.3"},
        {1234.56, MKT_UNIT_COUNT, NULL, "1,235"},
        {0, MKT_UNIT_COUNT, NULL, "0"},
        {28, MKT_UNIT_DAYS, NULL, "28"},
        {0, MKT_UNIT_SECONDS, NULL, "0 seconds"},
        {1, MKT_UNIT_SECONDS, NULL, "1 second"},
        {45.25, MKT_UNIT_SECONDS, NULL, "45.2 seconds"},
        {60, MKT_UNIT_SECONDS, NULL, "1 minute"},
        {754, MKT_UNIT_SECONDS, NULL, "12.6 minutes"},
        {7200, MKT_UNIT_SECONDS, NULL, "2 hours"},
        {100000, MKT_UNIT_SECONDS, NULL, "27.8 hours"},
        {172800, MKT_UNIT_SECONDS, NULL, "2 days"},
        {-259200, MKT_UNIT_SECONDS, NULL, "-3 days"},
        {0.93, MKT_UNIT_PROBABILITY, NULL, "93 %"},
        {NAN, MKT_UNIT_MONEY, "EUR", "–"},
        {INFINITY, MKT_UNIT_RATIO, NULL, "–"},
        {2e15, MKT_UNIT_COUNT, NULL, "2e+15"},
    };
    char text[MKT_FORMAT_TEXT];
    for (size_t i = 0; i < sizeof sample / sizeof *sample; i++)
        assert_string_equal(
            mkt_format_value(sample[i].value, sample[i].unit, sample[i].currency, text),
            sample[i].text);
}

static void nothing_overruns_its_text(void **state)
{
    (void)state;
    struct {
        char text[MKT_FORMAT_TEXT];
        char guard;
    } out = {.guard = '#'};
    static const double extreme[] = {999999999999999.0, -999999999999999.0, 1e300, -1e300, 1e-300};
    for (size_t i = 0; i < sizeof extreme / sizeof *extreme; i++) {
        for (int unit = MKT_UNIT_COUNT; unit <= MKT_UNIT_INDEX; unit++) {
            mkt_format_value(extreme[i], (mkt_unit)unit, "LONGCURRENCY", out.text);
            assert_true(strlen(out.text) < MKT_FORMAT_TEXT);
            assert_int_equal(out.guard, '#');
        }
    }
}

static void probabilities_never_say_certain(void **state)
{
    (void)state;
    static const struct {
        double p;
        const char *text;
    } sample[] = {
        {1, "over 99.9 %"}, {0.9995, "over 99.9 %"}, {0.999, "99.9 %"},  {0.995, "99.5 %"},
        {0.98, "98 %"},     {0.5, "50 %"},           {0.01, "1 %"},      {0.005, "0.5 %"},
        {0.001, "0.1 %"},   {0.0005, "under 0.1 %"}, {0, "under 0.1 %"}, {NAN, "–"},
    };
    char text[MKT_FORMAT_TEXT];
    for (size_t i = 0; i < sizeof sample / sizeof *sample; i++)
        assert_string_equal(mkt_format_probability(sample[i].p, text), sample[i].text);
}

static void facts_carry_their_interval(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_buf buf;
    assert_int_equal(mkt_arena_open(&arena, 1 << 16, &(struct mkt_err){0}), MKT_OK);
    struct mkt_fact fact = {.value = 3.21, .unit = MKT_UNIT_RATIO, .low = 2.87, .high = 3.56};
    mkt_buf_init(&buf, &arena);
    mkt_format_fact(&buf, &fact, "EUR");
    assert_string_equal(buf.data, "3.21 (2.87 to 3.56)");

    fact = (struct mkt_fact){.value = 12340, .unit = MKT_UNIT_MONEY, .low = NAN, .high = NAN};
    mkt_buf_init(&buf, &arena);
    mkt_format_fact(&buf, &fact, "EUR");
    assert_string_equal(buf.data, "€12,340");
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges),
        cmocka_unit_test(values),
        cmocka_unit_test(nothing_overruns_its_text),
        cmocka_unit_test(probabilities_never_say_certain),
        cmocka_unit_test(facts_carry_their_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
