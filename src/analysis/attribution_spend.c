#include "analysis/attribution_work.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "fact/format.h"

/* Journeys that hold less, or more, of what the performance table tells are not what the spend
 * brought: people who agreed to be measured, one device, another shop. */
#define LEAST .8
#define MOST 1.25

static bool has_spend(const struct mkt_attribution_input *in)
{
    return in->performance && mkt_performance_has(in->performance, MKT_SPEND) &&
           in->period.first <= in->period.last;
}

static bool within(const struct mkt_attribution_input *in, const struct mkt_performance_cell *c)
{
    return c->day >= in->period.first && c->day <= in->period.last;
}

/* Which names of a dimension have that slug; all where it is NULL. */
static mkt_status find_names(struct mkt_attribution_work *w, mkt_dimension d, const char *slug,
                             bool **out, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_performance *p = w->input.performance;
    *out = MKT_NEW(arena, bool, p->name_count[d]);
    if (!*out) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < p->name_count[d]; i++) {
        const char *other = mkt_text_slug(arena, p->names[d][i], 60);
        if (!other) return mkt_arena_full(arena, err);
        (*out)[i] = !slug || strcmp(other, slug) == 0;
    }
    return MKT_OK;
}

mkt_status mkt_attribution_work_spend(struct mkt_attribution_work *w, const char *channel,
                                      const char *campaign, double *out, struct mkt_err *err)
{
    const struct mkt_performance *p = w->input.performance;
    mkt_micro spend = 0;
    bool *in_channel, *in_campaign;
    *out = NAN;
    if (!has_spend(&w->input)) return MKT_OK;
    size_t mark = mkt_arena_mark(w->sheet->arena);
    MKT_TRY(find_names(w, MKT_CHANNEL, channel, &in_channel, err));
    MKT_TRY(find_names(w, MKT_CAMPAIGN, campaign, &in_campaign, err));
    for (size_t i = 0; i < p->cells; i++) {
        const uint32_t *name = p->cell[i].name;
        if (in_channel[name[MKT_CHANNEL]] && in_campaign[name[MKT_CAMPAIGN]] &&
            within(&w->input, &p->cell[i]))
            spend += p->cell[i].sum[MKT_SPEND];
    }
    mkt_arena_release(w->sheet->arena, mark);
    if (spend > 0) *out = (double)spend / MKT_MICRO;
    return MKT_OK;
}

/* ---- coverage ------------------------------------------------------------------------------ */

/* What the performance table tells of the journeys' days; 0 where it tells nothing. */
static double reported(const struct mkt_attribution_input *in, mkt_measure m)
{
    const struct mkt_performance *p = in->performance;
    double sum = 0;
    if (!mkt_performance_has(p, m)) return 0;
    for (size_t i = 0; i < p->cells; i++)
        if (within(in, &p->cell[i])) sum += (double)p->cell[i].sum[m] / MKT_MICRO;
    return fmax(sum, 0);
}

/* The same measure as journeys and as the performance table tell it; `theirs` 0: it does not. */
static mkt_status compare(struct mkt_attribution_work *w, const char *what, mkt_unit unit,
                          double ours, double theirs, struct mkt_err *err)
{
    char first[MKT_DATE_TEXT], last[MKT_DATE_TEXT];
    char told[MKT_FORMAT_TEXT], known[MKT_FORMAT_TEXT], share[MKT_FORMAT_TEXT];
    if (theirs <= 0 || (ours >= LEAST * theirs && ours <= MOST * theirs)) return MKT_OK;
    w->priced = false;
    const char *currency = w->sheet->currency;
    return mkt_sheet_say(
        w->sheet, unit == MKT_UNIT_MONEY ? "partial_value" : "partial_journeys", MKT_CAVEAT_WARN,
        mkt_arena_printf(w->sheet->arena,
                         "the journeys tell %s %s from %s to %s, the performance table %s: "
                         "that is %s of them, so what was spent is not what these journeys cost "
                         "and ROAS and CPA by model are not given",
                         mkt_format_value(ours, unit, currency, told), what,
                         mkt_date_text(w->input.period.first, first),
                         mkt_date_text(w->input.period.last, last),
                         mkt_format_value(theirs, unit, currency, known),
                         mkt_format_value(ours / theirs, MKT_UNIT_SHARE, NULL, share)),
        err);
}

/* Spend of a part of the days is not what the credit of all of them cost. */
static mkt_status compare_days(struct mkt_attribution_work *w, struct mkt_err *err)
{
    const struct mkt_period own = w->input.period, data = w->input.performance->data;
    struct mkt_period both = {own.first > data.first ? own.first : data.first,
                              own.last < data.last ? own.last : data.last};
    int32_t all = mkt_period_days(own), told = both.first > both.last ? 0 : mkt_period_days(both);
    if ((double)told >= LEAST * (double)all) return MKT_OK;
    w->priced = false;
    return mkt_sheet_say(
        w->sheet, "partial_spend", MKT_CAVEAT_WARN,
        mkt_arena_printf(w->sheet->arena,
                         "spend is told for %s of the %s days of the journeys: ROAS and CPA "
                         "by model are not given",
                         MKT_COUNT(told), MKT_COUNT(all)),
        err);
}

mkt_status mkt_attribution_work_coverage(struct mkt_attribution_work *w, struct mkt_err *err)
{
    const struct mkt_attribution_input *in = &w->input;
    const struct mkt_path_counts *touched = &in->paths->total, *rest = &in->paths->untouched;
    w->priced = false;
    for (size_t c = 0; c < w->channels; c++) w->priced |= isfinite(w->channel[c].spend);
    if (!w->priced) return MKT_OK;
    double conversions = reported(in, MKT_CONVERSIONS);
    double value = in->values ? reported(in, MKT_REVENUE) : 0;
    MKT_TRY(compare_days(w, err));
    MKT_TRY(compare(w, "conversions", MKT_UNIT_COUNT,
                    (double)(touched->conversions + rest->conversions), conversions, err));
    MKT_TRY(compare(w, "of value", MKT_UNIT_MONEY,
                    ((double)touched->value + (double)rest->value) / MKT_MICRO, value, err));
    if (conversions > 0 || value > 0) return MKT_OK;
    return mkt_sheet_say(
        w->sheet, "coverage_unknown", MKT_CAVEAT_NOTE,
        "the performance table tells neither conversions nor revenue: whether the journeys "
        "hold all that the spend brought cannot be told",
        err);
}
