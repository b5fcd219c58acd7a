/* The SQL that makes units of rows, and arms of units. */
#ifndef MKT_SOURCE_ARM_QUERY_H
#define MKT_SOURCE_ARM_QUERY_H

#include "source/arm_reading.h"
#include "source/duckarms.h"

/* A row an arm, segment and day: variant (NULL for units of several), segment, day, units, rows; then
 * for each metric what mkt_arm_N gives (duckarms.h) and, where it is capped, the units above
 * the cap. Stops with MKT_DUCKARMS_TOO_WIDE where a unit is too large and x->wide is not set.
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_arm_query_write(struct mkt_arm_reading *x, struct mkt_buf *sql);

/* One row: 0, then the caps of the metrics whose cap is a share of the units, as y is. */
MKT_MUST_CHECK mkt_status mkt_arm_query_write_caps(struct mkt_arm_reading *x, struct mkt_buf *sql);

/* " OR a cell of some metric cannot be read" */
void mkt_arm_query_add_bad(struct mkt_arm_reading *x, struct mkt_buf *sql);

/* The share of the units that a cap is asked for at, NAN for none. */
double mkt_arm_query_cap_share(const struct mkt_arm_reading *x, size_t metric);
bool mkt_arm_query_capped(const struct mkt_arm_reading *x, size_t metric);

/* Whole numbers that are not scaled yet; the variable is there. */
bool mkt_arm_query_small(const struct mkt_arm_reading *x, size_t metric, int variable);

#endif
