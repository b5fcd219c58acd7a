/* How the figures were made and from what, as HTML: methods, parameters, tables, columns, faults. */
#ifndef MKT_REPORT_ACCOUNT_HTML_H
#define MKT_REPORT_ACCOUNT_HTML_H

#include "base/buf.h"
#include "fact/sheet.h"

/* Two <details>: "How the figures were made" and "What was read". */
void mkt_account_html_write(struct mkt_buf *out, const struct mkt_sheet *sheet);

#endif
