/* Coverage of every interval of an experiment, errors under peeking, calibration of the verdict.
 *
 *     build/release/bench/experiment_coverage [experiments [first]]     4,000 from seed 0 unless given
 *
 * No peer: the yardstick is the truth that the experiments were drawn from.
 */
#include <stdio.h>

#include "experiment_study.h"

static struct mkt_err err;
static uint64_t first; /* seed */

static void must(mkt_status status)
{
    if (status == MKT_OK) return;
    fprintf(stderr, "%s\n", err.text);
    exit(1);
}

static struct mkt_arena open_arena(void)
{
    struct mkt_arena arena;
    must(mkt_arena_open(&arena, (size_t)256 << 20, &err));
    return arena;
}

static void print_coverage(int worlds, int units)
{
    struct trial_study s = {0};
    for (int w = 0; w < worlds; w++) {
        struct mkt_arena arena = open_arena();
        must(trial_world(&s, first + (uint64_t)w, units, &arena, &err));
        mkt_arena_close(&arena);
    }
    printf("95 %% intervals of %d experiments of %d units an arm, true lifts with sd %g\n", worlds,
           units, TRIAL_SD);
    for (int f = 0; f < TRIAL_FIGURES; f++)
        printf("  %-46s %5.1f %% of %d\n", trial_figure[f], 100. * s.held[f] / s.all[f], s.all[f]);
    printf("  segments said to differ at 0.05 where none do  %5.1f %%\n",
           100. * s.differ / s.differs);
}

static void print_looks(int worlds, double sd)
{
    struct trial_verdicts s = {0};
    const struct trial_plan plan = {.days = 40, .a_day = 250, .rate = .2, .sd = sd};
    for (int w = 0; w < worlds; w++) {
        struct mkt_arena arena = open_arena();
        must(trial_days(&s, first + (uint64_t)w, &plan, &arena, &err));
        mkt_arena_close(&arena);
    }
    int worst = 0;
    for (int k = 0; k < plan.days; k++)
        if (s.missed_at[k] > worst) worst = s.missed_at[k];
    printf("\n%d experiments looked at %d times, true lifts with sd %g\n", worlds, plan.days, sd);
    printf("  the interval for any look was wrong at some look in %.1f %%, at the worst one in "
           "%.1f %%\n",
           100. * s.always_missed / worlds, 100. * worst / worlds);
    printf("  the interval for one look was wrong at some look in %.1f %%\n",
           100. * s.fixed_missed / worlds);
}

static void print_verdicts(int worlds, double sd)
{
    static const char *const call[] = {NULL, NULL,    NULL,        "ship",
                                       NULL, "worse", "too small", "keep running"};
    struct trial_verdicts s = {0};
    for (int w = 0; w < worlds; w++) {
        struct mkt_arena arena = open_arena();
        const struct trial_plan plan = {
            .days = 30, .a_day = 100 + w % 10 * 200, .rate = .2, .sd = sd, .stop = true};
        must(trial_days(&s, first + (uint64_t)w, &plan, &arena, &err));
        mkt_arena_close(&arena);
    }
    printf("\nverdicts of %d experiments, stopped at the first one, true lifts with sd %g\n",
           worlds, sd);
    printf("  confidence_score said, was right, of\n");
    for (int b = 0; b < TRIAL_BINS; b++)
        if (s.said[b])
            printf("  %.3f  %.3f  %d\n", s.sum[b] / s.said[b], (double)s.right[b] / s.said[b],
                   s.said[b]);
    for (int c = 0; c <= MKT_EXPERIMENT_RUN_ON; c++)
        if (call[c] && s.calls[c])
            printf("  %-12s %d, right %.1f %%\n", call[c], s.calls[c],
                   100. * s.call_right[c] / s.calls[c]);
}

int main(int argc, char **argv)
{
    int worlds = argc > 1 ? atoi(argv[1]) : 4000;
    first = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    if (worlds < 1) {
        fprintf(stderr, "the number of experiments must be 1 at least\n");
        return 1;
    }
    print_coverage(worlds, 1500);
    print_looks(worlds / 4, 0);
    print_looks(worlds / 4, TRIAL_SD);
    print_verdicts(worlds, .05);
    print_verdicts(worlds, .1);
    print_verdicts(worlds, .2);
    return 0;
}
