#include "aggregate/funnels.h"

#include <string.h>

static mkt_status list_steps(struct mkt_arena *arena, const struct mkt_events_view *view,
                             const struct mkt_funnel_plan *plan, struct mkt_funnels_match *out,
                             struct mkt_err *err)
{
    size_t all = plan->steps + plan->exclusions, places = 0;
    for (size_t i = 0; i < all; i++)
        places += i < plan->steps ? plan->step[i].events : plan->exclusion[i - plan->steps].events;
    *out = (struct mkt_funnels_match){.from = MKT_NEW(arena, uint32_t, view->event.count + 2),
                                      .which = MKT_NEW(arena, uint16_t, places + 1)};
    if (!out->from || !out->which) return mkt_arena_full(arena, err);
    for (int fill = 0; fill < 2; fill++) /* count, then place: from[e + 1] moves on to its end */
        for (size_t i = 0; i < all; i++) {
            const struct mkt_funnel_step *s =
                i < plan->steps ? &plan->step[i] : &plan->exclusion[i - plan->steps];
            for (size_t k = 0; k < s->events; k++) {
                uint32_t *at = &out->from[s->event[k] + (fill ? 1 : 2)];
                if (fill) out->which[*at] = (uint16_t)i;
                ++*at;
            }
            if (fill || i + 1 < all) continue;
            for (size_t e = 2; e <= view->event.count + 1; e++) out->from[e] += out->from[e - 1];
        }
    for (size_t e = 0; e < view->event.count; e++)
        if (out->from[e + 1] - out->from[e] > out->overlap)
            out->overlap = out->from[e + 1] - out->from[e];
    return MKT_OK;
}

static bool is_alike(const struct mkt_events_view *view, const struct mkt_funnel_step *a,
                     const struct mkt_funnel_step *b)
{
    if (a->events != b->events || a->conditions != b->conditions) return false;
    if (a->events && memcmp(a->event, b->event, a->events * sizeof *a->event) != 0) return false;
    for (size_t i = 0; i < a->conditions; i++) {
        const struct mkt_funnel_condition *x = &a->condition[i], *y = &b->condition[i];
        if (x->on_value != y->on_value || x->property != y->property) return false;
        if (x->on_value && (x->low != y->low || x->high != y->high || x->inside != y->inside))
            return false;
        if (!x->on_value && memcmp(x->pass, y->pass, view->level[x->property].count + 1) != 0)
            return false;
    }
    return true;
}

static mkt_status make_groups(struct mkt_arena *arena, const struct mkt_events_view *view,
                              const struct mkt_funnel_plan *plan, struct mkt_funnels_match *out,
                              struct mkt_err *err)
{
    out->group = MKT_NEW(arena, uint16_t, plan->steps);
    out->alike = MKT_NEW(arena, uint16_t, plan->steps);
    if (!out->group || !out->alike) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < plan->steps; i++) {
        out->group[i] = (uint16_t)i;
        for (size_t k = i; k-- > 0;) {
            if (!is_alike(view, &plan->step[i], &plan->step[k])) continue;
            out->group[i] = out->group[k];
            out->alike[i] = (uint16_t)(k + 1);
            break;
        }
    }
    return MKT_OK;
}

mkt_status mkt_funnels_match_make(struct mkt_arena *arena, const struct mkt_events_view *view,
                                  const struct mkt_funnel_plan *plan, struct mkt_funnels_match *out,
                                  struct mkt_err *err)
{
    MKT_TRY(list_steps(arena, view, plan, out, err));
    return make_groups(arena, view, plan, out, err);
}

uint16_t mkt_funnels_rank(const struct mkt_funnel_plan *plan, const struct mkt_funnels_match *match,
                          const struct mkt_event *row)
{
    for (uint32_t m = match->from[row->event]; m < match->from[row->event + 1]; m++)
        if (mkt_funnels_is(plan, match->which[m], row)) return match->which[m];
    return UINT16_MAX;
}
