#include "model/heterogeneity.h"

#include <math.h>

#include "num/tail.h"

struct mkt_heterogeneity mkt_heterogeneity_test(const double *value, const double *se, size_t n)
{
    double weights = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
        double w = 1 / (se[i] * se[i]);
        weights += w;
        sum += w * value[i];
    }
    struct mkt_heterogeneity out = {n ? sum / weights : 0, 0, (double)n - 1, 1};
    if (n < 2) return out;
    for (size_t i = 0; i < n; i++) {
        double z = (value[i] - out.mean) / se[i];
        out.q += z * z;
    }
    out.p = mkt_tail_chi_squared_above(out.q, out.dof);
    return out;
}

struct mkt_heterogeneity_trend mkt_heterogeneity_trend_of(const double *t, const double *value,
                                                          const double *se, size_t n)
{
    double w = 0, wt = 0, wv = 0, tt = 0, tv = 0;
    for (size_t i = 0; i < n; i++) {
        double weight = 1 / (se[i] * se[i]);
        w += weight;
        wt += weight * t[i];
        wv += weight * value[i];
    }
    for (size_t i = 0; i < n; i++) {
        double weight = 1 / (se[i] * se[i]), off = t[i] - wt / w;
        tt += weight * off * off;
        tv += weight * off * (value[i] - wv / w);
    }
    struct mkt_heterogeneity_trend out = {NAN, NAN, 1};
    if (n < 3 || !(tt > 0)) return out;
    out.slope = tv / tt;
    out.se = 1 / sqrt(tt);
    out.p = 2 * mkt_tail_normal_above(fabs(out.slope) / out.se);
    return out;
}
