/* An inverse times its matrix is the unit matrix, near singular ones too. */
#include "num/inverse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "num/near.h"
#include "num/random.h"

#define N 40

static void inverts(void **state)
{
    (void)state;
    double a[N * N], inverse[N * N];
    struct mkt_random r;
    mkt_random_init(&r, 3, 0);
    for (int round = 0; round < 5; round++) {
        double slack = round % 2 ? 1 : 1e-6;
        for (int i = 0; i < N; i++) {
            double sum = slack;
            for (int j = 0; j < N; j++)
                if (i != j) sum -= a[i * N + j] = -mkt_random_uniform(&r);
            a[i * N + i] = sum;
        }
        for (int i = 0; i < N * N; i++) inverse[i] = a[i];
        assert_true(mkt_inverse_make(inverse, N));
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                double sum = 0;
                for (int k = 0; k < N; k++) sum += a[i * N + k] * inverse[k * N + j];
                assert_near(sum, i == j, slack < 1 ? 1e-6 : 1e-12);
            }
    }
}

static void inverts_positive_definite_ones(void **state)
{
    (void)state;
    enum { M = 12 };
    double b[M * M], a[M * M] = {0}, inverse[M * M];
    struct mkt_random r;
    mkt_random_init(&r, 4, 0);
    for (int i = 0; i < M * M; i++) b[i] = mkt_random_normal(&r);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < M; j++)
            for (int k = 0; k < M; k++) a[i * M + j] += b[i * M + k] * b[j * M + k];
    for (int i = 0; i < M * M; i++) inverse[i] = a[i];
    assert_true(mkt_inverse_make(inverse, M));
    for (int i = 0; i < M; i++)
        for (int j = 0; j < M; j++) {
            double sum = 0;
            for (int k = 0; k < M; k++) sum += a[i * M + k] * inverse[k * M + j];
            assert_near(sum, i == j, 1e-8);
        }
}

static void tells_singular_ones(void **state)
{
    (void)state;
    double zero[1] = {0}, closed[4] = {1, -1, -1, 1}, bad[1] = {NAN};
    assert_false(mkt_inverse_make(zero, 1));
    assert_false(mkt_inverse_make(closed, 2));
    assert_false(mkt_inverse_make(bad, 1));
    assert_true(mkt_inverse_make(zero, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(inverts),
                                       cmocka_unit_test(inverts_positive_definite_ones),
                                       cmocka_unit_test(tells_singular_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
