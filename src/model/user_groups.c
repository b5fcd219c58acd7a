#include "model/user_groups.h"

#include <string.h>

#include "num/random.h"

#define FEW 64 /* journeys that are dealt one by one */

/* How many of `journeys` fall to each group. */
static void deal(struct mkt_random *r, int64_t journeys, int64_t *out, size_t groups)
{
    memset(out, 0, groups * sizeof *out);
    if (journeys <= 4 * (int64_t)groups) {
        for (; journeys > 0; journeys--) out[mkt_random_below(r, (uint32_t)groups)]++;
        return;
    }
    for (size_t g = 0; g < groups; g++) {
        out[g] = mkt_random_binomial(r, journeys, 1 / (double)(groups - g));
        journeys -= out[g];
    }
}

/* Deals the journeys of one path that ended one way; `value` of each. */
static void deal_path(struct mkt_credits *credits, struct mkt_random *r, const uint32_t *step,
                      size_t steps, int64_t journeys, bool converted, double value, int64_t *dealt,
                      struct mkt_credits_scratch *scratch)
{
    size_t groups = credits->groups;
    bool few = journeys <= FEW;
    if (!few) deal(r, journeys, dealt, groups);
    for (int64_t i = 0; i < (few ? journeys : (int64_t)groups); i++) {
        size_t g = few ? mkt_random_below(r, (uint32_t)groups) : (size_t)i;
        double n = few ? 1 : (double)dealt[i];
        if (n > 0)
            mkt_credits_add(credits, g, step, NULL, steps, converted ? n : 0, value * n,
                            converted ? 0 : n, scratch);
    }
}

mkt_status mkt_user_groups_deal(struct mkt_arena *arena, const struct mkt_paths *paths,
                                uint64_t seed, struct mkt_credits *credits, struct mkt_err *err)
{
    size_t mark = mkt_arena_mark(arena), longest = 1;
    for (size_t k = 0; k < paths->paths; k++)
        if (paths->path[k].steps > longest) longest = paths->path[k].steps;
    struct mkt_credits_scratch scratch;
    int64_t *dealt = MKT_NEW(arena, int64_t, credits->groups);
    mkt_status status = mkt_credits_scratch_init(&scratch, arena, credits->channels, longest, err);
    if (status != MKT_OK || !dealt) {
        mkt_arena_release(arena, mark);
        return mkt_arena_full(arena, err);
    }
    for (size_t k = 0; k < paths->paths; k++) {
        const struct mkt_path *path = &paths->path[k];
        const struct mkt_path_counts *n = &path->counts;
        const uint32_t *step = mkt_paths_steps(paths, path);
        struct mkt_random r;
        mkt_random_init(&r, seed, path->hash);
        double value = (double)n->value / MKT_MICRO;
        if (n->conversions)
            deal_path(credits, &r, step, path->steps, n->conversions, true,
                      value / (double)n->conversions, dealt, &scratch);
        if (n->nulls)
            deal_path(credits, &r, step, path->steps, n->nulls, false, 0, dealt, &scratch);
    }
    mkt_arena_release(arena, mark);
    return MKT_OK;
}
