/* What lowers trust in the answer, what is missing, and whether finance can compute with it. */
#include <math.h>
#include <string.h>

#include "aggregate/spellings.h"
#include "analysis/economics_work.h"
#include "base/text.h"
#include "fact/format.h"

#define SHORT_DAYS 56
#define SETTLED_DAYS 180 /* of orders before a period, after which a first order is one */

mkt_status mkt_economics_work_caveat(struct mkt_economics_work *w, const char *id,
                                     mkt_caveat_weight weight, const char *text,
                                     struct mkt_err *err)
{
    if (weight == MKT_CAVEAT_LIMIT) w->sheet->status = MKT_ANSWER_LIMITED;
    return mkt_sheet_say(w->sheet, id, weight, text, err);
}

/* roi has a CAC, too, of customers that whoever sold the media counted. */
static mkt_status add_cac_source(struct mkt_economics_work *w, struct mkt_err *err)
{
    if (!mkt_economics_work_two_counts(w)) return MKT_OK;
    return mkt_economics_work_caveat(
        w, "cac_source", MKT_CAVEAT_NOTE,
        "CAC is spend for each new customer that the orders show, in the days that have both spend "
        "and orders. roi counts the new customers that the table of spend reports, in its own "
        "period, so its CAC can differ.",
        err);
}

/* Something that finance needs is not there: said as a limit, and what would settle it. */
static mkt_status lacks(struct mkt_economics_work *w, const char *id, const char *text,
                        const char *missing, struct mkt_err *err)
{
    MKT_TRY(mkt_economics_work_caveat(w, id, MKT_CAVEAT_LIMIT, text, err));
    w->sheet->collaboration_ready = false;
    return missing ? mkt_sheet_add_missing(w->sheet, missing, err) : MKT_OK;
}

/* ---- how customers and money are told ------------------------------------------------------------ */

static mkt_status add_attribution(struct mkt_economics_work *w, struct mkt_err *err)
{
    const char *text;
    MKT_ECONOMICS_TEXT(
        w, text, err, "%s",
        !w->by_channel ? "Every new customer counts for marketing as a whole, and all that they "
                         "order with them; no channel is told."
        : w->input.listed
            ? "A customer counts for the channel that their row names, else for that of their "
              "first order; all that they order since counts for that channel. Customers of "
              "channels without spend are not paid for."
            : "A customer counts for the channel of their first order; all that they order since "
              "counts for that channel. Customers of channels without spend are not paid for.");
    MKT_TRY(mkt_economics_work_caveat(w, "attributed", MKT_CAVEAT_NOTE, text, err));
    return mkt_economics_work_caveat(
        w, "to_date", MKT_CAVEAT_NOTE,
        "Only what was ordered up to the last day counts; nothing is extrapolated. Customers who "
        "came late have had less time to pay back.",
        err);
}

static mkt_status add_money(struct mkt_economics_work *w, struct mkt_err *err)
{
    if (!w->money)
        return lacks(w, "no_margin",
                     "The data do not tell what an order leaves once the goods are paid, so "
                     "contribution, LTV, payback, net present value and rate of return are not "
                     "known.",
                     "The margin would give contribution, LTV:CAC, payback, NPV and IRR: the "
                     "parameter margin, or a column of cost (or profit) in the table of orders",
                     err);
    if (w->input.margin == 0)
        return lacks(w, "zero_margin",
                     "With a margin of nothing, customers leave nothing and no spend is paid back.",
                     NULL, err);
    return MKT_OK;
}

