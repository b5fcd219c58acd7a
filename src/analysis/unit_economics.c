#include "analysis/unit_economics.h"

#include <math.h>
#include <string.h>

#include "analysis/economics_work.h"
#include "base/text.h"

const struct mkt_param mkt_unit_economics_params[MKT_UNIT_ECONOMICS_PARAMS] = {
    {"period", MKT_PARAM_PERIOD, "days", 0, 0, NULL,
     "in which the customers came; all days for which both spend and orders are told"},
    {"margin", MKT_PARAM_NUMBER, "share of revenue", 0, 1, NULL,
     "part of an order that is left after the goods are paid; what the orders tell of their cost "
     "if not given"},
    {"horizon", MKT_PARAM_INTEGER, "months", 1, MKT_COHORTS_MONTHS, "12",
     "of a customer's age over which LTV is counted; no further than the data go"},
    {"discount", MKT_PARAM_NUMBER, "share a year", 0, 10, "0.1",
     "rate at which later money is worth less: 0.1 is 10 % a year"},
    {"price", MKT_PARAM_NUMBER, "share", 0, 0.9, "0.1", "by which the scenarios move prices"},
    {"volume", MKT_PARAM_NUMBER, "share", 0, 0.9, "0.1",
     "by which the scenarios move what each customer orders"},
    {"conversion", MKT_PARAM_NUMBER, "share", 0, 0.9, "0.1",
     "by which the scenarios move the customers won for the same spend"},
    {"elasticity", MKT_PARAM_NUMBER, "ratio", -20, 0, "0",
     "change of orders for each change of price; 0: none"},
    {"swing", MKT_PARAM_NUMBER, "share", 0.001, 0.9, "0.1",
     "by which each input is moved to see what moves the result most"},
    {"seed", MKT_PARAM_INTEGER, "number", 0, 9007199254740992, "1", "of the draws"},
};

/* ---- at the head of the sheet ------------------------------------------------------------------ */

static void name_sheet(struct mkt_sheet *sheet, const struct mkt_account *account,
                       struct mkt_period period)
{
    sheet->analysis = "unit_economics";
    sheet->analysis_type = "campaign_roi";
    sheet->title = "What a customer costs and brings";
    sheet->currency = account ? account->currency : NULL;
    sheet->confidence = NAN;
    sheet->provenance.account = account;
    sheet->provenance.period = period;
    sheet->provenance.version = MKT_VERSION;
}

static mkt_status add_parameters(struct mkt_economics_work *w, struct mkt_err *err)
{
    const struct mkt_unit_economics_input *in = &w->input;
    struct mkt_arena *arena = w->sheet->arena;
    const double number[MKT_UNIT_ECONOMICS_PARAMS] = {
        NAN,        in->margin,     (double)in->horizon, in->discount, in->price,
        in->volume, in->conversion, in->elasticity,      in->swing,    (double)in->seed};
    struct mkt_parameter *p = MKT_NEW(arena, struct mkt_parameter, MKT_UNIT_ECONOMICS_PARAMS);
    char a[MKT_TEXT_NUMBER > MKT_DATE_TEXT ? MKT_TEXT_NUMBER : MKT_DATE_TEXT], b[MKT_DATE_TEXT];
    if (!p) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < MKT_UNIT_ECONOMICS_PARAMS; i++) {
        p[i].name = mkt_unit_economics_params[i].name;
        if (!isnan(number[i]))
            MKT_ECONOMICS_TEXT(w, p[i].value, err, "%s", mkt_text_number(number[i], a));
    }
    MKT_ECONOMICS_TEXT(w, p[0].value, err, "%s..%s", mkt_date_text(w->period.first, a),
                       mkt_date_text(w->period.last, b));
    MKT_ECONOMICS_TEXT(w, p[MKT_UNIT_ECONOMICS_PARAMS - 1].value, err, "%llu",
                       (unsigned long long)in->seed);
    w->sheet->provenance.parameter = p;
    w->sheet->provenance.parameters = MKT_UNIT_ECONOMICS_PARAMS;
    w->sheet->provenance.seed = in->seed;
    w->sheet->provenance.draws = MKT_LIFETIME_DRAWS;
    return MKT_OK;
}

