/* Coverage of the 95 % intervals and calibration of confidence_score, over simulated companies.
 *
 *     build/release/bench/coverage [companies]      400 unless given; the same seeds every time
 *
 * Constants of the method were chosen on other seeds (below 30 and from 100 on).
 */
#include <stdlib.h>

#include "coverage_study.h"

static void print_coverage(const char *name, const struct study *s)
{
    printf("%-18s", name);
    for (int f = 0; f < STUDY_FIGURES; f++) {
        if (s->all[f])
            printf(" %6.1f", 100.0 * s->held[f] / s->all[f]);
        else
            printf(" %6s", "-");
    }
    printf("  %6d intervals\n", s->all[STUDY_ROAS]);
}

static void print_calibration(const char *name, const struct study *s)
{
    printf("%-28s", name);
    for (int b = 0; b < STUDY_BINS; b++) {
        int n = s->headlines[b];
        if (n)
            printf("  %.3f %.3f %5d", s->said[b] / n, (double)s->right[b] / n, n);
        else
            printf("  %5s %5s %5d", "-", "-", 0);
    }
    printf("\n");
}

static mkt_status run(struct mkt_arena *arena, int companies, struct mkt_err *err)
{
    static const struct {
        const char *name;
        struct study_plan plan;
    } by_length[] = {
        {"90 to 400 days", {0, 31, 90, 400, 0, false}},
        {"14 to 20 days", {0, 32, 14, 20, 0, false}},
        {"21 to 41 days", {0, 33, 21, 41, 0, false}},
        {"42 to 89 days", {0, 34, 42, 89, 0, false}},
        {"90 to 179 days", {0, 35, 90, 179, 0, false}},
        {"180 to 365 days", {0, 36, 180, 365, 0, false}},
        {"366 to 730 days", {0, 37, 366, 730, 0, false}},
        {"30 to 365, 2 spans", {0, 38, 30, 365, 0, true}},
    };
    printf("Coverage of 95 %% intervals, %d companies a line, in percent\n%-18s", companies, "");
    for (int f = 0; f < STUDY_FIGURES; f++) printf(" %6s", study_figure[f]);
    printf("\n");
    for (size_t i = 0; i < sizeof by_length / sizeof *by_length; i++) {
        struct study s = {0};
        struct study_plan plan = by_length[i].plan;
        plan.companies = companies;
        MKT_TRY(study_run(arena, &plan, &s, err));
        print_coverage(by_length[i].name, &s);
    }

    static const struct {
        const char *name;
        struct study_plan plan;
    } near_equal[] = {
        {"alike, 14 to 30 days", {0, 45, 14, 30, .98, false}},
        {"near-equal, 14 to 60 days", {0, 41, 14, 60, .9, false}},
        {"near-equal, 60 to 365 days", {0, 42, 60, 365, .9, false}},
        {"near-equal, 2 spans", {0, 43, 30, 180, .9, true}},
        {"any, 14 to 400 days", {0, 44, 14, 400, 0, false}},
    };
    printf("\nCalibration of confidence_score, %d companies a line: said, right, headlines\n%-28s",
           10 * companies, "");
    for (int b = 0; b < STUDY_BINS; b++) printf("  %.1f to %.1f       ", .5 + b * .1, .6 + b * .1);
    printf("\n");
    struct study all = {0};
    for (size_t i = 0; i < sizeof near_equal / sizeof *near_equal; i++) {
        struct study s = {0};
        struct study_plan plan = near_equal[i].plan;
        plan.companies = 10 * companies;
        MKT_TRY(study_run(arena, &plan, &s, err));
        print_calibration(near_equal[i].name, &s);
        for (int b = 0; b < STUDY_BINS; b++) {
            all.headlines[b] += s.headlines[b];
            all.right[b] += s.right[b];
            all.said[b] += s.said[b];
        }
    }
    print_calibration("together", &all);
    return MKT_OK;
}

int main(int argc, char **argv)
{
    int companies = argc > 1 ? atoi(argv[1]) : 400;
    struct mkt_arena arena;
    struct mkt_err err = {0};
    if (companies < 1) {
        fprintf(stderr, "coverage: the number of companies must be 1 or more\n");
        return 2;
    }
    mkt_status status = mkt_arena_open(&arena, (size_t)1 << 30, &err);
    if (status == MKT_OK) status = run(&arena, companies, &err);
    if (status != MKT_OK) fprintf(stderr, "coverage: %s\n", err.text);
    mkt_arena_close(&arena);
    return status == MKT_OK ? 0 : 1;
}
