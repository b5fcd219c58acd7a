#include "report/table_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "fact/format.h"
#include "report/parts.h"
#include "report/width.h"

#define ROWS_SHOWN 10
#define GAP 2
#define SCOPE_MOST 64
#define RANKED 6  /* metrics that are shown first */
#define LEADING 4 /* of them, those that stand before any other column's interval */

struct cell {
    char value[MKT_FORMAT_TEXT];
    char interval[2 * MKT_FORMAT_TEXT + 8]; /* "" when there is none */
};

struct column {
    size_t label, value, interval; /* columns of the terminal */
    int rank;                      /* the least is shown first */
    bool shown, with_interval;
};

struct layout {
    const struct mkt_table *table;
    size_t rows; /* shown */
    size_t name; /* columns of the terminal for the row names */
    struct column *column;
    struct cell *cell; /* rows x columns */
};

static const char *head_of(const struct mkt_table *t)
{
    return t->head ? t->head : t->scope ? t->scope : "";
}

static int rank_of(const char *metric, size_t place)
{
    static const char *const first[] = {"spend", "revenue", "roas", "conversions", "cpa", "roi"};
    _Static_assert(sizeof first / sizeof *first == RANKED, "one rank a name");
    for (int i = 0; i < RANKED; i++)
        if (strcmp(first[i], metric) == 0) return i;
    return RANKED + (int)place;
}

