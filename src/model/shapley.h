/* The Shapley value: what each player of a game deserves.
 *
 *     phi_k = sum over S without k of  |S|! (n - |S| - 1)! / n!  (v(S + k) - v(S))
 *
 * For attribution the game is v(S) = conversions of the journeys whose channels
 * all lie in S. It is a sum of unanimity games, one for each set of channels
 * that journeys have, so its Shapley value shares every conversion equally
 * among the different channels of its journey: exact for any number of
 * channels, in time linear in the journeys. That is the rule MKT_SHARE_SET of
 * aggregate/shares.h, and the tests hold the two against each other. Here is the
 * general form, for any game of few players.
 */
#ifndef MKT_MODEL_SHAPLEY_H
#define MKT_MODEL_SHAPLEY_H

#include <stddef.h>

#define MKT_SHAPLEY_PLAYERS 20

/*   worth  [2^players] of each coalition, bit k of the index set: player k is in it
 *   out    [players], adding up to worth[all] - worth[none];   players 1..20
 *
 * Cost     players 2^players
 * Source   Shapley, Contributions to the Theory of Games II (1953) 307-317; unanimity games: lemma 3
 *          there; attribution: Zhao, Mahboobi & Bagheri, arXiv 1804.05327 (2018), theorem 1
 * Checked  tests/model/shapley_test.c */
void mkt_shapley_values(const double *worth, size_t players, double *out);

#endif
