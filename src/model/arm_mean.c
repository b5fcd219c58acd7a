#include "model/arm_mean.h"

#include <math.h>

#include "num/distribution.h"
#include "num/tail.h"

static void wilson(double p, double n, double level, struct mkt_arm_mean *out)
{
    double z = mkt_distribution_normal_quantile(.5 + level / 2), shrink = 1 + z * z / n;
    double middle = (p + z * z / (2 * n)) / shrink;
    double reach = z / shrink * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    out->low = fmax(0, fmin(p, middle - reach));
    out->high = fmin(1, fmax(p, middle + reach));
}

struct mkt_arm_mean mkt_arm_mean_of(const struct mkt_arms_moments *moments, mkt_arms_kind kind,
                                    double level)
{
    struct mkt_arm_mean out = {moments->mean[MKT_ARMS_Y], 0, NAN, NAN};
    if (kind == MKT_ARMS_RATIO) {
        double d = moments->mean[MKT_ARMS_D];
        if (d == 0) return (struct mkt_arm_mean){0, 0, NAN, NAN};
        out.value /= d;
    }
    if (moments->n < 2) return out;
    struct mkt_lift_arm arm;
    struct mkt_lift_parts parts;
    mkt_lift_arm_of(moments, kind, &arm);
    mkt_lift_parts_of(&arm, kind == MKT_ARMS_RATIO, &parts);
    out.se = sqrt(fmax(0, parts.v));
    if (kind == MKT_ARMS_PROPORTION) {
        wilson(parts.metric, arm.n, level, &out);
    } else {
        double reach = mkt_tail_t_quantile(.5 + level / 2, arm.dof) * out.se;
        out.low = out.value - reach;
        out.high = out.value + reach;
    }
    return out;
}

struct mkt_arm_mean mkt_arm_mean_of_arm(const struct mkt_lift_arm *arm, double level)
{
    struct mkt_arm_mean out = {arm->mean[MKT_ARMS_Y], 0, NAN, NAN};
    if (arm->n < 2) return out;
    out.se = sqrt(arm->spread[MKT_ARMS_Y][MKT_ARMS_Y]);
    double reach = mkt_tail_t_quantile(.5 + level / 2, arm->dof) * out.se;
    out.low = out.value - reach;
    out.high = out.value + reach;
    return out;
}
