#include "report/asked_page.h"

#include <string.h>

#include "base/json.h"
#include "report/answer_html.h"
#include "report/answer_json.h"
#include "report/html.h"
#include "report/width.h"

const char *mkt_asked_page_reply(struct mkt_arena *arena, const struct mkt_asked *asked)
{
    struct mkt_buf text;
    mkt_buf_init(&text, arena);
    for (size_t i = 0; i < asked->steps; i++)
        if (asked->step[i].direct)
            mkt_buf_printf(&text, "%s%s", text.length ? " " : "", asked->step[i].direct);
    if (asked->back) mkt_buf_str(&text, asked->back);
    if (text.length == 0) mkt_buf_str(&text, "No analysis here answers this.");
    return text.failed ? NULL : text.data;
}

/* ---- JSON --------------------------------------------------------------------------------- */

static void strings(struct mkt_json *w, const char *name, const char *const *text, size_t n)
{
    mkt_json_key(w, name);
    mkt_json_open(w, '[');
    for (size_t i = 0; i < n; i++) mkt_json_string(w, text[i]);
    mkt_json_close(w, ']');
}

static void write_step(struct mkt_json *w, const struct mkt_asked_step *s)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "analysis", s->analysis);
    mkt_json_key(w, "parameters");
    mkt_json_open(w, '{');
    for (size_t i = 0; i < s->parameters; i++)
        mkt_json_member_string(w, s->parameter[i].name, s->parameter[i].value);
    mkt_json_close(w, '}');
    mkt_json_member_string(w, "part", s->part);
    mkt_json_member_string(w, "how", s->how);
    mkt_json_member_string(w, "command", s->command);
    mkt_json_member_string(w, "reply", s->direct);
    strings(w, "cites", s->cite, s->cites);
    mkt_json_close(w, '}');
}

static void write_back(struct mkt_json *w, const struct mkt_asked *a)
{
    mkt_json_key(w, "question_back");
    if (!a->back) {
        mkt_json_null(w);
        return;
    }
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "text", a->back);
    mkt_json_key(w, "choices");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < a->choices; i++) {
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "reading", a->choice[i].reading);
        mkt_json_key(w, "parameters");
        mkt_json_open(w, '{');
        mkt_json_member_string(w, a->choice[i].name, a->choice[i].value);
        mkt_json_close(w, '}');
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
    mkt_json_close(w, '}');
}

mkt_status mkt_asked_page_json(struct mkt_buf *out, const struct mkt_asked *a, struct mkt_err *err)
{
    struct mkt_json w;
    const char *reply = mkt_asked_page_reply(out->arena, a);
    if (!reply) return mkt_arena_full(out->arena, err);
    mkt_json_init(&w, out);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "analysis_type", "ask");
    mkt_json_member_string(&w, "status", a->status);
    mkt_json_member_string(&w, "question", a->question);
    mkt_json_member_string(&w, "language", a->language);
    mkt_json_member_string(&w, "reply", reply);
    write_back(&w, a);
    strings(&w, "understood", a->understood, a->understoods);
    strings(&w, "unanswered", a->unanswered, a->unanswereds);
    mkt_json_member_string(&w, "planned_by", a->planned_by);
    mkt_json_key(&w, "plan");
    mkt_json_open(&w, '[');
    for (size_t i = 0; i < a->steps; i++) write_step(&w, &a->step[i]);
    mkt_json_close(&w, ']');
    mkt_buf_str(out, ",\"answers\":[");
    for (size_t i = 0, n = 0; i < a->steps; i++) {
        if (!a->step[i].answer) continue;
        if (n++) mkt_buf_char(out, ',');
        MKT_TRY(mkt_answer_json_write(out, a->step[i].answer, err));
    }
    mkt_buf_str(out, "]}\n");
    return mkt_buf_check(out, err);
}

/* ---- text ---------------------------------------------------------------------------------- */

static size_t width_of(const struct mkt_text_style *style)
{
    return style->width <= 0 ? 100 : style->width < 40 ? 40 : (size_t)style->width;
}

static void item(struct mkt_buf *out, const char *mark, const char *text, size_t width)
{
    size_t n = mkt_width_of(mark);
    mkt_buf_str(out, mark);
    mkt_width_wrap(out, text, n, n, width);
}

static void heading(struct mkt_buf *out, const struct mkt_text_style *style, const char *text)
{
    mkt_buf_printf(out, "\n%s%s%s\n", mkt_answer_text_manner(style, MKT_TEXT_HEAD), text,
                   mkt_answer_text_manner(style, MKT_TEXT_PLAIN));
}

