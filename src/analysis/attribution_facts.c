#include "analysis/attribution_work.h"

#include <math.h>

#include "model/interval.h"

#define LEVEL .95
#define Z 1.959963984540054

struct figure {
    const char *model, *what, *label; /* id and label are made of these */
    double value, low, high;          /* NAN, NAN: no interval */
    mkt_unit unit;
    const char *interval, *why;
};

static mkt_status add(struct mkt_attribution_work *w, size_t channel, const struct figure *x,
                      struct mkt_err *err)
{
    static const char *const few[] = {"few_conversions"};
    struct mkt_arena *arena = w->sheet->arena;
    if (!isfinite(x->value)) return MKT_OK;
    const struct mkt_attribution_channel *c = &w->channel[channel];
    bool interval = isfinite(x->low) && isfinite(x->high);
    int64_t n = w->input.paths->total.conversions;
    struct mkt_fact fact = {.id = mkt_attribution_work_id(w, channel, x->model, x->what),
                            .label = mkt_arena_printf(arena, "%s of %s", x->label, c->name),
                            .scope = w->scope,
                            .entity = c->name,
                            .metric = mkt_arena_printf(arena, "%s_%s", x->model, x->what),
                            .value = x->value,
                            .unit = x->unit,
                            .low = interval ? fmin(x->low, x->value) : NAN,
                            .high = interval ? fmax(x->high, x->value) : NAN,
                            .level = interval ? LEVEL : 0,
                            .interval = interval ? x->interval : "none",
                            .why = interval ? NULL : x->why,
                            .n = n,
                            .n_of = "conversions",
                            .method = "attribution",
                            .caveat = few,
                            .caveats = n < MKT_ATTRIBUTION_FEW};
    if (!fact.id || !fact.label || !fact.metric) return mkt_arena_full(arena, err);
    return mkt_sheet_add_fact(w->sheet, &fact, err);
}

mkt_status mkt_attribution_work_credit(struct mkt_attribution_work *w, size_t m, size_t c,
                                       struct mkt_err *err)
{
    const struct mkt_attribution_model *model = &w->model[m];
    double spend = w->priced ? w->channel[c].spend : NAN, low, high;
    struct figure x = {.model = model->name, .interval = "bootstrap"};
    x.what = "conversions";
    MKT_ATTRIBUTION_TEXT(w, x.label, err, "Conversions by %s", model->label);
    x.value = mkt_attribution_work_point(w, m, false, c);
    mkt_attribution_work_interval(w, m, false, c, &low, &high);
    x.low = low;
    x.high = high;
    x.unit = MKT_UNIT_COUNT;
    MKT_TRY(add(w, c, &x, err));
    if (isfinite(spend) && x.value > 0) {
        struct figure cpa = x;
        cpa.what = "cpa";
        cpa.unit = MKT_UNIT_MONEY;
        MKT_ATTRIBUTION_TEXT(w, cpa.label, err, "CPA by %s", model->label);
        cpa.value = spend / x.value;
        cpa.low = spend / high;
        cpa.high = low > 0 ? spend / low : NAN;
        cpa.why = "credit may be nothing: the price of a conversion has no upper end";
        MKT_TRY(add(w, c, &cpa, err));
    }
    if (!w->input.values) return MKT_OK;
    x.what = "value";
    MKT_ATTRIBUTION_TEXT(w, x.label, err, "Value by %s", model->label);
    x.value = mkt_attribution_work_point(w, m, true, c);
    if (!isfinite(x.value)) return MKT_OK;
    mkt_attribution_work_interval(w, m, true, c, &low, &high);
    x.low = low;
    x.high = high;
    x.unit = MKT_UNIT_MONEY;
    MKT_TRY(add(w, c, &x, err));
    if (!isfinite(spend)) return MKT_OK;
    x.what = "roas";
    x.unit = MKT_UNIT_RATIO;
    MKT_ATTRIBUTION_TEXT(w, x.label, err, "ROAS by %s", model->label);
    x.value /= spend;
    x.low /= spend;
    x.high /= spend;
    return add(w, c, &x, err);
}

