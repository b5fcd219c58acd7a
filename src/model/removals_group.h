/* Eight paths side by side: what model/removals.c sums, worked out in vectors. Private to
 * src/model/removals*.[ch].
 *
 * Columns are channels and stages, K of them; column K is b_0, and K + 1 stands for none. */
#ifndef MKT_MODEL_REMOVALS_GROUP_H
#define MKT_MODEL_REMOVALS_GROUP_H

#include "model/removals.h"

#define MKT_REMOVALS_SIDE 8 /* paths side by side */

#define MKT_REMOVALS_ALIGNED __attribute__((aligned(MKT_REMOVALS_SIDE * sizeof(double))))
#define MKT_REMOVALS_VECTOR __attribute__((vector_size(4 * sizeof(double)), may_alias))

/* One number of each of these paths. */
typedef double mkt_removals_number[MKT_REMOVALS_SIDE] MKT_REMOVALS_ALIGNED;

/* What is summed for one cell, or one number of half of the paths. */
typedef double mkt_removals_quad MKT_REMOVALS_VECTOR;

/* The touches during which the same channels had been met in the same stage: from the first one of a
 * channel, or of a stage, or of both, to the first one of the next. */
struct mkt_removals_stretch {
    mkt_removals_number touches;
    mkt_removals_number against; /* odds of not converting at each of them */
    mkt_removals_number bare;    /* the same where no channel was met */
    mkt_removals_number without; /* what multiplies `against` when the channel that begins the
                                  * stretch is taken away */
    uint32_t channel[MKT_REMOVALS_SIDE], stage[MKT_REMOVALS_SIDE]; /* that begin it, or none */
    bool staged; /* a stage begins it for any of them */
    double most; /* touches, of any of them */
};

/* Paths of as many stretches; a place that is empty repeats the first path, with no journeys. */
struct mkt_removals_group {
    mkt_removals_number converted, nulls; /* journeys */
    mkt_removals_number weight;           /* of a path in the sums that paths are chosen for */
    size_t paths;
    struct mkt_removals_stretch *stretch; /* [their number] */
};

/* What a stretch comes to when something is taken away. */
struct mkt_removals_lane {
    mkt_removals_number h;     /* hazard of converting at a touch */
    mkt_removals_number w;     /* product of (1 - h') / (1 - h) before a touch, over the touches */
    mkt_removals_number later; /* the same, each as often as touches come before it there */
    mkt_removals_number slope; /* of the conversions lost, by the b of what begins the stretch */
};

/* One thread's room. A removal has a number: 0 takes all channels away, r + 1 the one that begins
 * stretch r; before that nothing is different. */
struct mkt_removals_room {
    struct mkt_removals_group *group[2]; /* [K + 1] by their stretches; 1: chosen paths */
    struct mkt_removals_lane *lane;      /* [stretches][stretches + 1] */
    mkt_removals_number *h;              /* [K + 1] of stretches: hazard */
    mkt_removals_number *score; /* [K + 1] of stretches: score of a journey without conversion */
    mkt_removals_number *lost;  /* [K + 1] of removals: conversions */
    mkt_removals_number
        *whole; /* [K + 1] of removals: slope by b_0, and by a stage that begins there */
    mkt_removals_number
        *bare; /* [K + 1] of stretches: slope of what all channels lose by its stage */
    mkt_removals_number *sum;               /* [3][K + 1] */
    uint64_t met[MKT_REMOVALS_COLUMNS + 1]; /* one path's stretches: see part */
    uint32_t channel[MKT_REMOVALS_COLUMNS + 1], stage[MKT_REMOVALS_COLUMNS + 1];
    uint32_t touches[MKT_REMOVALS_COLUMNS + 1];
};

/* What is summed by two b, or by a removal and a b: the numbers of one cell. The squares of a pair of
 * b stand in one of its two cells, whichever comes first in a path. */
enum { MKT_REMOVALS_SLOPE, MKT_REMOVALS_LOST_SCORE, MKT_REMOVALS_SQUARES };

struct mkt_removals_share {
    double *lost, *lost_squared; /* [K + 2]; the last for what is no column */
    mkt_removals_quad *cell;     /* [K + 2][K + 2] */
};

/* Works out paths of n stretches and adds them up; the conversions alone where they are not chosen. */
typedef void mkt_removals_group_fn(size_t K, struct mkt_removals_group *group, size_t n,
                                   bool chosen, struct mkt_removals_room *k,
                                   struct mkt_removals_share *out);

/* The same bits from each; the one for this processor. */
mkt_removals_group_fn *mkt_removals_group_fastest(void);

#endif
