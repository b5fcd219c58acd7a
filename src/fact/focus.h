/* Which part of a sheet a question is about: names of facts' metrics, of entities, kinds of finding.
 *
 * Plain data between who reads the question and who tells the answer; nothing is computed from it.
 */
#ifndef MKT_FACT_FOCUS_H
#define MKT_FACT_FOCUS_H

#include <stdbool.h>

#include "fact/fact.h"

#define MKT_FOCUS_METRICS 8
#define MKT_FOCUS_ENTITIES 8

struct mkt_focus_entity {
    const char *scope, *name; /* "channel", "search": as facts have them */
    bool next;                /* what comes after it in the sheet, as the step on from a step */
};

typedef enum { MKT_ORDER_SHEET, MKT_ORDER_MOST, MKT_ORDER_LEAST } mkt_focus_order;

struct mkt_focus {
    /* "roas": asked for, in order. "*_p": the first metric that ends so, whatever is measured;
     * "rate_*": all that open so, "*_lift_*": all that hold it; "*": what is measured itself, whose facts' ids open with their metric ("converted.b") */
    const char *metric[MKT_FOCUS_METRICS];
    size_t metrics;
    struct mkt_focus_entity entity[MKT_FOCUS_ENTITIES]; /* asked about; none: the whole */
    size_t entities;
    const char *scope; /* "channel": each of this kind; with entities of this kind, findings about
                          * others of it, too; NULL for none */
    const char
        *table;  /* a table of shares, whose row of the first entity is told, the largest first;
                          * with two entities a cell of it. NULL for none */
    bool column; /* the column of the entity in place of its row */
    mkt_focus_order order; /* of each of the scope: the first metric alone, so ordered */
    const char *against;   /* "before" or "year_before": the change against it; NULL for none */
    unsigned kinds;        /* bit k: findings of kind k */
    bool verdict;          /* the sheet's verdict is what was asked for */
    const char *opening; /* what the reply opens with: "Of all units, not of “tablet”"; or NULL */
};

#endif
