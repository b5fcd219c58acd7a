#include "simulate/company_truth.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ARENA_BYTES ((size_t)16 << 20)
#include "arena_fixture.h"

static struct mkt_company *make(uint64_t seed, double similarity)
{
    struct mkt_company_options o;
    mkt_company_options_init(&o, seed);
    o.similarity = similarity;
    o.days = 365;
    struct mkt_err err = {0};
    struct mkt_company *company = NULL;
    mkt_arena_reset(&arena, (size_t)1 << 20);
    if (mkt_company_make(&arena, &o, &company, &err) != MKT_OK) fail_msg("%s", err.text);
    return company;
}

static void parts_of_a_period_add_up(void **state)
{
    (void)state;
    const struct mkt_company *c = make(1, 0);
    struct mkt_period first = {c->period.first, c->period.first + 99};
    struct mkt_period rest = {c->period.first + 100, c->period.last};
    for (int k = 0; k < c->channels; k++) {
        struct mkt_company_return a, b, all;
        mkt_company_truth_return(c, k, first, &a);
        mkt_company_truth_return(c, k, rest, &b);
        mkt_company_truth_return(c, k, c->period, &all);
        assert_true(fabs((a.spend + b.spend) / all.spend - 1) < 1e-12);
        assert_true(fabs((a.revenue + b.revenue) / all.revenue - 1) < 1e-12);
        assert_true(fabs((a.caused + b.caused) / all.caused - 1) < 1e-12);
        assert_true(all.reported_roas == all.revenue / all.spend);
        assert_true(all.incremental_roas == all.caused_revenue / all.spend);
    }
}

static void days_outside_the_data_count_for_nothing(void **state)
{
    (void)state;
    const struct mkt_company *c = make(2, 0);
    struct mkt_company_return all, wide, none;
    mkt_company_truth_return(c, 0, c->period, &all);
    mkt_company_truth_return(
        c, 0, (struct mkt_period){c->period.first - 1000, c->period.last + 1000}, &wide);
    assert_true(all.revenue == wide.revenue && all.spend == wide.spend);
    mkt_company_truth_return(c, 0, (struct mkt_period){c->period.last + 1, c->period.last + 30},
                             &none);
    assert_true(none.spend == 0 && isnan(none.reported_roas) && isnan(none.marginal_roas));
}

/* Marginal return against the difference that 0.01 % more spend makes, worked out anew. */
static void margin_is_the_derivative(void **state)
{
    (void)state;
    const struct mkt_company *c = make(3, 0);
    const double more = 1e-4;
    for (int k = 0; k < c->channels; k++) {
        const struct mkt_company_channel *h = &c->channel[k];
        struct mkt_company_return truth;
        mkt_company_truth_return(c, k, c->period, &truth);
        double revenue[2] = {0, 0};
        for (int side = 0; side < 2; side++) {
            double factor = side ? 1 + more : 1 - more;
            double a = h->start_pressure * factor;
            for (int t = 0; t < c->days; t++) {
                a = h->carry_over * a + (1 - h->carry_over) * h->spend[t] * factor;
                double reach = pow(a, h->shape) / (pow(a, h->shape) + pow(h->half, h->shape));
                revenue[side] += h->effect * reach * c->value[t];
            }
        }
        double want = (revenue[1] - revenue[0]) / (2 * more * truth.spend);
        assert_true(fabs(truth.marginal_roas / want - 1) < 1e-5);
    }
}

static void ranking_falls(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        const struct mkt_company *c = make(seed, 0);
        int order[MKT_CATALOGUE_CHANNELS], seen = 0;
        mkt_company_truth_rank(c, c->period, order);
        double above = INFINITY;
        for (int i = 0; i < c->channels; i++) {
            struct mkt_company_return r;
            mkt_company_truth_return(c, order[i], c->period, &r);
            assert_true(r.reported_roas <= above);
            above = r.reported_roas;
            seen |= 1 << order[i];
        }
        assert_int_equal(seen, 0x7F);
    }
}

static double spread(double similarity)
{
    double sum = 0;
    for (uint64_t seed = 0; seed < 30; seed++) {
        const struct mkt_company *c = make(seed, similarity);
        int order[MKT_CATALOGUE_CHANNELS];
        struct mkt_company_return best, worst;
        mkt_company_truth_rank(c, c->period, order);
        mkt_company_truth_return(c, order[0], c->period, &best);
        mkt_company_truth_return(c, order[c->channels - 1], c->period, &worst);
        sum += log(best.reported_roas / worst.reported_roas) / 30;
    }
    return sum;
}

static void similarity_brings_channels_together(void **state)
{
    (void)state;
    double apart = spread(0), between = spread(0.5), together = spread(1);
    assert_true(apart > 1.4);
    assert_true(between < 0.75 * apart);
    assert_true(together < 0.5 * apart);
}

/* What platforms say and what is true differ, in both directions. */
static void platforms_mislead_by_channel(void **state)
{
    (void)state;
    const struct mkt_company *c = make(5, 0);
    double least = INFINITY, most = 0;
    for (int k = 0; k < c->channels; k++) {
        struct mkt_company_return r;
        mkt_company_truth_return(c, k, c->period, &r);
        least = fmin(least, r.reported_roas / r.incremental_roas);
        most = fmax(most, r.reported_roas / r.incremental_roas);
    }
    assert_true(least < 1);
    assert_true(most > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_a_period_add_up),
        cmocka_unit_test(days_outside_the_data_count_for_nothing),
        cmocka_unit_test(margin_is_the_derivative),
        cmocka_unit_test(ranking_falls),
        cmocka_unit_test(similarity_brings_channels_together),
        cmocka_unit_test(platforms_mislead_by_channel),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
