/* Periods told by how long ago they were: "last quarter", "last 30 days", "year to date". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/point.h"
#include "plan/when_finder.h"

static bool same(struct mkt_period a, struct mkt_period b)
{
    return a.first == b.first && a.last == b.last;
}

typedef enum { UNIT_NONE, UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_QUARTER, UNIT_YEAR } unit;

static unit unit_at(const struct mkt_fold *f, size_t at, size_t end)
{
    static const char *const name[] = {"day", "week", "month", "quarter", "year"};
    if (at >= end || f->token[at].taken) return UNIT_NONE;
    for (int u = 0; u < 5; u++)
        if (mkt_fold_same(f->token[at].word, strlen(f->token[at].word), name[u], strlen(name[u])))
            return (unit)(u + 1);
    return UNIT_NONE;
}

/* The unit that holds a day, `back` units earlier. */
static struct mkt_period unit_of(unit u, int32_t day, int back)
{
    struct mkt_date d = mkt_date_of(day);
    if (u == UNIT_DAY) return (struct mkt_period){day - back, day - back};
    if (u == UNIT_WEEK) {
        int32_t monday = day - mkt_date_weekday(day) - 7 * back;
        return (struct mkt_period){monday, monday + 6};
    }
    int size = u == UNIT_MONTH ? 1 : u == UNIT_QUARTER ? 3 : 12;
    int index = (d.year * 12 + d.month - 1) / size - back; /* in units since year 0 */
    int first = index * size;
    struct mkt_point p = {MKT_POINT_MONTH, 0, first % 12 + 1, 0, 0, true};
    struct mkt_point q = {MKT_POINT_MONTH, 0, (first + size - 1) % 12 + 1, 0, 0, true};
    return (struct mkt_period){mkt_point_days(&p, first / 12).first,
                               mkt_point_days(&q, (first + size - 1) / 12).last};
}

static mkt_status set_relative(const struct mkt_when_finder *f, unit u, int back,
                               struct mkt_when_span *s, struct mkt_err *err)
{
    char text[160], day[MKT_DATE_TEXT];
    /* the last whole unit of the data: "last" counts from the day after, "this" from the last */
    struct mkt_period by_data = unit_of(u, mkt_when_finder_last_day(f) + (back ? 1 : 0), back);
    struct mkt_period by_today = unit_of(u, f->known->today, back);
    s->period = by_data;
    MKT_TRY(mkt_when_finder_set_text(f, s, err));
    if (same(by_data, by_today) || !mkt_when_finder_has_data(f)) return MKT_OK;
    snprintf(text, sizeof text, "counted from the data's last day, %s",
             mkt_date_text(mkt_when_finder_last_day(f), day));
    MKT_TRY(mkt_when_finder_set_how(f, &s->how, err, text));
    if (!mkt_when_finder_overlap(by_today, f->known->data)) return MKT_OK;
    s->other = mkt_when_text(f->arena, by_today);
    if (!s->other) return mkt_arena_full(f->arena, err);
    snprintf(text, sizeof text, "counted from today, %s", mkt_date_text(f->known->today, day));
    return mkt_when_finder_set_how(f, &s->other_how, err, text);
}

/* The last n days, weeks, months, quarters or years of the data. */
static mkt_status set_last(const struct mkt_when_finder *f, unit u, int n, struct mkt_when_span *s,
                           struct mkt_err *err)
{
    int32_t last = mkt_when_finder_last_day(f);
    struct mkt_date d = mkt_date_of(last + 1);
    s->period.last = last;
    if (u == UNIT_DAY || u == UNIT_WEEK) {
        int days = n * (u == UNIT_WEEK ? 7 : 1);
        s->period.first = last - days + 1;
        s->text = mkt_arena_printf(f->arena, "last-%d", days);
        if (!s->text) return mkt_arena_full(f->arena, err);
    } else {
        int index = d.year * 12 + d.month - 1 -
                    n * (u == UNIT_MONTH     ? 1
                         : u == UNIT_QUARTER ? 3
                                             : 12);
        int length = mkt_date_month_length(index / 12, index % 12 + 1);
        s->period.first =
            mkt_date_days(index / 12, index % 12 + 1, d.day > length ? length : d.day);
        MKT_TRY(mkt_when_finder_set_text(f, s, err));
    }
    return mkt_when_finder_set_how(f, &s->how, err, "up to the data's last day");
}

