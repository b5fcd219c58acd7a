#include "report/answer_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "fact/format.h"
#include "report/caveats.h"
#include "report/parts.h"
#include "report/table_text.h"
#include "report/width.h"

#define WIDTH_USUAL 100
#define WIDTH_LEAST 40
#define FAULTS_SHOWN 5

const char *mkt_answer_text_manner(const struct mkt_text_style *style, mkt_text_manner manner)
{
    static const char *const sequence[] = {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[33m"};
    return style->colour ? sequence[manner] : "";
}

struct page {
    struct mkt_buf *out;
    const struct mkt_sheet *sheet;
    struct mkt_text_style style;
    size_t width;
};

static void manner(struct page *p, mkt_text_manner m)
{
    mkt_buf_str(p->out, mkt_answer_text_manner(&p->style, m));
}

static void heading(struct page *p, const char *title)
{
    mkt_buf_char(p->out, '\n');
    manner(p, MKT_TEXT_HEAD);
    mkt_width_add(p->out, title, p->width);
    manner(p, MKT_TEXT_PLAIN);
    mkt_buf_char(p->out, '\n');
}

/* A mark of ours, then the text, wrapped beside it. */
static void item(struct page *p, const char *mark, const char *text)
{
    size_t indent = mkt_width_of(mark);
    mkt_buf_str(p->out, mark);
    mkt_width_wrap(p->out, text, indent, indent, p->width);
}

/* A sentence of the analysis, which may come without its capital and full stop. */
static void sentence(struct page *p, const char *mark, const char *text)
{
    struct mkt_buf whole;
    mkt_buf_init(&whole, p->out->arena);
    mkt_buf_sentence(&whole, text);
    if (whole.failed)
        p->out->failed = true;
    else
        item(p, mark, whole.data);
}

/* One part of the words; marked where the plain narrator filled in for a model. */
static void paragraph(struct page *p, const char *title, const struct mkt_words *words,
                      mkt_part part, const char *text)
{
    char marked[64];
    if (!text) return;
    snprintf(marked, sizeof marked, "%s (plain words)", title);
    heading(p, mkt_words_is_plain_part(words, part) ? marked : title);
    item(p, "  ", text);
}

static void write_top(struct page *p)
{
    const struct mkt_sheet *s = p->sheet;
    char first[MKT_DATE_TEXT], last[MKT_DATE_TEXT];
    manner(p, MKT_TEXT_HEAD);
    mkt_width_add(p->out, s->title ? s->title : "", p->width);
    manner(p, MKT_TEXT_PLAIN);
    struct mkt_period period = s->provenance.period;
    if (period.first <= period.last && (period.first || period.last)) {
        size_t title = mkt_width_of(s->title ? s->title : "");
        mkt_buf_printf(p->out, "%s%s to %s", title + 26 <= p->width ? "  " : "\n",
                       mkt_date_text(period.first, first), mkt_date_text(period.last, last));
    }
    mkt_buf_char(p->out, '\n');
    if (s->status != MKT_ANSWER_OK) {
        manner(p, MKT_TEXT_WARN);
        mkt_buf_str(p->out, s->status == MKT_ANSWER_LIMITED ? "Answered in part.\n"
                                                            : "Cannot be answered from these "
                                                              "data.\n");
        manner(p, MKT_TEXT_PLAIN);
    }
    mkt_buf_char(p->out, '\n');
}

static void write_confidence(struct page *p)
{
    const struct mkt_finding *f = mkt_sheet_finding(p->sheet, p->sheet->headline);
    char text[MKT_FORMAT_TEXT];
    if (!f || !isfinite(p->sheet->confidence)) return;
    manner(p, MKT_TEXT_SOFT);
    mkt_buf_printf(p->out, "Confidence %s that ",
                   mkt_format_probability(p->sheet->confidence, text));
    struct mkt_buf what;
    mkt_buf_init(&what, p->out->arena);
    mkt_buf_printf(&what, "%s, caveats counted.",
                   f->kind == MKT_FINDING_ACTION ? "the main advice is right" : f->claim);
    if (what.failed)
        p->out->failed = true;
    else
        mkt_width_wrap(p->out, what.data, 17 + mkt_width_of(text), 0, p->width);
    manner(p, MKT_TEXT_PLAIN);
}

static void write_actions(struct page *p, const struct mkt_words *words)
{
    bool plain = mkt_words_is_plain_part(words, MKT_PART_ADVICE);
    if (words->recommendations == 0) return;
    heading(p, plain ? "What to do (plain words)" : "What to do");
    for (size_t i = 0; i < words->recommendations; i++) {
        char mark[32];
        snprintf(mark, sizeof mark, "  %zu. ", i + 1);
        item(p, mark, words->optimization_recommendations[i]);
    }
}

static mkt_status write_caveats(struct page *p, struct mkt_err *err)
{
    struct mkt_caveats c;
    MKT_TRY(mkt_caveats_make(p->out->arena, p->sheet, &c, err));
    if (c.count + p->sheet->missings == 0) return MKT_OK;
    heading(p, "Caveats");
    for (size_t i = 0; i < p->sheet->missings; i++) sentence(p, "  ! ", p->sheet->missing[i]);
    for (size_t i = 0; i < c.count; i++)
        sentence(p, c.item[i]->weight == MKT_CAVEAT_NOTE ? "  - " : "  ! ", c.item[i]->text);
    return MKT_OK;
}

/* ---- the account of the data ------------------------------------------------ */

static void write_columns(struct page *p, const struct mkt_account_table *t)
{
    struct mkt_buf text;
    size_t ignored = 0;
    mkt_buf_init(&text, p->out->arena);
    for (size_t c = 0; c < t->columns; c++) {
        const struct mkt_account_column *col = &t->column[c];
        if (!col->role) {
            ignored++;
            continue;
        }
        mkt_buf_printf(&text, "%s%s = %s", text.length ? ", " : "", col->role, col->name);
        if (col->how) mkt_buf_printf(&text, " (%s)", col->how);
    }
    if (text.length && !text.failed) item(p, "    read: ", text.data);
    text.length = 0;
    for (size_t c = 0; c < t->columns && p->style.full; c++) {
        const struct mkt_account_column *col = &t->column[c];
        if (col->role) continue;
        mkt_buf_printf(&text, "%s%s", text.length ? ", " : "", col->name);
        if (col->how) mkt_buf_printf(&text, " (%s)", col->how);
    }
    if (!p->style.full && ignored)
        mkt_buf_printf(&text, "%s column%s", MKT_COUNT(ignored), ignored == 1 ? "" : "s");
    if (text.length && !text.failed) item(p, "    not used: ", text.data);
    if (text.failed) p->out->failed = true;
}

static void write_table_account(struct page *p, const struct mkt_account_table *t)
{
    struct mkt_buf text;
    mkt_buf_init(&text, p->out->arena);
    mkt_buf_printf(&text, "%s: %s", t->name, t->kind ? t->kind : "not used");
    mkt_buf_printf(&text, ", %s rows", MKT_COUNT(t->rows));
    if (t->broken) mkt_buf_printf(&text, ", %s kept out", MKT_COUNT(t->broken));
    if (t->why && (p->style.full || !t->kind)) mkt_buf_printf(&text, " (%s)", t->why);
    if (text.failed) {
        p->out->failed = true;
        return;
    }
    item(p, "  ", text.data);
    if (t->kind) write_columns(p, t);
    if (p->style.full && t->sha256) item(p, "    sha256: ", t->sha256);
}

static void write_account(struct page *p)
{
    const struct mkt_account *a = p->sheet->provenance.account;
    if (!a || a->tables + a->faults == 0) return;
    heading(p, "Data");
    for (size_t i = 0; i < a->tables; i++) write_table_account(p, &a->table[i]);
    size_t shown = p->style.full || a->faults <= FAULTS_SHOWN ? a->faults : FAULTS_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        const struct mkt_account_fault *f = &a->fault[i];
        struct mkt_buf text;
        mkt_buf_init(&text, p->out->arena);
        mkt_buf_printf(&text, "%s row %" PRId64 ", %s: \"%s\": %s", f->table, f->row, f->column,
                       f->value, f->reason);
        if (text.failed)
            p->out->failed = true;
        else
            item(p, "  ! ", text.data);
    }
}

static void write_methods(struct page *p, const struct mkt_words *words)
{
    const struct mkt_provenance *v = &p->sheet->provenance;
    struct mkt_buf text;
    mkt_buf_init(&text, p->out->arena);
    mkt_buf_printf(&text, "marketing-agent %s", v->version ? v->version : "");
    if (v->draws > 0)
        mkt_buf_printf(&text, ", %s draws with seed %" PRIu64, MKT_COUNT(v->draws), v->seed);
    for (size_t i = 0; i < v->parameters; i++)
        if (v->parameter[i].value && !(v->draws > 0 && strcmp(v->parameter[i].name, "seed") == 0))
            mkt_buf_printf(&text, ", %s %s", v->parameter[i].name, v->parameter[i].value);
    if (words->model && words->written_by)
        mkt_buf_printf(&text, ", words by %s with seed %" PRIu64, words->written_by, words->seed);
    if (text.failed) {
        p->out->failed = true;
        return;
    }
    mkt_buf_char(p->out, '\n');
    manner(p, MKT_TEXT_SOFT);
    mkt_width_wrap(p->out, text.data, 0, 0, p->width);
    manner(p, MKT_TEXT_PLAIN);
}

mkt_status mkt_answer_text_write(struct mkt_buf *out, const struct mkt_answer *answer,
                                 const struct mkt_text_style *style, struct mkt_err *err)
{
    const struct mkt_sheet *s = &answer->sheet;
    const struct mkt_words *w = &answer->words;
    struct page p = {.out = out, .sheet = s, .style = *style};
    if (p.style.width <= 0) p.style.width = WIDTH_USUAL;
    if (p.style.width < WIDTH_LEAST) p.style.width = WIDTH_LEAST;
    p.width = (size_t)p.style.width;

    write_top(&p);
    manner(&p, MKT_TEXT_HEAD);
    mkt_width_wrap(out, w->verdict ? w->verdict : "", 0, 0, p.width);
    manner(&p, MKT_TEXT_PLAIN);
    write_confidence(&p);
    write_actions(&p, w);
    const char *const part[] = {w->performance_summary, w->channel_analysis, w->audience_insights,
                                w->roi_analysis};
    for (mkt_part k = MKT_PART_SUMMARY; k <= MKT_PART_RETURN; k++)
        if (mkt_parts_title(s, k)) paragraph(&p, mkt_parts_title(s, k), w, k, part[k]);
    for (size_t i = 0; i < s->tables; i++) {
        heading(&p, s->table[i].title);
        MKT_TRY(mkt_table_text_write(out, s, &s->table[i], &p.style, err));
    }
    MKT_TRY(write_caveats(&p, err));
    write_account(&p);
    write_methods(&p, w);
    return mkt_buf_check(out, err);
}
