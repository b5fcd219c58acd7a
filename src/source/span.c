#include "source/span.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "source/profile.h"

enum { ROWS, LONGER, LEAST, MOST, FIRST, LAST, ANSWERS };

static mkt_status ask(struct mkt_arena *arena, struct mkt_duck *duck, const struct mkt_relation *r,
                      int64_t answer[ANSWERS], struct mkt_err *err)
{
    struct mkt_buf sql;
    mkt_buf_init(&sql, arena);
    mkt_buf_str(&sql, "SELECT count(n), count(*) FILTER (WHERE n > 1), coalesce(min(n), 1), "
                      "coalesce(max(n), 1), coalesce(min(a) - DATE '1970-01-01', 0), "
                      "coalesce(max(b) - DATE '1970-01-01', 0) FROM (SELECT a, b, "
                      "CAST(b - a AS BIGINT) + 1 AS n FROM (SELECT ");
    mkt_profile_add_day(&sql, r, r->is.column[MKT_ROLE_DATE][0]);
    mkt_buf_str(&sql, " AS a, ");
    mkt_profile_add_day(&sql, r, r->is.column[MKT_ROLE_PERIOD_END][0]);
    mkt_buf_printf(&sql, " AS b FROM %s", r->from);
    if (r->filter) mkt_buf_printf(&sql, " WHERE %s", r->filter);
    mkt_buf_str(&sql, ") AS t WHERE a IS NOT NULL AND b IS NOT NULL) AS u");
    MKT_TRY(mkt_buf_check(&sql, err));
    return mkt_duck_numbers(duck, sql.data, r->show, answer, ANSWERS, err);
}

static mkt_status refuse(const struct mkt_relation *r, const int64_t answer[ANSWERS],
                         struct mkt_err *err)
{
    char first[MKT_DATE_TEXT], last[MKT_DATE_TEXT];
    return mkt_err_set(
        err, MKT_E_DATA,
        "%s: every row covers %s%lld days (\"%s\" to \"%s\", %s to %s), which is too long to tell "
        "one day from another; export it again broken down by day, or leave the last days out "
        "with --map \"%s=-\"",
        r->show, answer[LEAST] < answer[MOST] ? "at least " : "", (long long)answer[LEAST],
        mkt_relation_column(r, MKT_ROLE_DATE)->name,
        mkt_relation_column(r, MKT_ROLE_PERIOD_END)->name,
        mkt_date_text((int32_t)answer[FIRST], first), mkt_date_text((int32_t)answer[LAST], last),
        mkt_role_name(MKT_ROLE_PERIOD_END));
}

mkt_status mkt_span_check(struct mkt_caveats *caveats, struct mkt_duck *duck,
                          struct mkt_relation *relation, struct mkt_err *err)
{
    struct mkt_relation *r = relation;
    int64_t answer[ANSWERS];
    if (!r->is.parts[MKT_ROLE_PERIOD_END]) return MKT_OK;
    MKT_TRY(ask(caveats->arena, duck, r, answer, err));
    if (answer[LONGER] == 0) return MKT_OK;
    if (answer[LEAST] > MKT_SPAN_MOST) return refuse(r, answer, err);
    r->span = answer[MOST];
    struct mkt_arena *arena = caveats->arena;
    long long least = answer[LEAST], most = answer[MOST];
    const char *days =
        least == most ? mkt_arena_printf(arena, "%s days", MKT_COUNT(most))
                      : mkt_arena_printf(arena, "%s to %s days", MKT_COUNT(least), MKT_COUNT(most));
    if (!days) return mkt_arena_full(arena, err);
    struct mkt_column *date = mkt_relation_column(r, MKT_ROLE_DATE);
    date->how = mkt_arena_printf(arena, "%s%sa span of %s counts as its first day",
                                 date->how ? date->how : "", date->how ? "; " : "", days);
    if (!date->how) return mkt_arena_full(arena, err);
    char first[MKT_DATE_TEXT], last[MKT_DATE_TEXT];
    return mkt_caveats_add(
        caveats, "spans", MKT_CAVEAT_WARN, err,
        "%s of %s rows of %s cover several days (\"%s\" to \"%s\": %s, from %s to %s); each "
        "counts as its first day. An export by day tells more",
        MKT_COUNT(answer[LONGER]), MKT_COUNT(answer[ROWS]), r->show, date->name,
        mkt_relation_column(r, MKT_ROLE_PERIOD_END)->name, days,
        mkt_date_text((int32_t)answer[FIRST], first), mkt_date_text((int32_t)answer[LAST], last));
}
