/* Of the headlines that attribution says with a confidence, how many are right?
 *
 *     attribution_confidence [worlds [first]]      400 by default; the number of the first
 *
 * Each world has channels, odds and spend of its own, and 15 to 600 users. The
 * headline compares two models on a channel, what last touch gives a channel with what it seems to cause,
 * or two channels' return by one model. The same models over very many users of that world, and what
 * touches do there to the odds to convert, tell whether it is right. */
#include <math.h>
#include <stdlib.h>

#include "analysis/attribution.h"
#include "attribution_worlds.h"
#include "model/markov.h"

#define RULES 4
#define GROUPS 512
#define MANY 300000
#define DAYS 90
#define BINS 5

static const struct mkt_share_rule rules[RULES] = {{.name = "first", .kind = MKT_SHARE_FIRST},
                                                   {.name = "last", .kind = MKT_SHARE_LAST},
                                                   {.name = "linear", .kind = MKT_SHARE_LINEAR},
                                                   {.name = "shapley", .kind = MKT_SHARE_SET}};

struct bin {
    int headlines, right;
    double said;
};

static struct bin kind[3]; /* models on a channel; what it causes; channels by a model */

/* What is true of a world, for one user. */
struct truth {
    double last[WORLD_CHANNELS], markov[WORLD_CHANNELS];       /* value */
    double last_click[WORLD_CHANNELS], caused[WORLD_CHANNELS]; /* conversions */
};

static mkt_status add_spend(struct mkt_performance *p, const struct mkt_names *channel,
                            const double *spend, struct mkt_err *err)
{
    for (size_t k = 0; k < channel->count; k++)
        for (int day = 0; day < DAYS; day++) {
            struct mkt_performance_row row = {
                .day = day, .name = {channel->name[k], "", ""}, .rows = 1};
            row.sum[MKT_SPEND] = (mkt_micro)(spend[k] / DAYS * MKT_MICRO);
            MKT_TRY(mkt_performance_add(p, &row, err));
        }
    return mkt_performance_finish(p, err);
}

/* Value by last touch and by Markov removal over very many users; a touch adds its effect to the odds,
 * and a journey has one to five. */
static mkt_status know(struct mkt_arena *arena, const struct world *w, struct truth *out,
                       struct mkt_err *err)
{
    struct world_sums many;
    struct mkt_markov_room room;
    struct mkt_markov fitted;
    MKT_TRY(world_make(arena, w, 1, MANY, 1. / MANY, 256, rules, RULES, &many, err));
    double *total = MKT_NEW(arena, double, many.credits.width);
    if (!total) return mkt_arena_full(arena, err);
    mkt_credits_total(&many.credits, total);
    MKT_TRY(mkt_markov_room_init(&room, arena, w->channels, &fitted, err));
    if (!mkt_markov_fit(&room, &many.credits, total, true, &fitted) || !fitted.credit_value)
        return mkt_err_set(err, MKT_E_INTERNAL, "a world has no chain");
    const double *last = mkt_credits_of(&many.credits, total, 1, true);
    const double *click = mkt_credits_of(&many.credits, total, 1, false);
    for (size_t k = 0; k < w->channels; k++) {
        out->last[k] = last[k];
        out->last_click[k] = click[k];
        out->markov[k] = fitted.credit_value[k];
        out->caused[k] =
            w->journeys * w->effect[k] * (w->first[k] + (WORLD_STEPS - 1) / 2. * w->next[k]);
    }
    return MKT_OK;
}

static int kind_of(const struct mkt_finding *f)
{
    if (f->kind == MKT_FINDING_COMPARE) return 2;
    return strstr(f->id, "_seems_caused") != NULL;
}

static bool is_right(const struct mkt_finding *f, const struct truth *t, const double *spend)
{
    int a = atoi(f->subject);
    if (kind_of(f) == 0)
        return strstr(f->id, ".over_") ? t->last[a] > t->markov[a] : t->last[a] < t->markov[a];
    if (kind_of(f) == 1)
        return strstr(f->id, ".more_") ? t->last_click[a] > t->caused[a]
                                       : t->last_click[a] < t->caused[a];
    int b = atoi(f->other);
    return t->markov[a] / spend[a] > t->markov[b] / spend[b];
}

