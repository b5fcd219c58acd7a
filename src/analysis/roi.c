#include "analysis/roi.h"

#include <math.h>
#include <string.h>

#include "analysis/roi_actions.h"
#include "analysis/roi_caveats.h"
#include "analysis/roi_charts.h"
#include "analysis/roi_facts.h"
#include "analysis/roi_findings.h"
#include "analysis/roi_headline.h"
#include "analysis/roi_names.h"
#include "analysis/roi_part.h"
#include "analysis/roi_tables.h"
#include "analysis/roi_unknown.h"
#include "base/text.h"
#include "model/confidence.h"

const struct mkt_param mkt_roi_params[MKT_ROI_PARAMS] = {
    {"period", MKT_PARAM_PERIOD, "days", 0, 0, NULL,
     "what to look at; all data up to a year and a day, else the last 365 days"},
    {"margin", MKT_PARAM_NUMBER, "share of revenue", 0, 1, NULL,
     "part of revenue that is left after the goods are paid; gives ROI on margin"},
    {"budget", MKT_PARAM_NUMBER, "money", 0.01, 1e12, NULL,
     "what may be spent in the period; gives pacing"},
    {"seed", MKT_PARAM_INTEGER, "number", 0, 9007199254740992, "1", "of the 2,000 bootstrap draws"},
    {"channel", MKT_PARAM_TEXT, "name", 0, 0, NULL, "look at this channel alone"},
    {"campaign", MKT_PARAM_TEXT, "name", 0, 0, NULL,
     "look at this campaign alone, in all its channels"},
    {"segment", MKT_PARAM_TEXT, "name", 0, 0, NULL, "look at this segment alone"},
};

#define USUAL_DAYS 365
#define DAYS_MOST 65535 /* model/resample.h */

static struct mkt_period usual_period(struct mkt_period data)
{
    if (mkt_period_days(data) <= USUAL_DAYS + 1) return data;
    return (struct mkt_period){data.last - USUAL_DAYS + 1, data.last};
}

static struct mkt_period overlap(struct mkt_period a, struct mkt_period b)
{
    return (struct mkt_period){a.first > b.first ? a.first : b.first,
                               a.last < b.last ? a.last : b.last};
}

/* ---- provenance ------------------------------------------------------------------ */

static mkt_status add_provenance(struct mkt_roi_work *w, struct mkt_period analysed,
                                 struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    char a[MKT_TEXT_NUMBER > MKT_DATE_TEXT ? MKT_TEXT_NUMBER : MKT_DATE_TEXT];
    char b[MKT_DATE_TEXT];
    struct mkt_parameter *p = MKT_NEW(arena, struct mkt_parameter, MKT_ROI_PARAMS);
    if (!p) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < MKT_ROI_PARAMS; i++) p[i].name = mkt_roi_params[i].name;
    MKT_ROI_TEXT(w, p[0].value, err, "%s..%s", mkt_date_text(w->asked.first, a),
                 mkt_date_text(w->asked.last, b));
    if (!isnan(w->options.margin))
        MKT_ROI_TEXT(w, p[1].value, err, "%s", mkt_text_number(w->options.margin, a));
    if (!isnan(w->options.budget))
        MKT_ROI_TEXT(w, p[2].value, err, "%s", mkt_text_number(w->options.budget, a));
    MKT_ROI_TEXT(w, p[3].value, err, "%llu", (unsigned long long)w->options.seed);
    w->sheet->provenance = (struct mkt_provenance){.account = w->account,
                                                   .period = analysed,
                                                   .version = MKT_VERSION,
                                                   .seed = w->options.seed,
                                                   .draws = MKT_RETURNS_DRAWS,
                                                   .parameter = p,
                                                   .parameters = MKT_ROI_PARAMS};
    return MKT_OK;
}

/* ---- what cannot be answered -------------------------------------------------------- */

static mkt_status insufficient(struct mkt_roi_work *w, const char *missing, struct mkt_err *err)
{
    w->sheet->status = MKT_ANSWER_INSUFFICIENT;
    for (size_t i = 0; w->account && i < w->account->caveats; i++)
        MKT_TRY(mkt_sheet_add_caveat(w->sheet, &w->account->caveat[i], err));
    return mkt_sheet_add_missing(w->sheet, missing, err);
}

