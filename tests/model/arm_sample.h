/* Arms for tests, from sums as publications give them. */
#ifndef TESTS_MODEL_ARM_SAMPLE_H
#define TESTS_MODEL_ARM_SAMPLE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/lift.h"

static inline void near(double got, double want, double absolute)
{
    if (!(fabs(got - want) <= absolute)) fail_msg("got %.17g, want %.17g", got, want);
}

struct sample {
    int64_t n;
    double y, yy, x, xx, xy, d, dd, yd;
};

static inline struct mkt_arms_sums sums_of(const struct sample *s)
{
    struct mkt_arms_sums out = {0};
    assert_true(mkt_arms_set_sum(&out, MKT_ARMS_Y, s->y));
    assert_true(mkt_arms_set_sum(&out, MKT_ARMS_X, s->x));
    assert_true(mkt_arms_set_sum(&out, MKT_ARMS_D, s->d));
    assert_true(mkt_arms_set_product(&out, MKT_ARMS_Y, MKT_ARMS_Y, s->yy));
    assert_true(mkt_arms_set_product(&out, MKT_ARMS_X, MKT_ARMS_X, s->xx));
    assert_true(mkt_arms_set_product(&out, MKT_ARMS_X, MKT_ARMS_Y, s->xy));
    assert_true(mkt_arms_set_product(&out, MKT_ARMS_D, MKT_ARMS_D, s->dd));
    assert_true(mkt_arms_set_product(&out, MKT_ARMS_D, MKT_ARMS_Y, s->yd));
    return out;
}

static inline struct mkt_arms_moments moments_of(const struct sample *s)
{
    struct mkt_arms_sums sums = sums_of(s);
    struct mkt_arms_moments out;
    mkt_arms_moments_of(s->n, &sums, &out);
    return out;
}

static inline struct mkt_arms_moments pooled(const struct sample *a, const struct sample *b)
{
    struct mkt_arms_sums sums = sums_of(a), more = sums_of(b);
    assert_true(mkt_arms_join(&sums, &more));
    struct mkt_arms_moments out;
    mkt_arms_moments_of(a->n + b->n, &sums, &out);
    return out;
}

static inline struct mkt_lift lift_of(const struct sample *a, const struct sample *b,
                                      mkt_arms_kind kind, mkt_lift_scale scale, double theta)
{
    struct mkt_arms_moments m = moments_of(a), k = moments_of(b);
    struct mkt_lift_arm control, treated;
    mkt_lift_arm_of(&m, kind, &control);
    mkt_lift_arm_of(&k, kind, &treated);
    struct mkt_lift_spec spec = {kind == MKT_ARMS_RATIO, scale, theta};
    struct mkt_lift out = {0};
    assert_int_equal(mkt_lift_fit(&control, &treated, &spec, &out), MKT_LIFT_FINE);
    return out;
}

static inline struct sample proportion(int64_t successes, int64_t n)
{
    return (struct sample){.n = n, .y = (double)successes, .yy = (double)successes};
}

#endif
