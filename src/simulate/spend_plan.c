#include "simulate/spend_plan.h"

#include <math.h>
#include <stdio.h>

#include "base/date.h"

static bool takes_part(const struct mkt_catalogue_channel *channel, int burst)
{
    return burst >= 0 &&
           mkt_catalogue_campaign[burst].channels >> (channel - mkt_catalogue_channel) & 1U;
}

static bool mailing_day(int32_t day)
{
    int weekday = mkt_date_weekday(day);
    return weekday == 1 || weekday == 3;
}

/* Whether the channel runs outside bursts; `left` counts down the flight or the rest. */
static bool in_flight(struct mkt_random *random, bool *on, int *left)
{
    if (*left == 0) {
        *on = !*on;
        *left = (*on ? 21 : 14) + (int)mkt_random_below(random, 15);
    }
    --*left;
    return *on;
}

void mkt_spend_plan_draw(const struct mkt_catalogue_channel *channel,
                         const struct mkt_calendar *calendar, struct mkt_random *random,
                         double daily, int days, double *cents)
{
    double follow = 0.4 + 0.6 * mkt_random_uniform(random);
    double weekend = 0.75 + 0.35 * mkt_random_uniform(random);
    double eager[MKT_CATALOGUE_BURSTS];
    for (int b = 0; b < MKT_CATALOGUE_BURSTS; b++)
        eager[b] = 0.8 + 0.5 * mkt_random_uniform(random);

    bool on = mkt_random_uniform(random) < 0.5;
    int left = 0;
    double level = 0;
    for (int t = 0; t < days; t++) {
        int32_t day = calendar->origin + t;
        struct mkt_date date = mkt_date_of(day);
        if (t == 0 || (date.day == 1 && date.month % 3 == 1))
            level = 0.6 * level + 0.18 * mkt_random_normal(random);
        double wobble = exp(0.12 * mkt_random_normal(random));
        bool runs = !channel->flighted || in_flight(random, &on, &left);
        if (channel->mailing) runs = mailing_day(day);

        double spend = daily * exp(level) * wobble *
                       pow(mkt_calendar_yearly(calendar, day), calendar->season > 0 ? follow : 0);
        if (!channel->mailing && mkt_date_weekday(day) >= 5) spend *= weekend;
        /* What runs on some days only spends its month's money on them. */
        if (channel->mailing) spend *= 7.0 / 2;
        if (channel->flighted) spend *= 1.5;

        int burst = mkt_catalogue_burst(day);
        if (takes_part(channel, burst)) {
            double lift = mkt_catalogue_campaign[burst].lift * eager[burst];
            spend *= channel->mailing && !mailing_day(day) ? 0.4 * lift : lift;
            runs = true;
        }
        cents[t] = runs ? floor(spend + 0.5) : 0;
    }
}

void mkt_spend_plan_split(int channel, int32_t day, struct mkt_spend_split *out)
{
    const struct mkt_catalogue_channel *c = &mkt_catalogue_channel[channel];
    int burst = mkt_catalogue_burst(day);
    int main_campaign = takes_part(c, burst) ? burst : c->always;

    out->campaign[0] = main_campaign;
    out->share[0] = 1;
    out->campaigns = 1;
    if (c->side_share > 0 && c->side != main_campaign) {
        out->campaign[1] = c->side;
        out->share[1] = c->side_share;
        out->share[0] = 1 - c->side_share;
        out->campaigns = 2;
    }
}

double mkt_spend_plan_claims(const struct mkt_spend_split *split,
                             double weight[MKT_SPEND_PLAN_CAMPAIGNS])
{
    double sum = 0;
    for (int i = 0; i < split->campaigns; i++) {
        weight[i] = split->share[i] * mkt_catalogue_campaign[split->campaign[i]].effect;
        sum += weight[i];
    }
    return sum;
}

char *mkt_spend_plan_name(int campaign, int32_t day, char out[MKT_SPEND_PLAN_NAME])
{
    const struct mkt_catalogue_campaign *c = &mkt_catalogue_campaign[campaign];
    if (c->from)
        snprintf(out, MKT_SPEND_PLAN_NAME, "%s %d", c->name, mkt_date_of(day).year);
    else
        snprintf(out, MKT_SPEND_PLAN_NAME, "%s", c->name);
    return out;
}
