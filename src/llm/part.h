/* One text as it grows: what it says so far, where that stands in its grammar, and the tokens
 * that the model has still to see.
 *
 * What the grammar leaves no choice about is never asked of the model: that text is cut into
 * tokens and fed along with the token before it. Forced text ends where the model would end a
 * token: its last token is left to be chosen if a longer one that begins with it fits as well.
 *
 * The text's buffer never moves, so that one thread may read what another has published of it.
 */
#ifndef MKT_LLM_PART_H
#define MKT_LLM_PART_H

#include "llm/choose.h"
#include "llm/llm.h"

#define MKT_PART_MEMORY (64u << 20) /* a grammar's states may take so much */

/* What writing needs beside the text itself; one thread's. */
struct mkt_part_tools {
    const struct mkt_vocab *vocab;
    struct mkt_choose choose;
    struct mkt_arena scratch;
};

struct mkt_part {
    const struct mkt_llm_part *asked;
    struct mkt_arena arena;
    struct mkt_grammar grammar;
    struct mkt_matcher matcher;
    uint32_t state;

    char *text;
    size_t length, whole; /* bytes written; bytes up to the last whole character */

    int32_t *feed; /* tokens to be fed next; the logits after the last one choose the next */
    int feeds;
    int room; /* tokens that may still be fed */
    int sampled;
    uint64_t draws;
    bool over, done, failed; /* failed: the grammar needs more memory than it may take */
};

/* How many tokens a text may take in all, with what is forced. */
int mkt_part_room(const struct mkt_llm_part *asked);

/* Reads the grammar.
 *
 * Errors  as mkt_gbnf_read; MKT_E_LIMIT where its states do not fit MKT_PART_MEMORY */
MKT_MUST_CHECK mkt_status mkt_part_open(struct mkt_part *part, const struct mkt_llm_part *asked,
                                        const struct mkt_vocab *vocab, struct mkt_err *err);
void mkt_part_close(struct mkt_part *part);

/* Writes what must come before anything is chosen. */
void mkt_part_begin(struct mkt_part *part, struct mkt_part_tools *tools);

/* Chooses the next token, and writes what must follow it. Afterwards either `feeds` > 0 or
 * `over`. */
void mkt_part_go_on(struct mkt_part *part, struct mkt_part_tools *tools, const float *logits,
                    double temperature);

#endif
