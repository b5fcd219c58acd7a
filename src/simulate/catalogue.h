/* What a simulated company is made of: its channels, campaigns, age groups,
 * regions and products, as constant tables with the ranges that a seed draws from.
 *
 * The ranges are ours, chosen to look like a mid-sized shop; no company's data
 * stand behind them.
 */
#ifndef MKT_SIMULATE_CATALOGUE_H
#define MKT_SIMULATE_CATALOGUE_H

#include <stdbool.h>
#include <stdint.h>

#define MKT_CATALOGUE_CHANNELS 8
#define MKT_CATALOGUE_BURSTS 6
#define MKT_CATALOGUE_CAMPAIGNS 12 /* bursts first, then the ones that run all year */
#define MKT_CATALOGUE_SEGMENTS 3
#define MKT_CATALOGUE_REGIONS 5
#define MKT_CATALOGUE_PRODUCTS 8

struct mkt_range {
    double low, high;
};

struct mkt_catalogue_channel {
    const char *name;
    double budget;               /* share of the marketing budget, before the company's own taste */
    double return_on_spend;      /* usual incremental revenue per unit of spend */
    struct mkt_range over_claim; /* platform-reported over incremental revenue */
    struct mkt_range carry_over; /* share of yesterday's pressure that is left today */
    struct mkt_range shape;      /* of the Hill curve */
    double cost_per_mille;       /* per 1,000 impressions */
    double click_rate;
    double new_share; /* of the orders it causes, by people who never bought before */
    double segment[MKT_CATALOGUE_SEGMENTS]; /* of the orders it causes */
    double click_touch;                     /* of its touchpoints, the share that are clicks */
    int stage;                              /* 0 early in a journey .. 3 late */
    bool mailing;                           /* sent on Tuesdays and Thursdays, daily in a burst */
    bool flighted;                          /* outside bursts it runs some weeks and rests some */
    int always;                             /* campaign outside bursts */
    int side; /* campaign that runs beside the main one; always == side: in bursts only */
    double side_share;
};

/* Campaigns of a season come every year ("Summer Sale 2025"); the others have no dates. */
struct mkt_catalogue_campaign {
    const char *name;
    int from, to;      /* month * 100 + day, both within; 0 for a campaign without dates */
    unsigned channels; /* bit k: channel k takes part (bursts) */
    double lift;       /* spend against an ordinary day (bursts) */
    double discount;   /* off the prices (bursts) */
    double demand;     /* baseline orders against an ordinary day (bursts) */
    double effect;     /* claims per unit of spend against the channel's other campaigns */
};

extern const struct mkt_catalogue_channel mkt_catalogue_channel[MKT_CATALOGUE_CHANNELS];
extern const struct mkt_catalogue_campaign mkt_catalogue_campaign[MKT_CATALOGUE_CAMPAIGNS];
extern const char *const mkt_catalogue_segment[MKT_CATALOGUE_SEGMENTS];
extern const double mkt_catalogue_segment_share[MKT_CATALOGUE_SEGMENTS]; /* of baseline orders */
extern const char *const mkt_catalogue_region[MKT_CATALOGUE_REGIONS];

extern const char *const mkt_catalogue_product[MKT_CATALOGUE_PRODUCTS];
extern const int mkt_catalogue_product_cents[MKT_CATALOGUE_PRODUCTS];    /* usual price */
extern const double mkt_catalogue_product_share[MKT_CATALOGUE_PRODUCTS]; /* of orders */

/* Orders of 1, 2 and 3 pieces. */
#define MKT_CATALOGUE_QUANTITIES 3
extern const double mkt_catalogue_quantity_share[MKT_CATALOGUE_QUANTITIES];

/* Share of baseline orders by people who never bought before. */
#define MKT_CATALOGUE_BASE_NEW 0.3

/* The burst that is on at `day` (days since 1970-01-01), or -1. No two overlap. */
int mkt_catalogue_burst(int32_t day);

#endif
