#include "aggregate/funnels.h"

#include <string.h>

static bool passes(const struct mkt_funnel_condition *c, const struct mkt_event *row)
{
    if (!c->on_value) return c->pass[row->property[c->property]];
    return row->valued && (row->value >= c->low && row->value <= c->high) == c->inside;
}

bool mkt_funnels_is(const struct mkt_funnel_plan *plan, size_t which, const struct mkt_event *row)
{
    const struct mkt_funnel_step *s =
        which < plan->steps ? &plan->step[which] : &plan->exclusion[which - plan->steps];
    for (size_t i = 0; i < s->conditions; i++)
        if (!passes(&s->condition[i], row)) return false;
    return true;
}

/* ---- ordered and strict --------------------------------------------------------------------- */

struct walk {
    struct mkt_funnels_walker *w;
    const struct mkt_event *row;
    uint32_t at;      /* row looked at */
    uint32_t cleared; /* attempts that reached a step before this row are over */
    bool entered, first_only;
    uint32_t best; /* node that is furthest */
    int best_step;
};

/* Whether an attempt waits at step p for this row. */
static bool waits(const struct walk *k, size_t p)
{
    const struct mkt_funnels_state *s = &k->w->state[p];
    const struct mkt_funnel_plan *plan = k->w->plan;
    if (s->walk != k->w->walk || s->row < k->cleared || s->row >= k->at) return false;
    if (plan->order == MKT_FUNNEL_STRICT && s->row + 1 != k->at) return false;
    return k->row[k->at].time - s->start <= plan->window;
}

static void reach(struct walk *k, size_t step, int64_t start, uint32_t before)
{
    struct mkt_funnels_walker *w = k->w;
    uint32_t node = (uint32_t)w->nodes++;
    w->node[node] = (struct mkt_funnels_node){k->at, before, (uint32_t)step};
    w->state[step] = (struct mkt_funnels_state){w->walk, start, k->at, node};
    if ((int)step <= k->best_step) return;
    k->best_step = (int)step;
    k->best = node;
}

/* The attempt that goes on with this row at step i: of those that wait, the one that opened last;
 * of these the one that is furthest. MKT_FUNNELS_NONE for none. */
static size_t find_before(const struct walk *k, size_t i)
{
    size_t found = MKT_FUNNELS_NONE;
    for (size_t p = i; p-- > 0;) {
        if (waits(k, p) &&
            (found == MKT_FUNNELS_NONE || k->w->state[p].start > k->w->state[found].start))
            found = p;
        if (!k->w->plan->step[p].optional) break;
    }
    return found;
}

static void look_at_step(struct walk *k, size_t i)
{
    struct mkt_funnels_walker *w = k->w;
    if (i == 0) {
        if (k->first_only && k->entered) return;
        k->entered = true;
        reach(k, 0, k->row[k->at].time, MKT_FUNNELS_NONE);
        return;
    }
    size_t p = find_before(k, i);
    if (p == MKT_FUNNELS_NONE) return;
    const struct mkt_funnels_state *s = &w->state[i];
    bool there = s->walk == w->walk && s->row >= k->cleared && w->plan->order != MKT_FUNNEL_STRICT;
    if (there && s->start >= w->state[p].start) return; /* one as good got there before */
    reach(k, i, w->state[p].start, w->state[p].node);
}

static void walk_ordered(struct walk *k, size_t rows)
{
    struct mkt_funnels_walker *w = k->w;
    const struct mkt_funnel_plan *plan = w->plan;
    for (k->at = 0; k->at < rows; k->at++) {
        const struct mkt_event *row = &k->row[k->at];
        uint32_t from = w->match->from[row->event], to = w->match->from[row->event + 1];
        for (uint32_t m = to; m-- > from;) {
            size_t which = w->match->which[m];
            if (!mkt_funnels_is(plan, which, row)) continue;
            if (which >= plan->steps)
                k->cleared = k->at; /* and so before any step it may be itself */
            else
                look_at_step(k, which);
        }
        if (k->best_step + 1 == (int)plan->steps) return;
    }
}

static void take_path(struct walk *k)
{
    struct mkt_funnels_attempt *a = &k->w->attempt;
    a->nodes = 0;
    if (k->best_step < 0) return;
    for (uint32_t n = k->best; n != MKT_FUNNELS_NONE; n = k->w->node[n].before) a->nodes++;
    size_t to = a->nodes;
    for (uint32_t n = k->best; n != MKT_FUNNELS_NONE; n = k->w->node[n].before) {
        a->row[--to] = k->w->node[n].row;
        a->step[to] = (uint16_t)k->w->node[n].step;
    }
    a->start = k->row[a->row[0]].time;
}

