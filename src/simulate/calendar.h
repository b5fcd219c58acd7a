/* Demand that needs no marketing: trend, season of the year, weekday, holidays.
 *
 *     demand(d) = (1 + trend)^(d / 365.25) exp(season * yearly(d)) weekday(d) event(d)
 *     yearly(d) = sum over h = 1, 2 of  cosine_h cos(2 pi h y) + sine_h sin(2 pi h y),   y: share of the year
 *
 * Relative to an ordinary day at the origin, so 1 is usual.
 */
#ifndef MKT_SIMULATE_CALENDAR_H
#define MKT_SIMULATE_CALENDAR_H

#include <stdint.h>

#include "num/random.h"

struct mkt_calendar {
    int32_t origin; /* day (since 1970-01-01) at which the trend is 1 */
    double trend;   /* growth a year, 0.1 is 10 % */
    double season;  /* strength of season, weekdays and events: 0 none, 1 usual */
    double cosine[2], sine[2];
    double weekday[7]; /* Monday first; mean 1 */
};

/* Draws a calendar; `season` in 0..2.     Checked  tests/simulate/calendar_test.c */
void mkt_calendar_draw(struct mkt_calendar *calendar, struct mkt_random *random, int32_t origin,
                       double season);

/* All of it; `day` since 1970-01-01. Positive. */
double mkt_calendar_demand(const struct mkt_calendar *calendar, int32_t day);

/* The part that a planner follows: yearly season and events, without trend and weekday. */
double mkt_calendar_yearly(const struct mkt_calendar *calendar, int32_t day);

/* Easter Sunday, and the Friday after the fourth Thursday of November.
 * Source  Meeus, Astronomical Algorithms (1998), chapter 8 */
int32_t mkt_calendar_easter(int year);
int32_t mkt_calendar_black_friday(int year);

#endif
