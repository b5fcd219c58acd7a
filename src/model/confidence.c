#include "model/confidence.h"

#include <math.h>

#include "num/distribution.h"

double mkt_confidence_variance(const double *estimate, const double *error, size_t n,
                               int about_zero)
{
    const double usual = MKT_CONFIDENCE_TAU * MKT_CONFIDENCE_TAU;
    double w = 0, w2 = 0, wx = 0, q = 0;
    for (size_t i = 0; i < n; i++) {
        double weight = 1 / (error[i] * error[i]);
        w += weight;
        w2 += weight * weight;
        wx += weight * estimate[i];
    }
    double free = about_zero ? (double)n : (double)n - 1;
    if (!(free > 0)) return usual;
    double centre = about_zero ? 0 : wx / w;
    for (size_t i = 0; i < n; i++) {
        double z = (estimate[i] - centre) / error[i];
        q += z * z;
    }
    double moment = fmax(0, (q - free) / (about_zero ? w : w - w2 / w));
    return (moment * free + usual) / (free + 1);
}

double mkt_confidence(double p, double tau2, double v)
{
    double z = mkt_distribution_normal_quantile(p);
    return mkt_distribution_normal_cdf(z * sqrt(tau2 / (tau2 + v)));
}

double mkt_confidence_below(double deviation, double limit, double freedom)
{
    double ratio = deviation / limit, part = 2 / (9 * freedom);
    return 1 - mkt_distribution_normal_cdf((cbrt(ratio * ratio) - (1 - part)) / sqrt(part));
}
