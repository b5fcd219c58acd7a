/* Figures of the whole, of channels, segments and kinds; and by month of age. */
#include <math.h>
#include <string.h>

#include "analysis/economics_work.h"

static const char *const why_sum = "a sum of what was recorded";
static const char *const why_few = "fewer than 14 days with activity, or too few customers";

const char *mkt_economics_work_scope(mkt_economics_scope scope)
{
    static const char *const name[] = {"total", "channel", "segment", "kind"};
    return name[scope];
}

const char *mkt_economics_work_label(struct mkt_economics_work *w, const char *label,
                                     const char *name)
{
    return name ? mkt_arena_printf(w->sheet->arena, "%s of %s", label, name) : label;
}

const char *mkt_economics_work_id(struct mkt_economics_work *w, const char *key, const char *metric)
{
    const char *id = mkt_arena_printf(w->sheet->arena, "%s.%s", key, metric);
    return id && mkt_sheet_fact(w->sheet, id) ? id : NULL;
}

/* Caveats that bear on every figure of what customers bring, and on what they cost. */
static const char *const caveats[] = {"attributed", "cac_source"};

mkt_status mkt_economics_work_add(struct mkt_economics_work *w,
                                  const struct mkt_economics_figure *x, struct mkt_err *err)
{
    bool has = isfinite(x->low) && isfinite(x->high);
    if (!isfinite(x->value)) return MKT_OK;
    const char *id = mkt_arena_printf(w->sheet->arena, "%s.%s", x->key, x->metric);
    if (!id || !x->label) return mkt_arena_full(w->sheet->arena, err);
    size_t credited = strcmp(x->metric, "spend") != 0;
    if (strcmp(x->metric, "cac") == 0 && mkt_economics_work_two_counts(w)) credited = 2;
    struct mkt_fact fact = {.id = id,
                            .label = x->label,
                            .scope = x->scope,
                            .entity = x->entity,
                            .metric = x->metric,
                            .value = x->value,
                            .unit = x->unit,
                            .low = has ? fmin(x->low, x->value) : NAN,
                            .high = has ? fmax(x->high, x->value) : NAN,
                            .level = has ? MKT_ECONOMICS_LEVEL : 0,
                            .interval = has ? x->interval : "none",
                            .why = has      ? NULL
                                   : x->why ? x->why
                                            : why_few,
                            .n = (int64_t)x->n,
                            .n_of = x->n_of ? x->n_of : "customers",
                            .method = "unit_economics",
                            .caveat = caveats,
                            .caveats = credited};
    return mkt_sheet_add_fact(w->sheet, &fact, err);
}

void mkt_economics_work_worth(const struct mkt_economics_work *w, double above, double below,
                              double spread, struct mkt_economics_figure *out)
{
    out->value = above - below;
    out->low = out->high = NAN;
    if (!(above > 0) || isnan(spread) || isnan(w->t)) return;
    out->low = above * exp(-w->t * spread) - below;
    out->high = above * exp(w->t * spread) - below;
    out->interval = "bootstrap";
}

/* ---- one slice -------------------------------------------------------------------------------- */

struct at_hand {
    struct mkt_economics_work *w;
    const struct mkt_economics_slice *s;
    size_t place;
    double customers;
};

static mkt_status add(const struct at_hand *h, const char *metric, const char *label, mkt_unit unit,
                      struct mkt_economics_figure x, struct mkt_err *err)
{
    x.key = h->s->key;
    x.metric = metric;
    x.label = mkt_economics_work_label(h->w, label, h->s->name);
    x.scope = mkt_economics_work_scope(h->s->scope);
    x.entity = h->s->name;
    x.unit = unit;
    if (!x.n_of) x.n = h->customers;
    return mkt_economics_work_add(h->w, &x, err);
}

static struct mkt_economics_figure sum(double value)
{
    return (struct mkt_economics_figure){.value = value, .low = NAN, .high = NAN, .why = why_sum};
}

static struct mkt_economics_figure estimate(const struct mkt_lifetime_value *v)
{
    return (struct mkt_economics_figure){
        .value = v->value, .low = v->low, .high = v->high, .interval = "bootstrap"};
}

static struct mkt_economics_figure cost(const struct mkt_economics_work *w, double value,
                                        double spread)
{
    return (struct mkt_economics_figure){.value = value,
                                         .low = value * exp(-w->t * spread),
                                         .high = value * exp(w->t * spread),
                                         .interval = "bootstrap"};
}

