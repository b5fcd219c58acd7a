/* Analyses that marketing has and this program does not have yet, and the words they are asked with.
 *
 * An analysis has as many rows as there are things near to it that are here.
 * A question for one of them is told so, and never answered by another that sounds like it. A row
 * is silent as soon as the table of analyses has one of its name; where that row has no words of
 * its own, it is known by these.
 */
#ifndef MKT_PLAN_ABSENT_H
#define MKT_PLAN_ABSENT_H

#include "analysis/analysis.h"

struct mkt_absent {
    const char *name;    /* "clv" */
    const char *what;    /* "what each customer will be worth" */
    const char *phrases; /* as in analysis/topics.h, OWN */
    const char *instead; /* analysis that says something near to it, or NULL */
    const char *tells;   /* what of that */
    const char *says;    /* a clause: what that says */
};

#define MKT_ABSENT_COUNT 16
extern const struct mkt_absent mkt_absent_table[MKT_ABSENT_COUNT];

#endif
