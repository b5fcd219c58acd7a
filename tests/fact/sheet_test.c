/* A sheet keeps what an analysis says, finds it again, and refuses what cannot be true. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fact/sheet.h"

static struct mkt_arena arena;
static struct mkt_sheet sheet;
static struct mkt_err err;

static int begin(void **state)
{
    (void)state;
    if (mkt_arena_open(&arena, 4 << 20, &err) != MKT_OK) return -1;
    mkt_err_clear(&err);
    mkt_sheet_init(&sheet, &arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static struct mkt_fact fact_of(const char *id, double value)
{
    return (struct mkt_fact){.id = id,
                             .label = "a figure",
                             .scope = "total",
                             .metric = "spend",
                             .value = value,
                             .unit = MKT_UNIT_MONEY,
                             .low = NAN,
                             .high = NAN,
                             .interval = "none",
                             .why = "a sum of what was recorded"};
}

static void facts_are_found_by_their_id(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    assert_null(mkt_sheet_fact(&sheet, "fact.0"));
    for (int i = 0; i < MANY; i++) {
        struct mkt_fact f = fact_of(mkt_arena_printf(&arena, "fact.%d", i), i);
        assert_int_equal(mkt_sheet_add_fact(&sheet, &f, &err), MKT_OK);
    }
    assert_int_equal(sheet.facts, MANY);
    for (int i = 0; i < MANY; i++) {
        char id[32];
        snprintf(id, sizeof id, "fact.%d", i);
        const struct mkt_fact *f = mkt_sheet_fact(&sheet, id);
        assert_non_null(f);
        assert_true(f->value == i);
        assert_ptr_equal(f, &sheet.fact[i]); /* in the order of adding */
    }
    assert_null(mkt_sheet_fact(&sheet, "fact.3000"));
    assert_null(mkt_sheet_fact(&sheet, ""));
    assert_null(mkt_sheet_fact(&sheet, NULL));
}

static void refused(struct mkt_fact f, const char *because)
{
    mkt_err_clear(&err);
    size_t facts = sheet.facts;
    assert_int_equal(mkt_sheet_add_fact(&sheet, &f, &err), MKT_E_INTERNAL);
    assert_non_null(strstr(err.text, because));
    assert_non_null(strstr(err.text, f.id));
    assert_int_equal(sheet.facts, facts);
}

static void facts_that_cannot_be_are_refused(void **state)
{
    (void)state;
    struct mkt_fact good = fact_of("x.roas", 3), f = good;
    assert_int_equal(mkt_sheet_add_fact(&sheet, &good, &err), MKT_OK);
    refused(good, "stands twice");

    refused(fact_of("nan", NAN), "finite");
    refused(fact_of("inf", INFINITY), "finite");

    f = fact_of("silent", 1);
    f.why = NULL;
    refused(f, "does not say why");

    static const struct {
        double low, high, level;
    } bad[] = {{4, 5, .95}, {1, 2, .95}, {5, 1, .95}, {NAN, 5, .95}, {1, NAN, .95},
               {1, 5, 0},   {1, 5, 1},   {1, 5, -1},  {1, 5, NAN}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        f = fact_of("interval", 3);
        f.low = bad[i].low, f.high = bad[i].high, f.level = bad[i].level;
        refused(f, "interval");
    }
    mkt_err_clear(&err);
    f = fact_of("good", 3);
    f.low = 3, f.high = 3, f.level = .95, f.why = NULL;
    assert_int_equal(mkt_sheet_add_fact(&sheet, &f, &err), MKT_OK);
}

static void the_other_lists_keep_their_order(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        struct mkt_finding finding = {.id = mkt_arena_printf(&arena, "finding.%d", i)};
        struct mkt_caveat caveat = {.id = finding.id, .weight = MKT_CAVEAT_WARN};
        struct mkt_table table = {.id = finding.id};
        struct mkt_chart chart = {.id = finding.id};
        assert_int_equal(mkt_sheet_add_finding(&sheet, &finding, &err), MKT_OK);
        assert_int_equal(mkt_sheet_add_caveat(&sheet, &caveat, &err), MKT_OK);
        assert_int_equal(mkt_sheet_add_table(&sheet, &table, &err), MKT_OK);
        assert_int_equal(mkt_sheet_add_chart(&sheet, &chart, &err), MKT_OK);
        assert_int_equal(mkt_sheet_add_missing(&sheet, finding.id, &err), MKT_OK);
    }
    assert_int_equal(sheet.findings, 50);
    assert_int_equal(sheet.caveats, 50);
    assert_int_equal(sheet.tables, 50);
    assert_int_equal(sheet.charts, 50);
    assert_int_equal(sheet.missings, 50);
    for (int i = 0; i < 50; i++) {
        const char *id = sheet.finding[i].id;
        assert_ptr_equal(sheet.caveat[i].id, id);
        assert_ptr_equal(sheet.table[i].id, id);
        assert_ptr_equal(sheet.chart[i].id, id);
        assert_ptr_equal(sheet.missing[i], id);
    }
    assert_ptr_equal(mkt_sheet_finding(&sheet, "finding.31"), &sheet.finding[31]);
    assert_null(mkt_sheet_finding(&sheet, "finding.50"));
    assert_null(mkt_sheet_finding(&sheet, NULL));
}

