#include "analysis/roi_part.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define LISTED 12

/* Lists what there is, for who asked for what is not. */
static mkt_status no_such(struct mkt_arena *arena, const struct mkt_performance *p, int d,
                          const char *name, struct mkt_err *err)
{
    struct mkt_buf list;
    size_t n = p->name_count[d];
    mkt_buf_init(&list, arena);
    for (size_t i = 0; i < n; i++)
        if (mkt_buf_listed(&list, i, n, LISTED)) mkt_buf_printf(&list, "%.60s", p->names[d][i]);
    MKT_TRY(mkt_buf_check(&list, err));
    if (!(p->dimensions >> d & 1U))
        return mkt_err_set(err, MKT_E_ARG, "the data name no %ss, so there is no \"%s\"",
                           mkt_dimension_name[d], name);
    return mkt_err_set(err, MKT_E_ARG, "the data have no %s \"%s\"; they have: %s",
                       mkt_dimension_name[d], name, list.data);
}

static mkt_status find(struct mkt_arena *arena, const struct mkt_performance *p, int d,
                       const char *name, const char **out, struct mkt_err *err)
{
    for (size_t i = 0; i < p->name_count[d]; i++) {
        if (!*p->names[d][i] || !mkt_text_equal_nocase(p->names[d][i], name)) continue;
        *out = p->names[d][i];
        return MKT_OK;
    }
    return no_such(arena, p, d, name, err);
}

mkt_status mkt_roi_part_read(const struct mkt_run *run, const struct mkt_performance *p,
                             struct mkt_roi_part *out, struct mkt_err *err)
{
    struct mkt_buf subject;
    *out = (struct mkt_roi_part){0};
    mkt_buf_init(&subject, run->arena);
    for (int d = 0; d < MKT_DIMENSIONS; d++) {
        const char *name = mkt_args_text(run, mkt_dimension_name[d]);
        if (!name) continue;
        MKT_TRY(find(run->arena, p, d, name, &out->name[d], err));
        mkt_buf_printf(&subject, "%s%s", subject.length ? ", " : "", out->name[d]);
    }
    MKT_TRY(mkt_buf_check(&subject, err));
    if (subject.length) out->subject = subject.data;
    return MKT_OK;
}

static bool belongs(const struct mkt_performance *p, const struct mkt_performance_cell *cell,
                    const struct mkt_roi_part *part)
{
    for (int d = 0; d < MKT_DIMENSIONS; d++)
        if (part->name[d] && p->names[d][cell->name[d]] != part->name[d]) return false;
    return true;
}

mkt_status mkt_roi_part_make(struct mkt_arena *arena, const struct mkt_performance *p,
                             const struct mkt_roi_part *part, struct mkt_performance *out,
                             struct mkt_err *err)
{
    mkt_performance_init(out, arena, p->measures, p->dimensions);
    for (size_t i = 0; i < p->cells; i++) {
        const struct mkt_performance_cell *cell = &p->cell[i];
        struct mkt_performance_row row = {.day = cell->day, .rows = cell->rows};
        if (!belongs(p, cell, part)) continue;
        for (int d = 0; d < MKT_DIMENSIONS; d++) row.name[d] = p->names[d][cell->name[d]];
        memcpy(row.sum, cell->sum, sizeof row.sum);
        MKT_TRY(mkt_performance_add(out, &row, err));
    }
    MKT_TRY(mkt_performance_finish(out, err));
    out->data = p->data; /* a day without a row of this part is a day without spend */
    return MKT_OK;
}
