#include "report/answer_metrics.h"

#include <stdlib.h>
#include <string.h>

struct grouped {
    const struct mkt_fact *fact;
    size_t place; /* in the sheet */
    size_t first; /* place of the first fact of the same scope and entity */
};

static int compare_entity(const struct grouped *a, const struct grouped *b)
{
    int c = strcmp(a->fact->scope, b->fact->scope);
    if (c) return c;
    const char *x = a->fact->entity ? a->fact->entity : "";
    const char *y = b->fact->entity ? b->fact->entity : "";
    return strcmp(x, y);
}

static int by_entity(const void *a, const void *b)
{
    const struct grouped *x = a, *y = b;
    int c = compare_entity(x, y);
    return c ? c : (x->place > y->place) - (x->place < y->place);
}

static int by_place(const void *a, const void *b)
{
    const struct grouped *x = a, *y = b;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* All facts, those of one entity together, in the order of their first fact. */
static struct grouped *group(struct mkt_arena *arena, const struct mkt_sheet *sheet)
{
    struct grouped *g = MKT_NEW(arena, struct grouped, sheet->facts);
    if (!g) return NULL;
    for (size_t i = 0; i < sheet->facts; i++)
        g[i] = (struct grouped){.fact = &sheet->fact[i], .place = i};
    qsort(g, sheet->facts, sizeof *g, by_entity);
    for (size_t i = 0; i < sheet->facts; i++)
        g[i].first = i && compare_entity(&g[i - 1], &g[i]) == 0 ? g[i - 1].first : g[i].place;
    qsort(g, sheet->facts, sizeof *g, by_place);
    return g;
}

/* The metrics of one group; of two facts with one metric the first counts. Returns its end. */
static size_t write_group(struct mkt_json *w, const struct grouped *g, size_t from, size_t n)
{
    size_t end = from;
    while (end < n && g[end].first == g[from].first) end++;
    mkt_json_open(w, '{');
    for (size_t i = from; i < end; i++) {
        bool again = false;
        for (size_t j = from; j < i && !again; j++)
            again = strcmp(g[j].fact->metric, g[i].fact->metric) == 0;
        if (!again) mkt_json_member_number(w, g[i].fact->metric, g[i].fact->value);
    }
    mkt_json_close(w, '}');
    return end;
}

static void write_scope(struct mkt_json *w, const char *name, const char *scope,
                        const struct grouped *g, size_t n)
{
    mkt_json_key(w, name);
    mkt_json_open(w, '{');
    for (size_t i = 0; i < n;) {
        if (strcmp(g[i].fact->scope, scope) != 0) {
            i++;
            continue;
        }
        mkt_json_key(w, g[i].fact->entity ? g[i].fact->entity : "");
        i = write_group(w, g, i, n);
    }
    mkt_json_close(w, '}');
}

static void write_total(struct mkt_json *w, const struct grouped *g, size_t n)
{
    mkt_json_key(w, "total");
    for (size_t i = 0; i < n; i++)
        if (strcmp(g[i].fact->scope, "total") == 0) {
            write_group(w, g, i, n);
            return;
        }
    mkt_json_open(w, '{');
    mkt_json_close(w, '}');
}

/* Scopes beyond the three of every answer, in the order of their first fact. */
static void write_other_scopes(struct mkt_json *w, struct mkt_arena *arena, const struct grouped *g,
                               size_t n)
{
    const char *known[16] = {"total", "channel", "campaign", "segment"};
    size_t knowns = 4;
    for (size_t i = 0; i < n && knowns < 16; i++) {
        bool seen = false;
        for (size_t k = 0; k < knowns && !seen; k++) seen = strcmp(known[k], g[i].fact->scope) == 0;
        if (seen) continue;
        known[knowns++] = g[i].fact->scope;
        char *name = mkt_arena_printf(arena, "by_%s", g[i].fact->scope);
        if (!name)
            w->out->failed = true;
        else
            write_scope(w, name, g[i].fact->scope, g, n);
    }
}

mkt_status mkt_answer_metrics_write(struct mkt_json *w, const struct mkt_sheet *sheet,
                                    struct mkt_err *err)
{
    size_t n = sheet->facts;
    struct mkt_arena *arena = w->out->arena;
    const struct grouped *g = group(arena, sheet);
    if (!g) return mkt_arena_full(arena, err);
    mkt_json_key(w, "marketing_metrics");
    mkt_json_open(w, '{');
    write_total(w, g, n);
    write_scope(w, "by_channel", "channel", g, n);
    write_scope(w, "by_campaign", "campaign", g, n);
    write_scope(w, "by_segment", "segment", g, n);
    write_other_scopes(w, arena, g, n);
    mkt_json_close(w, '}');
    return MKT_OK;
}
