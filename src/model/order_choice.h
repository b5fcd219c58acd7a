/* How many channels back a chain of journeys should remember. */
#ifndef MKT_MODEL_ORDER_CHOICE_H
#define MKT_MODEL_ORDER_CHOICE_H

#include "model/sorted_steps.h"

#define MKT_ORDER_CHOICE_MOST 10

struct mkt_order_score {
    size_t order, states;
    double parameters;     /* probabilities that are free: branches less one, over all contexts */
    double log_likelihood; /* of all journeys, at its maximum */
    double aic, bic;       /* smaller is better; bic counts journeys */
    double held_out; /* mean log likelihood of a journey that was held out; larger is better */
    double auc; /* how well the last context tells conversions from the rest; NAN without nulls */
    double penalised_auc; /* 1 - (1 - auc) (p - 1) / (p - nodes - 1), 0 where that is no share */
};

struct mkt_order_choice {
    struct mkt_order_score score[MKT_ORDER_CHOICE_MOST];
    size_t orders;                              /* scored: 1..orders */
    size_t by_auc, by_aic, by_bic, by_held_out; /* the best order by each; by_auc 0 without nulls */
};

/* The longest memory worth sorting for: `most` or 10, less where no journey is longer or the channels
 * fill a key before (mkt_step_keys_depth: 10 up to 30 channels, 3 of 5,000). */
size_t mkt_order_choice_depth(const struct mkt_paths *paths, size_t most);

/* Scores orders 1 to the depth of the steps.
 *
 *   steps          of mkt_order_choice_depth, with nulls
 *   threads        at most 16 are used, and as many as there is room for: 8 bytes each for every key of
 *                  the largest share; the result does not depend on them
 *   auc            of P(conversion | context at the end of the path), journeys as weights, ties half;
 *                  exact, not by thresholds
 *   penalised_auc  p: different paths; nodes: C(K + order - 1, order), as ChannelAttribution counts
 *   held_out       one journey in five; P(next | context) is backed off to shorter contexts with
 *                  Witten-Bell weights, so what was never seen has a probability
 *
 * Errors   MKT_E_EMPTY  no paths       MKT_E_NOMEM  the arena is full; scratch is given back
 * Cost     linear in the keys, and orders; past the order from which a key has its context alone, only
 *          what is held out of it
 * Source   penalised AUC: documentation of R package ChannelAttribution 2.0.7, choose_order; AIC, BIC:
 *          Katz, Technometrics 23 (1981) 243-249; backing off: Witten & Bell, IEEE Trans. Inf.
 *          Theory 37 (1991) 1085-1094, method C
 * Checked  tests/model/order_choice_test.c */
MKT_MUST_CHECK mkt_status mkt_order_choice_make(struct mkt_arena *arena,
                                                const struct mkt_sorted_steps *steps, int threads,
                                                struct mkt_order_choice *out, struct mkt_err *err);

#endif
