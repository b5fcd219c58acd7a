#include "plan/point.h"

#include <stdlib.h>
#include <string.h>

static const char *const month[12][2] = {
    {"january", "jan"},   {"february", "feb"}, {"march", "mar"},    {"april", "apr"},
    {"may", "may"},       {"june", "jun"},     {"july", "jul"},     {"august", "aug"},
    {"september", "sep"}, {"october", "oct"},  {"november", "nov"}, {"december", "dec"}};

static const struct {
    const char *phrases, *name;
} event[MKT_POINT_EVENTS] = {
    [MKT_POINT_BLACK_FRIDAY] = {"black friday, blackfriday", "Black Friday"},
    [MKT_POINT_BLACK_FRIDAY_WEEK] = {"black friday week, week of black friday, blackfriday week",
                                     "the week of Black Friday, Monday to Sunday"},
    [MKT_POINT_CYBER_MONDAY] = {"cyber monday", "Cyber Monday"},
    [MKT_POINT_CYBER_WEEK] = {"cyber week, cyberweek", "the week that opens with Cyber Monday"},
    [MKT_POINT_HOLIDAY_SEASON] = {"holiday season, christmas season, festive season, "
                                  "holiday period, christmas period",
                                  "November and December"},
    [MKT_POINT_SPRING] = {"spring", "March to May"},
    [MKT_POINT_SUMMER] = {"summer", "June to August"},
    [MKT_POINT_AUTUMN] = {"autumn", "September to November"},
    [MKT_POINT_WINTER] = {"winter", "December to February"},
};

const char *mkt_point_event_name(mkt_point_event which)
{
    return event[which].name;
}

/* A whole number of `digits` digits at most that ends with nothing, or with st, nd, rd, th. */
static int whole(const struct mkt_fold *f, size_t at, size_t end, size_t digits, bool ordinal)
{
    char *rest;
    if (at >= end || f->token[at].kind != MKT_TOKEN_NUMBER || f->token[at].taken) return -1;
    const char *w = f->token[at].word;
    long n = strtol(w, &rest, 10);
    if (rest == w || (size_t)(rest - w) > digits) return -1;
    if (*rest && !(ordinal && (!strcmp(rest, "st") || !strcmp(rest, "nd") || !strcmp(rest, "rd") ||
                               !strcmp(rest, "th"))))
        return -1;
    return (int)n;
}

static int year_at(const struct mkt_fold *f, size_t at, size_t end)
{
    int y = whole(f, at, end, 4, false);
    return y >= 1990 && y <= 2100 ? y : 0;
}

static bool mark_at(const struct mkt_fold *f, size_t at, size_t end, char mark)
{
    return at < end && f->token[at].kind == MKT_TOKEN_MARK && *f->token[at].word == mark;
}

static bool word_at(const struct mkt_fold *f, size_t at, size_t end, const char *word)
{
    return at < end && !f->token[at].taken && strcmp(f->token[at].word, word) == 0;
}

/* The year that follows: "2025", "of 2025", "/2025", "-2025", ", 2025". */
static void take_year(const struct mkt_fold *f, size_t at, size_t end, struct mkt_point *p)
{
    size_t i = at + p->took;
    if (word_at(f, i, end, "of") || word_at(f, i, end, "in") || mark_at(f, i, end, '/') ||
        mark_at(f, i, end, '-') || mark_at(f, i, end, ','))
        i++;
    int y = year_at(f, i, end);
    if (!y) return;
    p->year = y;
    p->took = i + 1 - at;
}

static int month_at(const struct mkt_fold *f, size_t at, size_t end)
{
    if (at >= end || f->token[at].taken) return 0;
    const char *w = f->token[at].word;
    for (int m = 0; m < 12; m++)
        if (strcmp(w, month[m][0]) == 0 || strcmp(w, month[m][1]) == 0) return m + 1;
    return strcmp(w, "sept") == 0 ? 9 : 0;
}

