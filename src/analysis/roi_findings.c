#include "analysis/roi_findings.h"

#include <math.h>
#include <string.h>

#include "analysis/roi_facts.h"
#include "analysis/roi_headline.h"
#include "fact/format.h"
#include "model/confidence.h"
#include "model/pace.h"

#define SURE 0.95  /* campaigns against the whole: only those that stand out */
#define LEANS 0.8  /* other findings that need no counterpart */
#define WIDE 0.25  /* variance of log returns around break-even: half or twice as much is usual */
#define BELOW 0.85 /* elasticity from which the next unit brings clearly less */

static double spend_of(const struct mkt_roi_work *w, size_t e)
{
    return w->returns.entity[e].sum[MKT_NOW][MKT_SPEND];
}

static double brought(const struct mkt_roi_work *w, size_t e, mkt_span_name span)
{
    const double *sum = w->returns.entity[e].sum[span];
    return sum[w->outcome] / sum[MKT_SPEND];
}

/* Whether a channel in it does not tell the outcome, so that no return of it is known. */
static bool is_untold(const struct mkt_roi_work *w, size_t e)
{
    return w->entity[e].unknown >> w->outcome & 1U;
}

/* The metric that comparisons are shown with. */
static int shown_metric(const struct mkt_roi_work *w)
{
    return w->outcome == MKT_REVENUE ? MKT_ROAS : w->outcome == MKT_CONVERSIONS ? MKT_CPA : MKT_CPC;
}

/* "returns more", "brings more conversions": what more of the outcome per unit of spend is. */
static const char *does_more(const struct mkt_roi_work *w)
{
    return w->outcome == MKT_REVENUE       ? "returns more"
           : w->outcome == MKT_CONVERSIONS ? "brings more conversions"
                                           : "brings more clicks";
}

static const char *did(const struct mkt_roi_work *w, bool more)
{
    switch (w->outcome) {
    case MKT_REVENUE:
        return more ? "returned more" : "returned less";
    case MKT_CONVERSIONS:
        return more ? "brought more conversions" : "brought fewer conversions";
    default:
        return more ? "brought more clicks" : "brought fewer clicks";
    }
}

static const char *name_of(const struct mkt_roi_work *w, size_t e)
{
    return w->entity[e].name ? w->entity[e].name : mkt_roi_work_whole(w);
}

/* Adds f with its scope, subject and up to two facts; ids that are NULL are left out. */
static mkt_status add(struct mkt_roi_work *w, struct mkt_finding *f, size_t subject,
                      const char *fact, const char *other_fact, struct mkt_err *err)
{
    const char **list = MKT_NEW(w->sheet->arena, const char *, 2);
    if (!list) return mkt_arena_full(w->sheet->arena, err);
    if (fact) list[f->facts++] = fact;
    if (other_fact) list[f->facts++] = other_fact;
    f->fact = list;
    f->scope = mkt_roi_facts_scope(w->returns.entity[subject].kind);
    f->subject = w->entity[subject].name;
    return mkt_sheet_add_finding(w->sheet, f, err);
}

/* ---- one against another --------------------------------------------------------- */

/* Spend of b that bought nothing, at the price that a pays for what it brings; but no more than a
 * spends already: nobody knows what a would bring at a multiple of its size. */
static double overspend(const struct mkt_roi_work *w, size_t a, size_t b)
{
    double idle = spend_of(w, b) * (1 - brought(w, b, MKT_NOW) / brought(w, a, MKT_NOW));
    return fmin(idle, spend_of(w, a));
}

static double square(double x)
{
    return x * x;
}

