#include "plan/fold.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_ascii_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static unsigned code_of(const char *s, size_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    if (n == 1) return u[0];
    if (n == 2) return (u[0] & 0x1fU) << 6 | (u[1] & 0x3fU);
    if (n == 3) return (u[0] & 0x0fU) << 12 | (u[1] & 0x3fU) << 6 | (u[2] & 0x3fU);
    return (u[0] & 0x07U) << 18 | (u[1] & 0x3fU) << 12 | (u[2] & 0x3fU) << 6 | (u[3] & 0x3fU);
}

/* The base letters of Latin letters with marks, U+00C0 to U+017F; "" keeps the letter. */
static const char *plain_letter(unsigned c)
{
    static const struct {
        unsigned first, last;
        const char *plain;
    } range[] = {
        {0xc0, 0xc5, "a"},   {0xc6, 0xc6, "ae"},  {0xc7, 0xc7, "c"},   {0xc8, 0xcb, "e"},
        {0xcc, 0xcf, "i"},   {0xd1, 0xd1, "n"},   {0xd2, 0xd6, "o"},   {0xd8, 0xd8, "o"},
        {0xd9, 0xdc, "u"},   {0xdd, 0xdd, "y"},   {0xdf, 0xdf, "ss"},  {0xe0, 0xe5, "a"},
        {0xe6, 0xe6, "ae"},  {0xe7, 0xe7, "c"},   {0xe8, 0xeb, "e"},   {0xec, 0xef, "i"},
        {0xf1, 0xf1, "n"},   {0xf2, 0xf6, "o"},   {0xf8, 0xf8, "o"},   {0xf9, 0xfc, "u"},
        {0xfd, 0xfd, "y"},   {0xff, 0xff, "y"},   {0x100, 0x105, "a"}, {0x106, 0x10d, "c"},
        {0x10e, 0x111, "d"}, {0x112, 0x11b, "e"}, {0x11c, 0x123, "g"}, {0x128, 0x131, "i"},
        {0x139, 0x142, "l"}, {0x143, 0x148, "n"}, {0x14c, 0x151, "o"}, {0x152, 0x153, "oe"},
        {0x154, 0x159, "r"}, {0x15a, 0x161, "s"}, {0x162, 0x167, "t"}, {0x168, 0x173, "u"},
        {0x178, 0x178, "y"}, {0x179, 0x17e, "z"}};
    for (size_t i = 0; i < sizeof range / sizeof *range; i++)
        if (c >= range[i].first && c <= range[i].last) return range[i].plain;
    return "";
}

/* Letters of any script, but none of the signs that stand between words. */
static bool is_letter(const char *s, size_t n)
{
    if (n == 1) return is_ascii_letter(*s);
    unsigned c = code_of(s, n);
    if (c < 0xc0 || c == 0xd7 || c == 0xf7) return false; /* Latin-1 signs */
    if (c >= 0x2000 && c <= 0x2bff) return false;         /* punctuation, currency, arrows */
    if (c >= 0x3000 && c <= 0x3020) return false;         /* CJK punctuation */
    if (c >= 0xff00 && c <= 0xff20) return false;         /* full-width signs */
    return c != 0xfffd && c != 0x60c && c != 0x61f && c != 0xfeff;
}

static void add_folded(struct mkt_buf *out, const char *s, size_t n)
{
    if (n == 1) {
        mkt_buf_char(out, *s >= 'A' && *s <= 'Z' ? (char)(*s | 0x20) : *s);
        return;
    }
    unsigned c = code_of(s, n);
    const char *plain = plain_letter(c);
    if (*plain) {
        mkt_buf_str(out, plain);
    } else if (c >= 0x410 && c <= 0x42f) { /* Cyrillic capitals */
        c += 0x20;
        const char low[2] = {(char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f))};
        mkt_buf_add(out, low, 2);
    } else {
        mkt_buf_add(out, s, n);
    }
}

/* How far a word or a number goes: digits take ".", "," and "'" between digits along. */
static size_t word_end(const char *s, size_t at, size_t n)
{
    bool number = is_digit(s[at]);
    while (at < n) {
        size_t c = mkt_text_utf8(s + at, n - at);
        bool between = number && at + 1 < n && strchr(".,'", s[at]) && is_digit(s[at + 1]) &&
                       is_digit(s[at - 1]);
        if (!between && !is_digit(s[at]) && !is_letter(s + at, c)) break;
        at += c;
    }
    return at;
}

static bool is_apostrophe(const char *s, size_t c)
{
    return (c == 1 && *s == '\'') ||
           (c == 3 && (code_of(s, 3) == 0x2019 || code_of(s, 3) == 0x2018));
}

struct maker {
    struct mkt_arena *arena;
    struct mkt_fold *fold;
    size_t cap;
};

static mkt_status add_token(struct maker *m, mkt_token_kind kind, const char *word, size_t from,
                            size_t to, struct mkt_err *err)
{
    if (m->fold->tokens == MKT_FOLD_TOKENS)
        return mkt_err_set(err, MKT_E_LIMIT, "the question has more than %s words",
                           MKT_COUNT(MKT_FOLD_TOKENS));
    struct mkt_token *t =
        mkt_arena_push(m->arena, &m->fold->token, &m->fold->tokens, &m->cap, sizeof *t);
    if (!t || !word) return mkt_arena_full(m->arena, err);
    *t = (struct mkt_token){word, kind, (unsigned)from, (unsigned)to, false};
    return MKT_OK;
}

