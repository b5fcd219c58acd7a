/* A chart as HTML: heading, how to read it, the place it is drawn in, its data for the page's
 * script, and the same figures as a table for readers who cannot see it and for pages without
 * scripts. Generic over the kinds; nothing here knows an analysis. */
#ifndef MKT_REPORT_CHART_HTML_H
#define MKT_REPORT_CHART_HTML_H

#include "base/buf.h"
#include "fact/sheet.h"

/* Points of a MKT_CHART_INTERVAL are shown from the largest value to the least, those without a
 * value last. `number` makes ids unique in the page. Scratch goes to out->arena.
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_chart_html_write(struct mkt_buf *out, const struct mkt_sheet *sheet,
                                               const struct mkt_chart *chart, size_t number,
                                               struct mkt_err *err);

#endif
