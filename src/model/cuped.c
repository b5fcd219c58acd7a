#include "model/cuped.h"

#include <math.h>

double mkt_cuped_theta(const struct mkt_arms_moments *both, mkt_arms_kind kind)
{
    struct mkt_lift_arm arm;
    struct mkt_lift_parts parts;
    mkt_lift_arm_of(both, kind, &arm);
    mkt_lift_parts_of(&arm, kind == MKT_ARMS_RATIO, &parts);
    double theta = parts.w > 0 ? parts.c / parts.w : 0;
    return isfinite(theta) ? theta : 0;
}

double mkt_cuped_saved(double raw_se, double adjusted_se)
{
    double saved = 1 - (adjusted_se / raw_se) * (adjusted_se / raw_se);
    return saved > 0 ? saved : 0;
}