static mkt_status add_spend(struct mkt_economics_work *w, struct mkt_err *err)
{
    const char *text;
    if (!w->spends)
        return lacks(w, "no_spend", "The data tell no spend, so CAC and payback are not known.",
                     "Spend by day and channel would give CAC, LTV:CAC, payback, NPV and IRR", err);
    if (!(w->slice[0].spend > 0))
        return lacks(w, "no_spend_then", "No spend was recorded in these days.",
                     "Spend in the days in which the customers came would give CAC and payback",
                     err);
    if (w->cohorts.customers[0] == 0)
        return lacks(
            w, "no_paid_customers", "No new customer came through a channel that costs money.",
            "Customers whose channels are written as in the table of spend would give CAC", err);
    if (!w->by_channel)
        MKT_TRY(lacks(w, "no_channels",
                      "Customers or spend name no channels, so CAC is known of the whole only.",
                      "The channel that won each customer would give CAC and payback by channel",
                      err));
    if (w->silent) {
        MKT_ECONOMICS_TEXT(w, text, err,
                           "No new customer is told to have come through %s; what was spent there "
                           "counts in the whole.",
                           w->silent);
        MKT_TRY(mkt_economics_work_caveat(w, "silent_channels", MKT_CAVEAT_WARN, text, err));
    }
    if (w->left_out) {
        MKT_ECONOMICS_TEXT(w, text, err,
                           "The %d largest channels by spend are looked at; %s smaller ones and "
                           "their customers are left out.",
                           MKT_ECONOMICS_CHANNELS, MKT_COUNT(w->left_out));
        MKT_TRY(mkt_economics_work_caveat(w, "largest_only", MKT_CAVEAT_WARN, text, err));
    }
    return MKT_OK;
}

/* ---- who the customers are ----------------------------------------------------------------------- */

static mkt_status counted(struct mkt_economics_work *w, const char *id, int64_t n,
                          const char *after, mkt_caveat_weight weight, struct mkt_err *err)
{
    const char *text;
    if (!n) return MKT_OK;
    MKT_ECONOMICS_TEXT(w, text, err, "%s %s", MKT_COUNT(n), after);
    return mkt_economics_work_caveat(w, id, weight, text, err);
}

/* "orders.csv", "orders.csv and 2 more tables"; "the orders" where nothing tells. NULL when the arena
 * is full. */
static const char *tables_of_orders(struct mkt_economics_work *w)
{
    const struct mkt_account *account = w->input.account;
    const char *first = NULL;
    size_t more = 0;
    for (size_t i = 0; account && i < account->tables; i++) {
        const struct mkt_account_table *t = &account->table[i];
        if (!t->kind || strcmp(t->kind, "transactions") != 0) continue;
        more += first != NULL;
        if (!first) first = t->name;
    }
    if (!first || !more) return first ? first : "the orders";
    return mkt_arena_printf(w->sheet->arena, "%s and %s more table%s", first, MKT_COUNT(more),
                            more == 1 ? "" : "s");
}

/* "3 rows of orders.csv repeat ..., worth €12.50: ..." */
static mkt_status repeated(struct mkt_economics_work *w, const char *id,
                           const struct mkt_purchases_repeats *rows, const char *what,
                           const char *then, struct mkt_err *err)
{
    const struct mkt_account *account = w->input.account;
    const char *text;
    char worth[MKT_FORMAT_TEXT];
    if (!rows->rows) return MKT_OK;
    const char *tables = tables_of_orders(w);
    if (!tables) return mkt_arena_full(w->sheet->arena, err);
    MKT_ECONOMICS_TEXT(w, text, err, "%s row%s of %s %s, worth %s: %s", MKT_COUNT(rows->rows),
                       rows->rows == 1 ? "" : "s", tables, what,
                       mkt_format_value((double)rows->amount / MKT_MICRO, MKT_UNIT_MONEY,
                                        account ? account->currency : NULL, worth),
                       then);
    return mkt_economics_work_caveat(w, id, MKT_CAVEAT_WARN, text, err);
}