static mkt_status compare(struct mkt_roi_work *w, size_t a, size_t b, struct mkt_err *err)
{
    if (brought(w, a, MKT_NOW) < brought(w, b, MKT_NOW)) {
        size_t swap = a;
        a = b;
        b = swap;
    }
    int metric = shown_metric(w);
    struct mkt_finding f = {.kind = MKT_FINDING_COMPARE, .other = w->entity[b].name};
    f.probability = mkt_returns_above(&w->returns, w->outcome, a, b);
    f.stake = overspend(w, a, b);
    if (isnan(f.probability)) return MKT_OK;
    MKT_ROI_TEXT(w, f.id, err, "%s_over_%s.%s", w->entity[a].key, w->entity[b].key,
                 mkt_roi_facts_metric(metric));
    MKT_ROI_TEXT(w, f.claim, err, "%s %s %s than %s", w->entity[a].name, does_more(w), w->per,
                 w->entity[b].name);
    double v = (square(mkt_returns_spread(&w->returns, a, w->outcome)) +
                square(mkt_returns_spread(&w->returns, b, w->outcome))) /
               2;
    bool channels = a >= w->from && a < w->to;
    double tau2 = channels ? w->variance[MKT_NOW] : mkt_confidence_variance(NULL, NULL, 0, 0);
    MKT_TRY(mkt_roi_headline_offer(w, &f, tau2, v, channels, err));
    return add(w, &f, a, mkt_roi_facts_id(w, a, metric), mkt_roi_facts_id(w, b, metric), err);
}

static mkt_status compare_all(struct mkt_roi_work *w, size_t from, size_t to, struct mkt_err *err)
{
    size_t end = to < from + MKT_ROI_COMPARED ? to : from + MKT_ROI_COMPARED;
    for (size_t a = from; a < end; a++)
        for (size_t b = a + 1; b < end; b++)
            if (w->entity[a].comparable && w->entity[b].comparable) MKT_TRY(compare(w, a, b, err));
    return MKT_OK;
}

/* Campaigns that stand out from the whole. */
static mkt_status stand_out(struct mkt_roi_work *w, size_t e, struct mkt_err *err)
{
    if (is_untold(w, 0)) return MKT_OK;
    double p = mkt_returns_above(&w->returns, w->outcome, e, 0);
    bool more = p > .5;
    struct mkt_finding f = {.kind = MKT_FINDING_COMPARE, .probability = more ? p : 1 - p};
    if (!w->entity[e].comparable || !(f.probability >= SURE)) return MKT_OK;
    double share = brought(w, e, MKT_NOW) / brought(w, 0, MKT_NOW);
    f.stake = spend_of(w, e) * (share > 1 ? 1 - 1 / share : 1 - share);
    MKT_ROI_TEXT(w, f.id, err, "%s.%s_whole", w->entity[e].key, more ? "over" : "under");
    MKT_ROI_TEXT(w, f.claim, err, "the campaign %s %s %s than %s", w->entity[e].name,
                 more                            ? does_more(w)
                 : w->outcome == MKT_REVENUE     ? "returns less"
                 : w->outcome == MKT_CONVERSIONS ? "brings fewer conversions"
                                                 : "brings fewer clicks",
                 w->per, mkt_roi_work_whole(w));
    int metric = shown_metric(w);
    return add(w, &f, e, mkt_roi_facts_id(w, e, metric), mkt_roi_facts_id(w, 0, metric), err);
}

/* ---- now against then -------------------------------------------------------------- */

static mkt_status add_change(struct mkt_roi_work *w, size_t e, mkt_span_name then,
                             struct mkt_err *err)
{
    static const char *const when[] = {"", "in the period before", "a year before"};
    static const char *const suffix[] = {"", "vs_before", "vs_year_before"};
    double p = mkt_returns_above_span(&w->returns, w->outcome, e, then);
    if (isnan(p) || is_untold(w, e)) return MKT_OK;
    bool more = p > .5;
    double ratio = brought(w, e, MKT_NOW) / brought(w, e, then);
    struct mkt_finding f = {.kind = MKT_FINDING_CHANGE, .probability = more ? p : 1 - p};
    f.stake = spend_of(w, e) * (ratio > 1 ? 1 - 1 / ratio : 1 - ratio);
    int metric = shown_metric(w);
    const char *change, *now = mkt_roi_facts_id(w, e, metric);
    MKT_ROI_TEXT(w, f.id, err, "%s.%s_%s", w->entity[e].key, more ? "up" : "down", suffix[then]);
    MKT_ROI_TEXT(w, f.claim, err, "%s %s %s than %s", name_of(w, e), did(w, more), w->per,
                 when[then]);
    MKT_ROI_TEXT(w, change, err, "%s.%s.%s", w->entity[e].key, mkt_roi_facts_metric(metric),
                 suffix[then]);
    double spread = w->returns.entity[e].change[then][w->outcome].spread;
    MKT_TRY(mkt_roi_headline_offer(w, &f, w->variance[then], square(spread), true, err));
    return add(w, &f, e, change, now, err);
}

