#include "simulate/company.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "simulate/company_truth.h"

#define ARENA_BYTES ((size_t)64 << 20)
#include "arena_fixture.h"

static int reset_arena(void **state)
{
    (void)state;
    mkt_arena_reset(&arena, 0);
    return 0;
}

static struct mkt_company *make(const struct mkt_company_options *options)
{
    struct mkt_err err = {0};
    struct mkt_company *company = NULL;
    if (mkt_company_make(&arena, options, &company, &err) != MKT_OK) fail_msg("%s", err.text);
    return company;
}

static void same_seed_same_company(void **state)
{
    (void)state;
    struct mkt_company_options o;
    mkt_company_options_init(&o, 11);
    const struct mkt_company *a = make(&o), *b = make(&o);
    o.seed = 12;
    const struct mkt_company *c = make(&o);
    size_t bytes = (size_t)a->days * 8;
    for (int k = 0; k < a->channels; k++) {
        assert_memory_equal(a->channel[k].cents, b->channel[k].cents, bytes);
        assert_memory_equal(a->channel[k].claimed, b->channel[k].claimed, bytes);
        assert_memory_not_equal(a->channel[k].cents, c->channel[k].cents, bytes);
    }
}

static void more_months_continue_the_same_company(void **state)
{
    (void)state;
    struct mkt_company_options o;
    mkt_company_options_init(&o, 11);
    const struct mkt_company *whole = make(&o);
    o.months = 5;
    const struct mkt_company *brief = make(&o);
    assert_int_equal(whole->days, 731);
    assert_int_equal(brief->days, 152);
    for (int k = 0; k < brief->channels; k++) {
        size_t bytes = (size_t)brief->days * 8;
        assert_memory_equal(brief->channel[k].clicks, whole->channel[k].clicks, bytes);
        assert_memory_equal(brief->channel[k].cents, whole->channel[k].cents, bytes);
        assert_memory_equal(brief->channel[k].claimed, whole->channel[k].claimed, bytes);
    }
}

static void months_end_where_they_should(void **state)
{
    (void)state;
    struct mkt_company_options o;
    mkt_company_options_init(&o, 1);
    o.scale = 0.1;
    o.months = 24;
    o.start = mkt_date_days(2024, 10, 1);
    assert_int_equal(make(&o)->period.last, mkt_date_days(2026, 9, 30));
    o.months = 1;
    o.start = mkt_date_days(2024, 1, 31);
    assert_int_equal(make(&o)->period.last, mkt_date_days(2024, 2, 28));
    o.months = 120;
    o.start = mkt_date_days(2024, 2, 29);
    assert_int_equal(make(&o)->period.last, mkt_date_days(2034, 2, 27));
    o.days = 10;
    assert_int_equal(make(&o)->days, 10);
}

/* Pressure over all days and what is left after them is all that was put in:
 * sum a = sum s + carry / (1 - carry) (a before - a at the end). */
static void carry_over_loses_nothing(void **state)
{
    (void)state;
    struct mkt_company_options o;
    mkt_company_options_init(&o, 21);
    const struct mkt_company *c = make(&o);
    for (int k = 0; k < c->channels; k++) {
        const struct mkt_company_channel *h = &c->channel[k];
        double spend = 0, pressure = 0;
        for (int t = 0; t < c->days; t++) {
            spend += h->spend[t];
            pressure += h->pressure[t];
        }
        double odds = h->carry_over / (1 - h->carry_over);
        double want = spend + odds * (h->start_pressure - h->pressure[c->days - 1]);
        assert_true(fabs(pressure / want - 1) < 1e-12);
    }
}

/* Hill: half the effect at the half point, never all of it, more with more pressure. */
static void saturation_is_a_hill_curve(void **state)
{
    (void)state;
    struct mkt_company_options o;
    mkt_company_options_init(&o, 22);
    const struct mkt_company *c = make(&o);
    for (int k = 0; k < c->channels; k++) {
        const struct mkt_company_channel *h = &c->channel[k];
        int above = 0;
        for (int t = 0; t < c->days; t++) {
            assert_true(h->caused[t] < h->effect);
            assert_int_equal(h->pressure[t] > h->half, h->caused[t] > h->effect / 2);
            above += h->pressure[t] > h->half;
            double odds = h->caused[t] / (h->effect - h->caused[t]);
            assert_true(fabs(odds / pow(h->pressure[t] / h->half, h->shape) - 1) < 1e-9);
        }
        assert_in_range(above, 1, c->days - 1);
    }
}

