/* Rates in a table of sums ("variant, users, conversion_rate"): the successes behind them, where the
 * figures leave no doubt. */
#ifndef MKT_SOURCE_ARM_RATES_H
#define MKT_SOURCE_ARM_RATES_H

#include "source/arm_reading.h"

/* How a column writes its rates. */
struct mkt_arm_rates {
    double unit;  /* .01 where they are percentages, else 1 */
    double doubt; /* half of the last digit that any of them has, as a share */
};

/* Looks at all rates of a metric: percentages where one has a sign or passes 1. Where shares and
 * percentages would both give whole numbers, neither is taken.
 * Errors  MKT_E_DATA (no number, or either reading fits), MKT_E_NOMEM, those of a query */
MKT_MUST_CHECK mkt_status mkt_arm_rates_settle(struct mkt_arm_reading *x, size_t metric,
                                               struct mkt_arm_rates *out);

/* The successes among n units: the one whole number that rate times n can be, given its digits.
 *
 *   text  the rate as it stands there, of `bytes`; NULL for none
 *
 * Errors   MKT_E_DATA  no rate, or several whole numbers or none fit
 * Checked  tests/source/arm_sums_test.c */
MKT_MUST_CHECK mkt_status mkt_arm_rates_successes(const struct mkt_arm_reading *x, size_t metric,
                                                  const struct mkt_arm_rates *rates,
                                                  const char *text, size_t bytes, double n,
                                                  int64_t row, double *out);

#endif