/* ---- a channel by itself ------------------------------------------------------------ */

static mkt_status add_imbalance(struct mkt_roi_work *w, size_t e, struct mkt_err *err)
{
    double p = mkt_returns_above_share(&w->returns, e);
    if (w->outcome != MKT_REVENUE || !w->entity[e].comparable || isnan(p) || is_untold(w, 0))
        return MKT_OK;
    bool more = p > .5;
    const struct mkt_estimate *m = w->returns.entity[e].metric;
    struct mkt_finding f = {.kind = MKT_FINDING_IMBALANCE, .probability = more ? p : 1 - p};
    f.stake = fabs(m[MKT_REVENUE_SHARE].value - m[MKT_SPEND_SHARE].value) * spend_of(w, 0);
    if (f.probability < LEANS) return MKT_OK;
    MKT_ROI_TEXT(w, f.id, err, "%s.share_%s", w->entity[e].key, more ? "above" : "below");
    MKT_ROI_TEXT(w, f.claim, err, "%s brings a %s share of revenue than it takes of spend",
                 w->entity[e].name, more ? "larger" : "smaller");
    return add(w, &f, e, mkt_roi_facts_id(w, e, MKT_REVENUE_SHARE),
               mkt_roi_facts_id(w, e, MKT_SPEND_SHARE), err);
}

/* Without a margin only a return below spend itself is a loss for certain, so only that is said. */
static mkt_status add_break_even(struct mkt_roi_work *w, size_t e, struct mkt_err *err)
{
    double margin = w->options.margin;
    bool given = margin > 0;
    if (w->outcome != MKT_REVENUE || is_untold(w, e)) return MKT_OK;
    double p = mkt_returns_above_value(&w->returns, MKT_REVENUE, e, given ? 1 / margin : 1);
    bool earns = p > .5;
    struct mkt_finding f = {.kind = MKT_FINDING_BREAK_EVEN, .probability = earns ? p : 1 - p};
    bool campaign = e >= w->returns.campaign && w->from != w->returns.campaign;
    if (isnan(p) || (earns && (!given || campaign)) || w->entity[e].few ||
        f.probability < (campaign ? SURE
                         : given  ? .5
                                  : LEANS))
        return MKT_OK;
    double roas = w->returns.entity[e].metric[MKT_ROAS].value;
    f.stake = fabs((given ? margin : 1) * roas - 1) * spend_of(w, e);
    MKT_ROI_TEXT(w, f.id, err, "%s.%s", w->entity[e].key, earns ? "earns" : "loses");
    MKT_ROI_TEXT(w, f.claim, err, "%s%s %s", campaign ? "the campaign " : "", name_of(w, e),
                 earns   ? "earns more margin than it costs"
                 : given ? "costs more than the margin it brings"
                         : "costs more than the revenue it brings");
    double v = square(mkt_returns_spread(&w->returns, e, MKT_REVENUE));
    if (!campaign)
        MKT_TRY(mkt_roi_headline_offer(w, &f, fmax(w->variance[MKT_NOW], WIDE), v, true, err));
    return add(w, &f, e, mkt_roi_facts_id(w, e, given ? MKT_ROI_ON_MARGIN : MKT_ROI),
               mkt_roi_facts_id(w, e, MKT_ROAS), err);
}

static mkt_status add_saturation(struct mkt_roi_work *w, size_t e, struct mkt_err *err)
{
    const struct mkt_elasticity *k = &w->entity[e].elasticity;
    if (!k->known || !w->entity[e].comparable || k->value > BELOW || k->below_one < LEANS)
        return MKT_OK;
    struct mkt_finding f = {.kind = MKT_FINDING_SATURATED,
                            .probability = fmin(k->below_one, .9995)};
    f.stake = spend_of(w, e) * (1 - fmax(k->value, 0));
    const char *fact;
    MKT_ROI_TEXT(w, f.id, err, "%s.saturated", w->entity[e].key);
    MKT_ROI_TEXT(w, fact, err, "%s.elasticity", w->entity[e].key);
    MKT_ROI_TEXT(w, f.claim, err, "more spend on %s brings less than its average so far",
                 w->entity[e].name);
    return add(w, &f, e, fact, NULL, err);
}

