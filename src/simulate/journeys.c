#include "simulate/journeys.h"

#include <inttypes.h>
#include <stdio.h>

#include "num/random.h"
#include "simulate/company_design.h"
#include "simulate/people.h"
#include "simulate/spend_plan.h"
#include "simulate/withheld.h"

#define DAY INT64_C(86400)
#define VISITORS 1.4 /* people who leave without an order, for each one who orders */
#define VISIT_TOUCHES 8
#define GAP_DAYS 2.2 /* mean time between the touchpoints of a journey */

mkt_status mkt_journeys_init(struct mkt_journeys *journeys, struct mkt_arena *arena,
                             const struct mkt_company *company, struct mkt_sink *sink,
                             struct mkt_err *err)
{
    *journeys = (struct mkt_journeys){.company = company, .sink = sink};
    mkt_company_design_stream(&journeys->random, company->options.seed, MKT_STREAM_JOURNEYS, 0);
    for (int k = 0; k < company->channels; k++) {
        int *running = MKT_NEW(arena, int, (size_t)company->days);
        if (!running) return mkt_arena_full(arena, err);
        for (int t = 0, last = -1; t < company->days; t++) {
            if (company->channel[k].spend[t] > 0) last = t;
            running[t] = last;
        }
        journeys->running[k] = running;
    }
    mkt_sink_text(sink, "user_id,time,channel,campaign,event,conversion,value");
    mkt_sink_line(sink);
    return MKT_OK;
}

const char *mkt_journeys_channel(const struct mkt_journeys *journeys, int channel)
{
    if (channel == MKT_JOURNEYS_DIRECT) return "direct";
    if (channel == MKT_JOURNEYS_ORGANIC) return "organic";
    return journeys->company->channel[channel].name;
}

static int32_t running_day(const struct mkt_journeys *journeys, int channel, int day)
{
    int last = journeys->running[channel][day];
    return journeys->company->period.first + (last < 0 ? day : last);
}

int mkt_journeys_campaign(struct mkt_journeys *journeys, int channel, int day)
{
    struct mkt_spend_split split;
    mkt_spend_plan_split(journeys->company->channel[channel].kind,
                         running_day(journeys, channel, day), &split);
    double weight[MKT_SPEND_PLAN_CAMPAIGNS];
    double sum = mkt_spend_plan_claims(&split, weight);
    double u = mkt_random_uniform(&journeys->random) * sum;
    int i = 0;
    while (i < split.campaigns - 1 && (u -= weight[i]) >= 0) i++;
    return split.campaign[i];
}

static void put(struct mkt_journey *journey, int channel, int64_t time, bool click)
{
    int at = journey->touches++;
    for (; at > 0 && journey->touch[at - 1].time > time; at--)
        journey->touch[at] = journey->touch[at - 1];
    journey->touch[at] = (struct mkt_touch){channel, time, click};
}

/* One entry for each touch to come, early channels first as a rule; returns how many. */
static int line_up(struct mkt_journeys *journeys, unsigned claims, int line[MKT_JOURNEYS_TOUCHES])
{
    struct mkt_random *r = &journeys->random;
    double key[MKT_JOURNEYS_TOUCHES];
    int n = 0;
    for (int k = 0; k < journeys->company->channels; k++) {
        if (!(claims >> k & 1U)) continue;
        const struct mkt_catalogue_channel *usual =
            &mkt_catalogue_channel[journeys->company->channel[k].kind];
        int touches = 1 + (mkt_random_uniform(r) < 0.35) + (mkt_random_uniform(r) < 0.1);
        while (touches-- > 0) {
            double late = usual->stage + 1.5 * mkt_random_uniform(r);
            int at = n++;
            for (; at > 0 && key[at - 1] > late; at--) {
                key[at] = key[at - 1];
                line[at] = line[at - 1];
            }
            key[at] = late;
            line[at] = k;
        }
    }
    return n;
}

/* How people come who come unpaid. */
static int draw_unpaid(struct mkt_random *random)
{
    return mkt_random_uniform(random) < 0.45 ? MKT_JOURNEYS_ORGANIC : MKT_JOURNEYS_DIRECT;
}

/* A moment of the day, more often in the afternoon than early or late. */
static int64_t draw_moment(struct mkt_random *random)
{
    double hour = 7 + 8 * (mkt_random_uniform(random) + mkt_random_uniform(random));
    return (int64_t)(hour * 3600);
}

void mkt_journeys_draw(struct mkt_journeys *journeys, int day, unsigned claims,
                       struct mkt_journey *out)
{
    struct mkt_random *r = &journeys->random;
    const struct mkt_company *c = journeys->company;
    int64_t first = c->period.first * DAY;
    int64_t order = first + day * DAY + draw_moment(r);
    int line[MKT_JOURNEYS_TOUCHES];
    int n = line_up(journeys, claims, line);

