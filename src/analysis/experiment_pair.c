#include "analysis/experiment_pair.h"

#include "model/cuped.h"
#include "model/quantile_metric.h"

static const struct mkt_ranks *ranks_of(const struct mkt_experiment *e, size_t metric,
                                        size_t variant)
{
    const struct mkt_arms_metric *m = &e->arms->metric[metric];
    return m->kind == MKT_ARMS_QUANTILE ? &m->ranks[variant] : NULL;
}

mkt_status mkt_experiment_pair_collect(const struct mkt_experiment *e, size_t variant,
                                       size_t metric, struct mkt_arms_slice slice,
                                       struct mkt_experiment_pair *out, struct mkt_err *err)
{
    out->control_ranks = ranks_of(e, metric, e->control);
    out->treated_ranks = ranks_of(e, metric, variant);
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

static void make_arm(const struct mkt_arms_metric *metric, const struct mkt_arms_moments *moments,
                     const struct mkt_ranks *ranks, struct mkt_lift_arm *out)
{
    if (ranks)
        mkt_quantile_metric_arm(ranks, ranks->units, out);
    else
        mkt_lift_arm_of(moments, metric->kind, out);
}

mkt_status mkt_experiment_pair_arm(const struct mkt_experiment *e, size_t variant, size_t metric,
                                   struct mkt_lift_arm *out, struct mkt_err *err)
{
    struct mkt_arms_slice slice = mkt_arms_whole((int)variant);
    struct mkt_arms_moments moments;
    MKT_TRY(mkt_arms_collect(e->arms, &slice, metric, &moments, err));
    make_arm(&e->arms->metric[metric], &moments, ranks_of(e, metric, variant), out);
    return MKT_OK;
}

void mkt_experiment_pair_arms(const struct mkt_arms_metric *metric,
                              const struct mkt_experiment_pair *pair, struct mkt_lift_arm *control,
                              struct mkt_lift_arm *treated)
{
    make_arm(metric, &pair->control, pair->control_ranks, control);
    make_arm(metric, &pair->treated, pair->treated_ranks, treated);
}

mkt_lift_fault mkt_experiment_pair_fit(const struct mkt_arms_metric *metric,
                                       const struct mkt_experiment_pair *pair, mkt_lift_scale scale,
                                       double theta, struct mkt_lift *out)
{
    struct mkt_lift_arm control, treated;
    mkt_experiment_pair_arms(metric, pair, &control, &treated);
    struct mkt_lift_spec spec = {metric->kind == MKT_ARMS_RATIO, scale, theta};
    return mkt_lift_fit(&control, &treated, &spec, out);
}
