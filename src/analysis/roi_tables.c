#include "analysis/roi_tables.h"

#include <math.h>

#include "analysis/roi_facts.h"
#include "base/text.h"

/* Columns in the order of a reader's questions; those that no row has are left out. */
static const int columns[] = {
    MKT_SPEND,         MKT_SPEND_SHARE, MKT_REVENUE, MKT_REVENUE_SHARE, MKT_ROAS,
    MKT_ROI_ON_MARGIN, MKT_CONVERSIONS, MKT_CPA,     MKT_NEW_CUSTOMERS, MKT_CAC,
    MKT_AOV,           MKT_CLICKS,      MKT_CPC,     MKT_CTR,           MKT_CONVERSION_RATE,
    MKT_IMPRESSIONS,   MKT_CPM};
#define COLUMNS (sizeof columns / sizeof *columns)

static bool in_any(const struct mkt_roi_work *w, size_t from, size_t to, int metric)
{
    for (size_t e = from; e < to; e++)
        if (!isnan(w->returns.entity[e].metric[metric].value)) return true;
    return false;
}

static mkt_status add_table(struct mkt_roi_work *w, const char *id, const char *title, size_t from,
                            size_t to, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    if (from == to) return MKT_OK;
    mkt_slice_kind kind = w->returns.entity[from].kind;
    struct mkt_table table = {.id = id,
                              .title = title,
                              .scope = mkt_roi_facts_scope(kind),
                              .column = MKT_NEW(arena, struct mkt_table_column, COLUMNS),
                              .row = MKT_NEW(arena, struct mkt_table_row, to - from),
                              .rows = to - from};
    if (!table.column || !table.row) return mkt_arena_full(arena, err);
    int shown[COLUMNS];
    for (size_t c = 0; c < COLUMNS; c++) {
        if (!in_any(w, from, to, columns[c])) continue;
        shown[table.columns] = columns[c];
        table.column[table.columns++] = (struct mkt_table_column){mkt_roi_facts_metric(columns[c]),
                                                                  mkt_roi_facts_label(columns[c]),
                                                                  mkt_roi_facts_unit(columns[c])};
    }
    for (size_t r = 0; r < table.rows; r++) {
        table.row[r].label = w->entity[from + r].name;
        table.row[r].fact = MKT_NEW(arena, const char *, table.columns);
        if (!table.row[r].fact) return mkt_arena_full(arena, err);
        for (size_t c = 0; c < table.columns; c++) {
            bool known = !isnan(w->returns.entity[from + r].metric[shown[c]].value);
            table.row[r].fact[c] = mkt_roi_facts_id(w, from + r, shown[c]);
            if (known && !table.row[r].fact[c]) return mkt_arena_full(arena, err);
        }
    }
    size_t left = w->returns.left_out[kind];
    if (left)
        MKT_ROI_TEXT(w, table.note, err, "the %s largest of %s by spend", MKT_COUNT(table.rows),
                     MKT_COUNT(table.rows + left));
    return mkt_sheet_add_table(w->sheet, &table, err);
}

mkt_status mkt_roi_tables_add(struct mkt_roi_work *w, struct mkt_err *err)
{
    const struct mkt_returns *r = &w->returns;
    MKT_TRY(add_table(w, "channels", "Channels", r->channel, r->segment, err));
    MKT_TRY(add_table(w, "segments", "Segments", r->segment, r->campaign, err));
    return add_table(w, "campaigns", "Campaigns", r->campaign, r->entities, err);
}
