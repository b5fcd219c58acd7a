#include "analysis/experiment_charts.h"

#include <math.h>

#include "analysis/experiment_facts.h"

#define SPLIT_REACH 3.290526731491925 /* the normal quantile of 1 - MKT_SRM_ALARM / 2 */

static mkt_status make_series(struct mkt_experiment_work *w, const char *name, mkt_unit unit,
                              size_t points, bool band, struct mkt_series *out, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    *out = (struct mkt_series){name, unit, MKT_NEW(arena, double, points), NULL, NULL};
    if (band) {
        out->low = MKT_NEW(arena, double, points);
        out->high = MKT_NEW(arena, double, points);
    }
    return !out->value || (band && (!out->low || !out->high)) ? mkt_arena_full(arena, err) : MKT_OK;
}

/* One interval each for the relative lifts of all metrics in all variants. */
static mkt_status add_lifts(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    struct mkt_arena *arena = w->sheet->arena;
    struct mkt_chart chart = {.id = "lift_by_metric",
                              .title = "Lift by metric",
                              .reading = "A bar that does not touch the line is a difference that "
                                         "one look at the end would call.",
                              .kind = MKT_CHART_INTERVAL,
                              .reference = 0,
                              .reference_name = "no difference",
                              .count = 1};
    size_t most = e->metrics * e->variants;
    chart.x = MKT_NEW(arena, const char *, most);
    chart.series = MKT_NEW(arena, struct mkt_series, 1);
    if (!chart.x || !chart.series) return mkt_arena_full(arena, err);
    struct mkt_series *s = chart.series;
    MKT_TRY(make_series(w, "Lift", MKT_UNIT_CHANGE, most, true, s, err));
    for (size_t i = 0; i < most; i++) {
        const struct mkt_experiment_lift *l = &e->lift[i];
        size_t v = i % e->variants, at = chart.points;
        if (v == e->control || l->fault != MKT_LIFT_FINE || l->scale != MKT_LIFT_RELATIVE) continue;
        const char *metric = w->metric[i / e->variants];
        if (e->variants == 2)
            chart.x[at] = metric;
        else
            MKT_EXPERIMENT_TEXT(w, chart.x[at], err, "%s, %s", metric, w->variant[v]);
        s->value[at] = l->best.value;
        s->low[at] = l->fixed.low;
        s->high[at] = l->fixed.high;
        chart.points++;
    }
    return chart.points ? mkt_sheet_add_chart(w->sheet, &chart, err) : MKT_OK;
}

static mkt_status add_path(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    struct mkt_arena *arena = w->sheet->arena;
    struct mkt_chart chart = {.id = "lift_over_time",
                              .kind = MKT_CHART_TIME,
                              .points = e->points,
                              .reading = "The lift of all units so far. The band holds at every "
                                         "look: once it leaves the line, the difference is there.",
                              .reference = 0,
                              .reference_name = "no difference"};
    size_t other = e->control == 0;
    bool relative = mkt_experiment_lift_at(e, e->goal, other)->scale == MKT_LIFT_RELATIVE;
    MKT_EXPERIMENT_TEXT(w, chart.title, err, "%s of %s as it came in",
                        relative ? "Lift" : "Difference", w->metric[e->goal]);
    chart.x = MKT_NEW(arena, const char *, e->points);
    chart.series = MKT_NEW(arena, struct mkt_series, e->variants);
    if (!chart.x || !chart.series) return mkt_arena_full(arena, err);
    for (size_t k = 0; k < e->points; k++) {
        char day[MKT_DATE_TEXT];
        chart.x[k] = mkt_arena_strdup(arena, mkt_date_text(e->day[k], day));
        if (!chart.x[k]) return mkt_arena_full(arena, err);
    }
    for (size_t v = 0; v < e->variants; v++) {
        const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, e->goal, v);
        if (v == e->control || l->fault != MKT_LIFT_FINE) continue;
        mkt_unit unit = mkt_experiment_work_lift_unit(e, e->goal, l->scale);
        struct mkt_series *s = &chart.series[chart.count];
        MKT_TRY(make_series(w, w->variant[v], unit, e->points, true, s, err));
        bool any = false;
        for (size_t k = 0; k < e->points; k++) {
            const struct mkt_experiment_point *at = &e->path[v * e->points + k];
            s->value[k] = at->value;
            s->low[k] = at->low;
            s->high[k] = at->high;
            any = any || isfinite(at->value);
        }
        if (any) chart.count++;
    }
    return chart.count ? mkt_sheet_add_chart(w->sheet, &chart, err) : MKT_OK;
}

