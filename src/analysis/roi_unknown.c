#include "analysis/roi_unknown.h"

#include <math.h>
#include <string.h>

static const struct mkt_estimate untold = {NAN, NAN, NAN, NAN, "none", "not every table tells it"};

static unsigned reads(int metric)
{
    switch (metric) {
    case MKT_CONVERSION_RATE:
    case MKT_CPA:
        return 1U << MKT_CONVERSIONS;
    case MKT_CAC:
        return 1U << MKT_NEW_CUSTOMERS;
    case MKT_AOV:
        return 1U << MKT_CONVERSIONS | 1U << MKT_REVENUE;
    case MKT_ROAS:
    case MKT_ROI:
    case MKT_ROI_ON_MARGIN:
    case MKT_REVENUE_SHARE:
        return 1U << MKT_REVENUE;
    default:
        return 0;
    }
}

/* The outcomes that the account says some table lacks. */
static unsigned lacking(const struct mkt_account *account)
{
    static const mkt_measure results[] = {MKT_CONVERSIONS, MKT_REVENUE, MKT_NEW_CUSTOMERS};
    unsigned set = 0;
    for (size_t i = 0; account && i < account->caveats; i++)
        for (size_t k = 0; k < sizeof results / sizeof *results; k++)
            if (strcmp(account->caveat[i].id, "measure_missing") == 0 &&
                strstr(account->caveat[i].text, mkt_measure_name[results[k]]))
                set |= 1U << results[k];
    return set;
}

/* For each channel the outcomes it does not tell. */
static unsigned *find_channels(struct mkt_roi_work *w, unsigned set)
{
    const struct mkt_performance *p = w->performance;
    unsigned *channel = MKT_NEW(w->sheet->arena, unsigned, p->name_count[MKT_CHANNEL] + 1);
    if (!channel) return NULL;
    for (size_t c = 0; c < p->name_count[MKT_CHANNEL]; c++) channel[c] = set;
    for (size_t i = 0; i < p->cells; i++)
        for (int m = 0; m < MKT_MEASURES; m++)
            if (p->cell[i].sum[m]) channel[p->cell[i].name[MKT_CHANNEL]] &= ~(1U << m);
    return channel;
}

/* What some channel with spend in the segment, or in the whole, does not tell. */
static unsigned mixed(const struct mkt_roi_work *w, const unsigned *channel,
                      const struct mkt_entity *entity)
{
    const struct mkt_performance *p = w->performance;
    unsigned set = 0;
    for (size_t i = 0; i < p->cells; i++) {
        const struct mkt_performance_cell *cell = &p->cell[i];
        bool within =
            cell->day <= w->returns.span[MKT_NOW].period.last &&
            (entity->kind != MKT_SLICE_SEGMENT || cell->name[MKT_SEGMENT] == entity->segment);
        if (within && cell->sum[MKT_SPEND]) set |= channel[cell->name[MKT_CHANNEL]];
    }
    return set;
}

mkt_status mkt_roi_unknown_clear(struct mkt_roi_work *w, struct mkt_err *err)
{
    unsigned set = lacking(w->account), whole = 0;
    if (!set) return MKT_OK;
    const unsigned *channel = find_channels(w, set);
    if (!channel) return mkt_arena_full(w->sheet->arena, err);
    for (size_t e = 0; e < w->returns.entities; e++) {
        struct mkt_entity *x = &w->returns.entity[e];
        bool own = x->kind == MKT_SLICE_CHANNEL || x->kind == MKT_SLICE_CAMPAIGN;
        unsigned unknown = own ? channel[x->channel] : mixed(w, channel, x);
        if (e == 0) whole = unknown;
        w->entity[e].unknown = unknown;
        for (int m = 0; m < MKT_METRICS; m++) {
            unsigned by = m == MKT_REVENUE_SHARE ? whole : unknown;
            bool sum = own && m < MKT_MEASURES && unknown >> m & 1U;
            if (!sum && !(reads(m) & by)) continue;
            x->metric[m] = untold;
            for (int span = MKT_BEFORE; span < MKT_SPANS; span++) x->change[span][m] = untold;
        }
    }
    return MKT_OK;
}
