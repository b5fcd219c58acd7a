/* Sums in a fixed order, against plain loops; orthonormal sets by their definition. */
#include "num/dense.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "num/random.h"

#define N 61

static void fill(double *x, size_t n, uint64_t seed)
{
    struct mkt_random r;
    mkt_random_init(&r, seed, 0);
    for (size_t i = 0; i < n; i++) x[i] = mkt_random_normal(&r);
}

static void dot_and_add_agree_with_loops(void **state)
{
    (void)state;
    double x[N + 1], y[N + 1];
    for (size_t n = 0; n <= N; n++) {
        fill(x, N + 1, 1);
        fill(y, N + 1, 2);
        long double want = 0;
        for (size_t i = 0; i < n; i++) want += (long double)x[i] * (long double)y[i];
        assert_true(fabs(mkt_dense_dot(x, y, n) - (double)want) < 1e-13);
        double beyond = y[n];
        mkt_dense_add(2.5, x, y, n);
        assert_true(y[n] == beyond);
        double again[N + 1];
        fill(again, N + 1, 2);
        for (size_t i = 0; i < n; i++) assert_true(y[i] == again[i] + 2.5 * x[i]);
    }
}

static void rows_are_orthonormal(void **state)
{
    (void)state;
    enum { ROWS = 9 };
    double q[ROWS * N], v[N];
    for (size_t r = 0; r < ROWS; r++) {
        fill(v, N, 10 + r);
        for (size_t i = 0; i < N; i++) v[i] += 1e6; /* nearly parallel */
        assert_true(mkt_dense_orthonormal(q, r, N, v, 1e-20));
    }
    for (size_t a = 0; a < ROWS; a++)
        for (size_t b = 0; b < ROWS; b++)
            assert_true(fabs(mkt_dense_dot(q + a * N, q + b * N, N) - (a == b)) < 1e-9);
    mkt_dense_remove(q, ROWS, N, v);
    for (size_t i = 0; i < N; i++) assert_true(fabs(v[i]) < 1e-6);
}

static void refuses_what_is_there_already(void **state)
{
    (void)state;
    double q[3 * N], v[N], zero[N] = {0};
    fill(v, N, 1);
    assert_true(mkt_dense_orthonormal(q, 0, N, v, 1e-9));
    for (size_t i = 0; i < N; i++) v[i] *= -3;
    assert_false(mkt_dense_orthonormal(q, 1, N, v, 1e-9));
    assert_false(mkt_dense_orthonormal(q, 1, N, zero, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dot_and_add_agree_with_loops),
        cmocka_unit_test(rows_are_orthonormal),
        cmocka_unit_test(refuses_what_is_there_already),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
