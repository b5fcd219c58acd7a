/* Judges a model's words without knowing how they were made.
 *
 * From the sheet alone it makes every text that a fact, a finding, an action or a standing sentence
 * may be told by, takes them out of the words, the longest first, and looks at what remains: each
 * sentence must be one phrase of the lexicon or none, then what was taken out, joined by commas,
 * "and" or a colon. So a figure beside the wrong label, a comparison that no finding makes, a digit
 * or a byte that is nobody's stays behind and is found.
 */
#ifndef MKT_TESTS_NARRATE_ORACLE_H
#define MKT_TESTS_NARRATE_ORACLE_H

#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "fact/format.h"
#include "fact/words.h"
#include "narrate/lexicon.h"
#include "narrate/phrase.h"

#define TAKEN '\x01'

struct oracle_text {
    const char *text;
    size_t bytes;
};

struct oracle {
    struct mkt_arena *arena;
    struct oracle_text *text; /* by first byte, then the longest first */
    size_t count, cap;
    size_t from[257]; /* where the texts of a first byte begin */
};

static void oracle_add(struct oracle *o, const char *format, ...) MKT_PRINTF(2, 3);

static void oracle_add(struct oracle *o, const char *format, ...)
{
    char line[4096];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    assert_true(n > 0 && (size_t)n < sizeof line);
    struct oracle_text *t = mkt_arena_push(o->arena, &o->text, &o->count, &o->cap, sizeof *o->text);
    assert_non_null(t);
    *t = (struct oracle_text){mkt_arena_strdup(o->arena, line), (size_t)n};
    assert_non_null(t->text);
}

static const char *oracle_likely(double p)
{
    return p >= .99   ? "nearly certain"
           : p >= .95 ? "very likely"
           : p >= .8  ? "likely"
           : p >= .6  ? "more likely than not"
                      : "undecided";
}

/* "3.21 (2.87 to 3.56)", with its level where the sheet's facts have several. */
static const char *oracle_figure(struct oracle *o, const struct mkt_sheet *s,
                                 const struct mkt_fact *f, double level)
{
    struct mkt_buf out;
    char p[MKT_FORMAT_TEXT];
    mkt_buf_init(&out, o->arena);
    mkt_format_fact(&out, f, s->currency);
    if (isfinite(f->low) && f->level != level)
        mkt_buf_printf(&out, " at %s", mkt_format_probability(f->level, p));
    assert_false(out.failed);
    return out.data;
}

/* The label with a small and with a capital first letter. */
static void oracle_labels(struct oracle *o, const char *label, const char *out[2])
{
    for (int k = 0; k < 2; k++) {
        char *copy = mkt_arena_strdup(o->arena, label);
        assert_non_null(copy);
        if (isalpha((unsigned char)*copy))
            *copy = (char)(k ? toupper((unsigned char)*copy) : tolower((unsigned char)*copy));
        out[k] = copy;
    }
}

static double oracle_level(const struct mkt_sheet *s)
{
    double level = NAN;
    for (size_t i = 0; i < s->facts; i++)
        if (isfinite(s->fact[i].low)) {
            if (isfinite(level) && level != s->fact[i].level) return 0;
            level = s->fact[i].level;
        }
    return isfinite(level) ? level : 0;
}

static void oracle_facts(struct oracle *o, const struct mkt_sheet *s)
{
    static const char *const verb[] = {"was", "were", "at"};
    struct mkt_buf when;
    mkt_buf_init(&when, o->arena);
    if (s->provenance.period.first) mkt_phrase_period(&when, s->provenance.period);
    for (size_t i = 0; i < s->facts; i++) {
        const struct mkt_fact *f = &s->fact[i];
        const char *figure = oracle_figure(o, s, f, oracle_level(s)), *label[2];
        oracle_labels(o, f->label, label);
        for (int k = 0; k < 2; k++)
            for (int v = 0; v < 3; v++) {
                oracle_add(o, "%s %s %s", label[k], verb[v], figure);
                if (!f->entity && when.length)
                    oracle_add(o, "%s %s %s %s", label[k], verb[v], figure, when.data);
            }
    }
}

