#include "model/returns.h"

#include <math.h>

#define DRAWS MKT_RETURNS_DRAWS
#define EQUAL 1e-9

static bool drawn(const struct mkt_returns *r, mkt_measure outcome, size_t e)
{
    return r->entity[e].metric[outcome].spread > 0 && r->entity[e].sum[MKT_NOW][MKT_SPEND] > 0;
}

static double log_return(const struct mkt_returns *r, mkt_span_name span, mkt_measure outcome,
                         size_t e)
{
    const double *sum = r->entity[e].sum[span];
    return log(sum[outcome] / sum[MKT_SPEND]);
}

static const float *draws(const struct mkt_returns *r, mkt_span_name span, mkt_measure outcome,
                          size_t e)
{
    return r->span[span].draw + mkt_returns_column(e, outcome);
}

/* Share of draws in which lead + a - b > 0, those where it is 0 by half; b may be NULL. */
static double share_above(double lead, const float *a, size_t a_stride, const float *b,
                          size_t b_stride)
{
    int above = 0, equal = 0; /* one entity that is the whole is not above it by rounding */
    for (size_t d = 0; d < DRAWS; d++) {
        double v = lead + (double)a[d * a_stride];
        if (b) v -= (double)b[d * b_stride];
        above += v > EQUAL;
        equal += fabs(v) <= EQUAL;
    }
    return (above + .5 * equal + .5) / (DRAWS + 1);
}

double mkt_returns_above(const struct mkt_returns *r, mkt_measure outcome, size_t a, size_t b)
{
    if (!drawn(r, outcome, a) || !drawn(r, outcome, b)) return NAN;
    size_t stride = r->span[MKT_NOW].stride;
    return share_above(log_return(r, MKT_NOW, outcome, a) - log_return(r, MKT_NOW, outcome, b),
                       draws(r, MKT_NOW, outcome, a), stride, draws(r, MKT_NOW, outcome, b),
                       stride);
}

double mkt_returns_above_value(const struct mkt_returns *r, mkt_measure outcome, size_t entity,
                               double threshold)
{
    if (!drawn(r, outcome, entity) || !(threshold > 0)) return NAN;
    return share_above(log_return(r, MKT_NOW, outcome, entity) - log(threshold),
                       draws(r, MKT_NOW, outcome, entity), r->span[MKT_NOW].stride, NULL, 0);
}

double mkt_returns_above_span(const struct mkt_returns *r, mkt_measure outcome, size_t entity,
                              mkt_span_name then)
{
    const struct mkt_entity *e = &r->entity[entity];
    const struct mkt_span *span = &r->span[then];
    bool both = drawn(r, outcome, entity) && span->known && entity < span->entities &&
                e->change[then][outcome].spread > 0 && e->sum[then][MKT_SPEND] > 0;
    if (!both) return NAN;
    return share_above(log_return(r, MKT_NOW, outcome, entity) -
                           log_return(r, then, outcome, entity),
                       draws(r, MKT_NOW, outcome, entity), r->span[MKT_NOW].stride,
                       draws(r, then, outcome, entity), span->stride);
}

double mkt_returns_above_share(const struct mkt_returns *r, size_t entity)
{
    return mkt_returns_above(r, MKT_REVENUE, entity, 0);
}