    out->touches = 0;
    int64_t time = order;
    bool direct = mkt_random_uniform(r) < 0.08;
    if (direct) {
        put(out, MKT_JOURNEYS_DIRECT, order, true);
        time -= 60 + mkt_random_below(r, 10000);
    }
    for (int i = n - 1; i >= 0; i--) {
        int k = line[i];
        if (time < first) time = first + mkt_random_below(r, 3600);
        int at = journeys->running[k][(time - first) / DAY];
        double clicks = mkt_catalogue_channel[c->channel[k].kind].click_touch;
        bool click = mkt_random_uniform(r) < (i == n - 1 ? 0.5 + 0.5 * clicks : clicks);
        if (at >= 0) put(out, k, first + at * DAY + (time - first) % DAY, click);
        time -= (int64_t)(GAP_DAYS * (double)DAY * mkt_random_exponential(r));
    }
    if (!out->touches || out->touch[out->touches - 1].time / DAY != order / DAY)
        put(out, draw_unpaid(r), order, true);
}

/* One row; `cents` below 0: it led to no order. */
static void write_touch(struct mkt_journeys *journeys, const struct mkt_touch *touch,
                        const char *event, const char *user, int64_t cents)
{
    struct mkt_sink *sink = journeys->sink;
    int32_t first = journeys->company->period.first;
    int32_t day = (int32_t)(touch->time / DAY);
    int second = (int)(touch->time % DAY);
    char date[MKT_DATE_TEXT], name[MKT_SPEND_PLAN_NAME] = "";
    if (touch->channel >= 0)
        mkt_spend_plan_name(mkt_journeys_campaign(journeys, touch->channel, day - first), day,
                            name);
    mkt_sink_printf(sink, "%s,%s %02d:%02d:%02d,%s,%s,%s,", user, mkt_date_text(day, date),
                    second / 3600, second / 60 % 60, second % 60,
                    mkt_journeys_channel(journeys, touch->channel), name, event);
    mkt_sink_text(sink, cents >= 0 ? "1," : "0,");
    mkt_sink_cents(sink, cents >= 0 ? cents : 0);
    mkt_sink_line(sink);
}

void mkt_journeys_write(struct mkt_journeys *journeys, const struct mkt_journey *journey,
                        const char *user, unsigned withheld, int64_t cents)
{
    for (int i = 0; i < journey->touches; i++) {
        const struct mkt_touch *touch = &journey->touch[i];
        bool last = i == journey->touches - 1;
        bool held = touch->channel >= 0 && (withheld >> touch->channel & 1U);
        const char *event = touch->click ? "click" : "impression";
        write_touch(journeys, touch, held ? "holdout" : event, user, last && !held ? cents : -1);
        if (!held || !last || cents < 0) continue;
        struct mkt_touch own = {MKT_JOURNEYS_DIRECT, touch->time, true};
        write_touch(journeys, &own, "click", user, cents);
    }
}

/* A channel that was running on the day, or none. */
static int draw_visit(struct mkt_journeys *journeys, int day)
{
    const struct mkt_company *c = journeys->company;
    double weight[MKT_CATALOGUE_CHANNELS] = {0}, sum = 1;
    for (int k = 0; k < c->channels; k++) {
        const struct mkt_company_channel *h = &c->channel[k];
        weight[k] = (double)h->clicks[day] + 0.002 * (double)h->impressions[day];
        sum += weight[k];
    }
    double u = mkt_random_uniform(&journeys->random) * 1.3 * sum;
    for (int k = 0; k < c->channels; k++)
        if ((u -= weight[k]) < 0) return k;
    return draw_unpaid(&journeys->random);
}

void mkt_journeys_visitors(struct mkt_journeys *journeys, int day)
{
    struct mkt_random *r = &journeys->random;
    const struct mkt_company *c = journeys->company;
    double orders = c->baseline[day];
    for (int k = 0; k < c->channels; k++) orders += c->channel[k].caused[day];

    int64_t visitors = mkt_random_poisson(r, orders * VISITORS * MKT_PEOPLE_CONSENT);
    for (; visitors > 0; visitors--) {
        struct mkt_journey journey = {.touches = 0};
        int64_t first = c->period.first * DAY, time = first + day * DAY + draw_moment(r);
        int64_t touches = mkt_random_geometric(r, 0.5);
        for (int64_t i = 0; i < touches && i < VISIT_TOUCHES; i++) {
            int64_t at = (time - first) / DAY;
            if (at >= c->days) break;
            int k = draw_visit(journeys, (int)at);
            bool click = k < 0 || mkt_random_uniform(r) <
                                      mkt_catalogue_channel[c->channel[k].kind].click_touch;
            put(&journey, k, time, click);
            time += (int64_t)(GAP_DAYS * (double)DAY * mkt_random_exponential(r));
        }
        char user[32];
        snprintf(user, sizeof user, "V%07" PRId64, ++journeys->visitors);
        mkt_journeys_write(journeys, &journey, user, mkt_withheld_from(c, user), -1);
    }
}
