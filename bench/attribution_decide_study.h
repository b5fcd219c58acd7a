/* Worlds in which people decide at each touch, or once when the journey ends, and what each channel
 * caused is known exactly: is what conversion given exposure says of a channel true either way?
 *
 * A journey has touches of channels drawn at random, two in five of which do nothing. What a channel
 * caused is the expected number of conversions lost when it loses its effect and all else, the touches in
 * store among it, stays as it is.
 *
 * Shared by bench/attribution_decide.c (many worlds) and tests/model/attribution_decide_test.c. */
#ifndef MKT_BENCH_ATTRIBUTION_DECIDE_STUDY_H
#define MKT_BENCH_ATTRIBUTION_DECIDE_STUDY_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate/paths.h"
#include "model/exposure_limits.h"
#include "num/random.h"

#define DECIDE_CHANNELS 7
#define DECIDE_TOUCHES 12
#define DECIDE_Z 1.959963984540054

/* How people decide, and what else sets them apart. */
enum decide_kind {
    DECIDE_TOUCH,        /* at each touch; they leave whenever they leave */
    DECIDE_TOUCH_LATER,  /* the same, and later touches convert more, or less */
    DECIDE_TOUCH_CLOSER, /* the same as the first, and one channel comes mostly last */
    DECIDE_TOUCH_FADES,  /* the same as the first, and effects fade with the touches that follow */
    DECIDE_END,          /* once, by the channels of the journey; as many touches for anyone */
    DECIDE_END_LEAVES,   /* the same, and after each touch as many leave */
    DECIDE_END_LONGER,   /* the same, and who does not convert goes on for a while */
    DECIDE_END_SHORTER,  /* the same, and who likes to buy has more touches */
    DECIDE_END_OFTEN,    /* the same, and each touch of a channel works again */
    DECIDE_END_CLOSER,   /* the same, and one channel comes mostly last */
    DECIDE_END_FADES,    /* the same, and effects fade with the touches that follow */
    DECIDE_KINDS
};

static const char *const decide_name[DECIDE_KINDS] = {
    "each touch",        "each touch, trend",   "each touch, closer", "each touch, fading",
    "at the end",        "at the end, leaving", "at the end, longer", "at the end, shorter",
    "at the end, often", "at the end, closer",  "at the end, fading"};

struct decide_world {
    enum decide_kind kind;
    size_t channels, touches; /* the latter at most */
    int64_t people;
    double stay, base, trend, fade;
    double effect[DECIDE_CHANNELS], weight[DECIDE_CHANNELS];
    size_t closer;
};

/* The two ways to read the journeys, each alone. */
enum { DECIDE_AT_TOUCH, DECIDE_AT_END };

struct decide_tally {
    int worlds, idle, working;        /* channels that do nothing, and that do something */
    int idle_shown, idle_above;       /* those that have a figure, and one clear of nothing */
    int working_shown, working_clear; /* the same */
    int shown, held;                  /* of all channels, and intervals that hold the truth */
    int told, fits[2];                /* with one way alone: figures, and intervals that hold */
    int idle_told, above[2];          /* idle channels of these, and those clear of nothing */
    double far_model, far_last;       /* distance from the truth, and that of last click */
};

static inline void decide_draw(struct decide_world *w, enum decide_kind kind, uint64_t seed)
{
    struct mkt_random r;
    mkt_random_init(&r, seed, 70 + (uint64_t)kind);
    *w = (struct decide_world){.kind = kind};
    w->channels = 3 + mkt_random_below(&r, DECIDE_CHANNELS - 2);
    w->touches = 3 + mkt_random_below(&r, DECIDE_TOUCHES - 2);
    w->people =
        (getenv("BIG") ? 10 : 1) * (int64_t)exp(log(3000) + log(15) * mkt_random_uniform(&r));
    w->stay = .4 + .45 * mkt_random_uniform(&r);
    w->base = -4.5 + 2.5 * mkt_random_uniform(&r);
    w->trend = -.3 + .6 * mkt_random_uniform(&r);
    w->fade = .5 + .4 * mkt_random_uniform(&r);
    w->closer = mkt_random_below(&r, (uint32_t)w->channels);
    for (size_t k = 0; k < w->channels; k++) {
        bool works = mkt_random_uniform(&r) < .6;
        w->effect[k] = works ? .2 + 1.3 * mkt_random_uniform(&r) : 0;
        w->weight[k] = .2 + mkt_random_gamma(&r, 2);
    }
}

static inline bool decide_at_end(const struct decide_world *w)
{
    return w->kind >= DECIDE_END;
}

/* The chance to convert by the first `steps` touches, at the last of them or at the end. */
static inline double decide_chance(const struct decide_world *w, const uint32_t *step, size_t steps,
                                   double like, size_t removed)
{
    bool fades = w->kind == DECIDE_TOUCH_FADES || w->kind == DECIDE_END_FADES;
    double pull[DECIDE_CHANNELS] = {0}, x = w->base + like;
    if (w->kind == DECIDE_TOUCH_LATER) x += w->trend * (double)(steps - 1);
    for (size_t t = 0; t < steps; t++) {
        if (fades)
            for (size_t k = 0; k < w->channels; k++) pull[k] *= w->fade;
        if (step[t] == removed) continue;
        double *p = &pull[step[t]], e = w->effect[step[t]];
        *p = w->kind == DECIDE_END_OFTEN ? *p + e * .6 : e;
    }
    for (size_t k = 0; k < w->channels; k++) x += pull[k];
    return 1 / (1 + exp(-x));
}

static inline double decide_converts(const struct decide_world *w, const uint32_t *step,
                                     size_t steps, double like, size_t removed)
{
    if (decide_at_end(w)) return decide_chance(w, step, steps, like, removed);
    double stays = 1;
    for (size_t t = 1; t <= steps; t++) stays *= 1 - decide_chance(w, step, t, like, removed);
    return 1 - stays;
}