/* ---- any order ------------------------------------------------------------------------------ */

#define NO_GROUP UINT16_MAX

/* The group of steps that a row counts as: of those it could be, the one with the fewest rows in the
 * window. Steps that are alike are one group, which needs as many rows as it has steps. */
static uint16_t choose_group(const struct mkt_funnels_walker *w, const struct mkt_event *row,
                             bool *excluded)
{
    uint16_t found = NO_GROUP;
    *excluded = false;
    for (uint32_t m = w->match->from[row->event]; m < w->match->from[row->event + 1]; m++) {
        uint16_t which = w->match->which[m];
        if (!mkt_funnels_is(w->plan, which, row)) continue;
        if (which >= w->plan->steps) {
            *excluded = true;
            continue;
        }
        uint16_t group = w->match->group[which];
        if (found == NO_GROUP || w->in_window[group] < w->in_window[found]) found = group;
    }
    return found;
}

/* The rows within the window, and how many groups lack rows for one step more than is reached. */
struct window {
    size_t low, reached, unmet;
};

static void want_next(struct mkt_funnels_walker *w, struct window *x)
{
    uint16_t group = w->match->group[x->reached];
    x->unmet += w->in_window[group] == w->needed[group]++;
}

static void take_in(struct mkt_funnels_walker *w, struct window *x, uint16_t group)
{
    x->unmet -= ++w->in_window[group] == w->needed[group];
    while (!x->unmet && x->reached < w->plan->steps)
        if (++x->reached < w->plan->steps) want_next(w, x);
}

static void let_go(struct mkt_funnels_walker *w, struct window *x)
{
    uint16_t group = w->given[x->low++];
    if (group != NO_GROUP) x->unmet += w->in_window[group]-- == w->needed[group];
}

/* The last rows of the window that are enough for the steps reached. */
static void take_window(struct walk *k, size_t reached, size_t low, size_t at)
{
    struct mkt_funnels_walker *w = k->w;
    struct mkt_funnels_attempt *a = &w->attempt;
    a->nodes = reached;
    if (!reached) return;
    memset(w->needed, 0, w->plan->steps * sizeof *w->needed); /* 1 + the last step to be given */
    for (size_t s = 0; s < reached; s++) {
        a->step[s] = (uint16_t)s;
        w->needed[w->match->group[s]] = (uint32_t)s + 1;
    }
    for (size_t i = at + 1; i-- > low;) {
        uint16_t group = w->given[i];
        if (group == NO_GROUP || !w->needed[group]) continue;
        size_t step = w->needed[group] - 1;
        a->row[step] = (uint32_t)i;
        a->start = k->row[i].time;
        w->needed[group] = w->match->alike[step];
    }
}

/* Each row enters and leaves the window once. */
static void walk_any(struct walk *k, size_t rows)
{
    struct mkt_funnels_walker *w = k->w;
    struct window x = {0};
    size_t best = 0, best_low = 0, best_at = 0;
    int64_t first = -1; /* with first_only: the time of the first entry */
    memset(w->in_window, 0, w->plan->steps * sizeof *w->in_window);
    memset(w->needed, 0, w->plan->steps * sizeof *w->needed);
    want_next(w, &x);
    for (size_t at = 0; at < rows && best < w->plan->steps; at++) {
        bool excluded;
        int64_t time = k->row[at].time;
        while (x.low < at && time - k->row[x.low].time > w->plan->window) let_go(w, &x);
        w->given[at] = choose_group(w, &k->row[at], &excluded);
        while (excluded && x.low < at) let_go(w, &x);
        if (w->given[at] == NO_GROUP) continue;
        if (k->first_only && first < 0 && w->given[at] == w->match->group[0]) first = time;
        if (k->first_only && first >= 0 && time - first > w->plan->window) break;
        take_in(w, &x, w->given[at]);
        if (x.reached == best) continue;
        best = x.reached;
        best_low = x.low;
        best_at = at;
    }
    take_window(k, best, best_low, best_at);
}

void mkt_funnels_walk(struct mkt_funnels_walker *w, const struct mkt_event *row, size_t rows,
                      bool first_only)
{
    struct walk k = {
        .w = w, .row = row, .first_only = first_only, .best = MKT_FUNNELS_NONE, .best_step = -1};
    w->walk++;
    w->nodes = 0;
    if (w->plan->order == MKT_FUNNEL_ANY) {
        walk_any(&k, rows);
        return;
    }
    walk_ordered(&k, rows);
    take_path(&k);
}
