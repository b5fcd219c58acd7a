/* Names for campaigns that a performance table knows by id only, from a table of names. */
#ifndef MKT_SOURCE_CAMPAIGN_NAMES_H
#define MKT_SOURCE_CAMPAIGN_NAMES_H

#include "source/duck.h"
#include "source/relation.h"

/* Where a table of names of the same platform and level knows at least half of a performance
 * table's ids, its latest names replace them in the sums; an ad's name gives way to its campaign's
 * where the table of ads tells the campaign. The relations' `why` and the column's `how` say so.
 * Errors  as mkt_duck_query          Checked  tests/source/joins_test.c */
MKT_MUST_CHECK mkt_status mkt_campaign_names_join(struct mkt_arena *arena, struct mkt_duck *duck,
                                                  struct mkt_relation *relation, size_t relations,
                                                  struct mkt_err *err);

#endif
