#include "source/spelling.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define SHOWN 3 /* names whose spellings are listed */

struct name {
    const char *text;
    size_t at; /* in the names of the dimension */
    int64_t rows;
};

static int fold(char c)
{
    return (unsigned char)mkt_text_small(c);
}

static int compare_folded(const char *a, const char *b)
{
    while (*a && fold(*a) == fold(*b)) a++, b++;
    return fold(*a) - fold(*b);
}

/* Names that are one stand side by side, the spelling to keep first. */
static int by_name(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order = compare_folded(a->text, b->text);
    if (order) return order;
    if (a->rows != b->rows) return a->rows > b->rows ? -1 : 1;
    return strcmp(a->text, b->text);
}

/* Fills keep[at] with the spelling of each name; how many names go. */
static mkt_status find(struct mkt_caveats *cs, const struct mkt_performance *p, mkt_dimension d,
                       const char **keep, size_t *gone, struct mkt_err *err)
{
    size_t n = p->name_count[d], groups = 0;
    struct name *name = MKT_NEW(cs->arena, struct name, n + 1);
    struct mkt_buf list;
    if (!name) return mkt_arena_full(cs->arena, err);
    *gone = 0;
    for (size_t i = 0; i < n; i++) name[i] = (struct name){.text = p->names[d][i], .at = i};
    for (size_t i = 0; i < p->cells; i++) name[p->cell[i].name[d]].rows += p->cell[i].rows;
    qsort(name, n, sizeof *name, by_name);
    mkt_buf_init(&list, cs->arena);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && compare_folded(name[i].text, name[end].text) == 0; end++)
            keep[name[end].at] = name[i].text;
        if (end == i + 1) continue;
        *gone += end - i - 1;
        if (groups++ >= SHOWN) continue;
        mkt_buf_printf(&list, "%s\"%s\" (also", groups > 1 ? "; " : "", name[i].text);
        for (size_t k = i + 1; k < end; k++)
            mkt_buf_printf(&list, "%s \"%s\"", k > i + 1 ? "," : "", name[k].text);
        mkt_buf_char(&list, ')');
    }
    if (groups > SHOWN) mkt_buf_printf(&list, "; and %zu more", groups - SHOWN);
    if (!*gone) return MKT_OK;
    MKT_TRY(mkt_buf_check(&list, err));
    return mkt_caveats_add(cs, "names_merged", MKT_CAVEAT_WARN, err,
                           "names of %ss that differ only in case are taken for one: %s",
                           mkt_dimension_name[d], list.data);
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
