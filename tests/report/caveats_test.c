#include "report/caveats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Heaviest first, the sheet's before the data's, one of each id. */
static void test_order_and_once(void **state)
{
    static struct mkt_caveat of_data[] = {{"broken", "data's", MKT_CAVEAT_WARN},
                                          {"both", "data's own words", MKT_CAVEAT_LIMIT},
                                          {"gap", "a gap", MKT_CAVEAT_LIMIT}};
    struct mkt_account account = {.caveat = of_data, .caveats = 3};
    struct mkt_caveat note = {"note", "a note", MKT_CAVEAT_NOTE};
    struct mkt_caveat both = {"both", "the sheet's words", MKT_CAVEAT_WARN};
    struct mkt_arena arena;
    struct mkt_err err = {0};
    struct mkt_sheet sheet;
    struct mkt_caveats c;
    (void)state;
    assert_int_equal(mkt_arena_open(&arena, 1 << 20, &err), MKT_OK);
    mkt_sheet_init(&sheet, &arena);
    sheet.provenance.account = &account;
    assert_int_equal(mkt_sheet_add_caveat(&sheet, &note, &err), MKT_OK);
    assert_int_equal(mkt_sheet_add_caveat(&sheet, &both, &err), MKT_OK);
    assert_int_equal(mkt_caveats_make(&arena, &sheet, &c, &err), MKT_OK);
    assert_int_equal(c.count, 4);
    assert_string_equal(c.item[0]->id, "gap");
    assert_string_equal(c.item[1]->text, "the sheet's words");
    assert_string_equal(c.item[2]->id, "broken");
    assert_string_equal(c.item[3]->id, "note");
    arena.fail_at = arena.allocations + 1;
    assert_int_equal(mkt_caveats_make(&arena, &sheet, &c, &err), MKT_E_NOMEM);
    mkt_arena_close(&arena);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(mkt_caveats_weight_name(MKT_CAVEAT_NOTE), "note");
    assert_string_equal(mkt_caveats_weight_name(MKT_CAVEAT_WARN), "warn");
    assert_string_equal(mkt_caveats_weight_name(MKT_CAVEAT_LIMIT), "limit");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_once),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
