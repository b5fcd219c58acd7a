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

/* The parts of such a page, for one that says something before its answers: the page up to its
 * content, one answer with its number, the end. Errors as above. */
MKT_MUST_CHECK mkt_status mkt_answer_html_open(struct mkt_buf *out, const char *title,
                                               struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_answer_html_article(struct mkt_buf *out,
                                                  const struct mkt_answer *answer, size_t number,
                                                  struct mkt_err *err);
void mkt_answer_html_close(struct mkt_buf *out);

#endif