static mkt_status outside(struct mkt_roi_work *w, struct mkt_err *err)
{
    char a[MKT_DATE_TEXT], b[MKT_DATE_TEXT];
    const char *text;
    MKT_ROI_TEXT(w, text, err,
                 "The data run from %s to %s: data of the period asked for, or a period within "
                 "these days, would give an answer",
                 mkt_date_text(w->performance->data.first, a),
                 mkt_date_text(w->performance->data.last, b));
    return insufficient(w, text, err);
}

/* ---- what is compared ----------------------------------------------------------------- */

/* "per euro" where the currency has a word of its own. */
static const char *per_unit(const char *currency)
{
    static const struct {
        const char *code, *per;
    } word[] = {{"EUR", "per euro"},   {"USD", "per dollar"}, {"CAD", "per dollar"},
                {"AUD", "per dollar"}, {"NZD", "per dollar"}, {"SGD", "per dollar"},
                {"GBP", "per pound"},  {"CHF", "per franc"},  {"JPY", "per yen"},
                {"INR", "per rupee"},  {"SEK", "per krona"},  {"DKK", "per krone"},
                {"NOK", "per krone"},  {"PLN", "per zloty"},  {"BRL", "per real"}};
    for (size_t i = 0; currency && i < sizeof word / sizeof *word; i++)
        if (strcmp(word[i].code, currency) == 0) return word[i].per;
    return "per unit of spend";
}

static void choose_outcome(struct mkt_roi_work *w)
{
    static const mkt_measure order[] = {MKT_REVENUE, MKT_CONVERSIONS, MKT_CLICKS};
    for (size_t i = 0; i < 3 && !w->has_outcome; i++) {
        w->outcome = order[i];
        w->has_outcome =
            w->returns.measures >> order[i] & 1U && w->returns.entity[0].sum[MKT_NOW][order[i]] > 0;
    }
}

static void choose_compared(struct mkt_roi_work *w)
{
    const struct mkt_returns *r = &w->returns;
    bool channels = r->segment > r->channel;
    bool counted = r->measures >> MKT_CONVERSIONS & 1U && w->outcome != MKT_CLICKS;
    w->from = channels ? r->channel : r->campaign;
    w->to = channels ? r->segment : r->entities;
    for (size_t e = 0; e < r->entities; e++) {
        const double *sum = r->entity[e].sum[MKT_NOW];
        bool told = !(w->entity[e].unknown >> w->outcome & 1U);
        w->entity[e].few = counted && !(e && w->entity[e].unknown >> MKT_CONVERSIONS & 1U) &&
                           sum[MKT_CONVERSIONS] < MKT_ROI_LEAST_CONVERSIONS;
        w->entity[e].comparable = told && !w->entity[e].few && sum[MKT_SPEND] > 0 &&
                                  mkt_returns_spread(r, e, w->outcome) > 0;
    }
}

/* How much log returns of the compared differ, now and over time. */
static mkt_status find_variances(struct mkt_roi_work *w, struct mkt_err *err)
{
    size_t n = w->to - w->from;
    double *x = MKT_NEW(w->sheet->arena, double, n), *error = MKT_NEW(w->sheet->arena, double, n);
    if (!x || !error) return mkt_arena_full(w->sheet->arena, err);
    for (int span = MKT_NOW; span < MKT_SPANS; span++) {
        size_t k = 0;
        for (size_t e = w->from; e < w->to && e < w->from + MKT_ROI_COMPARED; e++) {
            const struct mkt_entity *entity = &w->returns.entity[e];
            const double *now = entity->sum[MKT_NOW], *then = entity->sum[span];
            double spread = span == MKT_NOW ? entity->metric[w->outcome].spread
                                            : entity->change[span][w->outcome].spread;
            if (!w->entity[e].comparable || !(spread > 0) || !(then[MKT_SPEND] > 0)) continue;
            x[k] = log(now[w->outcome] / now[MKT_SPEND]);
            if (span != MKT_NOW) x[k] -= log(then[w->outcome] / then[MKT_SPEND]);
            error[k++] = spread;
        }
        w->variance[span] = mkt_confidence_variance(x, error, k, span != MKT_NOW);
    }
    return MKT_OK;
}

