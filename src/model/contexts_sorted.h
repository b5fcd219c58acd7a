/* Every context that occurs, in the order of its key, with what followed it. Private to
 * src/model/contexts*.c. */
#ifndef MKT_MODEL_CONTEXTS_SORTED_H
#define MKT_MODEL_CONTEXTS_SORTED_H

#include "model/sorted_steps.h"

struct mkt_contexts_sorted {
    size_t order, channels;
    int bits;             /* of one channel in a context */
    size_t states, edges; /* state 0: nothing behind */
    uint64_t *context;    /* [states] the last `order` channels, as in keys; rising */
    size_t *first;    /* [states + 1] a state's edges are edge[first[s]..first[s + 1]), by symbol */
    int64_t *leaving; /* [states] journeys that went on from there */
    struct mkt_contexts_sorted_edge {
        uint32_t symbol; /* channel; channels: (conversion); channels + 1: (null) */
        uint32_t to;     /* state, where symbol is a channel */
        int64_t count;   /* journeys */
    } * edge;
    uint8_t *into; /* [states] edges that lead there: 0, 1, or 2 for more */
    size_t shares; /* of the states, for threads to take */
    size_t share[MKT_STEP_KEYS_SHARES + 1]; /* where each begins */
};

/*   steps    of at least that depth
 *   order    from 1
 *   threads  at most 16 are used; the result does not depend on them
 * Errors   MKT_E_NOMEM  the arena is full
 * Cost     linear in the keys */
MKT_MUST_CHECK mkt_status mkt_contexts_sorted_make(struct mkt_arena *arena,
                                                   const struct mkt_sorted_steps *steps,
                                                   size_t order, int threads,
                                                   struct mkt_contexts_sorted *out,
                                                   struct mkt_err *err);

/* Whether a state is but a step on a way: one edge leads there, one edge leads on. */
static inline bool mkt_contexts_sorted_passes(const struct mkt_contexts_sorted *c, size_t state)
{
    return c->into[state] == 1 && c->first[state + 1] - c->first[state] == 1;
}

/* The channel met last, + 1; 0: none. */
static inline uint32_t mkt_contexts_sorted_latest(const struct mkt_contexts_sorted *c, size_t state)
{
    return (uint32_t)(c->context[state] >> c->bits * (int)(c->order - 1));
}

#endif
