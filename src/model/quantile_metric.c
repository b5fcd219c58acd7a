#include "model/quantile_metric.h"

#define FLOOR 1e-5
#define FLOOR_FROM 100

void mkt_quantile_metric_arm(const struct mkt_ranks *ranks, int64_t n_star,
                             struct mkt_lift_arm *out)
{
    double n = (double)ranks->units, half = (ranks->high - ranks->low) / (2 * MKT_RANKS_REACH);
    double variance = n > 0 ? (double)n_star / n * (n - 1) * half * half : 0;
    if (ranks->units >= FLOOR_FROM && variance < FLOOR) variance = FLOOR;
    *out = (struct mkt_lift_arm){.n = n, .dof = n - 1};
    if (ranks->units < 2) return;
    out->mean[MKT_ARMS_Y] = ranks->value;
    out->spread[MKT_ARMS_Y][MKT_ARMS_Y] = variance / n;
}
