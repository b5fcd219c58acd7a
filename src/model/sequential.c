#include "model/sequential.h"

#include <math.h>

static double rho_squared(double alpha, double tuning)
{
    return (-2 * log(alpha) + log(1 - 2 * log(alpha))) / tuning;
}

double mkt_sequential_critical(double n, double level, double tuning)
{
    double alpha = 1 - level, spread = n * rho_squared(alpha, tuning);
    return sqrt(2 * (spread + 1) / spread * (.5 * log1p(spread) - log(alpha)));
}

double mkt_sequential_units(double z, double n, double level, double tuning)
{
    double low = n, high = n;
    while (z * sqrt(high / n) < mkt_sequential_critical(high, level, tuning)) {
        low = high;
        high *= 2;
        if (high > 1e15) return INFINITY;
    }
    for (int i = 0; i < 200 && high - low > .5; i++) {
        double middle = .5 * (low + high);
        if (z * sqrt(middle / n) < mkt_sequential_critical(middle, level, tuning))
            low = middle;
        else
            high = middle;
    }
    return ceil(high);
}

struct mkt_sequential mkt_sequential_test(const struct mkt_lift *lift, double level, double tuning)
{
    double spread = lift->n * rho_squared(1 - level, tuning), z = lift->value / lift->se;
    double reach = lift->se * mkt_sequential_critical(lift->n, level, tuning);
    double log_evidence = .5 * z * z * spread / (spread + 1) - .5 * log1p(spread);
    return (struct mkt_sequential){lift->value - reach, lift->value + reach,
                                   log_evidence > 0 ? exp(-log_evidence) : 1};
}
