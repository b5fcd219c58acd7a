#include "model/srm.h"

#include "num/tail.h"

double mkt_srm_p(const int64_t *observed, const double *weight, size_t arms)
{
    double units = 0, weights = 0, chi = 0;
    size_t counted = 0;
    for (size_t i = 0; i < arms; i++) {
        if (!(weight[i] > 0)) continue;
        units += (double)observed[i];
        weights += weight[i];
        counted++;
    }
    if (counted < 2 || !(units > 0)) return 1;
    for (size_t i = 0; i < arms; i++) {
        if (!(weight[i] > 0)) continue;
        double expected = units * weight[i] / weights, off = (double)observed[i] - expected;
        chi += off * off / expected;
    }
    return mkt_tail_chi_squared_above(chi, (double)(counted - 1));
}
