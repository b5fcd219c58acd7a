/* One currency for all the money that is added up. */
#ifndef MKT_SOURCE_CURRENCY_H
#define MKT_SOURCE_CURRENCY_H

#include "source/dataset.h"
#include "source/duck.h"
#include "source/relation.h"

/* Gathers what currency columns, headers and signs say about the tables of one kind, and sees that
 * it is one. With options->currency the rows of other currencies are left out: sets each
 * relation's filter, other_currency and refused. *out is the ISO code, NULL when nothing names one.
 *
 * Errors  MKT_E_DATA   several currencies, with the rows of each and the option that keeps one
 *         MKT_E_EMPTY  no rows in the currency asked for
 *         MKT_E_ARG    options->currency is no currency
 * Checked  tests/source/values_test.c */
MKT_MUST_CHECK mkt_status mkt_currency_settle(struct mkt_arena *arena, struct mkt_duck *duck,
                                              struct mkt_relation *relation, size_t relations,
                                              mkt_kind kind,
                                              const struct mkt_dataset_options *options,
                                              const char **out, struct mkt_err *err);

#endif
