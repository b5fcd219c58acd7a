/* The next token of one text: drawn from the model's logits, admitted by the grammar.
 *
 * A token is first drawn as if there were no grammar and then tested, which is cheap and mostly
 * enough; only when the grammar refuses it are all tokens that fit found and one drawn among
 * them. With p the model's probabilities and Z the part of them that the grammar admits, a token
 * that fits comes with p + (1 - Z) p / Z = p / Z: what drawing among the fitting alone gives.
 *
 * Tokens less than a twentieth as likely as the likeliest (after the temperature) are not drawn:
 * without that rule a long tail of nonsense has a tenth of the probability. (The equation above
 * holds up to it: the likeliest token may differ between the two draws.)
 *
 * Randomness is `draw` alone: the same logits, grammar, state and draw give the same token.
 */
#ifndef MKT_LLM_CHOOSE_H
#define MKT_LLM_CHOOSE_H

#include "llm/matcher.h"
#include "llm/vocab.h"

#define MKT_CHOOSE_END (-1)  /* the text ends here */
#define MKT_CHOOSE_NONE (-2) /* no token fits */

struct mkt_choose {
    const struct mkt_vocab *vocab;
    int32_t *fit;   /* scratch: tokens that fit */
    uint32_t *path; /* scratch: states along a token */
    long draws, masks;
};

/* Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_choose_init(struct mkt_choose *choose, struct mkt_arena *arena,
                                          const struct mkt_vocab *vocab, struct mkt_err *err);

/* A token, or MKT_CHOOSE_END where the grammar is complete and the model ends, or
 * MKT_CHOOSE_NONE. `logits` has one number a token; temperature 0 takes the likeliest. */
int32_t mkt_choose_token(struct mkt_choose *choose, struct mkt_matcher *matcher, uint32_t state,
                         const float *logits, double temperature, uint64_t draw);

/* All tokens that fit, in choose->fit; returns how many. */
int mkt_choose_fitting(struct mkt_choose *choose, struct mkt_matcher *matcher, uint32_t state);

/* Whether a longer token that begins with this one fits too: then the model may want to write
 * that one instead, and the place behind this token is no natural edge. */
bool mkt_choose_extends(const struct mkt_vocab *vocab, struct mkt_matcher *matcher, uint32_t state,
                        int32_t token);

#endif
