/* Answers as one HTML page that opens from disk: no network, no other file.
 *
 * Order: verdict, key figures, actions, charts, the words, tables, caveats,
 * methods and the account of the data. The page is whole without its script,
 * which draws the charts and sorts the tables. All text is escaped; a
 * Content-Security-Policy allows this one script by its hash, and no network.
 *
 *   out      the page is appended; scratch goes to out->arena
 *   answer   one or more; with several the page opens with links to each
 *
 * Errors   MKT_E_NOMEM     the arena is full
 *          MKT_E_INTERNAL  the bundled script cannot stand in a page: a bug of the build
 * Cost     about 0.6 MB for the script, then the answers' own size
 * Checked  tests/report/answer_html_test.c, and in a browser where there is one
 */
#ifndef MKT_REPORT_ANSWER_HTML_H
#define MKT_REPORT_ANSWER_HTML_H

#include "base/buf.h"
#include "fact/words.h"

MKT_MUST_CHECK mkt_status mkt_answer_html_write(struct mkt_buf *out,
                                                const struct mkt_answer *const *answer,
                                                size_t answers, struct mkt_err *err);

#endif
