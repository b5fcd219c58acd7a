/* An answer as canonical JSON: one line, the members of docs/answer.md in their order.
 *
 * The same answer gives the same bytes from every face; these bytes are what
 * is hashed and signed. Figures are written in full (fact/format.h is for
 * people), what has no value is null.
 *
 *   out      the text is appended, with a closing line end; scratch goes to out->arena
 *   answer   words may be missing (NULL texts are written as null)
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Cost     n log n over the facts, for the groups of marketing_metrics
 * Checked  tests/report/answer_json_test.c
 */
#ifndef MKT_REPORT_ANSWER_JSON_H
#define MKT_REPORT_ANSWER_JSON_H

#include "base/json.h"
#include "fact/words.h"

MKT_MUST_CHECK mkt_status mkt_answer_json_write(struct mkt_buf *out,
                                                const struct mkt_answer *answer,
                                                struct mkt_err *err);

/* The object that stands under "llm_analysis". */
void mkt_answer_json_words(struct mkt_json *w, const struct mkt_words *words);

#endif
