/* Days of the proleptic Gregorian calendar, counted from 1970-01-01. */
#ifndef MKT_BASE_DATE_H
#define MKT_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#define MKT_DATE_TEXT 16

struct mkt_date {
    int year, month, day;
};

int32_t mkt_date_days(int year, int month, int day);
struct mkt_date mkt_date_of(int32_t days);
bool mkt_date_valid(int year, int month, int day);
int mkt_date_month_length(int year, int month);

/* 0 Monday .. 6 Sunday */
int mkt_date_weekday(int32_t days);

/* "2026-01-31"; years 0000..9999. Returns `out`. */
char *mkt_date_text(int32_t days, char out[MKT_DATE_TEXT]);
bool mkt_date_parse(const char *text, int32_t *out);

/* A span of days, both ends within it. */
struct mkt_period {
    int32_t first, last;
};

static inline int32_t mkt_period_days(struct mkt_period p)
{
    return p.last - p.first + 1;
}

/* The words a user may give for a period:
 *   2025   2025-Q4   2025-11   2025-11-03   2025-10-01..2025-12-31   last-90   all
 * "last-N" ends at data.last, "all" is `data`; the others are calendar spans, not cut to `data`.
 * False if the text is none of these. */
bool mkt_period_parse(const char *text, struct mkt_period data, struct mkt_period *out);

/* The days just before, as many as p has; a period of whole calendar months
 * gives the same number of whole months before. */
struct mkt_period mkt_period_before(struct mkt_period p);

/* The same span a year earlier: whole months stay whole months, else 364 days
 * earlier, so that weekdays meet weekdays. */
struct mkt_period mkt_period_year_before(struct mkt_period p);

/* True if p starts on a first of the month and ends on a last. */
bool mkt_period_is_months(struct mkt_period p);

#endif
