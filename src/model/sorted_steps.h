/* All step keys of journeys, sorted and kept: what one sort gives to every chain.
 *
 * The keys of the longest memory that is asked about hold those of every shorter
 * one: contexts of fewer channels are runs of them. So the memory is chosen and
 * the chain that has it is made of the same keys.
 */
#ifndef MKT_MODEL_SORTED_STEPS_H
#define MKT_MODEL_SORTED_STEPS_H

#include "base/tasks.h"
#include "model/step_keys.h"

struct mkt_sorted_steps {
    struct mkt_step_keys keys;
    struct mkt_sorted_steps_share {
        const struct mkt_step_key *key; /* sorted, each once */
        size_t keys;
    } share[MKT_STEP_KEYS_SHARES]; /* [keys.shares] one after another in the order of keys */
    struct mkt_arena arena[MKT_TASKS_THREADS]; /* where they lie */
};

/*   arena    of what is small; as much as it has room for is taken besides, for a while, and the keys
 *            kept take at most as much
 *   depth    1..mkt_step_keys_depth
 *   nulls    with the journeys that did not convert
 *   threads  at most 16 are used, and as many as there is room for; the keys do not depend on them
 * Errors   MKT_E_NOMEM  the arena, or what it has room for, is full; nothing is left open
 * Cost     linear in the steps of paths
 * Checked  tests/model/step_keys_test.c */
MKT_MUST_CHECK mkt_status mkt_sorted_steps_make(struct mkt_arena *arena,
                                                const struct mkt_paths *paths, size_t depth,
                                                bool nulls, int threads,
                                                struct mkt_sorted_steps *out, struct mkt_err *err);
void mkt_sorted_steps_close(struct mkt_sorted_steps *steps);

/* Where the context of key `from` ends, among the `keys` of a share: the last key after it that has
 * the same `order` channels behind. */
static inline size_t mkt_sorted_steps_end(const struct mkt_step_keys *keys,
                                          const struct mkt_sorted_steps_share *share, size_t from,
                                          size_t order)
{
    int shift = keys->bits * (int)(keys->depth + 1 - order);
    uint64_t context = share->key[from].key >> shift;
    size_t to = from + 1;
    while (to < share->keys && share->key[to].key >> shift == context) to++;
    return to;
}

#endif
