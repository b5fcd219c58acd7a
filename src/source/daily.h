/* A performance table to its daily sums, in one scan. */
#ifndef MKT_SOURCE_DAILY_H
#define MKT_SOURCE_DAILY_H

#include "base/buf.h"
#include "source/ducksums.h"

#define MKT_NAME_MOST 200 /* bytes of a channel's, campaign's or segment's name */

/* Fills relation->sums (finished), broken, negative_spend and clicks_over.
 * A row with a needed cell that cannot be read is broken and adds nothing.
 *
 * Errors  MKT_E_LIMIT   a sum passes 9.2e12 units
 *         MKT_E_CANCELLED, MKT_E_NOMEM, MKT_E_IO, MKT_E_DATA
 * Cost    the scan and GROUP BY of the table; n log n over the groups
 * Checked  tests/source/sums_test.c */
MKT_MUST_CHECK mkt_status mkt_daily_read(struct mkt_arena *arena, struct mkt_duck *duck,
                                         struct mkt_relation *relation, struct mkt_err *err);

/* A name fit to be shown; one longer than MKT_NAME_MOST is cut and ends in a mark of the whole, so
 * that different names stay different. "(not set)" for a blank and
 * for what stands for no name (void_names.h). NULL when the arena is full.
 * `room` (MKT_NAME_MOST + 1 bytes) is used for names that need no change. */
const char *mkt_daily_name(struct mkt_arena *scratch, const char *s, size_t n, char *room);

/* The plan and the SQL argument list of the measures of a relation. */
void mkt_daily_plan(const struct mkt_relation *relation, struct mkt_sums_plan *plan,
                    struct mkt_buf *arguments);

#endif
