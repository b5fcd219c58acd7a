#include "model/returns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/resample.h"
#include "model/returns_metrics.h"
#include "num/dense.h"
#include "num/distribution.h"
#include "num/random.h"

#define OUTCOMES MKT_RETURNS_OUTCOMES
#define DRAWS MKT_RETURNS_DRAWS
#define WHOLE_WEEK 7.0

/* ---- which slices are estimated ------------------------------------------ */

struct candidate {
    mkt_micro spend, revenue;
    uint32_t slice;
};

/* By falling spend, then revenue, then in order of names. */
static int by_size(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->spend != y->spend) return x->spend > y->spend ? -1 : 1;
    if (x->revenue != y->revenue) return x->revenue > y->revenue ? -1 : 1;
    return (x->slice > y->slice) - (x->slice < y->slice);
}

static bool is_empty(const struct mkt_slice *s)
{
    for (int m = 0; m < MKT_MEASURES; m++)
        if (s->sum[m]) return false;
    return true;
}

/* Takes the largest of slices [from, to); row[] gets their place among the entities. */
static void take_largest(struct mkt_returns *r, const struct mkt_slices *s, size_t from, size_t to,
                         struct candidate *room, uint32_t *row)
{
    size_t n = 0, most = r->params.largest;
    for (size_t i = from; i < to; i++)
        if (!is_empty(&s->slice[i]))
            room[n++] = (struct candidate){s->slice[i].sum[MKT_SPEND], s->slice[i].sum[MKT_REVENUE],
                                           (uint32_t)i};
    if (n) qsort(room, n, sizeof *room, by_size);
    for (size_t k = 0; k < n && k < most; k++) {
        const struct mkt_slice *slice = &s->slice[room[k].slice];
        row[room[k].slice] = (uint32_t)r->entities;
        r->entity[r->entities++] = (struct mkt_entity){.kind = slice->kind,
                                                       .channel = slice->channel,
                                                       .campaign = slice->campaign,
                                                       .segment = slice->segment};
    }
    if (n > most) r->left_out[s->slice[from].kind] = n - most;
}

static mkt_status choose(struct mkt_arena *arena, struct mkt_returns *r, const struct mkt_slices *s,
                         uint32_t *row, struct mkt_err *err)
{
    struct candidate *room = MKT_NEW(arena, struct candidate, s->slices);
    size_t most = 1 + 3 * r->params.largest;
    r->entity = MKT_NEW(arena, struct mkt_entity, most < s->slices ? most : s->slices);
    if (!room || !r->entity) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < s->slices; i++) row[i] = MKT_SLICES_NONE;
    row[0] = 0;
    r->entities = 1;
    r->channel = 1;
    take_largest(r, s, s->channel, s->segment, room, row);
    r->segment = r->entities;
    take_largest(r, s, s->segment, s->campaign, room, row);
    r->campaign = r->entities;
    take_largest(r, s, s->campaign, s->slices, room, row);
    return MKT_OK;
}

/* ---- chance --------------------------------------------------------------- */

/* residual [entities][OUTCOMES][days]: what is left of the outcomes around their expectation. */
static void take_residuals(const struct mkt_span *span, double *residual, double *scratch)
{
    size_t days = span->expected.days;
    for (size_t e = 0; e < span->entities; e++) {
        const double *daily = span->daily + e * MKT_MEASURES * days;
        double *own = residual + e * OUTCOMES * days;
        memcpy(own, daily + days, OUTCOMES * days * sizeof *own);
        for (size_t k = 0; k < OUTCOMES; k++) mkt_expected_remove(&span->expected, own + k * days);
        mkt_expected_remove_spend(&span->expected, daily, own, OUTCOMES, scratch);
    }
}

/* The outcome that tells most: revenue where there is one. */
static mkt_measure leading(unsigned measures)
{
    static const mkt_measure order[] = {MKT_REVENUE, MKT_CONVERSIONS, MKT_CLICKS};
    for (size_t i = 0; i < 3; i++)
        if (measures >> order[i] & 1U) return order[i];
    return MKT_IMPRESSIONS;
}

/* One block length for all series, or the same days would not meet: the mean of what suits the
 * leading outcome of each channel; at least an eighth of the days up to a whole week. */
