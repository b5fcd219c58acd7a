/* Returns: values by hand, properties that must hold whatever the data, and every error. */
#include "model/returns.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "num/random.h"

#define ALL_MEASURES ((1U << MKT_MEASURES) - 1)

static struct mkt_arena data, work;

static int open_arenas(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    return mkt_arena_open(&data, (size_t)64 << 20, &err) ||
           mkt_arena_open(&work, (size_t)256 << 20, &err);
}

static int reset_arenas(void **state)
{
    (void)state;
    work.fail_at = 0;
    mkt_arena_reset(&data, 0);
    mkt_arena_reset(&work, 0);
    return 0;
}

static int close_arenas(void **state)
{
    (void)state;
    mkt_arena_close(&data);
    mkt_arena_close(&work);
    return 0;
}

/* Three channels with two campaigns each and two segments; channel k returns about 2 + k. */
struct made {
    int days;
    double spend_scale, revenue_scale;
    unsigned measures;
};

static struct mkt_performance make(struct made m)
{
    struct mkt_performance p;
    struct mkt_err err = {0};
    struct mkt_random r;
    mkt_random_init(&r, 11, 0);
    mkt_performance_init(&p, &data, m.measures, 7);
    for (int t = 0; t < m.days; t++)
        for (int k = 0; k < 6; k++) {
            char channel[16], campaign[16];
            snprintf(channel, sizeof channel, "c%d", k % 3);
            snprintf(campaign, sizeof campaign, "x%d", k);
            double spend = floor(100 * (1 + k % 3) * (.8 + .4 * mkt_random_uniform(&r)));
            int64_t orders = mkt_random_poisson(&r, spend * (2 + k % 3) / 50);
            struct mkt_performance_row row = {
                .day = 20000 + t, .name = {channel, campaign, k < 3 ? "old" : "new"}, .rows = 1};
            row.sum[MKT_SPEND] = (mkt_micro)(spend * m.spend_scale) * MKT_MICRO;
            row.sum[MKT_IMPRESSIONS] = (mkt_micro)(spend * 100) * MKT_MICRO;
            row.sum[MKT_CLICKS] = mkt_random_poisson(&r, spend) * MKT_MICRO;
            row.sum[MKT_CONVERSIONS] = orders * MKT_MICRO;
            row.sum[MKT_REVENUE] = (mkt_micro)((double)(orders * 50) * m.revenue_scale) * MKT_MICRO;
            row.sum[MKT_NEW_CUSTOMERS] = orders / 2 * MKT_MICRO;
            assert_int_equal(mkt_performance_add(&p, &row, &err), MKT_OK);
        }
    assert_int_equal(mkt_performance_finish(&p, &err), MKT_OK);
    return p;
}

static const struct made usual = {200, 1, 1, ALL_MEASURES};

static struct mkt_returns fit(const struct mkt_performance *p, struct mkt_period period,
                              double margin, int threads)
{
    struct mkt_returns r;
    struct mkt_err err = {0};
    struct mkt_returns_params params = {period, margin, 50, 1, threads};
    assert_int_equal(mkt_returns_fit(&work, p, &params, &r, &err), MKT_OK);
    return r;
}

static size_t find(const struct mkt_performance *p, const struct mkt_returns *r, const char *name)
{
    for (size_t e = r->channel; e < r->segment; e++)
        if (strcmp(p->names[MKT_CHANNEL][r->entity[e].channel], name) == 0) return e;
    fail_msg("no channel %s", name);
    return 0;
}

