#include "analysis/funnel_work.h"

#include <math.h>

#define BARS 14

static mkt_status bars(struct mkt_funnel_work *w, struct mkt_err *err)
{
    struct mkt_chart c = {.id = "steps",
                          .reading = "How many get as far as each step; the shorter the next bar, "
                                     "the more are lost on the way to it",
                          .kind = MKT_CHART_PAIRS};
    MKT_FUNNEL_TEXT(w, c.title, err, "%s by step", w->plan->by_session ? "Sessions" : "Users");
    MKT_TRY(mkt_funnel_work_chart(w, &c, w->steps, 1, false, err));
    c.series[0].name = w->units;
    c.series[0].unit = MKT_UNIT_COUNT;
    for (size_t k = 0; k < w->steps; k++) {
        c.x[k] = w->input.label[k];
        c.series[0].value[k] = (double)w->f->reached[k];
    }
    return mkt_sheet_add_chart(w->sheet, &c, err);
}

static mkt_status drop_off(struct mkt_funnel_work *w, struct mkt_err *err)
{
    struct mkt_chart c = {.id = "drop_off",
                          .title = "Lost before each step",
                          .reading = "Share of those who reached the step before and did not come "
                                     "on, the largest first, with 95 % intervals",
                          .kind = MKT_CHART_INTERVAL};
    MKT_TRY(mkt_funnel_work_chart(w, &c, w->needs, 1, true, err));
    c.series[0].name = "lost";
    c.series[0].unit = MKT_UNIT_SHARE;
    for (size_t i = 0; i < w->needs; i++) {
        const struct mkt_step_rate *r = &w->before[w->needed[i]];
        c.x[i] = w->input.label[w->needed[i]];
        c.series[0].value[i] = 1 - r->value;
        c.series[0].low[i] = 1 - r->high;
        c.series[0].high[i] = 1 - r->low;
    }
    return mkt_sheet_add_chart(w->sheet, &c, err);
}

static mkt_status worth(struct mkt_funnel_work *w, struct mkt_err *err)
{
    struct mkt_chart c = {.id = "worth",
                          .title = "What one more point at each step is worth",
                          .reading = "Over the days of the data, were one in a hundred more to "
                                     "come on at the step and go on as the others do",
                          .kind = MKT_CHART_INTERVAL};
    if (!w->has_worth || w->needs < 2) return MKT_OK;
    MKT_TRY(mkt_funnel_work_chart(w, &c, w->needs, 1, true, err));
    c.series[0].name = w->money ? "worth" : "conversions";
    c.series[0].unit = w->money ? MKT_UNIT_MONEY : MKT_UNIT_COUNT;
    for (size_t i = 0; i < w->needs; i++) {
        c.x[i] = w->input.label[w->needed[i]];
        c.series[0].value[i] = w->worth.of[i].value;
        c.series[0].low[i] = w->worth.of[i].low;
        c.series[0].high[i] = w->worth.of[i].high;
    }
    return mkt_sheet_add_chart(w->sheet, &c, err);
}

/* Bounds that people think in. A time falls into the bar of its bin's mean, so bars are exact to
 * one part in 128. */
static const struct {
    double seconds;
    const char *name; /* of what lies below, from the bound before */
} bound[] = {{60, "under 1 minute"},     {300, "1 to 5 minutes"},    {900, "5 to 15 minutes"},
             {3600, "15 to 60 minutes"}, {10800, "1 to 3 hours"},    {43200, "3 to 12 hours"},
             {86400, "12 to 24 hours"},  {172800, "1 to 2 days"},    {345600, "2 to 4 days"},
             {604800, "4 to 7 days"},    {1209600, "7 to 14 days"},  {2592000, "14 to 30 days"},
             {7776000, "30 to 90 days"}, {1e300, "90 days and more"}};
_Static_assert(sizeof bound / sizeof *bound == BARS, "a bar has a name");

static mkt_status times(struct mkt_funnel_work *w, struct mkt_err *err)
{
    double count[BARS] = {0};
    size_t first = BARS, last = 0;
    for (size_t b = 0; b < w->f->bins; b++) {
        if (!w->f->whole[b].n) continue;
        double mean = (double)w->f->whole[b].sum / 1000 / (double)w->f->whole[b].n;
        size_t k = 0;
        while (mean >= bound[k].seconds) k++;
        count[k] += (double)w->f->whole[b].n;
        if (k < first) first = k;
        if (k > last) last = k;
    }
    if (first > last || !w->input.view->moments) return MKT_OK;
    struct mkt_chart c = {.id = "times",
                          .reading = "How long it takes those who get there; a window shorter than "
                                     "this cuts them off",
                          .kind = MKT_CHART_PAIRS};
    MKT_FUNNEL_TEXT(w, c.title, err, "Time from %s to %s", w->input.label[0],
                    w->input.label[w->last]);
    MKT_TRY(mkt_funnel_work_chart(w, &c, last - first + 1, 1, false, err));
    c.series[0].name = w->units;
    c.series[0].unit = MKT_UNIT_COUNT;
    for (size_t k = first; k <= last; k++) {
        c.x[k - first] = bound[k].name;
        c.series[0].value[k - first] = count[k];
    }
    return mkt_sheet_add_chart(w->sheet, &c, err);
}

mkt_status mkt_funnel_work_charts(struct mkt_funnel_work *w, struct mkt_err *err)
{
    MKT_TRY(bars(w, err));
    MKT_TRY(drop_off(w, err));
    MKT_TRY(worth(w, err));
    return times(w, err);
}
