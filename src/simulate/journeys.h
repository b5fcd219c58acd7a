/* The touchpoints that lead to an order, or to none.
 *
 * A journey visits each channel that claims the order at least once, early
 * channels first as a rule, on days on which the channel was running. The last
 * touchpoint is on the day of the order and carries the conversion; where no
 * paid channel was there that day it is "direct" or "organic".
 *
 * Touchpoints are known only of the customers who agreed to be measured.
 *
 * With options.holdout above 0 the ads of each channel are withheld from that share of them. An
 * order that the channel would have caused is then not made; what would have been a touch is
 * written down all the same, as its advertising system logs it.
 */
#ifndef MKT_SIMULATE_JOURNEYS_H
#define MKT_SIMULATE_JOURNEYS_H

#include "simulate/company.h"
#include "simulate/sink.h"

#define MKT_JOURNEYS_TOUCHES 32
#define MKT_JOURNEYS_DIRECT (-1)  /* typed the address */
#define MKT_JOURNEYS_ORGANIC (-2) /* found through an unpaid search result */

struct mkt_touch {
    int channel;  /* of the company, or one of the two above */
    int64_t time; /* seconds since 1970-01-01 */
    bool click;   /* else it was only seen */
};

struct mkt_journey {
    struct mkt_touch touch[MKT_JOURNEYS_TOUCHES]; /* by time */
    int touches;
};

struct mkt_journeys {
    const struct mkt_company *company;
    struct mkt_random random;
    int *running[MKT_CATALOGUE_CHANNELS]; /* days: the last day up to this one with spend, or -1 */
    int64_t visitors;
    struct mkt_sink *sink; /* touchpoints.csv */
};

/* Writes the heading.    Errors  MKT_E_NOMEM  the arena is full: days * channels * 4 bytes */
MKT_MUST_CHECK mkt_status mkt_journeys_init(struct mkt_journeys *journeys, struct mkt_arena *arena,
                                            const struct mkt_company *company,
                                            struct mkt_sink *sink, struct mkt_err *err);

/* Draws the journey of an order of the day; out->touches >= 1. */
void mkt_journeys_draw(struct mkt_journeys *journeys, int day, unsigned claims,
                       struct mkt_journey *out);

/* Writes a journey; `cents` is the order's value, or -1 when it led to none.
 *   withheld  bit k: what channel k would have shown was withheld; such a touch is written as the
 *             event "holdout", and never carries an order: then the person came by themselves */
void mkt_journeys_write(struct mkt_journeys *journeys, const struct mkt_journey *journey,
                        const char *user, unsigned withheld, int64_t cents);

/* Draws and writes the journeys of the people who came on the day and did not buy. */
void mkt_journeys_visitors(struct mkt_journeys *journeys, int day);

/* "search", "direct", "organic". */
const char *mkt_journeys_channel(const struct mkt_journeys *journeys, int channel);

/* The campaign of a channel that a claim or a touch on the day belongs to. */
int mkt_journeys_campaign(struct mkt_journeys *journeys, int channel, int day);

#endif
