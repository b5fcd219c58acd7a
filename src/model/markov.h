/* Credit each channel by its removal effect in a first-order Markov chain.
 *
 *     removal_k = h_k c_k / c_start     h: probability to ever visit k,  c: conversion probability from k
 *
 * A journey walks from (start) over channels to (conversion) or (null), each
 * step depending on the channel before. Taking a channel away sends every
 * journey that would visit it to (null); the share of conversions lost is its
 * removal effect, and conversions are shared in proportion to those.
 *
 *     h_k = N[start][k] / N[k][k],   c = N e,   N = (I - Q)^-1
 *
 * Q holds the probabilities from channel to channel, e those to (conversion),
 * so one inverse gives all removal effects. Value goes the same way, with e
 * times the mean value of conversions after that channel.
 */
#ifndef MKT_MODEL_MARKOV_H
#define MKT_MODEL_MARKOV_H

#include "aggregate/credits.h"

struct mkt_markov {
    size_t channels;
    double conversion; /* probability of one journey, in the chain */
    double *removal;   /* [channels] 0..1, of conversions */
    double *removal_value;
    double *credit;       /* [channels] conversions, adding up to their number */
    double *credit_value; /* NULL where value cannot be shared: see Notes */
};

/* Room for one fit at a time. */
struct mkt_markov_room {
    size_t channels;
    double *inverse; /* [channels][channels] */
    double *vector;  /* [6][channels] */
    size_t *active;  /* channels that occur */
    double *credit_value;
};

MKT_MUST_CHECK mkt_status mkt_markov_room_init(struct mkt_markov_room *room,
                                               struct mkt_arena *arena, size_t channels,
                                               struct mkt_markov *out, struct mkt_err *err);

/* Fits one chain.
 *
 *   room, out  from mkt_markov_room_init with as many channels
 *   credits    how `row` is laid out; credits->chain is true
 *   row        [credits->width] sums, >= 0 but for value
 *   nulls      count journeys that did not convert; without them each journey ends in a conversion,
 *              and (null) is reached by removal alone
 *   out        channels that do not occur have removal and credit 0
 *
 * Returns false where no journey converts, or the chain cannot be solved in double precision.
 * Notes    a channel following itself changes no probability above, so such steps are left out.
 *          Value is shared where the conversions after each channel are worth 0 or more and some
 *          are worth more
 * Cost     2 K^3 flops, 8 K^2 bytes
 * Source   Anderl, Becker, von Wangenheim & Schumann, Int. J. Research in Marketing 33 (2016)
 *          457-474, section 3; hitting probabilities: Norris, Markov Chains (1997), theorem 1.3.2
 * Checked  tests/model/markov_test.c */
bool mkt_markov_fit(struct mkt_markov_room *room, const struct mkt_credits *credits,
                    const double *row, bool nulls, struct mkt_markov *out);

/* The probabilities, as people like to see them: a channel following itself included.
 *   out  [K + 1][K + 2]: from (start) and each channel; to each channel, (conversion), (null) */
void mkt_markov_transitions(const struct mkt_credits *credits, const double *row, bool nulls,
                            double *out);

#endif
