/* How likely a test is to see an effect, how small an effect it can see, and how many units that takes.
 *
 *     power(N, d) = P(Z > (c - d) / se(N, c)),     c = critical se(N, c) the least lift that is called
 *
 * The standard error of a relative lift grows with the lift that is seen,
 * hence c. `critical` is 1.96 at 95 % for one look at the end, the wider
 * figure of model/sequential.h for a test that may be looked at every day. The
 * test is two-sided; only calls in the effect's own direction count.
 */
#ifndef MKT_MODEL_POWER_H
#define MKT_MODEL_POWER_H

#include "model/lift.h"

struct mkt_power_plan {
    double base;     /* the metric in the control; not 0 for a relative lift */
    double variance; /* of one unit in the control, after CUPED; > 0 */
    bool proportion; /* then the treated variance follows from its rate */
    mkt_lift_scale scale;
    double share;   /* of the units that are treated, 0..1: 0.5 */
    double level;   /* 0.95 */
    double tuning;  /* 0 for a fixed test, else N* of the confidence sequence */
    int sides;      /* of that sequence: 1 where one end alone decides, at 1 - 2 alpha; else 2 */
    double treated; /* variance of one treated unit, after CUPED; 0: as in the control */
};

/* The plan that a lift as measured implies: variances and share from its arms; two sides. */
struct mkt_power_plan mkt_power_plan_of(const struct mkt_lift_arm *control,
                                        const struct mkt_lift_arm *treated,
                                        const struct mkt_lift *lift,
                                        const struct mkt_lift_spec *spec, bool proportion,
                                        double level, double tuning);

/* 0..1; n counts the units of both arms, > 0; effect >= 0 in the unit of the plan's scale. */
double mkt_power_of(const struct mkt_power_plan *plan, double n, double effect);

/* The smallest lift above 0 seen with probability `power` by n units; INFINITY when none is. */
double mkt_power_mde(const struct mkt_power_plan *plan, double n, double power);

/* Units of both arms to see `effect` with probability `power`; INFINITY when 1e15 do not suffice.
 *
 * Source   Chow, Shao, Wang & Lokhnygina, Sample Size Calculations in Clinical Research, 3rd ed.
 *          (2018), sections 3.2 and 4.2
 * Checked  tests/model/power_test.c */
double mkt_power_units(const struct mkt_power_plan *plan, double effect, double power);

#endif
