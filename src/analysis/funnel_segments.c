/* Segments against the rest, every test corrected for the number of them. */
#include "analysis/funnel_work.h"

#include <math.h>

#include "base/text.h"
#include "model/multiplicity.h"

#define SHOWN 12
#define CALLED .05 /* adjusted p values below it are told */

struct segments {
    size_t shown, others; /* others: with entries, not shown */
    size_t level[SHOWN];  /* in counts->segment, most entries first */
    const char *key[SHOWN], *name[SHOWN], *id[SHOWN];
    struct mkt_step_difference *test; /* [shown][needs + 1]: the whole, then each needed step */
    double *holm, *bh;                /* the same */
};

static double at(const struct mkt_funnel_work *w, size_t level, size_t step)
{
    return (double)w->f->segment[level * w->steps + step];
}

static mkt_status choose(struct mkt_funnel_work *w, struct segments *s, struct mkt_err *err)
{
    for (size_t l = 0; l < w->f->segments; l++) {
        double n = at(w, l, 0);
        if (!(n > 0)) continue;
        size_t place = s->shown < SHOWN ? s->shown++ : SHOWN;
        if (place == SHOWN) {
            s->others++;
            if (n <= at(w, s->level[SHOWN - 1], 0)) continue;
            place--;
        }
        for (; place && n > at(w, s->level[place - 1], 0); place--)
            s->level[place] = s->level[place - 1];
        s->level[place] = l;
    }
    const struct mkt_names *level = &w->input.view->level[w->plan->segment];
    for (size_t i = 0; i < s->shown; i++) {
        s->name[i] = s->level[i] ? level->name[s->level[i] - 1] : "(not told)";
        MKT_TRY(mkt_funnel_work_key(w, s->name[i], s->key, i, &s->key[i], err));
        MKT_FUNNEL_TEXT(w, s->id[i], err, "segment.%s", s->key[i]);
    }
    return MKT_OK;
}

/* The step that comparison t is about, and the one it starts from. */
static size_t step_of(const struct mkt_funnel_work *w, size_t t, size_t *from)
{
    *from = 0;
    if (!t) return w->last;
    if (t > 1) *from = w->needed[t - 2];
    return w->needed[t - 1];
}

static mkt_status test_all(struct mkt_funnel_work *w, struct segments *s, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    size_t each = w->needs > 1 ? w->needs + 1 : 1, n = s->shown * each, from;
    double *p = MKT_NEW(arena, double, n);
    s->test = MKT_NEW(arena, struct mkt_step_difference, n);
    s->holm = MKT_NEW(arena, double, n);
    s->bh = MKT_NEW(arena, double, n);
    if (!p || !s->test || !s->holm || !s->bh) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < s->shown; i++)
        for (size_t t = 0; t < each; t++) {
            size_t to = step_of(w, t, &from);
            double trials = at(w, s->level[i], from), hits = at(w, s->level[i], to);
            s->test[i * each + t] = mkt_step_rates_compare(
                hits, trials, (double)w->f->reached[to] - hits,
                (double)w->f->reached[from] - trials, w->effect, MKT_FUNNEL_LEVEL);
            p[i * each + t] = s->test[i * each + t].p;
        }
    MKT_TRY(mkt_multiplicity_holm(arena, p, n, s->holm, err));
    return mkt_multiplicity_bh(arena, p, n, s->bh, err);
}

static mkt_status add_p(struct mkt_funnel_work *w, const struct segments *s, size_t i,
                        const char *metric, const char *what, double p, struct mkt_err *err)
{
    struct mkt_funnel_figure x = {.scope = "segment",
                                  .entity = s->name[i],
                                  .metric = metric,
                                  .unit = MKT_UNIT_P,
                                  .value = p,
                                  .low = NAN,
                                  .high = NAN,
                                  .why = "a p value says itself how sure it is",
                                  .n = at(w, s->level[i], 0)};
    MKT_FUNNEL_TEXT(w, x.id, err, "%s.%s", s->id[i], metric);
    MKT_FUNNEL_TEXT(w, x.label, err, "p value of %s against the rest, %s", s->name[i], what);
    return mkt_funnel_work_add(w, &x, err);
}

