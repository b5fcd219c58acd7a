/* From a question to a plan without a model: by words, names of the data, periods and amounts.
 *
 * The words are rows of the table of analyses (analysis/topics.h): a new analysis is found by its
 * own. Everything that was taken for something stands in `understood`; what no analysis here
 * answers in `unanswered`; where two readings would give different figures the plan is a question
 * back with the parameter that picks each. The same question, data and day give the same plan.
 */
#ifndef MKT_PLAN_PLANNER_H
#define MKT_PLAN_PLANNER_H

#include "plan/known.h"
#include "plan/plan.h"

#define MKT_PLANNER_BYTES 4000 /* of a question */

/* Given beside the question; it goes before what the words say. "analysis" names one. */
struct mkt_given {
    const char *name, *value;
};

struct mkt_planner {
    const struct mkt_analysis *table;
    size_t analyses;
    const struct mkt_known *known;
    const struct mkt_given *given;
    size_t givens;
};

/* Whether it can be a question at all, before anything else is read.
 * Errors  MKT_E_ARG    empty, holds a NUL byte or is not UTF-8
 *         MKT_E_LIMIT  longer than MKT_PLANNER_BYTES */
MKT_MUST_CHECK mkt_status mkt_planner_check(const char *question, size_t bytes,
                                            struct mkt_err *err);

/* Fills a plan.
 *
 *   question  `bytes` bytes that nobody vouches for
 *   plan      initialised
 *
 * Errors  MKT_E_ARG    the question is empty, holds a NUL byte or is not UTF-8; a given parameter
 *                      that no analysis has, or outside its domain
 *         MKT_E_LIMIT  longer than MKT_PLANNER_BYTES or MKT_FOLD_TOKENS words
 *         MKT_E_NOMEM  the arena is full
 * Cost    words of the question times phrases and names: under 10 ms for 30 words
 * Checked tests/plan/planner_test.c, tests/plan/questions_test.c */
MKT_MUST_CHECK mkt_status mkt_planner_plan(const struct mkt_planner *planner, const char *question,
                                           size_t bytes, struct mkt_plan *plan,
                                           struct mkt_err *err);

#endif
