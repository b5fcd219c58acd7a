/* The account of a data set, from its relations. */
#ifndef MKT_SOURCE_LEDGER_H
#define MKT_SOURCE_LEDGER_H

#include "source/quality.h"
#include "source/relation.h"

/* Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_ledger_write(struct mkt_arena *arena,
                                           const struct mkt_relation *relation, size_t relations,
                                           const struct mkt_caveats *caveats, const char *currency,
                                           struct mkt_account *out, struct mkt_err *err);

/* "no table ... can be used": what was found, for an error. */
MKT_MUST_CHECK mkt_status mkt_ledger_nothing(struct mkt_arena *arena,
                                             const struct mkt_relation *relation, size_t relations,
                                             const char *needed, struct mkt_err *err);

#endif
