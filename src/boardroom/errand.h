/* What another agent asks of us: the task, and where its data really stand.
 *
 *     {"task_description": "Q4 campaign performance for an ROI calculation",
 *      "context": {...}, "data_package": {...}, "timeout_seconds": 60}
 *
 * The hub sends the same with "query" for the task. Data are looked for in this order, and the
 * first kind that is there is used:
 *
 *     a registered data set  "dataset" in the body, context, data_package or data_package.data
 *     rows                   "rows" or "table" there, or "marketing_data" that is a list
 *     totals                 spend, impressions, ... in the body, context, context.campaign,
 *                            .campaign_data and .marketing_data, data_package, data_package.data,
 *                            .marketing_data and .data.marketing_data, each adding to the others;
 *                            one measure with two values is refused
 *     the registered one     when there is only one
 *
 * Checked  tests/boardroom/errand_test.c, tests/fuzz/boardroom_body_fuzz.c
 */
#ifndef MKT_BOARDROOM_ERRAND_H
#define MKT_BOARDROOM_ERRAND_H

#include "boardroom/totals.h"
#include "plan/planner.h"

typedef enum { /* what the origin makes of a task, by words in it */
               MKT_ERRAND_ROI,
               MKT_ERRAND_CAMPAIGN,
               MKT_ERRAND_OPTIMIZATION,
               MKT_ERRAND_CUSTOMER,
               MKT_ERRAND_GENERAL
} mkt_errand_kind;

typedef enum {
    MKT_ERRAND_DATASET, /* a registered one, named or the only one */
    MKT_ERRAND_ROWS,
    MKT_ERRAND_TOTALS
} mkt_errand_source;

typedef enum { MKT_GOAL_ROI, MKT_GOAL_CPA, MKT_GOAL_CONVERSION_RATE, MKT_GOALS } mkt_errand_goal;

extern const char *const mkt_errand_goal_name[MKT_GOALS]; /* "target_roi", ... */

struct mkt_errand {
    const char *task; /* in words; NULL for none */
    mkt_errand_kind kind;
    mkt_errand_source source;
    const char *dataset; /* NULL: the only one */
    const char *csv;     /* of ROWS */
    size_t csv_bytes;
    struct mkt_campaign campaign; /* of TOTALS */
    const struct mkt_value **total;
    size_t totals; /* the members it was made of */
    const char **place;
    size_t places; /* where the data stood: "data_package.data.marketing_data" */
    struct mkt_given *given;
    size_t givens;          /* context.parameters, context.period, context.margin */
    double goal[MKT_GOALS]; /* NAN where none was sent */
    int64_t timeout_ms;     /* in which the answer is wanted */
};

#define MKT_ERRAND_TIMEOUT_MS 60000 /* the hub's own patience */

/* Reads a body.
 *
 * Errors  MKT_E_ARG    no object, a member of the wrong type, a measure with two values; rows as
 *                      in wire/rows.h
 *         MKT_E_LIMIT  a task longer than MKT_PLANNER_BYTES;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_errand_read(struct mkt_arena *arena, const struct mkt_value *body,
                                          struct mkt_errand *out, struct mkt_err *err);

/* What the origin takes a task for: roi, return, financial; campaign, performance; optimization,
 * improve; customer, segment; in this order. */
mkt_errand_kind mkt_errand_kind_of(const char *task);

#endif