static void values_are_those_of_the_sums(void **state)
{
    (void)state;
    struct mkt_performance p = make(usual);
    struct mkt_period period = {20020, 20119};
    struct mkt_returns r = fit(&p, period, .4, 1);
    size_t e = find(&p, &r, "c1");
    double s[MKT_MEASURES] = {0}, whole[MKT_MEASURES] = {0};
    for (size_t i = 0; i < p.cells; i++) {
        if (p.cell[i].day < period.first || p.cell[i].day > period.last) continue;
        for (int m = 0; m < MKT_MEASURES; m++) {
            double v = (double)(p.cell[i].sum[m] / MKT_MICRO);
            whole[m] += v;
            if (strcmp(p.names[MKT_CHANNEL][p.cell[i].name[MKT_CHANNEL]], "c1") == 0) s[m] += v;
        }
    }
    const struct mkt_estimate *x = r.entity[e].metric;
    for (int m = 0; m < MKT_MEASURES; m++) assert_true(x[m].value == s[m]);
    assert_true(x[MKT_CTR].value == s[MKT_CLICKS] / s[MKT_IMPRESSIONS]);
    assert_true(x[MKT_CPC].value == s[MKT_SPEND] / s[MKT_CLICKS]);
    assert_true(x[MKT_CPM].value == 1000 * s[MKT_SPEND] / s[MKT_IMPRESSIONS]);
    assert_true(x[MKT_CONVERSION_RATE].value == s[MKT_CONVERSIONS] / s[MKT_CLICKS]);
    assert_true(x[MKT_CPA].value == s[MKT_SPEND] / s[MKT_CONVERSIONS]);
    assert_true(x[MKT_CAC].value == s[MKT_SPEND] / s[MKT_NEW_CUSTOMERS]);
    assert_true(x[MKT_AOV].value == s[MKT_REVENUE] / s[MKT_CONVERSIONS]);
    assert_true(x[MKT_ROAS].value == s[MKT_REVENUE] / s[MKT_SPEND]);
    assert_true(x[MKT_ROI].value == s[MKT_REVENUE] / s[MKT_SPEND] - 1);
    assert_true(x[MKT_ROI_ON_MARGIN].value == .4 * (s[MKT_REVENUE] / s[MKT_SPEND]) - 1);
    assert_true(x[MKT_SPEND_SHARE].value == s[MKT_SPEND] / whole[MKT_SPEND]);
    assert_true(x[MKT_REVENUE_SHARE].value == s[MKT_REVENUE] / whole[MKT_REVENUE]);
    for (int m = 0; m < MKT_METRICS; m++) { /* an interval holds its value, or says why not */
        if (isnan(x[m].low))
            assert_non_null(x[m].why);
        else
            assert_true(x[m].low < x[m].value && x[m].value < x[m].high);
    }
    assert_string_equal(x[MKT_ROAS].interval, "bootstrap");
    assert_string_equal(x[MKT_CTR].interval, "wilson");
    assert_true(fabs(x[MKT_ROI].low - (x[MKT_ROAS].low - 1)) < 1e-12);
}

/* Orders are Poisson, 50 each: the interval of ROAS is about 1.96 / sqrt(orders) to either side. */
static void width_is_that_of_the_chance_put_in(void **state)
{
    (void)state;
    struct mkt_performance p = make(usual);
    struct mkt_returns r = fit(&p, p.data, NAN, 1);
    for (size_t e = 0; e < r.entities; e++) {
        double orders = r.entity[e].sum[MKT_NOW][MKT_CONVERSIONS];
        double ratio = r.entity[e].metric[MKT_ROAS].spread * sqrt(orders);
        assert_true(ratio > .6 && ratio < 1.5);
    }
}

static void scaling_money_scales_returns(void **state)
{
    (void)state;
    struct mkt_performance a = make(usual);
    struct mkt_performance b = make((struct made){200, 2, 1, ALL_MEASURES});
    struct mkt_returns x = fit(&a, a.data, NAN, 1), y = fit(&b, b.data, NAN, 1);
    for (size_t e = 0; e < x.entities; e++) {
        const struct mkt_estimate *m = &x.entity[e].metric[MKT_ROAS],
                                  *n = &y.entity[e].metric[MKT_ROAS];
        assert_true(n->value == m->value / 2);
        assert_true(fabs(n->low / m->low * 2 - 1) < 1e-9);
        assert_true(fabs(n->high / m->high * 2 - 1) < 1e-9);
    }
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    struct mkt_performance p = make(usual);
    struct mkt_returns a = fit(&p, p.data, NAN, 1), b = fit(&p, p.data, NAN, 5);
    size_t bytes = MKT_RETURNS_DRAWS * a.span[MKT_NOW].stride * sizeof(float);
    assert_memory_equal(a.span[MKT_NOW].draw, b.span[MKT_NOW].draw, bytes);
    for (size_t e = 0; e < a.entities; e++)
        for (int m = 0; m < MKT_METRICS; m++) {
            double x = a.entity[e].metric[m].high, y = b.entity[e].metric[m].high;
            assert_memory_equal(&x, &y, sizeof x);
        }
}