static mkt_status fit_elasticities(struct mkt_roi_work *w, struct mkt_err *err)
{
    const struct mkt_span *now = &w->returns.span[MKT_NOW];
    size_t days = now->expected.days;
    for (size_t e = w->from; e < w->to && e < w->from + MKT_ROI_COMPARED; e++) {
        const double *daily = now->daily + e * MKT_MEASURES * days;
        if (!w->entity[e].comparable || w->outcome == MKT_CLICKS) continue;
        MKT_TRY(mkt_elasticity_fit(w->sheet->arena, daily, daily + (size_t)w->outcome * days, days,
                                   w->options.seed, &w->entity[e].elasticity, err));
    }
    return MKT_OK;
}

/* ---- the analysis ---------------------------------------------------------------------- */

static mkt_status look(const struct mkt_roi_work *w, struct mkt_err *err)
{
    if (w->options.cancel && atomic_load_explicit(w->options.cancel, memory_order_relaxed))
        return mkt_err_set(err, MKT_E_CANCELLED, "the analysis was cancelled");
    return MKT_OK;
}

static mkt_status fill(struct mkt_roi_work *w, struct mkt_period period, struct mkt_err *err)
{
    struct mkt_returns_params params = {.period = period,
                                        .margin = w->options.margin,
                                        .largest = MKT_ROI_LARGEST,
                                        .seed = w->options.seed,
                                        .threads = w->options.threads};
    MKT_TRY(look(w, err));
    MKT_TRY(mkt_returns_fit(w->sheet->arena, w->performance, &params, &w->returns, err));
    if (!(w->returns.entity[0].sum[MKT_NOW][MKT_SPEND] > 0))
        return insufficient(w,
                            "No spend was recorded in this period: spend by day and channel is "
                            "what a return is worked out from",
                            err);
    MKT_TRY(look(w, err));
    MKT_TRY(mkt_roi_names_make(w, err));
    MKT_TRY(mkt_roi_unknown_clear(w, err));
    choose_outcome(w);
    choose_compared(w);
    MKT_TRY(find_variances(w, err));
    MKT_TRY(fit_elasticities(w, err));
    MKT_TRY(mkt_roi_caveats_add(w, err));
    MKT_TRY(mkt_roi_facts_add(w, err));
    MKT_TRY(look(w, err));
    MKT_TRY(mkt_roi_findings_add(w, err));
    mkt_roi_headline_rank(w->sheet);
    MKT_TRY(mkt_roi_actions_add(w, err));
    mkt_roi_headline_choose(w);
    mkt_roi_headline_rank(w->sheet);
    MKT_TRY(mkt_roi_tables_add(w, err));
    return mkt_roi_charts_add(w, err);
}

static void name_sheet(struct mkt_sheet *sheet, const struct mkt_account *account)
{
    sheet->analysis = "roi";
    sheet->analysis_type = "campaign_roi";
    sheet->title = "Return on marketing spend";
    sheet->currency = account ? account->currency : NULL;
}

mkt_status mkt_roi_fill(const struct mkt_performance *p, const struct mkt_account *account,
                        const struct mkt_roi_options *options, struct mkt_sheet *sheet,
                        struct mkt_err *err)
{
    struct mkt_roi_work *w = MKT_NEW(sheet->arena, struct mkt_roi_work, 1);
    if (!w) return mkt_arena_full(sheet->arena, err);
    *w = (struct mkt_roi_work){
        .sheet = sheet, .performance = p, .account = account, .options = *options};
    name_sheet(sheet, account);
    w->per = per_unit(sheet->currency);
    bool empty = p->data.first > p->data.last;
    bool asked = options->period.first <= options->period.last;
    w->asked = asked ? options->period : empty ? p->data : usual_period(p->data);
    struct mkt_period period = overlap(w->asked, p->data);
    if (mkt_period_days(period) > DAYS_MOST) period.first = period.last - DAYS_MOST + 1;
    MKT_TRY(add_provenance(w, period, err));
    if (empty)
        return insufficient(w,
                            "The data hold no day with spend: a table with date, channel or "
                            "campaign, and spend is needed",
                            err);
    if (period.first > period.last) return outside(w, err);
    return fill(w, period, err);
}

