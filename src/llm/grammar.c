#include "llm/grammar.h"

#include <string.h>

bool mkt_grammar_class_has(const struct mkt_grammar_class *one, uint32_t c)
{
    return mkt_grammar_class_meets(one, c, c);
}

bool mkt_grammar_class_meets(const struct mkt_grammar_class *one, uint32_t low, uint32_t high)
{
    size_t from = 0, to = one->ranges; /* the first range that ends at or after low */
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (one->range[middle].high < low) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from < one->ranges && one->range[from].low <= high;
}

mkt_status mkt_grammar_add_rule(struct mkt_arena *arena, struct mkt_grammar *g, const char *name,
                                uint32_t *out, struct mkt_err *err)
{
    struct mkt_grammar_rule *rule =
        mkt_arena_push(arena, (void *)&g->rule, &g->rules, &g->rule_cap, sizeof *rule);
    if (!rule) return mkt_arena_full(arena, err);
    *rule = (struct mkt_grammar_rule){.name = name};
    *out = (uint32_t)(g->rules - 1);
    return MKT_OK;
}

mkt_status mkt_grammar_add_choice(struct mkt_arena *arena, struct mkt_grammar *g, uint32_t rule,
                                  struct mkt_grammar_item *first, struct mkt_err *err)
{
    struct mkt_grammar_choice *choice = MKT_NEW(arena, struct mkt_grammar_choice, 1);
    if (!choice) return mkt_arena_full(arena, err);
    choice->first = first;
    if (g->rule[rule].last) {
        g->rule[rule].last->next = choice;
    } else {
        g->rule[rule].choice = choice;
    }
    g->rule[rule].last = choice;
    return MKT_OK;
}

/* ---- what holds for the whole grammar */

static bool nullable_choice(const struct mkt_grammar *g, const struct mkt_grammar_choice *choice)
{
    const struct mkt_grammar_item *i = choice->first;
    while (i && !i->one && g->rule[i->rule].nullable) i = i->next;
    return !i;
}

/* Until nothing changes, last rules first: the rules of a repetition refer backwards. */
static void find_nullable(struct mkt_grammar *g)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t k = 0; k < g->rules; k++) {
            struct mkt_grammar_rule *rule = &g->rule[k];
            for (struct mkt_grammar_choice *c = rule->choice; c && !rule->nullable; c = c->next) {
                rule->nullable = nullable_choice(g, c);
                changed |= rule->nullable;
            }
        }
    }
}

/* One rule on the path of the search for left recursion, and where in it the search is. */
struct step {
    uint32_t rule;
    const struct mkt_grammar_choice *choice;
    const struct mkt_grammar_item *item;
};

/* The next rule that may stand at the very left of the step's rule; false when there is none. */
static bool next_left(const struct mkt_grammar *g, struct step *s, uint32_t *out)
{
    while (s->choice) {
        if (!s->item || s->item->one) {
            s->choice = s->choice->next;
            s->item = s->choice ? s->choice->first : NULL;
            continue;
        }
        *out = s->item->rule;
        s->item = g->rule[*out].nullable ? s->item->next : NULL;
        return true;
    }
    return false;
}

static mkt_status refuse_left_recursion(struct mkt_arena *arena, const struct mkt_grammar *g,
                                        struct mkt_err *err)
{
    enum { NEW, OPEN, DONE };
    struct step *path = MKT_NEW(arena, struct step, g->rules + 1);
    char *mark = MKT_NEW(arena, char, g->rules);
    if (!path || !mark) return mkt_arena_full(arena, err);
    for (uint32_t start = 0; start < g->rules; start++) {
        size_t depth = 0;
        uint32_t next = start;
        if (mark[start] != NEW) continue;
        do {
            if (mark[next] == OPEN) {
                const char *name = g->rule[next].name;
                return mkt_err_set(err, MKT_E_ARG,
                                   "the grammar's rule %s can begin with itself; write it so that "
                                   "something comes first",
                                   *name ? name : "for a repetition");
            }
            if (mark[next] == NEW) {
                const struct mkt_grammar_choice *c = g->rule[next].choice;
                mark[next] = OPEN;
                path[depth++] = (struct step){next, c, c->first};
            }
            while (depth && !next_left(g, &path[depth - 1], &next)) {
                mark[path[--depth].rule] = DONE;
            }
        } while (depth);
    }
    return MKT_OK;
}

mkt_status mkt_grammar_check(struct mkt_arena *arena, struct mkt_grammar *g, struct mkt_err *err)
{
    for (size_t k = 0; k < g->rules; k++) {
        if (!g->rule[k].choice) {
            return mkt_err_set(err, MKT_E_ARG, "the grammar has no rule %s", g->rule[k].name);
        }
    }
    find_nullable(g);
    return refuse_left_recursion(arena, g, err);
}
