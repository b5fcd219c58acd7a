/* Paths: which channels people met, in which order, and what came of it; each path once.
 *
 * Counts are exact whole numbers (value in millionths), so rows may come in
 * any order, and two halves merged equal the whole. After mkt_paths_finish
 * equal content is equal bytes.
 */
#ifndef MKT_AGGREGATE_PATHS_H
#define MKT_AGGREGATE_PATHS_H

#include "aggregate/names.h"
#include "aggregate/performance.h"

/* What came of journeys along one path. */
struct mkt_path_counts {
    int64_t conversions; /* journeys that ended in a conversion */
    int64_t nulls;       /* journeys that ended without */
    mkt_micro value;     /* of the conversions together */
    int64_t lag;         /* seconds from first touch to conversion, of all conversions together */
};

struct mkt_path {
    uint64_t hash;
    size_t start; /* its channels are step[start .. start + steps) */
    size_t steps; /* at least 1 */
    struct mkt_path_counts counts;
};

/* What some paths come to together. */
struct mkt_path_extent {
    size_t longest;    /* steps of the longest */
    size_t converting; /* paths along which some journey converted */
    double touches;    /* of all conversions */
};

struct mkt_paths {
    struct mkt_arena *arena;
    struct mkt_names channel; /* after finish in byte order */
    uint32_t *step;           /* numbers of channels */
    size_t steps, step_cap;
    struct mkt_path *path; /* after finish in a fixed order */
    size_t paths, path_cap;
    struct mkt_path_extent extent; /* after finish */
    struct mkt_path_counts total;
    struct mkt_path_counts untouched; /* conversions that no touch led to: outside the total */
    uint32_t *slot;                   /* 1 + place in path, probed linearly */
    size_t slots;
};

void mkt_paths_init(struct mkt_paths *paths, struct mkt_arena *arena);

/* Adds journeys along one path.   step [steps]: numbers from paths->channel; steps >= 1
 * Errors  MKT_E_NOMEM  the arena is full
 *         MKT_E_LIMIT  a sum passes 9.2e18 (value: 9.2e12) */
MKT_MUST_CHECK mkt_status mkt_paths_add(struct mkt_paths *paths, const uint32_t *step, size_t steps,
                                        const struct mkt_path_counts *counts, struct mkt_err *err);

/* Adds journeys along a path written out: "a > b > c". Blanks around names fall away.
 * Errors  MKT_E_DATA   no channel between two separators (the sentence quotes the path)
 *         and those of mkt_paths_add */
MKT_MUST_CHECK mkt_status mkt_paths_add_text(struct mkt_paths *paths, const char *text,
                                             size_t length, char separator,
                                             const struct mkt_path_counts *counts,
                                             struct mkt_err *err);

/* The next channel of a path written out, between `at` and `end`, without the blanks around it;
 * length 0 where there is none. Returns where the one after it begins, NULL after the last. */
const char *mkt_paths_next(const char *at, const char *end, char separator, const char **name,
                           size_t *length);

/* Adds all of `from`, which stays as it is. Errors as mkt_paths_add. */
MKT_MUST_CHECK mkt_status mkt_paths_merge(struct mkt_paths *into, const struct mkt_paths *from,
                                          struct mkt_err *err);

/* Numbers the channels by name and sorts the paths. More may be added later, then finish again.
 * Errors  MKT_E_NOMEM  the arena is full      Cost  linear */
MKT_MUST_CHECK mkt_status mkt_paths_finish(struct mkt_paths *paths, struct mkt_err *err);

/* What paths are looked up and ordered by. */
uint64_t mkt_paths_hash(const uint32_t *step, size_t steps);

/* Adds `from`; `into` stays as it is on failure.
 * Errors  MKT_E_LIMIT  a sum passes 9.2e18 (value: 9.2e12) */
MKT_MUST_CHECK mkt_status mkt_path_counts_join(struct mkt_path_counts *into,
                                               const struct mkt_path_counts *from,
                                               struct mkt_err *err);

static inline void mkt_path_extent_add(struct mkt_path_extent *extent, const struct mkt_path *path)
{
    if (path->steps > extent->longest) extent->longest = path->steps;
    extent->converting += path->counts.conversions > 0;
    extent->touches += (double)path->counts.conversions * (double)path->steps;
}

static inline void mkt_path_extent_join(struct mkt_path_extent *into,
                                        const struct mkt_path_extent *from)
{
    if (from->longest > into->longest) into->longest = from->longest;
    into->converting += from->converting;
    into->touches += from->touches;
}

static inline const uint32_t *mkt_paths_steps(const struct mkt_paths *paths,
                                              const struct mkt_path *path)
{
    return paths->step + path->start;
}

#endif
