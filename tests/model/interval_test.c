/* Intervals against published figures and by their own properties. */
#include "model/interval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define Z 1.959963984540054

static void near(double got, double want, double within)
{
    if (!(fabs(got - want) <= within)) fail_msg("%.17g is not %.17g", got, want);
}

/* Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (score). */
static void wilson_agrees_with_newcombe(void **state)
{
    (void)state;
    struct mkt_interval i = mkt_interval_wilson(81, 263, 1, Z);
    near(i.low, .2553, 5e-5);
    near(i.high, .3662, 5e-5);
    i = mkt_interval_wilson(15, 148, 1, Z);
    near(i.low, .0624, 5e-5);
    near(i.high, .1605, 5e-5);
    i = mkt_interval_wilson(0, 20, 1, Z);
    near(i.low, 0, 0);
    near(i.high, .1611, 5e-5);
    i = mkt_interval_wilson(1, 29, 1, Z);
    near(i.low, .0061, 5e-5);
    near(i.high, .1718, 5e-5);
}

static void a_design_effect_is_fewer_trials(void **state)
{
    (void)state;
    struct mkt_interval a = mkt_interval_wilson(30, 300, 3, Z);
    struct mkt_interval b = mkt_interval_wilson(10, 100, 1, Z);
    near(a.low, b.low, 1e-15);
    near(a.high, b.high, 1e-15);
}

static void log_is_symmetric_in_ratio(void **state)
{
    (void)state;
    struct mkt_interval i = mkt_interval_log(3, .1, 2);
    near(i.low, 3 * exp(-.2), 1e-12);
    near(i.high, 3 * exp(.2), 1e-12);
}

static void logit_stays_below_one_and_mirrors(void **state)
{
    (void)state;
    struct mkt_interval i = mkt_interval_logit(.98, .05, 2);
    assert_true(i.low > 0 && i.low < .98 && i.high > .98 && i.high < 1);
    /* the spread of the other part's logarithm is spread * p / (1 - p): the interval mirrors */
    struct mkt_interval m = mkt_interval_logit(.02, .05 * .98 / .02, 2);
    near(m.low, 1 - i.high, 1e-12);
    near(m.high, 1 - i.low, 1e-12);
}

static void none_outside_the_domain(void **state)
{
    (void)state;
    assert_true(isnan(mkt_interval_log(0, .1, 2).low));
    assert_true(isnan(mkt_interval_log(1, NAN, 2).high));
    assert_true(isnan(mkt_interval_log(1, 1e9, 2).high));
    assert_true(isnan(mkt_interval_logit(1, .1, 2).low));
    assert_true(isnan(mkt_interval_wilson(3, 2, 1, Z).low));
    assert_true(isnan(mkt_interval_wilson(0, 0, 1, Z).low));
    assert_true(isnan(mkt_interval_wilson(1, 2, .5, Z).low));
    assert_true(isnan(mkt_interval_wilson(1, 2, 1, NAN).low));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wilson_agrees_with_newcombe),
        cmocka_unit_test(a_design_effect_is_fewer_trials),
        cmocka_unit_test(log_is_symmetric_in_ratio),
        cmocka_unit_test(logit_stays_below_one_and_mirrors),
        cmocka_unit_test(none_outside_the_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
