/* How one conversion is shared among the touches before it: the rules people know by name.
 *
 * A rule gives every touch i of a journey of n a weight w[i] >= 0, and the
 * shares are w[i] / sum w, so they always add up to 1.
 */
#ifndef MKT_AGGREGATE_SHARES_H
#define MKT_AGGREGATE_SHARES_H

#include <stddef.h>
#include <stdint.h>

#define MKT_SHARES_CUSTOM 16

typedef enum {
    MKT_SHARE_FIRST,      /* all to the first touch */
    MKT_SHARE_LAST,       /* all to the last touch */
    MKT_SHARE_LAST_OTHER, /* all to the last touch that is not `direct`; to direct where all are */
    MKT_SHARE_LINEAR,     /* the same to each touch */
    MKT_SHARE_POSITION,   /* `first` to the first, `last` to the last, the rest evenly between */
    MKT_SHARE_DECAY,      /* half as much for each half-life before the conversion */
    MKT_SHARE_W,          /* `first`, `last`, as much as `first` to the middle touch, the rest */
    MKT_SHARE_CUSTOM,     /* weight[0] to the last touch, weight[1] to the one before, ... */
    MKT_SHARE_SET         /* the same to each channel of the journey: see model/shapley.h */
} mkt_share_kind;

struct mkt_share_rule {
    const char *name; /* "first", "last", "position", ... */
    mkt_share_kind kind;
    uint32_t direct;    /* last_other: number of the channel */
    double first, last; /* position, w: shares of the whole, 0..1, together at most 1 */
    double half_life;   /* decay: seconds, > 0 */
    double weight[MKT_SHARES_CUSTOM];
    size_t weights; /* custom: at least 1, none negative, one positive */
};

/* The shares of a journey's touches.
 *
 *   step   [n] channels, first touch first; n >= 1
 *   age    [n] seconds from the touch to the conversion, >= 0; only decay looks, others take NULL
 *   seen   [channels] zeros; given back as zeros; only set looks
 *   out    [n], adds up to 1
 *
 * Notes    position: two touches share as first : last, one takes all. w: the middle touch is
 *          number n / 2 counted from 0; two touches share as first : last. custom: touches further
 *          back than there are weights get nothing; a journey whose weights are all 0 is shared
 *          evenly. decay: only the distances between touches matter
 * Source   first, last, linear, position 40-20-40: the conventions of web analytics, as in Google
 *          Analytics' former model comparison; w: Bizible's lead model 30-30-30-10
 * Checked  tests/aggregate/shares_test.c */
void mkt_shares_of(const struct mkt_share_rule *rule, const uint32_t *step, const int64_t *age,
                   size_t n, uint8_t *seen, double *out);

/* Where a rule gives all to one touch: which; n where it does not. */
size_t mkt_shares_one(const struct mkt_share_rule *rule, const uint32_t *step, size_t n);

#endif
