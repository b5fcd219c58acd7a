/* The published figures of gbstats (sequential tests), and what peeking does to either kind of test. */
#include "model/sequential.h"

#include "model/arm_sample.h"

#include "model/welch.h"
#include "num/random.h"

static void matches_a_mean(void **state)
{
    (void)state;
    struct sample a = {.n = 3000, .y = 1396.87, .yy = 52377.9767};
    struct sample b = {.n = 3461, .y = 2422.7, .yy = 134698.29};
    struct mkt_lift lift = lift_of(&a, &b, MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, 0);
    near(lift.value, .50336, 5e-6);
    near(lift.se, .33341, 5e-6);
    struct mkt_sequential s = mkt_sequential_test(&lift, .95, 1000);
    near(s.low, -.55844, 5e-6);
    near(s.high, 1.56516, 5e-6);
    assert_true(s.p == 1);
}

static void matches_a_proportion(void **state)
{
    (void)state;
    struct sample a = proportion(1396, 3000), b = proportion(2422, 3461);
    struct mkt_lift lift = lift_of(&a, &b, MKT_ARMS_PROPORTION, MKT_LIFT_RELATIVE, 0);
    near(lift.value, .50386, 5e-6);
    struct mkt_sequential s = mkt_sequential_test(&lift, .95, MKT_SEQUENTIAL_TUNING);
    near(s.low, .40098, 5e-6);
    near(s.high, .60675, 5e-6);
    near(s.p, 0, 5e-6);
}

static void contains_the_fixed_interval(void **state)
{
    (void)state;
    for (double n = 40; n < 1e9; n *= 3)
        for (double z = 0; z < 9; z += .7)
            for (double tuning = 10; tuning < 1e7; tuning *= 20) {
                struct mkt_lift lift = {
                    .control = 1, .treated = 1, .value = .1 * z, .se = .1, .dof = n - 2, .n = n};
                struct mkt_sequential s = mkt_sequential_test(&lift, .95, tuning);
                struct mkt_welch w = mkt_welch_test(&lift, .95, MKT_WELCH_TWO_SIDED, 0);
                assert_true(s.low <= w.low && w.high <= s.high);
                if (n > 1000 && z < 5) assert_true(s.p >= w.p);
                /* p at or below 5 % exactly when the interval leaves zero out */
                if (fabs(s.low) > 1e-9) assert_int_equal(s.p<.05, s.low> 0);
            }
}

static void is_tightest_near_its_tuning(void **state)
{
    (void)state;
    double best = INFINITY, at = 0;
    for (double tuning = 100; tuning < 1e7; tuning *= 1.05) {
        double c = mkt_sequential_critical(20000, .95, tuning, 2);
        if (c < best) best = c, at = tuning;
    }
    assert_true(at > 15000 && at < 27000);
}

#define LOOKS 40
#define STEP 125 /* units an arm and look */

/* One experiment looked at 40 times. Bit 0: the always-valid interval missed the truth at some
 * look; bit 1: the fixed one did; missed[k] counts always-valid misses at look k. */
static int peek(int world, double up, int *missed)
{
    struct mkt_random r;
    mkt_random_init(&r, 77, (uint64_t)world);
    struct sample arm[2] = {0};
    int out = 0;
    for (int look = 0; look < LOOKS; look++) {
        for (int k = 0; k < 2; k++)
            for (int i = 0; i < STEP; i++) {
                double y = (k ? 1 + up : 1) * (1 + mkt_random_exponential(&r));
                arm[k].y += y;
                arm[k].yy += y * y;
                arm[k].n++;
            }
        struct mkt_lift lift = lift_of(&arm[0], &arm[1], MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, 0);
        struct mkt_sequential s = mkt_sequential_test(&lift, .95, MKT_SEQUENTIAL_TUNING);
        struct mkt_welch w = mkt_welch_test(&lift, .95, MKT_WELCH_TWO_SIDED, 0);
        if (s.low > up || s.high < up) {
            out |= 1;
            missed[look]++;
        }
        if (w.low > up || w.high < up) out |= 2;
        if (up == 0) assert_int_equal(s.p<.05, s.low> 0 || s.high < 0);
    }
    return out;
}

static void holds_at_every_look(void **state)
{
    (void)state;
    const double up[] = {0, .05};
    for (int truth = 0; truth < 2; truth++) {
        int always = 0, fixed = 0, missed[LOOKS] = {0};
        const int worlds = truth ? 400 : 1000;
        for (int w = 0; w < worlds; w++) {
            int bad = peek(w + 10000 * truth, up[truth], missed);
            always += bad & 1;
            fixed += bad >> 1;
        }
        print_message(
            "lift %g: %d looks at %d experiments: always-valid wrong in %.1f %%, fixed in "
            "%.1f %%\n",
            up[truth], LOOKS, worlds, 100. * always / worlds, 100. * fixed / worlds);
        assert_true(always <= worlds * 5 / 100);
        assert_true(fixed > worlds * 15 / 100); /* the reason for all this */
        for (int k = 0; k < LOOKS; k++) assert_true(missed[k] <= worlds * 5 / 100);
    }
}

