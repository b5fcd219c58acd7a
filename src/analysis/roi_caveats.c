#include "analysis/roi_caveats.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define STEADY 0.1 /* variation of daily spend around the calendar, below which it hardly varies */
#define NAMES 3    /* so many are named, the rest counted */
#define LATE_DAYS 3
#define LATE_WEEKS 4
#define LATE_SHARE 0.7 /* of what they usually bring */
#define LATE_ERRORS 3  /* standard errors below */

static bool has(const struct mkt_roi_work *w, mkt_measure m)
{
    return w->returns.measures >> m & 1U;
}

static double total(const struct mkt_roi_work *w, mkt_measure m)
{
    return w->returns.entity[0].sum[MKT_NOW][m];
}

typedef bool entity_test(const struct mkt_roi_work *w, size_t e);

static bool is_few(const struct mkt_roi_work *w, size_t e)
{
    return w->entity[e].few;
}

static bool is_steady(const struct mkt_roi_work *w, size_t e)
{
    const struct mkt_entity *x = &w->returns.entity[e];
    return x->paid_days >= MKT_ROI_SHORT_DAYS && x->spend_variation < STEADY;
}

/* "search, social, email and 4 more" of the compared that pass the test; NULL when none does. */
static const char *list_names(struct mkt_roi_work *w, entity_test *test)
{
    size_t n = 0, told = 0;
    struct mkt_buf text;
    for (size_t e = w->from; e < w->to; e++) n += test(w, e);
    if (!n) return NULL;
    mkt_buf_init(&text, w->sheet->arena);
    for (size_t e = w->from; e < w->to; e++)
        if (test(w, e) && mkt_buf_listed(&text, told++, n, NAMES))
            mkt_buf_str(&text, w->entity[e].name);
    return text.failed ? "several of them" : text.data;
}

bool mkt_roi_caveats_cac(const struct mkt_roi_work *w)
{
    bool orders = false;
    for (size_t i = 0; w->account && i < w->account->tables; i++)
        orders = orders || (w->account->table[i].kind &&
                            strcmp(w->account->table[i].kind, "transactions") == 0);
    return orders && has(w, MKT_NEW_CUSTOMERS) && total(w, MKT_NEW_CUSTOMERS) != 0;
}

static mkt_status add_missing_measures(struct mkt_roi_work *w, struct mkt_err *err)
{
    struct mkt_sheet *s = w->sheet;
    if (!has(w, MKT_REVENUE) || total(w, MKT_REVENUE) == 0) {
        MKT_TRY(mkt_sheet_say(
            w->sheet, "no_revenue", MKT_CAVEAT_LIMIT,
            has(w, MKT_REVENUE)
                ? "The revenue column holds no revenue in this period, so return on spend "
                  "is not known."
                : "The data have no revenue, so return on spend is not known.",
            err));
        MKT_TRY(mkt_sheet_add_missing(
            s,
            "Revenue by day and channel would give ROAS and ROI: a column of it in this table, "
            "or orders with their date and channel",
            err));
    }
    if (!has(w, MKT_CONVERSIONS) || total(w, MKT_CONVERSIONS) == 0) {
        MKT_TRY(mkt_sheet_say(w->sheet, "no_conversions", MKT_CAVEAT_LIMIT,
                              "The data have no conversions, so cost per conversion is not known.",
                              err));
        MKT_TRY(mkt_sheet_add_missing(
            s, "Conversions by day and channel would give CPA and conversion rates", err));
    }
    if (!has(w, MKT_NEW_CUSTOMERS))
        MKT_TRY(mkt_sheet_say(
            w->sheet, "no_new_customers", MKT_CAVEAT_NOTE,
            "The data do not say which conversions are new customers, so CAC is not known.", err));
    return MKT_OK;
}

/* Another analysis counts new customers, too, by their orders. */
static mkt_status add_cac_source(struct mkt_roi_work *w, struct mkt_err *err)
{
    if (!mkt_roi_caveats_cac(w)) return MKT_OK;
    return mkt_sheet_say(
        w->sheet, "cac_source", MKT_CAVEAT_NOTE,
        "CAC is spend for each new customer that the table of spend reports, in this "
        "period. unit_economics counts new customers by their orders, in the days that have "
        "both spend and orders, so its CAC can differ.",
        err);
}

