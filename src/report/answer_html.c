#include "report/answer_html.h"

#include <math.h>
#include <string.h>

#include "fact/format.h"
#include "report/account_html.h"
#include "report/caveats.h"
#include "report/chart_html.h"
#include "report/html.h"
#include "report/page.h"
#include "report/parts.h"
#include "report/table_html.h"

/* ---- verdict and key figures -------------------------------------------- */

static void write_masthead(struct mkt_buf *out, const struct mkt_sheet *s, size_t number)
{
    mkt_buf_printf(out, "<header class=\"masthead\"><h1 id=\"answer-%zu\">", number);
    mkt_html_wrap(out, "", s->title, "</h1>");
    if (s->provenance.period.first <= s->provenance.period.last) {
        mkt_buf_str(out, "<p>");
        mkt_html_period(out, s->provenance.period);
        mkt_buf_str(out, "</p>");
    }
    mkt_buf_str(out, "</header>\n");
}

static void write_state(struct mkt_buf *out, const struct mkt_sheet *s)
{
    if (s->status == MKT_ANSWER_LIMITED)
        mkt_buf_str(out, "<p class=\"state\">Answered in part</p>\n");
    if (s->status == MKT_ANSWER_INSUFFICIENT)
        mkt_buf_str(out, "<p class=\"state\">Cannot be answered from these data</p>\n");
}

static void write_confidence(struct mkt_buf *out, const struct mkt_sheet *s)
{
    const struct mkt_finding *f = mkt_sheet_finding(s, s->headline);
    char text[MKT_FORMAT_TEXT];
    if (!f || !isfinite(s->confidence)) return;
    mkt_format_probability(s->confidence, text);
    if (*text == 'o' || *text == 'u') *text = (char)(*text - 'a' + 'A'); /* "Over 99.9 %" */
    mkt_html_wrap(out, "<p class=\"sure\"><strong>", text, " confidence</strong> ");
    if (f->kind == MKT_FINDING_ACTION)
        mkt_buf_str(out, "that the main advice is right, caveats counted.</p>\n");
    else
        mkt_html_wrap(out, "that ", f->claim, ", caveats counted.</p>\n");
}

/* Changes of a key figure stand with it: "revenue_vs_before" with "revenue". */
static bool is_change_of(const struct mkt_fact *f, const char *metric)
{
    size_t n = strlen(metric);
    if (f->unit != MKT_UNIT_CHANGE || strcmp(f->scope, "total") != 0) return false;
    if (strncmp(f->metric, metric, n) != 0) return false;
    return strncmp(f->metric + n, "_vs_", 4) == 0 || strcmp(f->metric + n, "_change") == 0;
}

static void write_changes(struct mkt_buf *out, const struct mkt_sheet *s, const char *metric)
{
    char text[MKT_FORMAT_TEXT];
    for (size_t i = 0; i < s->facts; i++) {
        const struct mkt_fact *f = &s->fact[i];
        if (!is_change_of(f, metric)) continue;
        const char *against = strstr(f->label, "against ");
        mkt_html_wrap(out, "<small>", mkt_format_value(f->value, f->unit, s->currency, text), " ");
        mkt_html_wrap(out, "", against ? against : f->label, "</small>");
    }
}

static void write_key(struct mkt_buf *out, const struct mkt_sheet *s, const struct mkt_fact *f)
{
    char text[MKT_FORMAT_TEXT];
    mkt_html_wrap(out, "<div><dt>", f->label, "</dt><dd>");
    mkt_html_text(out, mkt_format_value(f->value, f->unit, s->currency, text));
    if (isfinite(f->low) && isfinite(f->high)) {
        char range[MKT_FORMAT_RANGE];
        mkt_format_range(f->low, f->high, f->unit, s->currency, range);
        mkt_html_wrap(out, "<small>", range, "</small>");
    }
    write_changes(out, s, f->metric);
    mkt_buf_str(out, "</dd></div>\n");
}

static bool is_among(const struct mkt_fact *const *key, size_t n, const struct mkt_fact *f)
{
    for (size_t i = 0; i < n; i++)
        if (key[i] == f) return true;
    return false;
}

/* The figures a marketing lead looks for first, and where these are few, the first totals. */
static void write_keys(struct mkt_buf *out, const struct mkt_sheet *s)
{
    static const char *const wanted[] = {"spend",       "revenue",       "roas",
                                         "conversions", "new_customers", "cac",
                                         "cpa",         "ltv_to_cac",    "payback_months"};
    enum { MOST = 6, FEW = 4 };
    const struct mkt_fact *key[MOST];
    size_t n = 0;
    for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++)
        for (size_t i = 0; i < s->facts && n < MOST; i++)
            if (strcmp(s->fact[i].scope, "total") == 0 &&
                strcmp(s->fact[i].metric, wanted[k]) == 0) {
                key[n++] = &s->fact[i];
                break;
            }
    for (size_t i = 0; i < s->facts && n < FEW; i++)
        if (strcmp(s->fact[i].scope, "total") == 0 && !is_among(key, n, &s->fact[i]))
            key[n++] = &s->fact[i];
    if (n == 0) return;
    mkt_buf_str(out, "<dl class=\"keys\">\n");
    for (size_t i = 0; i < n; i++) write_key(out, s, key[i]);
    mkt_buf_str(out, "</dl>\n");
}

