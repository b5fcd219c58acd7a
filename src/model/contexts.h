/* Chains that remember more than one channel: the states are the last `order` channels.
 *
 * A journey begins with no channel behind it and remembers up to `order` of
 * them. Only contexts that occur are states, so a chain of order 4 over 12
 * channels has some thousands of them, not 20,736.
 */
#ifndef MKT_MODEL_CONTEXTS_H
#define MKT_MODEL_CONTEXTS_H

#include "aggregate/paths.h"

/* What may follow a context: a channel, or one of the two ends. */
struct mkt_context_edge {
    uint32_t from;
    uint32_t symbol;     /* channel; channels: (conversion); channels + 1: (null) */
    uint32_t to;         /* state, where symbol is a channel */
    int64_t count, held; /* journeys; of these, held out */
};

struct mkt_context {
    const uint32_t *end; /* its channels are end[-length .. 0) */
    uint32_t length;
    uint64_t hash;
};

struct mkt_contexts {
    size_t order, channels;
    const struct mkt_paths *paths;
    bool nulls;
    struct mkt_context *state; /* state 0: nothing behind */
    size_t states, state_cap;
    struct mkt_context_edge *edge;
    size_t edges, edge_cap;
    int64_t *leaving; /* [states] journeys that went on from there */
    uint32_t *state_slot, *edge_slot;
    size_t state_slots, edge_slots;
};

/* Counts the chain of an order.
 *
 *   paths  finished; must outlive out
 *   nulls  count journeys that did not convert
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Cost     linear in the steps of paths */
MKT_MUST_CHECK mkt_status mkt_contexts_build(struct mkt_arena *arena, const struct mkt_paths *paths,
                                             size_t order, bool nulls, struct mkt_contexts *out,
                                             struct mkt_err *err);

/* The edge from a state over a symbol; NULL when no journey took it. */
const struct mkt_context_edge *mkt_contexts_edge(const struct mkt_contexts *contexts,
                                                 uint32_t state, uint32_t symbol);

/* Of the journeys along a path that ended one way, those that are held out: one in five, by a draw
 * that depends on the path alone. */
int64_t mkt_contexts_held(const struct mkt_path *path, bool converted);

struct mkt_contexts_credit {
    double *removal; /* [channels] */
    double *credit;  /* [channels] conversions, adding up to their number */
    double *spread;  /* [channels] standard error of credit */
    double conversion;
    int sweeps; /* until settled */
};

/* Removal effects and credit in the chain.
 *
 *   f_s = e_s + sum over t of p_st f_t     in the whole chain, and once for each channel k with all
 *                                          contexts that end in k leading to (null)
 *   removal_k = 1 - f_start without k / f_start
 *
 * solved together by Gauss-Seidel sweeps to 1e-13, without simulation. The spread is that of the
 * linearised credit, each journey counting as a user of its own and their number as chance.
 *
 * Errors   MKT_E_EMPTY  no journey converts
 *          MKT_E_LIMIT  the chain does not settle in 10,000 sweeps, or needs more than 2e11 flops
 *          MKT_E_NOMEM  the arena is full
 * Cost     sweeps edges channels; some 30 sweeps where journeys have 6 steps
 * Source   as model/markov.h; order k: Anderl et al. (2016) section 3.2; the derivative of absorption:
 *          Kemeny & Snell, Finite Markov Chains (1960), theorem 3.3.7; the spread: Jaeckel (1972), the
 *          infinitesimal jackknife, as in Efron, The Jackknife ... (1982) section 6.1
 * Checked  tests/model/contexts_test.c */
MKT_MUST_CHECK mkt_status mkt_contexts_fit(struct mkt_arena *arena,
                                           const struct mkt_contexts *contexts,
                                           struct mkt_contexts_credit *out, struct mkt_err *err);

#endif
