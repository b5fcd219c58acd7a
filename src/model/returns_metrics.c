#include "model/returns_metrics.h"

#include <math.h>

#include "model/interval.h"
#include "num/distribution.h"

#define LEAST_ACTIVE 5    /* days with anything of an outcome, for an interval around it */
#define LEAST_SPREAD 1e-9 /* below it a series did not vary at all */

static const char *const why_sum = "a sum of what was recorded";
static const char *const why_plan = "spend was decided, it is not a matter of chance";
static const char *const why_nothing = "nothing of it was recorded";
static const char *const why_short = "fewer than 14 days with activity";
static const char *const why_sparse = "recorded on fewer than 5 days";
static const char *const why_constant = "it did not vary from day to day";
static const char *const why_little = "too little of it to tell chance from change";
static const char *const why_alone = "it is the whole";
static const char *const why_below = "it is not above zero";

struct context {
    const struct mkt_returns *r;
    const struct mkt_span *span;
    mkt_span_name name;
    const struct mkt_returns_spread *spread;
    size_t e;
    const double *sum;        /* of the entity */
    int active[MKT_MEASURES]; /* days with anything of the measure */
    const char *barred;       /* why nothing of the entity has an interval, or NULL */
    struct mkt_estimate *out; /* [MKT_METRICS] */
};

static bool has(const struct context *c, mkt_measure m)
{
    return c->r->measures >> m & 1U;
}

static struct mkt_estimate none(double value, const char *why)
{
    return (struct mkt_estimate){value, NAN, NAN, NAN, "none", why};
}

static const struct mkt_estimate unknown = {NAN, NAN, NAN, NAN, "none", "the data do not have it"};

/* Why an outcome's spread says nothing, or NULL. */
static const char *bar(const struct context *c, mkt_measure m)
{
    if (c->barred) return c->barred;
    if (c->sum[m] == 0) return why_nothing;
    if (c->sum[m] < 0) return why_below;
    return c->active[m] < LEAST_ACTIVE ? why_sparse : NULL;
}

/* value, with an interval on the log scale from the spread in `list` at outcome m. */
static struct mkt_estimate with_spread(const struct context *c, double value, double spread,
                                       const char *barred)
{
    if (!isfinite(value)) return unknown;
    struct mkt_estimate e = none(value, barred);
    if (barred) return e;
    if (!(spread > LEAST_SPREAD)) return none(value, why_constant);
    e.spread = spread;
    struct mkt_interval i = mkt_interval_log(value, spread, c->span->t);
    if (isnan(i.low)) return none(value, why_short);
    e.low = i.low;
    e.high = i.high;
    e.interval = "bootstrap";
    return e;
}

static double at(const double *list, const struct context *c, mkt_measure m)
{
    return list ? list[mkt_returns_column(c->e, m)] : NAN;
}

/* above / below, of which `m` is the outcome that varies and the other is spend. */
static struct mkt_estimate per_spend(const struct context *c, double above, double below,
                                     mkt_measure m)
{
    if (!has(c, m) || !(c->sum[MKT_SPEND] > 0) || !(below > 0)) return unknown;
    return with_spread(c, above / below, at(c->spread->own, c, m), bar(c, m));
}

/* Outcome `m + 1` per outcome `m`: both vary. */
static struct mkt_estimate per_outcome(const struct context *c, mkt_measure m)
{
    mkt_measure above = (mkt_measure)(m + 1);
    if (!has(c, m) || !has(c, above) || !(c->sum[m] > 0)) return unknown;
    const char *barred = bar(c, m);
    return with_spread(c, c->sum[above] / c->sum[m], at(c->spread->next, c, m),
                       barred ? barred : bar(c, above));
}

/* A share of counted trials: Wilson, on as many trials as the spread between days leaves of them. */
static struct mkt_estimate rate(const struct context *c, mkt_measure trials)
{
    struct mkt_estimate e = per_outcome(c, trials);
    double n = trials < MKT_MEASURES ? c->sum[trials] : 0, p = e.value;
    if (!(p >= 0 && p < 1)) return e; /* views that convert without a click: no share */
    if (e.why && e.why != why_constant && !(e.why == why_sparse || e.why == why_nothing)) return e;
    double binomial = p > 0 ? sqrt((1 - p) / (n * p)) : NAN;
    double effect = e.spread > binomial ? e.spread * e.spread / (binomial * binomial) : 1;
    struct mkt_interval i = mkt_interval_wilson(n * p, n, effect, c->span->t);
    if (isnan(i.low)) return e;
    double spread = p > 0 ? fmax(binomial, isnan(e.spread) ? 0 : e.spread) : NAN;
    return (struct mkt_estimate){p, i.low, i.high, spread, "wilson", NULL};
}

/* factor * ROAS - 1 */
static struct mkt_estimate profit(const struct mkt_estimate *roas, double factor)
{
    if (isnan(factor) || isnan(roas->value)) return unknown;
    struct mkt_estimate e = *roas;
    e.value = factor * roas->value - 1;
    e.low = factor * roas->low - 1;
    e.high = factor * roas->high - 1;
    e.spread = NAN;
    return e;
}

static struct mkt_estimate revenue_share(const struct context *c)
{
    double whole = c->r->entity[0].sum[c->name][MKT_REVENUE];
    if (!has(c, MKT_REVENUE) || !(whole > 0)) return unknown;
    double share = c->sum[MKT_REVENUE] / whole;
    if (c->e == 0 || share >= 1) return none(share, why_alone);
    struct mkt_estimate e =
        with_spread(c, share, at(c->spread->apart, c, MKT_REVENUE), bar(c, MKT_REVENUE));
    if (e.why) return e;
    struct mkt_interval i = mkt_interval_logit(share, e.spread, c->span->t);
    if (isnan(i.low)) return none(share, why_short);
    e.low = i.low;
    e.high = i.high;
    return e;
}

