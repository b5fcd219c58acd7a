#include "report/account_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void write_it(const struct mkt_account *account, const char *wanted)
{
    struct mkt_arena arena;
    struct mkt_err err = {0};
    struct mkt_buf text;
    struct mkt_json w;
    assert_int_equal(mkt_arena_open(&arena, 1 << 16, &err), MKT_OK);
    mkt_buf_init(&text, &arena);
    mkt_json_init(&w, &text);
    mkt_account_json_write(&w, account);
    assert_string_equal(text.data, wanted);
    mkt_arena_close(&arena);
}

static void everything_that_was_read(void **state)
{
    (void)state;
    struct mkt_account_column column[] = {{"Cost", "spend", "micros"}, {"<b>", NULL, NULL}};
    struct mkt_account_table table = {.name = "a.csv",
                                      .kind = "performance",
                                      .why = "it has \"x\"",
                                      .sha256 = "ab",
                                      .rows = 3,
                                      .broken = 1,
                                      .column = column,
                                      .columns = 2};
    struct mkt_account_fault fault = {"a.csv", "Cost", "=cmd()", "not a number", 2};
    struct mkt_caveat caveat = {"future_days", "1 day is in the future", MKT_CAVEAT_WARN};
    const struct mkt_account account = {.table = &table,
                                        .tables = 1,
                                        .fault = &fault,
                                        .faults = 1,
                                        .caveat = &caveat,
                                        .caveats = 1,
                                        .currency = "EUR",
                                        .data = {0, 31}};
    write_it(
        &account,
        "{\"tables\":[{\"name\":\"a.csv\",\"kind\":\"performance\",\"why\":\"it has \\\"x\\\"\","
        "\"rows\":3,\"broken\":1,\"sha256\":\"ab\",\"columns\":[{\"name\":\"Cost\",\"role\":"
        "\"spend\",\"how\":\"micros\"},{\"name\":\"<b>\",\"role\":null,\"how\":null}]}],"
        "\"first_day\":\"1970-01-01\",\"last_day\":\"1970-02-01\",\"currency\":\"EUR\","
        "\"faults\":[{\"table\":\"a.csv\",\"row\":2,\"column\":\"Cost\",\"value\":\"=cmd()\","
        "\"reason\":\"not a number\"}],\"caveats\":[{\"id\":\"future_days\",\"text\":\"1 day is "
        "in the future\",\"weight\":\"warn\"}]}");
}

static void nothing_but_no_dates(void **state)
{
    (void)state;
    const struct mkt_account account = {.data = {1, 0}};
    write_it(&account, "{\"tables\":[],\"first_day\":null,\"last_day\":null,\"currency\":null,"
                       "\"faults\":[],\"caveats\":[]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_that_was_read),
        cmocka_unit_test(nothing_but_no_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
