/* Money in millionths that does not say so. */
#ifndef MKT_SOURCE_MICROS_H
#define MKT_SOURCE_MICROS_H

#include "source/quality.h"

/* Some platforms export whole millionths under plain names ("spend"). Where all spend is in whole
 * numbers and comes to more than 1,000 an impression (200 for Snapchat, Reddit, Pinterest, X),
 * no currency explains it: spend, and revenue of the same size, are divided by 1,000,000, with
 * a caveat.
 * Errors  MKT_E_NOMEM          Checked  tests/source/values_test.c */
MKT_MUST_CHECK mkt_status mkt_micros_settle(struct mkt_caveats *caveats,
                                            struct mkt_relation *relation, struct mkt_err *err);

#endif
