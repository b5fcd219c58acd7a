/* The credit of every single conversion, as rows of CSV.
 *
 *     user,time,value,channel,touches,first,last,...,markov
 *
 * One row for each channel of a conversion's journey, in the order they were
 * met; a model's column holds the channel's share of the conversion, so the
 * columns add up to 1 within it, and over all of them to the credit in the
 * answer. Only `markov` has no share of a single conversion to give: there the
 * removal effects of the journey's channels are set in proportion. A conversion
 * that no touch led to has one row, without a channel and without shares.
 *
 * Rows are handed on as they are made; none is kept. They come user by user, in
 * an order that depends on nothing but the users, a user's conversions by time.
 */
#ifndef MKT_ANALYSIS_ATTRIBUTION_TRANSACTIONS_H
#define MKT_ANALYSIS_ATTRIBUTION_TRANSACTIONS_H

#include "analysis/analysis.h"

typedef mkt_status mkt_attribution_transactions_write(void *user, const char *bytes, size_t n,
                                                      struct mkt_err *err);

/* Writes all rows, the heading first.
 *
 *   run    of `attribution`, its data set opened with keep_users
 *   write  takes some tens of kilobytes at a time
 *
 * Errors  MKT_E_EMPTY      no touchpoints: paths do not tell one conversion from another
 *         MKT_E_CANCELLED  as mkt_run_cancelled
 *         those of the journeys and of `write`
 * Notes   text is quoted where CSV asks for it; what a spreadsheet would take for a formula is
 *         opened with an apostrophe. Times are UTC
 * Checked tests/analysis/attribution_transactions_test.c */
MKT_MUST_CHECK mkt_status mkt_attribution_transactions_make(
    const struct mkt_run *run, mkt_attribution_transactions_write *write, void *user,
    struct mkt_err *err);

#endif