mkt_status mkt_economics_work_insufficient(struct mkt_economics_work *w, const char *missing,
                                           struct mkt_err *err)
{
    if (!missing) return mkt_arena_full(w->sheet->arena, err);
    w->sheet->status = MKT_ANSWER_INSUFFICIENT;
    for (size_t i = 0; w->input.account && i < w->input.account->caveats; i++)
        MKT_TRY(mkt_sheet_add_caveat(w->sheet, &w->input.account->caveat[i], err));
    return mkt_sheet_add_missing(w->sheet, missing, err);
}

/* ---- which days ------------------------------------------------------------------------------- */

static int32_t later(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int32_t earlier(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* The days for which both spend and orders are told. */
static struct mkt_period told(const struct mkt_economics_work *w)
{
    const struct mkt_purchases_view *v = w->input.view;
    struct mkt_period p = {v->first, v->last};
    if (w->spends) {
        p.first = later(p.first, w->input.spend->data.first);
        p.last = earlier(p.last, w->input.spend->data.last);
    }
    return p;
}

static mkt_status outside(struct mkt_economics_work *w, struct mkt_period data, struct mkt_err *err)
{
    char a[MKT_DATE_TEXT], b[MKT_DATE_TEXT];
    const char *text;
    if (data.first > data.last)
        return mkt_economics_work_insufficient(
            w,
            "No day has both spend and orders: spend and orders of the same days would give an "
            "answer",
            err);
    MKT_ECONOMICS_TEXT(w, text, err,
                       "Spend and orders are both told from %s to %s: data of the period asked "
                       "for, or a period within these days, would give an answer",
                       mkt_date_text(data.first, a), mkt_date_text(data.last, b));
    return mkt_economics_work_insufficient(w, text, err);
}

/* ---- the whole -------------------------------------------------------------------------------- */

static mkt_status fill(struct mkt_economics_work *w, struct mkt_err *err)
{
    MKT_TRY(mkt_economics_work_slices(w, err));
    MKT_TRY(mkt_economics_work_fit(w, err));
    if (!w->cohorts.customers[0] && !w->cohorts.all)
        return mkt_economics_work_insufficient(
            w,
            "No customer came in these days: orders of customers who are new in the period would "
            "give an answer",
            err);
    MKT_TRY(mkt_economics_work_caveats(w, err));
    MKT_TRY(mkt_economics_work_facts(w, err));
    MKT_TRY(mkt_economics_work_cash(w, err));
    MKT_TRY(mkt_economics_work_scenarios(w, err));
    MKT_TRY(mkt_economics_work_ages(w, err));
    MKT_TRY(mkt_economics_work_incremental(w, err));
    MKT_TRY(mkt_economics_work_findings(w, err));
    MKT_TRY(mkt_economics_work_actions(w, err));
    MKT_TRY(mkt_economics_work_tables(w, err));
    return mkt_economics_work_charts(w, err);
}

mkt_status mkt_unit_economics_fill(const struct mkt_unit_economics_input *input,
                                   struct mkt_sheet *sheet, struct mkt_err *err)
{
    struct mkt_economics_work *w = MKT_NEW(sheet->arena, struct mkt_economics_work, 1);
    if (!w) return mkt_arena_full(sheet->arena, err);
    *w = (struct mkt_economics_work){.sheet = sheet, .input = *input};
    w->spends = input->spend && input->spend->data.first <= input->spend->data.last;
    w->by_channel = input->view->channel.count > 0 &&
                    (!w->spends || input->spend->dimensions >> MKT_CHANNEL & 1U);
    w->money = input->costs || !isnan(input->margin);
    struct mkt_period data = told(w), asked = input->period;
    if (asked.first > asked.last) asked = data;
    w->period = (struct mkt_period){later(asked.first, data.first), earlier(asked.last, data.last)};
    w->last = input->view->last;
    w->cut = asked.first < w->period.first || asked.last > w->period.last;
    name_sheet(sheet, input->account, w->period);
    if (w->period.first > w->period.last) {
        sheet->provenance.period = (struct mkt_period){0, -1};
        return outside(w, data, err);
    }
    MKT_TRY(add_parameters(w, err));
    return fill(w, err);
}

/* ---- as a row of the table ---------------------------------------------------------------------- */

static mkt_status no_orders(const struct mkt_run *run, struct mkt_sheet *sheet, const char *why,
                            struct mkt_err *err)
{
    const char *missing = mkt_arena_strdup(sheet->arena, why);
    if (!missing) return mkt_arena_full(sheet->arena, err);
    name_sheet(sheet, mkt_dataset_account(run->dataset), (struct mkt_period){0, -1});
    sheet->status = MKT_ANSWER_INSUFFICIENT;
    return mkt_sheet_add_missing(sheet, missing, err);
}

/* Whom chance kept from a channel, where touchpoints tell it. */
static mkt_status count_holdouts(const struct mkt_run *run, struct mkt_unit_economics_input *in,
                                 struct mkt_err *err)
{
    struct mkt_dataset_journeys journeys;
    struct mkt_err none = {0};
    if (mkt_dataset_journeys(run->dataset, &journeys, &none) != MKT_OK) return MKT_OK;
    if (!journeys.withheld || !journeys.parts) return MKT_OK;
    struct mkt_journey_rules rules = {.lookback = 30 * 86400, .session = 30 * 60};
    struct mkt_holdout_arms *arms = MKT_NEW(run->arena, struct mkt_holdout_arms, 1);
    if (!arms) return mkt_arena_full(run->arena, err);
    MKT_TRY(mkt_holdout_arms_count(run->arena, journeys.part, journeys.parts, &rules, arms, err));
    in->holdouts = arms;
    return MKT_OK;
}

static mkt_status read_period(const struct mkt_run *run, struct mkt_unit_economics_input *in,
                              struct mkt_err *err)
{
    const char *period = mkt_args_text(run, "period");
    struct mkt_period data = {in->view->first, in->view->last};
    if (in->spend && in->spend->data.first <= in->spend->data.last) {
        data.first = earlier(data.first, in->spend->data.first);
        data.last = later(data.last, in->spend->data.last);
    }
    in->period = (struct mkt_period){0, -1};
    if (period && !mkt_period_parse(period, data, &in->period))
        return mkt_err_set(err, MKT_E_ARG, "\"%s\" is not a period", period);
    return MKT_OK;
}

mkt_status mkt_unit_economics_run(const struct mkt_run *run, struct mkt_sheet *sheet,
                                  struct mkt_err *err)
{
    struct mkt_dataset_purchases purchases;
    struct mkt_purchases_view view;
    struct mkt_err why = {0};
    if (run->progress) run->progress(run->user, "reading", 0);
    mkt_status status = mkt_dataset_purchases(run->dataset, &purchases, &why);
    if (status == MKT_OK)
        status = mkt_purchases_unite(run->arena, purchases.part, purchases.parts, &view, &why);
    if (status == MKT_E_EMPTY) return no_orders(run, sheet, why.text, err);
    if (status != MKT_OK) return mkt_err_set(err, status, "%s", why.text);
    struct mkt_unit_economics_input in = {.view = &view,
                                          .costs = purchases.costs,
                                          .listed = purchases.customers,
                                          .starts = purchases.starts,
                                          .refunds = purchases.refunds,
                                          .account = mkt_dataset_account(run->dataset),
                                          .margin = mkt_args_number(run, "margin"),
                                          .horizon = (size_t)mkt_args_number(run, "horizon"),
                                          .discount = mkt_args_number(run, "discount"),
                                          .price = mkt_args_number(run, "price"),
                                          .volume = mkt_args_number(run, "volume"),
                                          .conversion = mkt_args_number(run, "conversion"),
                                          .elasticity = mkt_args_number(run, "elasticity"),
                                          .swing = mkt_args_number(run, "swing"),
                                          .seed = (uint64_t)mkt_args_number(run, "seed"),
                                          .threads = run->threads,
                                          .cancel = run->cancel};
    status = mkt_dataset_performance(run->dataset, &in.spend, &why);
    if (status != MKT_OK && status != MKT_E_EMPTY) return mkt_err_set(err, status, "%s", why.text);
    MKT_TRY(read_period(run, &in, err));
    MKT_TRY(count_holdouts(run, &in, err));
    if (run->progress) run->progress(run->user, "estimating", .5);
    MKT_TRY(mkt_unit_economics_fill(&in, sheet, err));
    if (run->progress) run->progress(run->user, "done", 1);
    return MKT_OK;
}
