/* Is what the incremental model says true?
 *
 *     attribution_truth [worlds]      200 by default
 *
 * Simulated companies of two years, whose channels reach people who would have bought anyway, as
 * real ones do. One person in ten is kept from each channel's ads at random. In each world the
 * conversions that the channels caused are known; credit by last click and by the incremental
 * model are held against them (sum over channels of the distances), and the model's 95 % intervals
 * against what the touches that were recorded caused.
 *
 * The same worlds without holdouts tell how often the fitted hazard withholds its figure. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/holdout.h"
#include "model/incremental.h"
#include "simulate/company_files.h"
#include "simulate/company_truth.h"
#include "simulate/people.h"
#include "source/dataset.h"

#define DAY INT64_C(86400)
#define HOLDOUT .1
#define Z 1.959963984540054

static const char *const files[] = {"performance.csv", "touchpoints.csv", "orders.csv",
                                    "customers.csv",   "README.md",       "truth.json"};
static const struct mkt_share_rule last = {.name = "last", .kind = MKT_SHARE_LAST};
static const struct mkt_journey_rules rules = {.lookback = 30 * DAY, .session = 1800};

struct study {
    int worlds, nearer, nearer_of_20, given, held[2]; /* intervals, those that held */
    double distance[2];                               /* of the model and of last click */
    int hazard_given, hazard_nearer;
};