static mkt_status text_steps(struct mkt_buf *out, const struct mkt_asked *a, size_t width,
                             struct mkt_err *err)
{
    for (size_t i = 0; i < a->steps; i++) {
        const struct mkt_asked_step *s = &a->step[i];
        struct mkt_buf line;
        mkt_buf_init(&line, out->arena);
        mkt_buf_printf(&line, "%s (“%s”)", s->command, s->part);
        MKT_TRY(mkt_buf_check(&line, err));
        item(out, "  - ", line.data, width);
        if (!s->cites) continue;
        line.length = 0;
        for (size_t k = 0; k < s->cites; k++)
            mkt_buf_printf(&line, "%s%s", k ? ", " : "rests on ", s->cite[k]);
        MKT_TRY(mkt_buf_check(&line, err));
        item(out, "    ", line.data, width);
    }
    return MKT_OK;
}

mkt_status mkt_asked_page_text(struct mkt_buf *out, const struct mkt_asked *a,
                               const struct mkt_text_style *style, struct mkt_err *err)
{
    size_t width = width_of(style);
    const char *reply = mkt_asked_page_reply(out->arena, a);
    if (!reply) return mkt_arena_full(out->arena, err);
    mkt_buf_str(out, mkt_answer_text_manner(style, MKT_TEXT_HEAD));
    mkt_width_wrap(out, reply, 0, 0, width);
    mkt_buf_str(out, mkt_answer_text_manner(style, MKT_TEXT_PLAIN));
    for (size_t i = 0; i < a->choices; i++) {
        mkt_buf_char(out, '\n');
        item(out, "  - ", a->choice[i].reading, width);
        mkt_buf_printf(out, "    %s\n", a->choice[i].again);
    }
    if (a->understoods) heading(out, style, "Understood");
    for (size_t i = 0; i < a->understoods; i++) item(out, "  - ", a->understood[i], width);
    if (a->unanswereds) heading(out, style, "Not answered");
    for (size_t i = 0; i < a->unanswereds; i++) item(out, "  ! ", a->unanswered[i], width);
    if (a->steps) heading(out, style, "Asked of");
    MKT_TRY(text_steps(out, a, width, err));
    for (size_t i = 0; i < a->steps; i++) {
        if (!a->step[i].answer) continue;
        mkt_buf_str(out, "\n");
        MKT_TRY(mkt_answer_text_write(out, a->step[i].answer, style, err));
    }
    return mkt_buf_check(out, err);
}

/* ---- HTML ---------------------------------------------------------------------------------- */

static void html_list(struct mkt_buf *out, const char *title, const char *const *text, size_t n)
{
    if (n == 0) return;
    mkt_html_wrap(out, "<section class=\"block\"><h2>", title, "</h2>\n<ul>\n");
    for (size_t i = 0; i < n; i++) {
        mkt_buf_str(out, "<li>");
        mkt_html_prose(out, text[i]);
        mkt_buf_str(out, "</li>\n");
    }
    mkt_buf_str(out, "</ul></section>\n");
}

static void html_choices(struct mkt_buf *out, const struct mkt_asked *a)
{
    if (a->choices == 0) return;
    mkt_buf_str(out, "<ol>\n");
    for (size_t i = 0; i < a->choices; i++) {
        mkt_html_wrap(out, "<li>", a->choice[i].reading, "");
        mkt_html_wrap(out, "<br><code>", a->choice[i].again, "</code></li>\n");
    }
    mkt_buf_str(out, "</ol>\n");
}

static void html_steps(struct mkt_buf *out, const struct mkt_asked *a)
{
    if (a->steps == 0) return;
    mkt_buf_str(out, "<section class=\"block\"><h2>Asked of</h2>\n<ul>\n");
    for (size_t i = 0; i < a->steps; i++) {
        const struct mkt_asked_step *s = &a->step[i];
        mkt_html_wrap(out, "<li><code>", s->command, "</code> ");
        mkt_html_wrap(out, "(“", s->part, "”)");
        for (size_t k = 0; k < s->cites; k++)
            mkt_html_wrap(out, k ? ", " : " <span class=\"soft\">rests on ", s->cite[k], "");
        mkt_buf_str(out, s->cites ? "</span></li>\n" : "</li>\n");
    }
    mkt_buf_str(out, "</ul></section>\n");
}

mkt_status mkt_asked_page_html(struct mkt_buf *out, const struct mkt_asked *a, struct mkt_err *err)
{
    const char *reply = mkt_asked_page_reply(out->arena, a);
    if (!reply) return mkt_arena_full(out->arena, err);
    MKT_TRY(mkt_answer_html_open(out, a->question, err));
    mkt_html_wrap(out, "<header class=\"masthead\"><h1>", a->question, "</h1></header>\n");
    mkt_buf_str(out, "<p class=\"verdict\">");
    mkt_html_prose(out, reply);
    mkt_buf_str(out, "</p>\n");
    html_choices(out, a);
    html_list(out, "Understood", a->understood, a->understoods);
    html_list(out, "Not answered", a->unanswered, a->unanswereds);
    html_steps(out, a);
    for (size_t i = 0; i < a->steps; i++)
        if (a->step[i].answer) MKT_TRY(mkt_answer_html_article(out, a->step[i].answer, i + 1, err));
    mkt_answer_html_close(out);
    return mkt_buf_check(out, err);
}
