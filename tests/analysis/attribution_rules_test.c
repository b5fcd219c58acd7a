/* Parameters become rules, and what cannot be a rule is told with the words that were given. */
#include "analysis/attribution_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "num/near.h"

#include "analysis/attribution.h"

static const struct mkt_analysis row = {
    .name = "attribution", .param = mkt_attribution_params, .params = MKT_ATTRIBUTION_PARAMS};

static struct mkt_err err;

static void three_weights_are_first_middle_last(void **state)
{
    (void)state;
    static const uint32_t step[] = {0, 1, 2, 3};
    struct mkt_share_rule rule;
    double share[4];
    assert_int_equal(mkt_attribution_rules_weights("30, 10 ,60", &rule, &err), MKT_OK);
    mkt_shares_of(&rule, step, NULL, 4, NULL, share);
    const double expected[] = {.3, .05, .05, .6};
    for (int i = 0; i < 4; i++) assert_near(share[i], expected[i], 1e-15);
    mkt_shares_of(&rule, step, NULL, 2, NULL, share); /* nothing between: their ratio */
    assert_near(share[0], 1. / 3, 1e-15);
    mkt_shares_of(&rule, step, NULL, 1, NULL, share);
    assert_near(share[0], 1, 0);
    assert_int_equal(mkt_attribution_rules_weights("0,1,0", &rule, &err), MKT_OK);
    mkt_shares_of(&rule, step, NULL, 4, NULL, share);
    assert_near(share[1], .5, 1e-15);
    mkt_shares_of(&rule, step, NULL, 2, NULL, share); /* all weight is between, nothing is there */
    assert_near(share[0], .5, 1e-15);
}

static void a_list_counts_back(void **state)
{
    (void)state;
    static const uint32_t step[] = {0, 1, 2, 3};
    struct mkt_share_rule rule;
    double share[4];
    assert_int_equal(mkt_attribution_rules_weights("last:50,30,20", &rule, &err), MKT_OK);
    mkt_shares_of(&rule, step, NULL, 4, NULL, share);
    const double expected[] = {0, .2, .3, .5};
    for (int i = 0; i < 4; i++) assert_near(share[i], expected[i], 1e-15);
    assert_int_equal(
        mkt_attribution_rules_weights("last:1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", &rule, &err), MKT_OK);
    assert_int_equal(rule.weights, MKT_SHARES_CUSTOM);
}

static void what_are_no_weights(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "40",
                                      "40,20",
                                      "40,20,40,0",
                                      "a,b,c",
                                      "40,,40",
                                      "-1,2,3",
                                      "0,0,0",
                                      "last:",
                                      "last:0",
                                      "1,2,nan",
                                      "1,2,1e10",
                                      "first:1,2,3",
                                      "1,2,3,",
                                      "last:1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct mkt_share_rule rule;
        mkt_err_clear(&err);
        assert_int_equal(mkt_attribution_rules_weights(bad[i], &rule, &err), MKT_E_ARG);
        assert_non_null(strstr(err.text, bad[i]));
    }
}

static void all_models_of_a_run(void **state)
{
    (void)state;
    struct mkt_share_rule rule[MKT_CREDITS_RULES];
    struct mkt_args args = {{0}};
    const struct mkt_run run = {.analysis = &row, .args = &args};
    size_t rules;
    mkt_err_clear(&err);
    assert_int_equal(mkt_attribution_rules_make(&run, true, rule, &rules, &err), MKT_OK);
    assert_int_equal(rules, 9);
    assert_int_equal(mkt_attribution_rules_make(&run, false, rule, &rules, &err), MKT_OK);
    assert_int_equal(rules, 8); /* no time decay without times */
    assert_int_equal(mkt_args_set(&args, &row, "weights", "1,1,1", &err), MKT_OK);
    assert_int_equal(mkt_attribution_rules_make(&run, true, rule, &rules, &err), MKT_OK);
    assert_int_equal(rules, 10);
    assert_string_equal(rule[8].name, "custom");
    /* a file is for the command line alone to name: no face takes it as a parameter */
    assert_int_equal(mkt_args_set(&args, &row, "transactions", "/tmp/x", &err), MKT_E_ARG);
    assert_int_equal(mkt_args_set(&args, &row, "first_weight", "0.7", &err), MKT_OK);
    assert_int_equal(mkt_attribution_rules_make(&run, true, rule, &rules, &err), MKT_E_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_weights_are_first_middle_last),
        cmocka_unit_test(a_list_counts_back),
        cmocka_unit_test(what_are_no_weights),
        cmocka_unit_test(all_models_of_a_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
