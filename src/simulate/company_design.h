/* Draws a company's parameters from its seed: prices, demand, channels. */
#ifndef MKT_SIMULATE_COMPANY_DESIGN_H
#define MKT_SIMULATE_COMPANY_DESIGN_H

#include "simulate/company.h"

/* Streams of the seed, one a use, so that no use disturbs another. */
enum {
    MKT_STREAM_OPTIONS,
    MKT_STREAM_COMPANY,
    MKT_STREAM_CHANNEL,
    MKT_STREAM_PLAN,
    MKT_STREAM_NOISE,
    MKT_STREAM_ORDERS,
    MKT_STREAM_CLICKS,
    MKT_STREAM_PEOPLE,
    MKT_STREAM_JOURNEYS,
    MKT_STREAM_CELLS,
    MKT_STREAM_REFUNDS,
    MKT_STREAM_TRAITS, /* one a trait lies between it and the next */
    MKT_STREAM_WITHHELD = MKT_STREAM_TRAITS + 16,
    MKT_STREAM_VISITS,
    MKT_STREAM_TRIAL = 64
};
void mkt_company_design_stream(struct mkt_random *random, uint64_t seed, int use, int index);

/* Fills every scalar of company and its channels, and usual spend a day by channel in cents.
 * company->options, channels and channel[] are set. */
void mkt_company_design_draw(struct mkt_company *company, double daily[MKT_CATALOGUE_CHANNELS]);

#endif
