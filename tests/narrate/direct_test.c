/* The direct reply says what was asked, by facts and findings of the sheet alone. */
#include "narrate/direct.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_answer answer;

static void fact(const char *id, const char *label, const char *scope, const char *entity,
                 const char *metric, double value, mkt_unit unit)
{
    struct mkt_fact f = {.id = id,
                         .label = label,
                         .scope = scope,
                         .entity = entity,
                         .metric = metric,
                         .value = value,
                         .unit = unit,
                         .low = value - .5,
                         .high = value + .5,
                         .level = .95,
                         .interval = "bootstrap",
                         .n = 90,
                         .n_of = "days",
                         .method = "roi"};
    assert_int_equal(mkt_sheet_add_fact(&answer.sheet, &f, &err), MKT_OK);
}

static void finding(const char *id, mkt_finding_kind kind, const char *claim, const char *subject,
                    const char *other, double p)
{
    struct mkt_finding f = {.id = id,
                            .kind = kind,
                            .claim = claim,
                            .probability = p,
                            .stake = 10,
                            .scope = subject ? "channel" : "total",
                            .subject = subject,
                            .other = other};
    assert_int_equal(mkt_sheet_add_finding(&answer.sheet, &f, &err), MKT_OK);
}

static int set_up(void **state)
{
    (void)state;
    if (mkt_arena_open(&arena, 1 << 20, &err) != MKT_OK) return -1;
    memset(&answer, 0, sizeof answer);
    mkt_sheet_init(&answer.sheet, &arena);
    answer.words.verdict = "The verdict.";
    answer.sheet.provenance.period = (struct mkt_period){0, -1};
    answer.sheet.headline = "a_over_b";
    fact("total.roas", "ROAS", "total", NULL, "roas", 2, MKT_UNIT_RATIO);
    fact("total.roas.vs_before", "ROAS against the period before", "total", NULL, "roas_vs_before",
         .5, MKT_UNIT_CHANGE);
    fact("a.roas", "ROAS of a", "channel", "a", "roas", 3, MKT_UNIT_RATIO);
    fact("b.roas", "ROAS of b", "channel", "b", "roas", 1, MKT_UNIT_RATIO);
    finding("a_over_b", MKT_FINDING_COMPARE, "a returns more than b", "a", "b", .97);
    finding("up", MKT_FINDING_CHANGE, "it rose", NULL, NULL, .9);
    answer.sheet.finding[1].id = "total.up_vs_before";
    finding("shift", MKT_FINDING_ACTION, "move money to a", "a", "b", .9);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static struct mkt_direct write(const struct mkt_focus *f)
{
    struct mkt_direct d;
    assert_int_equal(mkt_direct_write(&answer, f, &d, &err), MKT_OK);
    for (size_t i = 0; i < d.cites; i++)
        assert_true(mkt_sheet_fact(&answer.sheet, d.cite[i]) ||
                    mkt_sheet_finding(&answer.sheet, d.cite[i]));
    return d;
}

static void a_metric_of_the_whole(void **state)
{
    (void)state;
    struct mkt_focus f = {.metric = {"roas"}, .metrics = 1};
    struct mkt_direct d = write(&f);
    assert_string_equal(d.text, "ROAS was 2.00 (1.50 to 2.50). Figures in brackets are 95 % "
                                "intervals.");
    assert_int_equal(d.cites, 1);
    assert_string_equal(d.cite[0], "total.roas");
}

static void two_entities_and_what_compares_them(void **state)
{
    (void)state;
    struct mkt_focus f = {.metric = {"roas"},
                          .metrics = 1,
                          .entity = {{"channel", "B"}, {"channel", "a"}},
                          .entities = 2,
                          .kinds = 1U << MKT_FINDING_COMPARE};
    struct mkt_direct d = write(&f);
    assert_non_null(strstr(d.text, "ROAS of b was 1.00"));
    assert_non_null(strstr(d.text, "a returns more than b"));
    assert_string_equal(d.cite[d.cites - 1], "a_over_b");
}

static void a_comparison_that_is_not_there_is_said(void **state)
{
    (void)state;
    struct mkt_focus f = {.metric = {"roas"},
                          .metrics = 1,
                          .entity = {{"channel", "a"}, {"channel", "c"}},
                          .entities = 2,
                          .kinds = 1U << MKT_FINDING_COMPARE};
    assert_non_null(strstr(write(&f).text, "No finding of the analysis compares them."));
}

static void each_of_a_kind(void **state)
{
    (void)state;
    struct mkt_focus f = {.metric = {"roas"}, .metrics = 1, .scope = "channel"};
    struct mkt_direct d = write(&f);
    assert_int_equal(d.cites, 2);
    assert_non_null(strstr(d.text, "ROAS of a was 3.00 (2.50 to 3.50) and ROAS of b was 1.00"));
}

static void a_change(void **state)
{
    (void)state;
    struct mkt_focus f = {
        .metric = {"roas"}, .metrics = 1, .against = "before", .kinds = 1U << MKT_FINDING_CHANGE};
    struct mkt_direct d = write(&f);
    assert_non_null(strstr(d.text, "ROAS against the period before was +50.0 %"));
    assert_non_null(strstr(d.text, "it rose"));
    f.against = "year_before";
    assert_non_null(strstr(write(&f).text, "No finding of the analysis is about such a change."));
}

static void advice(void **state)
{
    (void)state;
    struct mkt_focus f = {.kinds = 1U << MKT_FINDING_ACTION};
    assert_string_equal(write(&f).text, "Move money to a (likely).");
    f.entity[f.entities++] = (struct mkt_focus_entity){"channel", "z"};
    assert_string_equal(write(&f).text, "No advice on this is sure enough to give.");
}

static void a_part_of_the_marketing_is_named(void **state)
{
    (void)state;
    struct mkt_focus f = {.metric = {"roas"}, .metrics = 1};
    answer.sheet.subject = "Holiday 2025";
    assert_true(strncmp(write(&f).text, "Holiday 2025: ROAS was 2.00", 27) == 0);
}

static void nothing_asked_for_is_the_verdict(void **state)
{
    (void)state;
    struct mkt_focus f = {0}, unknown = {.metric = {"moon"}, .metrics = 1};
    struct mkt_direct d = write(&f);
    assert_string_equal(d.text, "The verdict.");
    assert_string_equal(d.cite[0], "a_over_b");
    assert_string_equal(write(&unknown).text, "The analysis has no such figure. The verdict.");
}

static void data_that_cannot_answer_say_what_would(void **state)
{
    (void)state;
    struct mkt_focus f = {.metric = {"roas"}, .metrics = 1};
    answer.sheet.status = MKT_ANSWER_INSUFFICIENT;
    assert_int_equal(mkt_sheet_add_missing(&answer.sheet, "revenue by day would settle it", &err),
                     MKT_OK);
    assert_string_equal(write(&f).text,
                        "The data cannot answer this. Revenue by day would settle it.");
}

static void a_full_arena(void **state)
{
    (void)state;
    struct mkt_focus f = {.metric = {"roas"}, .metrics = 1};
    struct mkt_direct d;
    mkt_status status = MKT_E_NOMEM;
    for (size_t fail = 1; status != MKT_OK && fail < 50; fail++) {
        mkt_err_clear(&err);
        arena.allocations = 0;
        arena.fail_at = fail;
        status = mkt_direct_write(&answer, &f, &d, &err);
        if (status != MKT_OK) assert_int_equal(status, MKT_E_NOMEM);
    }
    arena.fail_at = 0;
    assert_int_equal(status, MKT_OK);
}

/* A verdict that was asked for opens the reply; alone it comes with what it rests on. */
static void verdict_that_was_asked_for(void **state)
{
    (void)state;
    struct mkt_direct reply;
    struct mkt_focus focus = {.verdict = true};
    answer.sheet.verdict = "ship it: its lift is large";
    assert_int_equal(mkt_direct_write(&answer, &focus, &reply, &err), MKT_OK);
    assert_string_equal(reply.text, "The verdict.");
    focus.metric[focus.metrics++] = "roas";
    assert_int_equal(mkt_direct_write(&answer, &focus, &reply, &err), MKT_OK);
    assert_ptr_equal(strstr(reply.text, "Ship it: its lift is large. ROAS was 2"), reply.text);
    focus.verdict = false;
    assert_int_equal(mkt_direct_write(&answer, &focus, &reply, &err), MKT_OK);
    assert_null(strstr(reply.text, "Ship it"));
    answer.sheet.status = MKT_ANSWER_INSUFFICIENT;
    assert_int_equal(mkt_sheet_add_missing(&answer.sheet, "More units", &err), MKT_OK);
    assert_int_equal(mkt_direct_write(&answer, &focus, &reply, &err), MKT_OK);
    assert_ptr_equal(strstr(reply.text, "Ship it: its lift is large. More units."), reply.text);
}

static void metrics_of_whatever_is_measured(void **state)
{
    struct mkt_focus p = {.metric = {"*_p"}, .metrics = 1}, own = {.metric = {"*"}, .metrics = 1};
    (void)state;
    fact("split_p", "p value of the split", "total", NULL, "split_p", .5, MKT_UNIT_P);
    fact("bought.v", "bought of v", "variant", "v", "bought", 2, MKT_UNIT_RATIO);
    fact("bought.v.p", "p value of bought in v", "variant", "v", "bought_p", 3, MKT_UNIT_RATIO);
    fact("paid.v", "paid of v", "variant", "v", "paid", 4, MKT_UNIT_RATIO);
    fact("paid.v.p", "p value of paid in v", "variant", "v", "paid_p", 5, MKT_UNIT_RATIO);
    struct mkt_direct d = write(&p);
    assert_int_equal(d.cites, 1); /* that of the metric which comes first, and not the split's */
    assert_string_equal(d.cite[0], "bought.v.p");
    p.entity[p.entities++] = (struct mkt_focus_entity){"variant", "control"}; /* has none */
    assert_string_equal(write(&p).cite[0], "bought.v.p");
    own.entity[own.entities++] = (struct mkt_focus_entity){"variant", "v"};
    d = write(&own);
    assert_int_equal(d.cites, 2);
    assert_string_equal(d.cite[0], "bought.v");
    assert_string_equal(d.cite[1], "paid.v");
    own.metric[0] = "bou*";
    assert_int_equal(write(&own).cites, 2); /* bought, and its p value */
}

static void what_is_caused_is_told_or_refused(void **state)
{
    struct mkt_focus f = {.metric = {"incremental_roas", "incremental_conversions"},
                          .metrics = 2,
                          .entity = {{"channel", "a"}},
                          .entities = 1};
    struct mkt_caveat c = {
        .id = "observational", .text = "only a test shows it", .weight = MKT_CAVEAT_NOTE};
    (void)state;
    assert_int_equal(mkt_sheet_add_caveat(&answer.sheet, &c, &err), MKT_OK);
    assert_string_equal(write(&f).text, "What would not have come without a is not told by these "
                                        "data: only a test shows it.");
    struct mkt_caveat apart = {.id = "exposure_apart",
                               .text = "what would not have come without b, a and 2 more is not "
                                       "told: it is one number, or another",
                               .weight = MKT_CAVEAT_WARN};
    assert_int_equal(mkt_sheet_add_caveat(&answer.sheet, &apart, &err), MKT_OK);
    assert_string_equal(write(&f).text, "What would not have come without b, a and 2 more is not "
                                        "told: it is one number, or another.");
    f.entity[0].name = "others"; /* none of those that are named: the reason is another */
    assert_non_null(strstr(write(&f).text, "only a test shows it"));
    f.entity[0].name = "a";
    fact("a.incremental_conversions", "Conversions caused by a", "channel", "a",
         "incremental_conversions", 7, MKT_UNIT_COUNT);
    const char *text = write(&f).text;
    assert_non_null(strstr(text, "Conversions caused by a was 7"));
    assert_non_null(strstr(text, "No spend is set against these conversions"));
}

static void two_held_against_the_rest(void **state)
{
    struct mkt_focus f = {.entity = {{"channel", "c"}, {"channel", "d"}},
                          .entities = 2,
                          .kinds = 1U << MKT_FINDING_COMPARE};
    (void)state;
    finding("c_rest", MKT_FINDING_COMPARE, "c is below the rest", "c", NULL, .97);
    assert_non_null(strstr(write(&f).text, "c is below the rest"));
    finding("d_over_c", MKT_FINDING_COMPARE, "d is above c", "d", "c", .97);
    assert_non_null(strstr(write(&f).text, "d is above c"));
    assert_null(strstr(write(&f).text, "the rest")); /* these two are compared themselves */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(verdict_that_was_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_metric_of_the_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_entities_and_what_compares_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_comparison_that_is_not_there_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_of_a_kind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(advice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_part_of_the_marketing_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_asked_for_is_the_verdict, set_up, tear_down),
        cmocka_unit_test_setup_teardown(data_that_cannot_answer_say_what_would, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_arena, set_up, tear_down),
        cmocka_unit_test_setup_teardown(metrics_of_whatever_is_measured, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_caused_is_told_or_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_held_against_the_rest, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
