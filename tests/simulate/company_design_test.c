#include "simulate/company_design.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct mkt_company_channel channel[MKT_CATALOGUE_CHANNELS];

/* A design without days; returns the usual spend of all channels a day, in cents. */
static double draw(struct mkt_company *company, uint64_t seed, int channels, double scale)
{
    *company = (struct mkt_company){.channels = channels, .channel = channel};
    mkt_company_options_init(&company->options, seed);
    company->options.scale = scale;
    double daily[MKT_CATALOGUE_CHANNELS], sum = 0;
    mkt_company_design_draw(company, daily);
    for (int k = 0; k < channels; k++) {
        assert_true(daily[k] > 0);
        sum += daily[k];
    }
    return sum;
}

static void parameters_are_within_their_domains(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct mkt_company c;
        draw(&c, seed, MKT_CATALOGUE_CHANNELS, 1);
        assert_true(c.persistence >= 0.2 && c.persistence < 0.6);
        for (int k = 0; k < MKT_CATALOGUE_CHANNELS; k++) {
            const struct mkt_company_channel *h = &channel[k];
            const struct mkt_catalogue_channel *usual = &mkt_catalogue_channel[k];
            assert_true(h->carry_over >= usual->carry_over.low);
            assert_true(h->carry_over < usual->carry_over.high);
            assert_true(h->shape >= usual->shape.low && h->shape < usual->shape.high);
            assert_true(h->half > 0 && h->effect > 0 && h->start_pressure > 0);
            assert_true(h->own > 0 && h->own < 1);
            /* with noise at most doubled, still a probability */
            assert_true(h->reach >= 0.002 && h->reach <= 0.5);
        }
    }
}

/* A company twice as large spends and sells twice as much; what it is paid for does not change. */
static void scale_is_only_size(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct mkt_company one, two;
        double spend = draw(&one, seed, 7, 1);
        double effect = channel[0].effect, reach = channel[0].reach, carry = channel[0].carry_over;
        assert_true(fabs(draw(&two, seed, 7, 2) / spend - 2) < 1e-12);
        assert_true(fabs(two.daily_orders / one.daily_orders - 2) < 1e-12);
        assert_true(fabs(channel[0].effect / effect - 2) < 1e-9);
        assert_true(fabs(channel[0].reach - reach) < 1e-9);
        assert_true(channel[0].carry_over == carry);
    }
}

/* Another channel changes the budgets of the others, not what they are. */
static void channels_have_their_own_stream(void **state)
{
    (void)state;
    struct mkt_company c;
    draw(&c, 9, 3, 1);
    double carry = channel[1].carry_over, shape = channel[1].shape, own = channel[1].own;
    draw(&c, 9, 8, 1);
    assert_true(channel[1].carry_over == carry && channel[1].shape == shape);
    assert_true(channel[1].own == own);
}

static void uses_have_their_own_stream(void **state)
{
    (void)state;
    struct mkt_random first;
    mkt_company_design_stream(&first, 1, MKT_STREAM_OPTIONS, 0);
    uint64_t bits = mkt_random_bits(&first);
    for (int use = MKT_STREAM_OPTIONS; use <= MKT_STREAM_TRAITS; use++)
        for (int index = 0; index < 50; index++) {
            struct mkt_random r;
            mkt_company_design_stream(&r, 1, use, index);
            if (use != MKT_STREAM_OPTIONS || index) assert_true(mkt_random_bits(&r) != bits);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_within_their_domains),
        cmocka_unit_test(scale_is_only_size),
        cmocka_unit_test(channels_have_their_own_stream),
        cmocka_unit_test(uses_have_their_own_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
