/* A question as words that can be compared: lower case, no accents, no plural s.
 *
 *   "Wie hoch war der ROAS der Kampagne „Holiday 2025“?"  ->  wie hoch war der roas der kampagne ...
 *
 * Each word keeps its place in the text, so that a sentence can quote what it speaks of. Letters of
 * other scripts stay as they are.
 */
#ifndef MKT_PLAN_FOLD_H
#define MKT_PLAN_FOLD_H

#include <stdbool.h>

#include "base/arena.h"

typedef enum {
    MKT_TOKEN_WORD,
    MKT_TOKEN_NUMBER, /* begins with a digit: "50k", "50,000", "2025" */
    MKT_TOKEN_MARK    /* one sign: "?", "%", "€" */
} mkt_token_kind;

struct mkt_token {
    const char *word; /* folded */
    mkt_token_kind kind;
    unsigned from, to; /* bytes of the text */
    bool taken;        /* part of a name from the data, a period or an amount */
};

#define MKT_FOLD_TOKENS 1024 /* at most */

struct mkt_fold {
    const char *text; /* valid UTF-8 without control characters */
    struct mkt_token *token;
    size_t tokens;
};

/* Errors  MKT_E_LIMIT  more than MKT_FOLD_TOKENS words;  MKT_E_NOMEM  the arena is full
 * Checked tests/plan/fold_test.c */
MKT_MUST_CHECK mkt_status mkt_fold_make(struct mkt_arena *arena, const char *text,
                                        struct mkt_fold *out, struct mkt_err *err);

/* The same word, but for a plural s. */
bool mkt_fold_same(const char *a, size_t a_bytes, const char *b, size_t b_bytes);

/* How many tokens from `at` the phrase takes ("return on ad spend"), hyphens between its words
 * counted; 0 when it does not stand there. `phrase` is folded; `n` its bytes. */
size_t mkt_fold_match(const struct mkt_fold *fold, size_t at, size_t end, const char *phrase,
                      size_t n);

/* The same for a list of phrases parted by commas: the longest that stands there. */
size_t mkt_fold_match_any(const struct mkt_fold *fold, size_t at, size_t end, const char *phrases);

bool mkt_fold_is(const struct mkt_fold *fold, size_t at, const char *word);

/* What stands in the text from token `at` up to `end`; NULL when the arena is full. */
const char *mkt_fold_quote(struct mkt_arena *arena, const struct mkt_fold *fold, size_t at,
                           size_t end);

/* Whether one of the phrases begins at one of the tokens from..to and ends by `to`. */
bool mkt_fold_says(const struct mkt_fold *fold, size_t from, size_t to, const char *phrases);

#define MKT_FOLD_PHRASE 64 /* with its end */

/* A name as data write it, "Device_category", as a phrase to match: "device category". Returns its bytes,
 * 0 for one that is too long. */
size_t mkt_fold_phrase(const char *name, char out[MKT_FOLD_PHRASE]);

#endif
