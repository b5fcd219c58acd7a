/* What the parts of mkt_when_find share. Private to src/plan/when.c and when_relative.c. */
#ifndef MKT_PLAN_WHEN_FINDER_H
#define MKT_PLAN_WHEN_FINDER_H

#include "plan/when.h"

struct mkt_when_finder {
    struct mkt_arena *arena;
    struct mkt_fold *fold;
    size_t end;
    const struct mkt_known *known;
};

static inline bool mkt_when_finder_has_data(const struct mkt_when_finder *f)
{
    return f->known->data.first <= f->known->data.last;
}

static inline bool mkt_when_finder_overlap(struct mkt_period a, struct mkt_period b)
{
    return a.first <= b.last && b.first <= a.last;
}

static inline int32_t mkt_when_finder_last_day(const struct mkt_when_finder *f)
{
    return mkt_when_finder_has_data(f) ? f->known->data.last : f->known->today - 1;
}

/* Both set a text of the span in the arena.                           Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_when_finder_set_text(const struct mkt_when_finder *finder,
                                                   struct mkt_when_span *span, struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_when_finder_set_how(const struct mkt_when_finder *finder,
                                                  const char **out, struct mkt_err *err,
                                                  const char *text);

/* when_relative.c: a period told by how long ago it was, at the token `at`: "last quarter", "last 30
 * days", "year to date", "next month". span->to stays `at` where there is none.
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_when_finder_relative(const struct mkt_when_finder *finder, size_t at,
                                                   struct mkt_when_span *span, struct mkt_err *err);

#endif
