#include "model/bayes_ab.h"

#include <math.h>

#include "num/distribution.h"
#include "num/tail.h"

/* E max(x, 0) for x normal */
static double expected_positive(double mean, double sd)
{
    double z = mean / sd;
    return mean * mkt_distribution_normal_cdf(z) + sd * mkt_tail_normal_density(z);
}

struct mkt_bayes_ab mkt_bayes_ab_update(const struct mkt_lift *lift,
                                        const struct mkt_bayes_ab_prior *prior, double level)
{
    double data = 1 / (lift->se * lift->se);
    double belief = isinf(prior->sd) ? 0 : 1 / (prior->sd * prior->sd);
    struct mkt_bayes_ab out = {.sd = 1 / sqrt(data + belief)};
    out.mean =
        belief > 0 ? (lift->value * data + prior->mean * belief) / (data + belief) : lift->value;
    double reach = out.sd * mkt_distribution_normal_quantile(.5 + level / 2);
    out.low = out.mean - reach;
    out.high = out.mean + reach;
    out.chance_to_win = mkt_distribution_normal_cdf(out.mean / out.sd);
    out.risk_control = expected_positive(out.mean, out.sd);
    out.risk_treated = expected_positive(-out.mean, out.sd);
    if (out.risk_control < 0) out.risk_control = 0;
    if (out.risk_treated < 0) out.risk_treated = 0;
    return out;
}

double mkt_bayes_ab_below(const struct mkt_bayes_ab *belief, double x)
{
    return mkt_distribution_normal_cdf((x - belief->mean) / belief->sd);
}

#define STEPS 2000
#define REACH 9. /* standard deviations to either side */

void mkt_bayes_ab_best(const double *mean, const double *sd, size_t arms, double *out)
{
    double total = 0;
    for (size_t i = 0; i < arms; i++) {
        double sum = 0;
        for (int k = 0; k <= STEPS; k++) {
            double z = REACH * (2. * k / STEPS - 1), x = mean[i] + sd[i] * z;
            double all_below = mkt_tail_normal_density(z);
            for (size_t j = 0; j < arms; j++)
                if (j != i) all_below *= mkt_distribution_normal_cdf((x - mean[j]) / sd[j]);
            sum += all_below * (k == 0 || k == STEPS ? 1 : k % 2 ? 4 : 2);
        }
        out[i] = sum;
        total += sum;
    }
    for (size_t i = 0; i < arms; i++) out[i] /= total;
}
