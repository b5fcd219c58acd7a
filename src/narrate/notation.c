#include "narrate/notation.h"

#include <string.h>

#include "narrate/lexicon.h"

/* Rules are named for the citation they stand at: "list-B" lists facts from B on; "about-B" for the
 * kind of finding. i is that citation, f the first finding, n the end. */

static void name(struct mkt_buf *out, const char *rule, size_t i)
{
    mkt_buf_printf(out, "%s-%c", rule, MKT_CITES_NAME(i));
}

static void cite(struct mkt_buf *out, size_t i, const char *after)
{
    mkt_buf_printf(out, "\"%c%s\"", MKT_CITES_NAME(i), after);
}

/* rule ::= "In short, " | "In brief, " | ... | ""; the empty one lets a sentence open bare. */
static void phrases(struct mkt_buf *out, const char *rule, unsigned use, bool opens, bool bare)
{
    bool first = true;
    mkt_buf_printf(out, "%s ::= ", rule);
    for (size_t p = 0; p < mkt_lexicon_count; p++) {
        if (!mkt_lexicon_allows(&mkt_lexicon_phrases[p], use, opens)) continue;
        mkt_buf_printf(out, "%s\"%s\"", first ? "" : " | ", mkt_lexicon_phrases[p].text);
        first = false;
    }
    mkt_buf_str(out, bare ? " | \"\"\n" : "\n");
}

static bool must_from(const struct mkt_cites *c, size_t i, size_t end)
{
    for (; i < end; i++)
        if (c->cite[i].must) return true;
    return false;
}

/* What follows a sentence whose last citation was i - 1. */
static void rest(struct mkt_buf *out, const struct mkt_cites *c, size_t i)
{
    if (i == c->count) return;
    mkt_buf_char(out, ' ');
    name(out, "rest", i);
}

/* A sentence from citation i on: the alternatives of facts and of findings. */
static void sentence(struct mkt_buf *out, const struct mkt_cites *c, size_t i, bool opens)
{
    size_t f = c->facts, n = c->count;
    bool or = false;
    if (i < f) {
        mkt_buf_str(out, opens ? "fact-first " : "fact-next ");
        name(out, "facts", i);
        or = true;
    }
    if (f == n || (i < f && must_from(c, i, f))) return;
    size_t from = i > f ? i : f;
    mkt_buf_printf(out, "%s%s ", or ? " | " : "", opens ? "finding-first" : "finding-next");
    name(out, "findings", from);
    for (size_t k = from; k < n; k++) {
        mkt_buf_str(out, " | ");
        name(out, "about", c->cite[k].finding->kind);
        mkt_buf_char(out, ' ');
        name(out, "alone", k);
        if (c->cite[k].must) break;
    }
}

/* rule-i ::= "X" after | rule-(i+1): citation i here, or a later one where i may be left out */
static void or_later(struct mkt_buf *out, const struct mkt_cites *c, const char *rule, size_t i,
                     size_t end)
{
    if (!c->cite[i].must && i + 1 < end) {
        mkt_buf_str(out, " | ");
        name(out, rule, i + 1);
    }
    mkt_buf_char(out, '\n');
}

static void fact_rules(struct mkt_buf *out, const struct mkt_cites *c)
{
    size_t f = c->facts;
    for (size_t i = 0; i < f; i++) {
        name(out, "facts", i); /* a list that begins with i or later */
        mkt_buf_str(out, " ::= ");
        name(out, "list", i);
        or_later(out, c, "facts", i, f);

        name(out, "list", i);
        mkt_buf_str(out, " ::= ");
        cite(out, i, ".");
        rest(out, c, i + 1);
        if (i + 1 < f) {
            mkt_buf_str(out, " | ");
            cite(out, i, MKT_LEXICON_AND);
            mkt_buf_char(out, ' ');
            name(out, "last", i + 1);
        }
        if (i + 2 < f) {
            mkt_buf_str(out, " | ");
            cite(out, i, MKT_LEXICON_COMMA);
            mkt_buf_char(out, ' ');
            name(out, "middle", i + 1);
        }
        mkt_buf_char(out, '\n');
        if (i == 0) continue;

        name(out, "last", i);
        mkt_buf_str(out, " ::= ");
        cite(out, i, ".");
        rest(out, c, i + 1);
        or_later(out, c, "last", i, f);
        if (i + 1 == f) continue;

        name(out, "middle", i);
        mkt_buf_str(out, " ::= ");
        cite(out, i, MKT_LEXICON_AND);
        mkt_buf_char(out, ' ');
        name(out, "last", i + 1);
        or_later(out, c, "middle", i, f - 1);
    }
}

