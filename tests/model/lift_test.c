/* The published figures of gbstats (packages/stats/tests/frequentist/test_tests.py), identities,
 * faults, and intervals that cover. */
#include "model/lift.h"

#include "model/arm_sample.h"

#include "model/cuped.h"
#include "model/poststrat.h"
#include "model/welch.h"
#include "num/random.h"
#include "num/tail.h"

static const struct sample a1 = {.n = 3407, .y = 1396.87, .yy = 52377.9767};
static const struct sample b1 = {.n = 3461, .y = 2422.7, .yy = 134698.29};

static void matches_the_relative_lift(void **state)
{
    (void)state;
    struct mkt_lift lift = lift_of(&a1, &b1, MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, 0);
    near(lift.value, .70732, 5e-6);
    near(lift.se, .37879, 5e-6);
    near(lift.dof, 5841.7420, 5e-5);
    struct mkt_welch w = mkt_welch_test(&lift, .95, MKT_WELCH_TWO_SIDED, 0);
    near(w.low, -.03526, 5e-6);
    near(w.high, 1.44989, 5.1e-6);
    near(w.p, .06191, 5e-6);
}

static void matches_the_absolute_lift(void **state)
{
    (void)state;
    struct mkt_lift lift = lift_of(&a1, &b1, MKT_ARMS_MEAN, MKT_LIFT_ABSOLUTE, 0);
    near(lift.value, .29, 5e-5);
    near(lift.se, .12478, 5e-6);
    struct mkt_welch w = mkt_welch_test(&lift, .95, MKT_WELCH_TWO_SIDED, 0);
    near(w.low, .04538, 5e-6);
    near(w.high, .53462, 5e-6);
    near(w.p, .02016, 5e-6);
}

static void matches_proportions(void **state)
{
    (void)state;
    struct sample a = proportion(14, 28), b = proportion(16, 30);
    struct mkt_lift lift = lift_of(&a, &b, MKT_ARMS_PROPORTION, MKT_LIFT_RELATIVE, 0);
    near(lift.value, .06667, 5e-6);
    near(lift.se, .27170, 5e-6);
    struct mkt_welch w = mkt_welch_test(&lift, .95, MKT_WELCH_TWO_SIDED, 0);
    near(w.low, -.47767, 5e-6);
    near(w.high, .61101, 5e-6);
    near(w.p, .80707, 5e-6);
}

static void matches_nine_digits(void **state)
{
    (void)state;
    struct sample a = {.n = 100, .y = 270, .yy = 848.79}, b = {.n = 120, .y = 300, .yy = 869};
    struct mkt_lift lift = lift_of(&a, &b, MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, 0);
    near(lift.value, -.074074074, 5e-10);
    near(mkt_welch_test(&lift, .95, MKT_WELCH_TWO_SIDED, 0).p, .145219005, 5e-10);
}

static void matches_ratios(void **state)
{
    (void)state;
    struct sample a = {.n = 100, .y = 270, .yy = 848.79, .d = 510, .dd = 810, .yd = -900};
    struct sample b = {.n = 120, .y = 300, .yy = 869, .d = 500, .dd = 800, .yd = -905};
    /* as published these sums are no one's data (sum of squares below n mean^2), so the moments are
     * made as the formula has them, without holding a variance to zero */
    const struct sample *s[] = {&a, &b};
    struct mkt_lift_arm arm[2] = {0};
    for (int i = 0; i < 2; i++) {
        double n = (double)s[i]->n, k = n * (n - 1);
        arm[i].n = n;
        arm[i].dof = n - 1;
        arm[i].mean[MKT_ARMS_Y] = s[i]->y / n;
        arm[i].mean[MKT_ARMS_D] = s[i]->d / n;
        arm[i].spread[MKT_ARMS_Y][MKT_ARMS_Y] = (s[i]->yy - s[i]->y * s[i]->y / n) / k;
        arm[i].spread[MKT_ARMS_D][MKT_ARMS_D] = (s[i]->dd - s[i]->d * s[i]->d / n) / k;
        arm[i].spread[MKT_ARMS_Y][MKT_ARMS_D] = arm[i].spread[MKT_ARMS_D][MKT_ARMS_Y] =
            (s[i]->yd - s[i]->y * s[i]->d / n) / k;
    }
    struct mkt_lift lift = {0};
    assert_int_equal(
        mkt_lift_fit(&arm[0], &arm[1], &(struct mkt_lift_spec){true, MKT_LIFT_RELATIVE, 0}, &lift),
        MKT_LIFT_FINE);
    near(lift.control, .529411765, 5e-10);
    near(lift.treated, .6, 1e-12);
    near(lift.value, .133333333, 5e-10);
    near(mkt_welch_test(&lift, .95, MKT_WELCH_TWO_SIDED, 0).p, .610663339, 5e-10);
}

