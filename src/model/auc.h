/* How well a score tells conversions from the rest, counted up as scores come.
 *
 *     AUC = P(a conversion scores above a journey that did not convert) + P(the same) / 2
 *
 * Journeys of one score are counted together, so it is exact, needs room for
 * different scores only, and does not depend on the order in which they come.
 */
#ifndef MKT_MODEL_AUC_H
#define MKT_MODEL_AUC_H

#include <stdint.h>

#include "base/arena.h"

struct mkt_auc_ending {
    double score;
    int64_t converted, nulls; /* journeys; one of them above 0 */
};

/* All zero: empty. */
struct mkt_auc {
    struct mkt_auc_ending *slot; /* by score, probed linearly; both counts 0: free */
    size_t slots, used;
};

/* Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_auc_add(struct mkt_auc *auc, struct mkt_arena *arena,
                                      const struct mkt_auc_ending *ending, struct mkt_err *err);
/* Adds all of `from`. */
MKT_MUST_CHECK mkt_status mkt_auc_merge(struct mkt_auc *auc, struct mkt_arena *arena,
                                        const struct mkt_auc *from, struct mkt_err *err);

/* The area; NAN where all convert, or none. Nothing can be added afterwards.
 * Source  Hanley & McNeil, Radiology 143 (1982) 29-36
 * Checked tests/model/auc_test.c */
double mkt_auc_area(struct mkt_auc *auc);

#endif
