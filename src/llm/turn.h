/* The tokens around what a user says, from the model's own file.
 *
 * Mistral's are put by their ids: `<s> [INST]` text `[/INST]`. Any other instruct model's come
 * from its chat template, which is asked to wrap a marker: what stands before and after the
 * marker is cut with control tokens, the text between never is.
 */
#ifndef MKT_LLM_TURN_H
#define MKT_LLM_TURN_H

#include "llm/vocab.h"

struct mkt_turn {
    const int32_t *head, *tail;
    int heads, tails;
};

/* Errors  MKT_E_DATA   the file has no chat template (it is no instruct model), or one that is
 *                      not known; its tokens are Mistral's but it cuts text otherwise
 *         MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_turn_make(struct mkt_arena *arena, const struct llama_model *model,
                                        const struct mkt_vocab *vocab, struct mkt_turn *out,
                                        struct mkt_err *err);

#endif