static mkt_status add_repeats(struct mkt_economics_work *w, struct mkt_err *err)
{
    const struct mkt_purchases_repeats *same = &w->cohorts.same, *alike = &w->cohorts.alike;
    MKT_TRY(repeated(w, "repeated_orders", same,
                     same->rows == 1
                         ? "repeats another in everything, order number and customer included"
                         : "repeat another in everything, order number and customer included",
                     "each order counts once.", err));
    return repeated(w, "alike_orders", alike,
                    alike->rows == 1 ? "has the order number, customer, day and amount of another"
                                     : "have the order number, customer, day and amount of another",
                    "they differ elsewhere, so they count, as lines of one order. Where they are "
                    "one order told twice, as after a join, the orders alone would be right.",
                    err);
}

static mkt_status respelled(struct mkt_economics_work *w, const char *id, const char *what,
                            const char *list, struct mkt_err *err)
{
    const char *text;
    if (!list) return MKT_OK;
    MKT_ECONOMICS_TEXT(w, text, err,
                       "Names of %s that " MKT_SPELLINGS_DIFFER " are taken for one: %s.", what,
                       list);
    return mkt_economics_work_caveat(w, id, MKT_CAVEAT_NOTE, text, err);
}

static mkt_status add_names(struct mkt_economics_work *w, struct mkt_err *err)
{
    const struct mkt_purchases_view *v = w->input.view;
    MKT_TRY(respelled(w, "respelled", "channels", v->respelled_channels, err));
    return respelled(w, "respelled_segments", "segments", v->respelled_segments, err);
}

static mkt_status add_customers(struct mkt_economics_work *w, struct mkt_err *err)
{
    const struct mkt_cohorts *c = &w->cohorts;
    MKT_TRY(counted(w, "early_orders", c->early,
                    "customers ordered before the day on which they are said to have come; they "
                    "count from that order.",
                    MKT_CAVEAT_WARN, err));
    MKT_TRY(counted(w, "silent_customers", c->silent,
                    "customers who came in these days have no order above nothing; they are not "
                    "counted as won.",
                    MKT_CAVEAT_NOTE, err));
    if (w->input.listed)
        MKT_TRY(counted(w, "unlisted_customers", c->unlisted,
                        "new customers stand in no row of their own; they count from their first "
                        "order and for its channel.",
                        MKT_CAVEAT_NOTE, err));
    if (w->by_channel)
        MKT_TRY(counted(w, "unknown_channel", c->unknown,
                        "new customers have no channel; they are not counted as paid for.",
                        MKT_CAVEAT_WARN, err));
    if (w->input.starts || w->period.first >= w->input.view->first + SETTLED_DAYS) return MKT_OK;
    return lacks(w, "maybe_old",
                 "No table tells the day on which customers came, so those who ordered before the "
                 "data begin count as new with their first order in them: CAC looks lower than it "
                 "is.",
                 "A table of customers with the day on which each came, or a period that begins "
                 "half a year after the orders do, would tell new customers from old ones",
                 err);
}

static mkt_status add_period(struct mkt_economics_work *w, struct mkt_err *err)
{
    int32_t days = mkt_period_days(w->period);
    const char *text;
    char a[MKT_DATE_TEXT], b[MKT_DATE_TEXT];
    if (w->cut) {
        MKT_ECONOMICS_TEXT(w, text, err,
                           "Spend and orders are both told only from %s to %s of the period asked "
                           "for.",
                           mkt_date_text(w->period.first, a), mkt_date_text(w->period.last, b));
        MKT_TRY(lacks(w, "period_cut", text,
                      "The days of the period that the data lack would complete the figures", err));
    }
    if (days >= SHORT_DAYS) return MKT_OK;
    MKT_ECONOMICS_TEXT(w, text, err, "Customers of %s %s are looked at: %s.", MKT_COUNT(days),
                       days == 1 ? "day" : "days",
                       days < MKT_RETURNS_LEAST_DAYS ? "too few days for an interval of CAC"
                                                     : "intervals are wide");
    if (days < MKT_RETURNS_LEAST_DAYS)
        return lacks(w, "short_history", text,
                     "Two weeks of days or more would give an interval of CAC", err);
    return mkt_economics_work_caveat(w, "short_history", MKT_CAVEAT_WARN, text, err);
}

