/* What lowers trust in an experiment, and what is missing to call it. */
#ifndef MKT_ANALYSIS_EXPERIMENT_CAVEATS_H
#define MKT_ANALYSIS_EXPERIMENT_CAVEATS_H

#include "analysis/experiment_work.h"

/* Caveats, the sentences on what is missing, and the sheet's status.
 * Errors  MKT_E_NOMEM, MKT_E_LIMIT */
MKT_MUST_CHECK mkt_status mkt_experiment_caveats_add(struct mkt_experiment_work *w,
                                                     struct mkt_err *err);

#endif
