/* Chains that remember more than one channel: the states are the last `order` channels.
 *
 * A journey begins with no channel behind it and remembers up to `order` of
 * them. Only contexts that occur are states, so a chain of order 4 over 12
 * channels has some thousands of them, not 20,736. A context that one thing
 * alone leads to and one thing alone follows, as most long ones are, is no
 * state either but a step on the way from one state to another: nothing is
 * decided there, so nothing is lost, and a long memory is little dearer than
 * a short one.
 */
#ifndef MKT_MODEL_CONTEXTS_H
#define MKT_MODEL_CONTEXTS_H

#include "model/sorted_steps.h"

/* The way from a state to the next, or to an end. */
struct mkt_context_edge {
    uint32_t symbol; /* what comes first: channel; channels: (conversion); channels + 1: (null) */
    uint32_t to;     /* state; states: (conversion); states + 1: (null) */
    uint32_t steps;  /* channels that are met, that of the state it leads to the last of them */
    int64_t count;   /* journeys */
};

struct mkt_contexts {
    size_t order, channels;
    const struct mkt_paths *paths;
    bool nulls;
    size_t states;    /* state 0: nothing behind */
    uint32_t *latest; /* [states] channel met last, + 1; 0: none */
    size_t *first;    /* [states + 1] a state's edges are edge[first[s]..first[s + 1]), by symbol */
    int64_t *leaving; /* [states] journeys that went on from there */
    struct mkt_context_edge *edge;
    size_t edges;
    uint8_t *met; /* [edges][bytes] what is passed over: bit k + 1, counted on, of channel k */
    size_t bytes; /* channels / 8 + 1 */
};

/* Counts the chain of an order.
 *
 *   arena    holds out; as much as it has room for is taken besides, for a while
 *   steps    of at least that depth; their paths must outlive out
 *   threads  at most 16 are used; the result does not depend on them
 *
 * Errors   MKT_E_NOMEM  the arena, or what it has room for, is full
 * Cost     linear in the keys; 33 bytes for each context and 16 for each of its edges for a while, of
 *          which a fraction is kept */
MKT_MUST_CHECK mkt_status mkt_contexts_build(struct mkt_arena *arena,
                                             const struct mkt_sorted_steps *steps, size_t order,
                                             int threads, struct mkt_contexts *out,
                                             struct mkt_err *err);

/* The edge from a state that begins with a symbol; NULL when no journey took it. */
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
 * solved by Gauss-Seidel sweeps to 1e-13, eight channels at a time, without simulation; by one sweep
 * where no way leads back. The spread is that of the linearised credit, each journey counting as a
 * user of its own and their number as chance.
 *
 * Errors   MKT_E_EMPTY  no journey converts
 *          MKT_E_LIMIT  the chain does not settle in 10,000 sweeps, or needs more than 4e10 flops
 *          MKT_E_NOMEM  the arena is full
 * Cost     sweeps edges channels; some 30 sweeps where journeys have 6 steps, one where the memory is
 *          as long as they are; 16 bytes for each state and channel
 * Source   as model/markov.h; order k: Anderl et al. (2016) section 3.2; the derivative of absorption:
 *          Kemeny & Snell, Finite Markov Chains (1960), theorem 3.3.7; the spread: Jaeckel (1972), the
 *          infinitesimal jackknife, as in Efron, The Jackknife ... (1982) section 6.1
 * Checked  tests/model/contexts_test.c */
MKT_MUST_CHECK mkt_status mkt_contexts_fit(struct mkt_arena *arena,
                                           const struct mkt_contexts *contexts, int threads,
                                           struct mkt_contexts_credit *out, struct mkt_err *err);

#endif
