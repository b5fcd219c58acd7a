/* The same money told twice: two tables of one platform at different levels, two exports that
 * share days, a platform's export beside a table that already holds it.
 */
#ifndef MKT_SOURCE_OVERLAP_H
#define MKT_SOURCE_OVERLAP_H

#include "source/quality.h"
#include "source/relation.h"

/* Sees that no spend is counted twice: sets `refused` of a table whose days another tells, or takes
 * the shared rows out of the later of two exports. Each decision is a clause and a caveat.
 *
 * Rules, for two performance tables with days in common:
 *   same day, names and sums in 9 of 10 shared rows      the later table keeps its other rows
 *   same platform, same account or campaigns, another
 *   level (ads, ad groups, campaigns)                    the one with more days stays, then the
 *                                                        one with more spend
 *   same spend on 9 of 10 shared days, in all or in one
 *   channel of the other (at least 5 days)               likewise; a channel gives way to the whole
 *
 * Errors  as mkt_duck_query          Checked  tests/source/joins_test.c */
MKT_MUST_CHECK mkt_status mkt_overlap_resolve(struct mkt_caveats *caveats, struct mkt_duck *duck,
                                              struct mkt_relation *relation, size_t relations,
                                              struct mkt_err *err);

#endif
