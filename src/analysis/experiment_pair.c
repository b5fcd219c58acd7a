#include "analysis/experiment_pair.h"

#include "model/cuped.h"

mkt_status mkt_experiment_pair_collect(const struct mkt_experiment *e, size_t variant,
                                       size_t metric, struct mkt_arms_slice slice,
                                       struct mkt_experiment_pair *out, struct mkt_err *err)
{
    slice.variant = (int)e->control;
    MKT_TRY(mkt_arms_collect(e->arms, &slice, metric, &out->control, err));
    slice.variant = (int)variant;
    return mkt_arms_collect(e->arms, &slice, metric, &out->treated, err);
}

/* Pooled moments of two arms from those of each: their within and between parts. */
static struct mkt_arms_moments pool(const struct mkt_arms_moments *a,
                                    const struct mkt_arms_moments *b)
{
    struct mkt_arms_moments out = {.n = a->n + b->n};
    double na = (double)a->n, nb = (double)b->n, n = na + nb;
    if (!(na > 0) || !(nb > 0)) return na > 0 ? *a : *b;
    for (int i = 0; i < MKT_ARMS_VARIABLES; i++)
        out.mean[i] = (na * a->mean[i] + nb * b->mean[i]) / n;
    for (int i = 0; i < MKT_ARMS_VARIABLES; i++)
        for (int j = 0; j < MKT_ARMS_VARIABLES; j++)
            out.covariance[i][j] =
                ((na - 1) * a->covariance[i][j] + (nb - 1) * b->covariance[i][j] +
                 na * nb / n * (a->mean[i] - b->mean[i]) * (a->mean[j] - b->mean[j])) /
                (n - 1);
    return out;
}

double mkt_experiment_pair_theta(const struct mkt_arms_metric *metric,
                                 const struct mkt_experiment_pair *pair)
{
    if (!metric->covariate) return 0;
    struct mkt_arms_moments both = pool(&pair->control, &pair->treated);
    return mkt_cuped_theta(&both, metric->kind);
}

mkt_lift_fault mkt_experiment_pair_fit(const struct mkt_arms_metric *metric,
                                       const struct mkt_experiment_pair *pair, mkt_lift_scale scale,
                                       double theta, struct mkt_lift *out)
{
    struct mkt_lift_arm control, treated;
    mkt_lift_arm_of(&pair->control, metric->kind, &control);
    mkt_lift_arm_of(&pair->treated, metric->kind, &treated);
    struct mkt_lift_spec spec = {metric->kind == MKT_ARMS_RATIO, scale, theta};
    return mkt_lift_fit(&control, &treated, &spec, out);
}
