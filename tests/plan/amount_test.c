/* Amounts in words. */
#include "plan/amount.h"

#include <math.h>

#include "plan/company.h"

static struct mkt_amount one(const char *text, bool comma)
{
    struct mkt_fold f;
    struct mkt_amount a[MKT_AMOUNTS];
    assert_int_equal(mkt_fold_make(&company_arena, text, &f, &company_err), MKT_OK);
    size_t n = mkt_amount_find(&f, 0, f.tokens, comma, a);
    if (n != 1) fail_msg("%s: %zu amounts", text, n);
    return a[0];
}

static void values(void **state)
{
    static const struct {
        const char *text;
        bool comma;
        double value;
        mkt_amount_kind kind;
        const char *currency;
    } row[] = {
        {"50k", false, 5e4, MKT_AMOUNT_MONEY, NULL},
        {"€50,000", false, 5e4, MKT_AMOUNT_MONEY, "EUR"},
        {"1.2 million dollars", false, 1.2e6, MKT_AMOUNT_MONEY, "USD"},
        {"1,2 mio", true, 1.2e6, MKT_AMOUNT_MONEY, NULL},
        {"50.000 euro", true, 5e4, MKT_AMOUNT_MONEY, "EUR"},
        {"1,234.56 GBP", false, 1234.56, MKT_AMOUNT_MONEY, "GBP"},
        {"1'234.50 CHF", false, 1234.5, MKT_AMOUNT_MONEY, "CHF"},
        {"1.234.567", true, 1234567, MKT_AMOUNT_PLAIN, NULL},
        {"45 %", false, .45, MKT_AMOUNT_PERCENT, NULL},
        {"45%", false, .45, MKT_AMOUNT_PERCENT, NULL},
        {"12.5 percent", false, .125, MKT_AMOUNT_PERCENT, NULL},
        {"7", false, 7, MKT_AMOUNT_PLAIN, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct mkt_amount a = one(row[i].text, row[i].comma);
        if (fabs(a.value - row[i].value) > 1e-9 * row[i].value)
            fail_msg("%s is %.17g", row[i].text, a.value);
        assert_int_equal(a.kind, row[i].kind);
        assert_true(isnan(a.other));
        if (row[i].currency)
            assert_string_equal(a.currency, row[i].currency);
        else
            assert_null(a.currency);
    }
}

static void what_could_be_two_says_so(void **state)
{
    (void)state;
    struct mkt_amount a = one("€50.000", false);
    assert_true(a.value == 50 && a.other == 50000);
    a = one("50,000 euro", true);
    assert_true(a.value == 50 && a.other == 50000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values),
                                       cmocka_unit_test(what_could_be_two_says_so)};
    return cmocka_run_group_tests(tests, company_open, company_close);
}
