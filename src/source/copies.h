/* Rows that repeat another in every column, counted in little memory. */
#ifndef MKT_SOURCE_COPIES_H
#define MKT_SOURCE_COPIES_H

#include "source/duck.h"
#include "source/relation.h"

/* How many rows of a table, of those its filter keeps, are equal to an earlier one: told by a hash of 64
 * bits, of which some wait on the disk where a sixteenth of the memory does not hold them.
 *
 * Errors   MKT_E_NOMEM, MKT_E_CANCELLED, MKT_E_IO, MKT_E_NOSPACE
 * Cost     one pass over the table, and 8 bytes a row
 * Checked  tests/source/copies_test.c */
MKT_MUST_CHECK mkt_status mkt_copies_count(struct mkt_duck *duck,
                                           const struct mkt_relation *relation, int64_t *copies,
                                           struct mkt_err *err);

#endif
