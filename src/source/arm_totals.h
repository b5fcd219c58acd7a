/* An experiment table with a row of sums an arm. */
#ifndef MKT_SOURCE_ARM_TOTALS_H
#define MKT_SOURCE_ARM_TOTALS_H

#include "source/arm_reading.h"

/* Fills x->out (finished) and x->metric. Errors and more as mkt_arm_sums_read. */
MKT_MUST_CHECK mkt_status mkt_arm_totals_read(struct mkt_arm_reading *x);

#endif
