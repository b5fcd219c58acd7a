/* Visits to the site, from the page seen first to the order: a funnel whose rates are known.
 *
 * Of the last MKT_VISITS_DAYS days. Visitors come one after another; each is on
 * a phone or at a desk and goes on from step to step with the rates below,
 * whatever the others do. The one who buys is the customer of the next order of
 * a person who agreed to be measured; the others have a `W` number. So the rates
 * of the rows are those below, but for chance.
 *
 * Of those who stop at the cart more look up what delivery costs than of those
 * who go on, and some who did not buy come back to look around.
 */
#ifndef MKT_SIMULATE_VISITS_H
#define MKT_SIMULATE_VISITS_H

#include "base/json.h"
#include "num/random.h"
#include "simulate/company.h"
#include "simulate/sink.h"

#define MKT_VISITS_DAYS 60
#define MKT_VISITS_STEPS 5
#define MKT_VISITS_DEVICES 2

extern const char *const mkt_visits_step[MKT_VISITS_STEPS];     /* "visit", ..., "purchase" */
extern const char *const mkt_visits_device[MKT_VISITS_DEVICES]; /* "mobile", "desktop" */
extern const double mkt_visits_rate[MKT_VISITS_DEVICES]
                                   [MKT_VISITS_STEPS]; /* from the step before */
#define MKT_VISITS_MOBILE 0.62                         /* share of visitors */
#define MKT_VISITS_COSTS_LOST 0.5 /* of those who stop at the cart look up delivery costs */
#define MKT_VISITS_COSTS_KEPT 0.15
#define MKT_VISITS_BACK 0.2 /* of those who did not buy come back within two weeks */

struct mkt_visits {
    const struct mkt_company *company;
    struct mkt_random random;
    struct mkt_sink *sink; /* events.csv */
    int64_t visitors, sessions;
};

/* Writes the heading. */
void mkt_visits_init(struct mkt_visits *visits, const struct mkt_company *company,
                     struct mkt_sink *sink);

/* Writes the visitors who left before this order of the day, and the customer's own visit; nothing
 * before the last MKT_VISITS_DAYS days.
 *   cents  the order's value
 * Checked  tests/simulate/visits_test.c */
void mkt_visits_order(struct mkt_visits *visits, int day, const char *customer, int64_t cents);

/* The member "visits" of truth.json. */
void mkt_visits_truth(struct mkt_json *w);

#endif
