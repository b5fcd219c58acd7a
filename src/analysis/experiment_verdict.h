/* What to do about an experiment: ship, keep the control, keep running, or mend it first. */
#ifndef MKT_ANALYSIS_EXPERIMENT_VERDICT_H
#define MKT_ANALYSIS_EXPERIMENT_VERDICT_H

#include "analysis/experiment_estimate.h"

typedef enum {
    MKT_EXPERIMENT_SPLIT_WRONG,  /* broken: the arms did not get the units they were meant to get */
    MKT_EXPERIMENT_EXPOSED_BOTH, /* broken: too many units saw more than one variant */
    MKT_EXPERIMENT_CANNOT,       /* the goal cannot be tested at all */
    MKT_EXPERIMENT_SHIP,         /* the variant is better and nothing else is worse */
    MKT_EXPERIMENT_GUARDED,      /* better on the goal, but a guard speaks against it */
    MKT_EXPERIMENT_WORSE,        /* every variant is worse than the control */
    MKT_EXPERIMENT_TOO_SMALL,    /* no variant gains as much as was asked for */
    MKT_EXPERIMENT_RUN_ON        /* it cannot be told yet */
} mkt_experiment_call;

#define MKT_EXPERIMENT_MULTIPLE 0.01 /* share of units in two variants from which it is broken */

struct mkt_experiment_verdict {
    mkt_experiment_call call;
    size_t variant;     /* that it is about */
    size_t guard;       /* GUARDED: metric that is worse; RUN_ON: one that is not yet shown to be
                           within the margin; else SIZE_MAX */
    double probability; /* that the call is right, from the belief as asked for */
    double confidence;  /* the same for one who expects small lifts; NAN for RUN_ON and CANNOT */
    double units_left, days_left; /* RUN_ON: in all variants; INFINITY or NAN when unknown,
                                     as where one unit carries the metric */
    double units_if, days_if;     /* RUN_ON without a plan: until the lift as it is would be clear
                                     at any look; NAN where that is not sooner */
    bool for_rare; /* units_left are those until the rarer outcome of a rate is frequent enough */
};

/* The interval that decides is e->lift[].low and high: always-valid unless an end was planned.
 *
 * Checked  tests/analysis/experiment_test.c */
struct mkt_experiment_verdict mkt_experiment_verdict_of(const struct mkt_experiment *e);

#endif
