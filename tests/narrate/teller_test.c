#include "narrate/teller.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"

static struct mkt_arena arena;
static struct mkt_sheet sheet;
static struct mkt_err err;

static void add_finding(const char *id, mkt_finding_kind kind, const char *scope, double p)
{
    struct mkt_finding f = {.id = id, .kind = kind, .scope = scope, .claim = id, .probability = p};
    assert_int_equal(mkt_sheet_add_finding(&sheet, &f, &err), MKT_OK);
}

static int setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof err);
    if (mkt_arena_open(&arena, 4 << 20, &err) != MKT_OK) return -1;
    mkt_sheet_init(&sheet, &arena);
    sheet.provenance.period = (struct mkt_period){0, -1};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static const char *finish(struct mkt_teller *t)
{
    const char *text;
    assert_int_equal(mkt_teller_finish(t, "nothing", &text, &err), MKT_OK);
    return text;
}

static void test_sides(void **state)
{
    (void)state;
    assert_int_equal(mkt_side_of("total"), MKT_SIDE_WHOLE);
    assert_int_equal(mkt_side_of(NULL), MKT_SIDE_WHOLE);
    assert_int_equal(mkt_side_of("segment"), MKT_SIDE_AUDIENCE);
    assert_int_equal(mkt_side_of("campaign"), MKT_SIDE_CHANNELS);
    assert_int_equal(mkt_side_of("territory"), MKT_SIDE_CHANNELS);
}

/* Findings are taken in the sheet's order, by side and kind; the unsure are passed over. */
static void test_findings_are_chosen(void **state)
{
    struct mkt_teller t;
    (void)state;
    add_finding("a", MKT_FINDING_COMPARE, "channel", 0.5);
    add_finding("b", MKT_FINDING_COMPARE, "channel", 0.97);
    add_finding("c", MKT_FINDING_CHANGE, "channel", 0.99);
    add_finding("d", MKT_FINDING_COMPARE, "segment", 0.99);
    add_finding("e", MKT_FINDING_COMPARE, "campaign", 0.85);
    add_finding("f", MKT_FINDING_COMPARE, "channel", 0.9);
    mkt_teller_begin(&t, &sheet, 0);
    assert_int_equal(
        mkt_teller_findings(&t, MKT_SIDE_CHANNELS, 1U << MKT_FINDING_COMPARE, 2, false), 2);
    assert_string_equal(finish(&t),
                        "It is very likely (97 %) that b. It is also likely (85 %) that e.");
}

static void test_open_findings(void **state)
{
    struct mkt_teller t;
    (void)state;
    add_finding("worse", MKT_FINDING_PACE, "total", 0.1);
    add_finding("open", MKT_FINDING_PACE, "total", 0.45);
    mkt_teller_begin(&t, &sheet, 0);
    assert_int_equal(mkt_teller_findings(&t, MKT_SIDE_WHOLE, ~0U, 2, false), 0);
    assert_string_equal(finish(&t), "nothing");
    mkt_teller_begin(&t, &sheet, 0);
    assert_int_equal(mkt_teller_findings(&t, MKT_SIDE_WHOLE, ~0U, 2, true), 1);
    assert_string_equal(finish(&t), "It is undecided (45 %) whether open.");
}

/* A fact that a finding names but the sheet lacks is left out, not invented. */
static void test_finding_without_facts(void **state)
{
    static const char *const ids[] = {"gone.roas"};
    struct mkt_finding f = {.id = "x",
                            .kind = MKT_FINDING_COMPARE,
                            .claim = "a beats b",
                            .probability = NAN,
                            .fact = ids,
                            .facts = 1};
    struct mkt_teller t;
    (void)state;
    mkt_teller_begin(&t, &sheet, 0);
    mkt_teller_finding(&t, &f);
    assert_string_equal(finish(&t), "It is of unknown likelihood (–) whether a beats b.");
}

/* Two figures of one metric stand against each other; one against the total names the whole. */
static void test_evidence(void **state)
{
    static const char *const ids[] = {"a.roas", "total.roas"};
    struct mkt_fact fact = {.id = "a.roas",
                            .label = "ROAS of a",
                            .scope = "channel",
                            .entity = "a",
                            .metric = "roas",
                            .unit = MKT_UNIT_RATIO,
                            .value = 2,
                            .low = 1.5,
                            .high = 2.5,
                            .level = .95};
    struct mkt_finding f = {
        .id = "x", .claim = "a does well", .probability = .9, .fact = ids, .facts = 2};
    struct mkt_teller t;
    (void)state;
    assert_int_equal(mkt_sheet_add_fact(&sheet, &fact, &err), MKT_OK);
    fact.id = "total.roas";
    fact.scope = "total";
    fact.entity = NULL;
    assert_int_equal(mkt_sheet_add_fact(&sheet, &fact, &err), MKT_OK);
    mkt_teller_begin(&t, &sheet, .95);
    mkt_teller_finding(&t, &f);
    mkt_teller_finding(&t, &f);
    assert_string_equal(finish(&t), "It is likely (90 %) that a does well: ROAS of a was 2.00 "
                                    "(1.50 to 2.50), against 2.00 (1.50 to 2.50) for the whole. "
                                    "It is also likely (90 %) that a does well.");
}

static void test_when_needs_a_period(void **state)
{
    struct mkt_teller t;
    (void)state;
    mkt_teller_begin(&t, &sheet, 0);
    mkt_teller_text(&t, "spent");
    mkt_teller_when(&t);
    assert_string_equal(finish(&t), "spent");
    sheet.provenance.period.first = mkt_date_days(2025, 1, 1);
    sheet.provenance.period.last = mkt_date_days(2025, 3, 31);
    mkt_teller_when(&t);
    assert_string_equal(finish(&t), "spent in the first quarter of 2025");
}

static void test_full_arena(void **state)
{
    struct mkt_teller t;
    const char *text;
    (void)state;
    arena.fail_at = arena.allocations + 1;
    mkt_teller_begin(&t, &sheet, 0);
    mkt_teller_text(&t, "x");
    assert_int_equal(mkt_teller_finish(&t, "", &text, &err), MKT_E_NOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sides, setup, teardown),
        cmocka_unit_test_setup_teardown(test_findings_are_chosen, setup, teardown),
        cmocka_unit_test_setup_teardown(test_open_findings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_finding_without_facts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_evidence, setup, teardown),
        cmocka_unit_test_setup_teardown(test_when_needs_a_period, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_arena, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
