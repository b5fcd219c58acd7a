#include "simulate/cells.h"

#include <math.h>
#include <string.h>

#include "num/random.h"
#include "simulate/company_design.h"

#define CELLS (MKT_SPEND_PLAN_CAMPAIGNS * MKT_CATALOGUE_SEGMENTS) /* of a channel and day */

void mkt_cells_init(struct mkt_cells *cells, const struct mkt_company *company,
                    struct mkt_journeys *journeys, struct mkt_sink *sink)
{
    memset(cells, 0, sizeof *cells);
    cells->company = company;
    cells->journeys = journeys;
    cells->sink = sink;
    mkt_company_design_stream(&cells->random, company->options.seed, MKT_STREAM_CELLS, 0);
    for (int k = 0; k < MKT_CATALOGUE_CHANNELS; k++) {
        double sum = 0;
        for (int g = 0; g < MKT_CATALOGUE_SEGMENTS; g++) {
            double share = mkt_catalogue_channel[k].segment[g];
            cells->spend_share[k][g] = share * exp(0.25 * mkt_random_normal(&cells->random));
            sum += cells->spend_share[k][g];
        }
        for (int g = 0; g < MKT_CATALOGUE_SEGMENTS; g++) cells->spend_share[k][g] /= sum;
    }
    mkt_sink_text(sink, "date,channel,campaign,segment,spend,impressions,clicks,conversions,"
                        "revenue,new_customers,currency");
    mkt_sink_line(sink);
}

/* The campaigns of the day, or of the last day on which the channel was running. */
static int32_t split_day(const struct mkt_cells *cells, int k, int day,
                         struct mkt_spend_split *split)
{
    const struct mkt_company *c = cells->company;
    int last = cells->journeys->running[k][day];
    int32_t when = c->period.first + (last < 0 ? day : last);
    mkt_spend_plan_split(c->channel[k].kind, when, split);
    return when;
}

void mkt_cells_order(struct mkt_cells *cells, int day, const struct mkt_company_order *order)
{
    for (int k = 0; k < cells->company->channels; k++) {
        if (!(order->claims >> k & 1U)) continue;
        struct mkt_spend_split split;
        split_day(cells, k, day, &split);
        int campaign = mkt_journeys_campaign(cells->journeys, k, day);
        int i = campaign == split.campaign[0] ? 0 : 1;
        struct mkt_cells_count *count = &cells->count[k][i][order->segment];
        count->conversions++;
        count->cents += order->cents;
        count->new_customers += order->new_customer;
    }
}

/* Whole numbers in proportion to the weights that add up to `total`. */
static void share_out(int64_t total, const double *weight, int n, int64_t *out)
{
    double sum = 0, run = 0;
    for (int i = 0; i < n; i++) sum += weight[i];
    int64_t given = 0;
    for (int i = 0; i < n; i++) {
        run += weight[i];
        int64_t upto = sum > 0 ? (int64_t)floor((double)total * (run / sum) + 0.5) : 0;
        out[i] = upto - given;
        given = upto;
    }
}

static double jitter(struct mkt_cells *cells, double width)
{
    return 1 + width * (2 * mkt_random_uniform(&cells->random) - 1);
}

/* Orders of an age group that channel k is expected to claim on the day. */
static double expected_claims(const struct mkt_company *c, int k, int g, int day)
{
    const struct mkt_company_channel *h = &c->channel[k];
    double others = c->baseline[day] * mkt_catalogue_segment_share[g];
    for (int j = 0; j < c->channels; j++)
        if (j != k)
            others +=
                c->channel[j].caused[day] * mkt_catalogue_channel[c->channel[j].kind].segment[g];
    return h->own * h->caused[day] * mkt_catalogue_channel[h->kind].segment[g] +
           h->reach * h->caused[day] / h->effect * others;
}

