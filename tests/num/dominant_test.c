/* An inverse times its matrix is the unit matrix, near singular ones too. */
#include "num/dominant.h"

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
        assert_true(mkt_dominant_invert(inverse, N));
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                double sum = 0;
                for (int k = 0; k < N; k++) sum += a[i * N + k] * inverse[k * N + j];
                assert_near(sum, i == j, slack < 1 ? 1e-6 : 1e-12);
            }
    }
}

static void tells_singular_ones(void **state)
{
    (void)state;
    double zero[1] = {0}, closed[4] = {1, -1, -1, 1}, bad[1] = {NAN};
    assert_false(mkt_dominant_invert(zero, 1));
    assert_false(mkt_dominant_invert(closed, 2));
    assert_false(mkt_dominant_invert(bad, 1));
    assert_true(mkt_dominant_invert(zero, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(inverts),
                                       cmocka_unit_test(tells_singular_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