static void fill_cell(struct cell *cell, const struct mkt_fact *f, const char *currency)
{
    char range[MKT_FORMAT_RANGE];
    strcpy(cell->value, "–");
    if (!f) return;
    mkt_format_value(f->value, f->unit, currency, cell->value);
    if (!isfinite(f->low) || !isfinite(f->high)) return;
    mkt_format_range(f->low, f->high, f->unit, currency, range);
    char *end = stpcpy(cell->interval, "(");
    end = stpcpy(end, range);
    strcpy(end, ")");
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t width_of(const struct column *c)
{
    size_t figure = c->value + (c->with_interval ? 1 + c->interval : 0);
    return larger(c->label, figure) + GAP;
}

/* Shows a column, or its interval, if there is room for it. */
static void grant(struct column *col, bool interval, size_t *used, size_t width)
{
    bool *wish = interval ? &col->with_interval : &col->shown;
    if (interval && (!col->shown || !col->interval)) return;
    size_t before = interval ? width_of(col) : 0;
    *wish = true;
    if (*used - before + width_of(col) <= width)
        *used += width_of(col) - before;
    else
        *wish = false;
}

/* Room goes to the leading columns, then to their intervals, then to the other columns and theirs. */
static void choose(struct layout *l, size_t width)
{
    static const struct {
        int from, to;
        bool interval;
    } step[] = {
        {0, LEADING, false}, {0, LEADING, true}, {LEADING, 1000, false}, {LEADING, 1000, true}};
    size_t used = l->name, n = l->table->columns;
    for (size_t i = 0; i < sizeof step / sizeof *step; i++)
        for (int rank = step[i].from; rank < step[i].to && rank < (int)n + RANKED; rank++)
            for (size_t c = 0; c < n; c++)
                if (l->column[c].rank == rank) grant(&l->column[c], step[i].interval, &used, width);
}

static mkt_status lay_out(struct layout *l, struct mkt_arena *arena, const struct mkt_sheet *sheet,
                          const struct mkt_table *t, const struct mkt_text_style *style,
                          struct mkt_err *err)
{
    l->rows = style->full || t->rows <= ROWS_SHOWN + 2 ? t->rows : ROWS_SHOWN;
    l->column = MKT_NEW(arena, struct column, t->columns);
    l->cell = MKT_NEW(arena, struct cell, l->rows * t->columns);
    if (!l->column || !l->cell) return mkt_arena_full(arena, err);
    l->name = mkt_width_of(head_of(t));
    for (size_t r = 0; r < l->rows; r++) l->name = larger(l->name, mkt_width_of(t->row[r].label));
    size_t most = (size_t)style->width * 2 / 5;
    if (l->name > most) l->name = most;
    for (size_t c = 0; c < t->columns; c++) {
        struct column *col = &l->column[c];
        *col = (struct column){.label = mkt_width_of(t->column[c].label),
                               .rank = rank_of(t->column[c].metric, c)};
        for (size_t r = 0; r < l->rows; r++) {
            struct cell *cell = &l->cell[r * t->columns + c];
            fill_cell(cell, mkt_sheet_fact(sheet, t->row[r].fact[c]), sheet->currency);
            col->value = larger(col->value, mkt_width_of(cell->value));
            col->interval = larger(col->interval, mkt_width_of(cell->interval));
        }
    }
    choose(l, (size_t)style->width);
    return MKT_OK;
}

static void right(struct mkt_buf *out, const char *text, size_t columns)
{
    size_t taken = mkt_width_of(text);
    mkt_width_spaces(out, columns > taken ? columns - taken : 0);
    mkt_width_add(out, text, columns);
}

static void write_head(struct mkt_buf *out, const struct layout *l,
                       const struct mkt_text_style *style)
{
    mkt_buf_str(out, mkt_answer_text_manner(style, MKT_TEXT_SOFT));
    char scope[SCOPE_MOST];
    snprintf(scope, sizeof scope, "%s", head_of(l->table));
    if (*scope >= 'a' && *scope <= 'z') *scope = (char)(*scope - 'a' + 'A');
    size_t taken = mkt_width_add(out, scope, l->name);
    mkt_width_spaces(out, l->name - taken);
    for (size_t c = 0; c < l->table->columns; c++)
        if (l->column[c].shown) right(out, l->table->column[c].label, width_of(&l->column[c]));
    mkt_buf_str(out, mkt_answer_text_manner(style, MKT_TEXT_PLAIN));
    mkt_buf_char(out, '\n');
}

static void write_row(struct mkt_buf *out, const struct layout *l, size_t r,
                      const struct mkt_text_style *style)
{
    size_t taken = mkt_width_add(out, l->table->row[r].label, l->name);
    mkt_width_spaces(out, l->name - taken);
    for (size_t c = 0; c < l->table->columns; c++) {
        const struct column *col = &l->column[c];
        const struct cell *cell = &l->cell[r * l->table->columns + c];
        if (!col->shown) continue;
        size_t interval = col->with_interval ? 1 + col->interval : 0;
        right(out, cell->value, width_of(col) - interval);
        if (!interval) continue;
        mkt_buf_str(out, mkt_answer_text_manner(style, MKT_TEXT_SOFT));
        right(out, cell->interval, interval);
        mkt_buf_str(out, mkt_answer_text_manner(style, MKT_TEXT_PLAIN));
    }
    mkt_buf_char(out, '\n');
}

/* "20 more rows. Left out for width: CTR, CPM." */
static void write_rest(struct mkt_buf *out, const struct layout *l,
                       const struct mkt_text_style *style)
{
    const struct mkt_table *t = l->table;
    struct mkt_buf text;
    bool first = true;
    mkt_buf_init(&text, out->arena);
    if (l->rows < t->rows) mkt_buf_printf(&text, "%s more rows.", MKT_COUNT(t->rows - l->rows));
    if (t->note) {
        if (text.length) mkt_buf_char(&text, ' ');
        mkt_buf_sentence(&text, t->note);
    }
    for (size_t c = 0; c < t->columns; c++) {
        if (l->column[c].shown) continue;
        if (first && text.length) mkt_buf_char(&text, ' ');
        mkt_buf_printf(&text, "%s%s", first ? "Left out for width: " : ", ", t->column[c].label);
        first = false;
    }
    if (!first) mkt_buf_char(&text, '.');
    if (text.failed) out->failed = true;
    if (text.failed || text.length == 0) return;
    mkt_buf_str(out, mkt_answer_text_manner(style, MKT_TEXT_SOFT));
    mkt_width_wrap(out, text.data, 0, 0, (size_t)style->width);
    mkt_buf_str(out, mkt_answer_text_manner(style, MKT_TEXT_PLAIN));
}

mkt_status mkt_table_text_write(struct mkt_buf *out, const struct mkt_sheet *sheet,
                                const struct mkt_table *table, const struct mkt_text_style *style,
                                struct mkt_err *err)
{
    struct layout l = {.table = table};
    MKT_TRY(lay_out(&l, out->arena, sheet, table, style, err));
    write_head(out, &l, style);
    for (size_t r = 0; r < l.rows; r++) write_row(out, &l, r, style);
    write_rest(out, &l, style);
    return mkt_buf_check(out, err);
}