/* ---- budget -------------------------------------------------------------------------- */

struct pace_line {
    const char *id, *label, *metric, *caveat; /* caveat NULL for none */
    double value, low, high;
};

static mkt_status add_pace_fact(struct mkt_roi_work *w, const struct pace_line *line,
                                struct mkt_err *err)
{
    bool interval = !isnan(line->low);
    const char **caveat = MKT_NEW(w->sheet->arena, const char *, 1);
    if (!caveat) return mkt_arena_full(w->sheet->arena, err);
    caveat[0] = line->caveat;
    struct mkt_fact fact = {.id = line->id,
                            .label = line->label,
                            .scope = "total",
                            .metric = line->metric,
                            .value = line->value,
                            .unit = MKT_UNIT_MONEY,
                            .low = line->low,
                            .high = line->high,
                            .level = interval ? MKT_RETURNS_LEVEL : 0,
                            .interval = interval ? "bootstrap" : "none",
                            .why = interval ? NULL : "it was given",
                            .n = (int64_t)w->returns.span[MKT_NOW].expected.days,
                            .n_of = "days",
                            .method = "roi",
                            .caveat = caveat,
                            .caveats = line->caveat ? 1 : 0};
    return mkt_sheet_add_fact(w->sheet, &fact, err);
}

/* What is recorded has no probability: it is said as it stands. */
static mkt_status add_budget_record(struct mkt_roi_work *w, struct mkt_err *err)
{
    double sum[] = {spend_of(w, 0), w->options.budget, fabs(spend_of(w, 0) - w->options.budget)};
    char shown[3][MKT_FORMAT_TEXT];
    const char *text;
    bool over = sum[0] > sum[1];
    for (int i = 0; i < 3; i++)
        mkt_format_value(sum[i], MKT_UNIT_MONEY, w->sheet->currency, shown[i]);
    MKT_ROI_TEXT(w, text, err,
                 over ? "Spend of the period, %s, is past the budget of %s by %s."
                      : "Spend of the period, %s, is within the budget of %s, with %s left.",
                 shown[0], shown[1], shown[2]);
    return mkt_sheet_say(w->sheet, over ? "budget_passed" : "budget_kept",
                         over ? MKT_CAVEAT_WARN : MKT_CAVEAT_NOTE, text, err);
}

struct history {
    double *spend; /* [days] of the whole, from the first day of the data to the last analysed */
    size_t days;
    bool sparse; /* no two days in a row have a row: they stand for weeks or months */
};

static mkt_status read_history(struct mkt_roi_work *w, struct history *h, struct mkt_err *err)
{
    const struct mkt_performance *p = w->performance;
    int32_t first = p->data.first, last = w->returns.span[MKT_NOW].period.last;
    h->days = (size_t)last - (size_t)first + 1;
    h->spend = MKT_NEW(w->sheet->arena, double, h->days);
    bool *seen = MKT_NEW(w->sheet->arena, bool, h->days);
    if (!h->spend || !seen) return mkt_arena_full(w->sheet->arena, err);
    for (size_t i = 0; i < p->cells; i++) {
        if (p->cell[i].day > last) continue;
        h->spend[p->cell[i].day - first] += (double)p->cell[i].sum[MKT_SPEND] / MKT_MICRO;
        seen[p->cell[i].day - first] = true;
    }
    h->sparse = h->days > 1;
    for (size_t t = 1; t < h->days; t++) h->sparse = h->sparse && !(seen[t] && seen[t - 1]);
    for (size_t i = 0; w->account && i < w->account->caveats; i++)
        h->sparse = h->sparse || strcmp(w->account->caveat[i].id, "weekly_data") == 0;
    return MKT_OK;
}

