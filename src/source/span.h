/* Rows that stand for several days: a first and a last day, as in an export that is not broken
 * down by day.
 */
#ifndef MKT_SOURCE_SPAN_H
#define MKT_SOURCE_SPAN_H

#include "source/duck.h"
#include "source/quality.h"
#include "source/relation.h"

#define MKT_SPAN_MOST 31 /* days of the longest span that may count as its first day */

/* Compares the first and the last day of each row of a performance table that has both columns
 * (mkt_profile_settle was called), fills relation->span, says it in the date column's `how` and in
 * a caveat "spans". One query over the table; a table without a column of last days costs nothing.
 *
 * Errors  MKT_E_DATA  every row covers more than MKT_SPAN_MOST days: names the span and asks for an
 *                     export by day
 *         as mkt_duck_query
 * Checked  tests/source/span_test.c */
MKT_MUST_CHECK mkt_status mkt_span_check(struct mkt_caveats *caveats, struct mkt_duck *duck,
                                         struct mkt_relation *relation, struct mkt_err *err);

#endif
