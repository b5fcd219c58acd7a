/* Counts of what the service did, as Prometheus text. */
#ifndef MKT_SERVER_METRICS_H
#define MKT_SERVER_METRICS_H

#include "base/buf.h"
#include "engine/engine.h"

struct mkt_metrics;

/* `route` names the routes, routes of them; they are constants.
 * Errors  MKT_E_NOMEM
 * Checked tests/server/metrics_test.c */
MKT_MUST_CHECK mkt_status mkt_metrics_open(const char *const *route, size_t routes,
                                           struct mkt_metrics **out, struct mkt_err *err);
void mkt_metrics_close(struct mkt_metrics *metrics);

/* One answered request. Any thread, no lock. */
void mkt_metrics_count(struct mkt_metrics *metrics, size_t route, int status, double seconds);

/* One open connection more or less. */
void mkt_metrics_connection(struct mkt_metrics *metrics, int change);

/* Resident memory of the process in bytes; 0 when it cannot be known. */
size_t mkt_metrics_resident(void);

/* Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_metrics_write(struct mkt_metrics *metrics, struct mkt_engine *engine,
                                            double uptime_seconds, struct mkt_buf *out,
                                            struct mkt_err *err);

#endif