/* "may" and "march" are months only where the words around them or a capital say so. */
static bool sounds_like_a_month(const struct mkt_fold *f, size_t at, size_t end, int m)
{
    static const char before[] = " in of since from to between and until till through last this "
                                 "during for before after by mid early late vs versus than ";
    char word[24];
    if (m != 3 && m != 5) return true;
    if (whole(f, at + 1, end, 4, true) > 0) return true;
    if (at > 0 && strlen(f->token[at - 1].word) < sizeof word - 2) {
        word[0] = ' ';
        strcpy(word + 1, f->token[at - 1].word);
        strcat(word, " ");
        if (strstr(before, word)) return true;
        if (f->token[at - 1].kind == MKT_TOKEN_NUMBER) return true;
    }
    char c = f->text[f->token[at].from];
    return c >= 'A' && c <= 'Z' && at > 0;
}

/* 2025-10-01, 2025-10, 2025-Q4 */
static struct mkt_point read_iso(const struct mkt_fold *f, size_t at, size_t end)
{
    struct mkt_point p = {0};
    int y = year_at(f, at, end);
    if (!y || !mark_at(f, at + 1, end, '-') || at + 2 >= end) return p;
    const char *w = f->token[at + 2].word;
    if (w[0] == 'q' && w[1] >= '0' && w[1] <= '9' && !w[2])
        return (struct mkt_point){MKT_POINT_QUARTER,         y, w[1] - '0', 0, 3,
                                  w[1] >= '1' && w[1] <= '4'};
    int m = whole(f, at + 2, end, 2, false);
    if (m < 0 || strlen(w) != 2) return p;
    p = (struct mkt_point){MKT_POINT_MONTH, y, m, 0, 3, m >= 1 && m <= 12};
    if (!mark_at(f, at + 3, end, '-')) return p;
    int d = whole(f, at + 4, end, 2, false);
    if (d < 0) return p;
    return (struct mkt_point){MKT_POINT_DAY, y, m, d, 5, mkt_date_valid(y, m, d)};
}

static int ordinal(const struct mkt_fold *f, size_t at, size_t end)
{
    static const char *const word[4] = {"first", "second", "third", "fourth"};
    for (int i = 0; i < 4; i++)
        if (word_at(f, at, end, word[i])) return i + 1;
    int n = whole(f, at, end, 1, true);
    return n > 0 && strlen(f->token[at].word) == 3 ? n : 0;
}

/* q4, fourth quarter, quarter 4, h1, first half */
static struct mkt_point read_part(const struct mkt_fold *f, size_t at, size_t end)
{
    struct mkt_point p = {0};
    if (at >= end || f->token[at].taken) return p;
    const char *w = f->token[at].word;
    if ((w[0] == 'q' || w[0] == 'h') && w[1] >= '0' && w[1] <= '9' && !w[2]) {
        int n = w[1] - '0', most = w[0] == 'q' ? 4 : 2;
        p = (struct mkt_point){
            w[0] == 'q' ? MKT_POINT_QUARTER : MKT_POINT_HALF, 0, n, 0, 1, n >= 1 && n <= most};
    } else if (word_at(f, at, end, "quarter") && whole(f, at + 1, end, 1, false) > 0) {
        int n = whole(f, at + 1, end, 1, false);
        p = (struct mkt_point){MKT_POINT_QUARTER, 0, n, 0, 2, n <= 4};
    } else if (ordinal(f, at, end) && word_at(f, at + 1, end, "quarter")) {
        int n = ordinal(f, at, end);
        p = (struct mkt_point){MKT_POINT_QUARTER, 0, n, 0, 2, n <= 4};
    } else if (ordinal(f, at, end) && word_at(f, at + 1, end, "half")) {
        int n = ordinal(f, at, end);
        p = (struct mkt_point){MKT_POINT_HALF, 0, n, 0, 2, n <= 2};
    }
    if (p.kind) take_year(f, at, end, &p);
    return p;
}

/* november 2025, november 3, 3 november 2025, 3rd of november */
static struct mkt_point read_month(const struct mkt_fold *f, size_t at, size_t end)
{
    struct mkt_point p = {0};
    int day = whole(f, at, end, 2, true);
    size_t skip = day > 0 ? (word_at(f, at + 1, end, "of")  ? 2
                             : mark_at(f, at + 1, end, '.') ? 2
                                                            : 1)
                          : 0;
    int m = month_at(f, at + skip, end);
    if (!m) return p;
    if (day > 0) {
        p = (struct mkt_point){MKT_POINT_DAY, 0, m, day, skip + 1, true};
        take_year(f, at, end, &p);
    } else {
        if (!sounds_like_a_month(f, at, end, m)) return p;
        p = (struct mkt_point){MKT_POINT_MONTH, 0, m, 0, 1, true};
        day = whole(f, at + 1, end, 2, true);
        if (day > 0) p.kind = MKT_POINT_DAY, p.day = day, p.took = 2;
        take_year(f, at, end, &p);
    }
    if (p.kind == MKT_POINT_DAY) p.valid = mkt_date_valid(p.year ? p.year : 2024, m, day);
    return p;
}

