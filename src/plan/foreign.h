/* Questions in German, French, Spanish, Italian, Dutch and Portuguese, word by word into English.
 *
 * Not a translation: a table of the phrases that questions about marketing are made of. It turns
 * them into the words of analysis/topics.h and plan/when.h; what it does not know stays as it is.
 */
#ifndef MKT_PLAN_FOREIGN_H
#define MKT_PLAN_FOREIGN_H

#include "plan/fold.h"

#define MKT_FOREIGN_LISTS 3 /* a string holds 4,095 bytes */

struct mkt_foreign {
    const char *language; /* "German" */
    const char *common;   /* words by which the language is known, parted by spaces */
    const char *phrases
        [MKT_FOREIGN_LISTS]; /* "foreign phrase=english phrase", parted by commas; NULL: no more */
};

#define MKT_FOREIGN_LANGUAGES 6
extern const struct mkt_foreign mkt_foreign_table[MKT_FOREIGN_LANGUAGES];
extern const char mkt_foreign_english[]; /* words by which English is known */

/* Finds the language and puts the tokens into English in place; tokens that are `taken` stay. The
 * new tokens keep the places of the old ones. `*language` is "English", another, or NULL when no
 * word tells it.
 *
 * Errors  MKT_E_NOMEM  the arena is full
 * Checked tests/plan/questions_test.c */
MKT_MUST_CHECK mkt_status mkt_foreign_turn(struct mkt_arena *arena, struct mkt_fold *fold,
                                           const char **language, struct mkt_err *err);

#endif