static mkt_status one_world(struct mkt_arena *arena, uint64_t seed, struct bin *bin,
                            struct mkt_err *err)
{
    struct world w;
    struct world_sums sums;
    struct mkt_performance performance;
    struct mkt_sheet sheet;
    struct mkt_random r;
    struct truth truth;
    double spend[WORLD_CHANNELS];
    mkt_random_init(&r, seed, 7);
    world_draw(&w, seed, 3 + mkt_random_below(&r, 6), 1 + (int)mkt_random_below(&r, 2));
    int64_t users = (int64_t)exp(log(15) + log(40) * mkt_random_uniform(&r));
    MKT_TRY(know(arena, &w, &truth, err));
    for (size_t k = 0; k < w.channels; k++) /* so that returns are much alike, as they are */
        spend[k] = truth.markov[k] * (double)users * exp(.15 * mkt_random_normal(&r));
    MKT_TRY(world_make(arena, &w, 2, users, 1, GROUPS, rules, RULES, &sums, err));
    if (sums.paths.total.conversions <= 0) return MKT_OK;
    mkt_performance_init(&performance, arena, 1U << MKT_SPEND, 1U << MKT_CHANNEL);
    MKT_TRY(add_spend(&performance, &sums.paths.channel, spend, err));
    const struct mkt_attribution_input input = {.paths = &sums.paths,
                                                .credits = &sums.credits,
                                                .performance = &performance,
                                                .period = {0, DAYS - 1},
                                                .values = true,
                                                .max_order = 1,
                                                .seed = seed,
                                                .threads = 2};
    mkt_sheet_init(&sheet, arena);
    MKT_TRY(mkt_attribution_fill(&input, &sheet, err));
    const struct mkt_finding *f = mkt_sheet_finding(&sheet, sheet.headline);
    if (!f || !(sheet.confidence >= .5)) return MKT_OK;
    int b = (int)((sheet.confidence - .5) / .5 * BINS);
    if (b == BINS) b--;
    bin[b].headlines++;
    bin[b].said += sheet.confidence;
    bool right = is_right(f, &truth, spend);
    struct bin *k = &kind[kind_of(f)];
    bin[b].right += right;
    k->headlines++;
    k->said += sheet.confidence;
    k->right += right;
    return MKT_OK;
}

int main(int argc, char **argv)
{
    int worlds = argc > 1 ? atoi(argv[1]) : 400, first = argc > 2 ? atoi(argv[2]) : 0;
    struct bin bin[BINS] = {0};
    struct mkt_arena arena;
    struct mkt_err err = {0};
    if (mkt_arena_open(&arena, (size_t)2 << 30, &err) != MKT_OK) return 1;
    for (int i = 0; i < worlds; i++) {
        mkt_arena_reset(&arena, (size_t)1 << 30);
        if (one_world(&arena, 5000 + (uint64_t)(first + i), bin, &err) != MKT_OK) {
            fprintf(stderr, "world %d: %s\n", i, err.text);
            return 1;
        }
    }
    int headlines = 0;
    for (int b = 0; b < BINS; b++) headlines += bin[b].headlines;
    printf("confidence of %d headlines in %d worlds\n", headlines, worlds);
    for (int b = 0; b < BINS; b++) {
        double n = bin[b].headlines, right = bin[b].right / n;
        printf("  said %.3f, right %.3f (+- %.3f), %d headlines\n", bin[b].said / n, right,
               sqrt(right * (1 - right) / n), bin[b].headlines);
    }
    static const char *const name[] = {"one model against another", "what a channel seems to cause",
                                       "one channel against another"};
    for (int k = 0; k < 3; k++)
        printf("  %s: said %.3f, right %.3f, %d headlines\n", name[k],
               kind[k].said / kind[k].headlines, (double)kind[k].right / kind[k].headlines,
               kind[k].headlines);
    mkt_arena_close(&arena);
    return 0;
}
