/* Do the intervals of the funnel hold the truth as often as they say?
 *
 *     funnel_coverage [worlds [seed]]      1,000 by default
 *
 * Each world is a funnel of four steps with rates, times and values of its own, counted from its
 * events. Every kind of interval at 95 % should hold between 93 and 97 of 100 truths; and where a
 * step is said to be worth most with a probability, it should be so as often. */
#include <stdlib.h>

#include "funnel_study.h"

static int run(const char *title, const struct study_plan *plan)
{
    struct mkt_arena arena;
    struct mkt_err err = {0};
    struct study s = {0};
    if (mkt_arena_open(&arena, (size_t)2 << 30, &err) != MKT_OK ||
        study_run(&arena, plan, &s, &err) != MKT_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    printf("%s: %d worlds\n", title, plan->worlds);
    for (int f = 0; f < STUDY_FIGURES; f++)
        if (s.all[f])
            printf("  %-36s %5.1f %% of %d intervals hold the truth\n", study_figure[f],
                   100.0 * s.held[f] / s.all[f], s.all[f]);
    for (int b = 0; b < STUDY_BINS; b++)
        if (s.heads[b])
            printf("  said to be worth most at %4.1f %%: right in %4.1f %% of %d\n",
                   100 * s.said[b] / s.heads[b], 100.0 * s.right[b] / s.heads[b], s.heads[b]);
    mkt_arena_close(&arena);
    return 0;
}

int main(int argc, char **argv)
{
    int worlds = argc > 1 ? atoi(argv[1]) : 1000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    return run("users, 1,000 a world", &(struct study_plan){worlds, seed, 1000, false}) |
           run("sessions, of 1,000 users a world",
               &(struct study_plan){worlds, seed + 1, 1000, true}) |
           run("users, 150 a world", &(struct study_plan){worlds, seed + 2, 150, false});
}
