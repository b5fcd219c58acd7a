/* Golden folders: from the file to the facts, against figures that others published. */
#include "analysis/analysis.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#define GOLDEN "tests/golden/experiment/"

static struct mkt_arena arena;
static struct mkt_err err;

static FILE *open_file(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, GOLDEN "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (!file) fail_msg("cannot open %s", path);
    return file;
}

static void read_parameters(const char *folder, const struct mkt_analysis *a, struct mkt_args *args)
{
    FILE *file = open_file(folder, "parameters.txt");
    char line[256];
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        char *equals = strchr(line, '=');
        assert_non_null(equals);
        *equals = '\0';
        if (mkt_args_set(args, a, line, mkt_arena_strdup(&arena, equals + 1), &err) != MKT_OK)
            fail_msg("%s", err.text);
    }
    fclose(file);
}

static double number(const char *text)
{
    double v = NAN;
    char whole[64];
    /* ".5" is how publications write it */
    snprintf(whole, sizeof whole, "%s%s",
             text[0] == '-'   ? "-0"
             : text[0] == '.' ? "0"
                              : "",
             text[0] == '-' ? text + 1 : text);
    if (text[0] == '-' && text[1] != '.') snprintf(whole, sizeof whole, "%s", text);
    if (!mkt_text_to_double(whole, &v)) fail_msg("\"%s\" is no number", text);
    return v;
}

static void check_figure(const struct mkt_sheet *sheet, const char *end, const char *id,
                         const char *want, const char *tolerance)
{
    const struct mkt_fact *f = mkt_sheet_fact(sheet, id);
    if (!f) fail_msg("there is no fact %s", id);
    double got = !end ? f->value : strcmp(end, "low") == 0 ? f->low : f->high;
    if (!(fabs(got - number(want)) <= number(tolerance)))
        fail_msg("%s%s%s is %.12g, not %s", end ? end : "", end ? " of " : "", id, got, want);
}

static bool has_caveat(const struct mkt_sheet *sheet, const char *id)
{
    for (size_t i = 0; i < sheet->caveats; i++)
        if (strcmp(sheet->caveat[i].id, id) == 0) return true;
    return false;
}

static void check_words(const struct mkt_sheet *sheet, const char *what, const char *words)
{
    if (strcmp(what, "status") == 0) {
        assert_string_equal(mkt_answer_status_name(sheet->status), words);
    } else if (strcmp(what, "caveat") == 0) {
        if (!has_caveat(sheet, words)) fail_msg("there is no caveat %s", words);
    } else if (strcmp(what, "absent") == 0) {
        if (mkt_sheet_fact(sheet, words)) fail_msg("there is a fact %s", words);
    } else if (strcmp(what, "missing") == 0) {
        assert_true(sheet->missings > 0);
        assert_non_null(strstr(sheet->missing[0], words));
    } else {
        const struct mkt_finding *f = mkt_sheet_finding(sheet, "verdict");
        if (strcmp(words, "none") == 0)
            assert_null(f);
        else if (!f || !strstr(f->claim, words))
            fail_msg("the verdict is \"%s\", not \"%s\"", f ? f->claim : "none", words);
    }
}

static void check_folder(const char *folder)
{
    const struct mkt_analysis *a = mkt_analysis_find("experiment");
    assert_non_null(a);
    char path[256], line[256];
    struct mkt_args args = {{0}};
    struct mkt_dataset *dataset;
    struct mkt_sheet sheet;
    assert_int_equal(mkt_arena_open(&arena, 64U << 20, &err), MKT_OK);
    snprintf(path, sizeof path, GOLDEN "%s/experiment.csv", folder);
    if (mkt_dataset_open(path, NULL, &dataset, &err) != MKT_OK) fail_msg("%s", err.text);
    read_parameters(folder, a, &args);
    mkt_sheet_init(&sheet, &arena);
    struct mkt_run run = {
        .arena = &arena, .dataset = dataset, .analysis = a, .args = &args, .threads = 1};
    if (a->run(&run, &sheet, &err) != MKT_OK) fail_msg("%s", err.text);

    FILE *expected = open_file(folder, "expected.txt");
    int checks = 0;
    for (; fgets(line, sizeof line, expected); checks++) {
        char word[4][128] = {"", "", "", ""};
        static const char *const worded[] = {"status", "caveat", "absent", "missing", "verdict"};
        line[strcspn(line, "\n")] = '\0';
        char *rest = strchr(line, ' ');
        assert_non_null(rest);
        bool told = false;
        for (size_t i = 0; i < sizeof worded / sizeof *worded && !told; i++)
            if (strncmp(line, worded[i], (size_t)(rest - line)) == 0 &&
                strlen(worded[i]) == (size_t)(rest - line)) {
                check_words(&sheet, worded[i], rest + 1);
                told = true;
            }
        if (told) continue;
        int n = sscanf(line, "%127s %127s %127s %127s", word[0], word[1], word[2], word[3]);
        if (n == 4)
            check_figure(&sheet, word[0], word[1], word[2], word[3]);
        else
            check_figure(&sheet, NULL, word[0], word[1], word[2]);
    }
    assert_true(checks > 3);
    fclose(expected);
    mkt_dataset_close(dataset);
    mkt_arena_close(&arena);
}

static void folders_agree(void **state)
{
    (void)state;
    static const char *const folder[] = {"mean",        "sequential", "proportion", "split",
                                         "meant_split", "units",      "dimensions"};
    for (size_t i = 0; i < sizeof folder / sizeof *folder; i++) {
        print_message("%s\n", folder[i]);
        check_folder(folder[i]);
    }
}

/* A report asks every question of any data: this one has no answer in them, and says what is needed. */
static void data_without_an_experiment(void **state)
{
    (void)state;
    struct mkt_args args = {{0}};
    struct mkt_dataset *dataset;
    struct mkt_sheet sheet;
    assert_int_equal(mkt_arena_open(&arena, 64U << 20, &err), MKT_OK);
    assert_int_equal(
        mkt_dataset_open("tests/golden/roi/shop/performance.csv", NULL, &dataset, &err), MKT_OK);
    const struct mkt_analysis *a = mkt_analysis_find("experiment");
    struct mkt_run run = {
        .arena = &arena, .dataset = dataset, .analysis = a, .args = &args, .threads = 1};
    mkt_sheet_init(&sheet, &arena);
    assert_int_equal(a->run(&run, &sheet, &err), MKT_OK);
    assert_int_equal(sheet.status, MKT_ANSWER_INSUFFICIENT);
    assert_non_null(strstr(sheet.missing[0], "unit, variant"));
    mkt_dataset_close(dataset);
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(folders_agree),
                                       cmocka_unit_test(data_without_an_experiment)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