/* ---- actions ------------------------------------------------------------- */

/* The action a recommendation speaks of: the one whose claim it repeats, but for its first letter. */
static const struct mkt_finding *action_of(const struct mkt_sheet *s, const char *text)
{
    for (size_t i = 0; i < s->findings; i++) {
        const struct mkt_finding *f = &s->finding[i];
        if (f->kind == MKT_FINDING_ACTION && f->claim[0] && strstr(text, f->claim + 1)) return f;
    }
    return NULL;
}

/* The recommendation, its imperative in bold where it opens with one. */
static void write_recommendation(struct mkt_buf *out, const char *words,
                                 const struct mkt_finding *f)
{
    size_t n = f ? strlen(f->claim) : 0;
    if (n < 2 || strncmp(words + 1, f->claim + 1, n - 1) != 0) {
        mkt_buf_str(out, "<li><p>");
        mkt_html_prose(out, words);
        mkt_buf_str(out, "</p>");
        return;
    }
    const char first[2] = {words[0], '\0'};
    mkt_html_wrap(out, "<li><p><b>", first, "");
    mkt_html_wrap(out, "", f->claim + 1, "</b>");
    mkt_html_prose(out, words + n);
    mkt_buf_str(out, "</p>");
}

/* Shown where the plain narrator filled in for a model. */
static const char *plain_mark(const struct mkt_words *words, mkt_part part)
{
    return mkt_words_is_plain_part(words, part) ? " <small>plain words</small>" : "";
}

static void write_actions(struct mkt_buf *out, const struct mkt_answer *a)
{
    const struct mkt_sheet *s = &a->sheet;
    char text[MKT_FORMAT_TEXT];
    if (a->words.recommendations == 0) return;
    mkt_html_wrap(out, "<section class=\"block\"><h2>", "What to do",
                  plain_mark(&a->words, MKT_PART_ADVICE));
    mkt_buf_str(out, "</h2>\n<ol class=\"actions\">\n");
    for (size_t i = 0; i < a->words.recommendations; i++) {
        const char *words = a->words.optimization_recommendations[i];
        const struct mkt_finding *f = action_of(s, words);
        write_recommendation(out, words, f);
        if (f && isfinite(f->stake) && f->stake > 0)
            mkt_html_wrap(out, "<p class=\"stake\"><b>",
                          mkt_format_value(f->stake, MKT_UNIT_MONEY, s->currency, text),
                          "</b> at stake</p>");
        mkt_buf_str(out, "</li>\n");
    }
    mkt_buf_str(out, "</ol></section>\n");
}

/* ---- charts, words, tables, caveats --------------------------------------- */

static bool drawable(const struct mkt_chart *c)
{
    return c->points > 0 && c->count > 0;
}

static mkt_status write_charts(struct mkt_buf *out, const struct mkt_sheet *s, size_t number,
                               struct mkt_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < s->charts; i++) n += drawable(&s->chart[i]);
    if (n == 0) return MKT_OK;
    mkt_buf_str(out, "<section class=\"block\"><h2>The figures at a glance</h2>\n"
                     "<div class=\"charts\">\n");
    for (size_t i = 0; i < s->charts; i++)
        if (drawable(&s->chart[i]))
            MKT_TRY(mkt_chart_html_write(out, s, &s->chart[i], number * 1000 + i, err));
    mkt_buf_str(out, "</div></section>\n");
    return MKT_OK;
}

static void write_words(struct mkt_buf *out, const struct mkt_sheet *s, const struct mkt_words *w)
{
    const char *const part[] = {w->performance_summary, w->channel_analysis, w->audience_insights,
                                w->roi_analysis};
    mkt_buf_str(out, "<section class=\"block\"><h2>In words</h2>\n<div class=\"parts\">\n");
    for (mkt_part k = MKT_PART_SUMMARY; k <= MKT_PART_RETURN; k++) {
        const char *title = mkt_parts_title(s, k);
        if (!part[k] || !title) continue;
        mkt_html_wrap(out, "<div><h3>", title, plain_mark(w, k));
        mkt_buf_str(out, "</h3>");
        mkt_buf_str(out, "<p>");
        mkt_html_prose(out, part[k]);
        mkt_buf_str(out, "</p></div>\n");
    }
    mkt_buf_str(out, "</div></section>\n");
}

static void write_tables(struct mkt_buf *out, const struct mkt_sheet *s, size_t number)
{
    if (s->tables == 0) return;
    mkt_buf_str(out, "<section class=\"block\"><h2>Tables</h2>\n");
    for (size_t i = 0; i < s->tables; i++)
        mkt_table_html_write(out, s, &s->table[i], number * 1000 + i);
    mkt_buf_str(out, "</section>\n");
}

