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

#define NO_STEP UINT16_MAX

/* The step that a row counts as: of those it could be, the one with the fewest in the window. */
static uint16_t choose_step(const struct mkt_funnels_walker *w, const struct mkt_event *row,
                            bool *excluded)
{
    uint16_t found = NO_STEP;
    *excluded = false;
    for (uint32_t m = w->match->from[row->event]; m < w->match->from[row->event + 1]; m++) {
        uint16_t which = w->match->which[m];
        if (!mkt_funnels_is(w->plan, which, row)) continue;
        if (which >= w->plan->steps)
            *excluded = true;
        else if (found == NO_STEP || w->in_window[which] < w->in_window[found])
            found = which;
    }
    return found;
}

/* Steps from `reached` on that are in the window, too. */
static size_t go_on(const struct mkt_funnels_walker *w, size_t reached, size_t *have)
{
    while (*have > reached && reached < w->plan->steps) {
        reached++;
        *have = reached;
        if (reached < w->plan->steps) *have += w->in_window[reached] > 0;
    }
    return reached;
}

/* `have` counts the steps among the first reached + 1 that are in the window low..at: once it is
 * all of them, one more step is reached. Each row enters and leaves the window once. */
static void walk_any(struct walk *k, size_t rows)
{
    struct mkt_funnels_walker *w = k->w;
    size_t low = 0, reached = 0, have = 0, best_low = 0, best_at = 0;
    int64_t first = -1; /* with first_only: the time of the first entry */
    memset(w->in_window, 0, w->plan->steps * sizeof *w->in_window);
    for (size_t at = 0; at < rows; at++) {
        bool excluded;
        for (; low < at && k->row[at].time - k->row[low].time > w->plan->window; low++) {
            if (w->given[low] == NO_STEP || --w->in_window[w->given[low]]) continue;
            have -= w->given[low] <= reached;
        }
        w->given[at] = choose_step(w, &k->row[at], &excluded);
        for (; excluded && low < at; low++) {
            if (w->given[low] == NO_STEP || --w->in_window[w->given[low]]) continue;
            have -= w->given[low] <= reached;
        }
        if (w->given[at] == NO_STEP) continue;
        if (k->first_only && first < 0 && w->given[at] == 0) first = k->row[at].time;
        if (k->first_only && first >= 0 && k->row[at].time - first > w->plan->window) break;
        if (!w->in_window[w->given[at]]++) have += w->given[at] <= reached;
        size_t next = go_on(w, reached, &have);
        if (next == reached) continue;
        reached = next;
        best_low = low;
        best_at = at;
        if (reached == w->plan->steps) break;
    }
    struct mkt_funnels_attempt *a = &w->attempt;
    a->nodes = reached;
    for (size_t i = best_low; reached && i <= best_at; i++)
        if (w->given[i] < reached) { /* the last of each step is the one that counts */
            a->row[w->given[i]] = (uint32_t)i;
            a->step[w->given[i]] = w->given[i];
        }
    if (!reached) return;
    a->start = k->row[best_at].time;
    for (size_t s = 0; s < reached; s++)
        if (k->row[a->row[s]].time < a->start) a->start = k->row[a->row[s]].time;
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
