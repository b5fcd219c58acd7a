/* How far chance moves the credit of a chain that remembers. Private to src/model/contexts*.c. */
#ifndef MKT_MODEL_CONTEXTS_SPREAD_H
#define MKT_MODEL_CONTEXTS_SPREAD_H

#include "model/contexts_solver.h"

/* Fills the variance of one share of the paths, a task of mkt_tasks_run: the square of what one more
 * journey along each would change, as often as there are journeys.
 *   solver  a struct mkt_contexts_solver whose equations are solved
 * Cost    steps channels */
void mkt_contexts_spread_share(void *solver, size_t worker, size_t share);

#endif