static const struct sample a9 = {.n = 3001, .y = 300, .yy = 600, .x = 210, .xx = 415, .xy = -20};
static const struct sample b9 = {.n = 3000, .y = 222, .yy = 555, .x = 120, .xx = 405, .xy = -10};

static void matches_cuped(void **state)
{
    (void)state;
    struct mkt_arms_moments both = pooled(&a9, &b9);
    double theta = mkt_cuped_theta(&both, MKT_ARMS_MEAN);
    near(theta, -.0732119403, 5e-11);
    struct mkt_lift lift = lift_of(&a9, &b9, MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, theta);
    near(lift.value, -.281707154, 5e-10);
    near(mkt_welch_test(&lift, .95, MKT_WELCH_TWO_SIDED, 0).p, .003732549, 5e-10);
}

static void an_idle_covariate_changes_nothing(void **state)
{
    (void)state;
    struct sample a = a9, b = b9;
    a.xy = a.y * a.x / (double)a.n;
    b.xy = b.y * b.x / (double)b.n;
    struct mkt_lift raw = lift_of(&a, &b, MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, 0);
    a.x = b.x = a.xx = b.xx = a.xy = b.xy = 0; /* a constant */
    struct mkt_arms_moments both = pooled(&a, &b);
    double theta = mkt_cuped_theta(&both, MKT_ARMS_MEAN);
    assert_true(theta == 0);
    struct mkt_lift lift = lift_of(&a, &b, MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, theta);
    assert_memory_equal(&lift, &raw, sizeof lift);
    assert_true(mkt_cuped_saved(raw.se, lift.se) == 0);
}

static void one_stratum_is_the_whole(void **state)
{
    (void)state;
    struct mkt_arms_moments m = moments_of(&a9);
    struct mkt_lift_arm plain, strata;
    mkt_lift_arm_of(&m, MKT_ARMS_MEAN, &plain);
    mkt_poststrat_arm(&m, (double[]){1}, 1, MKT_ARMS_MEAN, &strata);
    assert_memory_equal(&plain, &strata, sizeof plain);
}

/* Strata with different levels: the mix differs by chance between the arms, reweighting removes it. */
static void strata_take_the_mix_out(void **state)
{
    (void)state;
    struct sample a[2] = {{.n = 600, .y = 600, .yy = 660}, {.n = 400, .y = 1200, .yy = 3640}};
    struct sample b[2] = {{.n = 500, .y = 500, .yy = 550}, {.n = 500, .y = 1500, .yy = 4550}};
    struct mkt_arms_moments of_a[2] = {moments_of(&a[0]), moments_of(&a[1])};
    struct mkt_arms_moments of_b[2] = {moments_of(&b[0]), moments_of(&b[1])};
    struct mkt_lift_arm control, treated;
    mkt_poststrat_arm(of_a, (double[]){.55, .45}, 2, MKT_ARMS_MEAN, &control);
    mkt_poststrat_arm(of_b, (double[]){.55, .45}, 2, MKT_ARMS_MEAN, &treated);
    struct mkt_lift lift = {0}, raw;
    assert_int_equal(mkt_lift_fit(&control, &treated,
                                  &(struct mkt_lift_spec){false, MKT_LIFT_ABSOLUTE, 0}, &lift),
                     MKT_LIFT_FINE);
    near(lift.value, 0, 1e-12);
    struct mkt_arms_moments whole_a = pooled(&a[0], &a[1]), whole_b = pooled(&b[0], &b[1]);
    mkt_lift_arm_of(&whole_a, MKT_ARMS_MEAN, &control);
    mkt_lift_arm_of(&whole_b, MKT_ARMS_MEAN, &treated);
    assert_int_equal(mkt_lift_fit(&control, &treated,
                                  &(struct mkt_lift_spec){false, MKT_LIFT_ABSOLUTE, 0}, &raw),
                     MKT_LIFT_FINE);
    near(raw.value, .2, 1e-12);
    assert_true(lift.se < raw.se / 2);
}

