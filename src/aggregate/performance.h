/* Daily sums of a performance table: what was spent and what came of it, by
 * channel, campaign and segment.
 *
 * Sums are exact: every measure is counted in millionths as an integer, so the
 * order of rows, files and threads cannot change a bit, and merging two halves
 * equals counting at once. This is the first seam: no row passes it.
 */
#ifndef MKT_AGGREGATE_PERFORMANCE_H
#define MKT_AGGREGATE_PERFORMANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"

typedef enum {
    MKT_SPEND,
    MKT_IMPRESSIONS,
    MKT_CLICKS,
    MKT_CONVERSIONS,
    MKT_REVENUE,
    MKT_NEW_CUSTOMERS,
    MKT_MEASURES
} mkt_measure;

extern const char *const mkt_measure_name[MKT_MEASURES]; /* "spend", "impressions", ... */

typedef int64_t mkt_micro; /* millionths of a unit */
#define MKT_MICRO 1000000

typedef enum { MKT_CHANNEL, MKT_CAMPAIGN, MKT_SEGMENT, MKT_DIMENSIONS } mkt_dimension;

extern const char *const mkt_dimension_name[MKT_DIMENSIONS]; /* "channel", ... */

/* The sums of one day for one (channel, campaign, segment). */
struct mkt_performance_row {
    int32_t day;                      /* days since 1970-01-01 */
    const char *name[MKT_DIMENSIONS]; /* "" where the data has no such column */
    mkt_micro sum[MKT_MEASURES];
    int64_t rows; /* rows of data behind it */
};

struct mkt_performance_cell {
    int32_t day;
    uint32_t name[MKT_DIMENSIONS]; /* indices into `names` */
    mkt_micro sum[MKT_MEASURES];
    int64_t rows;
};

struct mkt_performance {
    struct mkt_arena *arena;
    const char **names[MKT_DIMENSIONS]; /* after finish: unique, in byte order */
    size_t name_count[MKT_DIMENSIONS];
    struct mkt_performance_cell *cell; /* after finish: unique keys, by names then day */
    size_t cells;
    unsigned measures;      /* bit m set: the data has measure m */
    unsigned dimensions;    /* bit d set: the data has dimension d */
    struct mkt_period data; /* first and last day; first > last when empty */
    int64_t rows;

    size_t cell_cap, name_cap[MKT_DIMENSIONS];
    uint32_t *lookup[MKT_DIMENSIONS]; /* while adding: see performance.c */
    size_t lookup_size[MKT_DIMENSIONS];
};

void mkt_performance_init(struct mkt_performance *p, struct mkt_arena *arena, unsigned measures,
                          unsigned dimensions);

/* Adds sums; names are copied once each.
 * Errors  MKT_E_NOMEM  the arena is full
 *         MKT_E_LIMIT  a sum passes 9.2e12 units */
MKT_MUST_CHECK mkt_status mkt_performance_add(struct mkt_performance *p,
                                              const struct mkt_performance_row *row,
                                              struct mkt_err *err);

/* Adds all of `from` (finished or not; it stays as it is). Measures and dimensions are united.
 * Errors as mkt_performance_add. */
MKT_MUST_CHECK mkt_status mkt_performance_merge(struct mkt_performance *into,
                                                const struct mkt_performance *from,
                                                struct mkt_err *err);

/* Sorts names and cells and joins equal keys: after it, equal content is equal
 * bytes whatever the order of adding. More may be added later, then finish again.
 * Errors as mkt_performance_add.      Cost  n log n over the cells. */
MKT_MUST_CHECK mkt_status mkt_performance_finish(struct mkt_performance *p, struct mkt_err *err);

static inline bool mkt_performance_has(const struct mkt_performance *p, mkt_measure m)
{
    return p->measures >> m & 1U;
}

#endif
