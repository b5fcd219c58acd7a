/* Which figures of a sheet a focus asks for, and how they are told. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "narrate/direct_work.h"
#include "narrate/phrase.h"

#define FIGURES 8    /* told of one focus, at most */
#define ORDERED 5    /* of them, where the first are asked for */
#define KEY_BYTES 60 /* of a name in a metric: "rate_add_to_cart" */

/* Whether a fact is of the metric asked for, as fact/focus.h has it. */
static bool is_of(const struct mkt_fact *f, const char *metric)
{
    size_t n = strlen(f->metric), k = strlen(metric);
    if (k > 2 && *metric == '*' && metric[k - 1] == '*') {
        const char *at = strchr(f->metric, metric[1]);
        while (at && strncmp(at, metric + 1, k - 2) != 0) at = strchr(at + 1, metric[1]);
        return at != NULL;
    }
    if (k > 1 && metric[k - 1] == '*') return strncmp(f->metric, metric, k - 1) == 0;
    if (*metric != '*') return strcmp(f->metric, metric) == 0;
    if (metric[1]) return mkt_text_has_suffix(f->metric, metric + 1);
    return strncmp(f->id, f->metric, n) == 0 && f->id[n] == '.';
}

static const struct mkt_fact *fact_of(const struct mkt_sheet *s, const char *scope,
                                      const char *entity, const char *metric)
{
    for (size_t i = 0; i < s->facts; i++) {
        const struct mkt_fact *f = &s->fact[i];
        if (!is_of(f, metric)) continue;
        if (!entity ? strcmp(f->scope, "total") == 0 && !f->entity
                    : f->entity && strcmp(f->scope, scope) == 0 &&
                          mkt_text_equal_nocase(f->entity, entity))
            return f;
    }
    return NULL;
}

struct figures {
    const struct mkt_fact *fact[FIGURES];
    size_t n;
    size_t left; /* that did not fit */
};

static void add(struct figures *g, const struct mkt_fact *fact)
{
    if (!fact) return;
    if (g->n < FIGURES)
        g->fact[g->n++] = fact;
    else
        g->left++;
}

/* The metric, and its change where one was asked for. */
static void add_metric(const struct mkt_direct_work *r, struct figures *g, const char *scope,
                       const char *entity, const char *metric)
{
    char name[96];
    const struct mkt_sheet *s = &r->answer->sheet;
    const struct mkt_fact *first = fact_of(s, scope, entity, metric);
    add(g, first);
    for (size_t i = first ? (size_t)(first - s->fact) + 1 : s->facts; i < s->facts; i++)
        if (mkt_text_has_suffix(metric, "*") && is_of(&s->fact[i], metric) && s->fact[i].entity &&
            entity && strcmp(s->fact[i].scope, scope) == 0 &&
            mkt_text_equal_nocase(s->fact[i].entity, entity))
            add(g, &s->fact[i]);
    if (!r->focus->against) return;
    snprintf(name, sizeof name, "%s_vs_%s", metric, r->focus->against);
    add(g, fact_of(s, scope, entity, name));
}

/* Where an entity has none of the metrics asked for: its first figures. */
static void add_first(const struct mkt_direct_work *r, struct figures *g, const char *scope,
                      const char *entity)
{
    const struct mkt_sheet *s = &r->answer->sheet;
    for (size_t i = 0, n = 0; i < s->facts && n < 3; i++) {
        const struct mkt_fact *f = &s->fact[i];
        if (strcmp(f->scope, scope) != 0 || !f->entity || !mkt_text_equal_nocase(f->entity, entity))
            continue;
        add(g, f);
        n++;
    }
}

/* "*_p" of no variant in particular: that of each, for the metric that comes first. */
static void add_measured(const struct mkt_direct_work *r, struct figures *g, const char *metric)
{
    const struct mkt_sheet *s = &r->answer->sheet;
    const char *first = NULL;
    for (size_t i = 0; *metric == '*' && i < s->facts; i++) {
        const struct mkt_fact *f = &s->fact[i];
        if (strcmp(f->scope, "variant") != 0 || !is_of(f, metric)) continue;
        if (!first) first = f->metric;
        if (strcmp(first, f->metric) == 0) add(g, f);
    }
}

