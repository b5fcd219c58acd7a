/* A model's tokens as bytes, in an order that finds all that fit a grammar, and text as tokens.
 *
 * Only tokens that stand for text are here to be chosen: control tokens (`<s>`, `[INST]` ...),
 * unknown, unused and user-defined ones have no bytes and are never candidates, whatever a grammar
 * admits. Tokens that end a generation are kept apart.
 *
 * Text is cut into tokens without a look at control tokens, so that nothing written in data can
 * become one. Safe to be read by several threads.
 */
#ifndef MKT_LLM_VOCAB_H
#define MKT_LLM_VOCAB_H

#include <stdbool.h>
#include <stdint.h>

#include <llama.h>

#include "base/arena.h"

struct mkt_vocab {
    const struct llama_vocab *library;
    int tokens;
    const char *bytes;
    const uint32_t *at; /* token t is bytes[at[t]] to bytes[at[t + 1]]; empty if it is no text */

    const int32_t *text;    /* the tokens that are text, sorted by their bytes */
    const uint16_t *shared; /* bytes that text[i] begins with as text[i - 1] does */
    int texts, longest;

    const int32_t *end; /* any of them ends a generation */
    int ends;

    int32_t anchor[8]; /* what "\n" is cut into: see mkt_vocab_cut */
    int anchors;
};

/* Errors  MKT_E_DATA   the vocabulary has no token for text, or none that ends a generation
 *         MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_vocab_make(struct mkt_arena *arena, const struct llama_model *model,
                                         struct mkt_vocab *out, struct mkt_err *err);

static inline size_t mkt_vocab_length(const struct mkt_vocab *vocab, int32_t token)
{
    return vocab->at[token + 1] - vocab->at[token];
}

static inline const char *mkt_vocab_bytes(const struct mkt_vocab *vocab, int32_t token)
{
    return vocab->bytes + vocab->at[token];
}

/* Cuts `n` bytes of text into tokens of the arena. `continues`: the text goes on from what stands
 * before it, so that no space is put in front as some vocabularies do at the start of a text.
 *
 * Errors  MKT_E_ARG    not UTF-8
 *         MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_vocab_cut(const struct mkt_vocab *vocab, struct mkt_arena *arena,
                                        const char *text, size_t n, bool continues, int32_t **out,
                                        int *tokens, struct mkt_err *err);

#endif
