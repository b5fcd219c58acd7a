#include "simulate/calendar.h"

#include <math.h>

#include "base/date.h"
#include "simulate/catalogue.h"

#define TAU 6.283185307179586
#define YEAR 365.25

void mkt_calendar_draw(struct mkt_calendar *calendar, struct mkt_random *random, int32_t origin,
                       double season)
{
    calendar->origin = origin;
    calendar->season = season;
    calendar->trend = -0.05 + 0.27 * mkt_random_uniform(random);
    /* A peak in December, a smaller one in early summer. */
    calendar->cosine[0] = 0.04 + 0.10 * mkt_random_uniform(random);
    calendar->sine[0] = -0.08 + 0.08 * mkt_random_uniform(random);
    calendar->cosine[1] = -0.02 + 0.08 * mkt_random_uniform(random);
    calendar->sine[1] = -0.04 + 0.08 * mkt_random_uniform(random);

    static const double usual[7] = {1.08, 1.02, 1.0, 0.98, 0.92, 0.90, 1.10};
    double sum = 0;
    for (int w = 0; w < 7; w++) {
        double jitter = 1 + 0.08 * (mkt_random_uniform(random) - 0.5);
        calendar->weekday[w] = 1 + season * (usual[w] * jitter - 1);
        sum += calendar->weekday[w];
    }
    for (int w = 0; w < 7; w++) calendar->weekday[w] *= 7 / sum;
}

int32_t mkt_calendar_easter(int year)
{
    int a = year % 19, b = year / 100, c = year % 100;
    int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
    int h = (19 * a + b - d - g + 15) % 30;
    int i = c / 4, k = c % 4;
    int l = (32 + 2 * e + 2 * i - h - k) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int n = h + l - 7 * m + 114;
    return mkt_date_days(year, n / 31, n % 31 + 1);
}

int32_t mkt_calendar_black_friday(int year)
{
    int32_t first = mkt_date_days(year, 11, 1);
    int to_thursday = (3 - mkt_date_weekday(first) + 7) % 7;
    return first + to_thursday + 21 + 1;
}

/* Days that stand out of the smooth season. */
static double event(int32_t day)
{
    struct mkt_date d = mkt_date_of(day);
    int burst = mkt_catalogue_burst(day);
    double factor = burst < 0 ? 1 : mkt_catalogue_campaign[burst].demand;

    int32_t friday = mkt_calendar_black_friday(d.year);
    if (day >= friday && day <= friday + 3) return factor * 1.35;
    int32_t easter = mkt_calendar_easter(d.year);
    if (day >= easter - 2 && day <= easter + 1) return factor * 0.75;
    if (d.month == 12 && d.day >= 24 && d.day <= 26) return factor * 0.55;
    if ((d.month == 12 && d.day == 31) || (d.month == 1 && d.day == 1)) return factor * 0.7;
    if (d.month == 2 && d.day >= 10 && d.day <= 14) return factor * 1.1;
    return factor;
}

double mkt_calendar_yearly(const struct mkt_calendar *calendar, int32_t day)
{
    struct mkt_date d = mkt_date_of(day);
    double angle = TAU * (day - mkt_date_days(d.year, 1, 1)) / YEAR;
    double smooth = 0;
    for (int h = 0; h < 2; h++)
        smooth +=
            calendar->cosine[h] * cos((h + 1) * angle) + calendar->sine[h] * sin((h + 1) * angle);
    return exp(calendar->season * smooth) * (1 + calendar->season * (event(day) - 1));
}

double mkt_calendar_demand(const struct mkt_calendar *calendar, int32_t day)
{
    double years = (day - calendar->origin) / YEAR;
    return pow(1 + calendar->trend, years) * mkt_calendar_yearly(calendar, day) *
           calendar->weekday[mkt_date_weekday(day)];
}
