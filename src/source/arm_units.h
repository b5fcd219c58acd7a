/* An experiment table with a row a unit, or several: the sums of its arms. */
#ifndef MKT_SOURCE_ARM_UNITS_H
#define MKT_SOURCE_ARM_UNITS_H

#include "source/arm_reading.h"

/* Fills x->out (finished) and x->metric; caps metrics as x->treatment says. Errors and more as
 * mkt_arm_sums_read. */
MKT_MUST_CHECK mkt_status mkt_arm_units_read(struct mkt_arm_reading *x);

#endif
