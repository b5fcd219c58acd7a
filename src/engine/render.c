#include "engine/render.h"

const char *mkt_render_type(mkt_render_format format)
{
    switch (format) {
    case MKT_RENDER_JSON:
    case MKT_RENDER_BOTH:
    case MKT_RENDER_ALL:
        return "application/json";
    case MKT_RENDER_HTML:
        return "text/html; charset=utf-8";
    case MKT_RENDER_TEXT:
        return "text/plain; charset=utf-8";
    }
    return "";
}

mkt_status mkt_render_answer(struct mkt_buf *out, const struct mkt_answer *answer,
                             mkt_render_format format, struct mkt_err *err)
{
    switch (format) {
    case MKT_RENDER_JSON:
        return mkt_answer_json_write(out, answer, err);
    case MKT_RENDER_HTML:
        return mkt_answer_html_write(out, &answer, 1, err);
    case MKT_RENDER_TEXT: {
        struct mkt_text_style style = {.colour = false, .width = 80, .full = true};
        return mkt_answer_text_write(out, answer, &style, err);
    }
    case MKT_RENDER_BOTH:
        MKT_TRY(mkt_render_answer(out, answer, MKT_RENDER_JSON, err));
        mkt_buf_char(out, '\0');
        MKT_TRY(mkt_render_answer(out, answer, MKT_RENDER_TEXT, err));
        mkt_buf_char(out, '\0');
        return mkt_buf_check(out, err);
    case MKT_RENDER_ALL:
        MKT_TRY(mkt_render_answer(out, answer, MKT_RENDER_BOTH, err));
        MKT_TRY(mkt_render_answer(out, answer, MKT_RENDER_HTML, err));
        mkt_buf_char(out, '\0');
        return mkt_buf_check(out, err);
    }
    return mkt_err_set(err, MKT_E_INTERNAL, "no such format");
}
