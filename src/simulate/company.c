#include "simulate/company.h"

#include <math.h>
#include <string.h>

#include "num/random.h"
#include "simulate/company_design.h"
#include "simulate/spend_plan.h"

/* All pressures, means and noises of a company, by day. */
static mkt_status allocate(struct mkt_arena *arena, struct mkt_company *c, struct mkt_err *err)
{
    size_t n = (size_t)c->days;
    double **own[] = {&c->baseline, &c->baseline_noise, &c->value};
    int64_t **own_count[] = {&c->orders, &c->order_cents};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (!(*own[i] = MKT_NEW(arena, double, n))) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < sizeof own_count / sizeof own_count[0]; i++)
        if (!(*own_count[i] = MKT_NEW(arena, int64_t, n))) return mkt_arena_full(arena, err);

    for (int k = 0; k < c->channels; k++) {
        struct mkt_company_channel *h = &c->channel[k];
        double **mean[] = {&h->spend,       &h->pressure, &h->caused,     &h->claimed,
                           &h->claimed_new, &h->noise,    &h->claim_noise};
        int64_t **count[] = {&h->impressions, &h->clicks, &h->conversions, &h->new_customers,
                             &h->cents};
        for (size_t i = 0; i < sizeof mean / sizeof mean[0]; i++)
            if (!(*mean[i] = MKT_NEW(arena, double, n))) return mkt_arena_full(arena, err);
        for (size_t i = 0; i < sizeof count / sizeof count[0]; i++)
            if (!(*count[i] = MKT_NEW(arena, int64_t, n))) return mkt_arena_full(arena, err);
    }
    return MKT_OK;
}

static double hill(double a, const struct mkt_company_channel *h)
{
    return a > 0 ? 1 / (1 + pow(h->half / a, h->shape)) : 0;
}

/* Uniform on 1 - width .. 1 + width, so its mean is exactly 1; autocorrelated. */
static void draw_noise(const struct mkt_company *c, int index, double *noise)
{
    struct mkt_random random;
    mkt_company_design_stream(&random, c->options.seed, MKT_STREAM_NOISE, index);
    double fresh = sqrt(1 - c->persistence * c->persistence);
    double z = mkt_random_normal(&random);
    for (int t = 0; t < c->days; t++) {
        noise[t] = 1 + c->noise_width * erf(z * 0.7071067811865476);
        z = c->persistence * z + fresh * mkt_random_normal(&random);
    }
}

static void plan_channel(struct mkt_company *c, int k, double daily)
{
    struct mkt_company_channel *h = &c->channel[k];
    struct mkt_random random;
    mkt_company_design_stream(&random, c->options.seed, MKT_STREAM_PLAN, k);
    mkt_spend_plan_draw(&mkt_catalogue_channel[h->kind], &c->calendar, &random, daily, c->days,
                        h->spend);
    double a = h->start_pressure;
    for (int t = 0; t < c->days; t++) {
        h->spend[t] /= 100;
        a = (1 - h->carry_over) * h->spend[t] + h->carry_over * a;
        h->pressure[t] = a;
        h->caused[t] = h->effect * hill(a, h);
    }
    draw_noise(c, 2 * k + 1, h->noise);
    draw_noise(c, 2 * k + 2, h->claim_noise);
}

/* Share of the orders it did not cause that channel h claims, in expectation. */
static double touch(const struct mkt_company_channel *h, int t)
{
    return h->reach * hill(h->pressure[t], h);
}

static void expect_claims(struct mkt_company *c)
{
    for (int t = 0; t < c->days; t++) {
        double all = c->baseline[t], all_new = c->baseline[t] * MKT_CATALOGUE_BASE_NEW;
        for (int k = 0; k < c->channels; k++) {
            const struct mkt_company_channel *h = &c->channel[k];
            all += h->caused[t];
            all_new += h->caused[t] * mkt_catalogue_channel[h->kind].new_share;
        }
        for (int k = 0; k < c->channels; k++) {
            struct mkt_company_channel *h = &c->channel[k];
            double own_new = h->caused[t] * mkt_catalogue_channel[h->kind].new_share;
            h->claimed[t] = h->own * h->caused[t] + touch(h, t) * (all - h->caused[t]);
            h->claimed_new[t] = h->own * own_new + touch(h, t) * (all_new - own_new);
        }
    }
}

