#include "model/poststrat.h"

void mkt_poststrat_arm(const struct mkt_arms_moments *stratum, const double *weight, size_t strata,
                       mkt_arms_kind kind, struct mkt_lift_arm *out)
{
    *out = (struct mkt_lift_arm){0};
    for (size_t s = 0; s < strata; s++) {
        struct mkt_lift_arm arm;
        mkt_lift_arm_of(&stratum[s], kind, &arm);
        double w = weight[s];
        out->n += arm.n;
        out->dof += arm.dof;
        for (int i = 0; i < MKT_ARMS_VARIABLES; i++) {
            out->mean[i] += w * arm.mean[i];
            for (int j = 0; j < MKT_ARMS_VARIABLES; j++)
                out->spread[i][j] += w * w * arm.spread[i][j];
        }
    }
}
