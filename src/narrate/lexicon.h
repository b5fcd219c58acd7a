/* Every word that a model may put between two citations.
 *
 * A closed list of phrases. None of them states an order, a direction, a quantity, a cause, a
 * negation, a contrast or an advice: whatever is said of those, a cited finding says it.
 * tests/narrate/lexicon_test.c walks the list against words of each of these kinds. A phrase that
 * names a subject ("On change, ") is open only to findings of the kind that speaks of it.
 */
#ifndef MKT_NARRATE_LEXICON_H
#define MKT_NARRATE_LEXICON_H

#include <stdbool.h>
#include <stddef.h>

#include "fact/fact.h"

/* What may follow a phrase, and where it may stand. */
enum {
    MKT_LEXICON_CLAUSES = 1, /* facts told as "spend was 3" */
    MKT_LEXICON_NOUNS = 2,   /* facts told as "spend at 3" */
    MKT_LEXICON_FINDING = 4, /* a finding of any kind */
    MKT_LEXICON_ADVICE = 8,
    MKT_LEXICON_OPENS = 16,  /* in the first sentence of a part */
    MKT_LEXICON_FOLLOWS = 32 /* in the others */
};
#define MKT_LEXICON_KIND(kind) (64U << (kind)) /* a finding of this kind */

struct mkt_lexicon_phrase {
    const char *text; /* with the space after it */
    unsigned use;
};

extern const struct mkt_lexicon_phrase mkt_lexicon_phrases[];
extern const size_t mkt_lexicon_count;

/* The notation's fixed text. The two tails ask for what belongs to a citation and are never shown
 * themselves: the figures that a finding compares, the findings that an advice follows from. */
#define MKT_LEXICON_AND " and "
#define MKT_LEXICON_COMMA ", "
#define MKT_LEXICON_ALSO ", and " /* between two findings */
#define MKT_LEXICON_FIGURES ", with figures"
#define MKT_LEXICON_REASONS ", with reasons"

/* True when a phrase of this use may open (or follow in) a part. */
static inline bool mkt_lexicon_allows(const struct mkt_lexicon_phrase *phrase, unsigned use,
                                      bool opens)
{
    return phrase->use & use && phrase->use & (opens ? MKT_LEXICON_OPENS : MKT_LEXICON_FOLLOWS);
}

#endif
