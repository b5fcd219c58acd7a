/* The words of a model file's vocabulary, as far as they must be sound before the library sees
 * them: it ends the process where two are the same, and where text has a byte that no token of
 * a vocabulary of pieces stands for.
 */
#ifndef MKT_LLM_WORDLIST_H
#define MKT_LLM_WORDLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MKT_WORDLIST_LONGEST 1024 /* bytes of one word */

struct mkt_wordlist {
    uint64_t *hash;
    size_t words, capacity;
    bool byte[256]; /* "<0x0A>" was among them */
    bool failed;    /* no memory */
};

/* `word` ends at its first NUL, as it does for the library. */
void mkt_wordlist_add(struct mkt_wordlist *list, const char *word);

/* Whether no two are the same; sorts. */
bool mkt_wordlist_distinct(struct mkt_wordlist *list);
bool mkt_wordlist_has_bytes(const struct mkt_wordlist *list);
void mkt_wordlist_close(struct mkt_wordlist *list);

#endif