static mkt_status add_costs(const struct at_hand *h, struct mkt_err *err)
{
    struct mkt_economics_work *w = h->w;
    const struct mkt_economics_slice *s = h->s;
    if (w->spends && (s->spend > 0 || !s->name))
        MKT_TRY(add(h, "spend", "Spend", MKT_UNIT_MONEY, sum(s->spend), err));
    MKT_TRY(add(h, "new_customers", "New customers", MKT_UNIT_COUNT, sum(h->customers), err));
    if (!w->spends) return MKT_OK;
    MKT_TRY(add(h, "cac", "CAC", MKT_UNIT_MONEY, cost(w, s->cac, s->cac_spread), err));
    if (s->name || !s->entity || !w->by_channel || w->cohorts.all == (int64_t)h->customers)
        return MKT_OK;
    const struct mkt_estimate *all = &s->entity->metric[MKT_CPA];
    struct mkt_economics_figure x = {.value = all->value,
                                     .low = all->low,
                                     .high = all->high,
                                     .interval = all->interval,
                                     .why = all->why,
                                     .n = (double)w->cohorts.all,
                                     .n_of = "customers"};
    MKT_TRY(add(h, "all_new_customers", "New customers, paid for or not", MKT_UNIT_COUNT,
                sum((double)w->cohorts.all), err));
    return add(h, "blended_cac", "Spend for each new customer, paid for or not", MKT_UNIT_MONEY, x,
               err);
}

static mkt_status add_value(const struct at_hand *h, struct mkt_err *err)
{
    struct mkt_economics_work *w = h->w;
    const struct mkt_economics_slice *s = h->s;
    const struct mkt_lifetime *l = &s->life;
    const char *ltv, *revenue;
    double n = l->months >= w->horizon ? (double)l->seen[w->horizon - 1] : 0;
    MKT_ECONOMICS_TEXT(w, ltv, err, "LTV over %zu month%s", w->horizon, w->horizon == 1 ? "" : "s");
    MKT_ECONOMICS_TEXT(w, revenue, err, "Revenue of a customer over %zu month%s", w->horizon,
                       w->horizon == 1 ? "" : "s");
    struct mkt_economics_figure x = estimate(&l->revenue);
    x.n = n;
    x.n_of = "customers who are old enough";
    MKT_TRY(add(h, "revenue_per_customer", revenue, MKT_UNIT_MONEY, x, err));
    if (!w->money) return MKT_OK;
    x = estimate(&l->ltv);
    x.n = n;
    x.n_of = "customers who are old enough";
    MKT_TRY(add(h, "ltv", ltv, MKT_UNIT_MONEY, x, err));
    if (isnan(s->cac)) return MKT_OK;
    struct mkt_lifetime_value ratio =
        mkt_lifetime_per(&l->ltv, s->cac, s->cac_spread, fmax(l->t, w->t));
    return add(h, "ltv_to_cac", "LTV:CAC", MKT_UNIT_RATIO, estimate(&ratio), err);
}

static mkt_status add_payback(const struct at_hand *h, struct mkt_err *err)
{
    struct mkt_economics_work *w = h->w;
    const struct mkt_economics_slice *s = h->s;
    const struct mkt_lifetime *l = &s->life;
    if (!w->money || isnan(s->cac) || !(s->cac > 0) || !l->months) return MKT_OK;
    struct mkt_lifetime_month m = mkt_lifetime_payback(l, s->cac, s->cac_spread);
    struct mkt_economics_figure x = {.value = m.value,
                                     .low = m.low,
                                     .high = m.high,
                                     .interval = "bootstrap",
                                     .why = "its upper end lies beyond the months that the data "
                                            "show"};
    if (isnan(s->cac_spread)) x.low = x.high = NAN, x.why = why_few;
    MKT_TRY(add(h, "payback_months", "Months until the average customer has paid back",
                MKT_UNIT_INDEX, x, err));
    m = mkt_lifetime_median(l);
    x = (struct mkt_economics_figure){.value = m.value,
                                      .low = m.low,
                                      .high = m.high,
                                      .interval = "kaplan-meier",
                                      .why = "its upper end lies beyond the months that the data "
                                             "show"};
    MKT_TRY(add(h, "payback_median", "Months until half of the customers have paid back",
                MKT_UNIT_INDEX, x, err));
    const struct mkt_lifetime_share *p = &l->paid[l->months - 1];
    const char *label;
    MKT_ECONOMICS_TEXT(w, label, err, "Share of customers paid back after %zu month%s", l->months,
                       l->months == 1 ? "" : "s");
    x = (struct mkt_economics_figure){.value = p->value,
                                      .low = p->low,
                                      .high = p->high,
                                      .interval = "wilson",
                                      .n = (double)l->seen[0],
                                      .n_of = "customers"};
    MKT_TRY(add(h, "paid_back", label, MKT_UNIT_SHARE, x, err));
    struct mkt_lifetime_value reached =
        mkt_lifetime_per(&l->curve[l->months - 1], s->cac, s->cac_spread, fmax(l->t, w->t));
    MKT_ECONOMICS_TEXT(w, label, err, "Part of their CAC that customers bring back in %zu month%s",
                       l->months, l->months == 1 ? "" : "s");
    return add(h, "cac_recovered", label, MKT_UNIT_RATIO, estimate(&reached), err);
}

