#include "simulate/catalogue.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"

static double sum(const double *share, int n)
{
    double total = 0;
    for (int i = 0; i < n; i++) total += share[i];
    return total;
}

static void shares_sum_to_one(void **state)
{
    (void)state;
    assert_true(fabs(sum(mkt_catalogue_segment_share, MKT_CATALOGUE_SEGMENTS) - 1) < 1e-12);
    assert_true(fabs(sum(mkt_catalogue_product_share, MKT_CATALOGUE_PRODUCTS) - 1) < 1e-12);
    assert_true(fabs(sum(mkt_catalogue_quantity_share, MKT_CATALOGUE_QUANTITIES) - 1) < 1e-12);
    for (int k = 0; k < MKT_CATALOGUE_CHANNELS; k++)
        assert_true(fabs(sum(mkt_catalogue_channel[k].segment, MKT_CATALOGUE_SEGMENTS) - 1) <
                    1e-12);
}

/* Names are written into CSV as they are, and are told apart by their text. */
static void names_are_plain_and_differ(void **state)
{
    (void)state;
    for (int k = 0; k < MKT_CATALOGUE_CHANNELS; k++) {
        assert_null(strpbrk(mkt_catalogue_channel[k].name, ",\"\r\n"));
        for (int j = 0; j < k; j++)
            assert_string_not_equal(mkt_catalogue_channel[k].name, mkt_catalogue_channel[j].name);
    }
    for (int c = 0; c < MKT_CATALOGUE_CAMPAIGNS; c++) {
        assert_null(strpbrk(mkt_catalogue_campaign[c].name, ",\"\r\n"));
        for (int j = 0; j < c; j++)
            assert_string_not_equal(mkt_catalogue_campaign[c].name, mkt_catalogue_campaign[j].name);
    }
}

static void channels_run_campaigns_without_dates(void **state)
{
    (void)state;
    for (int k = 0; k < MKT_CATALOGUE_CHANNELS; k++) {
        const struct mkt_catalogue_channel *c = &mkt_catalogue_channel[k];
        assert_in_range(c->always, MKT_CATALOGUE_BURSTS, MKT_CATALOGUE_CAMPAIGNS - 1);
        assert_in_range(c->side, MKT_CATALOGUE_BURSTS, MKT_CATALOGUE_CAMPAIGNS - 1);
        assert_int_equal(mkt_catalogue_campaign[c->always].from, 0);
        assert_int_equal(mkt_catalogue_campaign[c->side].from, 0);
    }
}

static void bursts_do_not_overlap(void **state)
{
    (void)state;
    int days[MKT_CATALOGUE_BURSTS] = {0};
    for (int32_t day = mkt_date_days(2023, 1, 1); day < mkt_date_days(2024, 1, 1); day++) {
        int b = mkt_catalogue_burst(day);
        if (b >= 0) days[b]++;
    }
    static const int length[MKT_CATALOGUE_BURSTS] = {23, 42, 47, 27, 11, 23};
    for (int b = 0; b < MKT_CATALOGUE_BURSTS; b++) assert_int_equal(days[b], length[b]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_sum_to_one),
        cmocka_unit_test(names_are_plain_and_differ),
        cmocka_unit_test(channels_run_campaigns_without_dates),
        cmocka_unit_test(bursts_do_not_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