static mkt_status add_rate(struct mkt_funnel_work *w, const struct segments *s, size_t i, size_t t,
                           struct mkt_err *err)
{
    size_t from, to = step_of(w, t, &from);
    double n = at(w, s->level[i], from), x = at(w, s->level[i], to), e = w->effect;
    struct mkt_step_rate r = mkt_step_rates_of(n, x, n * e, x * e, x * e, MKT_FUNNEL_LEVEL);
    struct mkt_funnel_figure rate = {.scope = "segment",
                                     .entity = s->name[i],
                                     .metric = "conversion_rate",
                                     .unit = MKT_UNIT_SHARE,
                                     .value = r.value,
                                     .low = r.low,
                                     .high = r.high,
                                     .interval = "wilson",
                                     .n = n};
    if (t) MKT_FUNNEL_TEXT(w, rate.metric, err, "rate_%s", w->key[to]);
    MKT_FUNNEL_TEXT(w, rate.id, err, "%s.%s", s->id[i], rate.metric);
    if (t)
        MKT_FUNNEL_TEXT(w, rate.label, err, "Rate from %s to %s of %s", w->input.label[from],
                        w->input.label[to], s->name[i]);
    else
        MKT_FUNNEL_TEXT(w, rate.label, err, "Conversion rate of %s", s->name[i]);
    return mkt_funnel_work_add(w, &rate, err);
}

static mkt_status add_facts(struct mkt_funnel_work *w, const struct segments *s, size_t i,
                            struct mkt_err *err)
{
    size_t each = w->needs > 1 ? w->needs + 1 : 1;
    const struct mkt_step_difference *d = &s->test[i * each];
    struct mkt_funnel_figure x = {.scope = "segment",
                                  .entity = s->name[i],
                                  .metric = "entered",
                                  .unit = MKT_UNIT_COUNT,
                                  .value = at(w, s->level[i], 0),
                                  .low = NAN,
                                  .high = NAN,
                                  .why = "a count of what was recorded",
                                  .n = at(w, s->level[i], 0)};
    MKT_FUNNEL_TEXT(w, x.id, err, "%s.entered", s->id[i]);
    MKT_FUNNEL_TEXT(w, x.label, err, "Number of %s of %s that entered", w->units, s->name[i]);
    MKT_TRY(mkt_funnel_work_add(w, &x, err));
    for (size_t t = 0; t < each; t++) MKT_TRY(add_rate(w, s, i, t, err));
    x.metric = "difference";
    x.unit = MKT_UNIT_POINTS;
    x.value = d->value;
    x.low = d->low;
    x.high = d->high;
    x.interval = "newcombe";
    MKT_FUNNEL_TEXT(w, x.id, err, "%s.difference", s->id[i]);
    MKT_FUNNEL_TEXT(w, x.label, err, "Difference of the conversion rate of %s from the rest",
                    s->name[i]);
    MKT_TRY(mkt_funnel_work_add(w, &x, err));
    if (!isfinite(d->value)) return MKT_OK; /* there is no rest */
    MKT_TRY(add_p(w, s, i, "p_holm", "Holm", s->holm[i * each], err));
    return add_p(w, s, i, "p_bh", "Benjamini-Hochberg", s->bh[i * each], err);
}

/* The clearest difference of a segment: on the whole, or else at one step. */
static mkt_status tell(struct mkt_funnel_work *w, const struct segments *s, size_t i,
                       struct mkt_err *err)
{
    size_t each = w->needs > 1 ? w->needs + 1 : 1, best = 0, from;
    for (size_t t = 1; t < each && !(s->holm[i * each] < CALLED); t++)
        if (s->holm[i * each + t] < s->holm[i * each + best]) best = t;
    const struct mkt_step_difference *d = &s->test[i * each + best];
    double p = s->holm[i * each + best];
    if (!(p < CALLED) || !isfinite(d->value)) return MKT_OK;
    size_t to = step_of(w, best, &from);
    const char *first, *second = best ? NULL : "total.conversion_rate";
    struct mkt_finding f = {.kind = MKT_FINDING_COMPARE,
                            .probability = 1 - p / 2,
                            .stake = fabs(d->value) * at(w, s->level[i], from) * w->value *
                                     w->start[w->last].value / fmax(w->start[to].value, 1e-9),
                            .scope = "segment",
                            .subject = s->name[i]};
    MKT_FUNNEL_TEXT(w, f.id, err, "segment.%s.%s", s->key[i], d->value > 0 ? "above" : "below");
    if (best) {
        MKT_FUNNEL_TEXT(w, first, err, "%s.rate_%s", s->id[i], w->key[to]);
        MKT_FUNNEL_TEXT(w, second, err, "%s.rate_from_before", w->key[to]);
        MKT_FUNNEL_TEXT(w, f.claim, err, "%s goes from %s to %s %s often than the rest", s->name[i],
                        w->input.label[from], w->input.label[to], d->value > 0 ? "more" : "less");
    } else {
        MKT_FUNNEL_TEXT(w, first, err, "%s.conversion_rate", s->id[i]);
        MKT_FUNNEL_TEXT(w, f.claim, err, "%s converts %s often than the rest", s->name[i],
                        d->value > 0 ? "more" : "less");
    }
    return mkt_funnel_work_find(w, f, first, second, err);
}

