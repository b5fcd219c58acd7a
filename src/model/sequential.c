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

struct mkt_sequential mkt_sequential_test(const struct mkt_lift *lift, double level, double tuning)
{
    double spread = lift->n * rho_squared(1 - level, tuning), z = lift->value / lift->se;
    double reach = lift->se * mkt_sequential_critical(lift->n, level, tuning);
    double log_evidence = .5 * z * z * spread / (spread + 1) - .5 * log1p(spread);
    return (struct mkt_sequential){lift->value - reach, lift->value + reach,
                                   log_evidence > 0 ? exp(-log_evidence) : 1};
}
