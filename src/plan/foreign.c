#include "plan/foreign.h"

#include <string.h>

#include "base/text.h"

static bool stands_in(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = strstr(words, word); at; at = strstr(at + 1, word))
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')) return true;
    return false;
}

/* The longest phrase of a list that stands at a token, if longer than `best`; its English goes to
 * `english`. */
static size_t find_in(const struct mkt_fold *fold, size_t at, const char *phrases, size_t best,
                      const char **english, size_t *english_bytes)
{
    while (*phrases) {
        size_t whole = strcspn(phrases, ","), n = strcspn(phrases, "=");
        size_t took = mkt_fold_match(fold, at, fold->tokens, phrases, n);
        if (took > best) {
            best = took;
            *english = phrases + n + 1;
            *english_bytes = whole - n - 1;
        }
        phrases += whole;
        while (*phrases == ',' || *phrases == ' ') phrases++;
    }
    return best;
}

static size_t find(const struct mkt_fold *fold, size_t at, const struct mkt_foreign *foreign,
                   const char **english, size_t *english_bytes)
{
    size_t best = 0;
    for (size_t i = 0; i < MKT_FOREIGN_LISTS && foreign->phrases[i]; i++)
        best = find_in(fold, at, foreign->phrases[i], best, english, english_bytes);
    for (size_t i = at; i < at + best; i++)
        if (fold->token[i].taken) return 0;
    return best;
}

static size_t knows(const struct mkt_fold *fold, const char *common,
                    const struct mkt_foreign *foreign)
{
    const char *english;
    size_t known = 0, bytes;
    for (size_t i = 0; i < fold->tokens; i++) {
        const struct mkt_token *t = &fold->token[i];
        if (t->kind != MKT_TOKEN_WORD || t->taken) continue;
        size_t took = foreign ? find(fold, i, foreign, &english, &bytes) : 0;
        known += took ? took : stands_in(common, t->word);
        if (took > 1) i += took - 1;
    }
    return known;
}

/* Puts the words of `english` in place of tokens [at, at + took). */
static mkt_status put(struct mkt_arena *arena, struct mkt_fold *out, size_t *cap,
                      const struct mkt_token *from, size_t took, const char *english, size_t n,
                      struct mkt_err *err)
{
    while (n) {
        size_t w = 0;
        while (w < n && english[w] != ' ') w++;
        if (out->tokens == MKT_FOLD_TOKENS)
            return mkt_err_set(err, MKT_E_LIMIT, "the question has more than %s words",
                               MKT_COUNT(MKT_FOLD_TOKENS));
        struct mkt_token *t = mkt_arena_push(arena, &out->token, &out->tokens, cap, sizeof *t);
        const char *word = mkt_arena_strndup(arena, english, w);
        if (!t || !word) return mkt_arena_full(arena, err);
        *t = (struct mkt_token){word,
                                *word >= '0' && *word <= '9' ? MKT_TOKEN_NUMBER
                                : strchr("?.,;%", *word)     ? MKT_TOKEN_MARK
                                                             : MKT_TOKEN_WORD,
                                from->from, from[took - 1].to, false};
        english += w + (w < n);
        n -= w + (w < n);
    }
    return MKT_OK;
}

static mkt_status turn(struct mkt_arena *arena, struct mkt_fold *fold,
                       const struct mkt_foreign *foreign, struct mkt_err *err)
{
    struct mkt_fold out = {.text = fold->text};
    size_t cap = 0, bytes = 0;
    const char *english = NULL;
    for (size_t i = 0; i < fold->tokens;) {
        size_t took = fold->token[i].taken ? 0 : find(fold, i, foreign, &english, &bytes);
        if (took) {
            MKT_TRY(put(arena, &out, &cap, &fold->token[i], took, english, bytes, err));
            i += took;
            continue;
        }
        struct mkt_token *t = mkt_arena_push(arena, &out.token, &out.tokens, &cap, sizeof *t);
        if (!t) return mkt_arena_full(arena, err);
        *t = fold->token[i++];
    }
    *fold = out;
    return MKT_OK;
}

mkt_status mkt_foreign_turn(struct mkt_arena *arena, struct mkt_fold *fold, const char **language,
                            struct mkt_err *err)
{
    size_t most = knows(fold, mkt_foreign_english, NULL);
    const struct mkt_foreign *best = NULL;
    *language = most ? "English" : NULL;
    for (size_t i = 0; i < MKT_FOREIGN_LANGUAGES; i++) {
        size_t known = knows(fold, mkt_foreign_table[i].common, &mkt_foreign_table[i]);
        if (known < 2 || known <= most) continue;
        most = known;
        best = &mkt_foreign_table[i];
    }
    if (!best) return MKT_OK;
    *language = best->language;
    return turn(arena, fold, best, err);
}