static void draw_clicks(struct mkt_company *c, int k)
{
    struct mkt_company_channel *h = &c->channel[k];
    struct mkt_random random;
    mkt_company_design_stream(&random, c->options.seed, MKT_STREAM_CLICKS, k);
    for (int t = 0; t < c->days; t++) {
        struct mkt_date date = mkt_date_of(c->period.first + t);
        double dear = date.month >= 11 ? 1.25 : 1;
        double delivery = 0.9 + 0.2 * mkt_random_uniform(&random);
        double interest = 0.85 + 0.3 * mkt_random_uniform(&random);
        h->impressions[t] =
            (int64_t)floor(h->spend[t] * 1000 / (h->cost_per_mille * dear) * delivery + 0.5);
        h->clicks[t] =
            mkt_random_poisson(&random, (double)h->impressions[t] * h->click_rate * interest);
        if (h->clicks[t] > h->impressions[t]) h->clicks[t] = h->impressions[t];
    }
}

int64_t mkt_company_price(const struct mkt_company *company, int product, int32_t day)
{
    int burst = mkt_catalogue_burst(day);
    double off = burst < 0 ? 0 : mkt_catalogue_campaign[burst].discount;
    return (int64_t)floor(company->product_cents[product] * (1 - off) + 0.5);
}

static double expected_value(const struct mkt_company *c, int t)
{
    double cents = 0, pieces = 0;
    for (int p = 0; p < MKT_CATALOGUE_PRODUCTS; p++)
        cents +=
            mkt_catalogue_product_share[p] * (double)mkt_company_price(c, p, c->period.first + t);
    for (int q = 0; q < MKT_CATALOGUE_QUANTITIES; q++)
        pieces += mkt_catalogue_quantity_share[q] * (q + 1);
    return cents * pieces / 100;
}

/* Index drawn by shares that sum to 1. */
static int pick(struct mkt_random *random, const double *share, int n)
{
    double u = mkt_random_uniform(random);
    int i = 0;
    while (i < n - 1 && (u -= share[i]) >= 0) i++;
    return i;
}

void mkt_company_orders(const struct mkt_company *company, int day, mkt_company_visit *visit,
                        void *user)
{
    struct mkt_random random;
    mkt_company_design_stream(&random, company->options.seed, MKT_STREAM_ORDERS, day);

    int64_t left[MKT_CATALOGUE_CHANNELS + 1]; /* [k + 1]: caused by channel k; [0]: by none */
    double claim[MKT_CATALOGUE_CHANNELS] = {0};
    int64_t price[MKT_CATALOGUE_PRODUCTS];
    left[0] = mkt_random_poisson(&random, company->baseline[day] * company->baseline_noise[day]);
    int64_t total = left[0];
    for (int k = 0; k < company->channels; k++) {
        const struct mkt_company_channel *h = &company->channel[k];
        left[k + 1] = mkt_random_poisson(&random, h->caused[day] * h->noise[day]);
        total += left[k + 1];
        claim[k] = touch(h, day) * h->claim_noise[day];
    }
    for (int p = 0; p < MKT_CATALOGUE_PRODUCTS; p++)
        price[p] = mkt_company_price(company, p, company->period.first + day);

    for (; total > 0; total--) {
        struct mkt_company_order o = {.cause = -1};
        int64_t u = mkt_random_below(&random, (uint32_t)total);
        while (u >= left[o.cause + 1]) u -= left[o.cause++ + 1];
        left[o.cause + 1]--;

        const struct mkt_catalogue_channel *by =
            o.cause < 0 ? NULL : &mkt_catalogue_channel[company->channel[o.cause].kind];
        o.segment =
            pick(&random, by ? by->segment : mkt_catalogue_segment_share, MKT_CATALOGUE_SEGMENTS);
        o.product = pick(&random, mkt_catalogue_product_share, MKT_CATALOGUE_PRODUCTS);
        o.quantity = 1 + pick(&random, mkt_catalogue_quantity_share, MKT_CATALOGUE_QUANTITIES);
        o.cents = price[o.product] * o.quantity;
        o.new_customer =
            mkt_random_uniform(&random) < (by ? by->new_share : MKT_CATALOGUE_BASE_NEW);
        for (int k = 0; k < company->channels; k++) {
            double p = k == o.cause ? company->channel[k].own : claim[k];
            if (mkt_random_uniform(&random) < p) o.claims |= 1U << k;
        }
        visit(user, &o);
    }
}

