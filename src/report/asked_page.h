/* Writes the answer to a question in words: as text, as JSON, as one HTML page.
 *
 *   out    appended; scratch goes to out->arena
 *   asked  after its steps have run
 *
 * First the reply with what it rests on, then what was understood and what was not, then the
 * answers of the analyses in full. A question back shows the readings and what picks each. The
 * JSON does not tell where the data lie: it is the same bytes from every face.
 *
 * Errors   MKT_E_NOMEM     the arena is full
 *          MKT_E_INTERNAL  as mkt_answer_html_write
 * Checked  tests/report/asked_page_test.c
 */
#ifndef MKT_REPORT_ASKED_PAGE_H
#define MKT_REPORT_ASKED_PAGE_H

#include "fact/asked.h"
#include "report/answer_text.h"

MKT_MUST_CHECK mkt_status mkt_asked_page_text(struct mkt_buf *out, const struct mkt_asked *asked,
                                              const struct mkt_text_style *style,
                                              struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_asked_page_json(struct mkt_buf *out, const struct mkt_asked *asked,
                                              struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_asked_page_html(struct mkt_buf *out, const struct mkt_asked *asked,
                                              struct mkt_err *err);

/* The replies of all steps as one text; NULL when the arena is full. */
const char *mkt_asked_page_reply(struct mkt_arena *arena, const struct mkt_asked *asked);

#endif
