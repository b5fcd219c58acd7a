/* The sentence that opens an experiment's answer says what to do, whatever the verdict. */
#include "analysis/experiment.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "narrate/plain.h"

static struct mkt_arena arena;
static struct mkt_err err;

static const struct mkt_arms_metric metric[] = {
    {.name = "orders", .kind = MKT_ARMS_PROPORTION, .cap = NAN, .most = 1},
    {.name = "returns", .kind = MKT_ARMS_PROPORTION, .cap = NAN, .most = 1}};

/* Two variants of `units` each over `days` days; of them so many order, and return. */
struct arms {
    int units, days, orders[2], returns[2], missing_of_b;
};

static const char *sentence(const struct arms *x, const struct mkt_experiment_options *options)
{
    static struct mkt_sheet sheet;
    struct mkt_words words;
    struct mkt_arms *arms;
    mkt_arena_reset(&arena, 1U << 20);
    arms = MKT_NEW(&arena, struct mkt_arms, 1);
    assert_non_null(arms);
    mkt_arms_init(arms, &arena, metric, 2, x->days > 0, false);
    for (int v = 0; v < 2; v++)
        for (int i = 0; i < x->units - (v ? x->missing_of_b : 0); i++) {
            int spread = (int)(i * 7919LL % x->units), day = i * x->days / x->units;
            const double value[2][MKT_ARMS_VARIABLES] = {{spread < x->orders[v]},
                                                         {spread < x->returns[v]}};
            assert_int_equal(mkt_arms_add_unit(arms, v ? "b" : "a", NULL, 20454 + day, value, &err),
                             MKT_OK);
        }
    assert_int_equal(mkt_arms_finish(arms, &err), MKT_OK);
    mkt_sheet_init(&sheet, &arena);
    if (mkt_experiment_fill(arms, NULL, options, &sheet, &err) != MKT_OK) fail_msg("%s", err.text);
    assert_int_equal(mkt_plain_write(&sheet, &words, &err), MKT_OK);
    return words.verdict;
}

static void opens_with(const struct arms *x, const struct mkt_experiment_options *o,
                       const char *words)
{
    const char *got = sentence(x, o);
    if (strncmp(got, words, strlen(words)) != 0) fail_msg("\"%s\" opens: %s", words, got);
}

static struct mkt_experiment_options options(void)
{
    return (struct mkt_experiment_options){
        .level = .95, .tuning = 5000, .power = .8, .effect = .05, .lower = "returns"};
}

static void says_what_to_do(void **state)
{
    (void)state;
    struct mkt_experiment_options o = options();
    opens_with(&(struct arms){10000, 14, {1000, 1300}, {100, 100}, 0}, &o,
               "Ship b: its lift is +30.0 % (+13.9 to +46.1 % at any look). It is ");
    opens_with(&(struct arms){10000, 14, {1000, 700}, {100, 100}, 0}, &o,
               "Do not ship b: keep a, which does better on orders: its lift is -30.0 % (");
    opens_with(&(struct arms){10000, 14, {1000, 1300}, {100, 300}, 0}, &o,
               "Do not ship b: it gains on orders but loses on returns: its lift is +200 % (");
    opens_with(&(struct arms){10000, 14, {1000, 1010}, {100, 100}, 0}, &o,
               "Keep the experiment running until 2026-0");
    opens_with(&(struct arms){10000, 0, {1000, 1010}, {100, 100}, 0}, &o,
               "Keep the experiment running for 266,491 more units. b and a cannot be told apart "
               "for sure yet on orders: its lift is +1.0 % (");
    /* a lead that would be clear soon if it stayed */
    opens_with(&(struct arms){10000, 14, {1000, 1110}, {100, 100}, 0}, &o,
               "Keep the experiment running until 2026-01-");
    const char *got = sentence(&(struct arms){10000, 14, {1000, 1110}, {100, 100}, 0}, &o);
    if (!strstr(got, "more units) if the lift stays as it is, at the latest until 2026-07-"))
        fail_msg("%s", got);
    assert_null(strstr(got, "That is long"));
    o.effect = .5;
    opens_with(&(struct arms){10000, 14, {1000, 1010}, {100, 100}, 0}, &o,
               "Do not ship b: it does not gain as much on orders as was asked for: its lift is "
               "+1.0 % (");
}

static void says_that_it_takes_long(void **state)
{
    (void)state;
    struct mkt_experiment_options o = options();
    const char *got = sentence(&(struct arms){10000, 14, {1000, 1010}, {100, 100}, 0}, &o);
    assert_non_null(strstr(got, "until 2026-07-")); /* 187 days at 1,429 units a day */
    assert_non_null(strstr(got, "266,491 more units"));
    assert_non_null(strstr(got, "That is long"));
    got = sentence(&(struct arms){60000, 14, {6000, 6060}, {600, 600}, 0}, &o);
    assert_non_null(strstr(got, "until 2026-02-03")); /* 20 days */
    assert_null(strstr(got, "That is long"));
}

static void says_why_it_is_broken(void **state)
{
    (void)state;
    struct mkt_experiment_options o = options();
    opens_with(&(struct arms){10000, 14, {1000, 1300}, {100, 100}, 900}, &o,
               "The experiment is broken: b got 9,100 units where 9,550 were meant");
    opens_with(&(struct arms){10000, 14, {0, 0}, {100, 100}, 0}, &o,
               "Orders of b cannot be tested: it is zero for every unit");
    o.not_worse = true;
    o.margin = .05;
    opens_with(&(struct arms){10000, 0, {1000, 1010}, {100, 100}, 0}, &o,
               "Keep the experiment running for ");
    assert_non_null(strstr(sentence(&(struct arms){10000, 0, {1000, 1010}, {100, 100}, 0}, &o),
                           "that b loses less than the margin on orders is not shown yet"));
}

int main(void)
{
    assert_int_equal(mkt_arena_open(&arena, 64U << 20, &err), MKT_OK);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_to_do),
        cmocka_unit_test(says_that_it_takes_long),
        cmocka_unit_test(says_why_it_is_broken),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mkt_arena_close(&arena);
    return failed;
}
