/* The constant parts of prompts, computed once and kept: in the model's memory, as bytes beside
 * it, and in files.
 *
 * A file is bound to all that its numbers depend on: the model's SHA-256, the library's version,
 * the settings of the context, the CPU's features and the tokens themselves. One that says
 * anything else, or whose own SHA-256 does not hold, or that another user may write, is ignored
 * and written anew. Files have mode 0600; the newest MKT_PREFIX_FILES of them are kept.
 */
#ifndef MKT_LLM_PREFIX_H
#define MKT_LLM_PREFIX_H

#include <stdbool.h>
#include <stdint.h>

#include <llama.h>

#include "base/err.h"
#include "base/hash.h"

#define MKT_PREFIX_SLOTS 4
#define MKT_PREFIX_FILES 8

struct mkt_prefix {
    int32_t seq;
    int32_t *token;
    int tokens;
    char key[MKT_SHA256_TEXT];
    unsigned char *bytes; /* its state, to put it back with; NULL before it was computed */
    size_t length;
    int fed;       /* tokens of it in the model's memory; all of them: it is here */
    int begin;     /* the first of its cells there */
    bool low;      /* they are the very first ones in a row, so that they may stay */
    uint64_t used; /* when last, as a count */
};

struct mkt_prefixes {
    struct mkt_prefix slot[MKT_PREFIX_SLOTS]; /* slot i has sequence i */
    struct llama_context *context;
    const char *folder;  /* NULL: no files */
    const char *binding; /* what every key begins with */
    uint64_t clock;
};

/* The slot that has, or is to have, these tokens; NULL when every slot has something in the
 * model's memory. One that is new gets its bytes from its file if there is a good one. */
struct mkt_prefix *mkt_prefix_find(struct mkt_prefixes *all, const int32_t *token, int tokens);

/* Whether these tokens are in the model's memory already, all of them. */
bool mkt_prefix_here(const struct mkt_prefixes *all, const int32_t *token, int tokens);

static inline bool mkt_prefix_whole(const struct mkt_prefix *prefix)
{
    return prefix->fed == prefix->tokens;
}

/* Puts the state back into the model's memory; false when there is none that the library takes. */
bool mkt_prefix_restore(struct mkt_prefixes *all, struct mkt_prefix *prefix);

/* Keeps the state of a prefix that has just been computed; its file is written if there is a
 * folder. What cannot be kept is only logged. */
void mkt_prefix_keep(struct mkt_prefixes *all, struct mkt_prefix *prefix);

/* Forgets it in the model's memory, not its bytes. */
void mkt_prefix_drop(struct mkt_prefixes *all, struct mkt_prefix *prefix);

void mkt_prefix_close(struct mkt_prefixes *all);

#endif
