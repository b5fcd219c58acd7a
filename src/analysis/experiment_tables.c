#include "analysis/experiment_tables.h"

#include "analysis/experiment_facts.h"

struct shown {
    const char *what, *label;
    mkt_unit unit;
};

/* The id when the sheet has such a fact, else NULL. */
static const char *known(const struct mkt_experiment_work *w, const char *id)
{
    const struct mkt_fact *f = id ? mkt_sheet_fact(w->sheet, id) : NULL;
    return f ? f->id : NULL;
}

static mkt_status begin_table(struct mkt_experiment_work *w, const struct shown *shown,
                              size_t columns, size_t rows, struct mkt_table *out,
                              struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    out->columns = columns;
    out->column = MKT_NEW(arena, struct mkt_table_column, columns);
    out->row = MKT_NEW(arena, struct mkt_table_row, rows);
    if (!out->column || !out->row) return mkt_arena_full(arena, err);
    for (size_t c = 0; c < columns; c++)
        out->column[c] = (struct mkt_table_column){shown[c].what, shown[c].label, shown[c].unit};
    for (size_t r = 0; r < rows; r++) {
        out->row[r].fact = MKT_NEW(arena, const char *, columns);
        if (!out->row[r].fact) return mkt_arena_full(arena, err);
    }
    return MKT_OK;
}

static mkt_status add_variant_table(struct mkt_experiment_work *w, struct mkt_err *err)
{
    static const struct shown shown[] = {{"units", "Units", MKT_UNIT_COUNT},
                                         {"share", "Share", MKT_UNIT_SHARE},
                                         {"intended", "Intended share", MKT_UNIT_SHARE}};
    struct mkt_table t = {.id = "variants", .title = "Units by variant", .scope = "variant"};
    MKT_TRY(begin_table(w, shown, 3, w->e->variants, &t, err));
    for (size_t v = 0; v < w->e->variants; v++) {
        struct mkt_table_row *row = &t.row[t.rows++];
        row->label = w->variant[v];
        for (size_t c = 0; c < 3; c++)
            row->fact[c] = known(w, mkt_arena_printf(w->sheet->arena, "variant.%s.%s",
                                                     w->variant_key[v], shown[c].what));
    }
    return mkt_sheet_add_table(w->sheet, &t, err);
}

static mkt_status add_metric_table(struct mkt_experiment_work *w, size_t m, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    mkt_unit unit = mkt_experiment_work_unit(e, m);
    mkt_lift_scale scale = mkt_experiment_lift_at(e, m, e->control == 0)->scale;
    mkt_unit lift = mkt_experiment_work_lift_unit(e, m, scale);
    bool relative = scale == MKT_LIFT_RELATIVE;
    const struct shown shown[] = {
        {"", w->metric[m], unit},
        {"lift", relative ? "Lift" : "Difference", lift},
        {"lift_any_time", relative ? "Lift, at any look" : "Difference, at any look", lift},
        {"p", "p", MKT_UNIT_P},
        {"p_holm", "p among all tests", MKT_UNIT_P},
        {"chance_to_win", "Chance to win", MKT_UNIT_PROBABILITY},
        {"risk", "Risk of shipping", lift},
        {"mde", relative ? "Least lift to be seen" : "Least difference to be seen", lift}};
    size_t columns = mkt_experiment_facts_sound(w) ? sizeof shown / sizeof *shown : 1;
    struct mkt_table t = {.scope = "variant"};
    MKT_EXPERIMENT_TEXT(w, t.id, err, "metric.%s", w->metric_key[m]);
    t.title = w->metric[m];
    MKT_TRY(begin_table(w, shown, columns, e->variants, &t, err));
    for (size_t v = 0; v < e->variants; v++) {
        struct mkt_table_row *row = &t.row[t.rows++];
        row->label = w->variant[v];
        for (size_t c = 0; c < columns; c++)
            row->fact[c] = known(w, mkt_experiment_work_id(w, m, v, shown[c].what));
    }
    return mkt_sheet_add_table(w->sheet, &t, err);
}

mkt_status mkt_experiment_tables_add(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    MKT_TRY(add_variant_table(w, err));
    for (size_t k = 0; k < e->metrics; k++)
        MKT_TRY(add_metric_table(w, k == 0 ? e->goal : k <= e->goal ? k - 1 : k, err));
    return MKT_OK;
}
