/* What the planner knows of a data set is what the data set holds. */
#include "plan/known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void the_example_company(void **state)
{
    struct mkt_arena arena;
    struct mkt_err err = {0};
    struct mkt_dataset *dataset;
    struct mkt_known k;
    struct mkt_dataset_options options = {.threads = 1, .memory = (size_t)256 << 20};
    size_t count[MKT_KNOWN_KINDS] = {0};
    (void)state;
    assert_int_equal(mkt_arena_open(&arena, (size_t)64 << 20, &err), MKT_OK);
    assert_int_equal(mkt_dataset_open("examples", &options, &dataset, &err), MKT_OK);
    assert_int_equal(mkt_known_make(&arena, dataset, &k, &err), MKT_OK);
    assert_true(k.performance && k.journeys && k.arms && !k.cut);
    assert_true(mkt_known_can(&k, "roi") && mkt_known_can(&k, "experiment"));
    assert_string_equal(k.currency, "EUR");
    assert_int_equal(k.data.first, mkt_date_days(2024, 10, 1));
    assert_int_equal(k.data.last, mkt_date_days(2026, 9, 30));
    for (size_t i = 0; i < k.names; i++) {
        count[k.name[i].kind]++;
        if (i && k.name[i].kind == k.name[i - 1].kind)
            assert_true(strcmp(k.name[i - 1].name, k.name[i].name) < 0);
        if (strcmp(k.name[i].name, "Holiday 2025") != 0) continue;
        assert_int_equal(k.name[i].days.first, mkt_date_days(2025, 12, 1));
        assert_int_equal(k.name[i].days.last, mkt_date_days(2025, 12, 23));
    }
    assert_int_equal(count[MKT_KNOWN_CHANNEL], 9); /* organic and direct are of the journeys */
    assert_int_equal(count[MKT_KNOWN_CAMPAIGN], 18);
    assert_int_equal(count[MKT_KNOWN_SEGMENT], 3);
    assert_int_equal(k.properties, 1);
    assert_string_equal(k.property[0].name, "device");
    assert_int_equal(k.property[0].values, 2);
    assert_string_equal(k.property[0].value[0], "desktop");
    assert_string_equal(k.property[0].value[1], "mobile");
    assert_true(k.events_named >= 5);
    for (size_t i = 1; i < k.events_named; i++) assert_true(strcmp(k.event[i - 1], k.event[i]) < 0);
    mkt_dataset_close(dataset);
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_example_company)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
