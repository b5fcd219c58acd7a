#include "aggregate/slices.h"

#include <string.h>

static bool within(struct mkt_period period, int32_t day)
{
    return day >= period.first && day <= period.last;
}

static void add(struct mkt_slice *slice, const struct mkt_performance_cell *cell)
{
    for (int m = 0; m < MKT_MEASURES; m++) slice->sum[m] += cell->sum[m];
    slice->cells++;
}

/* Cells lie in order of channel and campaign, so a campaign's cells are a run. */
static bool same_campaign(const struct mkt_performance_cell *a,
                          const struct mkt_performance_cell *b)
{
    return a->name[MKT_CHANNEL] == b->name[MKT_CHANNEL] &&
           a->name[MKT_CAMPAIGN] == b->name[MKT_CAMPAIGN];
}

static bool has(const struct mkt_performance *p, mkt_dimension d)
{
    return p->dimensions >> d & 1U;
}

/* The slice of the cell's campaign: the last one, or a new one after it. */
static struct mkt_slice *campaign_of(struct mkt_arena *arena, struct mkt_slices *out,
                                     const struct mkt_performance_cell *c, bool same,
                                     size_t *capacity)
{
    if (same) return &out->slice[out->slices - 1];
    struct mkt_slice *s =
        mkt_arena_push(arena, &out->slice, &out->slices, capacity, sizeof *out->slice);
    if (s)
        *s = (struct mkt_slice){.kind = MKT_SLICE_CAMPAIGN,
                                .channel = c->name[MKT_CHANNEL],
                                .campaign = c->name[MKT_CAMPAIGN]};
    return s;
}

mkt_status mkt_slices_make(struct mkt_arena *arena, const struct mkt_performance *p,
                           struct mkt_period period, struct mkt_slices *out, struct mkt_err *err)
{
    size_t channels = has(p, MKT_CHANNEL) ? p->name_count[MKT_CHANNEL] : 0;
    size_t segments = has(p, MKT_SEGMENT) ? p->name_count[MKT_SEGMENT] : 0;
    size_t capacity = 1 + channels + segments;
    *out = (struct mkt_slices){.channel = 1, .segment = 1 + channels, .campaign = capacity};
    out->slices = capacity;
    out->slice = MKT_NEW(arena, struct mkt_slice, capacity);
    if (!out->slice) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < channels; i++)
        out->slice[out->channel + i] =
            (struct mkt_slice){.kind = MKT_SLICE_CHANNEL, .channel = (uint32_t)i};
    for (size_t i = 0; i < segments; i++)
        out->slice[out->segment + i] =
            (struct mkt_slice){.kind = MKT_SLICE_SEGMENT, .segment = (uint32_t)i};

    const struct mkt_performance_cell *last = NULL;
    for (size_t i = 0; i < p->cells; i++) {
        const struct mkt_performance_cell *c = &p->cell[i];
        if (!within(period, c->day)) continue;
        if (has(p, MKT_CAMPAIGN)) {
            struct mkt_slice *s =
                campaign_of(arena, out, c, last && same_campaign(last, c), &capacity);
            if (!s) return mkt_arena_full(arena, err);
            add(s, c);
            last = c;
        }
        add(&out->slice[0], c);
        if (channels) add(&out->slice[out->channel + c->name[MKT_CHANNEL]], c);
        if (segments) add(&out->slice[out->segment + c->name[MKT_SEGMENT]], c);
    }
    return MKT_OK;
}

static void add_day(double *out, uint32_t row, size_t days, size_t at,
                    const struct mkt_performance_cell *cell)
{
    if (row == MKT_SLICES_NONE) return;
    double *series = out + (size_t)row * MKT_MEASURES * days + at;
    for (int m = 0; m < MKT_MEASURES; m++) series[(size_t)m * days] += (double)cell->sum[m];
}

/* Whether the campaign comes before that of the cell; both come in order. */
static bool before_campaign(const struct mkt_slice *s, const struct mkt_performance_cell *c)
{
    return s->channel != c->name[MKT_CHANNEL] ? s->channel < c->name[MKT_CHANNEL]
                                              : s->campaign < c->name[MKT_CAMPAIGN];
}

void mkt_slices_fill(const struct mkt_performance *p, struct mkt_period period,
                     const struct mkt_slices *slices, const uint32_t *row, size_t rows, double *out)
{
    size_t days = (size_t)mkt_period_days(period), next = slices->campaign;
    bool channels = slices->segment > slices->channel;
    bool segments = slices->campaign > slices->segment;
    for (size_t i = 0; i < p->cells; i++) {
        const struct mkt_performance_cell *c = &p->cell[i];
        if (!within(period, c->day)) continue;
        size_t at = (size_t)(c->day - period.first);
        add_day(out, row[0], days, at, c);
        if (channels) add_day(out, row[slices->channel + c->name[MKT_CHANNEL]], days, at, c);
        if (segments) add_day(out, row[slices->segment + c->name[MKT_SEGMENT]], days, at, c);
        while (next < slices->slices && before_campaign(&slices->slice[next], c)) next++;
        if (next < slices->slices && slices->slice[next].channel == c->name[MKT_CHANNEL] &&
            slices->slice[next].campaign == c->name[MKT_CAMPAIGN])
            add_day(out, row[next], days, at, c);
    }
    /* sums of millionths are whole numbers, exact below 2^53; one division rounds once */
    for (size_t i = 0; i < rows * MKT_MEASURES * days; i++) out[i] /= MKT_MICRO;
}
