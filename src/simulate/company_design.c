#include "simulate/company_design.h"

#include <math.h>

#include "num/random.h"

void mkt_company_design_stream(struct mkt_random *random, uint64_t seed, int use, int index)
{
    mkt_random_init(random, seed, (uint64_t)use << 32 | (uint32_t)index);
}

static double within(struct mkt_random *random, struct mkt_range range)
{
    return range.low + (range.high - range.low) * mkt_random_uniform(random);
}

/* Between a and b on a logarithmic scale: a at 0, b at 1. */
static double blend(double a, double b, double at)
{
    return exp((1 - at) * log(a) + at * log(b));
}

static double hill(double a, double half, double shape)
{
    return 1 / (1 + pow(half / a, shape));
}

/* Mean value of an order at list prices, in cents. */
static double list_value(const struct mkt_company *company)
{
    double price = 0, pieces = 0;
    for (int p = 0; p < MKT_CATALOGUE_PRODUCTS; p++)
        price += mkt_catalogue_product_share[p] * company->product_cents[p];
    for (int q = 0; q < MKT_CATALOGUE_QUANTITIES; q++)
        pieces += mkt_catalogue_quantity_share[q] * (q + 1);
    return price * pieces;
}

/* What the channel should return on a usual day; effect and reach are found from it later. */
struct aim {
    double return_on_spend, over_claim, usual; /* usual: h at usual pressure */
};

static void draw_channel(struct mkt_company *company, int k, double daily, struct aim *aim)
{
    struct mkt_company_channel *c = &company->channel[k];
    const struct mkt_catalogue_channel *usual = &mkt_catalogue_channel[k];
    struct mkt_random random;
    mkt_company_design_stream(&random, company->options.seed, MKT_STREAM_CHANNEL, k);

    c->name = usual->name;
    c->kind = k;
    c->carry_over = within(&random, usual->carry_over);
    c->shape = within(&random, usual->shape);
    c->half = daily / 100 * (0.9 + 1.3 * mkt_random_uniform(&random));
    c->start_pressure = usual->flighted ? 0.5 * daily / 100 : daily / 100;
    c->cost_per_mille = usual->cost_per_mille * exp(0.15 * mkt_random_normal(&random));
    c->click_rate = usual->click_rate * exp(0.15 * mkt_random_normal(&random));

    double same = company->options.similarity;
    double own_return = usual->return_on_spend * exp(0.25 * mkt_random_normal(&random));
    aim->return_on_spend = blend(own_return, 1.6, same);
    aim->over_claim = blend(within(&random, usual->over_claim), 1.6, same);
    c->own = aim->over_claim >= 1 ? 0.80 + 0.17 * mkt_random_uniform(&random)
                                  : aim->over_claim * (0.70 + 0.20 * mkt_random_uniform(&random));
    aim->usual = hill(daily / 100, c->half, c->shape);
}

void mkt_company_design_draw(struct mkt_company *company, double daily[MKT_CATALOGUE_CHANNELS])
{
    const struct mkt_company_options *o = &company->options;
    struct mkt_random random;
    mkt_company_design_stream(&random, o->seed, MKT_STREAM_COMPANY, 0);

    mkt_calendar_draw(&company->calendar, &random, o->start, o->season);
    company->daily_orders = 40 * o->scale * exp(0.2 * mkt_random_normal(&random));
    company->persistence = 0.2 + 0.4 * mkt_random_uniform(&random);
    company->noise_width = 0.45 * o->noise;
    double dear = exp(0.2 * mkt_random_normal(&random));
    for (int p = 0; p < MKT_CATALOGUE_PRODUCTS; p++) {
        double factor = dear * exp(0.1 * mkt_random_normal(&random));
        company->product_cents[p] =
            (int)floor(mkt_catalogue_product_cents[p] * factor / 100) * 100 + 90;
    }

    double value = list_value(company);
    double budget = (0.16 + 0.10 * mkt_random_uniform(&random)) * company->daily_orders * value;
    double sum = 0;
    for (int k = 0; k < MKT_CATALOGUE_CHANNELS; k++) {
        daily[k] = mkt_catalogue_channel[k].budget * exp(0.2 * mkt_random_normal(&random));
        if (k < company->channels) sum += daily[k];
    }

    struct aim aim[MKT_CATALOGUE_CHANNELS];
    double orders = company->daily_orders, caused[MKT_CATALOGUE_CHANNELS];
    for (int k = 0; k < company->channels; k++) {
        daily[k] *= budget / sum;
        draw_channel(company, k, daily[k], &aim[k]);
        caused[k] = aim[k].return_on_spend * daily[k] / value;
        company->channel[k].effect = caused[k] / aim[k].usual;
        orders += caused[k];
    }
    for (int k = 0; k < company->channels; k++) {
        struct mkt_company_channel *c = &company->channel[k];
        double claimed = caused[k] * aim[k].over_claim;
        double reach = (claimed - c->own * caused[k]) / ((orders - caused[k]) * aim[k].usual);
        c->reach = fmin(fmax(reach, 0.002), 0.5);
    }
}
