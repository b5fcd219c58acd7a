/* Deals the journeys of aggregated paths to groups of users, as chance would.
 *
 * A table of paths does not say who walked them. Each journey is taken for a
 * user of its own and dealt to a group by a seeded draw; so the spread between
 * groups is that of independent journeys.
 */
#ifndef MKT_MODEL_USER_GROUPS_H
#define MKT_MODEL_USER_GROUPS_H

#include "aggregate/credits.h"
#include "aggregate/paths.h"

/*   paths    finished
 *   credits  from mkt_credits_init with as many channels; no rule is DECAY
 *   threads  at most 16 are used; the sums do not depend on them
 *
 * The value of a path's conversions is taken as the same for each.
 * Errors   MKT_E_NOMEM  the arena is full
 * Cost     journeys times their length and the rules; of a path with many, no more than its groups
 * Checked  tests/model/user_groups_test.c */
MKT_MUST_CHECK mkt_status mkt_user_groups_deal(struct mkt_arena *arena,
                                               const struct mkt_paths *paths, uint64_t seed,
                                               int threads, struct mkt_credits *credits,
                                               struct mkt_err *err);

#endif
