/* A sentence that was read, written out for people.
 *
 * The phrase as the lexicon has it; each fact with its own label, value, unit and interval, each
 * finding with its own claim and probability, each action with how sure it is. A phrase that has
 * stood in the part before is left out. In the summary the first fact says of which time it is.
 */
#ifndef MKT_NARRATE_EXPAND_H
#define MKT_NARRATE_EXPAND_H

#include "narrate/reader.h"
#include "narrate/teller.h"

struct mkt_expand {
    const struct mkt_cites *cites;
    const struct mkt_lexicon_phrase *used[MKT_CITES_MOST];
    size_t sentences;
    bool dated; /* the period has been told */
};

void mkt_expand_begin(struct mkt_expand *e, const struct mkt_cites *cites);

/* Appends the sentence to the teller's text. */
void mkt_expand_sentence(struct mkt_expand *e, struct mkt_teller *t, const struct mkt_said *said);

#endif
