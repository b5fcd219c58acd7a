#include "model/sequential.h"

#include <math.h>

#include "num/distribution.h"

static double rho_squared(double alpha, double tuning)
{
    return (-2 * log(alpha) + log(1 - 2 * log(alpha))) / tuning;
}

/* Where evidence passes 1 / alpha, in u = z sqrt(spread / (spread + 1)): one side has the factor 2 in
 * both and the share of the mixture that lies on its side, Phi(u). */
static double one_sided_u(double two_sided_u)
{
    double low = two_sided_u, high = two_sided_u + 1, passed = .5 * low * low;
    for (int i = 0; i < 100 && high - low > 1e-15 * high; i++) {
        double u = .5 * (low + high);
        if (.5 * u * u + log(mkt_distribution_normal_cdf(u)) < passed)
            low = u;
        else
            high = u;
    }
    return high;
}

double mkt_sequential_critical(double n, double level, double tuning, int sides)
{
    double alpha = 1 - level, spread = n * rho_squared(alpha, tuning);
    double u = sqrt(2 * (.5 * log1p(spread) - log(alpha)));
    if (sides == 1) u = one_sided_u(u);
    return u * sqrt((spread + 1) / spread);
}

double mkt_sequential_units(double z, double n, double level, double tuning, int sides)
{
    double low = n, high = n;
    while (z * sqrt(high / n) < mkt_sequential_critical(high, level, tuning, sides)) {
        low = high;
        high *= 2;
        if (high > 1e15) return INFINITY;
    }
    for (int i = 0; i < 200 && high - low > .5; i++) {
        double middle = .5 * (low + high);
        if (z * sqrt(middle / n) < mkt_sequential_critical(middle, level, tuning, sides))
            low = middle;
        else
            high = middle;
    }
    return ceil(high);
}

struct mkt_sequential mkt_sequential_test(const struct mkt_lift *lift, double level, double tuning)
{
    double spread = lift->n * rho_squared(1 - level, tuning), z = lift->value / lift->se;
    double reach = lift->se * mkt_sequential_critical(lift->n, level, tuning, 2);
    double log_evidence = .5 * z * z * spread / (spread + 1) - .5 * log1p(spread);
    return (struct mkt_sequential){lift->value - reach, lift->value + reach,
                                   log_evidence > 0 ? exp(-log_evidence) : 1};
}

struct mkt_sequential mkt_sequential_test_one_side(const struct mkt_lift *lift, double level,
                                                   double tuning, bool more_is_better)
{
    double spread = lift->n * rho_squared(1 - level, tuning);
    double u = (more_is_better ? 1 : -1) * lift->value / lift->se * sqrt(spread / (spread + 1));
    double reach = lift->se * mkt_sequential_critical(lift->n, level, tuning, 1);
    double side = mkt_distribution_normal_cdf(u);
    double log_evidence =
        side > 0 ? M_LN2 + .5 * u * u - .5 * log1p(spread) + log(side) : -INFINITY;
    return (struct mkt_sequential){lift->value - reach, lift->value + reach,
                                   log_evidence > 0 ? exp(-log_evidence) : 1};
}