static mkt_status table(struct mkt_funnel_work *w, const struct segments *s, struct mkt_err *err)
{
    static const struct mkt_table_column start[] = {
        {"entered", "Entered", MKT_UNIT_COUNT},
        {"conversion_rate", "Conversion rate", MKT_UNIT_SHARE},
        {"difference", "Against the rest", MKT_UNIT_POINTS},
        {"p_holm", "p, Holm", MKT_UNIT_P},
        {"p_bh", "p, Benjamini-Hochberg", MKT_UNIT_P}};
    size_t fixed = sizeof start / sizeof *start;
    struct mkt_table_column *column =
        MKT_NEW(w->sheet->arena, struct mkt_table_column, fixed + w->needs);
    if (!column) return mkt_arena_full(w->sheet->arena, err);
    struct mkt_funnel_table t = {.id = "segments",
                                 .scope = "segment",
                                 .column = column,
                                 .columns = fixed,
                                 .row_id = s->id,
                                 .row_label = s->name,
                                 .rows = s->shown};
    MKT_FUNNEL_TEXT(w, t.title, err, "By %s", w->input.segment);
    for (size_t c = 0; c < fixed; c++) column[c] = start[c];
    for (size_t i = 0; w->needs > 1 && i < w->needs; i++) {
        const char *metric, *label;
        MKT_FUNNEL_TEXT(w, metric, err, "rate_%s", w->key[w->needed[i]]);
        MKT_FUNNEL_TEXT(w, label, err, "to %s", w->input.label[w->needed[i]]);
        column[t.columns++] = (struct mkt_table_column){metric, label, MKT_UNIT_SHARE};
    }
    if (s->others)
        MKT_FUNNEL_TEXT(w, t.note, err, "the %s largest of %s; the rest is everyone else",
                        MKT_COUNT(s->shown), MKT_COUNT(s->shown + s->others));
    return mkt_funnel_work_table(w, &t, err);
}

static mkt_status chart(struct mkt_funnel_work *w, const struct segments *s, struct mkt_err *err)
{
    struct mkt_chart c = {.id = "segments",
                          .reading = "Where an interval lies to one side of the line, the segment "
                                     "differs from the whole",
                          .kind = MKT_CHART_INTERVAL};
    MKT_FUNNEL_TEXT(w, c.title, err, "Conversion rate by %s", w->input.segment);
    MKT_TRY(mkt_funnel_work_chart(w, &c, s->shown, 1, true, err));
    c.series[0].name = "conversion rate";
    c.series[0].unit = MKT_UNIT_SHARE;
    c.reference = w->start[w->last].value;
    c.reference_name = "all";
    for (size_t i = 0; i < s->shown; i++) {
        double n = at(w, s->level[i], 0), x = at(w, s->level[i], w->last), e = w->effect;
        struct mkt_step_rate r = mkt_step_rates_of(n, x, n * e, x * e, x * e, MKT_FUNNEL_LEVEL);
        c.x[i] = s->name[i];
        c.series[0].value[i] = r.value;
        c.series[0].low[i] = r.low;
        c.series[0].high[i] = r.high;
    }
    return mkt_sheet_add_chart(w->sheet, &c, err);
}

mkt_status mkt_funnel_work_segments(struct mkt_funnel_work *w, struct mkt_err *err)
{
    struct segments s = {0};
    if (w->plan->segment >= MKT_EVENTS_PROPERTIES) return MKT_OK;
    MKT_TRY(choose(w, &s, err));
    if (s.shown < 2)
        return mkt_funnel_work_caveat(
            w, "one_segment",
            mkt_arena_printf(w->sheet->arena,
                             "%s is the same for all who enter: there is nothing "
                             "to compare",
                             w->input.segment),
            MKT_CAVEAT_NOTE, err);
    MKT_TRY(test_all(w, &s, err));
    for (size_t i = 0; i < s.shown; i++) MKT_TRY(add_facts(w, &s, i, err));
    for (size_t i = 0; i < s.shown; i++) MKT_TRY(tell(w, &s, i, err));
    MKT_TRY(table(w, &s, err));
    return chart(w, &s, err);
}
