/* The equations of a chain that remembers, solved: what contexts_fit.c finds and contexts_spread.c
 * tells the spread from. Private to src/model/contexts*.c. */
#ifndef MKT_MODEL_CONTEXTS_SOLVER_H
#define MKT_MODEL_CONTEXTS_SOLVER_H

#include "model/contexts.h"

#define MKT_CONTEXTS_LANE 8    /* chains solved together: all channels, or all but one */
#define MKT_CONTEXTS_SIDE 16   /* paths walked side by side */
#define MKT_CONTEXTS_SHARES 64 /* of the paths, whatever the threads */

/* Edges that lead to states, grouped by one of their ends. */
struct mkt_contexts_web {
    size_t *start;   /* [states + 1] */
    uint32_t *other; /* [links] */
    double *p;
    uint8_t *met; /* [links][blocks] as in the chain */
};

/* Lane 0 has all channels, lane k + 1 is without channel k; what is over repeats lane 0. */
struct mkt_contexts_solver {
    const struct mkt_contexts *c;
    size_t blocks;               /* of LANE lanes */
    size_t rows;                 /* states and the two ends */
    struct mkt_contexts_web out; /* by the state they come from; to conversions, too */
    struct mkt_contexts_web in;  /* by the state they lead to */
    bool leads_back; /* whether there is a link to a state before, or to itself on a detour */
    double *keep;    /* [256][LANE] 0 in the lanes that a byte of met cuts, else 1 */
    double *stay;    /* [states] probability of a state to follow itself */
    double *convert; /* [states] to convert next */
    double *f;       /* [blocks][rows][LANE] probability to convert from there; of the ends: 1, 0 */
    double *visits;  /* [blocks][rows][LANE] expected visits of a journey */
    int *sweeps;     /* [2 blocks] that each took; 0: it did not settle */
    double sum;      /* of all removals */
    struct mkt_contexts_lanes {
        double *conversion, *removal, *share; /* [blocks LANE] of the start; of all removals */
    } known;
    double *variance; /* [SHARES][blocks LANE] */
    struct mkt_contexts_room {
        double *d;             /* [SIDE][blocks LANE] */
        double *end, *removal; /* [blocks LANE] */
    } room[MKT_TASKS_THREADS];
};

static inline const double *mkt_contexts_solver_lanes(const struct mkt_contexts_solver *s,
                                                      const double *x, size_t block, size_t state)
{
    return x + (block * s->rows + state) * MKT_CONTEXTS_LANE;
}

#endif
