/* Everything an experiment's sums can say, worked out before any of it is put into facts.
 *
 * Arrays over metrics and variants are [metrics][variants]; the control's own
 * places in arrays of lifts are left zero. Segments, days and weekdays are
 * looked at for the goal metric only.
 */
#ifndef MKT_ANALYSIS_EXPERIMENT_ESTIMATE_H
#define MKT_ANALYSIS_EXPERIMENT_ESTIMATE_H

#include "model/arm_mean.h"
#include "model/bayes_ab.h"
#include "model/heterogeneity.h"
#include "model/sequential.h"
#include "model/welch.h"

struct mkt_experiment_options {
    const char *control; /* name of the control; NULL to find it by its name */
    const char *goal;    /* the metric that decides; NULL for the first */
    const char *lower;   /* "returns,latency": metrics that are better when lower, or NULL */
    const char *shares;  /* "control=0.5,b=0.5": intended split, or NULL for an equal one */
    const char *cap, *quantiles; /* as asked; what came of them stands in the arms */
    mkt_lift_scale scale;
    double level, tuning;
    double prior_mean, prior_sd; /* sd 0: flat */
    double power, effect;        /* the least lift of interest, relative */
    double margin;               /* non-inferiority of the other metrics, relative; 0 for none */
    bool not_worse;              /* the goal, too, must only be shown to lose less than margin */
    bool one_sided;              /* ask only whether the goal is better, not whether it is worse */
    double planned;              /* units in all variants; 0 when no end was planned */
    int looks;                   /* planned looks, 0 for one at the end */
};

struct mkt_experiment_lift {
    mkt_lift_fault fault;      /* unless MKT_LIFT_FINE, what follows is zero */
    mkt_lift_scale scale;      /* absolute where the baseline may be zero */
    struct mkt_lift raw, best; /* best: with the covariate where there is one */
    double saved;              /* share of the variance that the covariate took away */
    struct mkt_welch fixed;
    struct mkt_sequential always;
    double low, high; /* the interval that decides, corrected for the number of variants */
    double bound;     /* its reach in standard errors, at a planned look; else NAN */
    double bar;       /* what it must pass in the better direction: 0, or -margin on this scale */
    struct mkt_bayes_ab belief;
    double p_holm, q;         /* over all metrics and variants */
    double p_not_worse;       /* of non-inferiority by the margin; NAN without margin */
    double effect;            /* least lift of interest on this scale, or the margin of not_worse */
    double mde, units_needed; /* both variants together; INFINITY when out of reach */
    double confidence;        /* that it passes the bar, for one who expects small lifts */
};

struct mkt_experiment_segment {
    mkt_lift_fault fault;
    struct mkt_lift lift;
    struct mkt_welch fixed;
    double low, high; /* an interval at a level that holds for all segments at once (Bonferroni) */
    double p_holm;    /* among all segments */
};

struct mkt_experiment_point {
    double value, low, high; /* of the lift so far, always-valid; NAN when too early */
};

#define MKT_EXPERIMENT_POINTS 120
#define MKT_EXPERIMENT_FEW 100 /* units an arm below which nothing is decided */
#define MKT_EXPERIMENT_RARE 10 /* successes an arm below which nothing is decided of a rate */

/* How the control was found. */
typedef enum {
    MKT_EXPERIMENT_CONTROL_GIVEN, /* in the options */
    MKT_EXPERIMENT_CONTROL_NAMED, /* it has a name that controls have */
    MKT_EXPERIMENT_CONTROL_FIRST  /* none has, so the first by name */
} mkt_experiment_guess;

struct mkt_experiment {
    const struct mkt_arms *arms;
    struct mkt_experiment_options options;
    size_t variants, metrics, control, goal;
    mkt_experiment_guess guess;
    bool *lower;             /* [metrics] better when lower */
    int64_t *units;          /* [variants] */
    double *share;           /* [variants] intended, summing to 1 */
    double srm_p, srm_wrong; /* p value; probability that the split is really wrong */
    bool srm_tested;
    struct mkt_arm_mean *mean;        /* [metrics][variants] */
    struct mkt_experiment_lift *lift; /* [metrics][variants] */
    double *best;                     /* [variants] P(best on the goal); NULL with two variants */

    struct mkt_period data; /* days of first exposure, but for strays */
    int64_t strays;         /* units on days far from all others */
    bool *carried; /* [metrics] one unit holds a quarter of the sum of squares: it decides alone */
    double
        *least_successes; /* [metrics] proportions: fewest expected of either outcome in an arm */

    size_t points;                          /* 0 without dates */
    int32_t *day;                           /* [points] */
    struct mkt_experiment_point *path;      /* [variants][points] */
    struct mkt_experiment_segment *segment; /* [variants][segments]; NULL without segments */
    struct mkt_lift *strata;               /* [variants] post-stratified, n 0 where there is none */
    struct mkt_heterogeneity *differ;      /* [variants] between segments */
    struct mkt_heterogeneity *weekday;     /* [variants] between days of the week */
    struct mkt_heterogeneity_trend *trend; /* [variants] of single days' lifts over days */
    double days, units_a_day;              /* NAN without dates */
};

static inline struct mkt_experiment_lift *mkt_experiment_lift_at(const struct mkt_experiment *e,
                                                                 size_t metric, size_t variant)
{
    return &e->lift[metric * e->variants + variant];
}

/* +1 where more is better, -1 where less is. */
static inline double mkt_experiment_sign(const struct mkt_experiment *e, size_t metric)
{
    return e->lower[metric] ? -1 : 1;
}

/* Of the two-sided intervals of a metric's lifts: their better end is the one-sided bound. */
static inline double mkt_experiment_level(const struct mkt_experiment *e, size_t metric)
{
    bool one_sided = e->options.one_sided && metric == e->goal;
    return one_sided ? 2 * e->options.level - 1 : e->options.level;
}

static inline int mkt_experiment_sides(const struct mkt_experiment *e, size_t metric)
{
    return e->options.one_sided && metric == e->goal ? 1 : 2;
}

/* The interval that holds at any look, at `level`, and its p value.   Of one side where that is asked. */
static inline struct mkt_sequential mkt_experiment_any_look(const struct mkt_experiment *e,
                                                            size_t metric,
                                                            const struct mkt_lift *lift,
                                                            double level)
{
    double tuning = e->options.tuning;
    return mkt_experiment_sides(e, metric) == 1
               ? mkt_sequential_test_one_side(lift, level, tuning,
                                              mkt_experiment_sign(e, metric) > 0)
               : mkt_sequential_test(lift, level, tuning);
}

/* Works all of it out.
 *
 *   arms  finished, with two variants and a metric at least
 *
 * Errors   MKT_E_ARG    an option names no such variant or metric, or shares that are none
 *          MKT_E_LIMIT  as mkt_arms_collect           MKT_E_NOMEM  the arena is full
 * Checked  tests/analysis/experiment_test.c */
MKT_MUST_CHECK mkt_status mkt_experiment_estimate(struct mkt_arena *arena,
                                                  const struct mkt_arms *arms,
                                                  const struct mkt_experiment_options *options,
                                                  struct mkt_experiment *out, struct mkt_err *err);

#endif