static mkt_status add_word(struct maker *m, size_t from, size_t to, struct mkt_err *err)
{
    const char *s = m->fold->text;
    struct mkt_buf word;
    mkt_buf_init(&word, m->arena);
    for (size_t at = from; at < to;) {
        size_t c = mkt_text_utf8(s + at, to - at);
        add_folded(&word, s + at, c);
        at += c;
    }
    MKT_TRY(mkt_buf_check(&word, err));
    return add_token(m, is_digit(s[from]) ? MKT_TOKEN_NUMBER : MKT_TOKEN_WORD, word.data, from, to,
                     err);
}

/* "isn't" is "is not"; of "what's" and "l'an" both halves are words, a lone "s" is none. */
static void mend_apostrophe(struct mkt_fold *fold)
{
    struct mkt_token *last = &fold->token[fold->tokens - 1];
    if (strcmp(last->word, "s") == 0) {
        fold->tokens--;
        return;
    }
    if (strcmp(last->word, "t") != 0 || fold->tokens < 2) return;
    struct mkt_token *before = &fold->token[fold->tokens - 2];
    size_t n = strlen(before->word);
    if (n > 1 && before->word[n - 1] == 'n') last->word = "not";
}

mkt_status mkt_fold_make(struct mkt_arena *arena, const char *text, struct mkt_fold *out,
                         struct mkt_err *err)
{
    size_t n = strlen(text);
    bool joined = false; /* an apostrophe stands just before */
    *out = (struct mkt_fold){.text = text};
    struct maker m = {.arena = arena, .fold = out};
    for (size_t at = 0; at < n;) {
        size_t c = mkt_text_utf8(text + at, n - at);
        if (c == 0) c = 1;
        if (is_digit(text[at]) || is_letter(text + at, c)) {
            size_t end = word_end(text, at, n);
            MKT_TRY(add_word(&m, at, end, err));
            if (joined) mend_apostrophe(out);
            joined = false;
            at = end;
            continue;
        }
        joined =
            is_apostrophe(text + at, c) && out->tokens > 0 && out->token[out->tokens - 1].to == at;
        if (text[at] != ' ' && !joined)
            MKT_TRY(add_token(&m, MKT_TOKEN_MARK, mkt_arena_strndup(arena, text + at, c), at,
                              at + c, err));
        at += c;
    }
    return MKT_OK;
}

static size_t stem_of(const char *w, size_t n)
{
    return n > 3 && w[n - 1] == 's' && w[n - 2] != 's' && w[n - 2] != 'u' && w[n - 2] != 'i' ? n - 1
                                                                                             : n;
}

bool mkt_fold_same(const char *a, size_t a_bytes, const char *b, size_t b_bytes)
{
    if (a_bytes == b_bytes) return memcmp(a, b, a_bytes) == 0;
    size_t n = stem_of(a, a_bytes), m = stem_of(b, b_bytes);
    return n == m && memcmp(a, b, n) == 0;
}

size_t mkt_fold_match(const struct mkt_fold *fold, size_t at, size_t end, const char *phrase,
                      size_t n)
{
    size_t i = at;
    while (n && *phrase == ' ') phrase++, n--;
    while (n && phrase[n - 1] == ' ') n--;
    if (n == 0) return 0;
    while (n) {
        const char *space = memchr(phrase, ' ', n);
        size_t w = space ? (size_t)(space - phrase) : n;
        while (i > at && i < end && fold->token[i].kind == MKT_TOKEN_MARK &&
               strchr("-/_", *fold->token[i].word))
            i++;
        if (i >= end || !mkt_fold_same(fold->token[i].word, strlen(fold->token[i].word), phrase, w))
            return 0;
        i++;
        phrase += w + (space ? 1 : 0);
        n -= w + (space ? 1 : 0);
    }
    return i - at;
}

size_t mkt_fold_match_any(const struct mkt_fold *fold, size_t at, size_t end, const char *phrases)
{
    size_t best = 0;
    while (*phrases) {
        size_t n = strcspn(phrases, ",");
        size_t took = mkt_fold_match(fold, at, end, phrases, n);
        if (took > best) best = took;
        phrases += n + (phrases[n] == ',');
    }
    return best;
}

bool mkt_fold_is(const struct mkt_fold *fold, size_t at, const char *word)
{
    return at < fold->tokens && strcmp(fold->token[at].word, word) == 0;
}

const char *mkt_fold_quote(struct mkt_arena *arena, const struct mkt_fold *fold, size_t at,
                           size_t end)
{
    if (at >= end) return "";
    return mkt_arena_strndup(arena, fold->text + fold->token[at].from,
                             fold->token[end - 1].to - fold->token[at].from);
}

bool mkt_fold_says(const struct mkt_fold *f, size_t from, size_t to, const char *phrases)
{
    for (size_t i = from; i < to; i++)
        if (mkt_fold_match_any(f, i, to, phrases)) return true;
    return false;
}

size_t mkt_fold_phrase(const char *name, char out[MKT_FOLD_PHRASE])
{
    size_t n = strlen(name);
    if (n >= MKT_FOLD_PHRASE) return 0;
    for (size_t i = 0; i <= n; i++)
        out[i] = name[i] == '_' || name[i] == '-' ? ' ' : mkt_text_small(name[i]);
    return n;
}
