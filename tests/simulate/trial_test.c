/* The experiment of a simulated company: its rows follow its truth, and the analysis finds it. */
#include "simulate/trial.h"

#include <math.h>

#include "simulate/folder.h"

#include "analysis/experiment.h"

static struct mkt_arena arena;
static struct mkt_err err;

static struct mkt_sheet *ask(const char *goal, struct mkt_dataset **dataset)
{
    const struct mkt_analysis *a = mkt_analysis_find("experiment");
    struct mkt_args args = {{0}};
    assert_int_equal(mkt_args_set(&args, a, "goal", goal, &err), MKT_OK);
    if (mkt_dataset_open("examples/experiment.csv", NULL, dataset, &err) != MKT_OK)
        fail_msg("%s", err.text);
    struct mkt_sheet *sheet = MKT_NEW(&arena, struct mkt_sheet, 1);
    mkt_sheet_init(sheet, &arena);
    struct mkt_run run = {
        .arena = &arena, .dataset = *dataset, .analysis = a, .args = &args, .threads = 1};
    if (a->run(&run, sheet, &err) != MKT_OK) fail_msg("%s", err.text);
    return sheet;
}

static void the_truth_is_within_the_intervals(void **state)
{
    (void)state;
    static const char *const goal[] = {"converted", "revenue"};
    for (int k = 0; k < 2; k++) {
        struct mkt_dataset *dataset;
        struct mkt_sheet *sheet = ask(goal[k], &dataset);
        const struct mkt_fact *lift =
            mkt_sheet_fact(sheet, k ? "revenue.b.lift" : "converted.b.lift");
        assert_true(lift->low <= MKT_TRIAL_LIFT && MKT_TRIAL_LIFT <= lift->high);
        assert_true(mkt_sheet_fact(sheet, "units")->value == 6000);
        mkt_dataset_close(dataset);
    }
}

static void the_winner_is_shipped(void **state)
{
    (void)state;
    struct mkt_dataset *dataset;
    struct mkt_sheet *sheet = ask("converted", &dataset);
    assert_string_equal(mkt_sheet_finding(sheet, "verdict")->claim, "ship b");
    assert_true(sheet->confidence > .95);
    assert_true(mkt_sheet_fact(sheet, "revenue.b.saved")->value > 0);
    mkt_dataset_close(dataset);
}

int main(void)
{
    assert_int_equal(mkt_arena_open(&arena, 64U << 20, &err), MKT_OK);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_truth_is_within_the_intervals),
        cmocka_unit_test(the_winner_is_shipped),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mkt_arena_close(&arena);
    return failed;
}
