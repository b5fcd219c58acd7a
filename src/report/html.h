/* Writing HTML so that text from data stays text.
 *
 * Nothing else in the report may put a byte from a sheet into a page: names
 * and sentences go through mkt_html_text, JSON in a script element through
 * mkt_html_json.
 */
#ifndef MKT_REPORT_HTML_H
#define MKT_REPORT_HTML_H

#include "base/buf.h"
#include "fact/sheet.h"

/* & < > " ' as entities; control bytes as U+FFFD. Fit for text and for quoted attributes.
 * NULL writes nothing. */
void mkt_html_text(struct mkt_buf *out, const char *text);

/* The same for sentences: a percent sign keeps to its number over line ends. */
void mkt_html_prose(struct mkt_buf *out, const char *text);

/* Markup of ours, the escaped text, markup of ours. */
void mkt_html_wrap(struct mkt_buf *out, const char *before, const char *text, const char *after);

/* JSON for a <script type="application/json">: < > & U+2028 U+2029 as \u escapes, so that no
 * name can close the element or open a comment. `json` is valid JSON. */
void mkt_html_json(struct mkt_buf *out, const char *json, size_t n);

/* 'sha256-…' of a script or style, as a Content-Security-Policy wants it.
 * Errors  MKT_E_INTERNAL  the crypto library refuses */
#define MKT_HTML_SOURCE 64
MKT_MUST_CHECK mkt_status mkt_html_source(const char *bytes, size_t n, char out[MKT_HTML_SOURCE],
                                          struct mkt_err *err);

/* True if `text` can stand inside <element>…</element>: neither its closing tag, nor a script
 * tag, nor a comment stands in it. */
bool mkt_html_embeds(const char *text, const char *element);

/* "1 Jan 2025 – 31 Dec 2025"; "–" when the period is empty. */
void mkt_html_period(struct mkt_buf *out, struct mkt_period period);

#endif
