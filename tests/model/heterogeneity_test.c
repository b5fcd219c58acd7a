/* Worked examples, the level under the null, and slopes that are found. */
#include "model/heterogeneity.h"

#include "model/arm_sample.h"

#include "num/random.h"

static void works_by_hand(void **state)
{
    (void)state;
    /* precisions 1, 1, 4: m = (1 + 3 + 4 * 2) / 6 = 2, Q = 1 + 1 + 0 */
    struct mkt_heterogeneity h =
        mkt_heterogeneity_test((double[]){1, 3, 2}, (double[]){1, 1, .5}, 3);
    near(h.mean, 2, 1e-15);
    near(h.q, 2, 1e-15);
    near(h.p, exp(-1), 1e-12); /* chi-squared with 2 degrees of freedom */
    assert_true(mkt_heterogeneity_test((double[]){1}, (double[]){1}, 1).p == 1);
    assert_true(mkt_heterogeneity_test(NULL, NULL, 0).p == 1);
}

static void finds_a_slope(void **state)
{
    (void)state;
    const double t[] = {0, 1, 2, 3}, v[] = {5, 7, 9, 11}, se[] = {1, 2, .5, 1};
    struct mkt_heterogeneity_trend h = mkt_heterogeneity_trend_of(t, v, se, 4);
    near(h.slope, 2, 1e-12);
    assert_true(h.p < .1);
    const double same[] = {3, 3, 3, 3};
    h = mkt_heterogeneity_trend_of(same, v, se, 4);
    assert_true(isnan(h.slope) && h.p == 1);
    h = mkt_heterogeneity_trend_of(t, v, se, 2);
    assert_true(isnan(h.slope) && h.p == 1);
}

static void keeps_its_level(void **state)
{
    (void)state;
    struct mkt_random r;
    mkt_random_init(&r, 2, 2);
    int q = 0, slope = 0;
    for (int w = 0; w < 4000; w++) {
        double t[14], v[14], se[14];
        for (int i = 0; i < 14; i++) {
            t[i] = i;
            se[i] = .5 + mkt_random_uniform(&r);
            v[i] = 3 + se[i] * mkt_random_normal(&r);
        }
        q += mkt_heterogeneity_test(v, se, 14).p < .05;
        slope += mkt_heterogeneity_trend_of(t, v, se, 14).p < .05;
    }
    assert_in_range(q, 160, 240);
    assert_in_range(slope, 160, 240);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(works_by_hand),
        cmocka_unit_test(finds_a_slope),
        cmocka_unit_test(keeps_its_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
