/* Textbook sample sizes, inverses, and power that simulated experiments have. */
#include "model/power.h"

#include "model/arm_sample.h"

#include "model/sequential.h"
#include "model/welch.h"
#include "num/random.h"

/* Chow et al. (2018): two means, sd 1, difference .5, 80 %: 63 an arm by the normal formula; two
 * proportions .65 and .85, 80 %: 70 an arm (unpooled variances). */
static void matches_the_textbook(void **state)
{
    (void)state;
    struct mkt_power_plan mean = {0, 1, false, MKT_LIFT_ABSOLUTE, .5, .95, 0, 2, 0};
    assert_true(mkt_power_units(&mean, .5, .8) == 126);
    struct mkt_power_plan rate = {.65, .65 * .35, true, MKT_LIFT_ABSOLUTE, .5, .95, 0, 2, 0};
    near(mkt_power_units(&rate, .2, .8), 140, 1);
}

static void inverts(void **state)
{
    (void)state;
    for (int sequential = 0; sequential < 2; sequential++)
        for (int relative = 0; relative < 2; relative++) {
            struct mkt_power_plan plan = {
                .2, .16, relative != 0,         relative ? MKT_LIFT_RELATIVE : MKT_LIFT_ABSOLUTE,
                .3, .95, sequential ? 5000 : 0, 2,
                0};
            double n = mkt_power_units(&plan, .05, .8);
            near(mkt_power_of(&plan, n, .05), .8, .001);
            near(mkt_power_mde(&plan, n, .8), .05, 1e-4);
            near(mkt_power_of(&plan, n, 0), sequential ? .0125 : .025, sequential ? .0125 : 1e-9);
            assert_true(mkt_power_units(&plan, .05, .9) > n);
            assert_true(mkt_power_units(&plan, .1, .8) < n);
            if (sequential) {
                struct mkt_power_plan fixed = plan;
                fixed.tuning = 0;
                assert_true(mkt_power_units(&fixed, .05, .8) < n);
            }
        }
}

static void an_effect_of_nothing_takes_for_ever(void **state)
{
    (void)state;
    struct mkt_power_plan plan = {1, 1, false, MKT_LIFT_RELATIVE, .5, .95, 0, 2, 0};
    assert_true(isinf(mkt_power_units(&plan, 0, .8)));
    assert_true(isinf(mkt_power_units(&plan, 1e-9, .8)));
}

static void reads_the_plan_from_a_lift(void **state)
{
    (void)state;
    struct sample a = proportion(200, 1000), b = proportion(330, 1500);
    struct mkt_arms_moments m = moments_of(&a), k = moments_of(&b);
    struct mkt_lift_arm control, treated;
    mkt_lift_arm_of(&m, MKT_ARMS_PROPORTION, &control);
    mkt_lift_arm_of(&k, MKT_ARMS_PROPORTION, &treated);
    struct mkt_lift_spec spec = {false, MKT_LIFT_RELATIVE, 0};
    struct mkt_lift lift;
    assert_int_equal(mkt_lift_fit(&control, &treated, &spec, &lift), MKT_LIFT_FINE);
    struct mkt_power_plan plan = mkt_power_plan_of(&control, &treated, &lift, &spec, true, .95, 0);
    near(plan.base, .2, 1e-15);
    near(plan.variance, .16, 1e-12);
    near(plan.share, .6, 1e-15);
    assert_true(plan.proportion);
}

/* Two means, sd 1 and 3: se^2 = (1 + 9) / half, five times that of equal ones. */
static void each_arm_has_its_own_variance(void **state)
{
    (void)state;
    struct mkt_power_plan equal = {
        .variance = 1, .scale = MKT_LIFT_ABSOLUTE, .share = .5, .level = .95, .sides = 2};
    struct mkt_power_plan wide = equal;
    wide.treated = 9;
    near(mkt_power_units(&wide, .1, .8), 5 * mkt_power_units(&equal, .1, .8), 5);
    struct sample a = {.n = 4, .y = 10, .yy = 30}, b = {.n = 4, .y = 100, .yy = 10000};
    struct mkt_arms_moments m = moments_of(&a), k = moments_of(&b);
    struct mkt_lift_arm control, treated;
    mkt_lift_arm_of(&m, MKT_ARMS_MEAN, &control);
    mkt_lift_arm_of(&k, MKT_ARMS_MEAN, &treated);
    struct mkt_lift_spec spec = {false, MKT_LIFT_ABSOLUTE, 0};
    struct mkt_lift lift;
    assert_int_equal(mkt_lift_fit(&control, &treated, &spec, &lift), MKT_LIFT_FINE);
    struct mkt_power_plan plan = mkt_power_plan_of(&control, &treated, &lift, &spec, false, .95, 0);
    near(plan.variance, 5. / 3, 1e-12);
    near(plan.treated / k.covariance[0][0], 1, 1e-12);
    assert_true(mkt_power_units(&plan, 1, .8) > 10000);
}

static void experiments_have_it(void **state)
{
    (void)state;
    struct mkt_power_plan plan = {.2, .16, true, MKT_LIFT_RELATIVE, .5, .95, 0, 2, 0};
    double n = mkt_power_units(&plan, .2, .8);
    struct mkt_random r;
    mkt_random_init(&r, 4, 4);
    int seen = 0;
    const int worlds = 2000;
    for (int w = 0; w < worlds; w++) {
        int64_t half = (int64_t)(n / 2);
        struct sample a = proportion(mkt_random_binomial(&r, half, .2), half);
        struct sample b = proportion(mkt_random_binomial(&r, half, .24), half);
        struct mkt_lift lift = lift_of(&a, &b, MKT_ARMS_PROPORTION, MKT_LIFT_RELATIVE, 0);
        seen += mkt_welch_test(&lift, .95, MKT_WELCH_TWO_SIDED, 0).p < .05;
    }
    near((double)seen / worlds, .8, .03);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_the_textbook),
        cmocka_unit_test(inverts),
        cmocka_unit_test(an_effect_of_nothing_takes_for_ever),
        cmocka_unit_test(reads_the_plan_from_a_lift),
        cmocka_unit_test(each_arm_has_its_own_variance),
        cmocka_unit_test(experiments_have_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
