/* From sums and their spread to metrics with intervals. A part of model/returns.h, used by it alone. */
#ifndef MKT_MODEL_RETURNS_METRICS_H
#define MKT_MODEL_RETURNS_METRICS_H

#include "model/returns.h"

/* Relative spread of resampled sums, by mkt_returns_column; all NULL when nothing was drawn. */
struct mkt_returns_spread {
    double *own;   /* of an outcome */
    double *next;  /* of the ratio of the next outcome to it: clicks to impressions, ... */
    double *apart; /* of its ratio to the revenue of the whole */
};

/* Estimates of the first span->entities entities in a span.   out [entities][MKT_METRICS] */
void mkt_returns_metrics_fill(const struct mkt_returns *r, mkt_span_name span,
                              const struct mkt_returns_spread *spread,
                              struct mkt_estimate (*out)[MKT_METRICS]);

/* Fills entity e's changes against a span from its estimates then; periods are independent. */
void mkt_returns_metrics_change(struct mkt_returns *r, mkt_span_name span, size_t e,
                                const struct mkt_estimate *then);

#endif
