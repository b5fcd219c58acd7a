#include "model/power.h"

#include <math.h>

#include "model/sequential.h"
#include "num/distribution.h"
#include "num/tail.h"

#define HALVINGS 200

struct mkt_power_plan mkt_power_plan_of(const struct mkt_lift_arm *control,
                                        const struct mkt_lift_arm *treated,
                                        const struct mkt_lift *lift,
                                        const struct mkt_lift_spec *spec, bool proportion,
                                        double level, double tuning)
{
    struct mkt_lift_parts a, b;
    mkt_lift_parts_of(control, spec->ratio, &a);
    mkt_lift_parts_of(treated, spec->ratio, &b);
    double t = spec->theta;
    return (struct mkt_power_plan){
        .base = lift->control,
        .variance = (a.v + t * t * a.w - 2 * t * a.c) * control->n,
        .treated = (b.v + t * t * b.w - 2 * t * b.c) * treated->n,
        .proportion = proportion && t == 0,
        .scale = spec->scale,
        .share = treated->n / (control->n + treated->n),
        .level = level,
        .tuning = tuning,
        .sides = 2,
    };
}

/* Standard error of the lift when the treated mean is that of `effect` and the test sees the lift
 * `seen`, by which the control's chance is multiplied. */
static double standard_error(const struct mkt_power_plan *plan, double n, double effect,
                             double seen)
{
    bool relative = plan->scale == MKT_LIFT_RELATIVE;
    double base = relative ? fabs(plan->base) : 1, r = relative ? 1 + seen : 1;
    double of_treated = plan->treated > 0 ? plan->treated : plan->variance;
    if (plan->proportion) {
        double p = plan->base + effect * base;
        of_treated = p > 0 && p < 1 ? p * (1 - p) : 0;
    }
    double of_control = plan->variance * r * r;
    return sqrt(of_treated / plan->share + of_control / (1 - plan->share)) / base / sqrt(n);
}

/* The least lift that the test calls: seen = critical se(seen). */
static double threshold(const struct mkt_power_plan *plan, double n, double effect, double critical)
{
    double seen = 0;
    for (int i = 0; i < 200; i++) {
        double next = critical * standard_error(plan, n, effect, seen);
        if (!(next < 1e6)) return INFINITY;
        if (fabs(next - seen) <= 1e-12 * next) return next;
        seen = next;
    }
    return seen;
}

double mkt_power_of(const struct mkt_power_plan *plan, double n, double effect)
{
    double critical = plan->tuning > 0
                          ? mkt_sequential_critical(n, plan->level, plan->tuning, plan->sides)
                          : mkt_distribution_normal_quantile(.5 + plan->level / 2);
    double seen = threshold(plan, n, effect, critical);
    if (isinf(seen)) return 0;
    return mkt_tail_normal_above((seen - effect) / standard_error(plan, n, effect, seen));
}

double mkt_power_mde(const struct mkt_power_plan *plan, double n, double power)
{
    double low = 0, high = plan->scale == MKT_LIFT_RELATIVE ? 1e-6 : standard_error(plan, n, 0, 0);
    double most = high * 1e12;
    while (mkt_power_of(plan, n, high) < power) {
        low = high;
        high *= 2;
        if (high > most) return INFINITY;
    }
    for (int i = 0; i < HALVINGS && high - low > 1e-12 * high; i++) {
        double middle = .5 * (low + high);
        if (mkt_power_of(plan, n, middle) < power)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double mkt_power_units(const struct mkt_power_plan *plan, double effect, double power)
{
    double low = 1, high = 2;
    while (mkt_power_of(plan, high, effect) < power) {
        low = high;
        high *= 2;
        if (high > 1e15) return INFINITY;
    }
    for (int i = 0; i < HALVINGS && high - low > .5; i++) {
        double middle = .5 * (low + high);
        if (mkt_power_of(plan, middle, effect) < power)
            low = middle;
        else
            high = middle;
    }
    return ceil(high);
}
