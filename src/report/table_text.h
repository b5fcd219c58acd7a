/* A table of facts for a terminal: figures right-aligned, intervals beside them where there is
 * room, columns left out (and named below) where there is none. */
#ifndef MKT_REPORT_TABLE_TEXT_H
#define MKT_REPORT_TABLE_TEXT_H

#include "fact/sheet.h"
#include "report/answer_text.h"

/* Scratch goes to out->arena.
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_table_text_write(struct mkt_buf *out, const struct mkt_sheet *sheet,
                                               const struct mkt_table *table,
                                               const struct mkt_text_style *style,
                                               struct mkt_err *err);

#endif
