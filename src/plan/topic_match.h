/* Which analyses the words of a question belong to, and how strongly. */
#ifndef MKT_PLAN_TOPIC_MATCH_H
#define MKT_PLAN_TOPIC_MATCH_H

#include "analysis/analysis.h"
#include "plan/absent.h"
#include "plan/fold.h"

/* One phrase at one place. */
struct mkt_topic_hit {
    size_t subject; /* place in the table; from `analyses` on, places of mkt_absent_table */
    mkt_topic_kind kind;
    const char *tells;
    size_t from, to; /* tokens */
};

#define MKT_TOPIC_HITS 256 /* at most; of more the first are taken */
#define MKT_TOPIC_SUBJECTS 64

struct mkt_topic_match {
    const struct mkt_analysis *table;
    size_t analyses;
    struct mkt_topic_hit hit[MKT_TOPIC_HITS];
    size_t hits;
};

/* Finds the phrases in tokens [at, end). A phrase within a longer one does not count, nor one that
 * the question excludes ("not the ROI"), nor one in a name of the data.
 * Checked tests/plan/planner_test.c */
void mkt_topic_match_find(const struct mkt_fold *fold, size_t at, size_t end,
                          const struct mkt_analysis *table, size_t analyses,
                          struct mkt_topic_match *out);

/* 4 and more for a word of its own, 2 for a shared one, 1 for a hint; each word once. */
int mkt_topic_match_score(const struct mkt_topic_match *match, size_t subject);

/* Whether a word belongs to it alone. */
bool mkt_topic_match_owns(const struct mkt_topic_match *match, size_t subject);

#endif
