/* What the parts of the planner share. */
#ifndef MKT_PLAN_PLANNER_WORK_H
#define MKT_PLAN_PLANNER_WORK_H

#include "base/buf.h"
#include "plan/amount.h"
#include "plan/mention.h"
#include "plan/planner.h"
#include "plan/topic_match.h"
#include "plan/when.h"

#define MKT_PLANNER_CLAUSES 16

/* A part of the question that stands by itself. */
struct mkt_planner_clause {
    size_t from, to; /* tokens */
    struct mkt_topic_match topics;
    struct mkt_when spans;
    struct mkt_amount amount[MKT_AMOUNTS];
    size_t amounts;
    bool named; /* a name of the data stands in it */
};

/* Whether names of the data stand in the clause. */
static inline bool mkt_planner_work_within(const struct mkt_planner_clause *c,
                                           const struct mkt_mention *m)
{
    return m->from >= c->from && m->from < c->to;
}

/* The same for one name alone, of that kind. */
static inline bool mkt_planner_work_is_one(const struct mkt_planner_clause *c,
                                           const struct mkt_mention *m, mkt_known_kind kind)
{
    return mkt_planner_work_within(c, m) && m->names == 1 && m->name[0]->kind == kind;
}

struct mkt_planner_work {
    const struct mkt_planner *planner;
    struct mkt_arena *arena;
    struct mkt_plan *plan;
    struct mkt_fold fold;
    struct mkt_mentions mentions;
    struct mkt_planner_clause clause[MKT_PLANNER_CLAUSES];
    size_t clauses;
};

/* planner_clause.c: cuts the question and finds topics, periods and amounts of each part. */
MKT_MUST_CHECK mkt_status mkt_planner_work_clauses(struct mkt_planner_work *w, struct mkt_err *err);

/* planner_names.c: settles which name each mention is, or asks. */
MKT_MUST_CHECK mkt_status mkt_planner_work_names(struct mkt_planner_work *w, struct mkt_err *err);

/* planner_step.c: adds the steps that a clause asks for of one analysis. */
MKT_MUST_CHECK mkt_status mkt_planner_work_steps(struct mkt_planner_work *w,
                                                 struct mkt_planner_clause *clause, size_t subject,
                                                 struct mkt_err *err);

/* A column of the events that a clause names, and the values of it that it speaks of. */
struct mkt_planner_property {
    const struct mkt_known_property *property;
    const char *value[MKT_FOCUS_ENTITIES];
    size_t values;
};

/* planner_property.c: false when the clause names none. */
bool mkt_planner_work_property(const struct mkt_planner_work *w,
                               const struct mkt_planner_clause *clause,
                               struct mkt_planner_property *out);

/* On which side of an event. */
typedef enum {
    MKT_PLANNER_REACHED, /* "reached the checkout" */
    MKT_PLANNER_BEFORE,  /* "lost before the checkout": on the way to it */
    MKT_PLANNER_AT,      /* "lost at the checkout": reached it and went no further */
    MKT_PLANNER_AFTER
} mkt_planner_side;

/* How many tokens from `at` name the value of a column, as it stands or by another word for it;
 * 0 for none. */
size_t mkt_planner_work_value(const struct mkt_fold *fold, size_t at, size_t end,
                              const char *value);

/* Segments of an experiment that a clause speaks of, and those that it speaks of in vain. */
struct mkt_planner_segments {
    const char *name[MKT_FOCUS_ENTITIES];
    size_t names;
    size_t lacks_from, lacks_to; /* tokens of one that the experiment does not have; equal: none */
};

/* planner_segment.c: false when the clause speaks of none. */
bool mkt_planner_work_segments(const struct mkt_planner_work *w,
                               const struct mkt_planner_clause *clause,
                               struct mkt_planner_segments *out);

/* Events of the data that a clause speaks of: from one to another, or one of them. */
struct mkt_planner_way {
    const char *from; /* NULL: `side` of `to` */
    const char *to;
    mkt_planner_side side;
    size_t at, end;         /* of one event: tokens of it and of the word that tells its side */
    bool abandoned;         /* `from` is what is abandoned */
    bool lost, rate, count; /* it asks who is lost, who goes on, how many or which share */
};

/* planner_way.c: false when the clause names no event so. */
bool mkt_planner_work_way(const struct mkt_planner_work *w, const struct mkt_planner_clause *clause,
                          struct mkt_planner_way *out);

/* The quantile of a time that a clause asks for. */
struct mkt_planner_quantile {
    double q;        /* 0 < q < 1, or what was said outside of that */
    size_t from, to; /* tokens */
    size_t amount;   /* place of the clause's amount that tells it; MKT_AMOUNTS for none */
};

/* planner_quantile.c: false when the clause asks for none. */
bool mkt_planner_work_quantile(const struct mkt_planner_work *w,
                               const struct mkt_planner_clause *clause,
                               struct mkt_planner_quantile *out);

extern const char mkt_planner_work_time_words[]; /* of a question for a time */

/* A whole number at a token, in digits or as a word, 1 to 366; 0 for none. */
int mkt_planner_work_number(const struct mkt_fold *fold, size_t at);

/* The value given for a parameter, or NULL. */
const char *mkt_planner_work_given(const struct mkt_planner *planner, const char *name);

/* planner_score.c: how strongly a clause asks for a subject: its words and the names it mentions. */
int mkt_planner_work_score(const struct mkt_planner_work *w,
                           const struct mkt_planner_clause *clause, size_t subject);

#endif
