/* Who is held out from which channel: people to whom, at random, a channel's ads are not shown, so
 * that what the ads cause can be told from what would have come anyway. */
#ifndef MKT_SIMULATE_WITHHELD_H
#define MKT_SIMULATE_WITHHELD_H

#include "simulate/company.h"

/* Bit k is set where the person is held out from channel k: each channel holds out the share
 * options.holdout of all people, one channel independently of another, and for good.
 *   user  the person's number as it is written
 * Checked tests/simulate/withheld_test.c */
unsigned mkt_withheld_from(const struct mkt_company *company, const char *user);

#endif
