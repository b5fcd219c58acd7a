/* Caps and quantiles as people ask for them: "revenue=99%", "minutes=0.9". */
#ifndef MKT_ANALYSIS_EXPERIMENT_TREATMENT_H
#define MKT_ANALYSIS_EXPERIMENT_TREATMENT_H

#include "aggregate/arms.h"

/* Reads both lists into out, whose arrays are made.
 *
 *   cap        "revenue=500" caps at a value, "revenue=99%" at a quantile of the units; or NULL
 *   quantiles  "minutes=0.9" or "minutes=90%"; or NULL
 *
 * Errors  MKT_E_ARG  no such metric, one named twice, a figure that is none or out of its domain
 *         MKT_E_NOMEM
 * Checked tests/analysis/experiment_treatment_test.c */
MKT_MUST_CHECK mkt_status mkt_experiment_treatment_read(struct mkt_arena *arena,
                                                        const struct mkt_arms *arms,
                                                        const char *cap, const char *quantiles,
                                                        struct mkt_arms_treatment *out,
                                                        struct mkt_err *err);

#endif
