/* Every caveat of an answer once: those of the analysis, then those of the data. */
#ifndef MKT_REPORT_CAVEATS_H
#define MKT_REPORT_CAVEATS_H

#include "fact/sheet.h"

struct mkt_caveats {
    const struct mkt_caveat **item; /* heaviest first; else as they stand, the sheet's first */
    size_t count;
};

/* A caveat of the account that the sheet holds too (same id) stands once.
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_caveats_make(struct mkt_arena *arena, const struct mkt_sheet *sheet,
                                           struct mkt_caveats *out, struct mkt_err *err);

const char *mkt_caveats_weight_name(mkt_caveat_weight weight); /* "note", "warn", "limit" */

#endif
