#include "analysis/funnel_work.h"

#include <math.h>

static const char recorded[] = "a count of what was recorded";

/* ---- the whole ------------------------------------------------------------------------------ */

static mkt_status add_count(struct mkt_funnel_work *w, const char *metric, const char *label,
                            int64_t value, mkt_unit unit, struct mkt_err *err)
{
    struct mkt_funnel_figure x = {
        .label = label,
        .scope = "total",
        .metric = metric,
        .unit = unit,
        .value = unit == MKT_UNIT_MONEY ? (double)value / MKT_MICRO : (double)value,
        .low = NAN,
        .high = NAN,
        .why = unit == MKT_UNIT_MONEY ? "a sum of what was recorded" : recorded,
        .n = (double)*w->f->units};
    MKT_FUNNEL_TEXT(w, x.id, err, "total.%s", metric);
    return mkt_funnel_work_add(w, &x, err);
}

static mkt_status add_quantile(struct mkt_funnel_work *w, const char *owner, const char *scope,
                               const char *entity, const struct mkt_funnel_bin *bin, double q,
                               const char *metric, const char *label, struct mkt_err *err)
{
    struct mkt_step_time t = mkt_step_rates_time(bin, w->f->bins, q, w->effect, MKT_FUNNEL_LEVEL);
    struct mkt_funnel_figure x = {.label = label,
                                  .scope = scope,
                                  .entity = entity,
                                  .metric = metric,
                                  .unit = MKT_UNIT_SECONDS,
                                  .value = t.value,
                                  .low = t.low,
                                  .high = t.high,
                                  .interval = "order statistics",
                                  .n = (double)t.n};
    if (!w->input.view->moments && !(t.value > 0)) return MKT_OK; /* within a day: not known */
    MKT_FUNNEL_TEXT(w, x.id, err, "%s.%s", owner, metric);
    return mkt_funnel_work_add(w, &x, err);
}

const char *mkt_funnel_time_metric(struct mkt_arena *arena, double q)
{
    if (q == .5) return "time_median";
    char *metric = mkt_arena_printf(arena, "time_p%.6g", 100 * q);
    for (char *c = metric; c && *c; c++)
        if (*c == '.') *c = '_';
    return metric;
}

/* The quantile that was asked for, where it is none of those told before. */
static mkt_status add_asked(struct mkt_funnel_work *w, const char *owner, const char *scope,
                            const char *entity, const struct mkt_funnel_bin *bin, const char *from,
                            const char *to, struct mkt_err *err)
{
    static const char *const ending[] = {"th", "st", "nd", "rd"};
    double q = w->input.quantile, percent = 100 * q;
    if (!(q > 0)) return MKT_OK;
    const char *metric = mkt_funnel_time_metric(w->sheet->arena, q), *id, *label;
    if (!metric) return mkt_arena_full(w->sheet->arena, err);
    MKT_FUNNEL_TEXT(w, id, err, "%s.%s", owner, metric);
    if (mkt_sheet_fact(w->sheet, id)) return MKT_OK;
    long whole = lround(percent), last = whole % 10;
    bool plain = fabs(percent - (double)whole) > 1e-6 || last > 3 || whole / 10 == 1;
    MKT_FUNNEL_TEXT(w, label, err, "%.6g%s percentile of the time from %s to %s", percent,
                    ending[plain ? 0 : last], from, to);
    return add_quantile(w, owner, scope, entity, bin, q, metric, label, err);
}

static mkt_status add_rate(struct mkt_funnel_work *w, const char *owner, const char *scope,
                           const char *entity, const struct mkt_step_rate *r, const char *metric,
                           const char *label, struct mkt_err *err)
{
    struct mkt_funnel_figure x = {.label = label,
                                  .scope = scope,
                                  .entity = entity,
                                  .metric = metric,
                                  .unit = MKT_UNIT_SHARE,
                                  .value = r->value,
                                  .low = r->low,
                                  .high = r->high,
                                  .interval = "wilson",
                                  .n = r->trials};
    MKT_FUNNEL_TEXT(w, x.id, err, "%s.%s", owner, metric);
    return mkt_funnel_work_add(w, &x, err);
}

