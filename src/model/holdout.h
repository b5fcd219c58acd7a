/* What a channel caused, from people from whom chance withheld it.
 *
 *     incremental = Y1 - s Y0,   s = users shown / users withheld
 *
 * Y1 are the conversions of those who met the channel, Y0 of those who would
 * have. Chance alone parts the two, so whom the channel reaches does not matter:
 * what is left is what it does to those whom it meets.
 */
#ifndef MKT_MODEL_HOLDOUT_H
#define MKT_MODEL_HOLDOUT_H

#include "aggregate/holdout_arms.h"
#include "model/interval.h"

#define MKT_HOLDOUT_LEAST 50      /* users an arm; fewer are not compared */
#define MKT_HOLDOUT_MIXED .02     /* of the users; more is no holdout that held */
#define MKT_HOLDOUT_CONVERSIONS 5 /* of both arms; fewer tell nothing */

typedef enum {
    MKT_HOLDOUT_GIVEN,
    MKT_HOLDOUT_NONE, /* nothing was withheld */
    MKT_HOLDOUT_FEW,  /* fewer users or conversions than above */
    MKT_HOLDOUT_LEAKY /* too many users met what was withheld from them, or the shares are off */
} mkt_holdout_state;

struct mkt_holdout_effect {
    mkt_holdout_state state;
    double conversions; /* that would not have come, of the people who met the channel */
    struct mkt_interval conversions_within;
    double value; /* the same of value; NAN where a value is below 0 */
    struct mkt_interval value_within;
};

/*   share  of users that were meant to be held out, 0 where that is not known: a sample ratio off
 *          by chance less than once in 1,000 then is a broken holdout
 *   z      of the interval: 1.96 for 95 %
 *
 * Notes    intervals join those of both arms (MOVER), each arm's by the score of a Poisson count
 *          stretched by the spread of users: they hold for few conversions, too
 * Source   Johnson, Lewis & Nubbemeyer, J. Marketing Research 54 (2017) 867-884 (what is withheld
 *          is logged where it would have been shown); Zou & Donner, Statistics in Medicine 27 (2008)
 *          1693-1702 (MOVER); score limits of a count: Rao (1948)
 * Checked  tests/model/holdout_test.c, coverage in bench/attribution_truth.c */
struct mkt_holdout_effect mkt_holdout_fit(const struct mkt_holdout_channel *channel, double share,
                                          double z);

#endif