static void add_truth(struct mkt_cells *cells, int k, int day, const struct mkt_spend_split *split,
                      int32_t when, const int64_t spend[CELLS])
{
    const struct mkt_company *c = cells->company;
    int year = mkt_date_of(when).year - mkt_date_of(c->period.first).year;
    double weight[MKT_SPEND_PLAN_CAMPAIGNS];
    double sum = mkt_spend_plan_claims(split, weight);
    for (int g = 0; g < MKT_CATALOGUE_SEGMENTS; g++) {
        double claims = expected_claims(c, k, g, day);
        for (int i = 0; i < split->campaigns; i++) {
            struct mkt_cells_sum add = {
                .spend = (double)spend[i * MKT_CATALOGUE_SEGMENTS + g] / 100,
                .conversions = claims * weight[i] / sum,
                .revenue = claims * weight[i] / sum * c->value[day],
            };
            struct mkt_cells_sum *to[2] = {&cells->campaign[k][split->campaign[i]][year],
                                           &cells->segment[g]};
            for (int s = 0; s < 2; s++) {
                to[s]->spend += add.spend;
                to[s]->conversions += add.conversions;
                to[s]->revenue += add.revenue;
            }
        }
    }
}

static void write_channel(struct mkt_cells *cells, int k, int day)
{
    const struct mkt_company_channel *h = &cells->company->channel[k];
    struct mkt_spend_split split;
    int32_t when = split_day(cells, k, day, &split);
    int n = split.campaigns * MKT_CATALOGUE_SEGMENTS;
    double weight[CELLS] = {0};
    int64_t spend[CELLS] = {0}, seen[CELLS] = {0}, clicked[CELLS] = {0};
    for (int i = 0; i < n; i++)
        weight[i] = split.share[i / MKT_CATALOGUE_SEGMENTS] *
                    cells->spend_share[k][i % MKT_CATALOGUE_SEGMENTS] * jitter(cells, 0.08);
    share_out((int64_t)floor(h->spend[day] * 100 + 0.5), weight, n, spend);
    for (int i = 0; i < n; i++) weight[i] = (double)spend[i] * jitter(cells, 0.1);
    share_out(h->impressions[day], weight, n, seen);
    for (int i = 0; i < n; i++) weight[i] = (double)seen[i] * jitter(cells, 0.15);
    share_out(h->clicks[day], weight, n, clicked);
    add_truth(cells, k, day, &split, when, spend);

    char date[MKT_DATE_TEXT], campaign[MKT_SPEND_PLAN_NAME];
    mkt_date_text(cells->company->period.first + day, date);
    struct mkt_sink *sink = cells->sink;
    for (int i = 0; i < n; i++) {
        int at = i / MKT_CATALOGUE_SEGMENTS, g = i % MKT_CATALOGUE_SEGMENTS;
        const struct mkt_cells_count *count = &cells->count[k][at][g];
        if (spend[i] == 0 && count->conversions == 0) continue;
        mkt_sink_printf(sink, "%s,%s,%s,%s,", date, h->name,
                        mkt_spend_plan_name(split.campaign[at], when, campaign),
                        mkt_catalogue_segment[g]);
        mkt_sink_cents(sink, spend[i]);
        const int64_t figure[] = {seen[i], clicked[i], count->conversions};
        for (size_t f = 0; f < sizeof figure / sizeof figure[0]; f++) {
            mkt_sink_add(sink, ",", 1);
            mkt_sink_int(sink, figure[f]);
        }
        mkt_sink_add(sink, ",", 1);
        mkt_sink_cents(sink, count->cents);
        mkt_sink_add(sink, ",", 1);
        mkt_sink_int(sink, count->new_customers);
        mkt_sink_printf(sink, ",%s", cells->company->options.currency);
        mkt_sink_line(sink);
    }
}

void mkt_cells_write(struct mkt_cells *cells, int day)
{
    for (int k = 0; k < cells->company->channels; k++) write_channel(cells, k, day);
    memset(cells->count, 0, sizeof cells->count);
}
