/* The calendar and the plan are taken out whole; what least squares takes along is given back. */
#include "model/expected.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "num/random.h"

#define ARENA_BYTES ((size_t)64 << 20)
#include "arena_fixture.h"

static int reset_arena(void **state)
{
    (void)state;
    arena.fail_at = 0;
    mkt_arena_reset(&arena, 0);
    return 0;
}

static struct mkt_expected init(int32_t first, int32_t days)
{
    struct mkt_expected x;
    struct mkt_err err = {0};
    assert_int_equal(
        mkt_expected_init(&x, &arena, (struct mkt_period){first, first + days - 1}, &err), MKT_OK);
    return x;
}

static double largest(const double *y, size_t n)
{
    double most = 0;
    for (size_t t = 0; t < n; t++) most = fmax(most, fabs(y[t]));
    return most;
}

static void terms_grow_with_length(void **state)
{
    (void)state;
    assert_int_equal(init(20000, 7).terms, 1);
    assert_int_equal(init(20000, 14).terms, 2);
    assert_int_equal(init(20000, 41).terms, 2);
    assert_int_equal(init(20000, 42).terms, 8);
    assert_int_equal(init(20000, 365).terms, 2 + 6 + 6);
}

static void removes_calendar_whole(void **state)
{
    (void)state;
    enum { N = 365 };
    double y[N];
    struct mkt_expected x = init(20003, N);
    for (int t = 0; t < N; t++)
        y[t] = 100 + .2 * t + 9 * (mkt_date_weekday(20003 + t) == 2) -
               4 * (mkt_date_weekday(20003 + t) == 6) + 20 * cos(acos(-1) * 4 * (t + .5) / N);
    mkt_expected_remove(&x, y);
    assert_true(largest(y, N) < 1e-9);
}

static void leaves_no_sum(void **state)
{
    (void)state;
    const int lengths[] = {1, 7, 20, 50, 200};
    struct mkt_random r;
    mkt_random_init(&r, 1, 1);
    for (int i = 0; i < 5; i++) {
        double y[200], spend[200], scratch[400], sum = 0;
        struct mkt_expected x = init(20000, lengths[i]);
        for (int t = 0; t < lengths[i]; t++) {
            y[t] = 50 + mkt_random_normal(&r);
            spend[t] = 9 + mkt_random_normal(&r);
        }
        mkt_expected_remove(&x, y);
        mkt_expected_remove_spend(&x, spend, y, 1, scratch);
        for (int t = 0; t < lengths[i]; t++) sum += y[t];
        assert_true(fabs(sum) < 1e-9);
    }
}

static void removes_spend_and_its_carry_over(void **state)
{
    (void)state;
    enum { N = 100 };
    double y[2 * N], spend[N], scratch[2 * N], carried = 0;
    struct mkt_random r;
    mkt_random_init(&r, 2, 1);
    struct mkt_expected x = init(20000, N);
    for (int t = 0; t < N; t++) {
        spend[t] = 10 + mkt_random_normal(&r);
        carried = spend[t] + .5 * carried;
        y[t] = 3 * spend[t] + 2 * carried + .1 * t;
        y[N + t] = y[t] / 7;
    }
    mkt_expected_remove(&x, y);
    mkt_expected_remove(&x, y + N);
    assert_int_equal(mkt_expected_remove_spend(&x, spend, y, 2, scratch), 2);
    assert_true(largest(y, 2 * N) < 1e-8);
}

static void steady_or_short_spend_says_nothing(void **state)
{
    (void)state;
    enum { N = 100 };
    double y[N], before[N], spend[N], scratch[2 * N];
    struct mkt_random r;
    mkt_random_init(&r, 3, 1);
    for (int t = 0; t < N; t++) {
        y[t] = mkt_random_normal(&r);
        spend[t] = 5 + (mkt_date_weekday(20000 + t) == 1); /* the calendar has it all */
    }
    struct mkt_expected x = init(20000, N), shorter = init(20000, 30);
    memset(before, 0, sizeof before);
    mkt_expected_remove(&x, y);
    memcpy(before, y, sizeof y);
    /* carry-over of the first days is not yet full, so a little of it is left */
    assert_true(mkt_expected_remove_spend(&x, spend, y, 1, scratch) <= 1);
    for (int t = 0; t < N; t++) spend[t] = mkt_random_uniform(&r);
    assert_int_equal(mkt_expected_remove_spend(&shorter, spend, y, 1, scratch), 0);
}