static void scale_and_sign_are_kept(void **state)
{
    (void)state;
    struct sample a = a9, b = b9, ten_a = a9, ten_b = b9, minus_a = a9, minus_b = b9;
    ten_a.y *= 10, ten_a.yy *= 100, ten_b.y *= 10, ten_b.yy *= 100;
    minus_a.y *= -1, minus_b.y *= -1;
    struct mkt_lift one = lift_of(&a, &b, MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, 0);
    struct mkt_lift ten = lift_of(&ten_a, &ten_b, MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, 0);
    struct mkt_lift minus = lift_of(&minus_a, &minus_b, MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, 0);
    near(ten.value, one.value, 1e-12);
    near(ten.se, one.se, 1e-12);
    /* relative to |baseline|: a loss that shrinks is a gain */
    near(minus.value, -one.value, 1e-12);
    near(minus.se, one.se, 1e-12);
}

static void tails_agree(void **state)
{
    (void)state;
    struct mkt_lift lift = lift_of(&a1, &b1, MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, 0);
    struct mkt_welch two = mkt_welch_test(&lift, .9, MKT_WELCH_TWO_SIDED, 0);
    struct mkt_welch up = mkt_welch_test(&lift, .95, MKT_WELCH_GREATER, 0);
    struct mkt_welch down = mkt_welch_test(&lift, .95, MKT_WELCH_LESS, 0);
    near(up.low, two.low, 1e-12);
    near(down.high, two.high, 1e-12);
    assert_true(isinf(up.high) && isinf(down.low));
    near(up.p + down.p, 1, 1e-12);
    near(two.p, 2 * up.p, 1e-12);
    /* not inferior by a margin exactly when the one-sided bound lies above -margin */
    near(mkt_welch_test(&lift, .95, MKT_WELCH_GREATER, -up.low).p, .05, 1e-9);
    near(mkt_welch_test(&lift, .95, MKT_WELCH_LESS, down.high).p, .05, 1e-9);
}

/* How far the difference treated - (1 + x) control is from nothing, in standard errors. */
static double apart(const struct mkt_lift *l, double x)
{
    return fabs(l->value - x) / sqrt(l->difference - 2 * x * l->both + x * x * l->base);
}

/* The ends are where the test of Fieller's turns; where the baseline is noise there are none. */
static void fieller_is_the_test_turned_round(void **state)
{
    (void)state;
    struct sample minus_a = a9, minus_b = b9;
    minus_a.y *= -1, minus_b.y *= -1;
    const struct mkt_lift lifts[] = {
        lift_of(&a1, &b1, MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, 0),
        lift_of(&a9, &b9, MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, 0),
        lift_of(&minus_a, &minus_b, MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, 0)};
    for (size_t i = 0; i < sizeof lifts / sizeof *lifts; i++) {
        const struct mkt_lift *l = &lifts[i];
        struct mkt_welch f = mkt_welch_fieller(l, .95), w = mkt_welch_test(l, .95, 0, 0);
        double q = mkt_tail_t_quantile(.975, l->dof);
        near(apart(l, f.low), q, 1e-9);
        near(apart(l, f.high), q, 1e-9);
        near(sqrt(l->difference - 2 * l->value * l->both + l->value * l->value * l->base), l->se,
             1e-12);
        assert_true(f.low < l->value && l->value < f.high);
        /* it leans as the ratio does: away from nothing */
        double up = i < 2 ? f.high - w.high : w.low - f.low;
        double in = i < 2 ? f.low - w.low : w.high - f.high;
        assert_true(up > 0 && in > 0);
        assert_int_equal(f.low > 0 || f.high < 0, f.p < .05);
    }
    struct mkt_lift plain = lift_of(&a1, &b1, MKT_ARMS_MEAN, MKT_LIFT_ABSOLUTE, 0);
    struct mkt_welch f = mkt_welch_fieller(&plain, .95), w = mkt_welch_test(&plain, .95, 0, 0);
    near(f.low, w.low, 1e-12);
    near(f.high, w.high, 1e-12);
    near(f.p, w.p, 1e-12);
    const struct sample faint = {.n = 100, .y = 1, .yy = 100}; /* 0.01, give or take 0.1 */
    struct mkt_lift noise = lift_of(&faint, &b1, MKT_ARMS_MEAN, MKT_LIFT_RELATIVE, 0);
    f = mkt_welch_fieller(&noise, .95);
    assert_true(isinf(f.low) && isinf(f.high));
}

