/* What a simulated company spends, day by day, and on which campaigns.
 *
 * Spend follows the season as planners do, steps at every quarter, jumps in
 * bursts, rests between flights and wobbles from day to day; so season and
 * spend move together, and a method that confuses them is found out.
 */
#ifndef MKT_SIMULATE_SPEND_PLAN_H
#define MKT_SIMULATE_SPEND_PLAN_H

#include <stddef.h>

#include "simulate/calendar.h"
#include "simulate/catalogue.h"

/* Writes the spend of one channel in cents, whole numbers >= 0.
 *
 *   daily   usual spend a day, in cents
 *   random  one stream a channel: more days continue the same plan
 *   cents   days of them, from the calendar's origin
 *
 * Checked  tests/simulate/spend_plan_test.c */
void mkt_spend_plan_draw(const struct mkt_catalogue_channel *channel,
                         const struct mkt_calendar *calendar, struct mkt_random *random,
                         double daily, int days, double *cents);

/* The campaigns of a channel on a day and their shares of its spend. */
#define MKT_SPEND_PLAN_CAMPAIGNS 2
struct mkt_spend_split {
    int campaign[MKT_SPEND_PLAN_CAMPAIGNS]; /* rows of mkt_catalogue_campaign */
    double share[MKT_SPEND_PLAN_CAMPAIGNS]; /* of spend; they sum to 1 */
    int campaigns;
};
void mkt_spend_plan_split(int channel, int32_t day, struct mkt_spend_split *out);

/* How likely a claim of the channel belongs to each of its campaigns; returns the sum. */
double mkt_spend_plan_claims(const struct mkt_spend_split *split,
                             double weight[MKT_SPEND_PLAN_CAMPAIGNS]);

/* "Summer Sale 2025", "Always On": the name of a campaign on a day. Returns `out`. */
#define MKT_SPEND_PLAN_NAME 48
char *mkt_spend_plan_name(int campaign, int32_t day, char out[MKT_SPEND_PLAN_NAME]);

#endif
