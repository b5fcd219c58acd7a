/* Worlds in which touches do something, or nothing, and what each caused is known exactly: is the
 * incremental model, fitted on exposure alone, nearer to it than last click?
 *
 * A person takes touches until they convert or leave. Which channel comes next depends on the time
 * of the journey and on whether anything was met before: late channels come last whatever they do,
 * and some do nothing at all. Each touch is a moment to convert, with odds that the channels met so
 * far multiply. That is what the model assumes, as long as `pull` is 1: nothing unseen makes people
 * both meet a channel and buy. With pull above 1 one person in three has a trait that the data do
 * not show, which multiplies by `pull` both the odds to convert and the chance to come next of some
 * channels.
 *
 * What a channel caused is the expected number of conversions lost when it leaves its moments as
 * they are and loses its effect, over the touches that were in store for each person.
 *
 * Shared by bench/attribution_exposure.c (many worlds) and tests/model/attribution_exposure_test.c. */
#ifndef MKT_BENCH_ATTRIBUTION_EXPOSURE_STUDY_H
#define MKT_BENCH_ATTRIBUTION_EXPOSURE_STUDY_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate/paths.h"
#include "model/exposure_limits.h"
#include "num/random.h"

#define EXPOSURE_CHANNELS 8 /* at most */
#define EXPOSURE_TOUCHES 12 /* in store for one person, at most */
#define EXPOSURE_Z 1.959963984540054
#define EXPOSURE_TRAIT .3333333333333333

struct exposure_world {
    size_t channels;
    int64_t people;
    double stay;                      /* chance of one more touch */
    double base;                      /* log odds to convert where nothing was met */
    double effect[EXPOSURE_CHANNELS]; /* on the log odds, once met; 0 for two channels in five */
    double weight[EXPOSURE_CHANNELS]; /* how often it comes */
    double late[EXPOSURE_CHANNELS];   /* how much likelier with each touch before; < 0: earlier */
    bool again[EXPOSURE_CHANNELS];    /* comes only to people who were there before */
    bool pulled[EXPOSURE_CHANNELS];   /* finds people with the trait */
    double pull;                      /* 1: the trait does nothing */
};

/* What one world tells, and what is true in it. */
struct exposure_result {
    struct mkt_paths paths;
    double caused[EXPOSURE_CHANNELS], last[EXPOSURE_CHANNELS];
    struct mkt_incremental fit;
    struct mkt_exposure_limits limits;
    double far_model, far_last; /* distances from the truth, added up over channels */
};

/* What many worlds tell. */
struct exposure_study {
    int worlds, nearer, given, given_nearer; /* given: the model does not withhold its figures */
    double far[2];                           /* of the model and of last click, added up */
    int figures, held, held_bound; /* of the worlds where they are given: 95 % intervals */
    int claims, right; /* that last click gives more, or less, than a channel causes, 95 % sure */
    int idle, idle_above; /* channels that do nothing; those whose interval is above nothing */
};

static inline void exposure_draw(struct exposure_world *w, uint64_t seed, double pull)
{
    struct mkt_random r;
    mkt_random_init(&r, seed, 7);
    memset(w, 0, sizeof *w);
    w->channels = 3 + mkt_random_below(&r, EXPOSURE_CHANNELS - 2);
    w->people = (int64_t)exp(log(4000) + log(10) * mkt_random_uniform(&r)); /* to 40,000 */
    w->stay = .4 + .4 * mkt_random_uniform(&r);
    w->base = -4.5 + 2.5 * mkt_random_uniform(&r);
    w->pull = pull;
    for (size_t k = 0; k < w->channels; k++) {
        bool works = mkt_random_uniform(&r) < .6;
        w->effect[k] = works ? .2 + 1.3 * mkt_random_uniform(&r) : 0;
        w->weight[k] = .2 + mkt_random_gamma(&r, 2);
        w->late[k] = -.4 + .8 * mkt_random_uniform(&r);
        w->again[k] = k > 0 && mkt_random_uniform(&r) < .2;
        w->pulled[k] = mkt_random_uniform(&r) < .5;
    }
}

static inline uint32_t exposure_next(const struct exposure_world *w, struct mkt_random *r,
                                     size_t before, bool trait)
{
    double share[EXPOSURE_CHANNELS], sum = 0;
    for (size_t k = 0; k < w->channels; k++) {
        bool can = before > 0 || !w->again[k];
        share[k] = can ? w->weight[k] * exp(w->late[k] * (double)before) : 0;
        if (trait && w->pulled[k]) share[k] *= w->pull;
        sum += share[k];
    }
    double u = mkt_random_uniform(r) * sum;
    uint32_t k = 0;
    while (k + 1 < w->channels && (u -= share[k]) >= 0) k++;
    return k;
}

/* Chance to convert at the touch, with the effect of channel `removed` taken away. */
static inline double exposure_chance(const struct exposure_world *w, const bool *met, bool trait,
                                     size_t removed)
{
    double x = w->base + (trait ? log(w->pull) : 0);
    for (size_t k = 0; k < w->channels; k++) x += met[k] && k != removed ? w->effect[k] : 0;
    return 1 / (1 + exp(-x));
}

static inline double exposure_converts(const struct exposure_world *w, const uint32_t *step,
                                       size_t steps, bool trait, size_t removed)
{
    bool met[EXPOSURE_CHANNELS] = {0};
    double stays = 1;
    for (size_t t = 0; t < steps; t++) {
        met[step[t]] = true;
        stays *= 1 - exposure_chance(w, met, trait, removed);
    }
    return 1 - stays;
}

