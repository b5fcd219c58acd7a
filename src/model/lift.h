/* The lift of one arm over another, with its standard error.
 *
 * For a metric m with means m_a (control) and m_b (treated),
 *
 *     relative   (m_b - m_a) / |m_a|      var = v_b / m_a^2 + v_a m_b^2 / m_a^4
 *     absolute    m_b - m_a               var = v_b + v_a
 *
 * where v is the variance of an arm's mean. A ratio of means y / d is taken to
 * first order: its v is that of (y - (y/d) d) / mean d. With a covariate x
 * (CUPED), m becomes m - theta x in the difference, not in the baseline, and
 *
 *     var = (v_b + theta^2 w_b - 2 theta c_b) / m_a^2
 *         + (v_a r^2 + theta^2 w_a - 2 theta c_a r) / m_a^2,      r = m_b / m_a
 *
 * w the variance of the mean covariate, c the covariance of both.
 *
 * What cannot be tested is a fault, not an error: a caveat for the caller.
 */
#ifndef MKT_MODEL_LIFT_H
#define MKT_MODEL_LIFT_H

#include "aggregate/arms.h"

/* One arm: means of the variables and the covariances of those means. */
struct mkt_lift_arm {
    double n;   /* units */
    double dof; /* of its variance */
    double mean[MKT_ARMS_VARIABLES];
    double spread[MKT_ARMS_VARIABLES][MKT_ARMS_VARIABLES];
};

/* A proportion's variance is p (1 - p) / n, without n - 1. */
void mkt_lift_arm_of(const struct mkt_arms_moments *moments, mkt_arms_kind kind,
                     struct mkt_lift_arm *out);

typedef enum { MKT_LIFT_RELATIVE, MKT_LIFT_ABSOLUTE } mkt_lift_scale;

struct mkt_lift_spec {
    bool ratio;
    mkt_lift_scale scale;
    double theta; /* of CUPED; 0 for none */
};

typedef enum {
    MKT_LIFT_FINE,
    MKT_LIFT_TOO_FEW,          /* fewer than two units in an arm */
    MKT_LIFT_NO_VARIANCE,      /* the standard error is zero */
    MKT_LIFT_ZERO_BASELINE,    /* relative to nothing */
    MKT_LIFT_ZERO_DENOMINATOR, /* a ratio over nothing */
    MKT_LIFT_TOO_LARGE         /* not finite */
} mkt_lift_fault;

/* "fewer than two units in an arm": a clause without a stop; NULL when fine. */
const char *mkt_lift_fault_text(mkt_lift_fault fault);

struct mkt_lift {
    double control, treated; /* the metric in either arm, unadjusted */
    double value, se;        /* the lift */
    double dof;              /* Welch-Satterthwaite */
    double n;                /* units in both */
    /* variances of the difference and of what it is relative to, and their covariance, over its
     * square; an absolute lift is relative to 1, which does not vary: se^2 = difference - 2 value
     * both + value^2 base */
    double difference, base, both;
};

/* Writes *out only when it returns MKT_LIFT_FINE.
 *
 * Source   delta method: Deng, Knoblich & Lu, KDD 2018, section 2.3 and 3.1; degrees of freedom: Welch,
 *          Biometrika 34 (1947) 28-35, of the unscaled variances
 * Checked  tests/model/lift_test.c */
MKT_MUST_CHECK mkt_lift_fault mkt_lift_fit(const struct mkt_lift_arm *control,
                                           const struct mkt_lift_arm *treated,
                                           const struct mkt_lift_spec *spec, struct mkt_lift *out);

/* Variances of the metric's and the covariate's mean in an arm, and their covariance.
 * `at` gives the point of linearisation of a ratio; usually the arm itself. */
struct mkt_lift_parts {
    double metric, covariate; /* values */
    double v, w, c;
};
void mkt_lift_parts_of(const struct mkt_lift_arm *arm, bool ratio, struct mkt_lift_parts *out);

#endif
