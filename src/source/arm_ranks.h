/* Quantiles of a metric by variant, looked up in the rows. */
#ifndef MKT_SOURCE_ARM_RANKS_H
#define MKT_SOURCE_ARM_RANKS_H

#include "source/arm_reading.h"

/* Makes the metric one of kind QUANTILE with its ranks, one for each of x->out's variants.
 *
 * A value is a row in which the metric is there; units in two variants are left out, as elsewhere.
 * Call it when x->out is finished.
 *
 *   q   0..1
 *
 * Errors   MKT_E_NOMEM, MKT_E_CANCELLED, MKT_E_IO, MKT_E_NOSPACE
 *          MKT_E_DATA  two variants are shown by the same name
 * Cost     one pass over the table; two walks over its units, and a few over the values of each arm
 * Checked  tests/source/arm_ranks_test.c */
MKT_MUST_CHECK mkt_status mkt_arm_ranks_read(struct mkt_arm_reading *x, size_t metric, double q);

#endif
