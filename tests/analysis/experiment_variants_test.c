/* Sixty variants: which is the control, and what so many tests find by chance. */
#include "analysis/experiment_variants.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "analysis/analysis.h"
#include "num/random.h"

#define VARIANTS 60

static char path[64] = "/tmp/mkt-variants-XXXXXX.csv";
static struct mkt_arena arena;
static struct mkt_dataset *dataset;
static struct mkt_err err;

static FILE *begin(void)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    return f;
}

static void ask(FILE *f, const char *control, struct mkt_sheet *sheet)
{
    fclose(f);
    mkt_dataset_close(dataset);
    mkt_arena_reset(&arena, 1U << 20);
    const struct mkt_analysis *a = mkt_analysis_find("experiment");
    struct mkt_args given = {{0}};
    if (control) assert_int_equal(mkt_args_set(&given, a, "control", control, &err), MKT_OK);
    assert_int_equal(mkt_dataset_open(path, NULL, &dataset, &err), MKT_OK);
    mkt_sheet_init(sheet, &arena);
    struct mkt_run run = {
        .arena = &arena, .dataset = dataset, .analysis = a, .args = &given, .threads = 1};
    if (a->run(&run, sheet, &err) != MKT_OK) fail_msg("%s", err.text);
}

static const struct mkt_caveat *caveat(const struct mkt_sheet *sheet, const char *id)
{
    for (size_t i = 0; i < sheet->caveats; i++)
        if (strcmp(sheet->caveat[i].id, id) == 0) return &sheet->caveat[i];
    return NULL;
}

static size_t caveats_like(const struct mkt_sheet *sheet, const char *end)
{
    size_t n = 0;
    for (size_t i = 0; i < sheet->caveats; i++) {
        const char *id = sheet->caveat[i].id;
        n += strlen(id) > strlen(end) && strcmp(id + strlen(id) - strlen(end), end) == 0;
    }
    return n;
}

static void says(const struct mkt_caveat *c, const char *words)
{
    assert_non_null(c);
    if (!strstr(c->text, words)) fail_msg("\"%s\" is not in: %s", words, c->text);
}

static void the_control_is_named_with_the_reason(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    FILE *f = begin();
    fputs("variant,users,conversions\nnorth,1000,100\nsouth,1000,120\n", f);
    ask(f, NULL, &sheet);
    says(caveat(&sheet, "control"), "north is taken for it, the first by name; --control NAME");
    f = begin();
    fputs("variant,users,conversions\nnorth,1000,100\nsouth,1000,120\n", f);
    ask(f, "south", &sheet);
    assert_null(caveat(&sheet, "control"));
    f = begin();
    fputs("variant,users,conversions\nnew,1000,100\nKontrollgruppe,1000,120\n", f);
    ask(f, NULL, &sheet);
    assert_null(caveat(&sheet, "control"));
    assert_non_null(mkt_sheet_fact(&sheet, "conversions.new.lift"));
    f = begin();
    fputs("variant,users,conversions\nx,1000,100\ncontrol,1000,120\ny,1000,110\n", f);
    ask(f, NULL, &sheet);
    says(caveat(&sheet, "control"), "compared with control, the control by its name");
}

static void the_least_p_value_is_told_among_all(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    FILE *f = begin();
    fputs("variant,users,conversions\ncontrol,1000,100\n", f);
    for (int v = 1; v < VARIANTS; v++) fprintf(f, "v%02d,1000,%d\n", v, v == 7 ? 155 : 95 + v % 11);
    ask(f, NULL, &sheet);
    const struct mkt_fact *alone = mkt_sheet_fact(&sheet, "conversions.v07.p"),
                          *among = mkt_sheet_fact(&sheet, "conversions.v07.p_holm");
    assert_true(alone->value < .01 && fabs(among->value - 59 * alone->value) < 1e-12);
    says(caveat(&sheet, "several_variants"), "furthest from it on conversions, v07, has p = 0.00");
    says(caveat(&sheet, "several_variants"), "among all tests");
}

/* Nothing happens in nine variants: one caveat, not nine. */
static void like_caveats_are_one(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    FILE *f = begin();
    fputs("user_id,variant,main,other\n", f);
    for (int u = 0; u < 6000; u++) {
        int v = u % VARIANTS;
        fprintf(f, "u%d,v%02d,%d,%d\n", u, v, u * 7 % 13, v == 0 || v > 50 ? 3 : u * 5 % 11);
    }
    ask(f, NULL, &sheet);
    assert_int_equal(caveats_like(&sheet, ".not_tested"), 1);
    says(caveat(&sheet, "other.v51.not_tested"), "other of v51, v52, v53, v54, v55 and 4 more");
}

/* Days that differ by chance in some of 59 variants are no news; a true trend in several is, once. */
static void days_are_tested_among_all(void **state)
{
    (void)state;
    for (int fading = 0; fading < 2; fading++) {
        struct mkt_sheet sheet;
        struct mkt_random random;
        mkt_random_init(&random, 11, 0);
        FILE *f = begin();
        fputs("user_id,variant,date,main\n", f);
        for (int u = 0; u < 60 * 14 * 110; u++) {
            int v = u % VARIANTS, day = u / VARIANTS % 14;
            double x = 10 + mkt_random_normal(&random);
            if (fading && v > 40) x += 3 - 3. * day / 7;
            fprintf(f, "u%d,v%02d,2026-01-%02d,%.4f\n", u, v, day + 1, x);
        }
        ask(f, NULL, &sheet);
        assert_int_equal(caveats_like(&sheet, ".novelty"), fading);
        assert_true(caveats_like(&sheet, ".weekdays") <= (size_t)fading); /* the trend's */
        if (fading)
            says(caveat(&sheet, "main.v41.novelty"), "in v41, v42, v43, v44, v45 and 14 more");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_control_is_named_with_the_reason),
        cmocka_unit_test(the_least_p_value_is_told_among_all),
        cmocka_unit_test(like_caveats_are_one),
        cmocka_unit_test(days_are_tested_among_all),
    };
    int fd = mkstemps(path, 4);
    if (fd < 0 || mkt_arena_open(&arena, (size_t)1 << 30, &err) != MKT_OK) return 1;
    close(fd);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mkt_dataset_close(dataset);
    mkt_arena_close(&arena);
    unlink(path);
    return failed;
}
