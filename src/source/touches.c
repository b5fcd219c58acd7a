#include "source/touches.h"

#include <stdio.h>
#include <string.h>

#include "source/daily.h"
#include "source/profile.h"
#include "source/touch_faults.h"
#include "source/touch_paths.h"
#include "source/touch_rows.h"

static bool is_text(const struct mkt_column *c)
{
    return c && c->type == MKT_TYPE_TEXT;
}

static void add_number(struct mkt_buf *sql, const struct mkt_relation *r, mkt_role role)
{
    const struct mkt_column *c = mkt_relation_column(r, role);
    if (!c)
        mkt_buf_str(sql, ", CAST(NULL AS DOUBLE)");
    else
        mkt_buf_printf(sql, is_text(c) ? ", c%zu" : ", CAST(c%zu AS DOUBLE)",
                       r->is.column[role][0]);
}

/* The channel, and the campaign behind it where there is such a column. */
static void add_channel(struct mkt_buf *sql, const struct mkt_relation *r)
{
    mkt_profile_add_channel(sql, r);
    if (!r->is.parts[MKT_ROLE_CAMPAIGN]) return;
    mkt_buf_printf(sql, " || chr(%d) || COALESCE(", MKT_TOUCHPOINTS_SPLIT);
    mkt_profile_add_text(sql, r, r->is.column[MKT_ROLE_CAMPAIGN][0]);
    mkt_buf_str(sql, ", '')");
}

static mkt_status build(const struct mkt_relation *r, struct mkt_touch_rows *scan,
                        struct mkt_buf *sql, struct mkt_err *err)
{
    size_t user = r->is.column[MKT_ROLE_USER][0];
    scan->drain.type[MKT_TOUCH_ROWS_USER] = mkt_profile_add_id(sql, r, user);
    scan->user_is_number = scan->drain.type[MKT_TOUCH_ROWS_USER] == DUCKDB_TYPE_BIGINT;
    mkt_buf_str(sql, ", ");
    scan->drain.type[MKT_TOUCH_ROWS_TIME] =
        mkt_profile_add_stamp(sql, r, r->is.column[MKT_ROLE_DATE][0]);
    mkt_buf_str(sql, ", ");
    add_channel(sql, r);
    mkt_buf_str(sql, ", ");
    if (scan->has_event)
        mkt_profile_add_text(sql, r, r->is.column[MKT_ROLE_EVENT][0]);
    else
        mkt_buf_str(sql, "CAST(NULL AS VARCHAR)");
    add_number(sql, r, MKT_ROLE_CONVERSIONS);
    add_number(sql, r, MKT_ROLE_VALUE);
    return mkt_buf_check(sql, err);
}

static void plan_scan(const struct mkt_relation *r, struct mkt_touches *out,
                      struct mkt_touch_rows *scan)
{
    const struct mkt_column *converted = mkt_relation_column(r, MKT_ROLE_CONVERSIONS),
                            *value = mkt_relation_column(r, MKT_ROLE_VALUE);
    r->column[r->is.column[MKT_ROLE_DATE][0]].how = "a time, in UTC";
    scan->out = out;
    scan->latest = (out->today + INT64_C(2)) * 86400 - 1;
    scan->drain.take = mkt_touch_rows_take;
    scan->drain.user = scan;
    scan->drain.columns = MKT_TOUCH_ROWS_COLUMNS;
    for (size_t i = 0; i < MKT_TOUCH_ROWS_COLUMNS; i++) scan->drain.type[i] = DUCKDB_TYPE_VARCHAR;
    scan->has_event = r->is.parts[MKT_ROLE_EVENT] > 0;
    scan->has_conversion = converted != NULL;
    scan->has_value = value != NULL;
    scan->conversion_is_text = is_text(converted);
    scan->value_is_text = is_text(value);
    scan->conversion_mark = converted && converted->decimal ? converted->decimal : '.';
    scan->value_mark = value && value->decimal ? value->decimal : '.';
    if (!scan->conversion_is_text) scan->drain.type[MKT_TOUCH_ROWS_CONVERSION] = DUCKDB_TYPE_DOUBLE;
    if (!scan->value_is_text) scan->drain.type[MKT_TOUCH_ROWS_VALUE] = DUCKDB_TYPE_DOUBLE;
    out->has_touchpoints = true;
    out->has_conversions |= converted || value || scan->has_event;
    out->has_views |= scan->has_event;
    out->has_campaigns |= r->is.parts[MKT_ROLE_CAMPAIGN] > 0;
}

