/* --map: the user's word on which column is what.
 *
 *     role=column          in every table that has the column
 *     file:role=column     in one table
 *     file:kind=touchpoints, file:kind=ignore
 *     role=-               no column plays this role
 */
#ifndef MKT_SOURCE_MAPPING_H
#define MKT_SOURCE_MAPPING_H

#include "source/recognise.h"

/* The choices that concern one relation.
 * Errors  MKT_E_ARG  no "=", an unknown role (the roles are named), a column that the table lacks
 *                    (its columns are named); MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_mapping_for(struct mkt_arena *arena, const char *const *map,
                                          size_t maps, const struct mkt_relation *relation,
                                          struct mkt_recognise_choice **out, size_t *choices,
                                          struct mkt_err *err);

/* Checks that each entry concerns some relation.
 * Errors  MKT_E_ARG  it names no table, or a column that no table has */
MKT_MUST_CHECK mkt_status mkt_mapping_check(struct mkt_arena *arena, const char *const *map,
                                            size_t maps, const struct mkt_relation *relation,
                                            size_t relations, struct mkt_err *err);

#endif