static void finding_rules(struct mkt_buf *out, const struct mkt_cites *c)
{
    size_t f = c->facts, n = c->count;
    for (size_t i = f; i < n; i++) {
        name(out, "findings", i);
        mkt_buf_str(out, " ::= ");
        name(out, "finding", i);
        or_later(out, c, "findings", i, n);

        name(out, "alone", i);
        mkt_buf_str(out, " ::= ");
        cite(out, i, ".");
        rest(out, c, i + 1);
        mkt_buf_str(out, " | ");
        cite(out, i, MKT_LEXICON_FIGURES ".");
        rest(out, c, i + 1);
        mkt_buf_char(out, '\n');

        name(out, "finding", i);
        mkt_buf_str(out, " ::= ");
        name(out, "alone", i);
        if (i + 1 < n) {
            mkt_buf_str(out, " | ");
            cite(out, i, MKT_LEXICON_ALSO);
            mkt_buf_char(out, ' ');
            name(out, "second", i + 1);
        }
        mkt_buf_char(out, '\n');
        if (i == f) continue;

        name(out, "second", i);
        mkt_buf_str(out, " ::= ");
        cite(out, i, ".");
        rest(out, c, i + 1);
        or_later(out, c, "second", i, n);
    }
}

static void rest_rules(struct mkt_buf *out, const struct mkt_cites *c)
{
    for (size_t i = 1; i < c->count; i++) {
        name(out, "rest", i);
        mkt_buf_str(out, " ::= ( \" \" ( ");
        sentence(out, c, i, false);
        mkt_buf_str(out, must_from(c, i, c->count) ? " ) )\n" : " ) )?\n");
    }
}

static void phrase_rules(struct mkt_buf *out, const struct mkt_cites *c)
{
    unsigned facts = MKT_LEXICON_CLAUSES | MKT_LEXICON_NOUNS, kinds = 0;
    phrases(out, "fact-first", facts, true, true);
    phrases(out, "fact-next", facts, false, true);
    phrases(out, "finding-first", MKT_LEXICON_FINDING, true, true);
    phrases(out, "finding-next", MKT_LEXICON_FINDING, false, true);
    for (size_t i = c->facts; i < c->count; i++) kinds |= 1U << c->cite[i].finding->kind;
    for (unsigned k = 0; k < MKT_FINDING_ACTION; k++) {
        const char rule[] = {'a', 'b', 'o', 'u', 't', '-', MKT_CITES_NAME(k), '\0'};
        if (kinds >> k & 1U) phrases(out, rule, MKT_LEXICON_KIND(k), true, false);
    }
}

static void advice_rules(struct mkt_buf *out, const struct mkt_cites *c)
{
    mkt_buf_str(out, "root ::= \" \"?");
    for (size_t i = 0; i < c->count; i++) {
        mkt_buf_printf(out, " %sadvice ", i ? "\" \" " : "");
        cite(out, i, "");
        mkt_buf_str(out, " ( \".\" | \"" MKT_LEXICON_REASONS ".\" )");
    }
    mkt_buf_char(out, '\n');
    phrases(out, "advice", MKT_LEXICON_ADVICE, true, true);
}

void mkt_notation_grammar(struct mkt_buf *out, const struct mkt_cites *cites)
{
    if (cites->part == MKT_PART_ADVICE) {
        advice_rules(out, cites);
        return;
    }
    mkt_buf_str(out, "root ::= \" \"? ( ");
    sentence(out, cites, 0, true);
    mkt_buf_str(out, " )\n");
    rest_rules(out, cites);
    fact_rules(out, cites);
    finding_rules(out, cites);
    phrase_rules(out, cites);
}

static unsigned use_of(const struct mkt_cites *c, size_t i)
{
    return c->cite[i].fact ? MKT_LEXICON_CLAUSES | MKT_LEXICON_NOUNS
           : c->part == MKT_PART_ADVICE
               ? MKT_LEXICON_ADVICE
               : MKT_LEXICON_FINDING | MKT_LEXICON_KIND(c->cite[i].finding->kind);
}

static const char *tail_of(const struct mkt_cites *c, size_t i)
{
    return c->cite[i].fact              ? ""
           : c->part == MKT_PART_ADVICE ? MKT_LEXICON_REASONS
                                        : MKT_LEXICON_FIGURES;
}

void mkt_notation_usual(struct mkt_buf *out, const struct mkt_cites *cites)
{
    for (size_t i = 0; i < cites->count; i++) {
        size_t p = 0; /* the first phrase of a use is as long as most */
        while (!mkt_lexicon_allows(&mkt_lexicon_phrases[p], use_of(cites, i), true)) p++;
        mkt_buf_printf(out, "%s%c", mkt_lexicon_phrases[p].text, MKT_CITES_NAME(i));
        if (i + 1 < cites->facts) mkt_buf_printf(out, MKT_LEXICON_AND "%c", MKT_CITES_NAME(++i));
        mkt_buf_printf(out, "%s. ", tail_of(cites, i));
    }
}

void mkt_notation_longest(struct mkt_buf *out, const struct mkt_cites *cites)
{
    for (size_t i = 0; i < cites->count; i++) {
        const char *longest = "";
        for (size_t p = 0; p < mkt_lexicon_count; p++)
            if (mkt_lexicon_phrases[p].use & use_of(cites, i) &&
                strlen(mkt_lexicon_phrases[p].text) > strlen(longest))
                longest = mkt_lexicon_phrases[p].text;
        mkt_buf_printf(out, "%s%c%s. ", longest, MKT_CITES_NAME(i), tail_of(cites, i));
    }
}
