/* A part of the marketing: the rows of one channel, campaign or segment. */
#ifndef MKT_ANALYSIS_ROI_PART_H
#define MKT_ANALYSIS_ROI_PART_H

#include "aggregate/performance.h"
#include "analysis/analysis.h"

struct mkt_roi_part {
    const char *name[MKT_DIMENSIONS]; /* as the data have it; NULL for all */
    const char *subject;              /* "Holiday 2025", "search, 18-34"; NULL for all marketing */
};

/* Reads the parameters channel, campaign and segment of a run.
 *
 *   p     finished
 *   out   names as they stand in p
 *
 * Errors  MKT_E_ARG    p has no such name: the sentence lists those it has
 *         MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_roi_part_read(const struct mkt_run *run,
                                            const struct mkt_performance *p,
                                            struct mkt_roi_part *out, struct mkt_err *err);

/* The sums of that part, in run->arena; the days of the data stay those of the whole.
 * Errors  MKT_E_NOMEM
 * Checked tests/analysis/roi_part_test.c */
MKT_MUST_CHECK mkt_status mkt_roi_part_make(struct mkt_arena *arena,
                                            const struct mkt_performance *p,
                                            const struct mkt_roi_part *part,
                                            struct mkt_performance *out, struct mkt_err *err);

#endif