static void probabilities_follow_the_returns(void **state)
{
    (void)state;
    struct mkt_performance p = make(usual);
    struct mkt_returns r = fit(&p, p.data, NAN, 1);
    size_t low = find(&p, &r, "c0"), high = find(&p, &r, "c2");
    double above = mkt_returns_above(&r, MKT_REVENUE, high, low);
    assert_true(above > .999 && above < 1);
    assert_true(fabs(above + mkt_returns_above(&r, MKT_REVENUE, low, high) - 1) < 1e-12);
    assert_true(mkt_returns_above_value(&r, MKT_REVENUE, low, 1) > .999);
    assert_true(mkt_returns_above_value(&r, MKT_REVENUE, low, 3) < .001);
    double middle =
        mkt_returns_above_value(&r, MKT_REVENUE, low, r.entity[low].metric[MKT_ROAS].value);
    assert_true(middle > .45 && middle < .55);
    assert_true(mkt_returns_above_share(&r, high) > .99);
    assert_true(mkt_returns_above_share(&r, low) < .01);
    /* the end of an interval is passed by 2.5 % of the draws */
    double end = mkt_returns_above_value(&r, MKT_REVENUE, low, r.entity[low].metric[MKT_ROAS].high);
    assert_true(end > .01 && end < .04);
    assert_true(isnan(mkt_returns_above_span(&r, MKT_REVENUE, 0, MKT_BEFORE)));
}

static void compares_with_the_period_before(void **state)
{
    (void)state;
    struct mkt_performance p = make(usual);
    struct mkt_period period = {20100, 20199};
    struct mkt_returns r = fit(&p, period, NAN, 1);
    assert_true(r.span[MKT_BEFORE].known);
    assert_false(r.span[MKT_YEAR_BEFORE].known);
    const struct mkt_entity *e = &r.entity[0];
    const double *now = e->sum[MKT_NOW], *then = e->sum[MKT_BEFORE];
    const struct mkt_estimate *c = &e->change[MKT_BEFORE][MKT_ROAS];
    double ratio = now[MKT_REVENUE] / now[MKT_SPEND] / (then[MKT_REVENUE] / then[MKT_SPEND]);
    assert_true(fabs(c->value - (ratio - 1)) < 1e-12);
    assert_true(c->low < 0 && c->high > 0); /* nothing changed */
    assert_true(isnan(e->change[MKT_BEFORE][MKT_SPEND].low));
    assert_non_null(e->change[MKT_BEFORE][MKT_SPEND].why);
    assert_true(isnan(e->change[MKT_BEFORE][MKT_ROI].value));
    double p_above = mkt_returns_above_span(&r, MKT_REVENUE, 0, MKT_BEFORE);
    assert_true(p_above > .025 && p_above < .975);
    assert_true((p_above > .5) == (ratio > 1) || fabs(ratio - 1) < .002);
}

static void few_days_have_no_intervals(void **state)
{
    (void)state;
    struct mkt_performance p = make((struct made){13, 1, 1, ALL_MEASURES});
    struct mkt_returns r = fit(&p, p.data, NAN, 1);
    for (size_t e = 0; e < r.entities; e++)
        for (int m = 0; m < MKT_METRICS; m++) {
            assert_true(isnan(r.entity[e].metric[m].low));
            assert_non_null(r.entity[e].metric[m].why);
        }
    assert_true(isnan(mkt_returns_above(&r, MKT_REVENUE, 1, 2)));
}

