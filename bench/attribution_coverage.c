/* How often the 95 % intervals of credit hold the truth, over 400 simulated worlds.
 *
 *     attribution_coverage [worlds]
 *
 * Every rule and both chains, conversions and value, for 4 channels and for 12 campaigns of them;
 * then the chain of two channels' memory and the incremental model, whose intervals take each
 * journey for a user of its own. ROAS and CPA divide credit by spend that is known, so their
 * intervals hold the truth exactly where those of value and conversions do. */
#include <math.h>
#include <stdlib.h>

#include "attribution_worlds.h"
#include "model/contexts.h"
#include "model/credit_draws.h"
#include "model/incremental.h"

#define RULES 10
#define GROUPS 512
#define USERS 1500
#define MANY 1000000
#define Z 1.959963984540054

static const struct mkt_share_rule all_rules[RULES] = {
    {.name = "first", .kind = MKT_SHARE_FIRST},
    {.name = "last", .kind = MKT_SHARE_LAST},
    {.name = "last non-direct", .kind = MKT_SHARE_LAST_OTHER, .direct = 3},
    {.name = "linear", .kind = MKT_SHARE_LINEAR},
    {.name = "position", .kind = MKT_SHARE_POSITION, .first = .4, .last = .4},
    {.name = "time decay", .kind = MKT_SHARE_DECAY, .half_life = 7 * WORLD_DAY},
    {.name = "J shape", .kind = MKT_SHARE_POSITION, .first = .2, .last = .6},
    {.name = "W shape", .kind = MKT_SHARE_W, .first = .3, .last = .3},
    {.name = "last:50,30,20", .kind = MKT_SHARE_CUSTOM, .weight = {50, 30, 20}, .weights = 3},
    {.name = "Shapley", .kind = MKT_SHARE_SET}};

struct tally {
    int held, all;
};

static void count(struct tally *t, double low, double truth, double high)
{
    t->held += low <= truth && truth <= high;
    t->all++;
}

static double percent(struct tally t)
{
    return 100. * t.held / t.all;
}

/* Credit that is drawn, of `units` channels or campaigns. */
static mkt_status drawn(struct mkt_arena *arena, size_t units, int worlds, struct mkt_err *err)
{
    struct world w;
    struct world_sums sums;
    struct mkt_credit_draws truth, draws;
    struct tally t[RULES + 2][2] = {0};
    size_t mark = mkt_arena_mark(arena);
    world_draw(&w, 4242, units, 2);
    MKT_TRY(
        world_make(arena, &w, 1, MANY, (double)USERS / MANY, GROUPS, all_rules, RULES, &sums, err));
    MKT_TRY(mkt_credit_draws_make(arena, &sums.credits, 100, .95, 1, 2, &truth, err));
    for (int i = 0; i < worlds; i++) {
        size_t inner = mkt_arena_mark(arena);
        MKT_TRY(
            world_make(arena, &w, (uint64_t)i + 2, USERS, 1, GROUPS, all_rules, RULES, &sums, err));
        MKT_TRY(
            mkt_credit_draws_make(arena, &sums.credits, 2000, .95, (uint64_t)i, 2, &draws, err));
        for (size_t m = 0; m < RULES + 2; m++)
            for (int value = 0; value < 2; value++)
                for (size_t k = 0; k < units; k++) {
                    size_t f = mkt_credit_draws_place(&sums.credits, m, value, k);
                    count(&t[m][value], draws.low[f], truth.point[f], draws.high[f]);
                }
        mkt_arena_release(arena, inner);
    }
    printf("%zu %s\n", units, units > 4 ? "campaigns" : "channels");
    for (size_t m = 0; m < RULES + 2; m++)
        printf("  %-28s conversions %.1f %%   value %.1f %%\n",
               m < RULES    ? all_rules[m].name
               : m == RULES ? "Markov"
                            : "Markov, converting only",
               percent(t[m][0]), percent(t[m][1]));
    mkt_arena_release(arena, mark);
    return MKT_OK;
}

static mkt_status fit(struct mkt_arena *arena, const struct mkt_paths *paths,
                      struct mkt_contexts_credit *memory, struct mkt_incremental *incremental,
                      struct mkt_err *err)
{
    struct mkt_contexts contexts;
    struct mkt_sorted_steps steps;
    MKT_TRY(mkt_sorted_steps_make(arena, paths, 2, true, 2, &steps, err));
    mkt_status status = mkt_contexts_build(arena, &steps, 2, 2, &contexts, err);
    mkt_sorted_steps_close(&steps);
    MKT_TRY(status);
    MKT_TRY(mkt_contexts_fit(arena, &contexts, 2, memory, err));
    return mkt_incremental_fit(arena, paths, 1e-6, 2, incremental, err);
}

/* Models with an interval from the jackknife; one journey a user. */
static mkt_status fitted(struct mkt_arena *arena, size_t units, int worlds, struct mkt_err *err)
{
    struct world w;
    struct world_sums sums;
    struct mkt_contexts_credit memory_truth, memory;
    struct mkt_incremental incremental_truth, incremental;
    struct tally t[2] = {0};
    double scale = (double)USERS / MANY;
    size_t mark = mkt_arena_mark(arena);
    world_draw(&w, 4242, units, 1);
    MKT_TRY(world_make(arena, &w, 1, MANY, scale, 256, all_rules, 1, &sums, err));
    MKT_TRY(fit(arena, &sums.paths, &memory_truth, &incremental_truth, err));
    for (int i = 0; i < worlds; i++) {
        size_t inner = mkt_arena_mark(arena);
        MKT_TRY(world_make(arena, &w, (uint64_t)i + 2, USERS, 1, 256, all_rules, 1, &sums, err));
        MKT_TRY(fit(arena, &sums.paths, &memory, &incremental, err));
        for (size_t k = 0; k < units; k++) {
            double a = memory.credit[k], b = incremental.conversions[k];
            count(&t[0], a - Z * memory.spread[k], scale * memory_truth.credit[k],
                  a + Z * memory.spread[k]);
            count(&t[1], b - Z * incremental.spread[k], scale * incremental_truth.conversions[k],
                  b + Z * incremental.spread[k]);
        }
        mkt_arena_release(arena, inner);
    }
    printf("%zu channels, one journey a user\n  %-28s conversions %.1f %%\n  %-28s conversions "
           "%.1f %%\n",
           units, "Markov, memory of two", percent(t[0]), "incremental, fitted hazard",
           percent(t[1]));
    mkt_arena_release(arena, mark);
    return MKT_OK;
}

int main(int argc, char **argv)
{
    struct mkt_arena arena;
    struct mkt_err err = {0};
    int worlds = argc > 1 ? atoi(argv[1]) : 400;
    printf("coverage of 95 %% intervals, %d worlds of %d users\n", worlds, USERS);
    if (mkt_arena_open(&arena, (size_t)2 << 30, &err) != MKT_OK ||
        drawn(&arena, 4, worlds, &err) != MKT_OK || drawn(&arena, 12, worlds, &err) != MKT_OK ||
        fitted(&arena, 4, worlds, &err) != MKT_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    mkt_arena_close(&arena);
    return 0;
}
