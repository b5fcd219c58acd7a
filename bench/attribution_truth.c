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
#include "attribution_truth_study.h"
#include "model/exposure_limits.h"

/* The same company, nothing withheld: does the fitted hazard give a figure, and is it nearer? */
static void by_hazard(struct truth_study *s, const char *folder, const struct mkt_company *c,
                      struct mkt_arena *arena)
{
    struct mkt_err err = {0};
    struct mkt_dataset *dataset;
    struct mkt_dataset_journeys j;
    struct mkt_touchpoints_out out;
    struct mkt_incremental fitted;
    struct mkt_company_options options = c->options;
    double distance[2] = {0};
    struct mkt_exposure_limits limits;
    options.holdout = 0;
    truth_open(folder, &options, arena, &dataset, &j, &out);
    if (mkt_incremental_fit(arena, &out.paths, 1, 1, &fitted, &err) != MKT_OK ||
        mkt_exposure_limits_make(arena, &out.paths, &fitted, 1, TRUTH_Z, &limits, &err) != MKT_OK)
        truth_fail(&err);
    double *total = MKT_NEW(arena, double, out.credits.width);
    mkt_credits_total(&out.credits, total);
    const double *credit = mkt_credits_of(&out.credits, total, 0, false);
    for (int k = 0; k < c->channels; k++) {
        double caused, recorded;
        size_t i = truth_place(&out.paths.channel, c->channel[k].name);
        if (i == out.paths.channel.count) continue;
        truth_of(c, k, 1, &caused, &recorded);
        distance[0] += fabs(fitted.conversions[i] - caused);
        distance[1] += fabs(credit[i] - caused);
    }
    s->hazard_given += !limits.repelling;
    s->hazard_nearer += !limits.repelling && distance[0] < distance[1];
    mkt_dataset_close(dataset);
}

int main(int argc, char **argv)
{
    int worlds = argc > 1 ? atoi(argv[1]) : 200;
    char folder[] = "/tmp/mkt-truth-XXXXXX";
    struct truth_study s = {0};
    struct mkt_arena arena;
    struct mkt_err err = {0};
    if (!mkdtemp(folder) || mkt_arena_open(&arena, (size_t)2 << 30, &err) != MKT_OK) return 1;
    for (int w = 0; w < worlds; w++)
        by_hazard(&s, folder, truth_world(&s, folder, w, &arena), &arena);
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
    truth_remove(folder);
    mkt_arena_close(&arena);
    return 0;
}