/* ", against 1.9 (1.6 to 2.2) for social": belongs to the whole text of both figures. */
static void oracle_evidence(struct oracle *o, const struct mkt_sheet *s,
                            const struct mkt_finding *f)
{
    const struct mkt_fact *a = f->facts > 1 ? mkt_sheet_fact(s, f->fact[0]) : NULL;
    const struct mkt_fact *b = a ? mkt_sheet_fact(s, f->fact[1]) : NULL;
    if (!b || strcmp(a->metric, b->metric) != 0 || !a->entity) return;
    const char *label[2];
    struct mkt_buf name;
    mkt_buf_init(&name, o->arena);
    if (b->entity)
        mkt_phrase_name(&name, b->entity);
    else
        mkt_buf_str(&name, "the whole");
    oracle_labels(o, a->label, label);
    const char *x = oracle_figure(o, s, a, oracle_level(s));
    const char *y = oracle_figure(o, s, b, oracle_level(s));
    for (int k = 0; k < 2; k++) {
        oracle_add(o, "%s was %s, against %s for %s", label[k], x, y, name.data);
        oracle_add(o, "%s were %s, against %s for %s", label[k], x, y, name.data);
    }
}

static void oracle_finding(struct oracle *o, const struct mkt_finding *f)
{
    char p[MKT_FORMAT_TEXT];
    mkt_format_probability(f->probability, p);
    for (int k = 0; k < 2; k++)
        oracle_add(o, "%ct is %s (%s) %s %s", k ? 'I' : 'i', oracle_likely(f->probability), p,
                   f->probability >= .6 ? "that" : "whether", f->claim);
}

static void oracle_action(struct oracle *o, const struct mkt_sheet *s, const struct mkt_finding *f)
{
    char p[MKT_FORMAT_TEXT], q[MKT_FORMAT_TEXT], why[2048] = "";
    const char *claim[2];
    mkt_format_probability(f->probability, p);
    oracle_labels(o, f->claim, claim);
    for (size_t i = 0, n = 0; i < f->becauses && n < 2; i++) {
        const struct mkt_finding *b = mkt_sheet_finding(s, f->because[i]);
        if (!b || b->kind == MKT_FINDING_ACTION) continue;
        size_t at = strlen(why);
        bool told = fabs(b->probability - f->probability) > .01;
        mkt_format_probability(b->probability, q);
        snprintf(why + at, sizeof why - at, "%sbecause %s%s%s%s", n++ ? " and " : ", ", b->claim,
                 told ? " (" : "", told ? q : "", told ? ")" : "");
    }
    for (int k = 0; k < 2; k++)
        for (int reasons = 0; reasons < 2; reasons++) {
            const char *tail = reasons ? why : "";
            if (f->probability >= .8)
                oracle_add(o, "%s (%s sure)%s", claim[k], p, tail);
            else
                oracle_add(o, "%cry at small scale first: %s (%s sure)%s", k ? 'T' : 't', f->claim,
                           p, tail);
        }
}

static void oracle_standing(struct oracle *o, const struct mkt_sheet *s)
{
    char p[MKT_FORMAT_TEXT];
    const struct mkt_finding *head = mkt_sheet_finding(s, s->headline);
    oracle_add(o, "The data hold no earlier period to compare with");
    oracle_add(o, "Figures in brackets are %s intervals",
               mkt_format_probability(oracle_level(s), p));
    for (size_t i = 0; i < s->caveats; i++) {
        const char *text[2];
        oracle_labels(o, s->caveat[i].text, text);
        size_t n = strlen(text[1]);
        for (int k = 0; k < 2; k++)
            oracle_add(o, "%.*s", (int)(n && text[k][n - 1] == '.' ? n - 1 : n), text[k]);
    }
    if (head)
        oracle_add(o, "Caveats counted, the probability that %s is %s",
                   head->kind == MKT_FINDING_ACTION ? "the main advice is right" : head->claim,
                   mkt_format_probability(s->confidence, p));
    for (size_t i = 0; i < s->facts; i++) {
        struct mkt_buf name;
        if (!s->fact[i].entity) continue;
        mkt_buf_init(&name, o->arena);
        mkt_phrase_name(&name, s->fact[i].entity);
        oracle_add(o, "The data hold one %s, %s, and so nothing to compare it with",
                   s->fact[i].scope, name.data);
    }
}

