/* How much more an outcome is when spend is one percent more, within one series, week against week.
 *
 *     log y[w] = level + trend + season[w] + elasticity log x[w] + e[w]
 *
 * Below 1, the next unit of spend brings less than the average one: it brings
 * elasticity times the average. It is an association: what moves spend and
 * outcome together (a season finer than the terms, a sale) is in it.
 */
#ifndef MKT_MODEL_ELASTICITY_H
#define MKT_MODEL_ELASTICITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define MKT_ELASTICITY_LEAST_WEEKS 16
#define MKT_ELASTICITY_LEAST_VARIATION 0.1 /* of log weekly spend around trend and season */

struct mkt_elasticity {
    bool known; /* enough weeks, and spend varies enough */
    double value;
    double error;     /* standard error */
    double freedom;   /* of its t distribution */
    double low, high; /* at 95 % */
    double below_one; /* probability that it is below 1 */
    int weeks;        /* with spend and outcome */
    double variation; /* of log weekly spend around trend and season; NAN unless weeks suffice */
};

/*   spend, outcome   [days]; the last days / 7 whole weeks are used, those where both are above 0
 *   seed             of the block bootstrap over weeks (2,000 draws of the scores)
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Source   bootstrap of a regression's scores: Politis & Romano (1994) section 4.3;
 *          diminishing returns and elasticity: Hanssens, Parsons & Schultz, Market Response Models
 *          (2001) 3.2
 * Checked  tests/model/elasticity_test.c */
MKT_MUST_CHECK mkt_status mkt_elasticity_fit(struct mkt_arena *arena, const double *spend,
                                             const double *outcome, size_t days, uint64_t seed,
                                             struct mkt_elasticity *out, struct mkt_err *err);

#endif