static mkt_status add_brought(const struct at_hand *h, struct mkt_err *err)
{
    struct mkt_economics_work *w = h->w;
    const struct mkt_cohorts_flow *flow = w->cohorts.flow + h->place * w->cohorts.calendar;
    double amount = 0, contribution = 0;
    for (size_t t = 0; t < w->cohorts.calendar; t++) {
        amount += (double)flow[t].amount / MKT_MICRO;
        contribution += (double)flow[t].contribution / MKT_MICRO;
    }
    MKT_TRY(add(h, "revenue", "Revenue to date", MKT_UNIT_MONEY, sum(amount), err));
    if (!w->money) return MKT_OK;
    return add(h, "contribution", "Contribution to date", MKT_UNIT_MONEY, sum(contribution), err);
}

mkt_status mkt_economics_work_facts(struct mkt_economics_work *w, struct mkt_err *err)
{
    for (size_t i = 0; i < w->slices; i++) {
        const struct mkt_economics_slice *s = &w->slice[i];
        struct at_hand h = {w, s, i, (double)w->cohorts.customers[i]};
        bool empty = !w->cohorts.customers[i] && !(s->spend > 0);
        if (i && empty) continue;
        MKT_TRY(add_costs(&h, err));
        MKT_TRY(add_value(&h, err));
        MKT_TRY(add_payback(&h, err));
        MKT_TRY(add_brought(&h, err));
    }
    return MKT_OK;
}

/* ---- by month of age ---------------------------------------------------------------------------- */

static mkt_status add_age(struct mkt_economics_work *w, size_t m, struct mkt_err *err)
{
    const struct mkt_lifetime *l = &w->slice[0].life;
    const char *key, *entity;
    MKT_ECONOMICS_TEXT(w, key, err, "age.%zu", m + 1);
    MKT_ECONOMICS_TEXT(w, entity, err, "month %zu", m + 1);
    struct mkt_economics_figure x = {.key = key,
                                     .scope = "age",
                                     .entity = entity,
                                     .metric = "seen",
                                     .unit = MKT_UNIT_COUNT,
                                     .value = (double)l->seen[m],
                                     .low = NAN,
                                     .high = NAN,
                                     .why = "a count",
                                     .n = (double)l->seen[m]};
    x.label = mkt_economics_work_label(w, "Customers at the end", entity);
    MKT_TRY(mkt_economics_work_add(w, &x, err));
    if (!w->money) return MKT_OK;
    x.metric = "brought";
    x.unit = MKT_UNIT_MONEY;
    x.value = l->curve[m].value;
    x.low = l->curve[m].low;
    x.high = l->curve[m].high;
    x.interval = "bootstrap";
    x.why = NULL;
    x.label = mkt_economics_work_label(w, "Contribution of a customer by the end", entity);
    MKT_TRY(mkt_economics_work_add(w, &x, err));
    x.metric = "paid_back";
    x.unit = MKT_UNIT_SHARE;
    x.value = l->paid[m].value;
    x.low = l->paid[m].low;
    x.high = l->paid[m].high;
    x.interval = "wilson";
    x.label = mkt_economics_work_label(w, "Share of customers paid back by the end", entity);
    return mkt_economics_work_add(w, &x, err);
}

mkt_status mkt_economics_work_ages(struct mkt_economics_work *w, struct mkt_err *err)
{
    for (size_t m = 0; m < w->slice[0].life.months; m++) MKT_TRY(add_age(w, m, err));
    return MKT_OK;
}