/* The price of a conversion that would not have come. */
static mkt_status add_price(struct mkt_attribution_work *w, size_t c, struct figure x,
                            struct mkt_err *err)
{
    double spend = w->priced ? w->channel[c].spend : NAN, low = x.low, high = x.high;
    if (!isfinite(spend) || !(x.value > 0)) return MKT_OK;
    x.what = "cpa";
    x.label = "CPA of conversions that would not have come without the touches";
    x.unit = MKT_UNIT_MONEY;
    x.value = spend / x.value;
    x.low = spend / high;
    x.high = low > 0 ? spend / low : NAN;
    x.why = "the touches may bring nothing: the price of a conversion has no upper end";
    return add(w, c, &x, err);
}

/* What people from whom the channel was withheld tell about it. */
static mkt_status add_held_out(struct mkt_attribution_work *w, size_t c,
                               const struct mkt_holdout_effect *effect, struct mkt_err *err)
{
    double spend = w->priced ? w->channel[c].spend : NAN;
    if (effect->state != MKT_HOLDOUT_GIVEN) return MKT_OK;
    struct figure x = {.model = "incremental",
                       .what = "conversions",
                       .label = "Conversions that would not have come without the touches",
                       .value = effect->conversions,
                       .low = effect->conversions_within.low,
                       .high = effect->conversions_within.high,
                       .unit = MKT_UNIT_COUNT,
                       .interval = "holdout"};
    MKT_TRY(add(w, c, &x, err));
    MKT_TRY(add_price(w, c, x, err));
    if (!w->input.values || !isfinite(effect->value)) return MKT_OK;
    x.what = "value";
    x.label = "Value that would not have come without the touches";
    x.value = effect->value;
    x.low = effect->value_within.low;
    x.high = effect->value_within.high;
    x.unit = MKT_UNIT_MONEY;
    MKT_TRY(add(w, c, &x, err));
    if (!isfinite(spend)) return MKT_OK;
    x.what = "roas";
    x.label = "ROAS of what would not have come without the touches";
    x.value /= spend;
    x.low /= spend;
    x.high /= spend;
    x.unit = MKT_UNIT_RATIO;
    return add(w, c, &x, err);
}

/* What people who did not meet the channel tell about it. */
static mkt_status add_exposed(struct mkt_attribution_work *w, size_t c, struct mkt_err *err)
{
    size_t k = w->channel[c].place;
    const struct mkt_exposure_limits *limits = &w->limits;
    if (limits->state[k] != MKT_EXPOSURE_GIVEN) return MKT_OK;
    struct figure x = {.model = "incremental",
                       .what = "conversions",
                       .label = "Conversions that would not have come without the touches",
                       .value = w->incremental.conversions[k],
                       .low = limits->low[k],
                       .high = limits->high[k],
                       .unit = MKT_UNIT_COUNT,
                       .interval = "jackknife"};
    MKT_TRY(add(w, c, &x, err));
    MKT_TRY(add_price(w, c, x, err));
    x.what = "explained_by";
    x.label = "How much likelier a trait must make both meeting and buying to explain the effect";
    x.value = limits->explains[k];
    x.low = limits->explains_low[k];
    x.high = limits->explains_high[k];
    x.unit = MKT_UNIT_RATIO;
    x.why =
        "with chance on its side the channel may bring all who met it: no trait is strong enough";
    return add(w, c, &x, err); /* where it is clear of nothing */
}

static mkt_status add_others(struct mkt_attribution_work *w, size_t c, struct mkt_err *err)
{
    size_t k = w->channel[c].place;
    struct figure x = {.what = "conversions", .unit = MKT_UNIT_COUNT};
    if (w->memory) {
        double credit = w->longer.credit[k], spread = w->longer.spread[k];
        x.model = "markov_memory";
        MKT_ATTRIBUTION_TEXT(w, x.label, err,
                             "Conversions by Markov removal with %zu channels' memory", w->memory);
        x.value = credit;
        x.low = fmax(credit - Z * spread, 0);
        x.high = credit + Z * spread;
        x.interval = "jackknife";
        MKT_TRY(add(w, c, &x, err));
    }
    if (w->has_incremental) MKT_TRY(add_exposed(w, c, err));
    if (w->held_out) MKT_TRY(add_held_out(w, c, &w->held_out[k], err));
    return mkt_attribution_work_cost(w, c, err);
}

