/* What if: scenarios of price, volume and conversion, and what moves the result most.
 *
 *     R, K, S   present value of amounts, of what the goods cost, of spend
 *     NPV  =  (1 + v) (1 + c) ((1 + p) R - (1 + g) K) - (1 + a) S
 *
 * p price, v what each customer orders, c customers won for the same spend, g cost of goods, a cost
 * of media; volume follows price by the elasticity that is given.
 */
#include <math.h>
#include <string.h>

#include "analysis/economics_work.h"
#include "base/text.h"
#include "model/cashflow.h"

struct change {
    double price, volume, conversion, goods, media, discount;
};

struct worth {
    double brought, spent; /* present values */
};

static double orders_of(const struct mkt_economics_work *w, const struct change *c)
{
    return fmax((1 + c->volume) * (1 + w->input.elasticity * c->price), 0);
}

static struct worth worth_of(const struct mkt_economics_work *w, const struct change *c)
{
    struct worth out = {0, 0};
    double times = orders_of(w, c) * (1 + c->conversion);
    double rate = w->input.discount * (1 + c->discount);
    for (size_t t = 0; t < w->cohorts.calendar; t++) {
        const struct mkt_cohorts_flow *flow = &w->cohorts.flow[t];
        double d = pow(1 + rate, -(double)t / 12), amount = (double)flow->amount / MKT_MICRO;
        double goods = amount - (double)flow->contribution / MKT_MICRO;
        out.brought += d * times * ((1 + c->price) * amount - (1 + c->goods) * goods);
        out.spent += d * (1 + c->media) * w->slice[0].month[t];
    }
    return out;
}

/* ---- scenarios ------------------------------------------------------------------------------- */

static mkt_status add_scenario(struct mkt_economics_work *w, const char *slug, const char *name,
                               const struct change *c, struct mkt_err *err)
{
    const struct mkt_economics_slice *s = &w->slice[0];
    struct worth worth = worth_of(w, c);
    const char *key;
    MKT_ECONOMICS_TEXT(w, key, err, "scenario.%s", slug);
    struct mkt_economics_figure x = {.key = key,
                                     .scope = "scenario",
                                     .entity = name,
                                     .metric = "npv",
                                     .unit = MKT_UNIT_MONEY,
                                     .n = (double)w->cohorts.customers[0]};
    mkt_economics_work_worth(w, worth.brought, worth.spent, mkt_economics_work_spread(w, s), &x);
    MKT_ECONOMICS_TEXT(w, x.label, err, "Net present value with %s", name);
    MKT_TRY(mkt_economics_work_add(w, &x, err));

    double cac = s->cac * (1 + c->media) / (1 + c->conversion), t = w->t;
    x.metric = "cac";
    x.value = cac;
    x.low = cac * exp(-t * s->cac_spread);
    x.high = cac * exp(t * s->cac_spread);
    x.interval = "bootstrap";
    MKT_ECONOMICS_TEXT(w, x.label, err, "CAC with %s", name);
    MKT_TRY(mkt_economics_work_add(w, &x, err));

    /* (1 + p) revenue - (1 + g) (revenue - ltv) */
    double orders = orders_of(w, c);
    struct mkt_lifetime_value ltv =
        mkt_lifetime_mix(&s->life, orders * (c->price - c->goods), orders * (1 + c->goods));
    struct mkt_lifetime_value ratio =
        mkt_lifetime_per(&ltv, cac, s->cac_spread, fmax(s->life.t, t));
    x.metric = "ltv_to_cac";
    x.unit = MKT_UNIT_RATIO;
    x.value = ratio.value;
    x.low = ratio.low;
    x.high = ratio.high;
    MKT_ECONOMICS_TEXT(w, x.label, err, "LTV:CAC with %s", name);
    return mkt_economics_work_add(w, &x, err);
}

