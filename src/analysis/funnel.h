/* The question: where are people lost on the way from the first step to the last?
 *
 * Users (or sessions) by step with rates and their intervals, how long steps
 * take, what one more point at each step is worth, how segments and cohorts
 * differ (tests corrected for their number), what those who stop do instead,
 * and who comes back. The steps are given, or found in the data. The method
 * card is docs/methods/funnel.md.
 */
#ifndef MKT_ANALYSIS_FUNNEL_H
#define MKT_ANALYSIS_FUNNEL_H

#include "aggregate/funnels.h"
#include "analysis/analysis.h"

#define MKT_FUNNEL_PARAMS 12
extern const struct mkt_param mkt_funnel_params[MKT_FUNNEL_PARAMS];

/* A counted funnel, and what is known about it. */
struct mkt_funnel_input {
    const struct mkt_events_view *view;
    const struct mkt_funnel_plan *plan;
    const struct mkt_funnels *counts;
    const char *const *label;          /* [plan->steps] names of the steps */
    const char *segment;               /* name of the property, or NULL */
    const char *how;                   /* how the steps were chosen; NULL when they were given */
    const char *left_out;              /* properties that were too many to keep, or NULL */
    const char *respelled;             /* values of properties that were taken for one, or NULL */
    const char *no_segment;            /* a property of segments with too many values, or NULL */
    bool values;                       /* the events tell values */
    double value;                      /* of a conversion, where they do not; NAN for none */
    double quantile;                   /* of the times, besides those always told; else NAN or 0 */
    bool had_to_count_open;            /* no window has closed, so those open are counted */
    const struct mkt_account *account; /* NULL in tests */
    uint64_t seed;
    const atomic_bool *cancel;
};

/* Fills a sheet. Data that cannot answer give MKT_OK and status INSUFFICIENT.
 *
 * Errors   MKT_E_NOMEM      the arena is full
 *          MKT_E_CANCELLED  input->cancel was set
 * Checked  tests/analysis/funnel_test.c, tests/golden/funnel */
MKT_MUST_CHECK mkt_status mkt_funnel_fill(const struct mkt_funnel_input *input,
                                          struct mkt_sheet *sheet, struct mkt_err *err);

/* Which metric is the quantile q of a time, 0 < q < 1: "time_median", "time_p90", "time_p97_5".
 * NULL when the arena is full. */
const char *mkt_funnel_time_metric(struct mkt_arena *arena, double q);

/* As a row of the table of analyses. Errors as mkt_funnel_fill, mkt_funnel_steps_read and
 * mkt_funnels_count. */
MKT_MUST_CHECK mkt_status mkt_funnel_run(const struct mkt_run *run, struct mkt_sheet *sheet,
                                         struct mkt_err *err);

#endif
