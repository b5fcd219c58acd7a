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
    struct mkt_ranks q = {1000, 1000, 7, 6.9, 7.1};
    struct mkt_lift_arm arm;
    mkt_quantile_metric_arm(&q, 1000, &arm);
    double half = .2 / (2 * 1.959964);
    near(arm.spread[0][0] * 1000, 999 * half * half, 1e-6);
    near(arm.mean[0], 7, 0);
    mkt_quantile_metric_arm(&q, 500, &arm);
    near(arm.spread[0][0] * 1000, .5 * 999 * half * half, 1e-6);
    /* ties: no variance seen, so the floor; below 100 values there is none */
    q.low = q.high = 7;
    mkt_quantile_metric_arm(&q, 1000, &arm);
    near(arm.spread[0][0], 1e-5 / 1000, 1e-20);
    q.units = q.values = 99;
    mkt_quantile_metric_arm(&q, 99, &arm);
    assert_true(arm.spread[0][0] == 0);
}

static void ranks_stay_within(void **state)
{
    (void)state;
    struct mkt_ranks_places r = mkt_ranks_places_of(1000, .5, sqrt(.25 / 1000));
    assert_int_equal(r.middle, 500);
    assert_int_equal(r.low, 470); /* 1000 (.5 - 1.96 .0158) = 469.01 */
    assert_int_equal(r.high, 531);
    r = mkt_ranks_places_of(10, .99, sqrt(.0099 / 10));
    assert_int_equal(r.high, 10);
    r = mkt_ranks_places_of(10, .01, sqrt(.0099 / 10));
    assert_int_equal(r.low, 1);
    r = mkt_ranks_places_of(1, .5, .5);
    assert_true(r.low == 1 && r.middle == 1 && r.high == 1);
    r = mkt_ranks_places_of(1000, .5, .05);
    assert_int_equal(r.low, 403);
}

/* Units of one value each: the textbook's error; units whose values are all alike: that of the
 * units alone. */
static void clusters_count_as_one(void **state)
{
    (void)state;
    struct mkt_ranks_sums one = {400, 100, 400, 100, 100, 400};
    near(mkt_ranks_share_se(&one, .25), sqrt(.25 * .75 / 400), 1e-15);
    struct mkt_ranks_sums alike = {400, 500, 2000, 2500, 2500, 10000};
    near(mkt_ranks_share_se(&alike, .25), sqrt(.25 * .75 / 399), 1e-15);
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
    double at = sorted[(size_t)(.75 * (double)n) - 1];
    struct mkt_ranks_sums sums = {n, .75 * (double)n, (double)n, 0, 0, (double)n};
    if (clusters) {
        sums = (struct mkt_ranks_sums){.units = UNITS};
        for (int u = 0; u < UNITS; u++) {
            double below = 0;
            for (int i = 0; i < EACH; i++) below += value[u * EACH + i] <= at;
            sums.b += below, sums.bb += below * below, sums.d += EACH, sums.dd += EACH * EACH;
            sums.bd += below * EACH;
        }
    }
    struct mkt_ranks_places k = mkt_ranks_places_of(n, .75, mkt_ranks_share_se(&sums, .75));
    struct mkt_ranks q = {n, sums.units, sorted[k.middle - 1], sorted[k.low - 1],
                          sorted[k.high - 1]};
    mkt_quantile_metric_arm(&q, sums.units, out);
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
        cmocka_unit_test(clusters_count_as_one),
        cmocka_unit_test(intervals_cover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
