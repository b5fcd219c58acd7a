/* What attribution needs to know of journeys, summed over groups of users.
 *
 * Every model of attribution but the ones that look further back than one
 * touch is a function of sums over users: credit by each rule, and how often
 * one channel followed another. They are kept for each of a few hundred groups
 * of users, which user in which group decided by a hash. Groups are like one
 * another but for chance, so drawing groups anew shows how far chance moves
 * each figure, and users with several journeys stay whole.
 *
 * One row of sums a group:
 *
 *     credit   [rules][2][K]  conversions, then value, that a rule gives to each channel
 *     follow   [2][K+1][K]    how often channel j followed channel i (row 0: came first) in
 *                             journeys that converted, then in those that did not
 *     end      [3][K]         last touches before a conversion; the value of those; last touches
 *                             of journeys that did not convert
 *     total    [3]            conversions, value, journeys that did not convert
 */
#ifndef MKT_AGGREGATE_CREDITS_H
#define MKT_AGGREGATE_CREDITS_H

#include <stdbool.h>

#include "aggregate/shares.h"
#include "base/arena.h"

#define MKT_CREDITS_RULES 12

struct mkt_credits {
    size_t channels; /* K */
    size_t groups;
    struct mkt_share_rule rule[MKT_CREDITS_RULES];
    size_t rules;
    bool chain;                                /* whether follow is kept: it grows with K squared */
    size_t at_follow, at_end, at_total, width; /* places within a row */
    double *sum;                               /* [groups][width] */
};

/* Room that one thread needs to add journeys of up to `steps` touches. */
struct mkt_credits_scratch {
    double *share; /* [steps] */
    uint8_t *seen; /* [channels] */
    size_t steps;
};

/* Lays out the sums, all zero.
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_credits_init(struct mkt_credits *credits, struct mkt_arena *arena,
                                           size_t channels, size_t groups, bool chain,
                                           const struct mkt_share_rule *rule, size_t rules,
                                           struct mkt_err *err);

MKT_MUST_CHECK mkt_status mkt_credits_scratch_init(struct mkt_credits_scratch *scratch,
                                                   struct mkt_arena *arena, size_t channels,
                                                   size_t steps, struct mkt_err *err);

/* Adds journeys along one path to one group's row. Rows of different groups may be added to by
 * different threads at once.
 *
 *   step  [n] channels;   age  [n] seconds before the conversion, NULL where no rule is DECAY
 *   conversions, nulls    journeys that did and did not convert;   value  of the conversions */
void mkt_credits_add(struct mkt_credits *credits, size_t group, const uint32_t *step,
                     const int64_t *age, size_t n, double conversions, double value, double nulls,
                     struct mkt_credits_scratch *scratch);

/* Adds journeys along one path that did not convert. */
void mkt_credits_add_nulls(struct mkt_credits *credits, size_t group, const uint32_t *step,
                           size_t n, double nulls);

/* The sums of all groups.   out [width] */
void mkt_credits_total(const struct mkt_credits *credits, double *out);

/* Places within a row of sums. */
static inline const double *mkt_credits_of(const struct mkt_credits *c, const double *row,
                                           size_t rule, bool value)
{
    return row + (2 * rule + value) * c->channels;
}
static inline const double *mkt_credits_follow(const struct mkt_credits *c, const double *row,
                                               bool nulls)
{
    return row + c->at_follow + nulls * (c->channels + 1) * c->channels;
}
static inline const double *mkt_credits_end(const struct mkt_credits *c, const double *row,
                                            int which)
{
    return row + c->at_end + (size_t)which * c->channels;
}

#endif
