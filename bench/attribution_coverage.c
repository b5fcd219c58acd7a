/* How often the 95 % intervals of credit hold the truth, over 400 simulated worlds.
 *
 * Users come by chance and take two journeys each that begin with the same
 * channel, so the journeys of a user hang together. The truth is what very many
 * users bring, scaled. */
#include <stdio.h>
#include <string.h>

#include "aggregate/names.h"
#include "model/credit_draws.h"
#include "num/random.h"

#define CHANNELS 4
#define RULES 6
#define GROUPS 512
#define WORLDS 400
#define USERS 1500
#define MANY 1000000

static const struct mkt_share_rule rules[RULES] = {
    {.name = "first", .kind = MKT_SHARE_FIRST},
    {.name = "last", .kind = MKT_SHARE_LAST},
    {.name = "linear", .kind = MKT_SHARE_LINEAR},
    {.name = "position", .kind = MKT_SHARE_POSITION, .first = .4, .last = .4},
    {.name = "w_shape", .kind = MKT_SHARE_W, .first = .3, .last = .3},
    {.name = "shapley", .kind = MKT_SHARE_SET}};

static void draw_journey(struct mkt_random *r, uint32_t first, struct mkt_credits *credits,
                         size_t group, double weight, struct mkt_credits_scratch *scratch)
{
    uint32_t step[4] = {first};
    size_t steps = 1 + mkt_random_below(r, 4);
    double odds = .15 + .1 * (first == 2);
    for (size_t s = 1; s < steps; s++) {
        step[s] = mkt_random_below(r, CHANNELS);
        odds += step[s] == 3 ? .2 : .03;
    }
    bool converts = mkt_random_uniform(r) < odds;
    double value = mkt_random_gamma(r, 2) * 20;
    mkt_credits_add(credits, group, step, NULL, steps, converts ? weight : 0,
                    converts ? weight * value : 0, converts ? 0 : weight, scratch);
}

static mkt_status make_world(struct mkt_arena *arena, uint64_t seed, int64_t users, double weight,
                             struct mkt_credits *out, struct mkt_err *err)
{
    struct mkt_credits_scratch scratch;
    struct mkt_random r;
    MKT_TRY(mkt_credits_init(out, arena, CHANNELS, GROUPS, true, rules, RULES, err));
    MKT_TRY(mkt_credits_scratch_init(&scratch, arena, CHANNELS, 8, err));
    mkt_random_init(&r, seed, 1);
    if (weight == 1) users = mkt_random_poisson(&r, (double)users);
    for (int64_t u = 0; u < users; u++) {
        size_t group = mkt_names_mix(seed << 32 ^ (uint64_t)u) % GROUPS;
        uint32_t first = mkt_random_uniform(&r) < .4 ? 0 : 1 + mkt_random_below(&r, 3);
        for (int j = 0; j < 2; j++) draw_journey(&r, first, out, group, weight, &scratch);
    }
    return MKT_OK;
}

static mkt_status study(struct mkt_arena *arena, struct mkt_err *err)
{
    struct mkt_credits credits;
    struct mkt_credit_draws truth, draws;
    float scratch[2000];
    int covered[RULES + 2][2] = {{0}};
    MKT_TRY(make_world(arena, 99999, MANY, (double)USERS / MANY, &credits, err));
    MKT_TRY(mkt_credit_draws_make(arena, &credits, 100, 1, 2, &truth, err));
    for (uint64_t w = 0; w < WORLDS; w++) {
        size_t mark = mkt_arena_mark(arena);
        MKT_TRY(make_world(arena, w, USERS, 1, &credits, err));
        MKT_TRY(mkt_credit_draws_make(arena, &credits, 2000, w, 2, &draws, err));
        for (size_t m = 0; m < RULES + 2; m++)
            for (int value = 0; value < 2; value++)
                for (size_t k = 0; k < CHANNELS; k++) {
                    size_t f = mkt_credit_draws_place(&credits, m, value, k);
                    double low, high;
                    mkt_credit_draws_interval(&draws, f, .95, scratch, &low, &high);
                    covered[m][value] += low <= truth.point[f] && truth.point[f] <= high;
                }
        mkt_arena_release(arena, mark);
    }
    for (size_t m = 0; m < RULES + 2; m++)
        printf("%-18s conversions %.1f %%   value %.1f %%\n",
               m < RULES    ? rules[m].name
               : m == RULES ? "markov"
                            : "markov_converting",
               100. * covered[m][0] / (WORLDS * CHANNELS),
               100. * covered[m][1] / (WORLDS * CHANNELS));
    return MKT_OK;
}

int main(void)
{
    struct mkt_arena arena;
    struct mkt_err err = {0};
    printf("coverage of 95 %% intervals, %d worlds of %d users, %d channels\n", WORLDS, USERS,
           CHANNELS);
    if (mkt_arena_open(&arena, (size_t)1 << 30, &err) != MKT_OK || study(&arena, &err) != MKT_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    mkt_arena_close(&arena);
    return 0;
}
