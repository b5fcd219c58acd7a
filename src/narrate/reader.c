#include "narrate/reader.h"

#include <string.h>

#define SENTENCE_BYTES 160 /* none of the language is as long */

void mkt_reader_begin(struct mkt_reader *reader, const struct mkt_cites *cites)
{
    *reader = (struct mkt_reader){.cites = cites};
}

/* ---- one sentence's text, without its full stop ------------------------- */

struct text {
    const char *at, *end;
};

static bool take(struct text *t, const char *what)
{
    size_t n = strlen(what);
    if ((size_t)(t->end - t->at) < n || memcmp(t->at, what, n) != 0) return false;
    t->at += n;
    return true;
}

static bool at_end(const struct text *t)
{
    return t->at == t->end;
}

/* A citation: one capital letter that is not the beginning of a word. */
static bool take_cite(struct text *t, const struct mkt_cites *cites, size_t *out)
{
    if (at_end(t) || *t->at < 'A' || (size_t)(*t->at - 'A') >= cites->count) return false;
    if (t->at + 1 < t->end && t->at[1] != ' ' && t->at[1] != ',') return false;
    *out = (size_t)(*t->at++ - 'A');
    return true;
}

/* The phrase before the first citation; false where there is text that is no phrase. */
static bool take_phrase(struct text *t, const struct mkt_cites *cites,
                        const struct mkt_lexicon_phrase **out)
{
    size_t cite;
    struct text bare = *t;
    *out = NULL;
    if (take_cite(&bare, cites, &cite)) return true;
    for (size_t i = 0; i < mkt_lexicon_count; i++) {
        struct text rest = *t;
        if (!take(&rest, mkt_lexicon_phrases[i].text)) continue;
        struct text after = rest;
        if (!take_cite(&after, cites, &cite)) continue;
        *t = rest;
        *out = &mkt_lexicon_phrases[i];
        return true;
    }
    return false;
}

static bool read_facts(struct text *t, const struct mkt_cites *c, struct mkt_said *s)
{
    bool closed = false; /* by "and" */
    while (!at_end(t)) {
        if (closed || s->count == 3) return false;
        if (take(t, MKT_LEXICON_AND))
            closed = true;
        else if (!take(t, MKT_LEXICON_COMMA))
            return false;
        if (!take_cite(t, c, &s->cite[s->count++])) return false;
    }
    return s->count == 1 || closed;
}

static bool read_findings(struct text *t, const struct mkt_cites *c, struct mkt_said *s)
{
    if (at_end(t)) return true;
    if (take(t, MKT_LEXICON_FIGURES))
        s->more = true;
    else if (!take(t, MKT_LEXICON_ALSO) || !take_cite(t, c, &s->cite[s->count++]))
        return false;
    return at_end(t);
}

static bool read_action(struct text *t, struct mkt_said *s)
{
    if (at_end(t)) return true;
    s->more = take(t, MKT_LEXICON_REASONS);
    return s->more && at_end(t);
}

/* ---- whether it may be said here ----------------------------------------- */

static bool all_of_one_sort(const struct mkt_cites *c, const struct mkt_said *s)
{
    bool fact = c->cite[s->cite[0]].fact != NULL;
    for (size_t i = 1; i < s->count; i++)
        if ((c->cite[s->cite[i]].fact != NULL) != fact) return false;
    return true;
}

/* Each after the one before, from `next` on, and none left out that must be told. */
static bool in_order(const struct mkt_cites *c, const struct mkt_said *s, size_t next)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->cite[i] < next) return false;
        for (; next < s->cite[i]; next++)
            if (c->cite[next].must) return false;
        next = s->cite[i] + 1;
    }
    return true;
}

static unsigned uses_of(const struct mkt_cites *c, const struct mkt_said *s)
{
    const struct mkt_cite *first = &c->cite[s->cite[0]];
    if (first->fact) return MKT_LEXICON_CLAUSES | MKT_LEXICON_NOUNS;
    if (c->part == MKT_PART_ADVICE) return MKT_LEXICON_ADVICE;
    return MKT_LEXICON_FINDING | (s->count == 1 ? MKT_LEXICON_KIND(first->finding->kind) : 0);
}

static bool may_be_said(const struct mkt_reader *r, const struct mkt_said *s)
{
    const struct mkt_cites *c = r->cites;
    if (!all_of_one_sort(c, s) || !in_order(c, s, r->next)) return false;
    bool opens = r->sentences == 0 || c->part == MKT_PART_ADVICE;
    return !s->phrase || mkt_lexicon_allows(s->phrase, uses_of(c, s), opens);
}

/* ---- sentences ------------------------------------------------------------ */

static bool read_sentence(const struct mkt_reader *r, struct text t, struct mkt_said *out)
{
    const struct mkt_cites *c = r->cites;
    *out = (struct mkt_said){.count = 1};
    if (!take_phrase(&t, c, &out->phrase) || !take_cite(&t, c, &out->cite[0])) return false;
    bool read = c->cite[out->cite[0]].fact   ? read_facts(&t, c, out)
                : c->part == MKT_PART_ADVICE ? read_action(&t, out)
                                             : read_findings(&t, c, out);
    return read && may_be_said(r, out);
}

mkt_reader_result mkt_reader_next(struct mkt_reader *reader, const char *text, size_t n,
                                  struct mkt_said *out, size_t *used)
{
    size_t from = 0;
    while (from < n && (text[from] == ' ' || text[from] == '\n')) from++;
    const char *stop = memchr(text + from, '.', n - from);
    *used = from == n ? n : 0;
    if (!stop) return n - from > SENTENCE_BYTES ? MKT_READER_REFUSES : MKT_READER_WAITS;
    if (!read_sentence(reader, (struct text){text + from, stop}, out)) return MKT_READER_REFUSES;
    reader->next = out->cite[out->count - 1] + 1;
    reader->sentences++;
    *used = (size_t)(stop + 1 - text);
    return MKT_READER_SAID;
}

bool mkt_reader_complete(const struct mkt_reader *reader)
{
    for (size_t i = reader->next; i < reader->cites->count; i++)
        if (reader->cites->cite[i].must) return false;
    return reader->sentences > 0;
}

size_t mkt_reader_part(const struct mkt_cites *cites, const char *text,
                       struct mkt_said out[MKT_CITES_MOST])
{
    struct mkt_reader reader;
    size_t n = strlen(text), at = 0, used;
    mkt_reader_result result;
    mkt_reader_begin(&reader, cites);
    while ((result = mkt_reader_next(&reader, text + at, n - at, &out[reader.sentences], &used)) ==
           MKT_READER_SAID) {
        at += used;
        if (reader.next == cites->count) break; /* nothing is left to say */
    }
    while (text[at] == ' ' || text[at] == '\n') at++;
    return at == n && mkt_reader_complete(&reader) ? reader.sentences : 0;
}
