/* Totals and daily series of chosen slices of a performance table.
 *
 * A slice is the whole, one channel, one campaign of one channel, or one
 * segment. Totals come first, for all of them; then daily series for the few
 * that are worth it.
 */
#ifndef MKT_AGGREGATE_SLICES_H
#define MKT_AGGREGATE_SLICES_H

#include "aggregate/performance.h"

typedef enum {
    MKT_SLICE_TOTAL,
    MKT_SLICE_CHANNEL,
    MKT_SLICE_CAMPAIGN,
    MKT_SLICE_SEGMENT
} mkt_slice_kind;

struct mkt_slice {
    mkt_slice_kind kind;
    uint32_t channel, campaign, segment; /* indices into the names; those its kind has */
    mkt_micro sum[MKT_MEASURES];         /* over the period */
    int64_t cells;                       /* days by names behind it */
};

struct mkt_slices {
    struct mkt_slice *slice; /* the whole; channels, segments in order of names; campaigns */
    size_t slices;
    size_t channel, segment, campaign; /* where they begin */
};

/* Totals over a period of all slices that the table's dimensions give. Campaigns are those with a
 * row in the period, in order of channel and campaign name.
 *
 *   p   finished
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Cost     one pass over the cells */
MKT_MUST_CHECK mkt_status mkt_slices_make(struct mkt_arena *arena, const struct mkt_performance *p,
                                          struct mkt_period period, struct mkt_slices *out,
                                          struct mkt_err *err);

/* Daily series of the slices that have a row:
 *
 *   row    [slices->slices], the series of each slice, or MKT_SLICES_NONE
 *   out    [rows][MKT_MEASURES][days of period], in units; zeroed by the caller
 *
 * Cost     one pass over the cells.     Checked  tests/aggregate/slices_test.c */
#define MKT_SLICES_NONE UINT32_MAX
void mkt_slices_fill(const struct mkt_performance *p, struct mkt_period period,
                     const struct mkt_slices *slices, const uint32_t *row, size_t rows,
                     double *out);

#endif