/* Whether a list such as "email, search, video and 2 more is not told" names it, from `list` on. */
static bool lists(const char *list, const char *name)
{
    static const char *const before[] = {"without ", ", ", " and "};
    static const char *const after[] = {" is not told", ", ", " and "};
    const char *end = strstr(list, after[0]);
    for (const char *at = list; end && (at = strstr(at, name)) && at < end; at++) {
        bool begins = false, ends = false;
        for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
            size_t n = strlen(before[i]);
            begins = begins || ((size_t)(at - list) >= n && memcmp(at - n, before[i], n) == 0);
            ends = ends || mkt_text_has_prefix(at + strlen(name), after[i]);
        }
        if (begins && ends) return true;
    }
    return false;
}

/* The caveat that says why this very channel has no figure, or NULL. */
static const char *why_untold(const struct mkt_sheet *s, const char *channel)
{
    for (size_t i = 0; i < s->caveats; i++)
        if (mkt_text_has_prefix(s->caveat[i].id, "exposure_") && lists(s->caveat[i].text, channel))
            return s->caveat[i].text;
    return NULL;
}

/* What channels cause is not told by every data set: why, and what would tell it. */
static void tell_no_cause(struct mkt_direct_work *r)
{
    static const char *const why[] = {"selection", "exposure_untold", "observational"};
    const struct mkt_sheet *s = &r->answer->sheet;
    struct mkt_buf *out = &r->t.out;
    const char *own = r->focus->entities ? why_untold(s, r->focus->entity[0].name) : NULL;
    mkt_teller_space(&r->t);
    if (own) {
        mkt_buf_char(out, (char)toupper((unsigned char)*own));
        mkt_buf_str(out, own + 1);
        mkt_buf_char(out, '.');
        return;
    }
    mkt_buf_str(out, "What would not have come without ");
    if (r->focus->entities)
        mkt_phrase_name(out, r->focus->entity[0].name);
    else
        mkt_buf_str(out, "a channel");
    mkt_buf_str(out, " is not told by these data");
    for (size_t k = 0; k < sizeof why / sizeof *why; k++)
        for (size_t i = 0; i < s->caveats; i++) {
            if (strcmp(s->caveat[i].id, why[k]) != 0) continue;
            mkt_buf_str(out, ": ");
            mkt_buf_str(out, s->caveat[i].text);
            mkt_buf_str(out, ".");
            return;
        }
    mkt_buf_str(out, ".");
}

static bool asks_cause(const struct mkt_focus *f)
{
    for (size_t m = 0; m < f->metrics; m++)
        if (!mkt_text_has_prefix(f->metric[m], "incremental_")) return false;
    return f->metrics > 0;
}

/* The entity that has the figure next in the sheet; NULL for none. */
static const char *next_of(const struct mkt_sheet *s, const struct mkt_focus_entity *e,
                           const char *metric)
{
    size_t i = 0;
    while (i < s->facts && !(s->fact[i].entity && strcmp(s->fact[i].scope, e->scope) == 0 &&
                             mkt_text_equal_nocase(s->fact[i].entity, e->name)))
        i++;
    for (; i < s->facts; i++) {
        const struct mkt_fact *f = &s->fact[i];
        if (f->entity && strcmp(f->scope, e->scope) == 0 && is_of(f, metric) &&
            !mkt_text_equal_nocase(f->entity, e->name))
            return f->entity;
    }
    return NULL;
}

/* Nothing comes after it: what is told leads to it. */
static void tell_last(struct mkt_direct_work *r, const struct mkt_focus_entity *e)
{
    mkt_teller_space(&r->t);
    mkt_buf_str(&r->t.out, "Nothing comes after ");
    mkt_phrase_name(&r->t.out, e->name);
    mkt_buf_printf(&r->t.out, ", the last %s; what is known is the way to it.", e->scope);
}

/* "rate_*" is of segments: where a step is asked about, that step's rate alone. */
static const char *metric_of(const struct mkt_direct_work *r, const char *scope, const char *metric,
                             const char *step)
{
    size_t n = strlen(metric);
    if (!step || strcmp(scope, "segment") != 0 || n < 2 || metric[n - 1] != '*') return metric;
    const char *key = mkt_text_slug(r->answer->sheet.arena, step, KEY_BYTES);
    const char *own =
        key ? mkt_arena_printf(r->answer->sheet.arena, "%.*s%s", (int)n - 1, metric, key) : NULL;
    return own ? own : metric;
}

