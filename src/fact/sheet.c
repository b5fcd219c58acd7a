#include "fact/sheet.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"

const char *mkt_unit_name(mkt_unit unit)
{
    static const char *const names[] = {"count",   "money",       "ratio",  "share",
                                        "change",  "probability", "days",   "index",
                                        "seconds", "points",      "p_value"};
    return names[unit];
}

const char *mkt_finding_kind_name(mkt_finding_kind kind)
{
    static const char *const names[] = {"compare",    "change", "imbalance", "saturated",
                                        "break_even", "pace",   "action"};
    return names[kind];
}

const char *mkt_answer_status_name(mkt_answer_status status)
{
    static const char *const names[] = {"ok", "limited", "insufficient"};
    return names[status];
}

const char *mkt_chart_kind_name(mkt_chart_kind kind)
{
    static const char *const names[] = {"time", "pairs", "interval", "matrix", "flow", "steps"};
    return names[kind];
}

void mkt_sheet_init(struct mkt_sheet *sheet, struct mkt_arena *arena)
{
    *sheet = (struct mkt_sheet){.arena = arena, .confidence = NAN};
}

/* index[] holds 1 + the fact's place, probed linearly; 0 is free. It is kept at most half full. */
static uint32_t *slot_of(const struct mkt_sheet *sheet, const char *id)
{
    size_t mask = sheet->index_size - 1;
    size_t i = (size_t)mkt_hash_text(id) & mask;
    while (sheet->index[i] && strcmp(sheet->fact[sheet->index[i] - 1].id, id) != 0)
        i = (i + 1) & mask;
    return &sheet->index[i];
}

static mkt_status widen_index(struct mkt_sheet *sheet, struct mkt_err *err)
{
    if (2 * (sheet->facts + 1) <= sheet->index_size) return MKT_OK;
    size_t size = sheet->index_size ? 2 * sheet->index_size : 64;
    uint32_t *index = MKT_NEW(sheet->arena, uint32_t, size);
    if (!index) return mkt_arena_full(sheet->arena, err);
    sheet->index = index;
    sheet->index_size = size;
    for (size_t i = 0; i < sheet->facts; i++) *slot_of(sheet, sheet->fact[i].id) = (uint32_t)i + 1;
    return MKT_OK;
}

static mkt_status check_fact(const struct mkt_fact *f, struct mkt_err *err)
{
    if (!isfinite(f->value))
        return mkt_err_set(err, MKT_E_INTERNAL, "the fact %s has no finite value", f->id);
    bool none = isnan(f->low) && isnan(f->high);
    if (none && !f->why)
        return mkt_err_set(err, MKT_E_INTERNAL, "the fact %s has no interval and does not say why",
                           f->id);
    if (!none && !(f->low <= f->value && f->value <= f->high && f->level > 0 && f->level < 1))
        return mkt_err_set(err, MKT_E_INTERNAL, "the interval of the fact %s does not hold it",
                           f->id);
    return MKT_OK;
}

mkt_status mkt_sheet_add_fact(struct mkt_sheet *sheet, const struct mkt_fact *fact,
                              struct mkt_err *err)
{
    MKT_TRY(check_fact(fact, err));
    MKT_TRY(widen_index(sheet, err));
    uint32_t *slot = slot_of(sheet, fact->id);
    if (*slot) return mkt_err_set(err, MKT_E_INTERNAL, "the fact %s stands twice", fact->id);
    struct mkt_fact *f =
        mkt_arena_push(sheet->arena, &sheet->fact, &sheet->facts, &sheet->fact_cap, sizeof *f);
    if (!f) return mkt_arena_full(sheet->arena, err);
    *f = *fact;
    *slot = (uint32_t)sheet->facts;
    return MKT_OK;
}

/* The four plain lists differ only in their element. */
#define ADD(list, count, cap, item)                                                                \
    do {                                                                                           \
        void *place = mkt_arena_push(sheet->arena, &sheet->list, &sheet->count, &sheet->cap,       \
                                     sizeof *(item));                                              \
        if (!place) return mkt_arena_full(sheet->arena, err);                                      \
        memcpy(place, (item), sizeof *(item));                                                     \
        return MKT_OK;                                                                             \
    } while (0)

mkt_status mkt_sheet_add_finding(struct mkt_sheet *sheet, const struct mkt_finding *finding,
                                 struct mkt_err *err)
{
    ADD(finding, findings, finding_cap, finding);
}

mkt_status mkt_sheet_add_caveat(struct mkt_sheet *sheet, const struct mkt_caveat *caveat,
                                struct mkt_err *err)
{
    ADD(caveat, caveats, caveat_cap, caveat);
}

mkt_status mkt_sheet_say(struct mkt_sheet *sheet, const char *id, mkt_caveat_weight weight,
                         const char *text, struct mkt_err *err)
{
    const struct mkt_caveat caveat = {id, text, weight};
    if (!id || !text) return mkt_arena_full(sheet->arena, err);
    return mkt_sheet_add_caveat(sheet, &caveat, err);
}

mkt_status mkt_sheet_add_table(struct mkt_sheet *sheet, const struct mkt_table *table,
                               struct mkt_err *err)
{
    ADD(table, tables, table_cap, table);
}

mkt_status mkt_sheet_add_chart(struct mkt_sheet *sheet, const struct mkt_chart *chart,
                               struct mkt_err *err)
{
    for (size_t i = 0; i < chart->flows; i++) {
        const struct mkt_flow *f = &chart->flow[i];
        if (!(f->from < f->to && f->to < chart->points && f->value > 0 && isfinite(f->value)))
            return mkt_err_set(err, MKT_E_INTERNAL, "the flow %zu of the chart %s leads nowhere", i,
                               chart->id);
    }
    ADD(chart, charts, chart_cap, chart);
}

mkt_status mkt_sheet_add_missing(struct mkt_sheet *sheet, const char *sentence, struct mkt_err *err)
{
    ADD(missing, missings, missing_cap, &sentence);
}

const struct mkt_fact *mkt_sheet_fact(const struct mkt_sheet *sheet, const char *id)
{
    if (!sheet->index_size || !id) return NULL;
    uint32_t place = *slot_of(sheet, id);
    return place ? &sheet->fact[place - 1] : NULL;
}

const struct mkt_finding *mkt_sheet_finding(const struct mkt_sheet *sheet, const char *id)
{
    for (size_t i = 0; id && i < sheet->findings; i++)
        if (strcmp(sheet->finding[i].id, id) == 0) return &sheet->finding[i];
    return NULL;
}
