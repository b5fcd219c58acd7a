/* Do the intervals of unit_economics hold the truth as often as they say? 400 worlds of three sizes;
 * the short run of it is tests/analysis/economics_coverage_test.c. */
#include "economics_study.h"

static void print(const struct study *s)
{
    for (int f = 0; f < STUDY_FIGURES; f++)
        if (s->all[f])
            printf("  %-34s %5d intervals   held %5.1f %%   width %4.0f %%\n", study_figure[f],
                   s->all[f], 100.0 * s->held[f] / s->all[f], 100 * s->width[f] / s->all[f]);
    printf("  of claims said to be right with   ");
    for (int b = 0; b < STUDY_BINS; b++)
        if (s->claims[b])
            printf("  %.0f %%: %.0f %% of %d", 100 * s->said[b] / s->claims[b],
                   100.0 * s->right[b] / s->claims[b], s->claims[b]);
    puts(" are");
}

int main(int argc, char **argv)
{
    int worlds = argc > 1 ? atoi(argv[1]) : 400;
    const struct study_plan plan[] = {
        {worlds, 41, 730, 5, .2, .6},  /* two years, some 3,600 customers */
        {worlds, 42, 540, 1, .2, .6},  /* few: some 540, 80 of the smallest channel */
        {worlds, 43, 540, 3, .4, 1.2}, /* wild days and heavy tails of amounts */
    };
    static const char *const name[] = {"two years, 5 customers a day", "18 months, 1 a day",
                                       "18 months, 3 a day, wild"};
    for (size_t i = 0; i < sizeof plan / sizeof *plan; i++) {
        struct study s = {0};
        struct mkt_arena arena;
        struct mkt_err err = {0};
        if (mkt_arena_open(&arena, (size_t)2 << 30, &err) != MKT_OK ||
            study_run(&arena, &plan[i], &s, &err) != MKT_OK) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        printf("%s, %d worlds\n", name[i], worlds);
        print(&s);
        mkt_arena_close(&arena);
    }
    return 0;
}