/* ---- how far the data go -------------------------------------------------------------------------- */

static mkt_status add_ages(struct mkt_economics_work *w, struct mkt_err *err)
{
    const struct mkt_lifetime *l = &w->slice[0].life;
    const char *text;
    if (!l->months)
        return lacks(w, "no_age",
                     "Fewer than 30 new customers have a whole month behind them, so what a "
                     "customer brings is not known yet.",
                     "Orders of the months after 30 customers or more came would give LTV and "
                     "payback",
                     err);
    if (w->horizon < w->input.horizon) {
        MKT_ECONOMICS_TEXT(w, text, err,
                           "30 customers or more are seen for %s months only, so LTV is of %s "
                           "months, not of the %s asked for.",
                           MKT_COUNT(l->months), MKT_COUNT(w->horizon),
                           MKT_COUNT(w->input.horizon));
        MKT_TRY(lacks(w, "horizon_cut", text,
                      "Orders of as many months after the customers came as the horizon has would "
                      "give the LTV asked for",
                      err));
    }
    if (!w->young) return MKT_OK;
    MKT_ECONOMICS_TEXT(w, text, err,
                       "Fewer than 30 customers of %s are old enough; their LTV is not told.",
                       w->young);
    return mkt_economics_work_caveat(w, "young", MKT_CAVEAT_NOTE, text, err);
}

static mkt_status add_payback(struct mkt_economics_work *w, struct mkt_err *err)
{
    const struct mkt_economics_slice *s = &w->slice[0];
    const struct mkt_lifetime *l = &s->life;
    const char *text;
    if (!w->money || isnan(s->cac) || !l->months) return MKT_OK;
    if (!isnan(mkt_lifetime_payback(l, s->cac, s->cac_spread).value)) return MKT_OK;
    MKT_ECONOMICS_TEXT(w, text, err,
                       "The payback period is not within the data: in the %s months they show, the "
                       "average customer brings back less than they cost.",
                       MKT_COUNT(l->months));
    return mkt_economics_work_caveat(w, "payback_beyond", MKT_CAVEAT_WARN, text, err);
}

/* Whether what is known of cost and contribution has no interval. */
static bool is_vague(const struct mkt_economics_work *w)
{
    const struct mkt_economics_slice *s = &w->slice[0];
    return w->money && w->spends && s->life.months > 0 &&
           (isnan(s->cac_spread) || isnan(mkt_economics_work_spread(w, s)) ||
            !(s->life.ltv.spread > 0));
}

mkt_status mkt_economics_work_caveats(struct mkt_economics_work *w, struct mkt_err *err)
{
    w->sheet->collaboration_ready = true;
    for (size_t i = 0; w->input.account && i < w->input.account->caveats; i++) {
        const struct mkt_caveat *c = &w->input.account->caveat[i];
        MKT_TRY(mkt_economics_work_caveat(w, c->id, c->weight, c->text, err));
        if (c->weight == MKT_CAVEAT_LIMIT) w->sheet->collaboration_ready = false;
    }
    MKT_TRY(add_attribution(w, err));
    MKT_TRY(add_money(w, err));
    MKT_TRY(add_spend(w, err));
    MKT_TRY(add_cac_source(w, err));
    MKT_TRY(add_repeats(w, err));
    MKT_TRY(add_names(w, err));
    MKT_TRY(add_customers(w, err));
    MKT_TRY(add_period(w, err));
    MKT_TRY(add_ages(w, err));
    MKT_TRY(add_payback(w, err));
    if (!is_vague(w)) return MKT_OK;
    return lacks(w, "too_few_customers",
                 "There are too few new customers or days to tell chance from change.",
                 "A longer period, with 30 new customers or more, would give intervals", err);
}