static double block_days(const struct mkt_returns *r, size_t days, const double *residual)
{
    size_t from = r->segment > r->channel ? r->channel : 0;
    size_t to = r->segment > r->channel ? r->segment : 1, k = leading(r->measures) - 1;
    double sum = 0;
    for (size_t e = from; e < to; e++)
        sum += mkt_resample_block_days(residual + (e * OUTCOMES + k) * days, 1, days,
                                       (double)days / 4);
    double least = fmin(fmax((double)days / 8, 1), WHOLE_WEEK);
    return fmax(sum / (double)(to - from), least);
}

/* Widens the draws from the bootstrap's normal tails to Student's. */
static void widen_tails(struct mkt_span *span, uint64_t seed, uint64_t stream)
{
    struct mkt_random random;
    double freedom = span->expected.freedom;
    mkt_random_init(&random, seed, stream);
    for (size_t d = 0; d < DRAWS; d++) {
        double w = sqrt(freedom / 2 / mkt_random_gamma(&random, freedom / 2));
        float *row = span->draw + d * span->stride;
        for (size_t k = 0; k < span->stride; k++) row[k] *= (float)w;
    }
}

#define TAILS_STREAM ((uint64_t)1 << 63) /* apart from the streams of blocks */

static mkt_status draw_span(struct mkt_arena *arena, struct mkt_returns *r, mkt_span_name name,
                            struct mkt_returns_spread *spread, struct mkt_err *err)
{
    struct mkt_span *span = &r->span[name];
    size_t days = span->expected.days, series = span->entities * OUTCOMES;
    span->stride = mkt_resample_stride(series);
    span->draw = MKT_NEW(arena, float, DRAWS * span->stride + MKT_RESAMPLE_LANE);
    float *factor = MKT_NEW(arena, float, span->stride + MKT_RESAMPLE_LANE);
    spread->own = MKT_NEW(arena, double, span->stride);
    spread->next = MKT_NEW(arena, double, span->stride);
    spread->apart = MKT_NEW(arena, double, span->stride);
    if (!span->draw || !factor || !spread->own || !spread->next || !spread->apart)
        return mkt_arena_full(arena, err);

    size_t mark = mkt_arena_mark(arena);
    double *residual = MKT_NEW(arena, double, series *days);
    double *scratch = MKT_NEW(arena, double, 2 * days);
    if (!residual || !scratch) return mkt_arena_full(arena, err);
    take_residuals(span, residual, scratch);
    span->block_days = block_days(r, days, residual);
    MKT_TRY(mkt_expected_calibrate(&span->expected, arena, span->block_days, err));
    span->t = mkt_distribution_t_quantile((1 + MKT_RETURNS_LEVEL) / 2, span->expected.freedom);
    for (size_t e = 0; e < span->entities; e++)
        for (int m = MKT_SPEND + 1; m < MKT_MEASURES; m++) {
            double sum = r->entity[e].sum[name][m];
            factor[mkt_returns_column(e, (mkt_measure)m)] =
                sum > 0 ? (float)(span->expected.scale / sum) : 0;
        }
    struct mkt_resample spec = {
        days, series, DRAWS, span->block_days, r->params.seed, (uint64_t)name, r->params.threads};
    MKT_TRY(mkt_resample_sums(arena, &spec, residual, span->draw, err));
    mkt_arena_release(arena, mark);
    mkt_resample_spread(span->draw, DRAWS, span->stride, factor, mkt_returns_column(0, MKT_REVENUE),
                        spread->own, spread->next, spread->apart);
    widen_tails(span, r->params.seed, TAILS_STREAM | (uint64_t)name);
    return MKT_OK;
}

/* ---- spans ----------------------------------------------------------------- */

static void count_days(struct mkt_entity *e, const double *daily, size_t days)
{
    for (size_t t = 0; t < days; t++) {
        bool active = false;
        for (size_t m = 0; m < MKT_MEASURES; m++) active = active || daily[m * days + t] != 0;
        e->active_days += active;
        e->paid_days += daily[MKT_SPEND * days + t] > 0;
    }
}

