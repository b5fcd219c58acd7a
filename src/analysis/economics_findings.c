/* Comparisons and their probabilities: whether it has paid, and who returns more of what they cost;
 * and what a channel caused, where chance withheld it from some people. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/economics_work.h"
#include "base/text.h"
#include "model/confidence.h"
#include "model/holdout.h"

#define USUAL .25 /* variance of the logarithm of a return: half or twice as much is usual */
#define Z 1.959963984540054

/* With up to two facts; ids that are NULL are left out. */
static mkt_status add(struct mkt_economics_work *w, struct mkt_finding f, const char *first,
                      const char *second, struct mkt_err *err)
{
    const char **fact = MKT_NEW(w->sheet->arena, const char *, 2);
    if (!fact) return mkt_arena_full(w->sheet->arena, err);
    if (first) fact[f.facts++] = first;
    if (second) fact[f.facts++] = second;
    f.fact = fact;
    return mkt_sheet_add_finding(w->sheet, &f, err);
}

static const char *plain_scope(const struct mkt_economics_slice *s)
{
    return mkt_economics_work_scope(s->scope);
}

/* ---- has it paid? ----------------------------------------------------------------------------- */

static mkt_status add_paid(struct mkt_economics_work *w, size_t i, struct mkt_err *err)
{
    const struct mkt_economics_slice *s = &w->slice[i];
    double spread = mkt_economics_work_spread(w, s);
    if (!s->entity || isnan(spread) || !(s->present_spend > 0)) return MKT_OK;
    const struct mkt_returns *r = s->scope == MKT_ECONOMICS_KIND ? &w->kind_returns : &w->returns;
    double p = mkt_returns_above_value(r, MKT_REVENUE, s->place, s->present_spend / s->spend);
    if (isnan(p)) return MKT_OK;
    bool yes = p >= .5;
    struct mkt_finding f = {.kind = MKT_FINDING_BREAK_EVEN,
                            .probability = yes ? p : 1 - p,
                            .stake = fabs(s->present - s->present_spend),
                            .scope = plain_scope(s),
                            .subject = s->name};
    MKT_ECONOMICS_TEXT(w, f.id, err, "%s.%s", s->key, yes ? "has_paid" : "has_not_paid");
    MKT_ECONOMICS_TEXT(w, f.claim, err, "the customers that %s won have %s they cost",
                       s->name ? s->name : "marketing",
                       yes ? "paid back what" : "so far brought less than");
    if (i == 0) {
        w->sheet->headline = f.id;
        w->sheet->confidence = mkt_confidence(f.probability, USUAL, spread * spread);
    }
    return add(w, f, mkt_economics_work_id(w, s->key, "npv"),
               mkt_economics_work_id(w, s->key, "present_per_spend"), err);
}

/* ---- one against another ----------------------------------------------------------------------- */

static bool is_comparable(const struct mkt_economics_work *w, size_t i)
{
    return w->cohorts.customers[i] >= MKT_ECONOMICS_FEW && !isnan(w->slice[i].cac_spread) &&
           w->slice[i].life.ltv.spread > 0;
}

static struct mkt_lifetime_value ratio_of(const struct mkt_economics_work *w, size_t i)
{
    const struct mkt_economics_slice *s = &w->slice[i];
    return mkt_lifetime_per(&s->life.ltv, s->cac, s->cac_spread, fmax(s->life.t, w->t));
}

static mkt_status compare(struct mkt_economics_work *w, size_t i, size_t k, struct mkt_err *err)
{
    struct mkt_lifetime_value a = ratio_of(w, i), b = ratio_of(w, k);
    if (a.value < b.value) return compare(w, k, i, err);
    const struct mkt_economics_slice *x = &w->slice[i], *y = &w->slice[k];
    struct mkt_finding f = {.kind = MKT_FINDING_COMPARE,
                            .probability = mkt_lifetime_above(&a, &b),
                            .scope = plain_scope(x),
                            .subject = x->name,
                            .other = y->name};
    if (isnan(f.probability)) return MKT_OK;
    f.stake = fmin(y->spend * (a.value > 0 ? 1 - fmax(b.value, 0) / a.value : 1), x->spend);
    MKT_ECONOMICS_TEXT(w, f.id, err, "%s_over_%s.ltv_to_cac", x->key, y->key);
    MKT_ECONOMICS_TEXT(w, f.claim, err,
                       "customers of %s bring more for what they cost than those of %s", x->name,
                       y->name);
    return add(w, f, mkt_economics_work_id(w, x->key, "ltv_to_cac"),
               mkt_economics_work_id(w, y->key, "ltv_to_cac"), err);
}

static mkt_status compare_all(struct mkt_economics_work *w, mkt_economics_scope scope,
                              struct mkt_err *err)
{
    size_t some[MKT_ECONOMICS_COMPARED], n = 0;
    for (size_t i = 0; i < w->slices && n < MKT_ECONOMICS_COMPARED; i++)
        if (w->slice[i].scope == scope && is_comparable(w, i)) some[n++] = i;
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; b < n; b++) MKT_TRY(compare(w, some[a], some[b], err));
    return MKT_OK;
}

