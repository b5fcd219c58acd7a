#include "model/welch.h"

#include <math.h>

#include "num/tail.h"

struct mkt_welch mkt_welch_test(const struct mkt_lift *lift, double level, mkt_welch_tail tail,
                                double margin)
{
    double alpha = 1 - level, v = lift->value, se = lift->se;
    if (tail == MKT_WELCH_TWO_SIDED) {
        double reach = se * mkt_tail_t_quantile(1 - alpha / 2, lift->dof);
        double p = 2 * mkt_tail_t_above(fabs(v) / se, lift->dof);
        return (struct mkt_welch){v - reach, v + reach, p};
    }
    double reach = se * mkt_tail_t_quantile(1 - alpha, lift->dof);
    if (tail == MKT_WELCH_GREATER)
        return (struct mkt_welch){v - reach, INFINITY,
                                  mkt_tail_t_above((v + margin) / se, lift->dof)};
    return (struct mkt_welch){-INFINITY, v + reach, mkt_tail_t_above((margin - v) / se, lift->dof)};
}