static mkt_status add_scenarios(struct mkt_economics_work *w, struct mkt_err *err)
{
    static const char *const what[] = {"prices", "orders of each customer",
                                       "customers for the same spend"};
    static const char *const slug[] = {"price", "volume", "conversion"};
    const double by[] = {w->input.price, w->input.volume, w->input.conversion};
    char percent[MKT_TEXT_NUMBER];
    static const struct change none;
    struct change all[2] = {none, none};
    MKT_TRY(add_scenario(w, "base", "all as it is", &none, err));
    for (size_t k = 0; k < 3; k++) {
        if (!(by[k] > 0)) continue;
        for (int up = 0; up < 2; up++) {
            const char *name, *key;
            struct change c = none;
            double *const at[] = {&c.price, &c.volume, &c.conversion};
            double *const with[] = {&all[up].price, &all[up].volume, &all[up].conversion};
            *at[k] = *with[k] = up ? by[k] : -by[k];
            mkt_text_number(round(1e6 * by[k]) / 1e4, percent);
            MKT_ECONOMICS_TEXT(w, name, err, "%s %s %% %s", what[k], percent,
                               up  ? k ? "more" : "higher"
                               : k ? "less"
                                   : "lower");
            MKT_ECONOMICS_TEXT(w, key, err, "%s_%s", slug[k], up ? "up" : "down");
            MKT_TRY(add_scenario(w, key, name, &c, err));
        }
    }
    MKT_TRY(add_scenario(w, "all_up", "all three higher", &all[1], err));
    return add_scenario(w, "all_down", "all three lower", &all[0], err);
}

/* ---- what moves the result most ---------------------------------------------------------------- */

static const struct {
    const char *slug, *name;
} inputs[MKT_ECONOMICS_INPUTS] = {
    {"price", "prices"},        {"volume", "orders of a customer"}, {"conversion", "customers won"},
    {"goods", "cost of goods"}, {"media", "price of media"},        {"discount", "discount rate"}};

static mkt_status add_input(struct mkt_economics_work *w, size_t k, struct mkt_err *err)
{
    static const char *const metric[] = {"npv_down", "npv_up", "npv_swing"};
    static const char *const label[] = {
        "Net present value with less", "Net present value with more", "Swing of net present value"};
    double value[3];
    for (int up = 0; up < 2; up++) {
        static const struct change none;
        struct change c = none;
        double *const at[] = {&c.price, &c.volume, &c.conversion, &c.goods, &c.media, &c.discount};
        *at[k] = up ? w->input.swing : -w->input.swing;
        struct worth worth = worth_of(w, &c);
        value[up] = worth.brought - worth.spent;
        w->sensitivity[k][up] = value[up];
    }
    value[2] = fabs(value[1] - value[0]);
    const char *key;
    MKT_ECONOMICS_TEXT(w, key, err, "sensitivity.%s", inputs[k].slug);
    for (int i = 0; i < 3; i++) {
        struct mkt_economics_figure x = {.key = key,
                                         .label =
                                             mkt_economics_work_label(w, label[i], inputs[k].name),
                                         .scope = "sensitivity",
                                         .entity = inputs[k].name,
                                         .metric = metric[i],
                                         .unit = MKT_UNIT_MONEY,
                                         .value = value[i],
                                         .low = NAN,
                                         .high = NAN,
                                         .why = "a what-if: one input is moved, all else stays",
                                         .n = (double)w->cohorts.customers[0]};
        MKT_TRY(mkt_economics_work_add(w, &x, err));
    }
    return MKT_OK;
}

const char *mkt_economics_work_input(size_t k)
{
    return inputs[k].name;
}

mkt_status mkt_economics_work_scenarios(struct mkt_economics_work *w, struct mkt_err *err)
{
    if (!w->money || !w->spends || !(w->slice[0].spend > 0)) return MKT_OK;
    MKT_TRY(add_scenarios(w, err));
    for (size_t k = 0; k < MKT_ECONOMICS_INPUTS; k++) MKT_TRY(add_input(w, k, err));
    return MKT_OK;
}