/* No platform claims more than all orders; the claims obey their definition. */
static void claims_follow_their_formula(void **state)
{
    (void)state;
    struct mkt_company_options o;
    mkt_company_options_init(&o, 23);
    const struct mkt_company *c = make(&o);
    for (int t = 0; t < c->days; t++) {
        double all = c->baseline[t];
        for (int k = 0; k < c->channels; k++) all += c->channel[k].caused[t];
        for (int k = 0; k < c->channels; k++) {
            const struct mkt_company_channel *h = &c->channel[k];
            double reach = h->reach * h->caused[t] / h->effect;
            double want = h->own * h->caused[t] + reach * (all - h->caused[t]);
            assert_true(fabs(h->claimed[t] / want - 1) < 1e-12);
            assert_true(h->claimed[t] < all);
            assert_true(h->claimed_new[t] < h->claimed[t]);
        }
    }
}

/* Without wandering noise and with many orders, what happens is what is expected. */
static void chance_averages_out(void **state)
{
    (void)state;
    struct mkt_company_options o;
    mkt_company_options_init(&o, 31);
    o.months = 12;
    o.scale = 50;
    o.noise = 0;
    const struct mkt_company *c = make(&o);
    double orders = 0, want = 0, cents = 0, want_cents = 0;
    for (int t = 0; t < c->days; t++) {
        double all = c->baseline[t];
        for (int k = 0; k < c->channels; k++) all += c->channel[k].caused[t];
        orders += (double)c->orders[t];
        cents += (double)c->order_cents[t];
        want += all;
        want_cents += all * c->value[t] * 100;
    }
    assert_true(fabs(orders / want - 1) < 5 / sqrt(want));
    /* the value of an order varies by less than 1.2 of its mean */
    assert_true(fabs(cents / want_cents - 1) < 5 * sqrt(2.5 / want));

    for (int k = 0; k < c->channels; k++) {
        const struct mkt_company_channel *h = &c->channel[k];
        struct mkt_company_return truth;
        mkt_company_truth_return(c, k, c->period, &truth);
        double conversions = 0, revenue = 0, fresh = 0;
        for (int t = 0; t < c->days; t++) {
            conversions += (double)h->conversions[t];
            revenue += (double)h->cents[t] / 100;
            fresh += (double)h->new_customers[t];
        }
        assert_true(fabs(conversions / truth.conversions - 1) < 5 / sqrt(truth.conversions));
        assert_true(fabs(revenue / truth.revenue - 1) < 5 * sqrt(2.5 / truth.conversions));
        assert_true(fabs(fresh / truth.new_customers - 1) < 5 / sqrt(truth.new_customers));
    }
}

/* With usual noise the reported return is right on average over companies, and scattered. */
static void noise_has_no_bias(void **state)
{
    (void)state;
    double sum = 0, square = 0;
    int n = 0;
    for (uint64_t seed = 0; seed < 60; seed++) {
        mkt_arena_reset(&arena, (size_t)1 << 20);
        struct mkt_company_options o;
        mkt_company_options_init(&o, seed);
        o.days = 200;
        const struct mkt_company *c = make(&o);
        double revenue = 0, want = 0;
        for (int k = 0; k < c->channels; k++)
            for (int t = 0; t < c->days; t++) {
                revenue += (double)c->channel[k].cents[t] / 100;
                want += c->channel[k].claimed[t] * c->value[t];
            }
        double off = revenue / want - 1;
        sum += off;
        square += off * off;
        n++;
    }
    double mean = sum / n, deviation = sqrt(square / n - mean * mean);
    assert_true(deviation > 0.01 && deviation < 0.1);
    assert_true(fabs(mean) < 4 * deviation / sqrt(n));
}

/* Day to day noise keeps its persistence, and is wider than single orders allow. */
static void days_are_autocorrelated_and_overdispersed(void **state)
{
    (void)state;
    double lag = 0, square = 0, persistence = 0, dispersion = 0;
    int n = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        mkt_arena_reset(&arena, (size_t)1 << 20);
        struct mkt_company_options o;
        mkt_company_options_init(&o, seed);
        const struct mkt_company *c = make(&o);
        persistence += c->persistence / 20;
        for (int t = 1; t < c->days; t++) {
            double a = c->baseline_noise[t - 1] - 1, b = c->baseline_noise[t] - 1;
            lag += a * b;
            square += b * b;
            double all = c->baseline[t];
            for (int k = 0; k < c->channels; k++) all += c->channel[k].caused[t];
            dispersion += ((double)c->orders[t] - all) * ((double)c->orders[t] - all) / all;
            n++;
        }
    }
    assert_true(fabs(lag / square - persistence) < 0.05);
    assert_true(fabs(square / n - 0.45 * 0.45 / 3) < 0.005); /* uniform on 1 +- .45 */
    assert_true(dispersion / n > 2);
}

static void count(void *user, const struct mkt_company_order *order)
{
    int64_t *total = user;
    total[0]++;
    total[1] += order->cents;
    total[2] += order->claims & 1U ? order->cents : 0;
    assert_in_range(order->cause + 1, 0, 7);
    assert_in_range(order->quantity, 1, 3);
}