static mkt_lift_fault fault_of(struct sample a, struct sample b, bool ratio)
{
    struct mkt_arms_moments m = moments_of(&a), k = moments_of(&b);
    struct mkt_lift_arm control, treated;
    mkt_lift_arm_of(&m, MKT_ARMS_MEAN, &control);
    mkt_lift_arm_of(&k, MKT_ARMS_MEAN, &treated);
    struct mkt_lift out;
    return mkt_lift_fit(&control, &treated, &(struct mkt_lift_spec){ratio, MKT_LIFT_RELATIVE, 0},
                        &out);
}

static void names_its_faults(void **state)
{
    (void)state;
    struct sample none = {.n = 1, .y = 3, .yy = 9}, flat = {.n = 10, .y = 20, .yy = 40};
    struct sample zero = {.n = 10}, some = {.n = 10, .y = 20, .yy = 60};
    struct sample tiny = {.n = 10, .y = 1e-6, .yy = 1e-12}, empty = {0};
    assert_int_equal(fault_of(none, some, false), MKT_LIFT_TOO_FEW);
    assert_int_equal(fault_of(some, none, false), MKT_LIFT_TOO_FEW);
    assert_int_equal(fault_of(empty, some, false), MKT_LIFT_TOO_FEW);
    assert_int_equal(fault_of(flat, flat, false), MKT_LIFT_NO_VARIANCE);
    assert_int_equal(fault_of(zero, some, false), MKT_LIFT_ZERO_BASELINE);
    assert_int_equal(fault_of(some, some, true), MKT_LIFT_ZERO_DENOMINATOR);
    assert_int_equal(fault_of(tiny, some, false), MKT_LIFT_FINE);
    struct mkt_lift_arm huge = {.n = 9, .dof = 8, .mean = {1e-300}, .spread = {{1}}};
    struct mkt_lift_arm large = {.n = 9, .dof = 8, .mean = {1e300}, .spread = {{1}}};
    struct mkt_lift out;
    assert_int_equal(mkt_lift_fit(&huge, &large, &(struct mkt_lift_spec){0}, &out),
                     MKT_LIFT_TOO_LARGE);
    assert_null(mkt_lift_fault_text(MKT_LIFT_FINE));
    for (int f = MKT_LIFT_TOO_FEW; f <= MKT_LIFT_TOO_LARGE; f++)
        assert_non_null(mkt_lift_fault_text((mkt_lift_fault)f));
}

/* ---- coverage: 800 worlds of each kind, a true lift of 5 % ---------------- */

#define WORLDS 800
#define UNITS 1500

enum { HEAVY, RATE, RATIO, COVARIATE, STRATA };

/* One unit: y, d, x.  Mean of y is 1 (HEAVY, COVARIATE), .2 (RATE), 1.5 * d (RATIO). */
static void draw(struct mkt_random *r, int world, double up, int stratum, double v[4])
{
    v[0] = v[1] = v[2] = v[3] = 0;
    if (world == HEAVY) {
        v[0] = mkt_random_uniform(r) < .3 ? up / .3 * exp(mkt_random_normal(r) - .5) : 0;
    } else if (world == RATE) {
        v[0] = mkt_random_uniform(r) < .2 * up;
    } else if (world == RATIO) {
        double habit = mkt_random_gamma(r, 2);
        v[1] = 1 + (double)mkt_random_poisson(r, 3 * habit);
        v[0] = (double)mkt_random_binomial(r, (int64_t)v[1], .4 * up);
    } else if (world == COVARIATE) {
        double habit = mkt_random_gamma(r, 2);
        v[2] = (double)mkt_random_poisson(r, 5 * habit);
        v[0] = up * (habit / 2 + .5 * (mkt_random_uniform(r) - .5));
    } else {
        v[0] = up * (.5 + stratum + .3 * mkt_random_normal(r)) / 1;
    }
}