static inline mkt_status exposure_person(const struct exposure_world *w, struct mkt_random *r,
                                         struct exposure_result *out, struct mkt_err *err)
{
    uint32_t step[EXPOSURE_TOUCHES];
    bool met[EXPOSURE_CHANNELS] = {0}, converts = false;
    bool trait = mkt_random_uniform(r) < EXPOSURE_TRAIT;
    size_t steps = 0, end = 0;
    do {
        step[steps] = exposure_next(w, r, steps, trait);
        steps++;
    } while (steps < EXPOSURE_TOUCHES && mkt_random_uniform(r) < w->stay);
    double with = exposure_converts(w, step, steps, trait, EXPOSURE_CHANNELS);
    for (size_t k = 0; k < w->channels; k++)
        out->caused[k] += with - exposure_converts(w, step, steps, trait, k);
    while (end < steps && !converts) {
        met[step[end++]] = true;
        converts = mkt_random_uniform(r) < exposure_chance(w, met, trait, EXPOSURE_CHANNELS);
    }
    if (converts) out->last[step[end - 1]]++;
    struct mkt_path_counts counts = {.conversions = converts, .nulls = !converts};
    return mkt_paths_add(&out->paths, step, end, &counts, err);
}

/* The people of a world, and the model fitted to what they did. */
static inline mkt_status exposure_make(struct mkt_arena *arena, const struct exposure_world *w,
                                       uint64_t chance, struct exposure_result *out,
                                       struct mkt_err *err)
{
    struct mkt_random r;
    mkt_random_init(&r, chance, 8);
    memset(out, 0, sizeof *out);
    mkt_paths_init(&out->paths, arena);
    for (size_t k = 0; k < w->channels; k++) {
        char name = (char)('a' + k);
        uint32_t code;
        MKT_TRY(mkt_names_code(&out->paths.channel, &name, 1, &code, err));
    }
    for (int64_t i = 0; i < w->people; i++) MKT_TRY(exposure_person(w, &r, out, err));
    MKT_TRY(mkt_paths_finish(&out->paths, err));
    MKT_TRY(mkt_incremental_fit(arena, &out->paths, 1, 1, &out->fit, err));
    MKT_TRY(
        mkt_exposure_limits_make(arena, &out->paths, &out->fit, 1, EXPOSURE_Z, &out->limits, err));
    for (size_t k = 0; k < w->channels; k++) {
        out->far_model += fabs(out->fit.conversions[k] - out->caused[k]);
        out->far_last += fabs(out->last[k] - out->caused[k]);
    }
    return MKT_OK;
}

/* The conversions lost when the ratio of chances is `factor` times what it seems. */
static inline double exposure_moved(double expected, double lost, double factor)
{
    return expected - (expected - lost) * factor;
}

static inline void exposure_judge(struct exposure_study *s, const struct exposure_world *w,
                                  const struct exposure_result *x)
{
    double bound = mkt_exposure_limits_bound(w->pull);
    for (size_t k = 0; k < w->channels; k++) {
        if (x->limits.state[k] != MKT_EXPOSURE_GIVEN) continue;
        double lost = x->fit.conversions[k], low = x->limits.low[k], high = x->limits.high[k];
        double all = 0; /* who converted after they met it */
        for (size_t i = 0; i < x->paths.paths; i++) {
            const struct mkt_path *path = &x->paths.path[i];
            const uint32_t *step = mkt_paths_steps(&x->paths, path);
            for (size_t t = 0; t < path->steps; t++)
                if (step[t] == k) {
                    all += (double)path->counts.conversions;
                    break;
                }
        }
        s->figures++;
        s->held += low <= x->caused[k] && x->caused[k] <= high;
        s->held_bound += exposure_moved(all, low, bound) <= x->caused[k] &&
                         x->caused[k] <= exposure_moved(all, high, 1 / bound);
        double doubt = x->limits.anyway[k] * (mkt_exposure_limits_bound(MKT_EXPOSURE_PULL) - 1);
        double own = fabs((x->last[k] > lost ? high : low) - lost);
        double spread = hypot(hypot(own, doubt) / EXPOSURE_Z, sqrt(x->last[k]));
        if (fabs(x->last[k] - lost) > 1.645 * spread) {
            s->claims++;
            s->right += (x->last[k] > lost) == (x->last[k] > x->caused[k]);
        }
        s->idle += w->effect[k] == 0;
        s->idle_above += w->effect[k] == 0 && low > 0;
    }
}

/* One more world. */
static inline void exposure_add(struct exposure_study *s, uint64_t seed, double pull,
                                struct mkt_arena *arena)
{
    struct exposure_world w;
    struct exposure_result x;
    struct mkt_err err = {0};
    size_t mark = mkt_arena_mark(arena);
    exposure_draw(&w, seed, pull);
    if (exposure_make(arena, &w, seed, &x, &err) != MKT_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    bool nearer = x.far_model < x.far_last, given = x.limits.repelling == 0;
    s->worlds++;
    s->nearer += nearer;
    s->given += given;
    s->given_nearer += given && nearer;
    s->far[0] += x.far_model;
    s->far[1] += x.far_last;
    if (given) exposure_judge(s, &w, &x);
    mkt_arena_release(arena, mark);
}

#endif
