/* What a model is offered to cite: which facts and findings, how many, in which order. */
#include "narrate/cites.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/sample_sheet.h"

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_sheet sheet;

static int setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof err);
    return mkt_arena_open(&arena, 16 << 20, &err) == MKT_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static struct mkt_cites choose(struct sample_options options, mkt_part part, int size)
{
    struct mkt_cites c;
    assert_int_equal(sample_fill(&sheet, &arena, options, &err), MKT_OK);
    mkt_cites_choose(&c, &sheet, part, size);
    return c;
}

static void has(const struct mkt_cites *c, size_t i, const char *id)
{
    assert_true(i < c->count);
    assert_string_equal(c->cite[i].fact ? c->cite[i].fact->id : c->cite[i].finding->id, id);
    assert_true((c->cite[i].fact != NULL) == (i < c->facts));
}

static void test_summary(void **state)
{
    (void)state;
    struct mkt_cites c = choose((struct sample_options){0}, MKT_PART_SUMMARY, 2);
    has(&c, 0, "total.spend");
    has(&c, 1, "total.revenue");
    has(&c, 2, "total.roas");
    has(&c, 3, "total.revenue_change");
    assert_int_equal(c.count, 4);
    assert_true(c.cite[0].must && !c.cite[1].must && c.cite[3].must);
}

static void test_channels(void **state)
{
    (void)state;
    struct mkt_cites c = choose((struct sample_options){0}, MKT_PART_CHANNELS, 2);
    has(&c, 0, "channel_0.share_of_spend");
    has(&c, 1, "channel_1.share_of_spend");
    has(&c, 2, "channel_2.share_of_spend");
    has(&c, 3, "search_over_social.roas"); /* the heaviest in the sheet */
    has(&c, 4, "search.imbalance");
    assert_int_equal(c.count, 5);
}

static void test_sizes_grow(void **state)
{
    (void)state;
    for (mkt_part p = 0; p < MKT_PARTS; p++) {
        size_t last = 1;
        for (int size = 1; size <= MKT_CITES_SIZES; size++) {
            struct mkt_cites c = choose((struct sample_options){0}, p, size);
            assert_true(c.count >= last && c.count <= MKT_CITES_MOST);
            assert_true(c.facts <= c.count && c.part == p);
            last = c.count;
        }
    }
}

/* Findings stand in the sheet's order, which is the heaviest first, and never below .6 beside one
 * above. */
static void test_findings_in_their_order(void **state)
{
    (void)state;
    for (mkt_part p = 0; p < MKT_PARTS; p++) {
        struct mkt_cites c = choose((struct sample_options){0}, p, 3);
        for (size_t i = c.facts; i < c.count; i++) {
            assert_true(c.cite[i].finding->probability >= .6);
            assert_true(i == c.facts || c.cite[i - 1].finding < c.cite[i].finding);
            assert_true((c.cite[i].finding->kind == MKT_FINDING_ACTION) == (p == MKT_PART_ADVICE));
            if (p == MKT_PART_ADVICE) assert_true(c.cite[i].must);
        }
    }
}

static void test_nothing_to_cite(void **state)
{
    (void)state;
    struct mkt_cites c = choose((struct sample_options){.no_segments = true}, MKT_PART_AUDIENCE, 3);
    assert_int_equal(c.count, 0);
    c = choose((struct sample_options){.one_channel = true}, MKT_PART_ADVICE, 3);
    assert_int_equal(c.count, 0);
    c = choose((struct sample_options){.no_revenue = true}, MKT_PART_RETURN, 3);
    assert_int_equal(c.count, 0);
    for (mkt_part p = 0; p < MKT_PARTS; p++) {
        c = choose((struct sample_options){.status = MKT_ANSWER_INSUFFICIENT}, p, 3);
        assert_int_equal(c.count, 0);
    }
}

/* A column of noughts is no return, and not worth citing in the summary. */
static void test_noughts(void **state)
{
    (void)state;
    struct mkt_cites c = choose((struct sample_options){0}, MKT_PART_RETURN, 3);
    has(&c, 0, "total.roas");
    for (size_t i = 0; i < sheet.facts; i++)
        if (strcmp(sheet.fact[i].id, "total.revenue") == 0) sheet.fact[i].value = 0;
    mkt_cites_choose(&c, &sheet, MKT_PART_RETURN, 3);
    assert_int_equal(c.count, 0);
    mkt_cites_choose(&c, &sheet, MKT_PART_SUMMARY, 3);
    for (size_t i = 0; i < c.facts; i++)
        assert_string_not_equal(c.cite[i].fact->id, "total.revenue");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_summary, setup, teardown),
        cmocka_unit_test_setup_teardown(test_channels, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sizes_grow, setup, teardown),
        cmocka_unit_test_setup_teardown(test_findings_in_their_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_to_cite, setup, teardown),
        cmocka_unit_test_setup_teardown(test_noughts, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
