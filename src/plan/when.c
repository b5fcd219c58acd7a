#include "plan/when.h"

#include <stdio.h>
#include <string.h>

#include "plan/point.h"
#include "plan/when_finder.h"

const char *mkt_when_text(struct mkt_arena *arena, struct mkt_period p)
{
    char a[MKT_DATE_TEXT], b[MKT_DATE_TEXT];
    struct mkt_date x = mkt_date_of(p.first), y = mkt_date_of(p.last);
    if (p.first == p.last) return mkt_arena_strdup(arena, mkt_date_text(p.first, a));
    if (mkt_period_is_months(p) && x.year == y.year) {
        if (x.month == 1 && y.month == 12) return mkt_arena_printf(arena, "%04d", x.year);
        if (x.month == y.month) return mkt_arena_printf(arena, "%04d-%02d", x.year, x.month);
        if (x.month % 3 == 1 && y.month == x.month + 2)
            return mkt_arena_printf(arena, "%04d-Q%d", x.year, (x.month + 2) / 3);
    }
    return mkt_arena_printf(arena, "%s..%s", mkt_date_text(p.first, a), mkt_date_text(p.last, b));
}

/* ---- a point without its year ---------------------------------------------------- */

/* The last year in which the point has data; the share of it that lies in the data decides between
 * a unit that has just begun and the whole one before it. */
static int settle_year(const struct mkt_when_finder *f, const struct mkt_point *p, int *other)
{
    int newest = mkt_date_of(mkt_when_finder_last_day(f)).year, oldest = newest - 1;
    *other = 0;
    if (mkt_when_finder_has_data(f)) oldest = mkt_date_of(f->known->data.first).year;
    for (int y = newest; y >= oldest; y--) {
        struct mkt_period d = mkt_point_days(p, y);
        if (mkt_when_finder_has_data(f) ? !mkt_when_finder_overlap(d, f->known->data)
                                        : d.first > mkt_when_finder_last_day(f))
            continue;
        int32_t seen = mkt_when_finder_last_day(f) < d.last
                           ? mkt_when_finder_last_day(f) - d.first + 1
                           : mkt_period_days(d);
        struct mkt_period before = mkt_point_days(p, y - 1);
        if (2 * seen < mkt_period_days(d) && mkt_when_finder_has_data(f) &&
            mkt_when_finder_overlap(before, f->known->data))
            *other = y - 1;
        return y;
    }
    return newest;
}

mkt_status mkt_when_finder_set_text(const struct mkt_when_finder *f, struct mkt_when_span *s,
                                    struct mkt_err *err)
{
    s->text = mkt_when_text(f->arena, s->period);
    return s->text ? MKT_OK : mkt_arena_full(f->arena, err);
}

mkt_status mkt_when_finder_set_how(const struct mkt_when_finder *f, const char **out,
                                   struct mkt_err *err, const char *text)
{
    *out = mkt_arena_strdup(f->arena, text);
    return *out ? MKT_OK : mkt_arena_full(f->arena, err);
}

static mkt_status refuse(const struct mkt_when_finder *f, const struct mkt_point *p,
                         struct mkt_when_span *s, struct mkt_err *err)
{
    const char *quote = mkt_fold_quote(f->arena, f->fold, s->from, s->to);
    const char *why = p->kind == MKT_POINT_QUARTER ? "quarters run from Q1 to Q4"
                      : p->kind == MKT_POINT_HALF  ? "halves are H1 and H2"
                                                   : "the calendar has no such day or month";
    s->wrong = quote ? mkt_arena_printf(f->arena, "“%s” is no period: %s", quote, why) : NULL;
    return s->wrong ? MKT_OK : mkt_arena_full(f->arena, err);
}

static mkt_status set_point(const struct mkt_when_finder *f, const struct mkt_point *p,
                            struct mkt_when_span *s, struct mkt_err *err)
{
    char text[160];
    int other = 0, year = p->year;
    if (!p->valid) return refuse(f, p, s, err);
    if (!year) {
        year = settle_year(f, p, &other);
        snprintf(text, sizeof text, "of the years it could be, %d is the last one %s", year,
                 mkt_when_finder_has_data(f) ? "that the data hold" : "so far");
        MKT_TRY(mkt_when_finder_set_how(f, &s->how, err, text));
    } else if (p->kind == MKT_POINT_EVENT) {
        MKT_TRY(mkt_when_finder_set_how(f, &s->how, err,
                                        mkt_point_event_name((mkt_point_event)p->unit)));
    }
    s->period = mkt_point_days(p, year);
    MKT_TRY(mkt_when_finder_set_text(f, s, err));
    if (!other) return MKT_OK;
    s->other = mkt_when_text(f->arena, mkt_point_days(p, other));
    if (!s->other) return mkt_arena_full(f->arena, err);
    return mkt_when_finder_set_how(f, &s->other_how, err, "the whole one of the year before");
}