static void fill_entity(struct context *c)
{
    struct mkt_estimate *out = c->out;
    double spend = c->sum[MKT_SPEND], whole = c->r->entity[0].sum[c->name][MKT_SPEND];
    for (int m = 0; m < MKT_MEASURES; m++) {
        out[m] = has(c, (mkt_measure)m) ? none(c->sum[m], why_sum) : unknown;
        if (m == MKT_SPEND || !has(c, (mkt_measure)m)) continue;
        struct mkt_estimate e = with_spread(c, c->sum[m], at(c->spread->own, c, (mkt_measure)m),
                                            bar(c, (mkt_measure)m));
        out[m].spread = e.spread; /* for changes: the sum itself is what it is */
    }
    out[MKT_CTR] = rate(c, MKT_IMPRESSIONS);
    out[MKT_CPC] = per_spend(c, spend, c->sum[MKT_CLICKS], MKT_CLICKS);
    out[MKT_CPM] = per_spend(c, 1000 * spend, c->sum[MKT_IMPRESSIONS], MKT_IMPRESSIONS);
    out[MKT_CONVERSION_RATE] = rate(c, MKT_CLICKS);
    out[MKT_CPA] = per_spend(c, spend, c->sum[MKT_CONVERSIONS], MKT_CONVERSIONS);
    out[MKT_CAC] = per_spend(c, spend, c->sum[MKT_NEW_CUSTOMERS], MKT_NEW_CUSTOMERS);
    out[MKT_AOV] = per_outcome(c, MKT_CONVERSIONS);
    out[MKT_ROAS] = per_spend(c, c->sum[MKT_REVENUE], spend, MKT_REVENUE);
    out[MKT_ROI] = profit(&out[MKT_ROAS], 1);
    out[MKT_ROI_ON_MARGIN] = profit(&out[MKT_ROAS], c->r->params.margin);
    out[MKT_SPEND_SHARE] = whole > 0 ? none(spend / whole, why_plan) : unknown;
    out[MKT_REVENUE_SHARE] = revenue_share(c);
}

static void count_active(struct context *c)
{
    size_t days = c->span->expected.days;
    const double *daily = c->span->daily + c->e * MKT_MEASURES * days;
    int active = 0;
    for (size_t m = 0; m < MKT_MEASURES; m++) {
        c->active[m] = 0;
        for (size_t t = 0; t < days; t++) c->active[m] += daily[m * days + t] != 0;
    }
    for (size_t t = 0; t < days; t++) {
        bool any = false;
        for (size_t m = 0; m < MKT_MEASURES; m++) any = any || daily[m * days + t] != 0;
        active += any;
    }
    bool drawn = c->spread->own && c->span->expected.freedom > 0;
    c->barred = drawn && active >= MKT_RETURNS_LEAST_DAYS ? NULL : why_short;
}

void mkt_returns_metrics_fill(const struct mkt_returns *r, mkt_span_name span,
                              const struct mkt_returns_spread *spread,
                              struct mkt_estimate (*out)[MKT_METRICS])
{
    for (size_t e = 0; e < r->span[span].entities; e++) {
        struct context c = {.r = r,
                            .span = &r->span[span],
                            .name = span,
                            .spread = spread,
                            .e = e,
                            .sum = r->entity[e].sum[span],
                            .out = out[e]};
        count_active(&c);
        fill_entity(&c);
    }
}

/* ---- changes ---------------------------------------------------------------- */

/* Degrees of freedom of the sum of two squared spreads (Welch, Biometrika 34 (1947) 28-35). */
static double joint_freedom(double a, double a_freedom, double b, double b_freedom)
{
    double va = a * a, vb = b * b;
    return (va + vb) * (va + vb) / (va * va / a_freedom + vb * vb / b_freedom);
}

static struct mkt_estimate change(const struct mkt_returns *r, mkt_span_name span,
                                  const struct mkt_estimate *now, const struct mkt_estimate *then)
{
    if (!(now->value > 0) || !(then->value > 0)) return unknown;
    double ratio = now->value / then->value;
    if (!(now->spread >= 0) || !(then->spread >= 0)) {
        const char *why = !(now->spread >= 0) ? now->why : then->why;
        return none(ratio - 1, why == why_sum ? why_little : why);
    }
    double spread = sqrt(now->spread * now->spread + then->spread * then->spread);
    double freedom = joint_freedom(now->spread, r->span[MKT_NOW].expected.freedom, then->spread,
                                   r->span[span].expected.freedom);
    double t = mkt_distribution_t_quantile((1 + MKT_RETURNS_LEVEL) / 2, freedom);
    struct mkt_interval i = mkt_interval_log(ratio, spread, t);
    if (isnan(i.low)) return none(ratio - 1, why_short);
    return (struct mkt_estimate){ratio - 1, i.low - 1, i.high - 1, spread, "bootstrap", NULL};
}

void mkt_returns_metrics_change(struct mkt_returns *r, mkt_span_name span, size_t e,
                                const struct mkt_estimate *then)
{
    const struct mkt_estimate *now = r->entity[e].metric;
    struct mkt_estimate *out = r->entity[e].change[span];
    for (int m = 0; m < MKT_METRICS; m++) out[m] = change(r, span, &now[m], &then[m]);
    for (int m = MKT_ROI; m <= MKT_SPEND_SHARE; m++) out[m] = unknown; /* not positive, or a plan */
    if (!isnan(out[MKT_SPEND].value)) out[MKT_SPEND].why = why_plan;
}