static void absent_measures_are_not_known(void **state)
{
    (void)state;
    struct mkt_performance p = make((struct made){60, 1, 1, 1U << MKT_SPEND | 1U << MKT_CLICKS});
    struct mkt_returns r = fit(&p, p.data, .5, 1);
    const struct mkt_estimate *m = r.entity[1].metric;
    assert_false(isnan(m[MKT_CPC].low));
    const int absent[] = {MKT_CTR,  MKT_CPM, MKT_CPA,           MKT_CAC,           MKT_AOV,
                          MKT_ROAS, MKT_ROI, MKT_ROI_ON_MARGIN, MKT_REVENUE_SHARE, MKT_REVENUE};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_true(isnan(m[absent[i]].value));
}

static void zero_and_negative_revenue_have_no_interval(void **state)
{
    (void)state;
    struct mkt_performance none = make((struct made){60, 1, 0, ALL_MEASURES});
    struct mkt_returns r = fit(&none, none.data, NAN, 1);
    assert_true(r.entity[1].metric[MKT_ROAS].value == 0);
    assert_true(isnan(r.entity[1].metric[MKT_ROAS].low));
    struct mkt_performance less = make((struct made){60, 1, -1, ALL_MEASURES});
    r = fit(&less, less.data, NAN, 1);
    assert_true(r.entity[1].metric[MKT_ROAS].value < 0);
    assert_true(isnan(r.entity[1].metric[MKT_ROAS].low));
    assert_non_null(r.entity[1].metric[MKT_ROAS].why);
}

static void only_the_largest_are_estimated(void **state)
{
    (void)state;
    struct mkt_performance p = make(usual);
    struct mkt_returns r;
    struct mkt_err err = {0};
    struct mkt_returns_params params = {p.data, NAN, 2, 1, 1};
    assert_int_equal(mkt_returns_fit(&work, &p, &params, &r, &err), MKT_OK);
    assert_int_equal(r.segment - r.channel, 2);
    assert_int_equal(r.entities - r.campaign, 2);
    assert_int_equal(r.left_out[MKT_SLICE_CHANNEL], 1);
    assert_int_equal(r.left_out[MKT_SLICE_CAMPAIGN], 4);
    assert_int_equal(r.left_out[MKT_SLICE_SEGMENT], 0);
    assert_true(r.entity[1].sum[MKT_NOW][MKT_SPEND] >= r.entity[2].sum[MKT_NOW][MKT_SPEND]);
    assert_string_equal(p.names[MKT_CHANNEL][r.entity[1].channel], "c2");
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    struct mkt_performance p = make((struct made){90, 1, 1, ALL_MEASURES});
    struct mkt_returns r;
    struct mkt_returns_params params = {{20045, 20089}, NAN, 50, 1, 1};
    struct mkt_err err = {0};
    assert_int_equal(mkt_returns_fit(&work, &p, &params, &r, &err), MKT_OK);
    size_t needed = work.allocations;
    assert_true(needed > 20);
    for (size_t k = 1; k <= needed; k++) {
        mkt_err_clear(&err);
        mkt_arena_reset(&work, 0);
        work.fail_at = k;
        assert_int_equal(mkt_returns_fit(&work, &p, &params, &r, &err), MKT_E_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(values_are_those_of_the_sums, reset_arenas),
        cmocka_unit_test_setup(width_is_that_of_the_chance_put_in, reset_arenas),
        cmocka_unit_test_setup(scaling_money_scales_returns, reset_arenas),
        cmocka_unit_test_setup(threads_do_not_matter, reset_arenas),
        cmocka_unit_test_setup(probabilities_follow_the_returns, reset_arenas),
        cmocka_unit_test_setup(compares_with_the_period_before, reset_arenas),
        cmocka_unit_test_setup(few_days_have_no_intervals, reset_arenas),
        cmocka_unit_test_setup(absent_measures_are_not_known, reset_arenas),
        cmocka_unit_test_setup(zero_and_negative_revenue_have_no_interval, reset_arenas),
        cmocka_unit_test_setup(only_the_largest_are_estimated, reset_arenas),
        cmocka_unit_test_setup(every_allocation_may_fail, reset_arenas),
    };
    return cmocka_run_group_tests(tests, open_arenas, close_arenas);
}
