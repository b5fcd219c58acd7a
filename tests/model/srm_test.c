/* The published figures of gbstats and GrowthBook (packages/back-end/test/stats.test.ts). */
#include "model/srm.h"

#include "model/arm_sample.h"

#include "num/random.h"

static double p_of(size_t arms, const int64_t *observed, const double *weight)
{
    return mkt_srm_p(observed, weight, arms);
}

static void matches_the_published(void **state)
{
    (void)state;
    const double half[] = {.5, .5}, third[] = {.34, .33, .33}, off[] = {.5, .5, 0};
    near(p_of(2, (int64_t[]){1000, 1200}, half), .000020079, 5e-10);
    near(p_of(2, (int64_t[]){135, 115}, half), .205903211, 5e-10);
    near(p_of(2, (int64_t[]){310, 98}, (double[]){.75, .25}), .647434186, 5e-10);
    near(p_of(3, (int64_t[]){500, 500, 600}, third), .000592638, 5e-10);
    near(p_of(3, (int64_t[]){0, 10, 10}, third), .005790624, 5e-10);
    near(p_of(3, (int64_t[]){1000, 1200, 900}, off), .000020079, 5e-10);
    assert_true(p_of(2, (int64_t[]){0, 0}, half) == 1);
    assert_true(p_of(1, (int64_t[]){7}, half) == 1);
    assert_true(p_of(2, (int64_t[]){7, 900}, (double[]){1, 0}) == 1);
}

static void weights_have_any_scale(void **state)
{
    (void)state;
    const int64_t n[] = {310, 98};
    near(p_of(2, n, (double[]){3, 1}), p_of(2, n, (double[]){.75, .25}), 1e-15);
}

static void rarely_cries_wolf(void **state)
{
    (void)state;
    struct mkt_random r;
    mkt_random_init(&r, 1, 9);
    int alarms = 0, mild = 0;
    for (int w = 0; w < 20000; w++) {
        int64_t a = mkt_random_binomial(&r, 5000, .3);
        double p = p_of(2, (int64_t[]){a, 5000 - a}, (double[]){.3, .7});
        alarms += p < MKT_SRM_ALARM;
        mild += p < .05;
    }
    assert_in_range(alarms, 5, 40); /* 20 expected */
    assert_in_range(mild, 880, 1120);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_the_published),
        cmocka_unit_test(weights_have_any_scale),
        cmocka_unit_test(rarely_cries_wolf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
