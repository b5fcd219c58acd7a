#include "analysis/attribution_work.h"

#include <math.h>

#define CHANNELS 12
#define LAG_BINS 15
#define STEP_BINS 15

static mkt_status make_chart(struct mkt_attribution_work *w, struct mkt_chart *chart, size_t points,
                             size_t series, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    chart->x = MKT_NEW(arena, const char *, points);
    chart->series = MKT_NEW(arena, struct mkt_series, series);
    if (!chart->x || !chart->series) return mkt_arena_full(arena, err);
    chart->points = points;
    chart->count = series;
    chart->reference = NAN;
    for (size_t s = 0; s < series; s++)
        if (!(chart->series[s].value = MKT_NEW(arena, double, points)))
            return mkt_arena_full(arena, err);
    return MKT_OK;
}

static bool is_shown(const struct mkt_attribution_work *w, size_t m)
{
    if (m == w->last || m == w->reference) return true;
    if (w->model[m].draws >= w->input.credits->rules) return false; /* one chain is enough */
    mkt_share_kind kind = w->input.credits->rule[w->model[m].draws].kind;
    return kind == MKT_SHARE_FIRST || kind == MKT_SHARE_LINEAR || kind == MKT_SHARE_SET;
}

static mkt_status models(struct mkt_attribution_work *w, struct mkt_err *err)
{
    size_t n = w->channels < CHANNELS ? w->channels : CHANNELS, shown = 0;
    struct mkt_chart chart = {.id = "models",
                              .title = "Conversions by channel and model",
                              .reading = "Where the bars of a channel differ, its worth depends on "
                                         "the model",
                              .kind = MKT_CHART_PAIRS};
    MKT_TRY(make_chart(w, &chart, n, w->models + 1, err));
    for (size_t m = 0; m < w->models; m++) {
        if (!is_shown(w, m)) continue;
        struct mkt_series *s = &chart.series[shown++];
        s->name = w->model[m].label;
        s->unit = MKT_UNIT_COUNT;
        for (size_t c = 0; c < n; c++) s->value[c] = mkt_attribution_work_point(w, m, false, c);
    }
    if (w->has_incremental && w->limits.states[MKT_EXPOSURE_GIVEN]) {
        struct mkt_series *s = &chart.series[shown++];
        s->name = "incremental";
        s->unit = MKT_UNIT_COUNT;
        for (size_t c = 0; c < n; c++) {
            size_t k = w->channel[c].place;
            bool given = w->limits.state[k] == MKT_EXPOSURE_GIVEN;
            s->value[c] = given ? w->incremental.conversions[k] : NAN;
        }
    }
    if (w->holdouts) {
        struct mkt_series *s = &chart.series[shown++];
        s->name = "incremental";
        s->unit = MKT_UNIT_COUNT;
        for (size_t c = 0; c < n; c++) {
            const struct mkt_holdout_effect *x = &w->held_out[w->channel[c].place];
            s->value[c] = x->state == MKT_HOLDOUT_GIVEN ? x->conversions : NAN;
        }
    }
    chart.count = shown;
    for (size_t c = 0; c < n; c++) chart.x[c] = w->channel[c].name;
    return mkt_sheet_add_chart(w->sheet, &chart, err);
}

mkt_status mkt_attribution_work_reference_chart(struct mkt_attribution_work *w, const char *id,
                                                const char *title, struct mkt_err *err)
{
    size_t n = w->channels < CHANNELS ? w->channels : CHANNELS;
    struct mkt_chart chart = {.id = id,
                              .reading = "The line through each point holds the credit with 95 % "
                                         "confidence, were other users to come",
                              .kind = MKT_CHART_INTERVAL};
    MKT_ATTRIBUTION_TEXT(w, chart.title, err, "%s by %s", title, w->model[w->reference].label);
    MKT_TRY(make_chart(w, &chart, n, 1, err));
    struct mkt_series *s = &chart.series[0];
    s->name = "conversions";
    s->unit = MKT_UNIT_COUNT;
    s->low = MKT_NEW(w->sheet->arena, double, n);
    s->high = MKT_NEW(w->sheet->arena, double, n);
    if (!s->low || !s->high) return mkt_arena_full(w->sheet->arena, err);
    for (size_t c = 0; c < n; c++) {
        chart.x[c] = w->channel[c].name;
        s->value[c] = mkt_attribution_work_point(w, w->reference, false, c);
        mkt_attribution_work_interval(w, w->reference, false, c, &s->low[c], &s->high[c]);
    }
    return mkt_sheet_add_chart(w->sheet, &chart, err);
}

/* A histogram whose last bar holds all that is beyond. */
static mkt_status histogram(struct mkt_attribution_work *w, const char *id, const char *title,
                            const char *reading, const int64_t *bin, size_t first, size_t bins,
                            struct mkt_err *err)
{
    struct mkt_chart chart = {
        .id = id, .title = title, .reading = reading, .kind = MKT_CHART_PAIRS};
    size_t last = first;
    for (size_t i = first; i < MKT_TOUCHPOINTS_BINS; i++)
        if (bin[i]) last = i;
    if (last - first + 1 < bins) bins = last - first + 1; /* no empty tail */
    bool beyond = last - first + 1 > bins;
    MKT_TRY(make_chart(w, &chart, bins, 1, err));
    chart.series[0].name = "conversions";
    chart.series[0].unit = MKT_UNIT_COUNT;
    for (size_t i = 0; i < bins; i++)
        MKT_ATTRIBUTION_TEXT(w, chart.x[i], err, beyond && i + 1 == bins ? "%zu and more" : "%zu",
                             first + i);
    for (size_t i = first; i < MKT_TOUCHPOINTS_BINS; i++)
        chart.series[0].value[i - first < bins - 1 ? i - first : bins - 1] += (double)bin[i];
    return mkt_sheet_add_chart(w->sheet, &chart, err);
}

mkt_status mkt_attribution_work_charts(struct mkt_attribution_work *w, struct mkt_err *err)
{
    MKT_TRY(models(w, err));
    MKT_TRY(mkt_attribution_work_reference_chart(w, "credit", "Conversions", err));
    MKT_TRY(mkt_attribution_work_flow(w, err));
    if (!w->input.counts) return MKT_OK;
    MKT_TRY(histogram(w, "lag", "Conversions by days from the first touch",
                      "How long journeys take: a look-back shorter than this cuts them off",
                      w->input.counts->lag, 0, LAG_BINS, err));
    return histogram(w, "path_length", "Conversions by number of touches",
                     "Journeys of one touch have the same credit by every model",
                     w->input.counts->steps, 1, STEP_BINS, err);
}
