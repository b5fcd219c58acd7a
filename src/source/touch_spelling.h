/* Channels and campaigns of journeys that differ only in case: "search", "Search" and "SEARCH" are one.
 */
#ifndef MKT_SOURCE_TOUCH_SPELLING_H
#define MKT_SOURCE_TOUCH_SPELLING_H

#include "source/quality.h"
#include "source/touches.h"

/* Gives such names one spelling (mkt_spellings_find: the one of most touches; a campaign's of all its
 * channels), and says so in one caveat "names_merged" for channels and one for campaigns. Names are changed in place, so no more rows may be added then; paths are
 * put together anew where any changed.
 *
 * Errors   MKT_E_NOMEM, and as mkt_paths_unite
 * Cost     n log n over the names; a pass over the steps of paths
 * Checked  tests/source/touches_test.c */
MKT_MUST_CHECK mkt_status mkt_touch_spelling_merge(struct mkt_caveats *caveats,
                                                   struct mkt_touches *touches,
                                                   struct mkt_err *err);

#endif