static mkt_status add_per_entry(struct mkt_funnel_work *w, struct mkt_err *err)
{
    if (!w->money || !w->has_worth) return MKT_OK;
    struct mkt_funnel_figure x = {.id = "total.value_per_entry",
                                  .scope = "total",
                                  .metric = "value_per_entry",
                                  .unit = MKT_UNIT_MONEY,
                                  .value = w->worth.per_entry,
                                  .low = w->worth.per_entry_low,
                                  .high = w->worth.per_entry_high,
                                  .interval = "posterior",
                                  .n = (double)w->f->reached[0]};
    MKT_FUNNEL_TEXT(w, x.label, err, "Value of a %s that enters", w->unit);
    return mkt_funnel_work_add(w, &x, err);
}

/* The four that are told first come first. */
static mkt_status add_whole(struct mkt_funnel_work *w, struct mkt_err *err)
{
    static const struct {
        double q;
        const char *metric, *label;
    } quantile[] = {{.25, "time_p25", "First quartile of the time"},
                    {.75, "time_p75", "Third quartile of the time"},
                    {.9, "time_p90", "Ninth decile of the time"}};
    const struct mkt_funnels *f = w->f;
    const char *first = w->input.label[0], *last = w->input.label[w->last], *label;
    MKT_FUNNEL_TEXT(w, label, err, "Conversion rate from %s to %s", first, last);
    MKT_TRY(add_rate(w, "total", "total", NULL, &w->start[w->last], "conversion_rate", label, err));
    MKT_FUNNEL_TEXT(w, label, err, "Number of %s that entered", w->units);
    MKT_TRY(add_count(w, "entered", label, f->reached[0], MKT_UNIT_COUNT, err));
    MKT_FUNNEL_TEXT(w, label, err, "Median time from %s to %s", first, last);
    MKT_TRY(add_quantile(w, "total", "total", NULL, f->whole, .5, "time_median", label, err));
    MKT_TRY(add_per_entry(w, err));
    MKT_FUNNEL_TEXT(w, label, err, "Number of %s that reached %s", w->units, last);
    MKT_TRY(add_count(w, "converted", label, f->reached[w->last], MKT_UNIT_COUNT, err));
    for (size_t i = 0; i < sizeof quantile / sizeof *quantile; i++) {
        MKT_FUNNEL_TEXT(w, label, err, "%s from %s to %s", quantile[i].label, first, last);
        MKT_TRY(add_quantile(w, "total", "total", NULL, f->whole, quantile[i].q, quantile[i].metric,
                             label, err));
    }
    MKT_TRY(add_asked(w, "total", "total", NULL, f->whole, first, last, err));
    if (w->input.values) {
        MKT_FUNNEL_TEXT(w, label, err, "Value at %s", last);
        MKT_TRY(add_count(w, "value", label, *f->value, MKT_UNIT_MONEY, err));
    }
    MKT_FUNNEL_TEXT(w, label, err, "Number of %s in the data", w->units);
    MKT_TRY(add_count(w, "all", label, *f->units, MKT_UNIT_COUNT, err));
    MKT_FUNNEL_TEXT(w, label, err, "Number of %s that never entered", w->units);
    MKT_TRY(add_count(w, "absent", label, *f->absent, MKT_UNIT_COUNT, err));
    MKT_FUNNEL_TEXT(w, label, err, "Number of %s whose window is still open", w->units);
    return add_count(w, "open", label, *f->open, MKT_UNIT_COUNT, err);
}

/* ---- by step -------------------------------------------------------------------------------- */

