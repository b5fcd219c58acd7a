#include "num/distribution.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <pthread.h>

#define AS_GOOD_AS_NORMAL 1e6

static void switch_handler_off(void)
{
    gsl_set_error_handler_off();
}

static void quiet(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, switch_handler_off);
}

double mkt_distribution_normal_cdf(double x)
{
    return .5 * erfc(-x * 0.70710678118654752);
}

double mkt_distribution_normal_quantile(double p)
{
    if (!(p > 0 && p < 1)) return NAN;
    quiet();
    return gsl_cdf_ugaussian_Pinv(p);
}

double mkt_distribution_t_cdf(double x, double freedom)
{
    if (!(freedom > 0) || isnan(x)) return NAN;
    if (freedom >= AS_GOOD_AS_NORMAL) return mkt_distribution_normal_cdf(x);
    quiet();
    return gsl_cdf_tdist_P(x, freedom);
}

double mkt_distribution_t_quantile(double p, double freedom)
{
    if (!(freedom > 0) || !(p > 0 && p < 1)) return NAN;
    if (freedom >= AS_GOOD_AS_NORMAL) return mkt_distribution_normal_quantile(p);
    quiet();
    return gsl_cdf_tdist_Pinv(p, freedom);
}
