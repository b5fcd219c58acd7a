/* How far conversion given exposure can be trusted, channel by channel.
 *
 * The incremental model (model/incremental.h) holds people who met a channel against people who did not.
 * That tells nothing of a channel that everyone met, or that never comes beside another; there the penalty
 * alone decides. With v_k the variance of b_k without the penalty,
 *
 *     told_k = 1 / (1 + penalty v_k)
 *
 * is the share of what is known of b_k that the data told. And what the data do not show may make people
 * both meet a channel and buy. With R = converted / (converted - incremental) among people who met it, a
 * trait that explains all of it must make both at least
 *
 *     E = R + sqrt(R (R - 1))
 *
 * times likelier, or one of them more than that.
 *
 * Whether people decide at each touch or once, when the journey ends (model/journey_end.h), the rows do not
 * say. So the interval holds both: from c standard errors below the lower of the two figures to c above the
 * higher, c so that whichever is right is in it in 95 %: 1.96 where they are one, 1.64 where they are far
 * apart. Where the two are further apart than their own intervals reach, which happens where a channel goes
 * with the end of journeys, one of them is wrong and nothing tells which.
 */
#ifndef MKT_MODEL_EXPOSURE_LIMITS_H
#define MKT_MODEL_EXPOSURE_LIMITS_H

#include "model/incremental.h"

#define MKT_EXPOSURE_TOLD .75 /* less, and the figure is the penalty's: it is not to be shown */
#define MKT_EXPOSURE_REPELS 3 /* standard errors below nothing */
#define MKT_EXPOSURE_PULL 1.5 /* of an unseen trait that is always reckoned with in a comparison */

typedef enum {
    MKT_EXPOSURE_GIVEN,
    MKT_EXPOSURE_UNTOLD, /* told under MKT_EXPOSURE_TOLD */
    MKT_EXPOSURE_APART,  /* the intervals of the two ways have nothing in common */
    MKT_EXPOSURE_BELOW,  /* the interval is below nothing: that is whom the channel reaches */
    MKT_EXPOSURE_STATES
} mkt_exposure_state;

struct mkt_exposure_limits {
    mkt_exposure_state *state;          /* [channels] only what is given is to be shown */
    size_t states[MKT_EXPOSURE_STATES]; /* channels in each */
    double *low, *high; /* [channels + 1] of the figure, whichever way is right; last: of all */
    bool all;           /* that of all channels is to be shown: each is given, the ways agree */
    double *told;       /* [channels] 0..1 */
    double *anyway;     /* [channels] conversions of people who met it that come without it */
    double *explains, *explains_low, *explains_high;
    /* [channels] E of the figure and of the ends of its interval, 1: chance explains it; NAN where
     * the figure is 0 or less; the high one INFINITY where the interval has all who converted */
    size_t repelling; /* told channels below nothing by MKT_EXPOSURE_REPELS: that is whom channels
                       * reach, not what they do, and no figure of any is to be shown */
};

/*   fit      of the same paths and penalty
 *   z        of the interval: 1.96 for 95 %
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Notes    E takes the odds of one moment for a ratio of chances; the former is further from 1
 * Cost     (channels + 1)^2 for each set of channels that had been met
 * Source   VanderWeele & Ding, Annals of Internal Medicine 167 (2017) 268-274 (the E-value); Ding &
 *          VanderWeele, Epidemiology 27 (2016) 368-377 (the bound it solves); Imbens & Manski,
 *          Econometrica 72 (2004) 1845-1857 (c)
 * Checked  tests/model/exposure_limits_test.c; in worlds with such a trait bench/attribution_exposure.c */
MKT_MUST_CHECK mkt_status mkt_exposure_limits_make(
    struct mkt_arena *arena, const struct mkt_paths *paths, const struct mkt_incremental *fit,
    double penalty, double z, struct mkt_exposure_limits *out, struct mkt_err *err);

/* Whether channel k is one of the `repelling`. */
bool mkt_exposure_limits_repels(const struct mkt_exposure_limits *limits,
                                const struct mkt_incremental *fit, size_t k);

/* By how much a trait that makes both `pull` times likelier (>= 1) can change a ratio of chances:
 * pull^2 / (2 pull - 1). */
double mkt_exposure_limits_bound(double pull);

#endif