/* Too few conversions in all to judge anything by. */
static mkt_status add_too_few(struct mkt_roi_work *w, bool *limited, struct mkt_err *err)
{
    const char *text;
    if (!w->entity[0].few || total(w, MKT_CONVERSIONS) == 0) return MKT_OK;
    *limited = true;
    MKT_ROI_TEXT(w, text, err,
                 "There are %.6g conversions in the period, fewer than the %d from which returns "
                 "can be judged.",
                 total(w, MKT_CONVERSIONS), MKT_ROI_LEAST_CONVERSIONS);
    MKT_TRY(mkt_sheet_say(w->sheet, "too_few_conversions", MKT_CAVEAT_LIMIT, text, err));
    return mkt_sheet_add_missing(w->sheet,
                                 "A longer period, with 30 conversions or more for each "
                                 "channel, would let returns be judged and compared",
                                 err);
}

/* ---- the period ---------------------------------------------------------------- */

static mkt_status add_period(struct mkt_roi_work *w, struct mkt_err *err)
{
    const struct mkt_span *now = &w->returns.span[MKT_NOW];
    int32_t days = mkt_period_days(now->period);
    char first[MKT_DATE_TEXT], last[MKT_DATE_TEXT];
    const char *text;
    if (w->asked.first < now->period.first || w->asked.last > now->period.last) {
        MKT_ROI_TEXT(w, text, err, "The data cover only %s to %s of the period asked for.",
                     mkt_date_text(now->period.first, first),
                     mkt_date_text(now->period.last, last));
        MKT_TRY(mkt_sheet_say(w->sheet, "period_cut", MKT_CAVEAT_WARN, text, err));
        MKT_TRY(mkt_sheet_add_missing(w->sheet,
                                      "The days of the period that are not in the data "
                                      "would complete the figures",
                                      err));
    }
    int32_t empty = 0;
    for (int32_t t = 0; t < days; t++) {
        bool any = false;
        for (int32_t m = 0; m < MKT_MEASURES; m++) any = any || now->daily[m * days + t] != 0;
        empty += !any;
    }
    if (empty) {
        MKT_ROI_TEXT(w, text, err,
                     "On %s of %s days nothing was recorded; they count as days without spend.",
                     MKT_COUNT(empty), MKT_COUNT(days));
        MKT_TRY(mkt_sheet_say(w->sheet, "empty_days", MKT_CAVEAT_WARN, text, err));
    }
    if (days >= MKT_ROI_SHORT_DAYS) return MKT_OK;
    bool judged = days >= MKT_RETURNS_LEAST_DAYS;
    MKT_ROI_TEXT(w, text, err,
                 "The figures rest on %s %s: %s, and a season cannot be told from a change.",
                 MKT_COUNT(days), days == 1 ? "day" : "days",
                 judged ? "intervals are wide" : "too short for intervals and comparisons");
    return mkt_sheet_say(w->sheet, "short_history", judged ? MKT_CAVEAT_WARN : MKT_CAVEAT_LIMIT,
                         text, err);
}

/* Whether the last days bring far less per unit of spend than the same weekdays of the weeks
 * before: conversions are often credited days after the click. */
static bool ends_low(const struct mkt_roi_work *w)
{
    const struct mkt_span *now = &w->returns.span[MKT_NOW];
    size_t days = now->expected.days, back = 7 * LATE_WEEKS;
    double spread = mkt_returns_spread(&w->returns, 0, w->outcome);
    if (!w->has_outcome || days < back + LATE_DAYS || !(spread > 0)) return false;
    const double *spend = now->daily, *brought = now->daily + (size_t)w->outcome * days;
    double late[2] = {0}, before[2] = {0};
    for (size_t t = days - LATE_DAYS; t < days; t++) {
        late[0] += spend[t];
        late[1] += brought[t];
        for (size_t k = 1; k <= LATE_WEEKS; k++) {
            before[0] += spend[t - 7 * k];
            before[1] += brought[t - 7 * k];
        }
    }
    if (!(late[0] > 0 && before[0] > 0 && before[1] > 0)) return false;
    double share = late[1] / late[0] / (before[1] / before[0]);
    double daily = spread * sqrt((double)days);
    double error = daily * sqrt(1.0 / LATE_DAYS + 1.0 / (LATE_DAYS * LATE_WEEKS));
    return share < LATE_SHARE && 1 - share > LATE_ERRORS * error;
}

