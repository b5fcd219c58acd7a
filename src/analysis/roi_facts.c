#include "analysis/roi_facts.h"

#include <math.h>

#include "analysis/roi_caveats.h"

struct metric {
    const char *name, *label;
    mkt_unit unit;
};

static const struct metric metrics[MKT_METRICS] = {
    [MKT_SPEND] = {"spend", "Spend", MKT_UNIT_MONEY},
    [MKT_IMPRESSIONS] = {"impressions", "Impressions", MKT_UNIT_COUNT},
    [MKT_CLICKS] = {"clicks", "Clicks", MKT_UNIT_COUNT},
    [MKT_CONVERSIONS] = {"conversions", "Conversions", MKT_UNIT_COUNT},
    [MKT_REVENUE] = {"revenue", "Revenue", MKT_UNIT_MONEY},
    [MKT_NEW_CUSTOMERS] = {"new_customers", "New customers", MKT_UNIT_COUNT},
    [MKT_CTR] = {"ctr", "CTR", MKT_UNIT_SHARE},
    [MKT_CPC] = {"cpc", "CPC", MKT_UNIT_MONEY},
    [MKT_CPM] = {"cpm", "CPM", MKT_UNIT_MONEY},
    [MKT_CONVERSION_RATE] = {"conversion_rate", "Conversion rate", MKT_UNIT_SHARE},
    [MKT_CPA] = {"cpa", "CPA", MKT_UNIT_MONEY},
    [MKT_CAC] = {"cac", "CAC", MKT_UNIT_MONEY},
    [MKT_AOV] = {"aov", "Average order value", MKT_UNIT_MONEY},
    [MKT_ROAS] = {"roas", "ROAS", MKT_UNIT_RATIO},
    [MKT_ROI] = {"roi", "ROI", MKT_UNIT_RATIO},
    [MKT_ROI_ON_MARGIN] = {"roi_on_margin", "ROI on margin", MKT_UNIT_RATIO},
    [MKT_SPEND_SHARE] = {"spend_share", "Share of spend", MKT_UNIT_SHARE},
    [MKT_REVENUE_SHARE] = {"revenue_share", "Share of revenue", MKT_UNIT_SHARE},
};

const char *mkt_roi_facts_metric(int metric)
{
    return metrics[metric].name;
}

const char *mkt_roi_facts_label(int metric)
{
    return metrics[metric].label;
}

mkt_unit mkt_roi_facts_unit(int metric)
{
    return metrics[metric].unit;
}

const char *mkt_roi_facts_scope(mkt_slice_kind kind)
{
    static const char *const scope[] = {"total", "channel", "campaign", "segment"};
    return scope[kind];
}

/* NULL when the sheet has no such fact or the arena is full. */
const char *mkt_roi_facts_id(struct mkt_roi_work *w, size_t entity, int metric)
{
    if (isnan(w->returns.entity[entity].metric[metric].value)) return NULL;
    return mkt_arena_printf(w->sheet->arena, "%s.%s", w->entity[entity].key, metrics[metric].name);
}

/* ---- caveats of a fact ------------------------------------------------------- */

enum { ATTRIBUTED = 1, SHORT = 2, FEW = 4, LATE = 8, SOURCE = 16, SETS = 32 };

static const char *const caveat_id[] = {"attributed", "short_history", "few_conversions",
                                        "last_days_incomplete", "cac_source"};

/* All sets of caveats a fact may carry, so that each fact only points. */
static mkt_status make_sets(struct mkt_roi_work *w, const char *const *set[SETS],
                            size_t count[SETS], struct mkt_err *err)
{
    for (unsigned s = 0; s < SETS; s++) {
        const char **list = MKT_NEW(w->sheet->arena, const char *, 5);
        if (!list) return mkt_arena_full(w->sheet->arena, err);
        count[s] = 0;
        for (unsigned k = 0; k < 5; k++)
            if (s >> k & 1U) list[count[s]++] = caveat_id[k];
        set[s] = list;
    }
    return MKT_OK;
}

static bool credited(int metric)
{
    switch (metric) {
    case MKT_SPEND:
    case MKT_IMPRESSIONS:
    case MKT_CLICKS:
    case MKT_CTR:
    case MKT_CPC:
    case MKT_CPM:
    case MKT_SPEND_SHARE:
        return false;
    default:
        return true;
    }
}

static unsigned set_of(const struct mkt_roi_work *w, size_t e, int metric,
                       const struct mkt_estimate *x)
{
    unsigned s = credited(metric) ? ATTRIBUTED : 0;
    if (credited(metric) && w->entity[e].few) s |= FEW;
    if (credited(metric) && w->late) s |= LATE;
    if (metric == MKT_CAC && mkt_roi_caveats_cac(w)) s |= SOURCE;
    if (!isnan(x->low) && mkt_period_days(w->returns.span[MKT_NOW].period) < MKT_ROI_SHORT_DAYS)
        s |= SHORT;
    return s;
}

/* ---- facts ---------------------------------------------------------------- */

struct facts {
    struct mkt_roi_work *w;
    const char *const *set[SETS];
    size_t sets[SETS];
};