/* Standard deviation of spend around level, season and weekday, over its mean. */
static double spend_variation(const struct mkt_span *span, const double *spend, double *scratch)
{
    size_t days = span->expected.days;
    if (days <= span->expected.terms) return NAN;
    double mean = 0;
    for (size_t t = 0; t < days; t++) mean += spend[t] / (double)days;
    memcpy(scratch, spend, days * sizeof *scratch);
    mkt_expected_remove(&span->expected, scratch);
    double left = mkt_dense_dot(scratch, scratch, days);
    return mean > 0 ? sqrt(left / (double)(days - span->expected.terms)) / mean : NAN;
}

static mkt_status fit_span(struct mkt_arena *arena, struct mkt_returns *r, mkt_span_name name,
                           const struct mkt_performance *p, const struct mkt_slices *slices,
                           const uint32_t *row, struct mkt_err *err)
{
    struct mkt_span *span = &r->span[name];
    size_t days = (size_t)mkt_period_days(span->period);
    span->known = true;
    span->entities = name == MKT_NOW ? r->entities : r->campaign;
    span->daily = MKT_NEW(arena, double, span->entities *MKT_MEASURES *days);
    double *scratch = MKT_NEW(arena, double, days);
    if (!span->daily || !scratch) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_expected_init(&span->expected, arena, span->period, err));
    mkt_slices_fill(p, span->period, slices, row, span->entities, span->daily);
    for (size_t i = 0; i < slices->slices; i++) {
        if (row[i] == MKT_SLICES_NONE) continue;
        for (int m = 0; m < MKT_MEASURES; m++)
            r->entity[row[i]].sum[name][m] = (double)slices->slice[i].sum[m] / MKT_MICRO;
    }
    for (size_t e = 0; name == MKT_NOW && e < r->entities; e++) {
        const double *daily = span->daily + e * MKT_MEASURES * days;
        count_days(&r->entity[e], daily, days);
        r->entity[e].spend_variation = spend_variation(span, daily, scratch);
    }
    struct mkt_returns_spread spread = {NULL, NULL, NULL};
    if (days >= MKT_RETURNS_LEAST_DAYS) MKT_TRY(draw_span(arena, r, name, &spread, err));
    struct mkt_estimate(*estimate)[MKT_METRICS] =
        mkt_arena_alloc(arena, span->entities, sizeof *estimate);
    if (!estimate) return mkt_arena_full(arena, err);
    mkt_returns_metrics_fill(r, name, &spread, estimate);
    for (size_t e = 0; e < span->entities; e++) {
        if (name == MKT_NOW)
            memcpy(r->entity[e].metric, estimate[e], sizeof estimate[e]);
        else
            mkt_returns_metrics_change(r, name, e, estimate[e]);
    }
    return MKT_OK;
}

mkt_status mkt_returns_fit(struct mkt_arena *arena, const struct mkt_performance *p,
                           const struct mkt_returns_params *params, struct mkt_returns *out,
                           struct mkt_err *err)
{
    *out = (struct mkt_returns){.params = *params, .measures = p->measures};
    out->span[MKT_NOW].period = params->period;
    out->span[MKT_BEFORE].period = mkt_period_before(params->period);
    out->span[MKT_YEAR_BEFORE].period = mkt_period_year_before(params->period);

    struct mkt_slices slices;
    MKT_TRY(mkt_slices_make(arena, p, params->period, &slices, err));
    uint32_t *row = MKT_NEW(arena, uint32_t, slices.slices);
    if (!row) return mkt_arena_full(arena, err);
    MKT_TRY(choose(arena, out, &slices, row, err));
    MKT_TRY(fit_span(arena, out, MKT_NOW, p, &slices, row, err));
    for (int name = MKT_BEFORE; name < MKT_SPANS; name++) {
        struct mkt_period then = out->span[name].period;
        bool twice = name == MKT_YEAR_BEFORE && then.first == out->span[MKT_BEFORE].period.first &&
                     then.last == out->span[MKT_BEFORE].period.last; /* of a year, both are one */
        if (twice || then.first < p->data.first || then.last > p->data.last) continue;
        struct mkt_slices earlier;
        MKT_TRY(mkt_slices_make(arena, p, then, &earlier, err));
        /* channels and segments stand in the same order in both; campaigns are not compared */
        earlier.slices = earlier.campaign;
        MKT_TRY(fit_span(arena, out, (mkt_span_name)name, p, &earlier, row, err));
    }
    return MKT_OK;
}