static int oracle_order(const void *a, const void *b)
{
    const struct oracle_text *x = a, *y = b;
    unsigned char p = (unsigned char)x->text[0], q = (unsigned char)y->text[0];
    if (p != q) return p < q ? -1 : 1;
    return (x->bytes < y->bytes) - (x->bytes > y->bytes);
}

static inline struct oracle oracle_make(struct mkt_arena *arena, const struct mkt_sheet *s)
{
    struct oracle o = {.arena = arena};
    oracle_standing(&o, s);
    oracle_facts(&o, s);
    for (size_t i = 0; i < s->findings; i++) {
        if (s->finding[i].kind == MKT_FINDING_ACTION) {
            oracle_action(&o, s, &s->finding[i]);
            continue;
        }
        oracle_finding(&o, &s->finding[i]);
        oracle_evidence(&o, s, &s->finding[i]);
    }
    qsort(o.text, o.count, sizeof *o.text, oracle_order);
    for (size_t i = 0, byte = 0; byte <= 256; byte++) {
        while (i < o.count && (unsigned char)o.text[i].text[0] < byte) i++;
        o.from[byte] = i;
    }
    return o;
}

/* ---- what remains --------------------------------------------------------------- */

/* `words` with all that belongs to the sheet taken out; in `out`, which is as long. */
static void oracle_take_out(const struct oracle *o, const char *words, char *out)
{
    while (*words) {
        unsigned char first = (unsigned char)*words;
        size_t i = o->from[first], end = o->from[first + 1];
        while (i < end && strncmp(words, o->text[i].text, o->text[i].bytes) != 0) i++;
        *out++ = i < end ? TAKEN : *words;
        words += i < end ? o->text[i].bytes : 1;
    }
    *out = '\0';
}

static bool oracle_is_phrase(const char *text, size_t n)
{
    if (n == 0) return true;
    for (size_t i = 0; i < mkt_lexicon_count; i++)
        if (strlen(mkt_lexicon_phrases[i].text) == n &&
            memcmp(mkt_lexicon_phrases[i].text, text, n) == 0)
            return true;
    return false;
}

/* "In short, # and #: #" */
static bool oracle_is_sentence(const char *at, const char *end)
{
    static const char *const between[] = {", and ", ", ", " and ", ": "};
    const char *taken = memchr(at, TAKEN, (size_t)(end - at));
    if (!taken || !oracle_is_phrase(at, (size_t)(taken - at))) return false;
    for (at = taken + 1; at < end; at++) {
        size_t k = 0;
        while (k < 4 && strncmp(at, between[k], strlen(between[k])) != 0) k++;
        if (k == 4) return false;
        at += strlen(between[k]);
        if (*at != TAKEN) return false;
    }
    return true;
}

/* NULL, or what is wrong with the text. */
static inline const char *oracle_fault(const struct oracle *o, const char *words)
{
    static char left[1 << 16];
    size_t n = strlen(words);
    if (n == 0) return "empty";
    if (n >= sizeof left) return "too long";
    if (!mkt_text_is_utf8(words, n)) return "not UTF-8";
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)words[i] < ' ' || words[i] == 127) return "a control character";
    oracle_take_out(o, words, left);
    for (const char *at = left; *at; at++) {
        const char *stop = strchr(at, '.');
        if (!stop || !oracle_is_sentence(at, stop)) return left;
        at = stop + 1;
        if (*at == '\0') return NULL;
        if (*at != ' ') return left;
    }
    return left;
}

#endif
