/* A table of facts as HTML: row heads, figures with their interval beneath, numbers to sort by. */
#ifndef MKT_REPORT_TABLE_HTML_H
#define MKT_REPORT_TABLE_HTML_H

#include "base/buf.h"
#include "fact/sheet.h"

/* `number` makes the heading's id unique in the page. */
void mkt_table_html_write(struct mkt_buf *out, const struct mkt_sheet *sheet,
                          const struct mkt_table *table, size_t number);

#endif
