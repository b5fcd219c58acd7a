/* Questions in German, French, Spanish, Italian, Dutch and Portuguese, word by word into English.
 *
 * Not a translation: a table of the phrases that questions about marketing are made of. It turns
 * them into the words of analysis/topics.h and plan/when.h; what it does not know stays as it is.
 */
#ifndef MKT_PLAN_LEXICON_H
#define MKT_PLAN_LEXICON_H

#include "plan/fold.h"

struct mkt_lexicon {
    const char *language;   /* "German" */
    const char *common;     /* words by which the language is known, parted by spaces */
    const char *phrases[2]; /* "foreign phrase=english phrase", parted by commas; NULL: no more */
};

#define MKT_LEXICON_LANGUAGES 6
extern const struct mkt_lexicon mkt_lexicon_table[MKT_LEXICON_LANGUAGES];
extern const char mkt_lexicon_english[]; /* words by which English is known */

/* Finds the language and puts the tokens into English in place; tokens that are `taken` stay. The
 * new tokens keep the places of the old ones. `*language` is "English", another, or NULL when no
 * word tells it.
 *
 * Errors  MKT_E_NOMEM  the arena is full
 * Checked tests/plan/lexicon_test.c */
MKT_MUST_CHECK mkt_status mkt_lexicon_turn(struct mkt_arena *arena, struct mkt_fold *fold,
                                           const char **language, struct mkt_err *err);

#endif