static void write_caveat(struct mkt_buf *out, const char *weight, const char *text)
{
    struct mkt_buf whole;
    mkt_buf_init(&whole, out->arena);
    mkt_buf_sentence(&whole, text);
    mkt_html_wrap(out, "<li class=\"", weight, "\">");
    if (whole.failed)
        out->failed = true;
    else
        mkt_html_prose(out, whole.data);
    mkt_buf_str(out, "</li>\n");
}

static mkt_status write_caveats(struct mkt_buf *out, const struct mkt_sheet *s, struct mkt_err *err)
{
    struct mkt_caveats c;
    MKT_TRY(mkt_caveats_make(out->arena, s, &c, err));
    if (c.count + s->missings == 0) return MKT_OK;
    mkt_buf_str(out, "<section class=\"block\"><h2>Caveats</h2>\n<ul class=\"caveats\">\n");
    for (size_t i = 0; i < s->missings; i++) write_caveat(out, "limit", s->missing[i]);
    for (size_t i = 0; i < c.count; i++)
        write_caveat(out, mkt_caveats_weight_name(c.item[i]->weight), c.item[i]->text);
    mkt_buf_str(out, "</ul></section>\n");
    return MKT_OK;
}

mkt_status mkt_answer_html_article(struct mkt_buf *out, const struct mkt_answer *a, size_t number,
                                   struct mkt_err *err)
{
    const struct mkt_sheet *s = &a->sheet;
    mkt_buf_printf(out, "<article class=\"answer\" aria-labelledby=\"answer-%zu\">\n", number);
    write_masthead(out, s, number);
    write_state(out, s);
    mkt_buf_str(out, "<p class=\"verdict\">");
    mkt_html_prose(out, a->words.verdict);
    mkt_buf_str(out, "</p>\n");
    write_confidence(out, s);
    write_keys(out, s);
    write_actions(out, a);
    MKT_TRY(write_charts(out, s, number, err));
    write_words(out, &a->sheet, &a->words);
    write_tables(out, s, number);
    MKT_TRY(write_caveats(out, s, err));
    mkt_account_html_write(out, s);
    mkt_html_wrap(out, "<footer>Written by marketing-agent ", s->provenance.version, "");
    bool plain = !a->words.written_by || strcmp(a->words.written_by, "plain") == 0;
    mkt_html_wrap(out, ", words by ", plain ? "the program itself" : a->words.written_by, "");
    mkt_buf_str(out, ". The same data and parameters give the same page.</footer>\n</article>\n");
    return MKT_OK;
}

/* ---- the page --------------------------------------------------------------- */

mkt_status mkt_answer_html_open(struct mkt_buf *out, const char *title, struct mkt_err *err)
{
    char script[MKT_HTML_SOURCE], style[MKT_HTML_SOURCE];
    if (!mkt_html_embeds(mkt_page_js, "script") || !mkt_html_embeds(mkt_page_css, "style"))
        return mkt_err_set(err, MKT_E_INTERNAL,
                           "the bundled script or style would end its element");
    MKT_TRY(mkt_html_source(mkt_page_js, mkt_page_js_size, script, err));
    MKT_TRY(mkt_html_source(mkt_page_css, mkt_page_css_size, style, err));
    mkt_buf_str(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    mkt_buf_printf(out,
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                   "script-src %s; style-src %s; style-src-attr 'unsafe-inline'; "
                   "base-uri 'none'; form-action 'none'\">\n",
                   script, style);
    mkt_buf_str(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"referrer\" content=\"no-referrer\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n");
    mkt_html_wrap(out, "<title>", title, "</title>\n<style>");
    mkt_buf_add(out, mkt_page_css, mkt_page_css_size);
    mkt_buf_str(out, "</style>\n</head>\n<body>\n<main class=\"page\">\n");
    return MKT_OK;
}

void mkt_answer_html_close(struct mkt_buf *out)
{
    mkt_buf_str(out, "</main>\n<script>");
    mkt_buf_add(out, mkt_page_js, mkt_page_js_size);
    mkt_buf_str(out, "</script>\n</body>\n</html>\n");
}

mkt_status mkt_answer_html_write(struct mkt_buf *out, const struct mkt_answer *const *answer,
                                 size_t answers, struct mkt_err *err)
{
    const char *title =
        answers == 1 && answer[0]->sheet.title ? answer[0]->sheet.title : "Marketing report";
    MKT_TRY(mkt_answer_html_open(out, title, err));
    if (answers > 1) {
        mkt_buf_str(out, "<nav class=\"contents\" aria-label=\"Answers\">");
        for (size_t i = 0; i < answers; i++) {
            mkt_buf_printf(out, "<a href=\"#answer-%zu\">", i + 1);
            mkt_html_wrap(out, "", answer[i]->sheet.title, "</a>");
        }
        mkt_buf_str(out, "</nav>\n");
    }
    for (size_t i = 0; i < answers; i++)
        MKT_TRY(mkt_answer_html_article(out, answer[i], i + 1, err));
    mkt_answer_html_close(out);
    return mkt_buf_check(out, err);
}
