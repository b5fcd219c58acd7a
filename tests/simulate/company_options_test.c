#include "simulate/company_options.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"

static struct mkt_company_options usual(void)
{
    struct mkt_company_options o;
    mkt_company_options_init(&o, 1);
    return o;
}

static void refuse(struct mkt_company_options o, const char *sentence)
{
    struct mkt_err err = {0};
    assert_int_equal(mkt_company_options_check(&o, &err), MKT_E_ARG);
    assert_string_equal(err.text, sentence);
}

static void accept(struct mkt_company_options o)
{
    struct mkt_err err = {0};
    if (mkt_company_options_check(&o, &err) != MKT_OK) fail_msg("%s", err.text);
}

#define WITH(member, value) (o = usual(), o.member = (value), o)

static void the_ends_are_within(void **state)
{
    (void)state;
    struct mkt_company_options o;
    accept(usual());
    accept(WITH(months, 1));
    accept(WITH(months, 120));
    accept(WITH(scale, 0.1));
    accept(WITH(scale, 10000));
    accept(WITH(channels, 2));
    accept(WITH(channels, 8));
    accept(WITH(days, 3653));
    accept(WITH(start, mkt_date_days(2100, 1, 1)));
    accept(WITH(currency, "GBP"));
}

static void beyond_them_is_refused(void **state)
{
    (void)state;
    struct mkt_company_options o;
    refuse(WITH(months, 0), "months must be from 1 to 120, not 0");
    refuse(WITH(months, 121), "months must be from 1 to 120, not 121");
    refuse(WITH(months, INT32_MIN), "months must be from 1 to 120, not -2147483648");
    refuse(WITH(days, -1), "days must be from 0 to 3653, not -1");
    refuse(WITH(days, 3654), "days must be from 0 to 3653, not 3654");
    refuse(WITH(scale, 0.09), "scale must be from 0.1 to 10000, not 0.09");
    refuse(WITH(scale, 10001), "scale must be from 0.1 to 10000, not 10001");
    refuse(WITH(scale, -1), "scale must be from 0.1 to 10000, not -1");
    refuse(WITH(scale, NAN), "scale must be a number from 0.1 to 10000");
    refuse(WITH(scale, INFINITY), "scale must be a number from 0.1 to 10000");
    refuse(WITH(channels, 1), "channels must be from 2 to 8, not 1");
    refuse(WITH(channels, 9), "channels must be from 2 to 8, not 9");
    refuse(WITH(noise, 2.5), "noise must be from 0 to 2, not 2.5");
    refuse(WITH(similarity, -0.5), "similarity must be from 0 to 1, not -0.5");
    refuse(WITH(season, 3), "season must be from 0 to 2, not 3");
    refuse(WITH(start, mkt_date_days(1979, 12, 31)), "start must be from 1980-01-01 to 2100-01-01");
    refuse(WITH(start, INT32_MAX), "start must be from 1980-01-01 to 2100-01-01");
}

static void currency_is_an_iso_code(void **state)
{
    (void)state;
    struct mkt_company_options o;
    refuse(WITH(currency, NULL), "currency is missing: three capital letters");
    refuse(WITH(currency, ""), "currency must be three capital letters, not \"\"");
    refuse(WITH(currency, "eur"), "currency must be three capital letters, not \"eur\"");
    refuse(WITH(currency, "EURO"), "currency must be three capital letters, not \"EURO\"");
    refuse(WITH(currency, "E\"\n"), "currency must be three capital letters, not \"E\"?\"");
    refuse(WITH(currency, "<script>alert(document.cookie)</script>"),
           "currency must be three capital letters, not \"<script>alert(docume\"");
}

static void varied_companies_are_valid_and_various(void **state)
{
    (void)state;
    int channels = 0;
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct mkt_company_options a, b;
        mkt_company_options_vary(&a, seed);
        mkt_company_options_vary(&b, seed);
        accept(a);
        assert_true(a.days == b.days && a.scale == b.scale && a.start == b.start);
        assert_in_range(a.days, 90, 400);
        assert_in_range(a.channels, 3, 8);
        channels |= 1 << a.channels;
    }
    assert_int_equal(channels, 0x1F8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ends_are_within),
        cmocka_unit_test(beyond_them_is_refused),
        cmocka_unit_test(currency_is_an_iso_code),
        cmocka_unit_test(varied_companies_are_valid_and_various),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
