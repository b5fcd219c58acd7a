#include "source/quality.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "fact/format.h"
#include "source/copies.h"
#include "source/daily.h"
#include "source/faults.h"
#include "source/profile.h"
#include "source/void_names.h"

mkt_status mkt_caveats_add(struct mkt_caveats *caveats, const char *id, mkt_caveat_weight weight,
                           struct mkt_err *err, const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct mkt_caveat *c = mkt_arena_push(caveats->arena, &caveats->caveat, &caveats->count,
                                          &caveats->capacity, sizeof *c);
    char *copy = mkt_text_clean(caveats->arena, text, strlen(text), sizeof text);
    if (!c || !copy) return mkt_arena_full(caveats->arena, err);
    *c = (struct mkt_caveat){.id = id, .text = copy, .weight = weight};
    return MKT_OK;
}

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

static const char *column_name(const struct mkt_relation *r, mkt_role role)
{
    const struct mkt_column *c = mkt_relation_column(r, role);
    return c ? c->name : "?";
}

mkt_status mkt_quality_broken(struct mkt_caveats *caveats, const struct mkt_relation *r,
                              struct mkt_err *err)
{
    int64_t broken = r->broken - r->nobody;
    if (!broken) return MKT_OK;
    return mkt_caveats_add(caveats, "broken_rows", MKT_CAVEAT_WARN, err,
                           "%s of %s rows of %s cannot be read and %s left out", MKT_COUNT(broken),
                           MKT_COUNT(r->rows), r->show, broken == 1 ? "is" : "are");
}

#define ZEROS_LEAST 100

/* Where 0 has many rows, it may be what a shop writes for guests. */
static mkt_status check_zeros(struct mkt_caveats *caveats, const struct mkt_relation *r,
                              mkt_role role, struct mkt_err *err)
{
    if (r->zeros < ZEROS_LEAST || (double)r->zeros <= MKT_BROKEN_SHARE * (double)r->rows)
        return MKT_OK;
    return mkt_caveats_add(caveats, "one_of_zero", MKT_CAVEAT_WARN, err,
                           "%s of %s rows of %s are of the %s 0 in \"%s\" and count as one "
                           "person; where 0 stands for those who are not known, such as guests, "
                           "leave these cells empty",
                           MKT_COUNT(r->zeros), MKT_COUNT(r->rows), r->show, mkt_role_name(role),
                           column_name(r, role));
}

mkt_status mkt_quality_nobody(struct mkt_caveats *caveats, const struct mkt_relation *r,
                              mkt_role role, struct mkt_err *err)
{
    const char *column = column_name(r, role), *who = mkt_role_name(role);
    MKT_TRY(check_zeros(caveats, r, role, err));
    if (!r->nobody) return MKT_OK;
    if (r->nobody == r->rows)
        return mkt_err_set(
            err, MKT_E_DATA,
            "%s: no row names anybody in \"%s\": the cells are empty, or as good as "
            "(NULL, NaN, anonymous, ...); say which column does with --map \"%s=...\"",
            r->show, column, who);
    bool most = 2 * r->nobody > r->rows;
    return mkt_caveats_add(
        caveats, "nobody", MKT_CAVEAT_WARN, err,
        "%s of %s rows of %s name nobody in \"%s\" (empty, NULL, NaN, (not "
        "set), anonymous or the like) and are left out: how many people they are "
        "is not known%s%s%s",
        MKT_COUNT(r->nobody), MKT_COUNT(r->rows), r->show, column,
        most ? "; if another column tells more of them, say which with --map \"" : "",
        most ? who : "", most ? "=...\"" : "");
}

