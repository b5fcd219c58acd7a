/* Structured log: one line of JSON an event, on standard error.
 *
 *     mkt_log(MKT_LOG_INFO, "request", "method=%s status=%d ms=%.1f", ...);
 *
 * `event` and the names are ours; values may be numbers, codes and names of
 * routes. Values from data (campaign names, cells, questions) are never
 * logged. Each `name=value` pair becomes a member; values are strings.
 */
#ifndef MKT_BASE_LOG_H
#define MKT_BASE_LOG_H

#include "base/err.h"

typedef enum {
    MKT_LOG_DEBUG,
    MKT_LOG_INFO,
    MKT_LOG_WARN,
    MKT_LOG_ERROR,
    MKT_LOG_OFF
} mkt_log_level;

/* The least level that is written; MKT_LOG_WARN until set. Set once, before threads start. */
void mkt_log_set_level(mkt_log_level level);
mkt_log_level mkt_log_level_of(const char *name, mkt_log_level fallback);

void mkt_log(mkt_log_level level, const char *event, const char *pairs, ...) MKT_PRINTF(3, 4);

#endif
