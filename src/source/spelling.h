/* Names that differ only in case: "search", "Search" and "SEARCH" are one channel.
 */
#ifndef MKT_SOURCE_SPELLING_H
#define MKT_SOURCE_SPELLING_H

#include "source/quality.h"

/* Merges such names of finished sums (mkt_spellings_find) and says so in one caveat "names_merged" a
 * dimension. Spaces around names are gone already (mkt_daily_name). `ids` has bit d set where the names of dimension d are ids, whose case may matter: these stay as they are.
 * The sums stay as they are when nothing differs; else they are built anew in their arena.
 *
 * Errors  as mkt_performance_add
 * Cost    n log n over the names.
 * Checked  tests/source/spelling_test.c */
MKT_MUST_CHECK mkt_status mkt_spelling_merge(struct mkt_caveats *caveats,
                                             struct mkt_performance *performance, unsigned ids,
                                             struct mkt_err *err);

#endif
