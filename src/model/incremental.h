/* What would not have come without a channel: conversion given exposure, and the channel taken away.
 *
 * Shares of credit add up to all conversions, even those that would have come
 * anyway. Where journeys that did not convert are known too, that can be told
 * apart. Each touch is a moment at which the user may convert, with
 *
 *     logit h_t = b_0 + sum over stages entered up to t of b_s + sum over channels met up to t of b_k
 *
 * fitted by penalised maximum likelihood; stages are touch numbers (model/moments.h), so that who comes
 * late in long journeys is held against others as late. Taking channel k away leaves the moments and the
 * other channels as they were and removes b_k:
 *
 *     incremental_k = sum over journeys, t of  h_t - h'_t  prod over s < t of (1 - h'_s) / (1 - h_s)
 *
 * The product makes up for journeys that conversion cut short. That people decide touch by touch is an
 * assumption; what comes out if they decide once, when the journey ends, is given beside it.
 */
#ifndef MKT_MODEL_INCREMENTAL_H
#define MKT_MODEL_INCREMENTAL_H

#include "model/journey_end.h"
#include "model/moments.h"

#define MKT_INCREMENTAL_CHANNELS MKT_MOMENTS_CHANNELS

struct mkt_incremental {
    double *effect;        /* [channels + 1] b_1 .. b_K, then b_0 */
    double *stage;         /* [moments.stages] b_s */
    double *effect_spread; /* [channels + 1] standard errors */
    double *
        conversions; /* [channels + 1] that would not have come without the channel; last: without any */
    double *spread;                   /* [channels + 1] standard errors */
    struct mkt_moments_table moments; /* of the paths: what the hazard was fitted to */
    struct mkt_journey_end at_end;    /* the same if people decide once, at the end */
    int steps;                        /* of Newton's method */
};

/*   paths    finished
 *   penalty  > 0: of b_k and b_s squared; 1 is a prior of standard deviation 1
 *   threads  at most 17 are used; the figures do not depend on it
 *
 * Errors   MKT_E_EMPTY  no journey converts, or all do: there is nothing to compare
 *          MKT_E_LIMIT  more than MKT_INCREMENTAL_CHANNELS channels
 *          MKT_E_NOMEM  the arena is full
 * Notes    a channel that goes with a wish to buy that the data do not show is given too much: that
 *          takes an experiment. The spread takes each journey for a user of its own, and their number
 *          as chance
 * Cost     steps of paths times channels of a path
 * Source   discrete-time hazard: Allison, Sociological Methodology 13 (1982) 61-98; ridge: le Cessie
 *          & van Houwelingen, Applied Statistics 41 (1992) 191-201; the product: inverse weights for
 *          what is cut short, Robins & Rotnitzky (1992), here with the fitted hazard; removal in a
 *          fitted model: Shao & Li, KDD 2011, section 3
 * Checked  tests/model/incremental_test.c */
MKT_MUST_CHECK mkt_status mkt_incremental_fit(struct mkt_arena *arena,
                                              const struct mkt_paths *paths, double penalty,
                                              int threads, struct mkt_incremental *out,
                                              struct mkt_err *err);

#endif
