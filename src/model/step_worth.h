/* What one more percentage point at each step of a funnel is worth.
 *
 *     W     = n_0  r_1 r_2 ... r_K  v          n_0: entries, r: rates of the needed steps, v: value
 *     w_k   = 0.01 n_0 v  prod_(j != k) r_j
 *
 * Those who come on at step k go on as the others do. The rates are drawn from
 * what the counts leave open, r_k ~ Beta(1/2 + x_k/e, 1/2 + (n_k - x_k)/e) with
 * e the effect of units that are alike (step_rates.h), and the log of the mean value
 * from a t distribution; so the ranking of the steps comes with its probability.
 */
#ifndef MKT_MODEL_STEP_WORTH_H
#define MKT_MODEL_STEP_WORTH_H

#include "base/arena.h"
#include "model/step_rates.h"

#define MKT_STEP_WORTH_DRAWS 4000

struct mkt_step_worth_input {
    const struct mkt_step_rate *rate; /* [steps] of the needed steps after the first, in order */
    size_t steps;
    double entries;
    double value, value_se, value_n; /* mean of a conversion, > 0; its error; what it rests on */
    double level;
    uint64_t seed;
};

struct mkt_step_worth {
    struct mkt_step_worth_of {
        double value, low, high;
        double best; /* probability that no other step is worth more */
    } * of;          /* [steps] */
    double per_entry, per_entry_low, per_entry_high; /* value of an entry */
    size_t first, second;                            /* the steps worth most */
};

/* Mean value of a conversion and its error, over users: value / conversions. */
void mkt_step_worth_value(const struct mkt_funnels *f, double *mean, double *se, double *n);

/* Errors   MKT_E_NOMEM  the arena is full
 * Cost     4,000 draws a step
 * Source   Jeffreys' prior of a share: Brown, Cai & DasGupta, Statistical Science 16 (2001) 101-133
 * Checked  tests/model/step_worth_test.c, tests/model/funnel_coverage_test.c */
MKT_MUST_CHECK mkt_status mkt_step_worth_fit(struct mkt_arena *arena,
                                             const struct mkt_step_worth_input *input,
                                             struct mkt_step_worth *out, struct mkt_err *err);

#endif