static mkt_status check_rows(struct mkt_caveats *cs, const struct mkt_relation *r,
                             struct mkt_err *err)
{
    int64_t good = r->rows - r->broken - r->summaries - r->other_currency;
    MKT_TRY(mkt_quality_broken(cs, r, err));
    if (r->other_currency)
        MKT_TRY(mkt_caveats_add(cs, "other_currencies", MKT_CAVEAT_LIMIT, err,
                                "%s of %s rows of %s are in other currencies and are left out",
                                MKT_COUNT(r->other_currency), MKT_COUNT(r->rows), r->show));
    if (r->summaries)
        MKT_TRY(mkt_caveats_add(cs, "summary_rows", MKT_CAVEAT_NOTE, err,
                                "%s row%s of totals at the foot of %s %s passed over",
                                MKT_COUNT(r->summaries), plural(r->summaries), r->show,
                                r->summaries == 1 ? "is" : "are"));
    if (2 * r->negative_spend > good && good > 0)
        return mkt_err_set(err, MKT_E_DATA,
                           "%s: column \"%s\" is negative in %s of %s rows; export spend as "
                           "positive amounts",
                           r->show, column_name(r, MKT_ROLE_SPEND), MKT_COUNT(r->negative_spend),
                           MKT_COUNT(good));
    if (r->negative_spend)
        MKT_TRY(mkt_caveats_add(cs, "negative_spend", MKT_CAVEAT_WARN, err,
                                "spend is negative in %s of %s rows of %s; they are counted as "
                                "credits",
                                MKT_COUNT(r->negative_spend), MKT_COUNT(good), r->show));
    if (r->negative_revenue)
        MKT_TRY(mkt_caveats_add(cs, "negative_revenue", MKT_CAVEAT_NOTE, err,
                                "refunds or corrections: %s of %s rows of %s have negative "
                                "revenue, sum %s; they are subtracted",
                                MKT_COUNT(r->negative_revenue), MKT_COUNT(good), r->show,
                                mkt_format_value(r->negative_revenue_sum, MKT_UNIT_MONEY, NULL,
                                                 (char[MKT_FORMAT_TEXT]){0})));
    if (2 * r->clicks_over > good && good > 1)
        return mkt_err_set(err, MKT_E_DATA,
                           "%s: \"%s\" is above \"%s\" in %s of %s rows; are they mixed up? Say "
                           "which is which with --map \"clicks=...\" and --map \"impressions=...\"",
                           r->show, column_name(r, MKT_ROLE_CLICKS),
                           column_name(r, MKT_ROLE_IMPRESSIONS), MKT_COUNT(r->clicks_over),
                           MKT_COUNT(good));
    if (r->clicks_over)
        MKT_TRY(mkt_caveats_add(cs, "clicks_above_impressions", MKT_CAVEAT_WARN, err,
                                "%s of %s rows of %s have more clicks than impressions",
                                MKT_COUNT(r->clicks_over), MKT_COUNT(good), r->show));
    return MKT_OK;
}

static mkt_status check_future(struct mkt_caveats *cs, const struct mkt_relation *r, int32_t today,
                               struct mkt_err *err)
{
    int64_t rows = 0;
    int32_t first = INT32_MAX;
    for (size_t i = 0; i < r->sums.cells; i++) {
        if (r->sums.cell[i].day <= today) continue;
        rows += r->sums.cell[i].rows;
        if (r->sums.cell[i].day < first) first = r->sums.cell[i].day;
    }
    if (!rows) return MKT_OK;
    char day[MKT_DATE_TEXT];
    return mkt_caveats_add(cs, "future_days", MKT_CAVEAT_WARN, err,
                           "%s of %s rows of %s lie in the future, from %s on", MKT_COUNT(rows),
                           MKT_COUNT(r->rows), r->show, mkt_date_text(first, day));
}

mkt_status mkt_quality_copies(struct mkt_caveats *caveats, struct mkt_duck *duck,
                              const struct mkt_relation *relation, const char *so, bool *found,
                              struct mkt_err *err)
{
    struct mkt_caveats *cs = caveats;
    const struct mkt_relation *r = relation;
    int64_t copies = 0;
    *found = false;
    if (r->rows > MKT_QUALITY_ROWS) return MKT_OK;
    MKT_TRY(mkt_copies_count(duck, r, &copies, err));
    if (!copies) return MKT_OK;
    *found = true;
    return mkt_caveats_add(cs, "repeated_rows", MKT_CAVEAT_WARN, err,
                           "%s row%s of %s repeat%s another row in every column; %s",
                           MKT_COUNT(copies), plural(copies), r->show, copies == 1 ? "s" : "", so);
}

/* The same day and names twice in a table that otherwise has one row for them. */
static mkt_status check_repeats(struct mkt_caveats *cs, const struct mkt_relation *r,
                                struct mkt_err *err)
{
    int64_t repeated = 0;
    for (size_t i = 0; i < r->sums.cells; i++) repeated += r->sums.cell[i].rows > 1;
    if (!repeated || 20 * repeated > (int64_t)r->sums.cells) return MKT_OK;
    return mkt_caveats_add(cs, "repeated_days", MKT_CAVEAT_WARN, err,
                           "%s of %s days and names of %s have more than one row; all are counted",
                           MKT_COUNT(repeated), MKT_COUNT(r->sums.cells), r->show);
}

