/* The formula by hand, ranks at the ends, and intervals that cover: independent values and clusters. */
#include "model/quantile_metric.h"

#include "model/arm_sample.h"

#include <stdlib.h>
#include <string.h>

#include "model/welch.h"
#include "num/random.h"

static void follows_the_formula(void **state)
{
    (void)state;
    struct mkt_quantile_metric q = {7, 6.9, 7.1, 1000, 1000, .95};
    struct mkt_lift_arm arm;
    mkt_quantile_metric_arm(&q, &arm);
    double half = .2 / (2 * 1.959964);
    near(arm.spread[0][0] * 1000, 999 * half * half, 1e-6);
    near(arm.mean[0], 7, 0);
    q.n_star = 500;
    mkt_quantile_metric_arm(&q, &arm);
    near(arm.spread[0][0] * 1000, .5 * 999 * half * half, 1e-6);
    /* ties: no variance seen, so the floor; below 100 values there is none */
    q.low = q.high = 7;
    mkt_quantile_metric_arm(&q, &arm);
    near(arm.spread[0][0], 1e-5 / 1000, 1e-20);
    q.n = q.n_star = 99;
    mkt_quantile_metric_arm(&q, &arm);
    assert_true(arm.spread[0][0] == 0);
}

static void ranks_stay_within(void **state)
{
    (void)state;
    struct mkt_quantile_metric_ranks r = mkt_quantile_metric_ranks_of(1000, .5, 0, .95);
    assert_int_equal(r.middle, 500);
    assert_int_equal(r.low, 470); /* 1000 (.5 - 1.96 .0158) = 469.01 */
    assert_int_equal(r.high, 531);
    r = mkt_quantile_metric_ranks_of(10, .99, 0, .95);
    assert_int_equal(r.high, 10);
    r = mkt_quantile_metric_ranks_of(10, .01, 0, .95);
    assert_int_equal(r.low, 1);
    r = mkt_quantile_metric_ranks_of(1, .5, 0, .95);
    assert_true(r.low == 1 && r.middle == 1 && r.high == 1);
    r = mkt_quantile_metric_ranks_of(1000, .5, .05, .95);
    assert_int_equal(r.low, 403);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

#define UNITS 400
#define EACH 5
static double value[UNITS * EACH], sorted[UNITS * EACH];

/* The 75th percentile of an arm; in clusters, units differ and each has EACH values. */
static void arm_of(struct mkt_random *r, double up, bool clusters, struct mkt_lift_arm *out)
{
    int64_t n = UNITS * EACH;
    for (int u = 0; u < UNITS; u++) {
        double habit = clusters ? mkt_random_normal(r) : 0;
        for (int i = 0; i < EACH; i++) {
            double z = clusters ? .8 * habit + .6 * mkt_random_normal(r) : mkt_random_normal(r);
            value[u * EACH + i] = up * exp(.5 * z);
        }
    }
    memcpy(sorted, value, sizeof value);
    qsort(sorted, (size_t)n, sizeof *sorted, ascending);
    struct mkt_quantile_metric_ranks k = mkt_quantile_metric_ranks_of(n, .75, 0, .95);
    if (clusters) {
        double at = sorted[k.middle - 1];
        struct sample s = {.n = UNITS};
        for (int u = 0; u < UNITS; u++) {
            double below = 0;
            for (int i = 0; i < EACH; i++) below += value[u * EACH + i] <= at;
            s.y += below, s.yy += below * below, s.d += EACH, s.dd += EACH * EACH;
            s.yd += below * EACH;
        }
        struct mkt_arms_moments m = moments_of(&s);
        struct mkt_lift_arm below;
        struct mkt_lift_parts parts;
        mkt_lift_arm_of(&m, MKT_ARMS_RATIO, &below);
        mkt_lift_parts_of(&below, true, &parts);
        k = mkt_quantile_metric_ranks_of(n, .75, sqrt(parts.v), .95);
        n = UNITS;
    }
    struct mkt_quantile_metric q = {
        sorted[k.middle - 1], sorted[k.low - 1], sorted[k.high - 1], n, n, .95};
    mkt_quantile_metric_arm(&q, out);
}

static void intervals_cover(void **state)
{
    (void)state;
    for (int clusters = 0; clusters < 2; clusters++) {
        int covered = 0;
        const int worlds = 400;
        for (int w = 0; w < worlds; w++) {
            struct mkt_random r;
            mkt_random_init(&r, 15, (uint64_t)(w + 1000 * clusters));
            struct mkt_lift_arm a, b;
            arm_of(&r, 1, clusters, &a);
            arm_of(&r, 1.1, clusters, &b);
            struct mkt_lift lift;
            assert_int_equal(mkt_lift_fit(&a, &b, &(struct mkt_lift_spec){0}, &lift),
                             MKT_LIFT_FINE);
            struct mkt_welch t = mkt_welch_test(&lift, .95, MKT_WELCH_TWO_SIDED, 0);
            covered += t.low <= .1 && .1 <= t.high;
        }
        print_message("%s: %.1f %% of %d worlds\n", clusters ? "clusters" : "independent",
                      100. * covered / worlds, worlds);
        assert_in_range(covered, worlds * 93 / 100, worlds * 97 / 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_formula),
        cmocka_unit_test(ranks_stay_within),
        cmocka_unit_test(intervals_cover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
