/* Against printed tables, identities, tails and arguments outside the domain. */
#include "num/distribution.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want))) fail_msg("%.17g is not %.17g", got, want);
}

/* Abramowitz & Stegun (1972), tables 26.1 and 26.10. */
static void agrees_with_tables(void **state)
{
    (void)state;
    near(mkt_distribution_normal_cdf(1), 0.841344746068543, 1e-14);
    near(mkt_distribution_normal_quantile(.975), 1.959963984540054, 1e-12);
    near(mkt_distribution_t_quantile(.975, 1), 12.706, 1e-4);
    near(mkt_distribution_t_quantile(.975, 5), 2.571, 3e-4);
    near(mkt_distribution_t_quantile(.995, 30), 2.750, 3e-4);
    near(mkt_distribution_t_cdf(1, 1), .75, 1e-12); /* Cauchy */
}

static void inverts(void **state)
{
    (void)state;
    for (double p = 1e-8; p < 1; p += .0499) {
        near(mkt_distribution_normal_cdf(mkt_distribution_normal_quantile(p)), p, 1e-10);
        near(mkt_distribution_t_cdf(mkt_distribution_t_quantile(p, 4.5), 4.5), p, 1e-8);
        near(mkt_distribution_t_cdf(mkt_distribution_t_quantile(p, 2e6), 2e6), p, 1e-8);
    }
}

static void keeps_tails(void **state)
{
    (void)state;
    near(mkt_distribution_normal_cdf(-30), 4.906713927148187e-198, 1e-9);
    assert_true(mkt_distribution_normal_cdf(40) == 1);
    near(mkt_distribution_t_cdf(-1e5, 2), 5e-11, 1e-4); /* 1 / (2 x^2) */
}

static void answers_nan_outside(void **state)
{
    (void)state;
    assert_true(isnan(mkt_distribution_normal_quantile(0)));
    assert_true(isnan(mkt_distribution_normal_quantile(1.5)));
    assert_true(isnan(mkt_distribution_normal_quantile(NAN)));
    assert_true(isnan(mkt_distribution_t_quantile(.5, 0)));
    assert_true(isnan(mkt_distribution_t_quantile(-1, 5)));
    assert_true(isnan(mkt_distribution_t_cdf(0, -1)));
    assert_true(isnan(mkt_distribution_t_cdf(NAN, 3)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_tables),
        cmocka_unit_test(inverts),
        cmocka_unit_test(keeps_tails),
        cmocka_unit_test(answers_nan_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
