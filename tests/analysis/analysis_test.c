/* The table of analyses holds what every face needs, and its parameters judge their values. */
#include "analysis/analysis.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void every_row_is_whole(void **state)
{
    (void)state;
    assert_true(mkt_analysis_count > 0);
    for (size_t i = 0; i < mkt_analysis_count; i++) {
        const struct mkt_analysis *a = &mkt_analysis_table[i];
        assert_non_null(a->run);
        assert_true(strlen(a->question) > 10 && a->question[strlen(a->question) - 1] == '?');
        assert_true(strlen(a->summary) > 10 && strlen(a->needs) > 10);
        assert_non_null(a->type);
        assert_non_null(a->area);
        assert_true(a->params <= MKT_PARAMS_MAX);
        assert_ptr_equal(mkt_analysis_find(a->name), a);
        for (size_t j = 0; j < a->params; j++) {
            const struct mkt_param *p = &a->param[j];
            assert_non_null(p->help);
            assert_non_null(p->unit);
            if (p->type != MKT_PARAM_PERIOD) assert_true(p->least <= p->most);
            if (p->fallback) { /* a default is a value that may be given */
                struct mkt_args args = {{0}};
                struct mkt_err err = {0};
                assert_int_equal(mkt_args_set(&args, a, p->name, p->fallback, &err), MKT_OK);
            }
        }
    }
    assert_null(mkt_analysis_find("no such analysis"));
}

/* Each has a method card and a golden case; the tests run in the repository's root. */
static void every_row_has_its_card_and_golden_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < mkt_analysis_count; i++) {
        char path[128];
        snprintf(path, sizeof path, "docs/methods/%s.md", mkt_analysis_table[i].name);
        assert_int_equal(access(path, R_OK), 0);
        snprintf(path, sizeof path, "tests/golden/%s", mkt_analysis_table[i].name);
        assert_int_equal(access(path, R_OK), 0);
    }
}

static const struct mkt_param params[] = {
    {"share", MKT_PARAM_NUMBER, "share", 0, 1, "0.5", "a share"},
    {"count", MKT_PARAM_INTEGER, "draws", 1, 100, NULL, "a count"},
    {"period", MKT_PARAM_PERIOD, "days", 0, 0, NULL, "a period"},
    {"budget", MKT_PARAM_NUMBER, "money", 0, 1e12, NULL, "an amount"},
};
static const struct mkt_analysis made = {.name = "made", .param = params, .params = 4};

static mkt_status set(const char *name, const char *value, struct mkt_err *err)
{
    struct mkt_args args = {{0}};
    *err = (struct mkt_err){0};
    return mkt_args_set(&args, &made, name, value, err);
}

static void values_are_judged_by_their_domain(void **state)
{
    (void)state;
    struct mkt_err err;
    assert_int_equal(set("share", "0.25", &err), MKT_OK);
    assert_int_equal(set("share", "1.01", &err), MKT_E_ARG);
    assert_non_null(strstr(err.text, "1.01"));
    assert_int_equal(set("share", "nan", &err), MKT_E_ARG);
    assert_int_equal(set("share", "0x1", &err), MKT_E_ARG);
    assert_int_equal(set("share", "", &err), MKT_E_ARG);
    assert_int_equal(set("count", "7", &err), MKT_OK);
    assert_int_equal(set("count", "7.5", &err), MKT_E_ARG);
    assert_int_equal(set("period", "2025-Q4", &err), MKT_OK);
    assert_int_equal(set("period", "soon", &err), MKT_E_ARG);
    assert_int_equal(set("colour", "red", &err), MKT_E_ARG);
    assert_non_null(strstr(err.text, "share, count, period, budget"));
}

static void amounts_are_not_guessed(void **state)
{
    (void)state;
    struct mkt_err err;
    assert_int_equal(set("budget", "100000", &err), MKT_OK);
    assert_int_equal(set("budget", "99.95", &err), MKT_OK);
    assert_int_equal(set("budget", "1234.567", &err), MKT_OK);
    assert_int_equal(set("budget", "100.000", &err), MKT_E_ARG);
    assert_non_null(strstr(err.text, "thousands"));
}

static void a_parameter_is_given_once(void **state)
{
    (void)state;
    struct mkt_args args = {{0}};
    struct mkt_err err = {0};
    assert_int_equal(mkt_args_set(&args, &made, "share", "0.4", &err), MKT_OK);
    assert_int_equal(mkt_args_set(&args, &made, "share", "0.5", &err), MKT_E_ARG);
    assert_true(mkt_analysis_takes(&made, "share") && !mkt_analysis_takes(&made, "colour"));
}

static void a_value_goes_before_its_default(void **state)
{
    (void)state;
    struct mkt_args args = {{0}};
    struct mkt_err err = {0};
    struct mkt_run run = {.analysis = &made, .args = &args};
    assert_true(mkt_args_number(&run, "share") == 0.5);
    assert_true(isnan(mkt_args_number(&run, "count")));
    assert_null(mkt_args_text(&run, "period"));
    assert_int_equal(mkt_args_set(&args, &made, "share", "0.75", &err), MKT_OK);
    assert_true(mkt_args_number(&run, "share") == 0.75);
}

static void a_run_is_cancelled_from_outside(void **state)
{
    (void)state;
    atomic_bool flag = false;
    struct mkt_run run = {0};
    assert_false(mkt_run_cancelled(&run));
    run.cancel = &flag;
    assert_false(mkt_run_cancelled(&run));
    atomic_store(&flag, true);
    assert_true(mkt_run_cancelled(&run));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(every_row_has_its_card_and_golden_case),
        cmocka_unit_test(values_are_judged_by_their_domain),
        cmocka_unit_test(amounts_are_not_guessed),
        cmocka_unit_test(a_parameter_is_given_once),
        cmocka_unit_test(a_value_goes_before_its_default),
        cmocka_unit_test(a_run_is_cancelled_from_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
