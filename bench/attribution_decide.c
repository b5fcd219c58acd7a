/* Do people decide at each touch, or once when the journey ends? Is what conversion given exposure says
 * of a channel true either way?
 *
 *     attribution_decide [worlds]      200 by default
 *
 * The worlds stand in attribution_decide_study.h. Of channels that do nothing, how many have a figure, and
 * how many of these are clear of nothing; of those that do something, the same; how many 95 % intervals
 * hold the truth; and how it would be if only one of the two ways were taken. */
#include "attribution_decide_study.h"

static double percent(int some, int all)
{
    return all ? 100. * some / all : NAN;
}

int main(int argc, char **argv)
{
    int worlds = argc > 1 ? atoi(argv[1]) : 200;
    struct mkt_arena arena;
    struct mkt_err err = {0};
    if (worlds < 1 || mkt_arena_open(&arena, (size_t)1 << 30, &err) != MKT_OK) return 1;
    printf("%d worlds of 3,000 to 45,000 people each; percent\n%-22s %25s %25s %10s %23s %23s\n"
           "%-22s %12s %12s %12s %12s %10s %11s %11s %11s %11s\n",
           worlds, "", "do nothing:", "do something:", "",
           "at each touch alone:", "at the end alone:", "people decide", "have figure",
           "clear of 0", "have figure", "clear of 0", "held", "clear of 0", "held", "clear of 0",
           "held");
    for (int kind = 0; kind < DECIDE_KINDS; kind++) {
        struct decide_tally s = {0};
        for (int w = 0; w < worlds; w++)
            decide_add(&s, (enum decide_kind)kind, (uint64_t)w, &arena);
        printf("%-22s %12.1f %12.1f %12.1f %12.1f %10.1f", decide_name[kind],
               percent(s.idle_shown, s.idle), percent(s.idle_above, s.idle_shown),
               percent(s.working_shown, s.working), percent(s.working_clear, s.working_shown),
               percent(s.held, s.shown));
        for (int way = 0; way < 2; way++)
            printf(" %11.1f %11.1f", percent(s.above[way], s.idle_told),
                   percent(s.fits[way], s.told));
        printf("\n");
        fflush(stdout);
    }
    mkt_arena_close(&arena);
    return 0;
}