static mkt_status add_projection(struct mkt_roi_work *w, const struct mkt_pace *pace, size_t days,
                                 struct mkt_err *err)
{
    const char *caveat = pace->season ? "pace_season" : "pace_level";
    MKT_TRY(mkt_sheet_say(
        w->sheet, caveat, MKT_CAVEAT_NOTE,
        pace->season
            ? "The projected spend takes the days to come to follow the season of a year before; "
              "its interval allows for a year that does not repeat."
            : "The projected spend takes the days to come to be like the last ones seen; no season "
              "is in it or in its interval, for the data hold no year before.",
        err));
    MKT_TRY(add_pace_fact(
        w,
        &(struct pace_line){"total.projected_spend", "Projected spend of the whole period",
                            "projected_spend", caveat, pace->projected, pace->low, pace->high},
        err));
    double budget = w->options.budget;
    if (spend_of(w, 0) > budget) return MKT_OK; /* a record, not a chance */
    bool over = pace->projected > budget;
    double p = over ? pace->above : 1 - pace->above;
    struct mkt_finding f = {.kind = MKT_FINDING_PACE,
                            .probability = fmin(fmax(p, .0005), .9995),
                            .stake = fabs(pace->projected - budget),
                            .id = over ? "total.over_budget" : "total.under_budget"};
    MKT_ROI_TEXT(w, f.claim, err, "spend is heading %s the budget%s", over ? "past" : "below",
                 pace->season              ? ""
                 : days >= MKT_PACE_RECENT ? " if spend goes on as in the last eight weeks"
                                           : " if spend goes on as so far");
    return add(w, &f, 0, "total.projected_spend", "total.budget", err);
}

static mkt_status add_pace(struct mkt_roi_work *w, struct mkt_err *err)
{
    double budget = w->options.budget;
    if (!(budget > 0)) return MKT_OK;
    int32_t left = w->asked.last - w->returns.span[MKT_NOW].period.last;
    struct history h = {NULL, 0, false};
    struct mkt_pace pace;
    MKT_TRY(add_pace_fact(
        w, &(struct pace_line){"total.budget", "Budget", "budget", NULL, budget, NAN, NAN}, err));
    if (left <= 0 || spend_of(w, 0) > budget) MKT_TRY(add_budget_record(w, err));
    if (left <= 0) return MKT_OK;
    MKT_TRY(read_history(w, &h, err));
    if (h.sparse)
        return mkt_sheet_say(w->sheet, "pace_unknown", MKT_CAVEAT_WARN,
                             "The rows stand for more than a day each, so the spend of the days "
                             "to come is not projected.",
                             err);
    MKT_TRY(mkt_pace_fit(w->sheet->arena, h.spend, h.days, w->performance->data.first,
                         spend_of(w, 0), left, budget, w->options.seed, &pace, err));
    if (isnan(pace.projected))
        return mkt_sheet_add_missing(
            w->sheet, "Two weeks of spend would let the end of the budget's period be projected",
            err);
    return add_projection(w, &pace, h.days, err);
}

mkt_status mkt_roi_findings_add(struct mkt_roi_work *w, struct mkt_err *err)
{
    MKT_TRY(add_pace(w, err));
    if (!w->has_outcome) return MKT_OK;
    const struct mkt_returns *r = &w->returns;
    bool channels = r->segment > r->channel;
    MKT_TRY(compare_all(w, w->from, w->to, err));
    MKT_TRY(compare_all(w, r->segment, r->campaign, err));
    for (size_t e = r->campaign; channels && e < r->entities; e++) MKT_TRY(stand_out(w, e, err));
    for (size_t e = 0; e < r->segment && e <= MKT_ROI_COMPARED; e++)
        for (int then = MKT_BEFORE; then < MKT_SPANS; then++)
            if (e == 0 || w->entity[e].comparable)
                MKT_TRY(add_change(w, e, (mkt_span_name)then, err));
    MKT_TRY(add_break_even(w, 0, err));
    for (size_t e = w->from; e < w->to; e++) {
        if (e - w->from < MKT_ROI_COMPARED) MKT_TRY(add_imbalance(w, e, err));
        MKT_TRY(add_break_even(w, e, err));
        MKT_TRY(add_saturation(w, e, err));
    }
    for (size_t e = r->campaign; channels && e < r->entities; e++)
        MKT_TRY(add_break_even(w, e, err));
    return MKT_OK;
}
