/* Conversions and revenue that stand in a second, long table: entity, date, action type, value. */
#ifndef MKT_SOURCE_ACTIONS_H
#define MKT_SOURCE_ACTIONS_H

#include "source/dataset.h"
#include "source/quality.h"
#include "source/relation.h"

/* How well an action type stands for a conversion: 0 the best purchase ... 99; from 100 on leads and
 * other goals; -1 for what is none (views, clicks, carts). Types overlap (`purchase` counts what
 * `offsite_conversion.fb_pixel_purchase` counts), so only the best one is ever added up.
 * Checked  tests/source/joins_test.c */
int mkt_actions_rank(const char *type);

/* Adds each table of actions to the performance table that has its ids, by id and day: the table
 * of values as revenue, the other as conversions, unless that table has such a column itself.
 * Rows of ads or days that the performance table lacks are left out, counted in a caveat.
 * Errors  as mkt_duck_query, mkt_profile_settle */
MKT_MUST_CHECK mkt_status mkt_actions_join(struct mkt_caveats *caveats, struct mkt_duck *duck,
                                           struct mkt_relation *relation, size_t relations,
                                           const struct mkt_dataset_options *options,
                                           struct mkt_err *err);

#endif
