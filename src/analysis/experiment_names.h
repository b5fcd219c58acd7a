/* Which variant is the control, which metric decides, what split was intended: from names. */
#ifndef MKT_ANALYSIS_EXPERIMENT_NAMES_H
#define MKT_ANALYSIS_EXPERIMENT_NAMES_H

#include "analysis/experiment_estimate.h"

/* Fills control, goal, lower and share of `e`, whose arms, options, variants and metrics are set and
 * whose arrays are there. A control that is not named is the first variant called control, baseline,
 * original, default, off, holdout, a or 0, else the first of all.
 *
 * Errors  MKT_E_ARG  a name that is none (the sentence lists those there are), or no share */
MKT_MUST_CHECK mkt_status mkt_experiment_names_read(struct mkt_experiment *e, struct mkt_err *err);

#endif
