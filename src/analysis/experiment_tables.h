/* Tables of an experiment's facts: units by variant, and one a metric. */
#ifndef MKT_ANALYSIS_EXPERIMENT_TABLES_H
#define MKT_ANALYSIS_EXPERIMENT_TABLES_H

#include "analysis/experiment_work.h"

/* After the facts are there. Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_experiment_tables_add(struct mkt_experiment_work *w,
                                                    struct mkt_err *err);

#endif
