/* Figures of an experiment as facts. */
#ifndef MKT_ANALYSIS_EXPERIMENT_FACTS_H
#define MKT_ANALYSIS_EXPERIMENT_FACTS_H

#include "analysis/experiment_work.h"

/* Facts of the whole, the variants, every metric in every variant, and the segments. With a broken
 * experiment only what was counted is given: no lift can be trusted.
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_experiment_facts_add(struct mkt_experiment_work *w,
                                                   struct mkt_err *err);

/* True when lifts may be shown. */
bool mkt_experiment_facts_sound(const struct mkt_experiment_work *w);

#endif