/* "ROAS of search", "ROAS". */
static char *label_of(struct facts *f, size_t e, int metric)
{
    const char *name = f->w->entity[e].name;
    struct mkt_arena *arena = f->w->sheet->arena;
    return name ? mkt_arena_printf(arena, "%s of %s", metrics[metric].label, name)
                : mkt_arena_strdup(arena, metrics[metric].label);
}

static mkt_status add(struct facts *f, size_t e, int metric, const struct mkt_estimate *x,
                      struct mkt_fact *fact, struct mkt_err *err)
{
    struct mkt_arena *arena = f->w->sheet->arena;
    if (!fact->id || !fact->label || !fact->metric) return mkt_arena_full(arena, err);
    const struct mkt_entity *entity = &f->w->returns.entity[e];
    unsigned s = set_of(f->w, e, metric, x);
    bool interval = !isnan(x->low);
    fact->scope = mkt_roi_facts_scope(entity->kind);
    fact->entity = f->w->entity[e].name;
    fact->value = x->value;
    fact->low = x->low;
    fact->high = x->high;
    fact->level = interval ? MKT_RETURNS_LEVEL : 0;
    fact->interval = interval ? x->interval : "none";
    fact->why = interval ? NULL : x->why;
    fact->method = "roi";
    fact->caveat = f->set[s];
    fact->caveats = f->sets[s];
    return mkt_sheet_add_fact(f->w->sheet, fact, err);
}

static mkt_status add_now(struct facts *f, size_t e, int metric, struct mkt_err *err)
{
    struct mkt_arena *arena = f->w->sheet->arena;
    const struct mkt_entity *entity = &f->w->returns.entity[e];
    const struct mkt_estimate *x = &entity->metric[metric];
    if (isnan(x->value)) return MKT_OK;
    struct mkt_fact fact = {
        .id = mkt_arena_printf(arena, "%s.%s", f->w->entity[e].key, metrics[metric].name),
        .label = label_of(f, e, metric),
        .metric = metrics[metric].name,
        .unit = metrics[metric].unit,
        .n = entity->active_days,
        .n_of = "days"};
    if (metric == MKT_CTR || metric == MKT_CONVERSION_RATE) {
        int trials = metric == MKT_CTR ? MKT_IMPRESSIONS : MKT_CLICKS;
        fact.n = (int64_t)entity->sum[MKT_NOW][trials];
        fact.n_of = metrics[trials].name;
    }
    return add(f, e, metric, x, &fact, err);
}

static mkt_status add_change(struct facts *f, size_t e, int metric, mkt_span_name span,
                             struct mkt_err *err)
{
    static const char *const suffix[] = {"", "vs_before", "vs_year_before"};
    static const char *const against[] = {"", "against the period before", "against a year before"};
    struct mkt_arena *arena = f->w->sheet->arena;
    const struct mkt_estimate *x = &f->w->returns.entity[e].change[span][metric];
    const char *name = f->w->entity[e].name;
    if (!x->interval || isnan(x->value)) return MKT_OK;
    struct mkt_fact fact = {
        .id = mkt_arena_printf(arena, "%s.%s.%s", f->w->entity[e].key, metrics[metric].name,
                               suffix[span]),
        .label = name ? mkt_arena_printf(arena, "%s of %s %s", metrics[metric].label, name,
                                         against[span])
                      : mkt_arena_printf(arena, "%s %s", metrics[metric].label, against[span]),
        .metric = mkt_arena_printf(arena, "%s_%s", metrics[metric].name, suffix[span]),
        .unit = MKT_UNIT_CHANGE,
        .n = mkt_period_days(f->w->returns.span[span].period),
        .n_of = "days"};
    return add(f, e, metric, x, &fact, err);
}

static mkt_status add_elasticity(struct facts *f, size_t e, struct mkt_err *err)
{
    struct mkt_arena *arena = f->w->sheet->arena;
    const struct mkt_roi_entity *x = &f->w->entity[e];
    const struct mkt_elasticity *k = &x->elasticity;
    if (!k->known) return MKT_OK;
    struct mkt_fact fact = {.id = mkt_arena_printf(arena, "%s.elasticity", x->key),
                            .label = mkt_arena_printf(arena, "Elasticity of %s", x->name),
                            .metric = "elasticity",
                            .unit = MKT_UNIT_INDEX,
                            .n = k->weeks,
                            .n_of = "weeks"};
    struct mkt_estimate estimate = {k->value, k->low, k->high, NAN, "bootstrap", NULL};
    return add(f, e, MKT_ROAS, &estimate, &fact, err);
}

mkt_status mkt_roi_facts_add(struct mkt_roi_work *w, struct mkt_err *err)
{
    struct facts f = {.w = w};
    MKT_TRY(make_sets(w, f.set, f.sets, err));
    for (size_t e = 0; e < w->returns.entities; e++) {
        for (int m = 0; m < MKT_METRICS; m++) MKT_TRY(add_now(&f, e, m, err));
        if (w->returns.entity[e].kind == MKT_SLICE_CAMPAIGN) continue;
        for (int span = MKT_BEFORE; span < MKT_SPANS; span++)
            for (int m = 0; w->returns.span[span].known && m < MKT_METRICS; m++)
                MKT_TRY(add_change(&f, e, m, (mkt_span_name)span, err));
        MKT_TRY(add_elasticity(&f, e, err));
    }
    return MKT_OK;
}
