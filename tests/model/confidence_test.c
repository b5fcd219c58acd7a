/* Confidence after picking, against closed forms and a simulation of picking the largest. */
#include "model/confidence.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "num/distribution.h"
#include "num/random.h"

static void pulls_towards_a_half(void **state)
{
    (void)state;
    assert_true(fabs(mkt_confidence(.975, .04, 0) - .975) < 1e-9);
    assert_true(fabs(mkt_confidence(.5, .04, .01) - .5) < 1e-12);
    double a = mkt_confidence(.975, .04, .01), b = mkt_confidence(.975, .04, .16);
    assert_true(.5 < b && b < a && a < .975);
    assert_true(fabs(mkt_confidence(.025, .04, .01) + a - 1) < 1e-9);
    assert_true(fabs(a - mkt_distribution_normal_cdf(1.959963984540054 * sqrt(.8))) < 1e-9);
    assert_true(isnan(mkt_confidence(NAN, .04, .01)));
    assert_true(isnan(mkt_confidence(.9, .04, NAN)));
}

static void variance_by_moments(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 6}, error[] = {.5, .5, .5, .5};
    const double usual = MKT_CONFIDENCE_TAU * MKT_CONFIDENCE_TAU;
    /* with equal errors: sample variance less the error's, here 14 / 3 - .25; about 0: 50 / 4 - .25 */
    double want = ((14.0 / 3 - .25) * 3 + usual) / 4;
    assert_true(fabs(mkt_confidence_variance(x, error, 4, 0) - want) < 1e-12);
    want = ((50.0 / 4 - .25) * 4 + usual) / 5;
    assert_true(fabs(mkt_confidence_variance(x, error, 4, 1) - want) < 1e-12);
    assert_true(mkt_confidence_variance(x, error, 1, 0) == usual);
    assert_true(mkt_confidence_variance(NULL, NULL, 0, 1) == usual);
    /* closer together than chance alone: nothing is left but the usual */
    const double same[] = {1, 1, 1};
    assert_true(fabs(mkt_confidence_variance(same, error, 3, 0) - usual / 3) < 1e-12);
}

/* Picks the clearest of many differences: what is said holds at least as often as is said. */
static void holds_after_picking(void **state)
{
    (void)state;
    enum { COMPANIES = 4000, CHANNELS = 6 };
    const double tau = .2, error = .2;
    struct mkt_random r;
    mkt_random_init(&r, 8, 8);
    double said = 0, right = 0, raw = 0;
    for (int i = 0; i < COMPANIES; i++) {
        double truth[CHANNELS], x[CHANNELS], errors[CHANNELS], best = -1;
        size_t top = 0, low = 0;
        for (int k = 0; k < CHANNELS; k++) {
            truth[k] = tau * mkt_random_normal(&r);
            x[k] = truth[k] + error * mkt_random_normal(&r);
            errors[k] = error;
        }
        for (size_t a = 0; a < CHANNELS; a++)
            for (size_t b = 0; b < CHANNELS; b++)
                if (x[a] - x[b] > best) best = x[a] - x[b], top = a, low = b;
        double p = mkt_distribution_normal_cdf(best / error / sqrt(2));
        double tau2 = mkt_confidence_variance(x, errors, CHANNELS, 0);
        said += mkt_confidence(p, tau2, error * error) / COMPANIES;
        raw += p / COMPANIES;
        right += (truth[top] > truth[low]) / (double)COMPANIES;
    }
    /* six channels tell tau poorly, and what is not known for sure is said with more doubt */
    assert_true(said < right && said > right - .08);
    assert_true(raw - right > .015); /* without the pull it would say too much */
}

/* Chi-squared with 10 degrees: 95 % below 18.307. */
static void knows_a_small_deviation(void **state)
{
    (void)state;
    assert_true(fabs(mkt_confidence_below(sqrt(18.307 / 10), 1, 10) - .05) < .001);
    assert_true(mkt_confidence_below(.01, .1, 200) > .999);
    assert_true(mkt_confidence_below(.2, .1, 200) < .001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pulls_towards_a_half),
        cmocka_unit_test(variance_by_moments),
        cmocka_unit_test(holds_after_picking),
        cmocka_unit_test(knows_a_small_deviation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
