/* Worlds in which what channels cause is known, and how near the incremental model comes to it.
 *
 * Shared by bench/attribution_truth.c (many worlds) and tests/model/attribution_truth_test.c (20). */
#ifndef MKT_BENCH_ATTRIBUTION_TRUTH_STUDY_H
#define MKT_BENCH_ATTRIBUTION_TRUTH_STUDY_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/holdout.h"
#include "simulate/company_files.h"
#include "simulate/company_truth.h"
#include "simulate/people.h"
#include "source/dataset.h"

#define TRUTH_HOLDOUT .1
#define TRUTH_Z 1.959963984540054

static const char *const truth_file[] = {"performance.csv", "touchpoints.csv", "orders.csv",
                                         "customers.csv",   "README.md",       "truth.json"};
static const struct mkt_share_rule truth_last = {.name = "last", .kind = MKT_SHARE_LAST};
static const struct mkt_journey_rules truth_rules = {.lookback = 30 * INT64_C(86400),
                                                     .session = 1800};

struct truth_study {
    int worlds, nearer, nearer_of_20, given, held[2]; /* intervals, those that held */
    double distance[2];                               /* of the model and of last click */
    int hazard_given, hazard_nearer;
};

static inline void truth_fail(const struct mkt_err *err)
{
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static inline const char *truth_path(const char *folder, const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* Conversions of measured people that channel k caused, and that its recorded touches caused. */
static inline void truth_of(const struct mkt_company *c, int k, double share, double *caused,
                            double *recorded)
{
    struct mkt_company_return r;
    mkt_company_truth_return(c, k, c->period, &r);
    *caused = MKT_PEOPLE_CONSENT * share * r.caused;
    *recorded = *caused * c->channel[k].own;
}

static inline size_t truth_place(const struct mkt_names *names, const char *name)
{
    size_t i = 0;
    while (i < names->count && strcmp(names->name[i], name) != 0) i++;
    return i;
}

static inline void truth_open(const char *folder, const struct mkt_company_options *options,
                              struct mkt_arena *arena, struct mkt_dataset **dataset,
                              struct mkt_dataset_journeys *journeys,
                              struct mkt_touchpoints_out *out)
{
    struct mkt_err err = {0};
    struct mkt_dataset_options read = {.threads = 1, .today = 40000};
    if (mkt_company_files_write(folder, options, NULL, NULL, &err) != MKT_OK ||
        mkt_dataset_open(truth_path(folder, "touchpoints.csv"), &read, dataset, &err) != MKT_OK ||
        mkt_dataset_journeys(*dataset, journeys, &err) != MKT_OK ||
        mkt_touchpoints_finish(arena, journeys->part, journeys->parts, &truth_rules, &truth_last, 1,
                               256, false, 1, out, &err) != MKT_OK)
        truth_fail(&err);
}

static inline void truth_by_holdout(struct truth_study *s, const char *folder,
                                    const struct mkt_company *c, struct mkt_arena *arena)
{
    struct mkt_err err = {0};
    struct mkt_dataset *dataset;
    struct mkt_dataset_journeys j;
    struct mkt_touchpoints_out out;
    struct mkt_holdout_arms arms;
    double distance[2] = {0};
    truth_open(folder, &c->options, arena, &dataset, &j, &out);
    if (mkt_holdout_arms_count(arena, j.part, j.parts, &truth_rules, &arms, &err) != MKT_OK)
        truth_fail(&err);
    double *total = MKT_NEW(arena, double, out.credits.width);
    mkt_credits_total(&out.credits, total);
    const double *credit = mkt_credits_of(&out.credits, total, 0, false);
    for (int k = 0; k < c->channels; k++) {
        double caused, recorded;
        size_t i = truth_place(&arms.channel, c->channel[k].name);
        if (i == arms.channel.count) continue;
        struct mkt_holdout_effect e = mkt_holdout_fit(&arms.arms[i], TRUTH_HOLDOUT, TRUTH_Z);
        if (e.state != MKT_HOLDOUT_GIVEN) continue;
        truth_of(c, k, 1 - TRUTH_HOLDOUT, &caused, &recorded);
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

/* Draws world number `w` and holds the model against it; `company` is told. */
static inline const struct mkt_company *truth_world(struct truth_study *s, const char *folder,
                                                    int w, struct mkt_arena *arena)
{
    struct mkt_err err = {0};
    struct mkt_company_options options;
    struct mkt_company *company;
    mkt_company_options_init(&options, 1000 + (uint64_t)w);
    options.holdout = TRUTH_HOLDOUT;
    mkt_arena_reset(arena, (size_t)1 << 30);
    if (mkt_company_make(arena, &options, &company, &err) != MKT_OK) truth_fail(&err);
    truth_by_holdout(s, folder, company, arena);
    return company;
}

static inline void truth_remove(const char *folder)
{
    for (size_t f = 0; f < sizeof truth_file / sizeof *truth_file; f++)
        unlink(truth_path(folder, truth_file[f]));
    rmdir(folder);
}

#endif