/* Keeps those at one end; of equal ones the first of the sheet. */
static void add_ordered(struct figures *g, const struct mkt_fact *fact, bool most)
{
    size_t at = g->n;
    while (at > 0 &&
           (most ? fact->value > g->fact[at - 1]->value : fact->value < g->fact[at - 1]->value))
        at--;
    if (g->n == ORDERED) g->left++;
    if (at == ORDERED) return;
    if (g->n < ORDERED) g->n++;
    for (size_t k = g->n - 1; k > at; k--) g->fact[k] = g->fact[k - 1];
    g->fact[at] = fact;
}

/* Each of the scope; with a step, that step's rates. */
static void add_scope(const struct mkt_direct_work *r, struct figures *g, const char *step)
{
    const struct mkt_sheet *s = &r->answer->sheet;
    const char *scope = r->focus->scope;
    mkt_focus_order order = r->focus->order;
    for (size_t m = 0; m < r->focus->metrics && (order ? g->n == 0 : m < 2); m++) {
        const char *metric = metric_of(r, scope, r->focus->metric[m], step);
        for (size_t i = 0; i < s->facts; i++) {
            if (strcmp(s->fact[i].scope, scope) != 0 || !is_of(&s->fact[i], metric)) continue;
            if (order)
                add_ordered(g, &s->fact[i], order == MKT_ORDER_MOST);
            else
                add(g, &s->fact[i]);
        }
    }
}

/* Returns the step that is asked about, or NULL. */
static const char *add_entities(struct mkt_direct_work *r, struct figures *g, bool after_verdict)
{
    const struct mkt_focus *f = r->focus;
    const char *step = NULL;
    for (size_t i = 0; i < f->entities; i++) {
        const struct mkt_focus_entity *e = &f->entity[i];
        if (mkt_direct_work_by_segment(f) && strcmp(e->scope, "variant") == 0)
            continue; /* their parts */
        size_t before = g->n + g->left;
        const char *next =
            e->next && f->metrics ? next_of(&r->answer->sheet, e, f->metric[0]) : NULL;
        const char *name = next ? next : e->name;
        if (e->next && !next && f->metrics) tell_last(r, e);
        if (strcmp(e->scope, "step") == 0) step = name;
        for (size_t m = 0; m < f->metrics; m++)
            if (strcmp(e->scope, "step") != 0 || strcmp(f->metric[m], "rate_*") != 0)
                add_metric(r, g, e->scope, name, metric_of(r, e->scope, f->metric[m], step));
        if (g->n + g->left == before && !after_verdict && !f->metrics && !f->kinds)
            add_first(r, g, e->scope, e->name);
    }
    return step;
}

void mkt_direct_work_figures(struct mkt_direct_work *r, bool after_verdict)
{
    struct figures g = {0};
    char text[64];
    const struct mkt_focus *f = r->focus;
    const char *step = add_entities(r, &g, after_verdict);
    bool each =
        f->entities == 0 || step ||
        (mkt_direct_work_by_segment(f) && g.n == 0 && strcmp(f->entity[0].scope, "variant") == 0);
    if (f->scope && each) add_scope(r, &g, step);
    if (g.n == 0)
        for (size_t m = 0; m < f->metrics; m++) {
            if (*f->metric[m] == '*' && !mkt_direct_work_by_segment(f))
                add_measured(r, &g, f->metric[m]);
            else if (!f->entities)
                add_metric(r, &g, "total", NULL, f->metric[m]);
        }
    if (g.n == 0 && asks_cause(f)) {
        tell_no_cause(r);
        return;
    }
    for (size_t i = 0; i < g.n; i++) mkt_direct_work_cite(r, g.fact[i]->id);
    if (g.n && r->answer->sheet.subject) {
        mkt_phrase_name(&r->t.out, r->answer->sheet.subject);
        mkt_teller_text(&r->t, ":");
    }
    mkt_teller_figures(&r->t, g.fact, g.n, true);
    if (g.n && strcmp(f->metric[0], "incremental_roas") == 0 &&
        !mkt_text_has_suffix(g.fact[0]->metric, "_roas"))
        mkt_teller_sentence(&r->t, "No spend is set against these conversions, so what they return "
                                   "per unit of money is not known");
    if (g.left) {
        snprintf(text, sizeof text, "%s more %s in the tables", MKT_COUNT(g.left),
                 g.left == 1 ? "stands" : "stand");
        mkt_teller_sentence(&r->t, text);
    }
}
