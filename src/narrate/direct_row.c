/* A row of a table of shares in words: what follows a channel, the most likely first. */
#include <string.h>

#include "base/text.h"
#include "narrate/direct_work.h"
#include "narrate/phrase.h"

#define SHOWN 8 /* of a row or a column, at most */

struct cell {
    const char *name; /* of its column */
    const struct mkt_fact *fact;
};

/* Keeps the largest, in order; of equal ones the first of the table. */
static size_t keep(struct cell *kept, size_t n, struct cell cell)
{
    if (n == SHOWN && !(cell.fact->value > kept[n - 1].fact->value)) return n;
    size_t at = n < SHOWN ? n++ : n - 1;
    for (; at > 0 && cell.fact->value > kept[at - 1].fact->value; at--) kept[at] = kept[at - 1];
    kept[at] = cell;
    return n;
}

static const struct mkt_table *table_of(const struct mkt_sheet *s, const char *id)
{
    for (size_t i = 0; i < s->tables; i++)
        if (strcmp(s->table[i].id, id) == 0) return &s->table[i];
    return NULL;
}

/* Cells of the focus that the table has; `*all` counts those that did not fit, too. */
static size_t cells_of(const struct mkt_direct_work *w, const struct mkt_table *t,
                       struct cell kept[SHOWN], size_t *all)
{
    const struct mkt_focus *f = w->focus;
    const char *name = f->entity[0].name, *other = f->entities > 1 ? f->entity[1].name : NULL;
    size_t n = 0;
    *all = 0;
    for (size_t r = 0; r < t->rows; r++)
        for (size_t c = 0; c < t->columns; c++) {
            const char *from = t->row[r].label, *to = t->column[c].label;
            if (!mkt_text_equal_nocase(f->column ? to : from, name)) continue;
            if (other && !mkt_text_equal_nocase(f->column ? from : to, other)) continue;
            const char *id = t->row[r].fact[c];
            const struct mkt_fact *fact = id ? mkt_sheet_fact(&w->answer->sheet, id) : NULL;
            if (!fact || !(fact->value > 0)) continue;
            n = keep(kept, n, (struct cell){to, fact});
            ++*all;
        }
    return n;
}

static void name_end(struct mkt_buf *out, const char *name)
{
    if (strcmp(name, "(null)") == 0)
        mkt_buf_str(out, "the end without a conversion");
    else if (strcmp(name, "(conversion)") == 0)
        mkt_buf_str(out, "a conversion");
    else
        mkt_phrase_name(out, name);
}

static void tell_row(struct mkt_direct_work *w, const struct cell *cell, size_t n)
{
    struct mkt_buf *out = &w->t.out;
    mkt_teller_space(&w->t);
    bool start = strcmp(w->focus->entity[0].name, "(start)") == 0;
    mkt_buf_str(out, start ? "Of the journeys" : "Of the steps from ");
    if (!start) mkt_phrase_name(out, w->focus->entity[0].name);
    mkt_teller_when(&w->t);
    mkt_buf_str(out, ", ");
    for (size_t i = 0; i < n; i++) {
        mkt_buf_between(out, i, n, " and ");
        mkt_teller_figure(&w->t, cell[i].fact);
        mkt_buf_str(out, i ? "" : start ? " begin" : " go");
        mkt_buf_str(out, start ? " with " : " to ");
        name_end(out, cell[i].name);
    }
    mkt_buf_char(out, '.');
}

static void tell_none(struct mkt_direct_work *w, const struct mkt_table *t)
{
    struct mkt_buf *out = &w->t.out;
    for (size_t e = 0; e < w->focus->entities; e++) {
        bool shown = strcmp(w->focus->entity[e].scope, "channel") != 0;
        for (size_t r = 0; r < t->rows && !shown; r++)
            shown = mkt_text_equal_nocase(t->row[r].label, w->focus->entity[e].name);
        if (shown) continue;
        mkt_teller_space(&w->t);
        mkt_phrase_name(out, w->focus->entity[e].name);
        mkt_buf_str(out, " is not among the channels whose transitions are told.");
        return;
    }
    mkt_teller_sentence(&w->t, "No journey goes so");
}

void mkt_direct_work_row(struct mkt_direct_work *w)
{
    const struct mkt_table *t = table_of(&w->answer->sheet, w->focus->table);
    const struct mkt_fact *fact[SHOWN];
    struct cell cell[SHOWN];
    size_t all = 0, n = t && w->focus->entities ? cells_of(w, t, cell, &all) : 0;
    for (size_t i = 0; i < n; i++) {
        fact[i] = cell[i].fact;
        mkt_direct_work_cite(w, fact[i]->id);
    }
    if (n && w->focus->column)
        mkt_teller_figures(&w->t, fact, n, true);
    else if (n)
        tell_row(w, cell, n);
    else if (t && w->focus->entities)
        tell_none(w, t);
    if (all > n) {
        mkt_teller_space(&w->t);
        mkt_buf_printf(&w->t.out, "%s more %s in the tables.", MKT_COUNT(all - n),
                       all - n == 1 ? "stands" : "stand");
    }
}