/* ---- ranges -------------------------------------------------------------------------- */

/* "between X and Y", "from X to Y", "X to Y", "since X". The year of X is Y's where it has none. */
static mkt_status set_range(const struct mkt_when_finder *f, struct mkt_point a, struct mkt_point b,
                            struct mkt_when_span *s, struct mkt_err *err)
{
    if (!a.valid || !b.valid) return refuse(f, a.valid ? &b : &a, s, err);
    int other, year_b = b.year ? b.year : a.year;
    if (!year_b) year_b = settle_year(f, &b, &other);
    int year_a = a.year ? a.year : year_b;
    struct mkt_period x = mkt_point_days(&a, year_a), y = mkt_point_days(&b, year_b);
    if (x.first > y.last && !a.year) x = mkt_point_days(&a, --year_a); /* November to February */
    if (x.first > y.last && !b.year) y = mkt_point_days(&b, ++year_b);
    if (x.first > y.last) {
        const char *quote = mkt_fold_quote(f->arena, f->fold, s->from, s->to);
        s->wrong = quote ? mkt_arena_printf(f->arena, "“%s” ends before it begins", quote) : NULL;
        return s->wrong ? MKT_OK : mkt_arena_full(f->arena, err);
    }
    s->period = (struct mkt_period){x.first, y.last};
    if (!a.year && !b.year)
        MKT_TRY(mkt_when_finder_set_how(f, &s->how, err, "of the years it could be, the last one"));
    else if (year_a != year_b && (!a.year || !b.year))
        MKT_TRY(mkt_when_finder_set_how(f, &s->how, err, "over the turn of the year"));
    return mkt_when_finder_set_text(f, s, err);
}

static bool goes_on(const struct mkt_fold *f, size_t at, size_t end, bool between)
{
    static const char *const word[] = {"to", "until", "till", "through", "thru", "-", "–", "—"};
    if (at >= end) return false;
    if (between && strcmp(f->token[at].word, "and") == 0) return true;
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (strcmp(f->token[at].word, word[i]) == 0) return true;
    return false;
}

/* "How did it change from Q3 to Q4" compares two periods. */
static bool tells_of_change(const struct mkt_fold *f, size_t at)
{
    size_t i = at > 12 ? at - 12 : 0;
    for (; i < at; i++)
        if (mkt_fold_match_any(f, i, at,
                               "change, changed, develop, developed, grow, grew, rise, rose, fall, "
                               "fell, drop, dropped, increase, increased, decrease, decreased, "
                               "improve, improved, compare, compared, difference"))
            return true;
    return false;
}

/* `point` is the unit where the span is a single one. */
static mkt_status read_calendar(const struct mkt_when_finder *f, size_t at, struct mkt_when_span *s,
                                struct mkt_point *point, struct mkt_err *err)
{
    const struct mkt_fold *o = f->fold;
    bool between = mkt_fold_is(o, at, "between"), from = mkt_fold_is(o, at, "from");
    bool since = mkt_fold_is(o, at, "since");
    s->from = at;
    s->to = at;
    size_t i = at + (between || from || since);
    if (mkt_fold_is(o, i, "last") || mkt_fold_is(o, i, "the")) i++; /* "last november" */
    struct mkt_point a = mkt_point_read(o, i, f->end);
    if (!a.kind) return MKT_OK;
    i += a.took;
    bool change = !between && tells_of_change(o, at);
    if (!since && !change && goes_on(o, i, f->end, between)) {
        size_t k = i + 1 + mkt_fold_is(o, i + 1, "the");
        struct mkt_point b = mkt_point_read(o, k, f->end);
        if (b.kind) {
            s->to = k + b.took;
            return set_range(f, a, b, s, err);
        }
    }
    s->to = i;
    if (!since) *point = a;
    MKT_TRY(set_point(f, &a, s, err));
    if (!since || s->wrong) return MKT_OK;
    s->period.last = mkt_when_finder_last_day(f) < s->period.first ? s->period.last
                                                                   : mkt_when_finder_last_day(f);
    s->other = NULL;
    MKT_TRY(mkt_when_finder_set_how(f, &s->how, err, "up to the data's last day"));
    return mkt_when_finder_set_text(f, s, err);
}

