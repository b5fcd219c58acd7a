/* Finds the cells for which rows of journeys were kept out: a second pass, run only when the first
 * counted some. */
#ifndef MKT_SOURCE_TOUCH_FAULTS_H
#define MKT_SOURCE_TOUCH_FAULTS_H

#include "source/duck.h"
#include "source/relation.h"

/* Fills relation->fault with the first MKT_ROWFILE_FAULTS rows of relation->broken; of kind
 * TOUCHPOINTS or PATHS.
 *
 * Errors   MKT_E_NOMEM, and as mkt_duck_query
 * Checked  tests/source/touches_test.c */
MKT_MUST_CHECK mkt_status mkt_touch_faults_find(struct mkt_arena *arena, struct mkt_duck *duck,
                                                struct mkt_relation *relation, struct mkt_err *err);

#endif
