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

/* (value - x)^2 = q^2 (difference - 2 x both + x^2 base) */
struct mkt_welch mkt_welch_fieller(const struct mkt_lift *lift, double level)
{
    double q = mkt_tail_t_quantile(1 - (1 - level) / 2, lift->dof), square = q * q;
    double p = 2 * mkt_tail_t_above(fabs(lift->value) / sqrt(lift->difference), lift->dof);
    double lead = 1 - square * lift->base, middle = lift->value - square * lift->both;
    if (!(lead > 0)) return (struct mkt_welch){-INFINITY, INFINITY, p};
    double rest = lift->value * lift->value - square * lift->difference;
    double reach = sqrt(fmax(0, middle * middle - lead * rest));
    return (struct mkt_welch){(middle - reach) / lead, (middle + reach) / lead, p};
}