static void flows_lead_to_later_places(void **state)
{
    static struct mkt_flow bad[] = {{1, 1, 1},  {2, 1, 1},   {1, 3, 1},       {0, 1, 0},
                                    {0, 1, -1}, {0, 1, NAN}, {0, 1, INFINITY}};
    struct mkt_flow good = {0, 2, .5};
    struct mkt_chart chart = {.id = "c", .kind = MKT_CHART_FLOW, .points = 3, .flows = 1};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mkt_err_clear(&err);
        chart.flow = &bad[i];
        assert_int_equal(mkt_sheet_add_chart(&sheet, &chart, &err), MKT_E_INTERNAL);
    }
    assert_int_equal(sheet.charts, 0);
    chart.flow = &good;
    assert_int_equal(mkt_sheet_add_chart(&sheet, &chart, &err), MKT_OK);
}

static mkt_status add_one_of_each(void)
{
    struct mkt_fact f = fact_of("a", 1);
    MKT_TRY(mkt_sheet_add_fact(&sheet, &f, &err));
    MKT_TRY(mkt_sheet_add_finding(&sheet, &(struct mkt_finding){.id = "b"}, &err));
    MKT_TRY(mkt_sheet_add_caveat(&sheet, &(struct mkt_caveat){.id = "c"}, &err));
    MKT_TRY(mkt_sheet_add_table(&sheet, &(struct mkt_table){.id = "d"}, &err));
    MKT_TRY(mkt_sheet_add_chart(&sheet, &(struct mkt_chart){.id = "e"}, &err));
    return mkt_sheet_add_missing(&sheet, "f", &err);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    size_t fail_at = 1;
    for (;; fail_at++) {
        mkt_arena_reset(&arena, 1 << 20);
        mkt_sheet_init(&sheet, &arena);
        mkt_err_clear(&err);
        arena.fail_at = fail_at;
        mkt_status status = add_one_of_each();
        arena.fail_at = 0;
        if (status == MKT_OK) break;
        assert_int_equal(status, MKT_E_NOMEM);
        assert_int_equal(err.status, MKT_E_NOMEM);
        const struct mkt_fact *f = mkt_sheet_fact(&sheet, "a"); /* still usable */
        assert_true(!f || f->value == 1);
    }
    assert_int_equal(fail_at, 8); /* seven allocations: the index, and one a list */
}

static void names_are_unique_words(void **state)
{
    (void)state;
    const char *name[32];
    size_t n = 0;
    for (int i = MKT_UNIT_COUNT; i <= MKT_UNIT_INDEX; i++) name[n++] = mkt_unit_name((mkt_unit)i);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++) assert_string_not_equal(name[i], name[k]);
    assert_string_equal(mkt_unit_name(MKT_UNIT_MONEY), "money");
    assert_string_equal(mkt_unit_name(MKT_UNIT_INDEX), "index");
    assert_string_equal(mkt_finding_kind_name(MKT_FINDING_COMPARE), "compare");
    assert_string_equal(mkt_finding_kind_name(MKT_FINDING_ACTION), "action");
    assert_string_equal(mkt_answer_status_name(MKT_ANSWER_OK), "ok");
    assert_string_equal(mkt_answer_status_name(MKT_ANSWER_INSUFFICIENT), "insufficient");
    assert_string_equal(mkt_chart_kind_name(MKT_CHART_TIME), "time");
    assert_string_equal(mkt_chart_kind_name(MKT_CHART_INTERVAL), "interval");
    assert_string_equal(mkt_chart_kind_name(MKT_CHART_MATRIX), "matrix");
    assert_string_equal(mkt_chart_kind_name(MKT_CHART_FLOW), "flow");
}

static void a_new_sheet_has_nothing_to_say(void **state)
{
    (void)state;
    assert_true(isnan(sheet.confidence));
    assert_null(sheet.headline);
    assert_int_equal(sheet.status, MKT_ANSWER_OK);
    assert_int_equal(sheet.facts + sheet.findings + sheet.tables + sheet.charts, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(facts_are_found_by_their_id, begin, end),
        cmocka_unit_test_setup_teardown(facts_that_cannot_be_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(the_other_lists_keep_their_order, begin, end),
        cmocka_unit_test_setup_teardown(flows_lead_to_later_places, begin, end),
        cmocka_unit_test_setup_teardown(every_allocation_may_fail, begin, end),
        cmocka_unit_test_setup_teardown(names_are_unique_words, begin, end),
        cmocka_unit_test_setup_teardown(a_new_sheet_has_nothing_to_say, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
