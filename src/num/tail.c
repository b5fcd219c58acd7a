#include "num/tail.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

#include "num/distribution.h"

#define SERIES_FROM 1e3
#define NORMAL_FROM 1e14 /* degrees of freedom from which t and normal are the same double */

double mkt_tail_normal_density(double z)
{
    return 0.39894228040143267794 * exp(-.5 * z * z);
}

double mkt_tail_normal_above(double z)
{
    return .5 * erfc(z * M_SQRT1_2);
}

/* The tail of t beyond |t| is half of a beta tail, by the continued fraction of A&S 26.5.8
 * (Lentz's way), which converges quickly on the side where x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double h = d;
    for (int m = 1; m <= 10000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        if (fabs(c) < tiny) c = tiny;
        h *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        if (fabs(c) < tiny) c = tiny;
        double step = d * c;
        h *= step;
        if (fabs(step - 1) < 1e-15) break;
    }
    return h;
}

/* The tail beyond t > 0 as half a beta tail,  I_x(dof/2, 1/2) / 2,  x = dof / (dof + t^2). */
static double tail_by_beta(double t, double dof)
{
    double a = .5 * dof, x = dof / (dof + t * t), y = t * t / (dof + t * t);
    double log_x = x < .5 ? log(x) : log1p(-y);
    double front = exp(a * log_x + .5 * log(y) + lgamma(a + .5) - lgamma(a) - .5 * log(M_PI));
    if (x < (a + 1) / (a + 2.5)) return .5 * front / a * beta_fraction(a, .5, x);
    return .5 * (1 - 2 * front * beta_fraction(.5, a, y));
}

/* The normal deviate with the same tail, to 12 digits from 1,000 degrees of freedom on.
 * Source  Hill, CACM 13 (1970) 617-619, equation 1 */
static double deviate_of(double t, double dof)
{
    double a = dof - .5, b = 48 * a * a, z = sqrt(a * log1p(t * t / dof)), s = z * z;
    double odd = (((4 * s + 33) * s + 240) * s + 855) * z;
    return z + (s + 3) * z / b - odd / (10 * b * (b + .8 * s * s + 100));
}

double mkt_tail_t_above(double t, double dof)
{
    if (isnan(t) || !(dof > 0)) return NAN;
    if (dof >= NORMAL_FROM) return mkt_tail_normal_above(t);
    if (isinf(t)) return t > 0 ? 0 : 1;
    if (t == 0) return .5;
    double tail = dof < SERIES_FROM ? tail_by_beta(fabs(t), dof)
                                    : mkt_tail_normal_above(deviate_of(fabs(t), dof));
    return t > 0 ? tail : 1 - tail;
}

/* Newton's steps from the normal quantile, kept within a bracket that always shrinks. */
double mkt_tail_t_quantile(double p, double dof)
{
    if (!(p > 0 && p < 1) || !(dof > 0)) return NAN;
    if (p == .5) return 0;
    if (dof >= NORMAL_FROM) return mkt_distribution_normal_quantile(p);
    double tail = p < .5 ? p : 1 - p;
    double low = 0, high = 1;
    while (mkt_tail_t_above(high, dof) > tail && high < 1e300) {
        low = high;
        high *= 4;
    }
    double t = -mkt_distribution_normal_quantile(tail);
    if (!(t > low && t < high)) t = .5 * (low + high);
    double log_scale = lgamma(.5 * dof + .5) - lgamma(.5 * dof) - .5 * log(dof * M_PI);
    for (int i = 0; i < 200; i++) {
        double over = mkt_tail_t_above(t, dof) - tail;
        if (over > 0)
            low = t;
        else
            high = t;
        double density = exp(log_scale - .5 * (dof + 1) * log1p(t * t / dof));
        double next = t + over / density;
        if (!(next > low && next < high)) next = .5 * (low + high);
        if (fabs(next - t) <= 1e-15 * next) break;
        t = next;
    }
    return p < .5 ? -t : t;
}

double mkt_tail_chi_squared_above(double x, double dof)
{
    if (isnan(x) || !(dof > 0)) return NAN;
    return x <= 0 ? 1 : gsl_cdf_chisq_Q(x, dof);
}