static mkt_status add_lost(struct mkt_funnel_work *w, size_t k, struct mkt_err *err)
{
    const char *name = w->input.label[k];
    const struct mkt_step_rate *r = &w->before[k];
    if (!k || w->plan->step[k].optional || !(r->trials > 0)) return MKT_OK;
    struct mkt_funnel_figure x = {.scope = "step",
                                  .entity = name,
                                  .metric = "drop_off",
                                  .unit = MKT_UNIT_SHARE,
                                  .value = 1 - r->value,
                                  .low = 1 - r->high,
                                  .high = 1 - r->low,
                                  .interval = "wilson",
                                  .n = r->trials};
    const char *from = w->input.label[mkt_step_rates_before(w->plan, k)];
    MKT_FUNNEL_TEXT(w, x.label, err, "Drop-off from %s to %s", from, name);
    MKT_FUNNEL_TEXT(w, x.id, err, "%s.drop_off", w->key[k]);
    MKT_TRY(mkt_funnel_work_add(w, &x, err));
    x.metric = "lost";
    x.unit = MKT_UNIT_COUNT;
    x.value = r->trials - r->successes;
    x.low = x.high = NAN;
    x.why = recorded;
    MKT_FUNNEL_TEXT(w, x.label, err, "Number of %s lost between %s and %s", w->units, from, name);
    MKT_FUNNEL_TEXT(w, x.id, err, "%s.lost", w->key[k]);
    return mkt_funnel_work_add(w, &x, err);
}

/* Of those who took an optional step, and of those who did not, who went on. */
static mkt_status add_optional(struct mkt_funnel_work *w, size_t k, struct mkt_err *err)
{
    const struct mkt_funnels *f = w->f;
    const char *label, *name = w->input.label[k];
    if (!w->plan->step[k].optional || w->plan->order == MKT_FUNNEL_ANY) return MKT_OK;
    double took = (double)f->reached[k], on = (double)f->taken_on[k];
    double all = (double)f->reached[mkt_step_rates_before(w->plan, k)];
    double left = all - took, left_on = (double)f->skipped_on[k];
    struct mkt_step_rate with = mkt_step_rates_of(took, on, took * w->effect, on * w->effect,
                                                  on * w->effect, MKT_FUNNEL_LEVEL);
    struct mkt_step_rate without =
        mkt_step_rates_of(left, left_on, left * w->effect, left_on * w->effect, left_on * w->effect,
                          MKT_FUNNEL_LEVEL);
    MKT_FUNNEL_TEXT(w, label, err, "Share that goes on after %s", name);
    MKT_TRY(add_rate(w, w->key[k], "step", name, &with, "on_with", label, err));
    MKT_FUNNEL_TEXT(w, label, err, "Share that goes on without %s", name);
    return add_rate(w, w->key[k], "step", name, &without, "on_without", label, err);
}

static mkt_status add_step(struct mkt_funnel_work *w, size_t k, struct mkt_err *err)
{
    const char *name = w->input.label[k], *key = w->key[k], *label;
    struct mkt_funnel_figure x = {.scope = "step",
                                  .entity = name,
                                  .metric = "reached",
                                  .unit = MKT_UNIT_COUNT,
                                  .value = (double)w->f->reached[k],
                                  .low = NAN,
                                  .high = NAN,
                                  .why = recorded,
                                  .n = (double)w->f->reached[0]};
    MKT_FUNNEL_TEXT(w, x.id, err, "%s.reached", key);
    MKT_FUNNEL_TEXT(w, x.label, err, "Number of %s that reached %s", w->units, name);
    MKT_TRY(mkt_funnel_work_add(w, &x, err));
    if (!k) return MKT_OK;
    MKT_FUNNEL_TEXT(w, label, err, "Share of those who entered that reached %s", name);
    MKT_TRY(add_rate(w, key, "step", name, &w->start[k], "rate_from_start", label, err));
    MKT_FUNNEL_TEXT(w, label, err, "Rate from %s to %s",
                    w->input.label[mkt_step_rates_before(w->plan, k)], name);
    MKT_TRY(add_rate(w, key, "step", name, &w->before[k], "rate_from_before", label, err));
    MKT_TRY(add_lost(w, k, err));
    MKT_TRY(add_optional(w, k, err));
    if (w->plan->order == MKT_FUNNEL_ANY) return MKT_OK;
    const struct mkt_funnel_bin *bin = w->f->between + k * w->f->bins;
    const char *from = w->input.label[mkt_step_rates_before(w->plan, k)];
    MKT_FUNNEL_TEXT(w, label, err, "Median time from %s to %s", from, name);
    MKT_TRY(add_quantile(w, key, "step", name, bin, .5, "time_median", label, err));
    MKT_FUNNEL_TEXT(w, label, err, "Ninth decile of the time from %s to %s", from, name);
    MKT_TRY(add_quantile(w, key, "step", name, bin, .9, "time_p90", label, err));
    return add_asked(w, key, "step", name, bin, from, name, err);
}

