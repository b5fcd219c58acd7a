/* Without holdouts: is what the incremental model says, fitted on exposure alone, nearer to the truth than
 * last click, and how does that end where an unseen trait makes people both meet channels and buy?
 *
 *     attribution_exposure [worlds]      400 by default
 *
 * The worlds stand in attribution_exposure_study.h. In the first row nothing unseen does both; in each
 * further row the trait makes both likelier by the factor told. `given` are the worlds in which the model
 * does not withhold its figures; of these, how many 95 % intervals hold the truth, and how many do once
 * they are widened by what such a trait can do at most (src/model/exposure_limits.h). */
#include "attribution_exposure_study.h"

int main(int argc, char **argv)
{
    static const double pull[] = {1, 1.25, 1.5, 2, 3, 5, 10};
    int worlds = argc > 1 ? atoi(argv[1]) : 400;
    struct mkt_arena arena;
    struct mkt_err err = {0};
    if (worlds < 1 || mkt_arena_open(&arena, (size_t)1 << 30, &err) != MKT_OK) return 1;
    printf("%d worlds each\n%6s %8s %14s %8s %14s %10s %12s %16s %14s\n", worlds, "trait", "nearer",
           "mean distance", "given", "nearer, given", "intervals", "with bound", "claims right",
           "idle above 0");
    for (size_t p = 0; p < sizeof pull / sizeof *pull; p++) {
        struct exposure_study s = {0};
        for (int w = 0; w < worlds; w++) exposure_add(&s, (uint64_t)w, pull[p], &arena);
        printf("%6g %8d %6.0f / %5.0f %8d %14d %8.1f %% %10.1f %% %7d of %5d %5d of %5d\n", pull[p],
               s.nearer, s.far[0] / worlds, s.far[1] / worlds, s.given, s.given_nearer,
               100. * s.held / s.figures, 100. * s.held_bound / s.figures, s.right, s.claims,
               s.idle_above, s.idle);
    }
    mkt_arena_close(&arena);
    return 0;
}
