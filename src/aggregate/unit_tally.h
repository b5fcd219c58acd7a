/* Units to arms: each unit's values, capped where that is asked for, into the sums of its variant,
 * segment and day.
 *
 * One tally a thread; they are put together before sums are held against what
 * fits, so neither threads nor order can decide about that.
 */
#ifndef MKT_AGGREGATE_UNIT_TALLY_H
#define MKT_AGGREGATE_UNIT_TALLY_H

#include "aggregate/arms.h"
#include "aggregate/units.h"

#define MKT_UNIT_TALLY_NOWHERE SIZE_MAX

/* Where a metric's variables stand among a unit's values. */
struct mkt_unit_tally_metric {
    size_t at[MKT_ARMS_VARIABLES];  /* or NOWHERE */
    bool whole[MKT_ARMS_VARIABLES]; /* whole numbers, else millionths */
    double cap;                     /* of y and x; NAN for none */
};

/* What all units show of a metric. */
struct mkt_unit_tally_range {
    int64_t least, most; /* y, millionths; least > most without units */
    int64_t missing;     /* units without any y, counted as zero */
    int64_t capped;      /* units above the cap */
};

struct mkt_unit_tally {
    struct mkt_arena *arena;
    const struct mkt_unit_tally_metric *metric;
    size_t metrics;
    struct mkt_unit_tally_range *range; /* [metrics] */
    int64_t multiple;                   /* units of several variants: in no sum */
    struct mkt_unit_tally_cell *cell;   /* [cells] */
    char *sums;                         /* [cells][metrics] */
    size_t cells, cell_cap;
    uint32_t *slot; /* [slots] 1 + place, probed linearly; 0 is free */
    size_t slots;
};

/*   metric  [metrics] outlives the tally
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_unit_tally_init(struct mkt_unit_tally *tally, struct mkt_arena *arena,
                                              const struct mkt_unit_tally_metric *metric,
                                              size_t metrics, struct mkt_err *err);

/* y of a unit as it stands, whole numbers or millionths, 0 where it is missing. */
int64_t mkt_unit_tally_y(const struct mkt_unit_tally_metric *metric, const struct mkt_unit *unit);

/* Adds a unit.
 * Errors  MKT_E_NOMEM  the arena is full
 *         MKT_E_LIMIT  a unit's value passes 9.2e12, a sum of products 1.7e26 */
MKT_MUST_CHECK mkt_status mkt_unit_tally_add(struct mkt_unit_tally *tally,
                                             const struct mkt_unit *unit, struct mkt_err *err);

/* Adds all of `from`, which has the same metrics. Errors  as mkt_unit_tally_add */
MKT_MUST_CHECK mkt_status mkt_unit_tally_merge(struct mkt_unit_tally *into,
                                               const struct mkt_unit_tally *from,
                                               struct mkt_err *err);

/* The sums, to be added to arms; `name` [2] gives the names of variants and of segments.
 * Errors   as mkt_arms_add
 * Checked  tests/aggregate/units_test.c */
MKT_MUST_CHECK mkt_status mkt_unit_tally_give(const struct mkt_unit_tally *tally,
                                              const char *const *const name[2],
                                              struct mkt_arms *arms, struct mkt_err *err);

#endif