static bool covers(int world, int w)
{
    struct mkt_random r;
    mkt_random_init(&r, 20260101, (uint64_t)(world * 10000 + w));
    const mkt_arms_kind kind[] = {MKT_ARMS_MEAN, MKT_ARMS_PROPORTION, MKT_ARMS_RATIO, MKT_ARMS_MEAN,
                                  MKT_ARMS_MEAN};
    struct mkt_arms_sums sums[2][2] = {0};
    int64_t n[2][2] = {0};
    for (int arm = 0; arm < 2; arm++)
        for (int i = 0; i < UNITS; i++) {
            int s = world == STRATA ? mkt_random_uniform(&r) < .5 : 0;
            double v[4];
            draw(&r, world, arm ? 1.05 : 1, s, v);
            struct mkt_arms_sums unit = {0};
            for (int k = 0; k < 4; k++) {
                mkt_arms_set_sum(&unit, (mkt_arms_variable)k, v[k]);
                for (int j = k; j < 4; j++)
                    mkt_arms_set_product(&unit, (mkt_arms_variable)k, (mkt_arms_variable)j,
                                         v[k] * v[j]);
            }
            assert_true(mkt_arms_join(&sums[arm][s], &unit));
            n[arm][s]++;
        }
    struct mkt_arms_moments m[2][2], both;
    struct mkt_lift_arm arm[2];
    for (int i = 0; i < 2; i++) {
        for (int s = 0; s < 2; s++) mkt_arms_moments_of(n[i][s], &sums[i][s], &m[i][s]);
        mkt_lift_arm_of(&m[i][0], kind[world], &arm[i]);
    }
    if (world == STRATA) {
        double w1 = (double)(n[0][1] + n[1][1]) / (2. * UNITS), weight[] = {1 - w1, w1};
        for (int i = 0; i < 2; i++) mkt_poststrat_arm(m[i], weight, 2, MKT_ARMS_MEAN, &arm[i]);
    }
    struct mkt_lift_spec spec = {kind[world] == MKT_ARMS_RATIO, MKT_LIFT_RELATIVE, 0};
    if (world == COVARIATE) {
        struct mkt_arms_sums all = sums[0][0];
        assert_true(mkt_arms_join(&all, &sums[1][0]));
        mkt_arms_moments_of(2 * UNITS, &all, &both);
        spec.theta = mkt_cuped_theta(&both, MKT_ARMS_MEAN);
    }
    struct mkt_lift lift;
    assert_int_equal(mkt_lift_fit(&arm[0], &arm[1], &spec, &lift), MKT_LIFT_FINE);
    struct mkt_welch t = mkt_welch_test(&lift, .95, MKT_WELCH_TWO_SIDED, 0);
    return t.low <= .05 && .05 <= t.high;
}

static void intervals_cover(void **state)
{
    (void)state;
    static const char *const name[] = {"heavy tail", "rate", "ratio", "covariate", "strata"};
    for (int world = HEAVY; world <= STRATA; world++) {
        int covered = 0;
        for (int w = 0; w < WORLDS; w++) covered += covers(world, w);
        print_message("%s: %.1f %% of %d worlds\n", name[world], 100. * covered / WORLDS, WORLDS);
        assert_in_range(covered, WORLDS * 93 / 100, WORLDS * 97 / 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_the_relative_lift),
        cmocka_unit_test(matches_the_absolute_lift),
        cmocka_unit_test(matches_proportions),
        cmocka_unit_test(matches_nine_digits),
        cmocka_unit_test(matches_ratios),
        cmocka_unit_test(matches_cuped),
        cmocka_unit_test(an_idle_covariate_changes_nothing),
        cmocka_unit_test(one_stratum_is_the_whole),
        cmocka_unit_test(strata_take_the_mix_out),
        cmocka_unit_test(scale_and_sign_are_kept),
        cmocka_unit_test(tails_agree),
        cmocka_unit_test(fieller_is_the_test_turned_round),
        cmocka_unit_test(names_its_faults),
        cmocka_unit_test(intervals_cover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
