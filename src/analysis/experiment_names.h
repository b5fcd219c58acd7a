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

/* The place of a metric by its name, whatever its case.
 * Errors  MKT_E_ARG  there is none (the sentence lists those there are, `what` asked for it) */
MKT_MUST_CHECK mkt_status mkt_experiment_names_metric(const struct mkt_arms *arms, const char *what,
                                                      const char *name, size_t *out,
                                                      struct mkt_err *err);

/* The next item of a list parted by commas, trimmed; false at its end. */
bool mkt_experiment_names_item(const char **list, char *item, size_t size);

#endif