static void fail(const struct mkt_err *err)
{
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static const char *path_of(const char *folder, const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* Conversions of measured people that channel k caused, and that its recorded touches caused. */
static void truth_of(const struct mkt_company *c, int k, double share, double *caused,
                     double *recorded)
{
    struct mkt_company_return r;
    mkt_company_truth_return(c, k, c->period, &r);
    *caused = MKT_PEOPLE_CONSENT * share * r.caused;
    *recorded = *caused * c->channel[k].own;
}

static size_t place_of(const struct mkt_names *names, const char *name)
{
    size_t i = 0;
    while (i < names->count && strcmp(names->name[i], name) != 0) i++;
    return i;
}

static void open_world(const char *folder, const struct mkt_company_options *options,
                       struct mkt_arena *arena, struct mkt_dataset **dataset,
                       struct mkt_dataset_journeys *journeys, struct mkt_touchpoints_out *out)
{
    struct mkt_err err = {0};
    struct mkt_dataset_options read = {.threads = 1, .today = 40000};
    if (mkt_company_files_write(folder, options, NULL, NULL, &err) != MKT_OK ||
        mkt_dataset_open(path_of(folder, "touchpoints.csv"), &read, dataset, &err) != MKT_OK ||
        mkt_dataset_journeys(*dataset, journeys, &err) != MKT_OK ||
        mkt_touchpoints_finish(arena, journeys->part, journeys->parts, &rules, &last, 1, 256, false,
                               1, out, &err) != MKT_OK)
        fail(&err);
}

static void by_holdout(struct study *s, const char *folder, const struct mkt_company *c,
                       struct mkt_arena *arena)
{
    struct mkt_err err = {0};
    struct mkt_dataset *dataset;
    struct mkt_dataset_journeys j;
    struct mkt_touchpoints_out out;
    struct mkt_holdout_arms arms;
    double distance[2] = {0};
    open_world(folder, &c->options, arena, &dataset, &j, &out);
    if (mkt_holdout_arms_count(arena, j.part, j.parts, &rules, &arms, &err) != MKT_OK) fail(&err);
    double *total = MKT_NEW(arena, double, out.credits.width);
    mkt_credits_total(&out.credits, total);
    const double *credit = mkt_credits_of(&out.credits, total, 0, false);
    for (int k = 0; k < c->channels; k++) {
        double caused, recorded;
        size_t i = place_of(&arms.channel, c->channel[k].name);
        if (i == arms.channel.count) continue;
        struct mkt_holdout_effect e = mkt_holdout_fit(&arms.arms[i], HOLDOUT, Z);
        if (e.state != MKT_HOLDOUT_GIVEN) continue;
        truth_of(c, k, 1 - HOLDOUT, &caused, &recorded);
        distance[0] += fabs(e.conversions - caused);
        distance[1] += fabs(credit[i] - caused);
        s->given++;
        s->held[0] += e.conversions_within.low <= recorded;
        s->held[1] += recorded <= e.conversions_within.high;
    }
    s->worlds++;
    s->nearer += distance[0] < distance[1];
    s->nearer_of_20 += s->worlds <= 20 && distance[0] < distance[1];
    for (int m = 0; m < 2; m++) s->distance[m] += distance[m];
    mkt_dataset_close(dataset);
}

/* The same company, nothing withheld: does the fitted hazard give a figure, and is it nearer? */
static void by_hazard(struct study *s, const char *folder, const struct mkt_company *c,
                      struct mkt_arena *arena)
{
    struct mkt_err err = {0};
    struct mkt_dataset *dataset;
    struct mkt_dataset_journeys j;
    struct mkt_touchpoints_out out;
    struct mkt_incremental fitted;
    struct mkt_company_options options = c->options;
    double distance[2] = {0};
    bool repelling = false;
    options.holdout = 0;
    open_world(folder, &options, arena, &dataset, &j, &out);
    if (mkt_incremental_fit(arena, &out.paths, 1, 1, &fitted, &err) != MKT_OK) fail(&err);
    double *total = MKT_NEW(arena, double, out.credits.width);
    mkt_credits_total(&out.credits, total);
    const double *credit = mkt_credits_of(&out.credits, total, 0, false);
    for (size_t i = 0; i < out.paths.channel.count; i++)
        repelling |= fitted.conversions[i] + 3 * fitted.spread[i] < 0;
    for (int k = 0; k < c->channels; k++) {
        double caused, recorded;
        size_t i = place_of(&out.paths.channel, c->channel[k].name);
        if (i == out.paths.channel.count) continue;
        truth_of(c, k, 1, &caused, &recorded);
        distance[0] += fabs(fitted.conversions[i] - caused);
        distance[1] += fabs(credit[i] - caused);
    }
    s->hazard_given += !repelling;
    s->hazard_nearer += !repelling && distance[0] < distance[1];
    mkt_dataset_close(dataset);
}

int main(int argc, char **argv)
{
    int worlds = argc > 1 ? atoi(argv[1]) : 200;
    char folder[] = "/tmp/mkt-truth-XXXXXX";
    struct study s = {0};
    struct mkt_arena arena;
    struct mkt_err err = {0};
    if (!mkdtemp(folder) || mkt_arena_open(&arena, (size_t)2 << 30, &err) != MKT_OK) return 1;
    for (int w = 0; w < worlds; w++) {
        struct mkt_company_options options;
        struct mkt_company *company;
        mkt_company_options_init(&options, 1000 + (uint64_t)w);
        options.holdout = HOLDOUT;
        mkt_arena_reset(&arena, (size_t)1 << 30);
        if (mkt_company_make(&arena, &options, &company, &err) != MKT_OK) fail(&err);
        by_holdout(&s, folder, company, &arena);
        by_hazard(&s, folder, company, &arena);
    }
    printf("%d worlds: incremental nearer to the truth than last click in %d, in %d of the first "
           "%d\n  mean distance %.0f conversions, last click %.0f\n",
           s.worlds, s.nearer, s.nearer_of_20, worlds < 20 ? worlds : 20, s.distance[0] / worlds,
           s.distance[1] / worlds);
    printf("  95 %% intervals of %d channels: %.1f %% hold the truth (below in %.1f %%, above in "
           "%.1f %%)\n",
           s.given, 100. * (s.held[0] + s.held[1] - s.given) / s.given,
           100 - 100. * s.held[0] / s.given, 100 - 100. * s.held[1] / s.given);
    printf("without holdouts the fitted hazard gives a figure in %d, nearer in %d of these\n",
           s.hazard_given, s.hazard_nearer);
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) unlink(path_of(folder, files[f]));
    rmdir(folder);
    mkt_arena_close(&arena);
    return 0;
}
