/* Rows of a table of sums that add up the others, as spreadsheets and dashboards put them below. */
#ifndef MKT_SOURCE_ARM_MARGINS_H
#define MKT_SOURCE_ARM_MARGINS_H

#include "aggregate/arms.h"

/* Takes out of finished arms every variant and every segment that is called a sum ("Total", "All",
 * "Gesamt", whatever its case) and whose units and sums are those of the others: units to the
 * unit, sums to a hundredth a name. Names them in arms->totals; those that are called so but
 * add up nothing stay, and stand in arms->no_totals.
 *
 * Errors   MKT_E_NOMEM
 * Cost     a pass over the cells for every name that is called so
 * Checked  tests/source/arm_margins_test.c */
MKT_MUST_CHECK mkt_status mkt_arm_margins_drop(struct mkt_arms *arms, struct mkt_err *err);

#endif
