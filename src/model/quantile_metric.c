#include "model/quantile_metric.h"

#include <math.h>

#include "num/distribution.h"

#define FLOOR 1e-5
#define FLOOR_FROM 100

static int64_t rank_of(double share, int64_t n)
{
    double rank = ceil(share * (double)n);
    return !(rank > 1) ? 1 : rank < (double)n ? (int64_t)rank : n;
}

struct mkt_quantile_metric_ranks mkt_quantile_metric_ranks_of(int64_t n, double q, double share_se,
                                                              double level)
{
    double z = mkt_distribution_normal_quantile(.5 + level / 2);
    double se = share_se > 0 ? share_se : sqrt(q * (1 - q) / (double)n);
    return (struct mkt_quantile_metric_ranks){rank_of(q - z * se, n), rank_of(q, n),
                                              rank_of(q + z * se, n)};
}

void mkt_quantile_metric_arm(const struct mkt_quantile_metric *q, struct mkt_lift_arm *out)
{
    double n = (double)q->n, z = mkt_distribution_normal_quantile(.5 + q->level / 2);
    double half = (q->high - q->low) / (2 * z);
    double variance = (double)q->n_star / n * (n - 1) * half * half;
    if (q->n >= FLOOR_FROM && variance < FLOOR) variance = FLOOR;
    *out = (struct mkt_lift_arm){.n = n, .dof = n - 1};
    out->mean[MKT_ARMS_Y] = q->value;
    out->spread[MKT_ARMS_Y][MKT_ARMS_Y] = variance / n;
}
