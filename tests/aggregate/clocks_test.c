/* Rows far from all others, at either end. */
#include "aggregate/clocks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BINS 700

static struct mkt_clocks_bin bin[BINS];

static void rows(int64_t month, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        mkt_clocks_add(&bin[month], month * MKT_CLOCKS_DAYS + i % MKT_CLOCKS_DAYS);
}

/*   first, last  months expected */
static void expect(int64_t strays, int64_t first, int64_t last)
{
    int64_t from, to;
    assert_int_equal(mkt_clocks_range(bin, BINS, &from, &to), strays);
    assert_int_equal(from / MKT_CLOCKS_DAYS, first);
    assert_int_equal(to / MKT_CLOCKS_DAYS, last);
}

static int clear(void **state)
{
    (void)state;
    memset(bin, 0, sizeof bin);
    return 0;
}

static void few_and_far_are_strays(void **state)
{
    (void)state;
    rows(600, 4000);
    rows(612, 5000); /* eleven months between: a pause */
    rows(360, 10);   /* twenty years before */
    rows(627, 5);    /* more than a year after */
    expect(15, 600, 612);
}

static void many_or_near_are_not(void **state)
{
    (void)state;
    rows(600, 900);
    rows(620, 3); /* three in a thousand */
    rows(588, 1); /* within a year */
    expect(0, 588, 620);
    rows(100, 60); /* six in a hundred, forty years before */
    expect(0, 100, 620);
}

static void one_row(void **state)
{
    (void)state;
    rows(5, 1);
    expect(0, 5, 5);
}

static void joined_is_the_same(void **state)
{
    (void)state;
    static struct mkt_clocks_bin other[BINS];
    rows(600, 1000);
    rows(3, 1);
    memcpy(other, bin, sizeof bin);
    memset(bin, 0, sizeof bin);
    rows(601, 1000);
    mkt_clocks_join(bin, other, BINS);
    expect(1, 600, 601);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(few_and_far_are_strays, clear),
        cmocka_unit_test_setup(many_or_near_are_not, clear),
        cmocka_unit_test_setup(one_row, clear),
        cmocka_unit_test_setup(joined_is_the_same, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
