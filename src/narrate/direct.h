/* The direct reply: what of a sheet a question asked for, in a few sentences.
 *
 * Figures are facts of the sheet and comparisons findings of it, chosen by the focus; nothing is
 * computed. Where the sheet has no finding on what was asked, that is said.
 */
#ifndef MKT_NARRATE_DIRECT_H
#define MKT_NARRATE_DIRECT_H

#include "fact/focus.h"
#include "fact/words.h"

struct mkt_direct {
    const char *text;
    const char **cite; /* ids of facts and findings, in the order of the text */
    size_t cites;
};

/*   answer   sheet and words; the text is in the sheet's arena
 *
 * Errors  MKT_E_NOMEM  the arena is full
 * Checked tests/narrate/direct_test.c */
MKT_MUST_CHECK mkt_status mkt_direct_write(const struct mkt_answer *answer,
                                           const struct mkt_focus *focus, struct mkt_direct *out,
                                           struct mkt_err *err);

#endif
