/* A step under way: what the files of planner_step.c's family share. */
#ifndef MKT_PLAN_PLANNER_DRAFT_H
#define MKT_PLAN_PLANNER_DRAFT_H

#include "plan/planner_work.h"

struct mkt_planner_draft {
    struct mkt_planner_work *w;
    struct mkt_planner_clause *c;
    size_t subject;
    struct mkt_plan_step step;
    const struct mkt_known_name *name[MKT_FOCUS_ENTITIES];
    size_t names;
    bool each;            /* each name has its own period in the question */
    const char *quantile; /* metric of the quantile of a time that is asked for, or NULL */
};

/* planner_told.c: what of the answer is meant. */
MKT_MUST_CHECK mkt_status mkt_planner_draft_told(struct mkt_planner_draft *d, struct mkt_err *err);

/* Whether the clause holds one of the phrases outside names, periods and words of its own. */
bool mkt_planner_draft_says(const struct mkt_planner_draft *d, const char *phrases);

/* Whether it asks for a comparison or a change, whatever the analysis. */
bool mkt_planner_draft_compares(const struct mkt_planner_draft *d);

/* planner_quantile.c: the quantile of a time; of another analysis it is said that it has none. */
MKT_MUST_CHECK mkt_status mkt_planner_draft_quantile(struct mkt_planner_draft *d,
                                                     struct mkt_err *err);

/* planner_amounts.c: amounts and other parameters; amounts that nobody takes are said. */
MKT_MUST_CHECK mkt_status mkt_planner_draft_parameters(struct mkt_planner_draft *d,
                                                       struct mkt_err *err);

/* planner_periods.c: the periods to run, one for a period and the one it is compared with.
 *   out  [MKT_WHEN_SPANS] */
MKT_MUST_CHECK mkt_status mkt_planner_draft_periods(struct mkt_planner_draft *d,
                                                    struct mkt_when_span *out, size_t *count,
                                                    struct mkt_err *err);

/* planner_funnel.c: the events that the way goes between, and when people come back. */
MKT_MUST_CHECK mkt_status mkt_planner_draft_funnel(struct mkt_planner_draft *d,
                                                   struct mkt_err *err);

/* planner_property.c: the column of the events that is compared by; one that is asked for and not
 * there is said. */
MKT_MUST_CHECK mkt_status mkt_planner_draft_property(struct mkt_planner_draft *d,
                                                     struct mkt_err *err);

/* planner_transition.c: from which channel, or from which to which. */
MKT_MUST_CHECK mkt_status mkt_planner_draft_transitions(struct mkt_planner_draft *d,
                                                        struct mkt_err *err);

/* planner_segment.c: the segments of an experiment; one that it does not have is said. */
MKT_MUST_CHECK mkt_status mkt_planner_draft_segments(struct mkt_planner_draft *d,
                                                     struct mkt_err *err);

#endif
