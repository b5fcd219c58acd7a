/* Published bounds (Lan & DeMets' program; Jennison & Turnbull 2000, tables 7.6 and 7.4), and the
 * error that is really spent. */
#include "model/groupseq.h"

#include "model/arm_sample.h"

#include "num/random.h"
#include "num/tail.h"

static struct mkt_arena arena;
static struct mkt_err err;

static void bounds_of(size_t looks, mkt_groupseq_spending spending, double *bound)
{
    double t[MKT_GROUPSEQ_LOOKS];
    for (size_t k = 0; k < looks; k++) t[k] = (double)(k + 1) / (double)looks;
    assert_int_equal(mkt_groupseq_bounds(&arena, t, looks, .05, spending, bound, &err), MKT_OK);
}

static void matches_five_looks(void **state)
{
    (void)state;
    const double of[] = {4.877, 3.357, 2.680, 2.290, 2.031};
    const double pocock[] = {2.438, 2.427, 2.410, 2.397, 2.386};
    double b[5];
    bounds_of(5, MKT_GROUPSEQ_OBRIEN_FLEMING, b);
    for (int k = 0; k < 5; k++) near(b[k], of[k], 6e-4);
    bounds_of(5, MKT_GROUPSEQ_POCOCK, b);
    for (int k = 0; k < 5; k++) near(b[k], pocock[k], 6e-4);
}

static void two_looks_by_closed_form(void **state)
{
    (void)state;
    double b[2], one;
    bounds_of(1, MKT_GROUPSEQ_OBRIEN_FLEMING, &one);
    near(one, 1.959963984540054, 1e-9);
    bounds_of(2, MKT_GROUPSEQ_POCOCK, b);
    near(2 * mkt_tail_normal_above(b[0]), .05 * log1p((M_E - 1) * .5), 1e-12);
}

/* Simulated walks leave exactly as often as was to be spent. */
static void spends_what_it_says(void **state)
{
    (void)state;
    double t[] = {.1, .25, .3, .7, .95, 1}, b[6];
    assert_int_equal(mkt_groupseq_bounds(&arena, t, 6, .05, MKT_GROUPSEQ_POCOCK, b, &err), MKT_OK);
    struct mkt_random r;
    mkt_random_init(&r, 8, 8);
    int left[6] = {0};
    const int walks = 200000;
    for (int w = 0; w < walks; w++) {
        double s = 0, before = 0;
        for (int k = 0; k < 6; k++) {
            s += sqrt(t[k] - before) * mkt_random_normal(&r);
            before = t[k];
            if (fabs(s) >= b[k] * sqrt(t[k])) {
                left[k]++;
                break;
            }
        }
    }
    double so_far = 0;
    for (int k = 0; k < 6; k++) {
        so_far += (double)left[k] / walks;
        near(so_far, .05 * log1p((M_E - 1) * t[k]), .002);
    }
}

static void many_looks_converge(void **state)
{
    (void)state;
    static double b[200];
    bounds_of(200, MKT_GROUPSEQ_OBRIEN_FLEMING, b);
    assert_true(isinf(b[0])); /* nothing to spend yet */
    for (int k = 1; k < 200; k++) assert_true(b[k] < b[k - 1] || isinf(b[k]));
    /* a straight bound, looked at all the time, is 2.2414 by the reflection principle */
    assert_true(b[199] > 2.0 && b[199] < 2.2414);
}

static void refuses_bad_looks(void **state)
{
    (void)state;
    double b[3];
    assert_int_equal(mkt_groupseq_bounds(&arena, (double[]){.5, .5}, 2, .05, 0, b, &err),
                     MKT_E_ARG);
    mkt_err_clear(&err);
    assert_int_equal(mkt_groupseq_bounds(&arena, (double[]){.5, 1.5}, 2, .05, 0, b, &err),
                     MKT_E_ARG);
    mkt_err_clear(&err);
    assert_int_equal(mkt_groupseq_bounds(&arena, (double[]){0}, 1, .05, 0, b, &err), MKT_E_ARG);
    mkt_err_clear(&err);
    assert_int_equal(mkt_groupseq_bounds(&arena, (double[]){1}, 0, .05, 0, b, &err), MKT_E_ARG);
    mkt_err_clear(&err);
    assert_int_equal(mkt_groupseq_bounds(&arena, (double[]){1}, 1, 1, 0, b, &err), MKT_E_ARG);
    mkt_err_clear(&err);
    arena.fail_at = arena.allocations + 1;
    assert_int_equal(mkt_groupseq_bounds(&arena, (double[]){1}, 1, .05, 0, b, &err), MKT_E_NOMEM);
    mkt_err_clear(&err);
    arena.fail_at = 0;
}

static int open_arena(void **state)
{
    (void)state;
    return mkt_arena_open(&arena, 4 << 20, &err) != MKT_OK;
}

static int close_arena(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_five_looks),  cmocka_unit_test(two_looks_by_closed_form),
        cmocka_unit_test(spends_what_it_says), cmocka_unit_test(many_looks_converge),
        cmocka_unit_test(refuses_bad_looks),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