static double kernel(double keep, size_t d, size_t n)
{
    double share = (double)d / (double)n;
    return (1 - share) * pow(keep, (double)d) + share * pow(keep, (double)(n - d));
}

/* Over many series of independent days, the corrected variance of a bootstrapped sum has the mean n
 * and the spread of a chi-squared of the stated freedom. */
static void gives_back_what_least_squares_took(void **state)
{
    (void)state;
    enum { N = 120, SERIES = 1500 };
    static double b[N][N];
    const double block = 5;
    struct mkt_err err = {0};
    struct mkt_expected x = init(20000, N);
    assert_int_equal(mkt_expected_calibrate(&x, &arena, block, &err), MKT_OK);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) b[i][j] = kernel(1 - 1 / block, i > j ? i - j : j - i, N);
    double mean = 0, square = 0;
    struct mkt_random r;
    mkt_random_init(&r, 4, 1);
    for (int s = 0; s < SERIES; s++) {
        double y[N], v = 0;
        for (int t = 0; t < N; t++) y[t] = mkt_random_normal(&r);
        mkt_expected_remove(&x, y);
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < N; j++) v += y[i] * b[i][j] * y[j];
        mean += v / SERIES;
        square += v * v / SERIES;
    }
    double variance = square - mean * mean, freedom = 2 * mean * mean / variance;
    /* the part for own spend, which is not taken here: (1 + .5 keep) / (1 - .5 keep) twice */
    double own = 2 * (1 + .4) / (1 - .4), whole = mean / (mean - own);
    assert_true(fabs(x.scale * x.scale * mean / whole / N - 1) < .05);
    assert_true(fabs(x.freedom * whole / freedom - 1) < .2);
}

static void longer_blocks_know_less(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    struct mkt_expected a = init(20000, 200), b = a;
    assert_int_equal(mkt_expected_calibrate(&a, &arena, 1, &err), MKT_OK);
    assert_int_equal(mkt_expected_calibrate(&b, &arena, 14, &err), MKT_OK);
    assert_true(b.freedom < a.freedom / 4);
    assert_true(b.scale > a.scale && a.scale > 1);
}

static void nothing_left_is_no_freedom(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    struct mkt_expected x = init(20000, 1);
    assert_int_equal(mkt_expected_calibrate(&x, &arena, 1, &err), MKT_OK);
    assert_true(x.freedom == 0);
}

static void the_arena_may_be_full(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    struct mkt_expected x = init(20000, 60);
    size_t had = arena.allocations;
    for (size_t k = 1; k <= 3; k++) {
        arena.fail_at = had + k;
        arena.allocations = had;
        mkt_err_clear(&err);
        assert_int_equal(mkt_expected_calibrate(&x, &arena, 7, &err), MKT_E_NOMEM);
    }
    for (size_t k = 1; k <= 2; k++) {
        arena.fail_at = had + k;
        arena.allocations = had;
        mkt_err_clear(&err);
        assert_int_equal(mkt_expected_init(&x, &arena, (struct mkt_period){1, 90}, &err),
                         MKT_E_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(terms_grow_with_length, reset_arena),
        cmocka_unit_test_setup(removes_calendar_whole, reset_arena),
        cmocka_unit_test_setup(leaves_no_sum, reset_arena),
        cmocka_unit_test_setup(removes_spend_and_its_carry_over, reset_arena),
        cmocka_unit_test_setup(steady_or_short_spend_says_nothing, reset_arena),
        cmocka_unit_test_setup(gives_back_what_least_squares_took, reset_arena),
        cmocka_unit_test_setup(longer_blocks_know_less, reset_arena),
        cmocka_unit_test_setup(nothing_left_is_no_freedom, reset_arena),
        cmocka_unit_test_setup(the_arena_may_be_full, reset_arena),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