static void orders_can_be_had_again(void **state)
{
    (void)state;
    struct mkt_company_options o;
    mkt_company_options_init(&o, 41);
    const struct mkt_company *c = make(&o);
    for (int t = 0; t < c->days; t += 37) {
        int64_t total[3] = {0};
        mkt_company_orders(c, t, count, total);
        assert_true(total[0] == c->orders[t] && total[1] == c->order_cents[t]);
        assert_true(total[2] == c->channel[0].cents[t]);
    }
}

static void sales_lower_the_prices(void **state)
{
    (void)state;
    struct mkt_company_options o;
    mkt_company_options_init(&o, 42);
    const struct mkt_company *c = make(&o);
    for (int p = 0; p < MKT_CATALOGUE_PRODUCTS; p++) {
        int64_t list = mkt_company_price(c, p, mkt_date_days(2024, 5, 10));
        assert_int_equal(list, c->product_cents[p]);
        assert_int_equal(mkt_company_price(c, p, mkt_date_days(2024, 11, 25)), (list * 3 + 2) / 4);
    }
    int may = mkt_date_days(2024, 5, 10) - o.start, black = mkt_date_days(2024, 11, 25) - o.start;
    assert_true(fabs(c->value[black] / c->value[may] - 0.75) < 0.001);
}

static void small_scale_and_clicks_stay_whole(void **state)
{
    (void)state;
    struct mkt_company_options o;
    mkt_company_options_init(&o, 43);
    o.scale = MKT_COMPANY_SCALE_MIN;
    o.channels = MKT_CATALOGUE_CHANNELS;
    const struct mkt_company *c = make(&o);
    for (int k = 0; k < c->channels; k++)
        for (int t = 0; t < c->days; t++) {
            assert_true(c->channel[k].clicks[t] <= c->channel[k].impressions[t]);
            assert_true(c->channel[k].conversions[t] <= c->orders[t]);
        }
}

static void adds_up_in_the_aggregate(void **state)
{
    (void)state;
    struct mkt_company_options o;
    mkt_company_options_init(&o, 44);
    o.days = 100;
    const struct mkt_company *c = make(&o);
    struct mkt_err err = {0};
    struct mkt_performance p;
    mkt_performance_init(&p, &arena, (1U << MKT_MEASURES) - 1, 1U << MKT_CHANNEL);
    assert_int_equal(mkt_company_add(c, &p, &err), MKT_OK);
    assert_int_equal(mkt_performance_finish(&p, &err), MKT_OK);
    assert_int_equal(p.cells, 700);
    assert_int_equal(p.data.first, c->period.first);
    assert_int_equal(p.data.last, c->period.last);

    double spend = 0, want = 0;
    int64_t revenue = 0, want_revenue = 0;
    for (size_t i = 0; i < p.cells; i++) {
        spend += (double)p.cell[i].sum[MKT_SPEND] / MKT_MICRO;
        revenue += p.cell[i].sum[MKT_REVENUE];
    }
    for (int k = 0; k < c->channels; k++)
        for (int t = 0; t < c->days; t++) {
            want += c->channel[k].spend[t];
            want_revenue += c->channel[k].cents[t] * (MKT_MICRO / 100);
        }
    assert_true(fabs(spend / want - 1) < 1e-12);
    assert_true(revenue == want_revenue);
}

static void full_arena_is_an_error(void **state)
{
    (void)state;
    struct mkt_company_options o;
    mkt_company_options_init(&o, 1);
    o.days = 40;
    struct mkt_company *company;
    size_t fail = 1;
    for (;; fail++) {
        struct mkt_err err = {0};
        mkt_arena_reset(&arena, 0);
        arena.fail_at = fail;
        mkt_status status = mkt_company_make(&arena, &o, &company, &err);
        arena.fail_at = 0;
        if (status == MKT_OK) break;
        assert_int_equal(status, MKT_E_NOMEM);
    }
    assert_int_equal(fail, 1 + 2 + 5 + 12 * 7);
}

static void wrong_options_make_nothing(void **state)
{
    (void)state;
    struct mkt_company_options o;
    mkt_company_options_init(&o, 1);
    o.scale = 0.01;
    struct mkt_company *company = NULL;
    struct mkt_err err = {0};
    assert_int_equal(mkt_company_make(&arena, &o, &company, &err), MKT_E_ARG);
    assert_null(company);
}

#define TEST(f) cmocka_unit_test_setup(f, reset_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(same_seed_same_company),
        TEST(more_months_continue_the_same_company),
        TEST(months_end_where_they_should),
        TEST(carry_over_loses_nothing),
        TEST(saturation_is_a_hill_curve),
        TEST(claims_follow_their_formula),
        TEST(chance_averages_out),
        TEST(noise_has_no_bias),
        TEST(days_are_autocorrelated_and_overdispersed),
        TEST(orders_can_be_had_again),
        TEST(sales_lower_the_prices),
        TEST(small_scale_and_clicks_stay_whole),
        TEST(adds_up_in_the_aggregate),
        TEST(full_arena_is_an_error),
        TEST(wrong_options_make_nothing),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
