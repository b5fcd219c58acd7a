/* What the parts of the direct reply share. Private to src/narrate/direct*.c. */
#ifndef MKT_NARRATE_DIRECT_WORK_H
#define MKT_NARRATE_DIRECT_WORK_H

#include <string.h>

#include "narrate/direct.h"
#include "narrate/teller.h"

#define MKT_DIRECT_CITES 48

struct mkt_direct_work {
    const struct mkt_answer *answer;
    const struct mkt_focus *focus;
    struct mkt_teller t;
    const char *cite[MKT_DIRECT_CITES];
    size_t cites;
};

/* Adds an id to those that the reply rests on, each once. */
static inline void mkt_direct_work_cite(struct mkt_direct_work *r, const char *id)
{
    for (size_t i = 0; i < r->cites; i++)
        if (strcmp(r->cite[i], id) == 0) return;
    if (r->cites < MKT_DIRECT_CITES) r->cite[r->cites++] = id;
}

/* Whether parts of an experiment are asked about. */
static inline bool mkt_direct_work_by_segment(const struct mkt_focus *f)
{
    return f->scope && strcmp(f->scope, "segment") == 0;
}

/* direct_figures.c: the figures that the focus asks for. */
void mkt_direct_work_figures(struct mkt_direct_work *r, bool after_verdict);

/* direct_row.c: a row of the focus' table, a cell of it, or a column. */
void mkt_direct_work_row(struct mkt_direct_work *r);

#endif
