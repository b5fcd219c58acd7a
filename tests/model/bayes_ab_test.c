/* The published figures of gbstats (Bayesian effect tests), the pull of a prior, calibration. */
#include "model/bayes_ab.h"

#include "model/arm_sample.h"

#include "num/random.h"

static const struct mkt_bayes_ab_prior flat = {0, INFINITY};

static void matches_the_flat_prior(void **state)
{
    (void)state;
    struct sample a = proportion(49, 100), b = proportion(51, 100);
    struct mkt_lift lift = lift_of(&a, &b, MKT_ARMS_PROPORTION, MKT_LIFT_RELATIVE, 0);
    struct mkt_bayes_ab out = mkt_bayes_ab_update(&lift, &flat, .95);
    near(out.mean, .04082, 5e-6);
    near(out.low, -.24779, 5e-6);
    near(out.high, .32943, 5e-6);
    near(out.chance_to_win, .60918, 5e-6);
    near(out.risk_control, .0814, 5e-5);
    near(out.risk_treated, .04058, 5e-6);
}

static void matches_the_risks(void **state)
{
    (void)state;
    struct mkt_lift lift = {
        .control = 1, .treated = 1, .value = .1, .se = .05, .dof = 100, .n = 200};
    struct mkt_bayes_ab out = mkt_bayes_ab_update(&lift, &flat, .95);
    near(out.risk_control, .1004245351, 5e-11);
    near(out.risk_treated, .0004245351, 5e-11);
}

static void a_prior_pulls(void **state)
{
    (void)state;
    struct mkt_lift lift = {
        .control = 1, .treated = 1, .value = .1, .se = .05, .dof = 100, .n = 200};
    struct mkt_bayes_ab out = mkt_bayes_ab_update(&lift, &(struct mkt_bayes_ab_prior){0, .05}, .95);
    near(out.mean, .05, 1e-15);
    near(out.sd, .05 / sqrt(2), 1e-15);
    struct mkt_bayes_ab loose =
        mkt_bayes_ab_update(&lift, &(struct mkt_bayes_ab_prior){3, 1e9}, .95);
    struct mkt_bayes_ab none = mkt_bayes_ab_update(&lift, &flat, .95);
    near(loose.mean, none.mean, 1e-12);
    near(loose.chance_to_win, none.chance_to_win, 1e-12);
    near(mkt_bayes_ab_below(&none, 0), 1 - none.chance_to_win, 1e-15);
    near(mkt_bayes_ab_below(&none, none.high), .975, 1e-12);
    near(none.risk_control - none.risk_treated, none.mean, 1e-15);
}

static void the_best_arm_sums_to_one(void **state)
{
    (void)state;
    const double mean[] = {0, .02, .05, -.1}, sd[] = {.03, .02, .04, .01};
    double out[4];
    mkt_bayes_ab_best(mean, sd, 4, out);
    near(out[0] + out[1] + out[2] + out[3], 1, 1e-12);
    assert_true(out[2] > out[1] && out[1] > out[0] && out[0] > out[3]);
    /* two arms: the closed form; three alike: a third each */
    mkt_bayes_ab_best(mean, sd, 2, out);
    near(out[1], .5 * erfc(-.02 / sqrt(2 * (.03 * .03 + .02 * .02))), 1e-9);
    mkt_bayes_ab_best((double[]){1, 1, 1}, (double[]){.1, .1, .1}, 3, out);
    near(out[0], 1. / 3, 1e-12);
}

/* Truths drawn from the prior: of those said to win with 70 to 90 %, 70 to 90 % do. */
static void the_chance_to_win_is_calibrated(void **state)
{
    (void)state;
    struct mkt_random r;
    mkt_random_init(&r, 5, 5);
    double said = 0, won = 0, in = 0;
    const int worlds = 40000;
    int counted = 0;
    for (int w = 0; w < worlds; w++) {
        double truth = .02 + .1 * mkt_random_normal(&r);
        struct mkt_lift lift = {.control = 1,
                                .treated = 1,
                                .value = truth + .08 * mkt_random_normal(&r),
                                .se = .08,
                                .dof = 1e9,
                                .n = 1e9};
        struct mkt_bayes_ab out =
            mkt_bayes_ab_update(&lift, &(struct mkt_bayes_ab_prior){.02, .1}, .95);
        in += out.low <= truth && truth <= out.high;
        if (out.chance_to_win < .7 || out.chance_to_win > .9) continue;
        said += out.chance_to_win;
        won += truth > 0;
        counted++;
    }
    near(won / counted, said / counted, .02);
    near(in / worlds, .95, .005);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_the_flat_prior),
        cmocka_unit_test(matches_the_risks),
        cmocka_unit_test(a_prior_pulls),
        cmocka_unit_test(the_best_arm_sums_to_one),
        cmocka_unit_test(the_chance_to_win_is_calibrated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
