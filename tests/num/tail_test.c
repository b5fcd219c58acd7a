/* Published table values, tails beside each other, quantiles that invert their own tails. */
#include "num/tail.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want))) fail_msg("got %.17g, want %.17g", got, want);
}

/* Abramowitz & Stegun tables 26.1, 26.2, 26.8, 26.10; the far tails by their asymptotic series */
static void follows_the_tables(void **state)
{
    (void)state;
    near(mkt_tail_normal_above(1.959963984540054), .025, 1e-14);
    near(mkt_tail_normal_above(10), 7.619853024160527e-24, 1e-13);
    near(mkt_tail_normal_density(0), .3989422804014327, 1e-15);
    near(mkt_tail_t_quantile(.975, 1), 12.706204736174694, 1e-12);
    near(mkt_tail_t_quantile(.975, 10), 2.2281388519862744, 1e-12);
    near(mkt_tail_t_quantile(.995, 120), 2.617421, 1e-6);
    near(mkt_tail_chi_squared_above(3.841458820694124, 1), .05, 1e-12);
    near(mkt_tail_chi_squared_above(18.307038053275146, 10), .05, 1e-12);
}

/* closed forms: 1 degree of freedom is Cauchy, 2 is algebraic, 4 as well */
static void follows_the_closed_forms(void **state)
{
    (void)state;
    for (double t = -30; t <= 30; t += .37) {
        near(mkt_tail_t_above(t, 1), .5 - atan(t) / M_PI, 1e-11);
        double s = t / sqrt(2 + t * t);
        near(mkt_tail_t_above(t, 2), t < 0 ? .5 * (1 - s) : 1 / ((2 + t * t) * (1 + s)), 1e-12);
    }
    for (double x = .1; x < 60; x += 1.3)
        near(mkt_tail_chi_squared_above(x, 2), exp(-x / 2), 1e-12);
}

static void inverts_itself(void **state)
{
    (void)state;
    const double dof[] = {.7, 1, 2.5, 7, 29.9, 999, 1001, 5841.742, 1e6, 1e9, 1e12, INFINITY};
    for (size_t i = 0; i < sizeof dof / sizeof *dof; i++)
        for (double p = 1e-9; p < .5; p *= 3) {
            double t = mkt_tail_t_quantile(p, dof[i]);
            near(mkt_tail_t_above(-t, dof[i]), p, 1e-9);
            near(mkt_tail_t_quantile(1 - p, dof[i]), -t, 1e-7);
        }
}

/* t tends to the normal smoothly, also where the series takes over and where dof is cut off */
static void tends_to_the_normal(void **state)
{
    (void)state;
    near(mkt_tail_t_above(2, 999.9999999), mkt_tail_t_above(2, 1000), 1e-11);
    near(mkt_tail_t_above(3, 9.9e13), mkt_tail_normal_above(3), 1e-12);
    double before = 1;
    for (double dof = 1; dof < 1e11; dof *= 1.7) {
        double tail = mkt_tail_t_above(2.5, dof);
        assert_true(tail < before * (1 + 1e-12));
        before = tail;
    }
}

static void says_nan(void **state)
{
    (void)state;
    assert_true(isnan(mkt_tail_t_above(NAN, 3)));
    assert_true(isnan(mkt_tail_t_above(1, 0)));
    assert_true(isnan(mkt_tail_t_quantile(0, 3)));
    assert_true(isnan(mkt_tail_t_quantile(.5, NAN)));
    assert_true(isnan(mkt_tail_chi_squared_above(NAN, 3)));
    assert_true(mkt_tail_t_above(INFINITY, 3) == 0);
    assert_true(mkt_tail_t_above(-INFINITY, 3) == 1);
    assert_true(mkt_tail_chi_squared_above(-1, 3) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_tables), cmocka_unit_test(follows_the_closed_forms),
        cmocka_unit_test(inverts_itself),     cmocka_unit_test(tends_to_the_normal),
        cmocka_unit_test(says_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
