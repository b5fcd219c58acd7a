/* Periods in the words of a question: "Q4", "last quarter", "between March and May 2025".
 *
 * Whatever the words leave open is settled by the days of the data, and said: the year of "Q4" is
 * the last one that the data hold; "last month" counts from the data's last day unless today's
 * reading lies in the data as well, and then both are readings to choose from.
 *
 * The same file tells "than last year" and "month on month" from periods: these ask for a change.
 */
#ifndef MKT_PLAN_WHEN_H
#define MKT_PLAN_WHEN_H

#include "plan/fold.h"
#include "plan/known.h"

struct mkt_when_span {
    struct mkt_period period;
    const char *text;  /* as mkt_period_parse takes it: "2025-Q4", "last-30" */
    size_t from, to;   /* tokens */
    const char *how;   /* why this period: a clause; NULL when the words say it all */
    const char *other; /* another reading as a parameter, NULL for none; `other_how` says which */
    const char *other_how;
    const char *wrong; /* no such period: a sentence; the rest is not set */
    bool ahead;        /* "next quarter": not a period of the data */
};

#define MKT_WHEN_SPANS 8 /* at most, in one question; of more the first are taken */

struct mkt_when {
    struct mkt_when_span span[MKT_WHEN_SPANS];
    size_t count;
    const char *against; /* "before" or "year_before": a change was asked for; or NULL */
};

/* Finds the periods of tokens [at, end) and marks their tokens as taken.
 * Errors  MKT_E_NOMEM  the arena is full
 * Checked tests/plan/when_test.c */
MKT_MUST_CHECK mkt_status mkt_when_find(struct mkt_arena *arena, struct mkt_fold *fold, size_t at,
                                        size_t end, const struct mkt_known *known,
                                        struct mkt_when *out, struct mkt_err *err);

/* "2025-Q4", "2025-11", "2025" for whole ones, else "2025-10-01..2025-12-15"; NULL: arena full. */
const char *mkt_when_text(struct mkt_arena *arena, struct mkt_period period);

#endif
