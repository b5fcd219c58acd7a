#include "model/cashflow.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) fail_msg("%.12g is not %.12g", got, want);
}

/* Payments once a year, the months between are empty. */
static void yearly(const double *year, size_t years, double *month)
{
    for (size_t t = 0; t < 12 * years; t++) month[t] = t % 12 ? 0 : year[t / 12];
}

/* -1,000, 500, 400, 300, 200 at 10 %: -1,000 + 454.55 + 330.58 + 225.39 + 136.60 = 147.12. */
static void value_by_hand(void **state)
{
    double flow[60];
    (void)state;
    yearly((const double[]){-1000, 500, 400, 300, 200}, 5, flow);
    double by_hand = -1000 + 500 / 1.1 + 400 / 1.21 + 300 / 1.331 + 200 / 1.4641;
    near(mkt_cashflow_npv(flow, 49, .1), by_hand, 1e-9);
    near(by_hand, 147.12, .005);
    near(mkt_cashflow_npv(flow, 49, 0), 400, 1e-9);
    near(mkt_cashflow_npv(flow, 0, .1), 0, 0);
}

/* Brealey, Myers & Allen, 10th ed., 5-3: -4,000, 2,000, 4,000 has an IRR of 28.08 %. */
static void published_rate(void **state)
{
    double flow[36];
    (void)state;
    yearly((const double[]){-4000, 2000, 4000}, 3, flow);
    struct mkt_cashflow_irr irr = mkt_cashflow_rates(flow, 36);
    assert_int_equal(irr.roots, 1);
    assert_int_equal(irr.changes, 1);
    near(irr.rate[0], .2808, 5e-5);
    near(mkt_cashflow_npv(flow, 36, irr.rate[0]), 0, 1e-9);
    for (int t = 0; t < 36; t++) flow[t] *= -1e6; /* other units, other sign: the same rate */
    near(mkt_cashflow_rates(flow, 36).rate[0], irr.rate[0], 1e-12);
}

/* -100, 230, -132: worth nothing at 10 % and at 20 %. */
static void several_rates(void **state)
{
    double flow[36];
    (void)state;
    yearly((const double[]){-100, 230, -132}, 3, flow);
    struct mkt_cashflow_irr irr = mkt_cashflow_rates(flow, 36);
    assert_int_equal(irr.roots, 2);
    assert_int_equal(irr.changes, 2);
    near(irr.rate[0], .1, 1e-9);
    near(irr.rate[1], .2, 1e-9);
}

static void no_rate(void **state)
{
    (void)state;
    const double gains[] = {1, 2, 3}, nothing[] = {0, 0, 0}, losses[] = {-1, 0, -1};
    double never[36];
    assert_int_equal(mkt_cashflow_rates(gains, 3).roots, 0);
    assert_true(mkt_cashflow_rates(gains, 3).above);
    assert_int_equal(mkt_cashflow_rates(nothing, 3).changes, 0);
    assert_int_equal(mkt_cashflow_rates(losses, 3).roots, 0);
    assert_false(mkt_cashflow_rates(losses, 3).above);
    /* 1,000, -3,000, 2,500 changes sign twice and has none */
    yearly((const double[]){1000, -3000, 2500}, 3, never);
    struct mkt_cashflow_irr irr = mkt_cashflow_rates(never, 36);
    assert_int_equal(irr.changes, 2);
    assert_int_equal(irr.roots, 0);
    const double quick[] = {-1,
                            2}; /* doubles within a month: beyond the rates that are looked at */
    irr = mkt_cashflow_rates(quick, 2);
    assert_int_equal(irr.roots, 0);
    assert_true(irr.above);
}

/* Without spread a limit is the rate itself; with it, both ends lie about it. */
static void limits_hold_the_rate(void **state)
{
    double in[36], out[36], flow[36];
    const double rate[] = {0, .1, 1}, none[] = {0, 0, 0}, some[] = {.1, .1, .1};
    (void)state;
    yearly((const double[]){0, 2000, 4000}, 3, in);
    yearly((const double[]){4000, 0, 0}, 3, out);
    for (int t = 0; t < 36; t++) flow[t] = in[t] - out[t];
    double irr = mkt_cashflow_rates(flow, 36).rate[0];
    near(mkt_cashflow_limit(in, out, 36, rate, none, 3, 2), irr, 1e-12);
    double low = mkt_cashflow_limit(in, out, 36, rate, some, 3, -2);
    double high = mkt_cashflow_limit(in, out, 36, rate, some, 3, 2);
    assert_true(low < irr && irr < high);
    for (int t = 0; t < 36; t++) flow[t] = exp(-.2) * in[t] - out[t];
    near(mkt_cashflow_npv(flow, 36, low), 0, 1e-6);
    /* nothing comes in: all is lost at any rate; nothing goes out: gained at any */
    const double zero[36] = {0};
    near(mkt_cashflow_limit(zero, out, 36, rate, some, 3, 2), -1, 0);
    near(mkt_cashflow_limit(in, zero, 36, rate, some, 3, 2), MKT_CASHFLOW_MOST, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_by_hand),        cmocka_unit_test(published_rate),
        cmocka_unit_test(several_rates),        cmocka_unit_test(no_rate),
        cmocka_unit_test(limits_hold_the_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
