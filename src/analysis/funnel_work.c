#include "analysis/funnel_work.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

mkt_status mkt_funnel_work_add(struct mkt_funnel_work *w, const struct mkt_funnel_figure *x,
                               struct mkt_err *err)
{
    bool has = isfinite(x->low) && isfinite(x->high);
    if (!x->id || !x->label || !x->metric) return mkt_arena_full(w->sheet->arena, err);
    if (!isfinite(x->value)) return MKT_OK;
    struct mkt_fact fact = {.id = x->id,
                            .label = x->label,
                            .scope = x->scope,
                            .entity = x->entity,
                            .metric = x->metric,
                            .value = x->value,
                            .unit = x->unit,
                            .low = has ? fmin(x->low, x->value) : NAN,
                            .high = has ? fmax(x->high, x->value) : NAN,
                            .level = has ? MKT_FUNNEL_LEVEL : 0,
                            .interval = has ? x->interval : "none",
                            .why = has      ? NULL
                                   : x->why ? x->why
                                            : "there are too few for an interval",
                            .n = (int64_t)x->n,
                            .n_of = x->n_of ? x->n_of : w->units,
                            .method = "funnel"};
    return mkt_sheet_add_fact(w->sheet, &fact, err);
}

mkt_status mkt_funnel_work_key(struct mkt_funnel_work *w, const char *name, const char *const *used,
                               size_t n, const char **out, struct mkt_err *err)
{
    static const char *const reserved[] = {"total", "segment",   "cohort", "trend",
                                           "steps", "retention", "next",   "test"};
    const char *slug = mkt_text_slug(w->sheet->arena, name, 60), *key = slug;
    if (!slug) return mkt_arena_full(w->sheet->arena, err);
    for (int k = 2;; k++) {
        bool taken = false;
        for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
            taken = taken || strcmp(key, reserved[i]) == 0;
        for (size_t i = 0; i < n; i++) taken = taken || strcmp(key, used[i]) == 0;
        if (!taken) break;
        MKT_FUNNEL_TEXT(w, key, err, "%s_%d", slug, k);
    }
    *out = key;
    return MKT_OK;
}

static mkt_status cell_of(struct mkt_funnel_work *w, const char *row, const char *metric,
                          const char **out, struct mkt_err *err)
{
    const char *id;
    MKT_FUNNEL_TEXT(w, id, err, "%s.%s", row, metric);
    *out = mkt_sheet_fact(w->sheet, id) ? id : NULL;
    return MKT_OK;
}

mkt_status mkt_funnel_work_table(struct mkt_funnel_work *w, const struct mkt_funnel_table *from,
                                 struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    struct mkt_table t = {.id = from->id,
                          .title = from->title,
                          .scope = from->scope,
                          .note = from->note,
                          .column = MKT_NEW(arena, struct mkt_table_column, from->columns),
                          .row = MKT_NEW(arena, struct mkt_table_row, from->rows)};
    size_t *place = MKT_NEW(arena, size_t, from->columns);
    if (!t.column || !t.row || !place) return mkt_arena_full(arena, err);
    for (size_t c = 0; c < from->columns; c++) {
        const char *cell = NULL;
        for (size_t r = 0; r < from->rows && !cell; r++)
            MKT_TRY(cell_of(w, from->row_id[r], from->column[c].metric, &cell, err));
        if (!cell) continue;
        place[t.columns] = c;
        t.column[t.columns++] = from->column[c];
    }
    for (size_t r = 0; r < from->rows; r++) {
        struct mkt_table_row *row = &t.row[t.rows];
        bool some = false;
        row->label = from->row_label[r];
        row->fact = MKT_NEW(arena, const char *, t.columns + 1);
        if (!row->fact) return mkt_arena_full(arena, err);
        for (size_t c = 0; c < t.columns; c++) {
            MKT_TRY(cell_of(w, from->row_id[r], t.column[c].metric, &row->fact[c], err));
            some = some || row->fact[c];
        }
        t.rows += some;
    }
    return t.rows ? mkt_sheet_add_table(w->sheet, &t, err) : MKT_OK;
}

mkt_status mkt_funnel_work_chart(struct mkt_funnel_work *w, struct mkt_chart *chart, size_t points,
                                 size_t series, bool bands, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    chart->x = MKT_NEW(arena, const char *, points);
    chart->series = MKT_NEW(arena, struct mkt_series, series);
    if (!chart->x || !chart->series) return mkt_arena_full(arena, err);
    chart->points = points;
    chart->count = series;
    chart->reference = NAN;
    for (size_t s = 0; s < series; s++) {
        double **room[] = {&chart->series[s].value, &chart->series[s].low, &chart->series[s].high};
        for (size_t k = 0; k < (bands ? 3 : 1); k++) {
            if (!(*room[k] = MKT_NEW(arena, double, points))) return mkt_arena_full(arena, err);
            for (size_t i = 0; i < points; i++) (*room[k])[i] = NAN;
        }
    }
    return MKT_OK;
}

mkt_status mkt_funnel_work_caveat(struct mkt_funnel_work *w, const char *id, const char *text,
                                  mkt_caveat_weight weight, struct mkt_err *err)
{
    if (weight == MKT_CAVEAT_LIMIT) w->sheet->status = MKT_ANSWER_LIMITED;
    return mkt_sheet_say(w->sheet, id, weight, text, err);
}

mkt_status mkt_funnel_work_find(struct mkt_funnel_work *w, struct mkt_finding f, const char *first,
                                const char *second, struct mkt_err *err)
{
    const char **fact = MKT_NEW(w->sheet->arena, const char *, 2);
    if (!fact || !f.id || !f.claim) return mkt_arena_full(w->sheet->arena, err);
    if (first && mkt_sheet_fact(w->sheet, first)) fact[f.facts++] = first;
    if (second && mkt_sheet_fact(w->sheet, second)) fact[f.facts++] = second;
    f.fact = fact;
    return mkt_sheet_add_finding(w->sheet, &f, err);
}

const char *mkt_funnel_work_period(const struct mkt_funnel_work *w)
{
    static const char *const name[] = {"day", "week", "month"};
    return name[w->f->period];
}

const char *mkt_funnel_work_cohort(struct mkt_funnel_work *w, size_t cohort, bool as_date)
{
    static const char *const month[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    char text[MKT_DATE_TEXT];
    int32_t day = mkt_funnels_period_day(w->f->period, w->f->first_period + (int32_t)cohort);
    struct mkt_date d = mkt_date_of(day);
    if (w->f->period == MKT_FUNNEL_MONTH && !as_date)
        return mkt_arena_printf(w->sheet->arena, "%s %d", month[d.month - 1], d.year);
    return mkt_arena_strdup(w->sheet->arena, mkt_date_text(day, text));
}
