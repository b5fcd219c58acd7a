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

/* "there is no table of events: ... is needed. Found: a.csv: ...": what was found instead, and for the
 * table that could be the one needed, what it lacks and with which options it would be.
 *
 *   asked   as in mkt_recognise_lacks
 *   needed  a sentence without its stop
 *
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_ledger_nothing(struct mkt_arena *arena,
                                             const struct mkt_relation *relation, size_t relations,
                                             mkt_kind asked, const char *needed, const char **out,
                                             struct mkt_err *err);

#endif
