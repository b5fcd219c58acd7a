#include "model/step_rates.h"

#include <math.h>

#include "model/interval.h"
#include "num/distribution.h"
#include "num/tail.h"

#define SMALL 10 /* expected counts below this are tested exactly */

static double z_of(double level)
{
    return mkt_distribution_normal_quantile(.5 + level / 2);
}

struct mkt_step_rate mkt_step_rates_of(double trials, double successes, double nn, double nx,
                                       double xx, double level)
{
    struct mkt_step_rate r = {trials, successes, 1, NAN, NAN, NAN};
    if (!(trials > 0)) return r;
    r.value = successes / trials;
    double binomial = trials * r.value * (1 - r.value);
    double over = xx - 2 * r.value * nx + r.value * r.value * nn;
    /* all or none: nothing tells how alike a user's units are, so they are taken for the same */
    r.effect = fmax(1, binomial > 0 ? over / binomial : nn / trials);
    struct mkt_interval x = mkt_interval_wilson(successes, trials, r.effect, z_of(level));
    r.low = x.low;
    r.high = x.high;
    return r;
}

size_t mkt_step_rates_before(const struct mkt_funnel_plan *plan, size_t step)
{
    size_t before = step ? step - 1 : 0;
    while (before && plan->step[before].optional) before--;
    return before;
}

struct mkt_step_rate mkt_step_rates_from_start(const struct mkt_funnels *f, size_t step,
                                               double level)
{
    if (!step) return (struct mkt_step_rate){0, 0, 1, NAN, NAN, NAN};
    return mkt_step_rates_of((double)f->reached[0], (double)f->reached[step], (double)f->square[0],
                             (double)f->with_first[step], (double)f->square[step], level);
}

struct mkt_step_rate mkt_step_rates_from_before(const struct mkt_funnels *f,
                                                const struct mkt_funnel_plan *plan, size_t step,
                                                double level)
{
    if (!step) return (struct mkt_step_rate){0, 0, 1, NAN, NAN, NAN};
    size_t before = mkt_step_rates_before(plan, step);
    return mkt_step_rates_of((double)f->reached[before], (double)f->reached[step],
                             (double)f->square[before], (double)f->with_before[step],
                             (double)f->square[step], level);
}

/* ---- two groups ----------------------------------------------------------------------------- */

static double log_choose(double n, double k)
{
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

/* Of K successes among N, n of which are in the group: the chance that the group has so few or
 * fewer (or, `up`, so many or more). */
static double tail(double x, double n, double K, double N, bool up)
{
    double least = fmax(0, n + K - N), most = fmin(n, K);
    double term = exp(log_choose(K, x) + log_choose(N - K, n - x) - log_choose(N, n)), sum = term;
    for (double k = x; up ? k < most : k > least; k += up ? 1 : -1) {
        double ratio = (K - k) * (n - k) / ((k + 1) * (N - K - n + k + 1));
        if (!up) ratio = k * (N - K - n + k) / ((K - k + 1) * (n - k + 1));
        term *= ratio;
        sum += term;
        if (term < sum * 1e-17) break;
    }
    return fmin(1, sum);
}

struct mkt_step_difference mkt_step_rates_compare(double x1, double n1, double x2, double n2,
                                                  double effect, double level)
{
    struct mkt_step_difference d = {NAN, NAN, NAN, 1};
    if (!(n1 > 0 && n2 > 0)) return d;
    double z = z_of(level), p1 = x1 / n1, p2 = x2 / n2, p = (x1 + x2) / (n1 + n2);
    struct mkt_interval a = mkt_interval_wilson(x1, n1, effect, z),
                        b = mkt_interval_wilson(x2, n2, effect, z);
    d.value = p1 - p2;
    d.low = d.value - hypot(p1 - a.low, b.high - p2);
    d.high = d.value + hypot(a.high - p1, p2 - b.low);
    if (!(p > 0 && p < 1)) return d;
    if (fmin(p, 1 - p) * fmin(n1, n2) < SMALL && effect == 1) {
        double down = tail(x1, n1, x1 + x2, n1 + n2, false),
               up = tail(x1, n1, x1 + x2, n1 + n2, true);
        d.p = fmin(1, 2 * fmin(down, up));
        return d;
    }
    double se = sqrt(p * (1 - p) * (1 / n1 + 1 / n2) * effect);
    d.p = fmin(1, 2 * mkt_tail_normal_above(fabs(d.value) / se));
    return d;
}

/* ---- times ---------------------------------------------------------------------------------- */

#define SECOND 1e6

/* The time at a rank, counted from 1: the mean of the times in its bin. */
static double time_at(const struct mkt_funnel_bin *bin, size_t bins, int64_t rank)
{
    double low, high;
    int64_t seen = 0;
    size_t b = 0;
    while (b + 1 < bins && seen + bin[b].n < rank) seen += bin[b++].n;
    mkt_funnels_bin_bounds(b, &low, &high);
    double mean = bin[b].n ? (double)bin[b].sum * 1000 / (double)bin[b].n : low;
    return fmin(fmax(mean, low), high) / SECOND;
}

static double time_between(const struct mkt_funnel_bin *bin, size_t bins, double rank)
{
    double below = floor(rank), low = time_at(bin, bins, (int64_t)below);
    return low + (rank - below) * (time_at(bin, bins, (int64_t)ceil(rank)) - low);
}

struct mkt_step_time mkt_step_rates_time(const struct mkt_funnel_bin *bin, size_t bins, double q,
                                         double effect, double level)
{
    struct mkt_step_time t = {NAN, NAN, NAN, 0};
    for (size_t b = 0; b < bins; b++) t.n += bin[b].n;
    if (!t.n) return t;
    double n = (double)t.n, z = z_of(level), se = z * sqrt(n * q * (1 - q) * effect);
    double rank = fmax(1, ceil(q * n));
    t.value = time_at(bin, bins, (int64_t)rank);
    /* a binomial count of the times below lies between these ranks with the level; between two
     * ranks the time is read off a line */
    double low = n * q - se + .5, high = n * q + se + .5;
    if (low < 1 || high > n) return t;
    t.low = fmin(time_between(bin, bins, low), t.value);
    t.high = fmax(time_between(bin, bins, high), t.value);
    return t;
}