static struct mkt_point read_event(const struct mkt_fold *f, size_t at, size_t end)
{
    struct mkt_point p = {0};
    for (int e = 0; e < MKT_POINT_EVENTS; e++) {
        size_t took = mkt_fold_match_any(f, at, end, event[e].phrases);
        for (size_t i = at; i < at + took; i++)
            if (f->token[i].taken) took = 0;
        if (took > p.took) p = (struct mkt_point){MKT_POINT_EVENT, 0, e, 0, took, true};
    }
    if (p.kind) take_year(f, at, end, &p);
    return p;
}

struct mkt_point mkt_point_read(const struct mkt_fold *f, size_t at, size_t end)
{
    struct mkt_point p = read_iso(f, at, end);
    if (!p.kind) p = read_part(f, at, end);
    if (!p.kind) p = read_month(f, at, end);
    if (!p.kind) p = read_event(f, at, end);
    if (!p.kind && year_at(f, at, end)) {
        p = (struct mkt_point){MKT_POINT_YEAR, year_at(f, at, end), 0, 0, 1, true};
        if (at > 0 && (mark_at(f, at - 1, end, '$') || f->token[at - 1].word[0] & 0x80)) p.kind = 0;
    }
    return p;
}

static struct mkt_period months(int year, int first, int count)
{
    int last = first + count - 1, last_year = year + (last - 1) / 12;
    last = (last - 1) % 12 + 1;
    return (struct mkt_period){
        mkt_date_days(year, first, 1),
        mkt_date_days(last_year, last, mkt_date_month_length(last_year, last))};
}

static int32_t thanksgiving(int year)
{
    int32_t first = mkt_date_days(year, 11, 1);
    return first + (3 - mkt_date_weekday(first) + 7) % 7 + 21; /* the fourth Thursday */
}

static struct mkt_period event_days(mkt_point_event which, int year)
{
    int32_t friday = thanksgiving(year) + 1;
    switch (which) {
    case MKT_POINT_BLACK_FRIDAY:
        return (struct mkt_period){friday, friday};
    case MKT_POINT_BLACK_FRIDAY_WEEK:
        return (struct mkt_period){friday - 4, friday + 2};
    case MKT_POINT_CYBER_MONDAY:
        return (struct mkt_period){friday + 3, friday + 3};
    case MKT_POINT_CYBER_WEEK:
        return (struct mkt_period){friday + 3, friday + 9};
    case MKT_POINT_SPRING:
    case MKT_POINT_SUMMER:
    case MKT_POINT_AUTUMN:
    case MKT_POINT_WINTER:
        return months(year, 3 * ((int)which - MKT_POINT_SPRING + 1), 3);
    case MKT_POINT_HOLIDAY_SEASON:
    case MKT_POINT_EVENTS:
        break;
    }
    return months(year, 11, 2);
}

struct mkt_period mkt_point_days(const struct mkt_point *p, int year)
{
    switch (p->kind) {
    case MKT_POINT_DAY: {
        int length = mkt_date_month_length(year, p->unit);
        int32_t day = mkt_date_days(year, p->unit, p->day > length ? length : p->day);
        return (struct mkt_period){day, day};
    }
    case MKT_POINT_MONTH:
        return months(year, p->unit, 1);
    case MKT_POINT_QUARTER:
        return months(year, 3 * p->unit - 2, 3);
    case MKT_POINT_HALF:
        return months(year, 6 * p->unit - 5, 6);
    case MKT_POINT_EVENT:
        return event_days((mkt_point_event)p->unit, year);
    case MKT_POINT_YEAR:
    case MKT_POINT_NONE:
        break;
    }
    return months(year, 1, 12);
}
