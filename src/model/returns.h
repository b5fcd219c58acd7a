/* What marketing cost, brought and returned, with intervals, from daily sums.
 *
 * Every ratio here has spend, or a sum of what came of it, above and below.
 * The estimand of a return over a period is
 *
 *     expected revenue of the period, given the spend made in it  /  that spend
 *
 * so spend, season and weekdays are given, and chance is only what is left of
 * an outcome around what they let expect (model/expected.h). That chance is
 * resampled in blocks of days (model/resample.h), for all series at once:
 *
 *     draw d of outcome y of entity i:  Y_i exp(v_di),   v_di = w_d scale D_di / Y_i
 *
 * D_di a resampled sum of residuals; `scale` as model/expected.h; w_d the root
 * of freedom over a chi-squared deviate, which gives the draws the t tails that
 * few days call for. On the log scale no draw is negative, and a ratio and its
 * inverse have the same interval.
 *
 *     interval of a ratio:  value exp(+-t spread),  spread from the 2,000 draws of v before w
 *
 * Rates of counted trials (CTR, conversion rate) have Wilson's interval on the
 * number of trials that the spread between days leaves of them.
 */
#ifndef MKT_MODEL_RETURNS_H
#define MKT_MODEL_RETURNS_H

#include "aggregate/slices.h"
#include "model/expected.h"

#define MKT_RETURNS_DRAWS 2000
#define MKT_RETURNS_LEVEL 0.95
#define MKT_RETURNS_LEAST_DAYS 14               /* of activity, for an interval */
#define MKT_RETURNS_OUTCOMES (MKT_MEASURES - 1) /* all measures but spend */

/* The first MKT_MEASURES are the sums. */
typedef enum {
    MKT_CTR = MKT_MEASURES,
    MKT_CPC,
    MKT_CPM,
    MKT_CONVERSION_RATE,
    MKT_CPA,
    MKT_CAC,
    MKT_AOV,
    MKT_ROAS,
    MKT_ROI,
    MKT_ROI_ON_MARGIN,
    MKT_SPEND_SHARE,
    MKT_REVENUE_SHARE,
    MKT_METRICS
} mkt_metric;

struct mkt_estimate {
    double value;         /* NAN where the data cannot say */
    double low, high;     /* NAN when there is no interval */
    double spread;        /* standard error of log(value); NAN when not known */
    const char *interval; /* "bootstrap", "wilson", "none" */
    const char *why;      /* why there is none */
};

typedef enum { MKT_NOW, MKT_BEFORE, MKT_YEAR_BEFORE, MKT_SPANS } mkt_span_name;

/* One period and its draws. */
struct mkt_span {
    struct mkt_period period;
    bool known;      /* the data cover it */
    size_t entities; /* the first so many of the entities are estimated in it */
    struct mkt_expected expected;
    double block_days;
    double t;      /* quantile of the intervals */
    double *daily; /* [entities][MKT_MEASURES][days], units */
    float *draw;   /* [MKT_RETURNS_DRAWS][stride], v of (entity, outcome) at MKT_RETURNS_COLUMN */
    size_t stride;
};

struct mkt_entity {
    mkt_slice_kind kind;
    uint32_t channel, campaign, segment; /* as mkt_slice */
    double sum[MKT_SPANS][MKT_MEASURES]; /* units */
    int64_t active_days;                 /* with spend or an outcome */
    int64_t paid_days;                   /* with spend */
    double spend_variation; /* of daily spend around calendar, relative to its mean; NAN unknown */
    struct mkt_estimate metric[MKT_METRICS];
    struct mkt_estimate change[MKT_SPANS][MKT_METRICS]; /* against a span: now / then - 1 */
};

struct mkt_returns_params {
    struct mkt_period period; /* within the data */
    double margin;            /* 0..1, NAN for none */
    size_t largest;           /* channels, segments and campaigns at most, by spend; >= 1 */
    uint64_t seed;
    int threads;
};

struct mkt_returns {
    struct mkt_returns_params params;
    unsigned measures; /* as mkt_performance */
    struct mkt_span span[MKT_SPANS];
    struct mkt_entity *entity; /* the whole, channels, segments, campaigns; by falling spend each */
    size_t entities;
    size_t channel, segment, campaign; /* where they begin */
    size_t left_out[4];                /* by mkt_slice_kind: smaller ones, not estimated */
};

/* Estimates everything.
 *
 *   p     finished, not empty
 *   out   its arrays live in the arena
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Notes    the same bytes for any number of threads
 * Cost     2 draws (days / block_days) stride additions, stride 5 entities; see docs/methods/roi.md
 * Source   Politis & Romano (1994); bootstrap standard errors and t intervals: Efron & Tibshirani,
 *          An Introduction to the Bootstrap (1993), 12.5 and 13.4
 * Checked  tests/model/returns_test.c, bench/coverage.c */
MKT_MUST_CHECK mkt_status mkt_returns_fit(struct mkt_arena *arena, const struct mkt_performance *p,
                                          const struct mkt_returns_params *params,
                                          struct mkt_returns *out, struct mkt_err *err);

/* The place of an outcome (not MKT_SPEND) of an entity in a row of draws. */
static inline size_t mkt_returns_column(size_t entity, mkt_measure outcome)
{
    return entity * MKT_RETURNS_OUTCOMES + (size_t)outcome - 1;
}

/* Probability, over the draws, that outcome per spend of entity a is above that of b; NAN unless
 * both have an interval. Never 0 or 1: half a draw is left to either side. */
double mkt_returns_above(const struct mkt_returns *r, mkt_measure outcome, size_t a, size_t b);

/* That outcome per spend of an entity is above `threshold` (> 0). */
double mkt_returns_above_value(const struct mkt_returns *r, mkt_measure outcome, size_t entity,
                               double threshold);

/* That outcome per spend of an entity is above what it was in an earlier span. */
double mkt_returns_above_span(const struct mkt_returns *r, mkt_measure outcome, size_t entity,
                              mkt_span_name then);

/* That an entity's share of revenue is above its share of spend. */
double mkt_returns_above_share(const struct mkt_returns *r, size_t entity);

/* Standard error of log(outcome), NAN when not known. */
static inline double mkt_returns_spread(const struct mkt_returns *r, size_t entity,
                                        mkt_measure outcome)
{
    return r->entity[entity].metric[outcome].spread;
}

#endif