/* The evidence of one side, added up over effects of a half-normal prior by hand. */
static double mixture(double z, double n, double level, double tuning)
{
    double alpha = 1 - level, rho = sqrt((-2 * log(alpha) + log(1 - 2 * log(alpha))) / tuning);
    double x = z * sqrt(n), sum = 0, step = rho * 1e-4;
    for (double effect = step / 2; effect < 12 * rho; effect += step) {
        double prior = 2 * exp(-.5 * effect * effect / (rho * rho)) / (rho * sqrt(2 * M_PI));
        sum += step * prior * exp(effect * x - .5 * effect * effect * n);
    }
    return sum;
}

static void one_side_is_a_mixture_of_its_own(void **state)
{
    (void)state;
    for (double z = -2; z < 5; z += .5) {
        struct mkt_lift lift = {
            .control = 1, .treated = 1, .value = .1 * z, .se = .1, .dof = 4998, .n = 5000};
        struct mkt_lift less = {
            .control = 1, .treated = 1, .value = -.1 * z, .se = .1, .dof = 4998, .n = 5000};
        struct mkt_sequential s = mkt_sequential_test_one_side(&lift, .9, 5000, true);
        double p = fmin(1, 1 / mixture(z, 5000, .9, 5000));
        assert_true(fabs(s.p - p) <= 1e-6 * p);
        assert_true(mkt_sequential_test_one_side(&less, .9, 5000, false).p == s.p);
        struct mkt_sequential two = mkt_sequential_test(&lift, .9, 5000);
        assert_true(two.low > s.low && s.high > two.high); /* halving p would claim too much */
        assert_true(s.p > two.p / 2);
        assert_int_equal(s.p<.05, s.low> 0);
    }
    for (double n = 100; n < 1e8; n *= 10) {
        double c = mkt_sequential_critical(n, .9, 5000, 1);
        struct mkt_lift at = {.control = 1,
                              .treated = 1,
                              .value = .1 * c * (1 + 1e-9),
                              .se = .1,
                              .dof = n - 2,
                              .n = n};
        double p = mkt_sequential_test_one_side(&at, .9, 5000, true).p;
        assert_true(p <= .05 && p > .05 * (1 - 1e-6));
    }
}

/* Sums of normal draws without an effect, looked at after every one: the bound is passed at most as
 * often as it says. */
static void one_side_holds_at_every_look(void **state)
{
    (void)state;
    enum { worlds = 4000, looks = 2000 };
    double bound[looks + 1];
    int passed = 0;
    for (int n = 1; n <= looks; n++) bound[n] = mkt_sequential_critical(n, .9, 100, 1);
    for (int w = 0; w < worlds; w++) {
        struct mkt_random r;
        mkt_random_init(&r, 99, (uint64_t)w);
        double sum = 0;
        bool ever = false;
        for (int n = 1; n <= looks && !ever; n++) {
            sum += mkt_random_normal(&r);
            ever = sum / sqrt(n) >= bound[n];
        }
        passed += ever;
    }
    print_message("one side, %d looks: passed in %.2f %% of %d worlds\n", looks,
                  100. * passed / worlds, worlds);
    assert_true(passed <= worlds * 5 / 100);
    assert_true(passed > worlds * 2 / 100);
}

/* As many units as it takes, and not one less. */
static void units_until_a_lift_is_clear(void **state)
{
    (void)state;
    for (double z = .1; z < 6; z += .7) {
        double n = mkt_sequential_units(z, 5000, .95, 5000, 2);
        assert_true(n >= 5000);
        assert_true(z * sqrt(n / 5000) >= mkt_sequential_critical(n, .95, 5000, 2));
        if (n > 5000)
            assert_true(z * sqrt((n - 2) / 5000) < mkt_sequential_critical(n - 2, .95, 5000, 2));
    }
    assert_true(mkt_sequential_units(6, 5000, .95, 5000, 2) == 5000);
    assert_true(isinf(mkt_sequential_units(1e-7, 5000, .95, 5000, 2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_until_a_lift_is_clear),
        cmocka_unit_test(matches_a_mean),
        cmocka_unit_test(matches_a_proportion),
        cmocka_unit_test(contains_the_fixed_interval),
        cmocka_unit_test(is_tightest_near_its_tuning),
        cmocka_unit_test(holds_at_every_look),
        cmocka_unit_test(one_side_is_a_mixture_of_its_own),
        cmocka_unit_test(one_side_holds_at_every_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
