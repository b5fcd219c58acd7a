/* Names of the data in a question: as they stand, nearly as they stand, or by a part.
 *
 * "holiday campaign" is a part of "Holiday 2024" and of "Holiday 2025": both are candidates, and
 * who asks for the period decides. A guess is a guess: `how` says what was taken for what.
 */
#ifndef MKT_PLAN_MENTION_H
#define MKT_PLAN_MENTION_H

#include "plan/fold.h"
#include "plan/known.h"

typedef enum {
    MKT_MENTION_EXACT,
    MKT_MENTION_SPELLING, /* a letter or two differ */
    MKT_MENTION_PART,     /* a part of the name */
    MKT_MENTION_KIN       /* another word for it: "newsletter" for email */
} mkt_mention_how;

#define MKT_MENTION_CANDIDATES 8

struct mkt_mention {
    const struct mkt_known_name *name[MKT_MENTION_CANDIDATES];
    size_t names; /* 0: a platform or campaign that the data do not name */
    mkt_mention_how how;
    size_t from, to; /* tokens */
    bool without;    /* "except email" */
    bool each;       /* all candidates are meant: one for each of two years */
};

#define MKT_MENTIONS 16 /* at most; of more the first are taken */

struct mkt_mentions {
    struct mkt_mention mention[MKT_MENTIONS];
    size_t count;
};

/* Finds the names and marks their tokens as taken. With `exact` only names as they stand.
 * Errors  MKT_E_NOMEM  the arena is full
 * Cost    words of the question times names of the data
 * Checked tests/plan/mention_test.c */
MKT_MUST_CHECK mkt_status mkt_mention_find(struct mkt_arena *arena, struct mkt_fold *fold,
                                           const struct mkt_known *known, bool exact,
                                           struct mkt_mentions *out, struct mkt_err *err);

#endif