static mkt_status add_worth(struct mkt_funnel_work *w, size_t i, struct mkt_err *err)
{
    size_t k = w->needed[i];
    const struct mkt_step_worth_of *of = &w->worth.of[i];
    struct mkt_funnel_figure x = {.scope = "step",
                                  .entity = w->input.label[k],
                                  .metric = "worth_of_point",
                                  .unit = w->money ? MKT_UNIT_MONEY : MKT_UNIT_COUNT,
                                  .value = of->value,
                                  .low = of->low,
                                  .high = of->high,
                                  .interval = "posterior",
                                  .n = (double)w->f->reached[0]};
    MKT_FUNNEL_TEXT(w, x.id, err, "%s.worth_of_point", w->key[k]);
    MKT_FUNNEL_TEXT(w, x.label, err, "%s of one more point at %s",
                    w->money ? "Worth" : "Additional conversions", x.entity);
    MKT_TRY(mkt_funnel_work_add(w, &x, err));
    x.metric = "worth_most";
    x.unit = MKT_UNIT_PROBABILITY;
    x.value = of->best;
    x.low = x.high = NAN;
    x.why = "a probability says itself how sure it is";
    MKT_FUNNEL_TEXT(w, x.id, err, "%s.worth_most", w->key[k]);
    MKT_FUNNEL_TEXT(w, x.label, err, "Probability that one more point is worth most at %s",
                    x.entity);
    return mkt_funnel_work_add(w, &x, err);
}

static mkt_status step_table(struct mkt_funnel_work *w, struct mkt_err *err)
{
    const struct mkt_table_column column[] = {
        {"reached", w->plan->by_session ? "Sessions" : "Users", MKT_UNIT_COUNT},
        {"rate_from_start", "From the start", MKT_UNIT_SHARE},
        {"rate_from_before", "From the step before", MKT_UNIT_SHARE},
        {"lost", "Lost before it", MKT_UNIT_COUNT},
        {"worth_of_point", "One more point", w->money ? MKT_UNIT_MONEY : MKT_UNIT_COUNT},
        {"time_median", "Median time", MKT_UNIT_SECONDS},
        {"worth_most", "Worth most", MKT_UNIT_PROBABILITY},
        {"drop_off", "Drop-off", MKT_UNIT_SHARE},
        {"time_p90", "Ninth decile", MKT_UNIT_SECONDS},
        {"on_with", "Go on after it", MKT_UNIT_SHARE},
        {"on_without", "Go on without it", MKT_UNIT_SHARE}};
    struct mkt_funnel_table t = {.id = "steps",
                                 .title = "Steps",
                                 .scope = "step",
                                 .column = column,
                                 .columns = sizeof column / sizeof *column,
                                 .row_id = w->key,
                                 .row_label = w->input.label,
                                 .rows = w->steps};
    return mkt_funnel_work_table(w, &t, err);
}

mkt_status mkt_funnel_work_facts(struct mkt_funnel_work *w, struct mkt_err *err)
{
    MKT_TRY(add_whole(w, err));
    for (size_t k = 0; k < w->steps; k++) MKT_TRY(add_step(w, k, err));
    for (size_t i = 0; w->has_worth && i < w->needs; i++) MKT_TRY(add_worth(w, i, err));
    return step_table(w, err);
}
