/* Caveats that many variants would repeat: each is said once, with the variants that it is true of,
 * and p values are corrected for how many there are (Holm).
 */
#ifndef MKT_ANALYSIS_EXPERIMENT_VARIANTS_H
#define MKT_ANALYSIS_EXPERIMENT_VARIANTS_H

#include "analysis/experiment_work.h"

/* Which variant is the control, where that was guessed; and what is asked of several.
 * Errors, of all of these: MKT_E_NOMEM, MKT_E_LIMIT.   Checked  tests/analysis/experiment_variants_test.c */
MKT_MUST_CHECK mkt_status mkt_experiment_variants_control(struct mkt_experiment_work *w,
                                                          struct mkt_err *err);

/* Metrics that cannot be tested in some variants, and why. */
MKT_MUST_CHECK mkt_status mkt_experiment_variants_faults(struct mkt_experiment_work *w,
                                                         struct mkt_err *err);

/* Lifts that change with the day of first exposure, or with the day of the week. */
MKT_MUST_CHECK mkt_status mkt_experiment_variants_days(struct mkt_experiment_work *w,
                                                       struct mkt_err *err);

/* Of one p value a variant, the control's aside, those among all of them.
 *   p, out  [variants]; NAN where nothing was tested, which stays so */
MKT_MUST_CHECK mkt_status mkt_experiment_variants_among_all(const struct mkt_experiment_work *w,
                                                            const double *p, double *out,
                                                            struct mkt_err *err);

#endif
