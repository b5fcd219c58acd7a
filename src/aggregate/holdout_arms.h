/* What people did whom a channel could reach, and what those did from whom chance withheld it.
 *
 * Where an advertising system logs whom it would have shown an ad but, at
 * random, did not, two groups can be compared that differ in nothing but the
 * ad. A user belongs to a channel's arms from their first touch of it on, real
 * or withheld, and to one arm for good. A conversion counts where such a touch
 * lies within the look-back before it, whatever else came between: what ends a
 * journey for those who convert must not end it for the others.
 */
#ifndef MKT_AGGREGATE_HOLDOUT_ARMS_H
#define MKT_AGGREGATE_HOLDOUT_ARMS_H

#include "aggregate/touchpoints.h"

/* Sums over the users of one arm of one channel. */
struct mkt_holdout_arm {
    int64_t users;
    double conversions, conversions2; /* sum over users, and of squares */
    double value, value2;             /* the same of value */
};

struct mkt_holdout_channel {
    struct mkt_holdout_arm shown, withheld;
    int64_t mixed; /* users with both, who are in neither arm */
};

struct mkt_holdout_arms {
    struct mkt_names channel;         /* as in the paths of mkt_touchpoints_finish */
    struct mkt_holdout_channel *arms; /* [channel.count] */
};

/* Counts them. Rules about views and direct traffic do not matter here: what may be shown is what
 * is compared. Sums are made in a fixed order.
 * Errors  those of mkt_touchpoints_users
 * Checked tests/aggregate/holdout_arms_test.c */
MKT_MUST_CHECK mkt_status mkt_holdout_arms_count(struct mkt_arena *arena,
                                                 struct mkt_touchpoints *const *part, size_t parts,
                                                 const struct mkt_journey_rules *rules,
                                                 struct mkt_holdout_arms *out, struct mkt_err *err);

#endif
