/* A plan: which analyses answer a question, with which parameters, and how that was understood.
 *
 * Plain data. Whoever made it, mkt_plan_add_step has judged every step: the analysis exists, its
 * parameters are of its own and within their domains.
 */
#ifndef MKT_PLAN_PLAN_H
#define MKT_PLAN_PLAN_H

#include "analysis/analysis.h"
#include "fact/focus.h"
#include "plan/known.h"

#define MKT_PLAN_STEPS 8
#define MKT_PLAN_CHOICES 8

struct mkt_plan_step {
    const struct mkt_analysis *analysis;
    struct mkt_args args;
    struct mkt_focus focus;
    const char *part; /* of the question, as asked */
    const char *how;  /* a sentence */
    bool certain;     /* a word of the question belongs to this analysis alone */
};

/* A parameter that, given with the question, settles what is open. */
struct mkt_plan_choice {
    const char *name, *value;
    const char *reading; /* what the question means then */
};

struct mkt_plan {
    struct mkt_arena *arena;
    const char *question; /* cleaned */
    const char *language; /* NULL when no word told it */
    const char *made_by;  /* "matcher", or "matcher and " and a model's name */
    const char **understood;
    size_t understoods, understood_cap;
    const char **unanswered;
    size_t unanswereds, unanswered_cap;
    const char *back; /* the question back; NULL for none. Nothing runs then */
    struct mkt_plan_choice choice[MKT_PLAN_CHOICES];
    size_t choices;
    struct mkt_plan_step step[MKT_PLAN_STEPS];
    size_t steps;
    bool trouble; /* a model was to plan, and failed */
    bool open;    /* a part of the question was not understood by its words */

    /* what the question says beyond doubt, for who plans the open part */
    const char *period;
    const struct mkt_known_name *name[MKT_FOCUS_ENTITIES];
    size_t names;
};

void mkt_plan_init(struct mkt_plan *plan, struct mkt_arena *arena);

/* A sentence, kept once however often it is said. Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_plan_understood(struct mkt_plan *plan, struct mkt_err *err,
                                              const char *format, ...) MKT_PRINTF(3, 4);
MKT_MUST_CHECK mkt_status mkt_plan_unanswered(struct mkt_plan *plan, struct mkt_err *err,
                                              const char *format, ...) MKT_PRINTF(3, 4);

/* The question back; the first stays. Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_plan_ask(struct mkt_plan *plan, struct mkt_err *err,
                                       const char *format, ...) MKT_PRINTF(3, 4);

/* A reading to choose; beyond MKT_PLAN_CHOICES they are left out. */
void mkt_plan_choose(struct mkt_plan *plan, const char *name, const char *value,
                     const char *reading);

/* Adds a step, or joins its focus to one with the same analysis and parameters. The analysis must
 * be of the table. Beyond MKT_PLAN_STEPS the plan says what was left out.
 * Errors  MKT_E_ARG    a parameter outside its domain
 *         MKT_E_NOMEM
 * Checked tests/plan/planner_test.c */
MKT_MUST_CHECK mkt_status mkt_plan_add_step(struct mkt_plan *plan, const struct mkt_plan_step *step,
                                            struct mkt_err *err);

/* Sets a parameter of a step where the analysis has it; the last value counts.
 * Errors  MKT_E_ARG  outside its domain */
MKT_MUST_CHECK mkt_status mkt_plan_set(struct mkt_plan_step *step, const char *name,
                                       const char *value, struct mkt_err *err);

/* Adds to a focus; what does not fit or is there already is left out. */
void mkt_plan_focus_metric(struct mkt_focus *focus, const char *metric);
void mkt_plan_focus_entity(struct mkt_focus *focus, const char *scope, const char *name);
void mkt_plan_focus_next(struct mkt_focus *focus, const char *scope, const char *name);

/* What an analysis is known by when its row has no words; NULL for none. */
const char *mkt_plan_words(const struct mkt_analysis *analysis);

#endif
