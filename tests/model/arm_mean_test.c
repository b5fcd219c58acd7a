/* Textbook intervals, ends, and arms that have none. */
#include "model/arm_mean.h"

#include "model/arm_sample.h"

#include "num/random.h"

static struct mkt_arm_mean of(struct sample s, mkt_arms_kind kind)
{
    struct mkt_arms_moments m = moments_of(&s);
    return mkt_arm_mean_of(&m, kind, .95);
}

/* Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3: 81/263, 15/148, 0/20 */
static void matches_newcombe(void **state)
{
    (void)state;
    struct mkt_arm_mean m = of(proportion(81, 263), MKT_ARMS_PROPORTION);
    near(m.low, .2553, 5e-5);
    near(m.high, .3662, 5e-5);
    m = of(proportion(15, 148), MKT_ARMS_PROPORTION);
    near(m.low, .0624, 5e-5);
    near(m.high, .1605, 5e-5);
    m = of(proportion(0, 20), MKT_ARMS_PROPORTION);
    assert_true(m.low == 0);
    near(m.high, .1611, 5e-5);
}

static void is_students(void **state)
{
    (void)state;
    /* 1, 2, 3: mean 2, s 1, t(2) = 4.302653 */
    struct mkt_arm_mean m = of((struct sample){.n = 3, .y = 6, .yy = 14}, MKT_ARMS_MEAN);
    near(m.value, 2, 1e-15);
    near(m.high - 2, 4.302653 / sqrt(3), 1e-6);
    near(m.se, 1 / sqrt(3), 1e-12);
    near(2 - m.low, m.high - 2, 1e-12);
}

static void says_when_there_is_none(void **state)
{
    (void)state;
    struct mkt_arm_mean m = of((struct sample){.n = 1, .y = 3, .yy = 9}, MKT_ARMS_MEAN);
    assert_true(m.value == 3 && isnan(m.low) && isnan(m.high));
    m = of((struct sample){.n = 5, .y = 3, .yy = 9}, MKT_ARMS_RATIO);
    assert_true(m.value == 0 && isnan(m.low));
    m = of((struct sample){.n = 1, .y = 3, .yy = 9, .d = 2, .dd = 4}, MKT_ARMS_RATIO);
    assert_true(m.value == 1.5 && isnan(m.low));
}

static void covers(void **state)
{
    (void)state;
    struct mkt_random r;
    mkt_random_init(&r, 6, 6);
    int covered = 0;
    for (int w = 0; w < 4000; w++) {
        struct mkt_arm_mean m =
            of(proportion(mkt_random_binomial(&r, 200, .07), 200), MKT_ARMS_PROPORTION);
        covered += m.low <= .07 && .07 <= m.high;
    }
    assert_in_range(covered, 4000 * 93 / 100, 4000 * 97 / 100);
}

/* An arm that is made already, as a quantile's is: Student's t on its own variance. */
static void takes_an_arm_as_it_is(void **state)
{
    (void)state;
    struct mkt_lift_arm arm = {.n = 101, .dof = 100, .mean = {7}, .spread = {{.04}}};
    struct mkt_arm_mean m = mkt_arm_mean_of_arm(&arm, .95);
    near(m.se, .2, 1e-15);
    near(m.high - m.value, .2 * 1.983971519, 1e-9); /* t of 100 degrees of freedom */
    near(m.value - m.low, m.high - m.value, 1e-12);
    arm.n = 1;
    assert_true(isnan(mkt_arm_mean_of_arm(&arm, .95).low));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_newcombe),        cmocka_unit_test(is_students),
        cmocka_unit_test(says_when_there_is_none), cmocka_unit_test(covers),
        cmocka_unit_test(takes_an_arm_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