static int by_weight(const void *a, const void *b)
{
    const struct mkt_finding *x = a, *y = b;
    double p = x->stake * fmax(2 * x->probability - 1, 0);
    double q = y->stake * fmax(2 * y->probability - 1, 0);
    if (p != q) return p > q ? -1 : 1;
    return strcmp(x->id, y->id);
}

mkt_status mkt_economics_work_findings(struct mkt_economics_work *w, struct mkt_err *err)
{
    if (!w->money || !w->fitted) return MKT_OK;
    for (size_t i = 0; i < w->slices; i++)
        if (w->slice[i].scope <= MKT_ECONOMICS_CHANNEL) MKT_TRY(add_paid(w, i, err));
    MKT_TRY(compare_all(w, MKT_ECONOMICS_CHANNEL, err));
    MKT_TRY(compare_all(w, MKT_ECONOMICS_SEGMENT, err));
    if (w->sheet->findings)
        qsort(w->sheet->finding, w->sheet->findings, sizeof *w->sheet->finding, by_weight);
    return MKT_OK;
}

/* ---- what was caused --------------------------------------------------------------------------- */

static double part_left(const struct mkt_economics_work *w, size_t slice)
{
    const struct mkt_cohorts_flow *flow = w->cohorts.flow + slice * w->cohorts.calendar;
    double amount = 0, contribution = 0;
    for (size_t t = 0; t < w->cohorts.calendar; t++) {
        amount += (double)flow[t].amount;
        contribution += (double)flow[t].contribution;
    }
    return w->money && amount > 0 ? contribution / amount : NAN;
}

/* `label` with the name where its %s stands. NULL when the arena is full. */
static const char *caused_label(struct mkt_economics_work *w, const char *label, const char *name)
{
    const char *at = strstr(label, "%s");
    return mkt_arena_printf(w->sheet->arena, "%.*s%s%s", (int)(at - label), label, name, at + 2);
}

static mkt_status add_caused(struct mkt_economics_work *w, size_t i,
                             const struct mkt_holdout_channel *arms,
                             const struct mkt_holdout_effect *e, struct mkt_err *err)
{
    static const struct {
        const char *metric, *label;
        mkt_unit unit;
    } what[] = {
        {"incremental_orders", "Orders that %s caused, of people who met it", MKT_UNIT_COUNT},
        {"incremental_share", "Part of these people's orders that %s caused", MKT_UNIT_SHARE},
        {"incremental_value", "Value of the orders that %s caused", MKT_UNIT_MONEY},
        {"incremental_contribution", "Contribution of the orders that %s caused", MKT_UNIT_MONEY}};
    const struct mkt_economics_slice *s = &w->slice[i];
    double met = arms->shown.conversions, left = part_left(w, i);
    const double scale[] = {1, 1 / met, 1, left};
    for (int k = 0; k < 4; k++) {
        bool value = k >= 2;
        const struct mkt_interval *in = value ? &e->value_within : &e->conversions_within;
        struct mkt_economics_figure x = {.key = s->key,
                                         .label =
                                             mkt_economics_work_label(w, what[k].label, s->name),
                                         .scope = plain_scope(s),
                                         .entity = s->name,
                                         .metric = what[k].metric,
                                         .unit = what[k].unit,
                                         .value = scale[k] * (value ? e->value : e->conversions),
                                         .low = scale[k] * in->low,
                                         .high = scale[k] * in->high,
                                         .interval = "holdout",
                                         .n = (double)(arms->shown.users + arms->withheld.users),
                                         .n_of = "people"};
        x.label = caused_label(w, what[k].label, s->name);
        MKT_TRY(mkt_economics_work_add(w, &x, err));
    }
    return MKT_OK;
}

mkt_status mkt_economics_work_incremental(struct mkt_economics_work *w, struct mkt_err *err)
{
    const struct mkt_holdout_arms *h = w->input.holdouts;
    for (size_t k = 0; h && k < h->channel.count; k++) {
        struct mkt_holdout_effect e = mkt_holdout_fit(&h->arms[k], 0, Z);
        if (e.state != MKT_HOLDOUT_GIVEN || !(h->arms[k].shown.conversions > 0)) continue;
        for (size_t i = 1; i <= w->paid; i++) {
            if (!mkt_text_equal_nocase(w->slice[i].name, h->channel.name[k])) continue;
            w->incremental++;
            MKT_TRY(add_caused(w, i, &h->arms[k], &e, err));
        }
    }
    return mkt_economics_work_caveat(
        w, w->incremental ? "incremental_of_some" : "attributed_only",
        w->incremental ? MKT_CAVEAT_NOTE : MKT_CAVEAT_WARN,
        w->incremental
            ? "What a channel caused is told where its touches were withheld at random: of all "
              "orders of the people whose touches are known, new customers or not. It stands "
              "beside what is attributed, of which it is no part."
            : "The data cannot tell what would have come without the spend: touches withheld at "
              "random and logged as the event holdout, or a geo test, would. Customers and what "
              "they bring are attributed, not caused.",
        err);
}
