#include "source/spelling.h"

#include <string.h>

#include "aggregate/spellings.h"

/* Fills keep[at] with the spelling of each name; how many names go. */
static mkt_status find(struct mkt_caveats *cs, const struct mkt_performance *p, mkt_dimension d,
                       const char **keep, size_t *gone, struct mkt_err *err)
{
    size_t n = p->name_count[d];
    struct mkt_spellings s;
    int64_t *rows = MKT_NEW(cs->arena, int64_t, n + 1);
    if (!rows) return mkt_arena_full(cs->arena, err);
    for (size_t i = 0; i < p->cells; i++) rows[p->cell[i].name[d]] += p->cell[i].rows;
    MKT_TRY(mkt_spellings_find(cs->arena, p->names[d], rows, n, &s, err));
    for (size_t i = 0; i < n; i++) keep[i] = p->names[d][s.kept[i]];
    *gone = s.gone;
    if (!s.gone) return MKT_OK;
    return mkt_caveats_add(cs, "names_merged", MKT_CAVEAT_WARN, err,
                           "names of %ss that " MKT_SPELLINGS_DIFFER " are taken for one: %s",
                           mkt_dimension_name[d], s.list);
}

mkt_status mkt_spelling_merge(struct mkt_caveats *caveats, struct mkt_performance *performance,
                              unsigned ids, struct mkt_err *err)
{
    const struct mkt_performance *p = performance;
    const char **keep[MKT_DIMENSIONS];
    size_t all = 0;
    for (int d = 0; d < MKT_DIMENSIONS; d++) {
        size_t gone = 0;
        keep[d] = MKT_NEW(caveats->arena, const char *, p->name_count[d] + 1);
        if (!keep[d]) return mkt_arena_full(caveats->arena, err);
        for (size_t i = 0; i < p->name_count[d]; i++) keep[d][i] = p->names[d][i];
        if (!(ids >> d & 1U)) MKT_TRY(find(caveats, p, (mkt_dimension)d, keep[d], &gone, err));
        all += gone;
    }
    if (!all) return MKT_OK;
    struct mkt_performance merged;
    mkt_performance_init(&merged, p->arena, p->measures, p->dimensions);
    for (size_t i = 0; i < p->cells; i++) {
        const struct mkt_performance_cell *c = &p->cell[i];
        struct mkt_performance_row row = {.day = c->day, .rows = c->rows};
        for (int d = 0; d < MKT_DIMENSIONS; d++) row.name[d] = keep[d][c->name[d]];
        memcpy(row.sum, c->sum, sizeof row.sum);
        MKT_TRY(mkt_performance_add(&merged, &row, err));
    }
    MKT_TRY(mkt_performance_finish(&merged, err));
    *performance = merged;
    return MKT_OK;
}