static int count_at(const struct mkt_fold *f, size_t at, size_t end)
{
    static const char *const word[] = {"",      "one",   "two",  "three", "four",   "five",  "six",
                                       "seven", "eight", "nine", "ten",   "eleven", "twelve"};
    if (at >= end || f->token[at].taken) return 0;
    if (f->token[at].kind == MKT_TOKEN_NUMBER) {
        char *rest;
        long n = strtol(f->token[at].word, &rest, 10);
        return *rest == '\0' && n > 0 && n <= 3660 ? (int)n : 0;
    }
    for (int i = 1; i <= 12; i++)
        if (strcmp(f->token[at].word, word[i]) == 0) return i;
    return 0;
}

/* A month of that name before the anchor: "last november" is november. */
mkt_status mkt_when_finder_relative(const struct mkt_when_finder *f, size_t at,
                                    struct mkt_when_span *s, struct mkt_err *err)
{
    const struct mkt_fold *o = f->fold;
    s->from = at;
    s->to = at;
    size_t took = mkt_fold_match_any(
        o, at, f->end, "last, past, previous, most recent, latest, prior, trailing, preceding");
    if (took) {
        size_t i = at + took;
        while (i < f->end && o->token[i].kind == MKT_TOKEN_MARK && *o->token[i].word == '-') i++;
        int n = count_at(o, i, f->end);
        unit u = unit_at(o, n ? i + 1 : i, f->end);
        if (!u) return MKT_OK;
        s->to = i + (n ? 2 : 1);
        return n ? set_last(f, u, n, s, err) : set_relative(f, u, 1, s, err);
    }
    took = mkt_fold_match_any(o, at, f->end, "this, current, the current, the running");
    if (took && unit_at(o, at + took, f->end)) {
        s->to = at + took + 1;
        return set_relative(f, unit_at(o, at + took, f->end), 0, s, err);
    }
    took = mkt_fold_match_any(o, at, f->end, "next, coming, upcoming, the coming");
    if (took && unit_at(o, at + took, f->end)) {
        s->to = at + took + 1;
        s->ahead = true;
        s->period = unit_of(unit_at(o, at + took, f->end), f->known->today, -1);
        return mkt_when_finder_set_text(f, s, err);
    }
    took = mkt_fold_match_any(o, at, f->end, "yesterday");
    if (took) {
        s->to = at + took;
        return set_relative(f, UNIT_DAY, 1, s, err);
    }
    static const struct {
        const char *phrases;
        unit u;
    } to_date[] = {
        {"year to date, ytd, so far this year, this year so far, since january 1", UNIT_YEAR},
        {"quarter to date, qtd, so far this quarter", UNIT_QUARTER},
        {"month to date, mtd, so far this month", UNIT_MONTH}};
    for (size_t i = 0; i < 3; i++) {
        took = mkt_fold_match_any(o, at, f->end, to_date[i].phrases);
        if (!took) continue;
        s->to = at + took;
        s->period = (struct mkt_period){unit_of(to_date[i].u, mkt_when_finder_last_day(f), 0).first,
                                        mkt_when_finder_last_day(f)};
        MKT_TRY(mkt_when_finder_set_text(f, s, err));
        return mkt_when_finder_set_how(f, &s->how, err, "up to the data's last day");
    }
    took = mkt_fold_match_any(o, at, f->end,
                              "all time, all data, all the data, ever, in total since the start, "
                              "whole period, entire period, since the beginning");
    if (took) {
        s->to = at + took;
        s->period = mkt_when_finder_has_data(f) ? f->known->data : (struct mkt_period){0, 0};
        s->text = "all";
    }
    return MKT_OK;
}
