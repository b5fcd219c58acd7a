/* performance.csv: each channel's day, split into campaigns and age groups.
 *
 * The cells of a channel and day add up to it exactly. Spend is split by the
 * plan, claims fall to the campaign that claims them and to the buyer's age
 * group, so campaigns and groups differ in what they return; the expected
 * figures of each are summed on the way.
 */
#ifndef MKT_SIMULATE_CELLS_H
#define MKT_SIMULATE_CELLS_H

#include "simulate/journeys.h"
#include "simulate/spend_plan.h"

#define MKT_CELLS_YEARS (MKT_COMPANY_MONTHS_MAX / 12 + 2) /* calendar years a company touches */

/* Expected sums of a campaign or an age group. */
struct mkt_cells_sum {
    double spend, conversions, revenue;
};

struct mkt_cells_count {
    int64_t conversions, cents, new_customers;
};

struct mkt_cells {
    const struct mkt_company *company;
    struct mkt_journeys *journeys; /* says which campaign claims an order */
    struct mkt_random random;
    double spend_share[MKT_CATALOGUE_CHANNELS][MKT_CATALOGUE_SEGMENTS];
    struct mkt_cells_count count[MKT_CATALOGUE_CHANNELS][MKT_SPEND_PLAN_CAMPAIGNS]
                                [MKT_CATALOGUE_SEGMENTS]; /* of the day */
    /* by channel, campaign and year since the first; by age group */
    struct mkt_cells_sum campaign[MKT_CATALOGUE_CHANNELS][MKT_CATALOGUE_CAMPAIGNS][MKT_CELLS_YEARS];
    struct mkt_cells_sum segment[MKT_CATALOGUE_SEGMENTS];
    struct mkt_sink *sink; /* performance.csv */
};

/* Writes the heading. */
void mkt_cells_init(struct mkt_cells *cells, const struct mkt_company *company,
                    struct mkt_journeys *journeys, struct mkt_sink *sink);

/* Counts the claims of one order of the day. */
void mkt_cells_order(struct mkt_cells *cells, int day, const struct mkt_company_order *order);

/* Writes the rows of the day and forgets its counts. */
void mkt_cells_write(struct mkt_cells *cells, int day);

#endif