/* How far each variant is off the units meant for it; 99.9 % of chance, as the alarm has it. */
static mkt_status add_split(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    struct mkt_chart chart = {.id = "split",
                              .title = "Units beside what was meant",
                              .reading =
                                  "How far each variant is off the number of units meant for "
                                  "it. Chance leaves the line outside a bar once in 1,000 "
                                  "experiments: a line outside speaks of a broken one.",
                              .kind = MKT_CHART_INTERVAL,
                              .x = w->variant,
                              .points = e->variants,
                              .count = 1,
                              .reference = 0,
                              .reference_name = "as meant"};
    chart.series = MKT_NEW(w->sheet->arena, struct mkt_series, 1);
    if (!chart.series) return mkt_arena_full(w->sheet->arena, err);
    struct mkt_series *s = chart.series;
    MKT_TRY(make_series(w, "Off the intended share", MKT_UNIT_CHANGE, e->variants, true, s, err));
    double n = (double)e->arms->units;
    for (size_t v = 0; v < e->variants; v++) {
        double got = (double)e->units[v] / n, meant = e->share[v];
        double reach = SPLIT_REACH * sqrt(meant * (1 - meant) / n);
        s->value[v] = got / meant - 1;
        s->low[v] = (got - reach) / meant - 1;
        s->high[v] = (got + reach) / meant - 1;
    }
    return mkt_sheet_add_chart(w->sheet, &chart, err);
}

#define SEGMENTS_SHOWN 40

static mkt_status add_segments(struct mkt_experiment_work *w, size_t v, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    size_t segments = e->arms->names[1];
    const struct mkt_experiment_lift *whole = mkt_experiment_lift_at(e, e->goal, v);
    struct mkt_chart chart = {.kind = MKT_CHART_INTERVAL,
                              .reading =
                                  "The line is the lift of everybody. The intervals hold for "
                                  "all segments at once.",
                              .reference = whole->best.value,
                              .reference_name = "all units",
                              .count = 1};
    MKT_EXPERIMENT_TEXT(w, chart.id, err, "lift_by_segment.%s", w->variant_key[v]);
    bool relative = whole->scale == MKT_LIFT_RELATIVE;
    MKT_EXPERIMENT_TEXT(w, chart.title, err, "%s of %s by segment, %s",
                        relative ? "Lift" : "Difference", w->metric[e->goal], w->variant[v]);
    chart.x = MKT_NEW(w->sheet->arena, const char *, segments);
    chart.series = MKT_NEW(w->sheet->arena, struct mkt_series, 1);
    if (!chart.x || !chart.series) return mkt_arena_full(w->sheet->arena, err);
    struct mkt_series *out = chart.series;
    mkt_unit unit = mkt_experiment_work_lift_unit(e, e->goal, whole->scale);
    MKT_TRY(make_series(w, relative ? "Lift" : "Difference", unit, segments, true, out, err));
    for (size_t s = 0; s < segments && chart.points < SEGMENTS_SHOWN; s++) {
        const struct mkt_experiment_segment *x = &e->segment[v * segments + s];
        if (x->fault != MKT_LIFT_FINE) continue;
        chart.x[chart.points] = *e->arms->name[1][s] ? e->arms->name[1][s] : "(none)";
        out->value[chart.points] = x->lift.value;
        out->low[chart.points] = x->low;
        out->high[chart.points++] = x->high;
    }
    return chart.points > 1 ? mkt_sheet_add_chart(w->sheet, &chart, err) : MKT_OK;
}

mkt_status mkt_experiment_charts_add(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    MKT_TRY(add_split(w, err));
    if (!mkt_experiment_facts_sound(w)) return MKT_OK;
    MKT_TRY(add_lifts(w, err));
    if (e->points) MKT_TRY(add_path(w, err));
    for (size_t v = 0; e->segment && v < e->variants; v++)
        if (v != e->control && mkt_experiment_lift_at(e, e->goal, v)->fault == MKT_LIFT_FINE)
            MKT_TRY(add_segments(w, v, err));
    return MKT_OK;
}
