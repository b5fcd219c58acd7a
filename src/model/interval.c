#include "model/interval.h"

#include <math.h>

static const struct mkt_interval none = {NAN, NAN};

struct mkt_interval mkt_interval_log(double value, double spread, double t)
{
    if (!(value > 0) || !(spread >= 0) || !isfinite(spread * t)) return none;
    double factor = exp(t * spread);
    if (!isfinite(value * factor)) return none;
    return (struct mkt_interval){value / factor, value * factor};
}

struct mkt_interval mkt_interval_logit(double value, double spread, double t)
{
    if (!(value > 0 && value < 1) || !(spread >= 0) || !isfinite(spread * t)) return none;
    double odds = value / (1 - value), factor = exp(t * spread / (1 - value));
    if (!isfinite(odds * factor)) return none;
    /* rounding may not push an end past the value itself */
    return (struct mkt_interval){fmin(odds / factor / (1 + odds / factor), value),
                                 fmax(odds * factor / (1 + odds * factor), value)};
}

struct mkt_interval mkt_interval_wilson(double successes, double trials, double effect, double t)
{
    if (!(trials > 0) || !(successes >= 0 && successes <= trials) || !(effect >= 1) || !isfinite(t))
        return none;
    double n = trials / effect, p = successes / trials, z2 = t * t;
    double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = t / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    return (struct mkt_interval){fmax(0, fmin(centre - half, p)), fmin(1, fmax(centre + half, p))};
}
