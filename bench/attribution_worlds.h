/* Worlds of journeys whose credit is known: shared by the studies of coverage and of confidence.
 *
 * Users come by chance and take journeys that begin with the same channel, so the journeys of a user
 * hang together. Touches come some days apart; each changes the odds to convert by what its channel
 * does. The truth of a model is its credit over very many users, scaled. */
#ifndef MKT_BENCH_ATTRIBUTION_WORLDS_H
#define MKT_BENCH_ATTRIBUTION_WORLDS_H

#include <stdio.h>
#include <string.h>

#include "aggregate/credits.h"
#include "aggregate/names.h"
#include "aggregate/paths.h"
#include "num/random.h"

#define WORLD_CHANNELS 12 /* at most; the last one is direct traffic */
#define WORLD_STEPS 5
#define WORLD_DAY 86400

struct world {
    uint64_t seed;
    size_t channels;
    int journeys;                  /* of a user */
    double first[WORLD_CHANNELS];  /* chance to open a user's journeys, adding up to 1 */
    double next[WORLD_CHANNELS];   /* chance to come later, adding up to 1 */
    double effect[WORLD_CHANNELS]; /* on the odds to convert, beside the base */
    double base;
};

static inline void world_draw(struct world *w, uint64_t seed, size_t channels, int journeys)
{
    struct mkt_random r;
    double sum[2] = {0};
    mkt_random_init(&r, seed, 99);
    *w = (struct world){.seed = seed, .channels = channels, .journeys = journeys};
    for (size_t k = 0; k < channels; k++) {
        sum[0] += w->first[k] = .2 + mkt_random_gamma(&r, 2);
        sum[1] += w->next[k] = .2 + mkt_random_gamma(&r, 2);
        w->effect[k] = .15 * mkt_random_uniform(&r) * mkt_random_uniform(&r);
    }
    for (size_t k = 0; k < channels; k++) {
        w->first[k] /= sum[0];
        w->next[k] /= sum[1];
    }
    w->base = .03 + .1 * mkt_random_uniform(&r);
}

static inline uint32_t world_pick(struct mkt_random *r, const double *share, size_t n)
{
    double u = mkt_random_uniform(r);
    size_t i = 0;
    while (i + 1 < n && (u -= share[i]) >= 0) i++;
    return (uint32_t)i;
}

/* What the users of a world bring. */
struct world_sums {
    struct mkt_credits credits;
    struct mkt_paths paths; /* finished; channels are "0", "1", ... */
};

static inline mkt_status world_journey(const struct world *w, struct mkt_random *r, uint32_t first,
                                       size_t group, double weight, struct world_sums *out,
                                       struct mkt_credits_scratch *scratch, struct mkt_err *err)
{
    uint32_t step[WORLD_STEPS] = {first};
    int64_t age[WORLD_STEPS] = {0};
    size_t steps = 1 + mkt_random_below(r, WORLD_STEPS);
    double odds = w->base + w->effect[first];
    for (size_t s = 1; s < steps; s++) {
        step[s] = world_pick(r, w->next, w->channels);
        odds += w->effect[step[s]];
    }
    for (size_t s = steps - 1; s-- > 0;)
        age[s] = age[s + 1] + (int64_t)(3 * WORLD_DAY * mkt_random_exponential(r));
    bool converts = mkt_random_uniform(r) < odds;
    struct mkt_path_counts one = {.conversions = converts, .nulls = !converts};
    if (converts) one.value = (mkt_micro)(mkt_random_gamma(r, 2) * 20 * MKT_MICRO);
    mkt_credits_add(&out->credits, group, step, age, steps, converts ? weight : 0,
                    converts ? weight * (double)one.value / MKT_MICRO : 0, converts ? 0 : weight,
                    scratch);
    return mkt_paths_add(&out->paths, step, steps, &one, err);
}

/*   users   about so many come; as many as that where weight is not 1
 *   weight  of each: a truth scales many users down to what few bring
 *   chance  another number, other users of the same world */
static inline mkt_status world_make(struct mkt_arena *arena, const struct world *w, uint64_t chance,
                                    int64_t users, double weight, size_t groups,
                                    const struct mkt_share_rule *rule, size_t rules,
                                    struct world_sums *out, struct mkt_err *err)
{
    struct mkt_credits_scratch scratch;
    struct mkt_random r;
    MKT_TRY(mkt_credits_init(&out->credits, arena, w->channels, groups, true, rule, rules, err));
    MKT_TRY(mkt_credits_scratch_init(&scratch, arena, w->channels, WORLD_STEPS, err));
    mkt_paths_init(&out->paths, arena);
    for (size_t k = 0; k < w->channels; k++) {
        char name[8];
        uint32_t code;
        int n = snprintf(name, sizeof name, "%02zu", k);
        MKT_TRY(mkt_names_code(&out->paths.channel, name, (size_t)n, &code, err));
    }
    mkt_random_init(&r, w->seed ^ chance << 20, 1);
    if (weight == 1) users = mkt_random_poisson(&r, (double)users);
    for (int64_t u = 0; u < users; u++) {
        size_t group = mkt_names_mix(chance << 32 ^ (uint64_t)u) % groups;
        uint32_t first = world_pick(&r, w->first, w->channels);
        for (int j = 0; j < w->journeys; j++)
            MKT_TRY(world_journey(w, &r, first, group, weight, out, &scratch, err));
    }
    return mkt_paths_finish(&out->paths, err);
}

#endif
