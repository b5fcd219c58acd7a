/* What the parts of the matcher share. */
#ifndef MKT_PLAN_MATCHER_WORK_H
#define MKT_PLAN_MATCHER_WORK_H

#include "base/buf.h"
#include "plan/amount.h"
#include "plan/matcher.h"
#include "plan/mention.h"
#include "plan/topic_match.h"
#include "plan/when.h"

#define MKT_MATCHER_CLAUSES 16

/* A part of the question that stands by itself. */
struct mkt_matcher_clause {
    size_t from, to; /* tokens */
    struct mkt_topic_match topics;
    struct mkt_when spans;
    struct mkt_amount amount[MKT_AMOUNTS];
    size_t amounts;
    bool named; /* a name of the data stands in it */
};

struct mkt_matcher_work {
    const struct mkt_matcher *matcher;
    struct mkt_arena *arena;
    struct mkt_plan *plan;
    struct mkt_fold fold;
    struct mkt_mentions mentions;
    struct mkt_matcher_clause clause[MKT_MATCHER_CLAUSES];
    size_t clauses;
};

/* matcher_clause.c: cuts the question and finds topics, periods and amounts of each part. */
MKT_MUST_CHECK mkt_status mkt_matcher_work_clauses(struct mkt_matcher_work *w, struct mkt_err *err);

/* matcher_names.c: settles which name each mention is, or asks. */
MKT_MUST_CHECK mkt_status mkt_matcher_work_names(struct mkt_matcher_work *w, struct mkt_err *err);

/* matcher_step.c: adds the steps that a clause asks for of one analysis. */
MKT_MUST_CHECK mkt_status mkt_matcher_work_steps(struct mkt_matcher_work *w,
                                                 struct mkt_matcher_clause *clause, size_t subject,
                                                 struct mkt_err *err);

/* The value given for a parameter, or NULL. */
const char *mkt_matcher_work_given(const struct mkt_matcher *matcher, const char *name);

/* How strongly a clause asks for a subject: its words and the names it mentions. */
int mkt_matcher_work_score(const struct mkt_matcher_work *w,
                           const struct mkt_matcher_clause *clause, size_t subject);

#endif
