/* The goal metric by day, day of the week and segment. */
#ifndef MKT_ANALYSIS_EXPERIMENT_SLICES_H
#define MKT_ANALYSIS_EXPERIMENT_SLICES_H

#include "analysis/experiment_estimate.h"

/* Fills points, day, path, segment, strata, differ, weekday, trend, days and units_a_day of `e`, whose
 * lifts are there. Errors as mkt_experiment_estimate. */
MKT_MUST_CHECK mkt_status mkt_experiment_slices_fill(struct mkt_arena *arena,
                                                     struct mkt_experiment *e, struct mkt_err *err);

#endif
