/* Reading the command line: every documented error, and what is kept for analyses. */
#include "cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define READ(command, inputs, ...)                                                                 \
    char *argv[] = {(char *)(uintptr_t) "marketing-agent", (char *)(uintptr_t) "verb",             \
                    __VA_ARGS__};                                                                  \
    struct mkt_options o;                                                                          \
    struct mkt_err err = {0};                                                                      \
    mkt_status status =                                                                            \
        mkt_options_read(&o, (int)(sizeof argv / sizeof *argv), argv, 2, command, inputs, &err)

static void reads_flags_values_and_inputs(void **state)
{
    (void)state;
    char margin[] = "--margin=0.4", out[] = "-o", file[] = "r.html", json[] = "--json",
         dir[] = "data";
    READ(MKT_FOR_ANALYSIS, 1, dir, out, file, json, margin);
    assert_int_equal(status, MKT_OK);
    assert_string_equal(o.input[0], "data");
    assert_string_equal(o.value[MKT_OPTION_OUT], "r.html");
    assert_true(mkt_options_flag(&o, MKT_OPTION_JSON));
    assert_false(mkt_options_flag(&o, MKT_OPTION_FULL));
    assert_int_equal(o.params, 1);
    assert_string_equal(o.param[0].name, "margin");
    assert_string_equal(o.param[0].value, "0.4");
}

static void keeps_every_map(void **state)
{
    (void)state;
    char a[] = "--map", b[] = "spend=Cost", c[] = "--map=f.csv:date=Day";
    READ(MKT_FOR_ANALYSIS, 1, a, b, c);
    assert_int_equal(status, MKT_OK);
    assert_int_equal(o.maps, 2);
    assert_string_equal(o.map[0], "spend=Cost");
    assert_string_equal(o.map[1], "f.csv:date=Day");
}

static void parameter_takes_the_next_argument(void **state)
{
    (void)state;
    char a[] = "--period", b[] = "2025-Q4", c[] = "dir";
    READ(MKT_FOR_ANALYSIS, 1, a, b, c);
    assert_int_equal(status, MKT_OK);
    assert_string_equal(o.param[0].value, "2025-Q4");
    assert_string_equal(o.input[0], "dir");
}

static void after_two_dashes_all_is_input(void **state)
{
    (void)state;
    char a[] = "--", b[] = "--odd name.csv";
    READ(MKT_FOR_ANALYSIS, 1, a, b);
    assert_int_equal(status, MKT_OK);
    assert_string_equal(o.input[0], "--odd name.csv");
}

static void refuses_what_it_does_not_know(void **state)
{
    (void)state;
    char a[] = "--margin", b[] = "1";
    READ(MKT_FOR_SERVE, 0, a, b);
    assert_int_equal(status, MKT_E_ARG);
    assert_non_null(strstr(err.text, "--margin"));
}

static void refuses_a_missing_value(void **state)
{
    (void)state;
    char a[] = "--out";
    READ(MKT_FOR_ANALYSIS, 1, a);
    assert_int_equal(status, MKT_E_ARG);
    assert_non_null(strstr(err.text, "needs a value"));
}

static void refuses_a_value_for_a_flag(void **state)
{
    (void)state;
    char a[] = "--json=yes";
    READ(MKT_FOR_ANALYSIS, 1, a);
    assert_int_equal(status, MKT_E_ARG);
    assert_non_null(strstr(err.text, "takes no value"));
}

static void refuses_superfluous_arguments(void **state)
{
    (void)state;
    char a[] = "one", b[] = "two";
    READ(MKT_FOR_ANALYSIS, 1, a, b);
    assert_int_equal(status, MKT_E_ARG);
    assert_non_null(strstr(err.text, "two"));
}

static void refuses_too_many_parameters(void **state)
{
    (void)state;
    char name[] = "--p", value[] = "1";
    char *argv[2 + 2 * (MKT_OPTIONS_PARAMS + 1)];
    for (size_t i = 0; i < sizeof argv / sizeof *argv; i++) argv[i] = i % 2 ? value : name;
    struct mkt_options o;
    struct mkt_err err = {0};
    assert_int_equal(
        mkt_options_read(&o, (int)(sizeof argv / sizeof *argv), argv, 2, MKT_FOR_ANALYSIS, 1, &err),
        MKT_E_ARG);
}

static void numbers_have_a_domain(void **state)
{
    (void)state;
    char a[] = "--months", b[] = "121";
    READ(MKT_FOR_SIMULATE, 0, a, b);
    assert_int_equal(status, MKT_OK);
    double v;
    assert_int_equal(mkt_options_number(&o, MKT_OPTION_MONTHS, 1, 120, 24, &v, &err), MKT_E_ARG);
    assert_non_null(strstr(err.text, "121"));
    struct mkt_err none = {0};
    assert_int_equal(mkt_options_number(&o, MKT_OPTION_SCALE, 0, 9, 1, &v, &none), MKT_OK);
    assert_true(v == 1);
}

static void every_option_is_documented(void **state)
{
    (void)state;
    for (size_t i = 0; i < MKT_OPTIONS; i++) {
        assert_non_null(mkt_option_table[i].name);
        assert_non_null(mkt_option_table[i].help);
        assert_int_not_equal(mkt_option_table[i].commands, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_flags_values_and_inputs),
        cmocka_unit_test(keeps_every_map),
        cmocka_unit_test(parameter_takes_the_next_argument),
        cmocka_unit_test(after_two_dashes_all_is_input),
        cmocka_unit_test(refuses_what_it_does_not_know),
        cmocka_unit_test(refuses_a_missing_value),
        cmocka_unit_test(refuses_a_value_for_a_flag),
        cmocka_unit_test(refuses_superfluous_arguments),
        cmocka_unit_test(refuses_too_many_parameters),
        cmocka_unit_test(numbers_have_a_domain),
        cmocka_unit_test(every_option_is_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
