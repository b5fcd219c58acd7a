#include "base/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Days from civil and back: the era of 400 years (146,097 days) is counted
 * from a first of March, so that the leap day is the last of its year. */
int32_t mkt_date_days(int year, int month, int day)
{
    year -= month <= 2;
    int era = (year >= 0 ? year : year - 399) / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct mkt_date mkt_date_of(int32_t days)
{
    int32_t z = days + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int day_of_era = z - era * 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted = (5 * day_of_year + 2) / 153;
    struct mkt_date d;
    d.day = day_of_year - (153 * shifted + 2) / 5 + 1;
    d.month = shifted < 10 ? shifted + 3 : shifted - 9;
    d.year = year_of_era + era * 400 + (d.month <= 2);
    return d;
}

int mkt_date_month_length(int year, int month)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : length[month - 1];
}

bool mkt_date_valid(int year, int month, int day)
{
    return year >= 0 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= mkt_date_month_length(year, month);
}

int mkt_date_weekday(int32_t days)
{
    int32_t w = (days + 3) % 7; /* 1970-01-01 was a Thursday */
    return w < 0 ? w + 7 : w;
}

char *mkt_date_text(int32_t days, char out[MKT_DATE_TEXT])
{
    struct mkt_date d = mkt_date_of(days);
    snprintf(out, MKT_DATE_TEXT, "%04d-%02d-%02d", d.year % 10000, d.month % 100, d.day % 100);
    return out;
}

/* Reads `count` decimal digits. */
static bool digits(const char **text, int count, int *out)
{
    int v = 0;
    for (int i = 0; i < count; i++) {
        char c = (*text)[i];
        if (c < '0' || c > '9') return false;
        v = v * 10 + (c - '0');
    }
    *text += count;
    *out = v;
    return true;
}

static bool parse_prefix(const char **text, int32_t *out)
{
    const char *t = *text;
    int y, m, d;
    if (!digits(&t, 4, &y) || *t++ != '-' || !digits(&t, 2, &m) || *t++ != '-' ||
        !digits(&t, 2, &d) || !mkt_date_valid(y, m, d))
        return false;
    *out = mkt_date_days(y, m, d);
    *text = t;
    return true;
}

bool mkt_date_parse(const char *text, int32_t *out)
{
    return parse_prefix(&text, out) && *text == '\0';
}

/* First day of a month that is counted on from January of year 0, or back. */
static int32_t month_start(int count)
{
    int year = (count >= 0 ? count : count - 11) / 12;
    return mkt_date_days(year, count - year * 12 + 1, 1);
}

static struct mkt_period months(int year, int month, int count)
{
    int first = year * 12 + month - 1;
    return (struct mkt_period){month_start(first), month_start(first + count) - 1};
}

bool mkt_period_parse(const char *text, struct mkt_period data, struct mkt_period *out)
{
    const char *t = text;
    int y, m;
    if (strcmp(text, "all") == 0) {
        *out = data;
        return true;
    }
    if (strncmp(text, "last-", 5) == 0) {
        char *end;
        long n = strtol(text + 5, &end, 10);
        if (text[5] < '1' || text[5] > '9' || *end || n > 36525) return false;
        *out = (struct mkt_period){data.last - (int32_t)n + 1, data.last};
        return true;
    }
    int32_t first, last;
    if (parse_prefix(&t, &first)) {
        if (*t == '\0') {
            *out = (struct mkt_period){first, first};
            return true;
        }
        if (strncmp(t, "..", 2) != 0 || !mkt_date_parse(t + 2, &last) || last < first) return false;
        *out = (struct mkt_period){first, last};
        return true;
    }
    t = text;
    if (!digits(&t, 4, &y)) return false;
    if (*t == '\0') {
        *out = months(y, 1, 12);
        return true;
    }
    if (*t++ != '-') return false;
    if ((*t == 'Q' || *t == 'q') && t[1] >= '1' && t[1] <= '4' && t[2] == '\0') {
        *out = months(y, (t[1] - '1') * 3 + 1, 3);
        return true;
    }
    if (!digits(&t, 2, &m) || *t || m < 1 || m > 12) return false;
    *out = months(y, m, 1);
    return true;
}

bool mkt_period_is_months(struct mkt_period p)
{
    struct mkt_date a = mkt_date_of(p.first), b = mkt_date_of(p.last);
    return a.day == 1 && b.day == mkt_date_month_length(b.year, b.month);
}

/* Whole months from `p`, moved back by `back` months. */
static struct mkt_period months_back(struct mkt_period p, int back)
{
    struct mkt_date a = mkt_date_of(p.first), b = mkt_date_of(p.last);
    int count = (b.year - a.year) * 12 + b.month - a.month + 1;
    return months(a.year, a.month - back, count);
}

struct mkt_period mkt_period_before(struct mkt_period p)
{
    if (mkt_period_is_months(p)) {
        struct mkt_date a = mkt_date_of(p.first), b = mkt_date_of(p.last);
        return months_back(p, (b.year - a.year) * 12 + b.month - a.month + 1);
    }
    int32_t n = mkt_period_days(p);
    return (struct mkt_period){p.first - n, p.last - n};
}

struct mkt_period mkt_period_year_before(struct mkt_period p)
{
    if (mkt_period_is_months(p)) return months_back(p, 12);
    return (struct mkt_period){p.first - 364, p.last - 364};
}