struct tally {
    struct mkt_company *company;
    int day;
};

static void count_order(void *user, const struct mkt_company_order *order)
{
    struct tally *tally = user;
    struct mkt_company *c = tally->company;
    c->orders[tally->day]++;
    c->order_cents[tally->day] += order->cents;
    for (int k = 0; k < c->channels; k++) {
        if (!(order->claims >> k & 1U)) continue;
        struct mkt_company_channel *h = &c->channel[k];
        h->conversions[tally->day]++;
        h->cents[tally->day] += order->cents;
        h->new_customers[tally->day] += order->new_customer;
    }
}

static int32_t last_day(const struct mkt_company_options *o)
{
    if (o->days > 0) return o->start + o->days - 1;
    struct mkt_date d = mkt_date_of(o->start);
    int month = d.month - 1 + o->months;
    int year = d.year + month / 12;
    month = month % 12 + 1;
    int length = mkt_date_month_length(year, month);
    return mkt_date_days(year, month, d.day < length ? d.day : length) - 1;
}

mkt_status mkt_company_make(struct mkt_arena *arena, const struct mkt_company_options *options,
                            struct mkt_company **out, struct mkt_err *err)
{
    MKT_TRY(mkt_company_options_check(options, err));
    struct mkt_company *c = MKT_NEW(arena, struct mkt_company, 1);
    if (!c) return mkt_arena_full(arena, err);
    c->options = *options;
    c->period = (struct mkt_period){options->start, last_day(options)};
    c->days = mkt_period_days(c->period);
    c->channels = options->channels;
    c->channel = MKT_NEW(arena, struct mkt_company_channel, (size_t)c->channels);
    if (!c->channel) return mkt_arena_full(arena, err);
    MKT_TRY(allocate(arena, c, err));

    double daily[MKT_CATALOGUE_CHANNELS];
    mkt_company_design_draw(c, daily);
    for (int t = 0; t < c->days; t++) {
        c->baseline[t] = c->daily_orders * mkt_calendar_demand(&c->calendar, c->period.first + t);
        c->value[t] = expected_value(c, t);
    }
    draw_noise(c, 0, c->baseline_noise);
    for (int k = 0; k < c->channels; k++) {
        plan_channel(c, k, daily[k]);
        draw_clicks(c, k);
    }
    expect_claims(c);

    struct tally tally = {c, 0};
    for (; tally.day < c->days; tally.day++) mkt_company_orders(c, tally.day, count_order, &tally);
    *out = c;
    return MKT_OK;
}

mkt_status mkt_company_add(const struct mkt_company *company, struct mkt_performance *performance,
                           struct mkt_err *err)
{
    for (int k = 0; k < company->channels; k++) {
        const struct mkt_company_channel *h = &company->channel[k];
        for (int t = 0; t < company->days; t++) {
            struct mkt_performance_row row = {
                .day = company->period.first + t, .name = {h->name, "", ""}, .rows = 1};
            row.sum[MKT_SPEND] = (mkt_micro)floor(h->spend[t] * 100 + 0.5) * (MKT_MICRO / 100);
            row.sum[MKT_IMPRESSIONS] = h->impressions[t] * MKT_MICRO;
            row.sum[MKT_CLICKS] = h->clicks[t] * MKT_MICRO;
            row.sum[MKT_CONVERSIONS] = h->conversions[t] * MKT_MICRO;
            row.sum[MKT_REVENUE] = h->cents[t] * (MKT_MICRO / 100);
            row.sum[MKT_NEW_CUSTOMERS] = h->new_customers[t] * MKT_MICRO;
            MKT_TRY(mkt_performance_add(performance, &row, err));
        }
    }
    return MKT_OK;
}