/* ---- changes ------------------------------------------------------------------------- */

static const char *read_against(const struct mkt_when_finder *f, size_t at, size_t *took)
{
    static const struct {
        const char *against, *phrases;
    } way[] = {
        {"year_before",
         "year over year, year on year, yoy, than last year, than a year ago, than the year "
         "before, "
         "than a year before, compared to last year, compared with last year, versus last year, "
         "vs last year, against last year, from last year, compared to a year ago, "
         "compared with a year ago, compared to the year before, compared with the year before, "
         "against the year before, against a year ago, a year ago, year before, "
         "compared to previous year, compared to the previous year, same period last year, "
         "compared with the previous year, on last year, over last year"},
        {"before",
         "month over month, month on month, mom, quarter over quarter, quarter on quarter, qoq, "
         "week over week, week on week, than before, than in the period before, "
         "compared to the period before, compared with the period before, period over period, "
         "than the period before, previous period, period before, compared to before, "
         "than the month before, than the quarter before, than in the month before, "
         "than in the quarter before, compared to the quarter before, "
         "compared to the month before, compared with the quarter before, "
         "compared with the month before"}};
    for (size_t i = 0; i < 2; i++) {
        *took = mkt_fold_match_any(f->fold, at, f->end, way[i].phrases);
        if (*took) return way[i].against;
    }
    return NULL;
}

static void take(struct mkt_fold *fold, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) fold->token[i].taken = true;
}

/* "Q4 2025 vs 2024" and "Q3 and Q4 2025": what one leaves out stands in the other. */
static mkt_status complete(const struct mkt_when_finder *f, struct mkt_point *point,
                           struct mkt_when *out, struct mkt_err *err)
{
    for (size_t i = 0; i + 1 < out->count; i++) {
        struct mkt_point *a = &point[i], *b = &point[i + 1];
        size_t gap = out->span[i + 1].from - out->span[i].to;
        if (!a->kind || !b->kind || gap > 2) continue;
        if (b->kind == MKT_POINT_YEAR && a->kind != MKT_POINT_YEAR && a->year) {
            int year = b->year;
            *b = *a;
            b->year = year;
        } else if (!a->year && b->year && a->kind != MKT_POINT_YEAR) {
            a->year = b->year;
            out->span[i].how = NULL;
            out->span[i].other = NULL;
        } else if (!(a->kind != MKT_POINT_YEAR && a->year && !b->year)) {
            continue;
        } else {
            b->year = a->year;
            out->span[i + 1].how = NULL;
            out->span[i + 1].other = NULL;
        }
        MKT_TRY(set_point(f, a, &out->span[i], err));
        MKT_TRY(set_point(f, b, &out->span[i + 1], err));
    }
    return MKT_OK;
}

mkt_status mkt_when_find(struct mkt_arena *arena, struct mkt_fold *fold, size_t at, size_t end,
                         const struct mkt_known *known, struct mkt_when *out, struct mkt_err *err)
{
    struct mkt_when_finder f = {arena, fold, end, known};
    struct mkt_point point[MKT_WHEN_SPANS] = {{0}};
    size_t took;
    *out = (struct mkt_when){0};
    for (size_t i = at; i < end;) {
        const char *against = fold->token[i].taken ? NULL : read_against(&f, i, &took);
        if (against) {
            out->against = against;
            take(fold, i, i + took);
            i += took;
            continue;
        }
        struct mkt_when_span s = {0};
        struct mkt_point p = {0};
        if (!fold->token[i].taken) MKT_TRY(mkt_when_finder_relative(&f, i, &s, err));
        bool relative = s.to > i;
        if (!fold->token[i].taken && !relative) {
            s = (struct mkt_when_span){0};
            MKT_TRY(read_calendar(&f, i, &s, &p, err));
        }
        if (s.to <= i) {
            i++;
            continue;
        }
        if (out->count < MKT_WHEN_SPANS) {
            point[out->count] = p;
            out->span[out->count++] = s;
        }
        take(fold, i, s.to);
        i = s.to;
    }
    return complete(&f, point, out, err);
}