mkt_status mkt_attribution_work_cost(struct mkt_attribution_work *w, size_t c, struct mkt_err *err)
{
    struct figure spend = {.model = "recorded",
                           .what = "spend",
                           .label = "Spend",
                           .value = w->channel[c].spend,
                           .low = NAN,
                           .high = NAN,
                           .unit = MKT_UNIT_MONEY,
                           .why = "a sum of what was recorded"};
    return add(w, c, &spend, err); /* where it is known */
}

static mkt_status add_total(struct mkt_attribution_work *w, const char *metric, const char *label,
                            double value, mkt_unit unit, struct mkt_interval interval,
                            const char *why, struct mkt_err *err)
{
    bool has = isfinite(interval.low) && isfinite(interval.high);
    struct mkt_fact fact = {.label = label,
                            .scope = "total",
                            .metric = metric,
                            .value = value,
                            .unit = unit,
                            .low = has ? interval.low : NAN,
                            .high = has ? interval.high : NAN,
                            .level = has ? LEVEL : 0,
                            .interval = has ? "wilson" : "none",
                            .why = has ? NULL : why,
                            .n = w->input.paths->total.conversions + w->input.paths->total.nulls,
                            .n_of = "journeys",
                            .method = "attribution"};
    MKT_ATTRIBUTION_TEXT(w, fact.id, err, "total.%s", metric);
    return mkt_sheet_add_fact(w->sheet, &fact, err);
}

static mkt_status add_totals(struct mkt_attribution_work *w, struct mkt_err *err)
{
    static const char recorded[] = "a count of what was recorded";
    const struct mkt_interval none = {NAN, NAN};
    const struct mkt_paths *p = w->input.paths;
    double conversions = (double)p->total.conversions, nulls = (double)p->total.nulls;
    MKT_TRY(add_total(w, "conversions", "Conversions", conversions, MKT_UNIT_COUNT, none, recorded,
                      err));
    if (w->input.values)
        MKT_TRY(add_total(w, "value", "Value of conversions", (double)p->total.value / MKT_MICRO,
                          MKT_UNIT_MONEY, none, "a sum of what was recorded", err));
    if (nulls > 0)
        MKT_TRY(add_total(w, "conversion_rate", "Conversion rate of journeys",
                          conversions / (conversions + nulls), MKT_UNIT_SHARE,
                          mkt_interval_wilson(conversions, conversions + nulls, 1, Z), NULL, err));
    MKT_TRY(add_total(w, "path_length", "Mean path length", p->extent.touches / conversions,
                      MKT_UNIT_INDEX, none, "a mean of what was recorded", err));
    if (w->input.counts) {
        MKT_TRY(add_total(w, "lag", "Mean days from first touch to conversion",
                          (double)p->total.lag / conversions / 86400, MKT_UNIT_DAYS, none,
                          "a mean of what was recorded", err));
        MKT_TRY(add_total(w, "untouched", "Conversions that no touch led to",
                          (double)p->untouched.conversions, MKT_UNIT_COUNT, none, recorded, err));
    }
    if (!w->has_incremental || !w->limits.all) return MKT_OK;
    size_t K = w->input.credits->channels;
    struct mkt_fact fact = {.id = "total.incremental_conversions",
                            .label =
                                "Conversions that would not have come without any touch's effect",
                            .scope = "total",
                            .metric = "incremental_conversions",
                            .value = w->incremental.conversions[K],
                            .unit = MKT_UNIT_COUNT,
                            .low = w->limits.low[K],
                            .high = w->limits.high[K],
                            .level = LEVEL,
                            .interval = "jackknife",
                            .n = p->total.conversions + p->total.nulls,
                            .n_of = "journeys",
                            .method = "attribution"};
    return mkt_sheet_add_fact(w->sheet, &fact, err);
}

mkt_status mkt_attribution_work_facts(struct mkt_attribution_work *w, struct mkt_err *err)
{
    MKT_TRY(add_totals(w, err));
    for (size_t c = 0; c < w->channels; c++) {
        for (size_t m = 0; m < w->models; m++) MKT_TRY(mkt_attribution_work_credit(w, m, c, err));
        MKT_TRY(add_others(w, c, err));
    }
    return MKT_OK;
}
