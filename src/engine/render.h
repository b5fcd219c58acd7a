/* An answer in the format that was asked for. */
#ifndef MKT_ENGINE_RENDER_H
#define MKT_ENGINE_RENDER_H

#include "report/answer_html.h"
#include "report/answer_json.h"
#include "report/answer_text.h"

typedef enum {
    MKT_RENDER_JSON,
    MKT_RENDER_HTML,
    MKT_RENDER_TEXT,
    MKT_RENDER_BOTH, /* the JSON and the text, a NUL byte after each: for a face that gives both */
    MKT_RENDER_ALL   /* and the page behind them, a NUL byte after it */
} mkt_render_format;

const char *mkt_render_type(mkt_render_format format); /* "text/html; charset=utf-8" */

/* Appends the answer: JSON canonical, HTML one whole page, text in full and without colours.
 * Errors  those of report/answer_*.h
 * Checked tests/engine/engine_test.c */
MKT_MUST_CHECK mkt_status mkt_render_answer(struct mkt_buf *out, const struct mkt_answer *answer,
                                            mkt_render_format format, struct mkt_err *err);

#endif