/* One day a month: the first of each, or steps of a month's length. */
static bool is_monthly(const bool *seen, int64_t span, int32_t first)
{
    int64_t last = 0, steps = 0;
    bool of_month = true, of_length = true;
    for (int64_t i = 0; i < span; i++) {
        if (!seen[i]) continue;
        struct mkt_date day = mkt_date_of((int32_t)(first + i));
        of_month &= day.day == 1;
        if (i == 0) continue;
        of_length &= i - last >= 28 && i - last <= 31;
        last = i;
        steps++;
    }
    return steps > 0 && (of_month || (of_length && steps > 1));
}

static mkt_status check_gaps(struct mkt_caveats *cs, const struct mkt_relation *r,
                             struct mkt_err *err)
{
    if (r->sums.data.first > r->sums.data.last) return MKT_OK;
    if (r->span > 1) return MKT_OK; /* said already: the days between are covered */
    int64_t span = mkt_period_days(r->sums.data), days = 0, weekly = 0;
    size_t mark = mkt_arena_mark(cs->arena);
    bool *seen = MKT_NEW(cs->arena, bool, (size_t)span);
    if (!seen) return mkt_arena_full(cs->arena, err);
    for (size_t i = 0; i < r->sums.cells; i++)
        seen[r->sums.cell[i].day - r->sums.data.first] = true;
    for (int64_t i = 0; i < span; i++) days += seen[i];
    for (int64_t i = 0; i < span; i += 7) weekly += seen[i];
    bool months = is_monthly(seen, span, r->sums.data.first);
    mkt_arena_release(cs->arena, mark);
    if (days == span || days < 2) return MKT_OK;
    if (months)
        return mkt_caveats_add(cs, "monthly_data", MKT_CAVEAT_NOTE, err,
                               "%s has one day a month: its rows seem to stand for months",
                               r->show);
    if (weekly == days)
        return mkt_caveats_add(cs, "weekly_data", MKT_CAVEAT_NOTE, err,
                               "%s has one day a week: its rows seem to stand for weeks", r->show);
    return mkt_caveats_add(cs, "missing_days", MKT_CAVEAT_NOTE, err,
                           "%s of the %s days from first to last have no row in %s",
                           MKT_COUNT(span - days), MKT_COUNT(span), r->show);
}

mkt_status mkt_quality_void_names(struct mkt_caveats *caveats, const struct mkt_relation *r,
                                  const char *so, struct mkt_err *err)
{
    if (!r->void_names) return MKT_OK;
    return mkt_caveats_add(caveats, "void_names", MKT_CAVEAT_NOTE, err,
                           "%s of %s rows of %s have NULL, \\N, N/A, - or the like in place of "
                           "a name: it is taken for an empty cell, %s",
                           MKT_COUNT(r->void_names), MKT_COUNT(r->rows), r->show, so);
}

static mkt_status check_names(struct mkt_caveats *cs, const struct mkt_relation *r,
                              struct mkt_err *err)
{
    if (!r->names_cut) return MKT_OK;
    return mkt_caveats_add(cs, "names_cut", MKT_CAVEAT_NOTE, err,
                           "names of more than %d bytes in %s are cut and marked to stay apart",
                           MKT_NAME_MOST, r->show);
}

static mkt_status check_unsure(struct mkt_caveats *cs, const struct mkt_relation *r,
                               struct mkt_err *err)
{
    for (int role = 0; role < MKT_ROLES; role++)
        if (r->is.unsure[role])
            MKT_TRY(mkt_caveats_add(cs, "unsure_column", MKT_CAVEAT_LIMIT, err,
                                    "%s of %s; none is taken, say which with --map \"%s=...\"",
                                    r->is.unsure[role], r->show, mkt_role_name((mkt_role)role)));
    return MKT_OK;
}

mkt_status mkt_quality_check(struct mkt_caveats *caveats, struct mkt_duck *duck,
                             struct mkt_relation *relation, int32_t today, struct mkt_err *err)
{
    bool copies;
    MKT_TRY(check_rows(caveats, relation, err));
    MKT_TRY(check_future(caveats, relation, today, err));
    MKT_TRY(mkt_quality_copies(caveats, duck, relation, "they are counted", &copies, err));
    if (!copies) MKT_TRY(check_repeats(caveats, relation, err));
    MKT_TRY(check_gaps(caveats, relation, err));
    MKT_TRY(check_names(caveats, relation, err));
    MKT_TRY(mkt_quality_void_names(caveats, relation, "shown as " MKT_VOID_NAMES_SHOWN, err));
    return check_unsure(caveats, relation, err);
}
