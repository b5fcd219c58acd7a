/* An answer for a terminal: verdict, actions, the words, tables, caveats, the account of the data.
 *
 *   out      the text is appended; scratch goes to out->arena
 *   style    colour: SGR sequences for headings and side remarks, never from data;
 *            width: columns of the terminal, 0 for 100, at least 40;
 *            full: every row and column name, not only the first
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Checked  tests/report/answer_text_test.c
 */
#ifndef MKT_REPORT_ANSWER_TEXT_H
#define MKT_REPORT_ANSWER_TEXT_H

#include <stdbool.h>

#include "base/buf.h"
#include "fact/words.h"

struct mkt_text_style {
    bool colour;
    int width;
    bool full;
};

MKT_MUST_CHECK mkt_status mkt_answer_text_write(struct mkt_buf *out,
                                                const struct mkt_answer *answer,
                                                const struct mkt_text_style *style,
                                                struct mkt_err *err);

/* The sequences that switch a manner of writing on; "" without colour. */
typedef enum { MKT_TEXT_PLAIN, MKT_TEXT_HEAD, MKT_TEXT_SOFT, MKT_TEXT_WARN } mkt_text_manner;

const char *mkt_answer_text_manner(const struct mkt_text_style *style, mkt_text_manner manner);

#endif
