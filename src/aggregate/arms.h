/* The arms of an experiment as sums: all that its statistics need of the units.
 *
 * For every variant, segment and day of first exposure: the number of units
 * and, for each metric, the sums and the sums of products of up to four
 * variables of a unit,
 *
 *     y  the metric, or the numerator of a ratio      x  y before the experiment (covariate)
 *     d  the denominator of a ratio                   e  d before the experiment
 *
 * Values are whole millionths and products whole millionths of millionths, so
 * sums are exact: the order of rows and threads cannot change a bit, and
 * merging two halves equals counting at once. Means and variances are taken
 * from them without cancellation (mkt_arms_moments_of).
 *
 * A value larger than a metric's `cap` was counted as the cap (winsorised) by
 * whoever made the sums; the cap is kept here so that every answer can state it.
 */
#ifndef MKT_AGGREGATE_ARMS_H
#define MKT_AGGREGATE_ARMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregate/ranks.h"
#include "base/arena.h"
#include "base/date.h"

__extension__ typedef __int128 mkt_arms_wide;

#define MKT_ARMS_MICRO 1e6
#define MKT_ARMS_VARIANTS 64   /* at most */
#define MKT_ARMS_SEGMENTS 1000 /* at most */

typedef enum {
    MKT_ARMS_Y,
    MKT_ARMS_D,
    MKT_ARMS_X,
    MKT_ARMS_E,
    MKT_ARMS_VARIABLES
} mkt_arms_variable;

#define MKT_ARMS_PRODUCTS 10

/* Place of the product of variables i and j. */
static inline int mkt_arms_product(int i, int j)
{
    int a = i < j ? i : j, b = i < j ? j : i;
    return a * (7 - a) / 2 + b;
}

typedef enum {
    MKT_ARMS_MEAN,       /* any number a unit */
    MKT_ARMS_PROPORTION, /* 0 or 1 a unit */
    MKT_ARMS_COUNT,      /* 0, 1, 2, ... a unit */
    MKT_ARMS_RATIO,      /* sum of y over sum of d */
    MKT_ARMS_QUANTILE    /* a quantile of the values of all units: see aggregate/ranks.h */
} mkt_arms_kind;

const char *mkt_arms_kind_name(mkt_arms_kind kind);

struct mkt_arms_metric {
    const char *name;
    mkt_arms_kind kind;
    bool covariate;                /* x is there (and e, for a ratio) */
    double cap;                    /* NAN when not winsorised */
    double most;                   /* largest |y| of a unit, capped; NAN when unknown */
    int64_t capped;                /* units above the cap */
    int64_t missing;               /* units without any value, counted as zero */
    double quantile;               /* QUANTILE: which one, 0..1 */
    const struct mkt_ranks *ranks; /* QUANTILE: [variants], in order of their names */
};

/* How metrics are to be counted, where not as they stand; [metrics], NAN for as it stands. */
struct mkt_arms_treatment {
    double *cap;       /* units above it count as it */
    double *cap_share; /* the cap is this quantile of all units, 0..1, whatever their variant */
    double *quantile;  /* 0..1: the metric is this quantile of its values, not their mean */
};

struct mkt_arms_sums {
    mkt_arms_wide product[MKT_ARMS_PRODUCTS]; /* millionths of millionths */
    int64_t sum[MKT_ARMS_VARIABLES];          /* millionths */
};

struct mkt_arms_cell {
    uint32_t variant, segment;  /* indices into the names */
    int32_t day;                /* days since 1970-01-01; 0 where the data have none */
    int64_t n;                  /* units */
    struct mkt_arms_sums *sums; /* [metrics] */
};

struct mkt_arms {
    struct mkt_arena *arena;
    const struct mkt_arms_metric *metric;
    size_t metrics;
    bool dated, segmented;
    const char *name[2][MKT_ARMS_SEGMENTS]; /* [0] variants, [1] segments; after finish: sorted */
    size_t names[2];
    struct mkt_arms_cell *cell; /* after finish: one a key, by variant, segment, day */
    size_t cells, cell_cap;
    int64_t units;         /* in all cells */
    int64_t multiple;      /* units seen in more than one variant: kept out of all cells */
    int64_t unnamed;       /* rows without unit or variant, kept out */
    int64_t rows;          /* that the units were made of; 0 when unknown */
    const char *respelled; /* variants that were taken for one (mkt_spellings.list), or NULL */
    const char *respelled_segments; /* the same of segments */
    const char *totals;     /* names left out that add up the others, as in "\"Total\"", or NULL */
    const char *no_totals;  /* names called so that add up nothing and are kept, or NULL */
    const char *left_out;   /* columns of numbers that nothing can be made of, or NULL */
    bool more_metrics;      /* the table has more than were read */
    const char *no_segment; /* column of segments that has too many values to be some, or NULL */
    struct mkt_period data; /* first and last day; first > last without days */
};