static mkt_status add_late(struct mkt_roi_work *w, struct mkt_err *err)
{
    w->late = ends_low(w);
    if (!w->late) return MKT_OK;
    return mkt_sheet_say(
        w->sheet, "last_days_incomplete", MKT_CAVEAT_WARN,
        "The last days bring far less per unit of spend than the weeks before: their "
        "conversions are probably not all credited yet.",
        err);
}

/* ---- what is compared -------------------------------------------------------------- */

static mkt_status add_entities(struct mkt_roi_work *w, struct mkt_err *err)
{
    const char *text, *names = list_names(w, is_few);
    if (names) {
        MKT_ROI_TEXT(w, text, err, "Fewer than %d conversions: %s. Too few to be compared.",
                     MKT_ROI_LEAST_CONVERSIONS, names);
        MKT_TRY(mkt_sheet_say(w->sheet, "few_conversions", MKT_CAVEAT_WARN, text, err));
    }
    names = list_names(w, is_steady);
    if (names) {
        MKT_ROI_TEXT(w, text, err,
                     "Spend hardly varies beyond season and weekday: %s. What more or less spend "
                     "would do cannot be seen there.",
                     names);
        MKT_TRY(mkt_sheet_say(w->sheet, "steady_spend", MKT_CAVEAT_NOTE, text, err));
    }
    static const char *const kind[] = {"", "channels", "campaigns", "segments"};
    size_t left = 0, most = MKT_SLICE_CHANNEL;
    for (size_t k = 1; k < 4; k++)
        if (w->returns.left_out[k] > left) left = w->returns.left_out[most = k];
    if (left) {
        MKT_ROI_TEXT(w, text, err,
                     "Figures are given for the %d largest %s by spend; %s smaller ones count in "
                     "the totals only.",
                     MKT_ROI_LARGEST, kind[most], MKT_COUNT(left));
        MKT_TRY(mkt_sheet_say(w->sheet, "largest_only", MKT_CAVEAT_NOTE, text, err));
    }
    if (w->returns.segment == w->returns.channel)
        MKT_TRY(mkt_sheet_say(w->sheet, "no_channels", MKT_CAVEAT_NOTE,
                              "The data name no channels; campaigns are compared instead.", err));
    return MKT_OK;
}

static mkt_status carry_over(struct mkt_roi_work *w, bool *limited, struct mkt_err *err)
{
    for (size_t i = 0; w->account && i < w->account->caveats; i++) {
        *limited = *limited || w->account->caveat[i].weight == MKT_CAVEAT_LIMIT;
        MKT_TRY(mkt_sheet_add_caveat(w->sheet, &w->account->caveat[i], err));
    }
    return MKT_OK;
}

mkt_status mkt_roi_caveats_add(struct mkt_roi_work *w, struct mkt_err *err)
{
    bool limited = false;
    MKT_TRY(carry_over(w, &limited, err));
    if (w->has_outcome && w->outcome != MKT_CLICKS)
        MKT_TRY(mkt_sheet_say(
            w->sheet, "attributed", MKT_CAVEAT_NOTE,
            "Conversions and revenue are those credited to marketing by the source of the "
            "data; what would have come without it is not taken off.",
            err));
    MKT_TRY(add_cac_source(w, err));
    MKT_TRY(add_missing_measures(w, err));
    MKT_TRY(add_period(w, err));
    MKT_TRY(add_too_few(w, &limited, err));
    MKT_TRY(add_late(w, err));
    MKT_TRY(add_entities(w, err));

    struct mkt_sheet *s = w->sheet;
    int32_t days = mkt_period_days(w->returns.span[MKT_NOW].period);
    bool revenue = has(w, MKT_REVENUE) && total(w, MKT_REVENUE) != 0;
    bool conversions = has(w, MKT_CONVERSIONS) && total(w, MKT_CONVERSIONS) != 0;
    bool cut = w->asked.last > w->returns.span[MKT_NOW].period.last ||
               w->asked.first < w->returns.span[MKT_NOW].period.first;
    bool judged = !isnan(w->returns.entity[0].metric[MKT_ROAS].low);
    s->status = revenue && judged && !limited ? MKT_ANSWER_OK : MKT_ANSWER_LIMITED;
    if (days < MKT_RETURNS_LEAST_DAYS)
        MKT_TRY(mkt_sheet_add_missing(s,
                                      "Two weeks of days would give intervals; two months would "
                                      "let channels be compared",
                                      err));
    s->collaboration_ready = s->status == MKT_ANSWER_OK && conversions && !cut && !w->late;
    return MKT_OK;
}
