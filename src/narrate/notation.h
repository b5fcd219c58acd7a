/* The grammar of one part, made for what this part may cite.
 *
 *     part      one sentence or more, each on from where the last one ended
 *     sentence  PHRASE? fact (and fact | , fact and fact)? .
 *               PHRASE? finding (, with figures | , and finding)? .
 *     advice    PHRASE? action (, with reasons)? .              one for each action
 *
 * A citation is one capital letter. Letters come in their order, each once at most; those that
 * must be told are told. So the language is finite: no text can grow without end. Its alphabet
 * holds the lexicon and the letters, no digit, no percent and no currency sign.
 * narrate/reader.h reads what was written, by rules of its own.
 */
#ifndef MKT_NARRATE_NOTATION_H
#define MKT_NARRATE_NOTATION_H

#include "base/buf.h"
#include "narrate/cites.h"

/* GBNF with the rule "root". cites->count >= 1. The buffer keeps failure. */
void mkt_notation_grammar(struct mkt_buf *out, const struct mkt_cites *cites);

/* A text of the language that is about as long as a good one: two facts a sentence, each finding in
 * one of its own. For counting tokens. */
void mkt_notation_usual(struct mkt_buf *out, const struct mkt_cites *cites);

/* One as long as any: each citation in a sentence of its own, with the longest phrase and tail. */
void mkt_notation_longest(struct mkt_buf *out, const struct mkt_cites *cites);

#endif