static inline uint32_t decide_pick(const struct decide_world *w, struct mkt_random *r)
{
    double sum = 0;
    for (size_t k = 0; k < w->channels; k++) sum += w->weight[k];
    double u = mkt_random_uniform(r) * sum;
    uint32_t k = 0;
    while (k + 1 < w->channels && (u -= w->weight[k]) >= 0) k++;
    return k;
}

static inline size_t decide_steps(const struct decide_world *w, struct mkt_random *r, bool likes)
{
    size_t n = 1;
    if (w->kind == DECIDE_END_SHORTER && likes) n = 3;
    if (w->kind == DECIDE_END || w->kind == DECIDE_END_FADES || w->kind == DECIDE_END_OFTEN)
        return n + mkt_random_below(r, (uint32_t)w->touches);
    while (n < DECIDE_TOUCHES && mkt_random_uniform(r) < w->stay) n++;
    return n;
}

static inline mkt_status decide_person(const struct decide_world *w, struct mkt_random *r,
                                       struct mkt_paths *paths, double *caused, double *last,
                                       struct mkt_err *err)
{
    uint32_t step[3 * DECIDE_TOUCHES];
    bool closers = w->kind == DECIDE_TOUCH_CLOSER || w->kind == DECIDE_END_CLOSER;
    bool likes = mkt_random_uniform(r) < .3;
    double like = w->kind == DECIDE_END_SHORTER && likes ? 1.5 : 0;
    size_t steps = decide_steps(w, r, likes), end = steps;
    for (size_t t = 0; t < steps; t++) step[t] = decide_pick(w, r);
    if (closers && mkt_random_uniform(r) < .5) step[steps - 1] = (uint32_t)w->closer;
    double with = decide_converts(w, step, steps, like, DECIDE_CHANNELS);
    for (size_t k = 0; k < w->channels; k++)
        caused[k] += with - decide_converts(w, step, steps, like, k);
    bool converts = false;
    if (decide_at_end(w)) {
        converts = mkt_random_uniform(r) < with;
    } else {
        for (end = 0; end < steps && !converts; end++)
            converts =
                mkt_random_uniform(r) < decide_chance(w, step, end + 1, like, DECIDE_CHANNELS);
    }
    if (w->kind == DECIDE_END_LONGER && !converts)
        for (size_t more = 1 + mkt_random_below(r, 5); more > 0; more--)
            step[end++] = decide_pick(w, r);
    if (converts) last[step[end - 1]]++;
    struct mkt_path_counts counts = {.conversions = converts, .nulls = !converts};
    return mkt_paths_add(paths, step, end, &counts, err);
}

static inline void decide_judge(struct decide_tally *s, const struct decide_world *w,
                                const struct mkt_incremental *fit,
                                const struct mkt_exposure_limits *limits, const double *caused,
                                const double *last)
{
    s->worlds++;
    for (size_t k = 0; k < w->channels; k++) {
        bool idle = w->effect[k] == 0;
        s->idle += idle;
        s->working += !idle;
        s->far_model += fabs(fit->conversions[k] - caused[k]);
        s->far_last += fabs(last[k] - caused[k]);
        if (limits->repelling || limits->told[k] < MKT_EXPOSURE_TOLD) continue;
        s->told++;
        s->idle_told += idle;
        for (int m = 0; m < 2; m++) {
            double x = m ? fit->at_end.conversions[k] : fit->conversions[k];
            double far = DECIDE_Z * (m ? fit->at_end.spread[k] : fit->spread[k]);
            s->above[m] += idle && x > far;
            s->fits[m] += fabs(x - caused[k]) <= far;
        }
        if (limits->state[k] != MKT_EXPOSURE_GIVEN) continue;
        bool held = limits->low[k] <= caused[k] && caused[k] <= limits->high[k];
        s->shown++;
        s->held += held;
        if (idle) {
            s->idle_shown++;
            s->idle_above += limits->low[k] > 0;
        } else {
            s->working_shown++;
            s->working_clear += limits->low[k] > 0;
        }
    }
}

/* One more world. */
static inline void decide_add(struct decide_tally *s, enum decide_kind kind, uint64_t seed,
                              struct mkt_arena *arena)
{
    struct decide_world w;
    struct mkt_paths paths;
    struct mkt_incremental fit;
    struct mkt_exposure_limits limits;
    struct mkt_random r;
    struct mkt_err err = {0};
    double caused[DECIDE_CHANNELS] = {0}, last[DECIDE_CHANNELS] = {0};
    size_t mark = mkt_arena_mark(arena);
    mkt_status status = MKT_OK;
    decide_draw(&w, kind, seed);
    mkt_random_init(&r, seed, 90 + (uint64_t)kind);
    mkt_paths_init(&paths, arena);
    for (size_t k = 0; k < w.channels && status == MKT_OK; k++) {
        char name = (char)('a' + k);
        uint32_t code;
        status = mkt_names_code(&paths.channel, &name, 1, &code, &err);
    }
    for (int64_t i = 0; i < w.people && status == MKT_OK; i++)
        status = decide_person(&w, &r, &paths, caused, last, &err);
    if (status == MKT_OK) status = mkt_paths_finish(&paths, &err);
    if (status == MKT_OK) status = mkt_incremental_fit(arena, &paths, 1, 1, &fit, &err);
    if (status == MKT_OK)
        status = mkt_exposure_limits_make(arena, &paths, &fit, 1, DECIDE_Z, &limits, &err);
    if (status != MKT_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    decide_judge(s, &w, &fit, &limits, caused, last);
    mkt_arena_release(arena, mark);
}

#endif
