/* What a holdout tells: by hand, over simulated shops, and when it tells nothing. */
#include "model/holdout.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "num/near.h"

#include "num/random.h"

#define Z 1.959963984540054

static struct mkt_holdout_channel channel_of(int64_t shown, double y1, int64_t withheld, double y0)
{
    return (struct mkt_holdout_channel){.shown = {shown, y1, y1, 10 * y1, 100 * y1},
                                        .withheld = {withheld, y0, y0, 10 * y0, 100 * y0}};
}

static void difference_by_hand(void **state)
{
    (void)state;
    struct mkt_holdout_channel c = channel_of(9000, 400, 1000, 20);
    struct mkt_holdout_effect e = mkt_holdout_fit(&c, .1, Z);
    assert_int_equal(e.state, MKT_HOLDOUT_GIVEN);
    assert_near(e.conversions, 220, 1e-12); /* 400 - 9 * 20 */
    /* score limits of 400: 362.70 and 441.14; of 20: 12.95 and 30.89 */
    assert_near(e.conversions_within.low, 220 - sqrt(37.30 * 37.30 + 81 * 10.89 * 10.89), .1);
    assert_near(e.conversions_within.high, 220 + sqrt(41.14 * 41.14 + 81 * 7.05 * 7.05), .1);
    /* every conversion is worth 10 */
    assert_near(e.value, 2200, 1e-9);
    assert_near(e.value_within.low, 10 * e.conversions_within.low, 1e-9);
    assert_near(e.value_within.high, 10 * e.conversions_within.high, 1e-9);
}

static void nothing_is_told(void **state)
{
    (void)state;
    struct mkt_holdout_channel c = channel_of(9000, 400, 0, 0);
    assert_int_equal(mkt_holdout_fit(&c, 0, Z).state, MKT_HOLDOUT_NONE);
    c = channel_of(9000, 400, 49, 2);
    assert_int_equal(mkt_holdout_fit(&c, 0, Z).state, MKT_HOLDOUT_FEW);
    c = channel_of(9000, 4, 1000, 0);
    assert_int_equal(mkt_holdout_fit(&c, 0, Z).state, MKT_HOLDOUT_FEW);
    c = channel_of(9000, 400, 1000, 20);
    c.mixed = 300;
    assert_int_equal(mkt_holdout_fit(&c, 0, Z).state, MKT_HOLDOUT_LEAKY);
    c.mixed = 100;
    assert_int_equal(mkt_holdout_fit(&c, 0, Z).state, MKT_HOLDOUT_GIVEN);
    assert_int_equal(mkt_holdout_fit(&c, .2, Z).state, MKT_HOLDOUT_LEAKY); /* 10 %, not 20 */
    c = channel_of(9000, 400, 1000, 20);
    c.shown.value = -1;
    assert_true(isnan(mkt_holdout_fit(&c, .1, Z).value));
    c = channel_of(9000, 400, 1000,
                   0); /* no conversion without it: the interval still has a width */
    struct mkt_holdout_effect e = mkt_holdout_fit(&c, .1, Z);
    assert_near(e.conversions, 400, 0);
    assert_true(e.conversions_within.low < 370 && e.conversions_within.high > 430);
}

static void draw_arm(struct mkt_random *r, struct mkt_holdout_arm *arm, int64_t users, double rate)
{
    for (arm->users = users; users > 0; users--) {
        /* some buy several times: the spread of users is larger than a count's */
        double y = (double)mkt_random_poisson(r, rate * mkt_random_gamma(r, 1)), v = 0;
        for (int i = 0; i < (int)y; i++) v += mkt_random_gamma(r, 2) * 20;
        arm->conversions += y;
        arm->conversions2 += y * y;
        arm->value += v;
        arm->value2 += v * v;
    }
}

/* Intervals hold the truth 93 to 97 times in 100, where few convert, too. */
static void intervals_cover(void **state)
{
    (void)state;
    static const struct {
        int64_t shown, withheld;
        double rate, base;
    } shop[] = {{4500, 500, .06, .04}, {1800, 200, .03, .03}, {1800, 450, .3, .1}};
    enum { WORLDS = 1000 };
    for (size_t s = 0; s < sizeof shop / sizeof *shop; s++) {
        int held[2] = {0}, all = 0;
        double truth = (double)shop[s].shown * (shop[s].rate - shop[s].base);
        for (uint64_t w = 0; w < WORLDS; w++) {
            struct mkt_holdout_channel c = {0};
            struct mkt_random r;
            mkt_random_init(&r, w, s + 77);
            draw_arm(&r, &c.shown, shop[s].shown, shop[s].rate);
            draw_arm(&r, &c.withheld, shop[s].withheld, shop[s].base);
            struct mkt_holdout_effect e = mkt_holdout_fit(&c, 0, Z);
            assert_int_equal(e.state, MKT_HOLDOUT_GIVEN);
            all++;
            held[0] += e.conversions_within.low <= truth && truth <= e.conversions_within.high;
            held[1] += e.value_within.low <= 40 * truth && 40 * truth <= e.value_within.high;
        }
        for (int k = 0; k < 2; k++) {
            double share = (double)held[k] / all;
            if (share < .93 || share > .972) fail_msg("shop %zu, %d: %.3f", s, k, share);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(difference_by_hand),
        cmocka_unit_test(nothing_is_told),
        cmocka_unit_test(intervals_cover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