static mkt_status read_touchpoints(struct mkt_arena *arena, struct mkt_duck *duck,
                                   struct mkt_relation *r, struct mkt_touches *out,
                                   struct mkt_err *err)
{
    struct mkt_buf sql;
    struct mkt_touch_rows *scan = MKT_NEW(arena, struct mkt_touch_rows, 1);
    if (!scan) return mkt_arena_full(arena, err);
    plan_scan(r, out, scan);
    mkt_buf_init(&sql, arena);
    MKT_TRY(build(r, scan, &sql, err));
    mkt_status status = mkt_duckdrain_run(&scan->drain, duck, sql.data, r->from, r->show, err);
    for (size_t i = 0; i < MKT_TOUCHES_PARTS; i++) {
        r->broken += scan->part[i].unused - scan->part[i].future - scan->part[i].passed;
        r->nobody += scan->part[i].nobody;
        r->zeros += scan->part[i].zeros;
        out->passed += scan->part[i].passed;
        out->future += scan->part[i].future;
        out->several += scan->part[i].several;
        out->has_withheld |= scan->part[i].withheld;
        out->has_values |= scan->part[i].valued;
        if (scan->open[i] && out->parts <= i) out->parts = i + 1;
        if (scan->open[i] && status == MKT_OK)
            status = mkt_touch_rows_count(scan, i, &r->void_names, err);
        mkt_arena_close(&scan->part[i].arena);
    }
    return status;
}

/* ---- what touches cost --------------------------------------------------------------------------- */

/* Rows that cannot be read were counted before. */
static mkt_status read_spend(struct mkt_arena *arena, struct mkt_duck *duck, struct mkt_relation *r,
                             struct mkt_touches *out, struct mkt_err *err)
{
    int64_t broken = r->broken;
    MKT_TRY(mkt_daily_read(arena, duck, r, err));
    r->broken = broken;
    if (!out->has_spend) mkt_performance_init(&out->spend, arena, 0, 0);
    MKT_TRY(mkt_performance_merge(&out->spend, &r->sums, err));
    MKT_TRY(mkt_performance_finish(&out->spend, err));
    out->has_spend = out->spend.cells > 0;
    return MKT_OK;
}

mkt_status mkt_touches_read(struct mkt_arena *arena, struct mkt_duck *duck,
                            struct mkt_relation *relation,
                            const struct mkt_dataset_options *options, struct mkt_touches *out,
                            struct mkt_err *err)
{
    if (relation->is.kind == MKT_KIND_PATHS)
        return mkt_touch_paths_read(arena, duck, relation, options, out, err);
    MKT_TRY(mkt_profile_read(arena, duck, relation, err));
    MKT_TRY(mkt_profile_settle(relation, options, err));
    MKT_TRY(read_touchpoints(arena, duck, relation, out, err));
    return relation->is.parts[MKT_ROLE_SPEND] ? read_spend(arena, duck, relation, out, err)
                                              : MKT_OK;
}

void mkt_touches_close(struct mkt_touches *touches)
{
    for (size_t i = 0; i < MKT_TOUCHES_PARTS; i++) {
        if (touches->part[i]) mkt_touchpoints_close(touches->part[i]);
        mkt_arena_close(&touches->arena[i]);
    }
}