/* `metric` must outlive the arms. */
void mkt_arms_init(struct mkt_arms *arms, struct mkt_arena *arena,
                   const struct mkt_arms_metric *metric, size_t metrics, bool dated,
                   bool segmented);

/* Adds the sums of n units.   sums [metrics], in arms->metric's order
 *
 * Errors  MKT_E_NOMEM  the arena is full
 *         MKT_E_LIMIT  a sum passes 9.2e12, a sum of products 1.7e26, more than MKT_ARMS_VARIANTS
 *                      variants or MKT_ARMS_SEGMENTS segments */
MKT_MUST_CHECK mkt_status mkt_arms_add(struct mkt_arms *arms, const char *variant,
                                       const char *segment, int32_t day, int64_t n,
                                       const struct mkt_arms_sums *sums, struct mkt_err *err);

/* Adds one unit.   value [metrics][MKT_ARMS_VARIABLES], finite; unused variables 0
 * Errors as mkt_arms_add. */
MKT_MUST_CHECK mkt_status mkt_arms_add_unit(struct mkt_arms *arms, const char *variant,
                                            const char *segment, int32_t day,
                                            const double (*value)[MKT_ARMS_VARIABLES],
                                            struct mkt_err *err);

/* Adds all of `from`, which has the same metrics and stays as it is. Errors as mkt_arms_add. */
MKT_MUST_CHECK mkt_status mkt_arms_merge(struct mkt_arms *into, const struct mkt_arms *from,
                                         struct mkt_err *err);

/* Sorts names and cells and joins equal keys: after it, equal content is equal bytes. More may be
 * added later, then finish again. Errors as mkt_arms_add.    Cost  n log n over the cells. */
MKT_MUST_CHECK mkt_status mkt_arms_finish(struct mkt_arms *arms, struct mkt_err *err);

/* Sets a sum from numbers as people have them: a total, a total of products.
 * False when it is not finite or too large. */
bool mkt_arms_set_sum(struct mkt_arms_sums *sums, mkt_arms_variable i, double total);
bool mkt_arms_set_product(struct mkt_arms_sums *sums, mkt_arms_variable i, mkt_arms_variable j,
                          double total);

/* False, and `into` undefined, when a sum grows too large. */
bool mkt_arms_join(struct mkt_arms_sums *into, const struct mkt_arms_sums *from);

/* What a test is made of. Covariances divide by n - 1; they are 0 when n < 2. */
struct mkt_arms_moments {
    int64_t n;
    double mean[MKT_ARMS_VARIABLES];
    double covariance[MKT_ARMS_VARIABLES][MKT_ARMS_VARIABLES];
};

void mkt_arms_moments_of(int64_t n, const struct mkt_arms_sums *sums, struct mkt_arms_moments *out);

/* Which cells to take together; -1 for every one. */
struct mkt_arms_slice {
    int variant, segment;
    int32_t first, last; /* days; ignored when the data have none */
    int weekday;         /* 0 Monday .. 6 Sunday, -1 for every one */
};

/* Sums of a metric over the cells of a slice.
 * Errors  MKT_E_LIMIT  a sum grows too large */
MKT_MUST_CHECK mkt_status mkt_arms_collect(const struct mkt_arms *arms,
                                           const struct mkt_arms_slice *slice, size_t metric,
                                           struct mkt_arms_moments *out, struct mkt_err *err);

/* The days of the experiment: from the first to the last, but for those that are more than a month
 * from all others and hold at most one unit, and one in a thousand, at either end (a clock was wrong).
 *
 *   strays  units on such days
 * Of finished arms. Checked  tests/aggregate/arms_test.c */
struct mkt_period mkt_arms_span(const struct mkt_arms *arms, int64_t *strays);

static inline struct mkt_arms_slice mkt_arms_whole(int variant)
{
    return (struct mkt_arms_slice){variant, -1, INT32_MIN, INT32_MAX, -1};
}

#endif
