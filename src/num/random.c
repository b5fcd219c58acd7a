#include "num/random.h"

#include <math.h>

static uint64_t splitmix(uint64_t *x)
{
    uint64_t z = *x += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

/* The stream number is mixed before it meets the seed, so that (1, 2) and (2, 1) are apart. */
void mkt_random_init(struct mkt_random *r, uint64_t seed, uint64_t stream)
{
    uint64_t x = stream;
    x = seed ^ splitmix(&x);
    for (int i = 0; i < 4; i++) r->s[i] = splitmix(&x);
}

uint32_t mkt_random_below(struct mkt_random *r, uint32_t n)
{
    uint64_t product = (mkt_random_bits(r) >> 32) * n;
    if ((uint32_t)product < n) {
        uint32_t least = -n % n;
        while ((uint32_t)product < least) product = (mkt_random_bits(r) >> 32) * n;
    }
    return (uint32_t)(product >> 32);
}

/* In (0, 1]: fit for a logarithm. */
static double above_zero(struct mkt_random *r)
{
    return (double)((mkt_random_bits(r) >> 11) + 1) * 0x1p-53;
}

double mkt_random_exponential(struct mkt_random *r)
{
    return -log(above_zero(r));
}

/* Marsaglia's polar method. The second deviate is dropped: a stream has no hidden state. */
double mkt_random_normal(struct mkt_random *r)
{
    double u, q;
    do {
        u = 2 * mkt_random_uniform(r) - 1;
        double v = 2 * mkt_random_uniform(r) - 1;
        q = u * u + v * v;
    } while (q >= 1 || q == 0);
    return u * sqrt(-2 * log(q) / q);
}

/* Marsaglia & Tsang, ACM TOMS 26 (2000) 363-372; shapes under 1 by their section 6. */
double mkt_random_gamma(struct mkt_random *r, double shape)
{
    if (shape < 1) return mkt_random_gamma(r, shape + 1) * pow(above_zero(r), 1 / shape);
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = mkt_random_normal(r), v = 1 + c * x;
        if (v <= 0) continue;
        v = v * v * v;
        if (log(above_zero(r)) < x * x / 2 + d - d * v + d * log(v)) return d * v;
    }
}

double mkt_random_beta(struct mkt_random *r, double a, double b)
{
    double x = mkt_random_gamma(r, a), y = mkt_random_gamma(r, b);
    return x + y > 0 ? x / (x + y) : a / (a + b);
}

int64_t mkt_random_geometric(struct mkt_random *r, double p)
{
    if (p >= 1) return 1;
    double n = 1 + floor(log(above_zero(r)) / log1p(-p));
    return n < 2147483647.0 ? (int64_t)n : 2147483647;
}

/* Halve the trials at their median order statistic until few are left. */
int64_t mkt_random_binomial(struct mkt_random *r, int64_t n, double p)
{
    int64_t k = 0;
    while (n > 16) {
        int64_t a = 1 + n / 2, b = n + 1 - a;
        double x = mkt_random_beta(r, (double)a, (double)b);
        if (x >= p) {
            n = a - 1;
            p = x > 0 ? p / x : 0;
        } else {
            k += a;
            n = b - 1;
            p = x < 1 ? (p - x) / (1 - x) : 1;
        }
    }
    for (int64_t i = 0; i < n; i++) k += mkt_random_uniform(r) < p;
    return k;
}

/* Jump to the arrival of event m at a gamma time until the rest of the mean is short. */
int64_t mkt_random_poisson(struct mkt_random *r, double mean)
{
    int64_t k = 0;
    while (mean > 16) {
        int64_t m = (int64_t)(mean * 7 / 8);
        double x = mkt_random_gamma(r, (double)m);
        if (x > mean) return k + mkt_random_binomial(r, m - 1, mean / x);
        k += m;
        mean -= x;
    }
    double least = exp(-mean), product = mkt_random_uniform(r);
    for (; product > least; product *= mkt_random_uniform(r)) k++;
    return k;
}