/* Data without spend are no error: a report over all questions goes on without this one. */
static mkt_status no_table(const struct mkt_run *run, struct mkt_sheet *sheet, const char *why,
                           struct mkt_err *err)
{
    const struct mkt_account *account = mkt_dataset_account(run->dataset);
    const char *missing = mkt_arena_strdup(sheet->arena, why);
    if (!missing) return mkt_arena_full(sheet->arena, err);
    name_sheet(sheet, account);
    sheet->provenance =
        (struct mkt_provenance){.account = account, .period = {0, -1}, .version = MKT_VERSION};
    sheet->status = MKT_ANSWER_INSUFFICIENT;
    return mkt_sheet_add_missing(sheet, missing, err);
}

/* The part of the data that was asked for; the whole is passed on as it is. */
static mkt_status take_part(const struct mkt_run *run, const struct mkt_performance **p,
                            struct mkt_roi_part *part, struct mkt_err *err)
{
    MKT_TRY(mkt_roi_part_read(run, *p, part, err));
    if (!part->subject) return MKT_OK;
    struct mkt_performance *cut = MKT_NEW(run->arena, struct mkt_performance, 1);
    if (!cut) return mkt_arena_full(run->arena, err);
    MKT_TRY(mkt_roi_part_make(run->arena, *p, part, cut, err));
    *p = cut;
    return MKT_OK;
}

/* Title and provenance tell what the figures are of. */
static mkt_status name_part(struct mkt_sheet *sheet, const struct mkt_roi_part *part,
                            struct mkt_err *err)
{
    if (!part->subject) return MKT_OK;
    sheet->title = mkt_arena_printf(sheet->arena, "%s: %s", sheet->title, part->subject);
    if (!sheet->title) return mkt_arena_full(sheet->arena, err);
    for (size_t i = 0; i < sheet->provenance.parameters; i++)
        for (int d = 0; d < MKT_DIMENSIONS; d++)
            if (strcmp(sheet->provenance.parameter[i].name, mkt_dimension_name[d]) == 0)
                sheet->provenance.parameter[i].value = part->name[d];
    return MKT_OK;
}

mkt_status mkt_roi_run(const struct mkt_run *run, struct mkt_sheet *sheet, struct mkt_err *err)
{
    const struct mkt_performance *p;
    struct mkt_roi_part part;
    if (run->progress) run->progress(run->user, "reading", 0);
    struct mkt_err why = {0};
    mkt_status status = mkt_dataset_performance(run->dataset, &p, &why);
    if (status == MKT_E_EMPTY) return no_table(run, sheet, why.text, err);
    if (status != MKT_OK) return mkt_err_set(err, status, "%s", why.text);
    struct mkt_roi_options options = {.period = {0, -1},
                                      .margin = mkt_args_number(run, "margin"),
                                      .budget = mkt_args_number(run, "budget"),
                                      .seed = (uint64_t)mkt_args_number(run, "seed"),
                                      .threads = run->threads,
                                      .cancel = run->cancel};
    const char *period = mkt_args_text(run, "period");
    if (period && !mkt_period_parse(period, p->data, &options.period))
        return mkt_err_set(err, MKT_E_ARG, "\"%s\" is not a period", period);
    if (run->progress) run->progress(run->user, "estimating", .5);
    MKT_TRY(take_part(run, &p, &part, err));
    sheet->subject = part.subject;
    MKT_TRY(mkt_roi_fill(p, mkt_dataset_account(run->dataset), &options, sheet, err));
    MKT_TRY(name_part(sheet, &part, err));
    if (run->progress) run->progress(run->user, "done", 1);
    return MKT_OK;
}
