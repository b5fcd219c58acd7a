#include "source/daily.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "source/profile.h"
#include "source/void_names.h"

#define TAIL 16 /* bytes for the mark of a name that was cut */

static bool is_plain(const char *s, size_t n)
{
    if (n == 0 || n > MKT_NAME_MOST || s[0] == ' ' || s[n - 1] == ' ') return false;
    for (size_t i = 0; i < n; i++)
        if (s[i] < 0x20 || s[i] > 0x7E || (s[i] == ' ' && s[i + 1] == ' ')) return false;
    return true;
}

const char *mkt_daily_name(struct mkt_arena *scratch, const char *s, size_t n, char *room)
{
    if (mkt_void_names_has(s, n)) return MKT_VOID_NAMES_SHOWN;
    if (is_plain(s, n)) {
        memcpy(room, s, n);
        room[n] = '\0';
        return room;
    }
    if (n <= MKT_NAME_MOST) {
        const char *name = mkt_text_clean(scratch, s, n, MKT_NAME_MOST);
        return name && !*name ? MKT_VOID_NAMES_SHOWN : name;
    }
    uint64_t mark = 14695981039346656037ULL;
    for (size_t i = 0; i < n; i++) mark = (mark ^ (unsigned char)s[i]) * 1099511628211ULL;
    const char *cut = mkt_text_clean(scratch, s, n, MKT_NAME_MOST - TAIL);
    if (!cut) return NULL;
    return mkt_arena_printf(scratch, "%s #%08x", cut, (unsigned)(mark ^ mark >> 32));
}

static mkt_sums_input input_of(const struct mkt_column *c)
{
    switch (c->type) {
    case MKT_TYPE_INTEGER:
        return MKT_SUMS_WHOLE;
    case MKT_TYPE_DECIMAL:
        return MKT_SUMS_FIXED;
    case MKT_TYPE_REAL:
        return MKT_SUMS_REAL;
    default:
        return MKT_SUMS_TEXT;
    }
}

void mkt_daily_plan(const struct mkt_relation *relation, struct mkt_sums_plan *plan,
                    struct mkt_buf *arguments)
{
    memset(plan, 0, sizeof *plan);
    for (int m = 0; m < MKT_MEASURES; m++)
        for (size_t k = 0; k < relation->is.parts[m]; k++) {
            size_t i = relation->is.column[m][k];
            const struct mkt_column *c = &relation->column[i];
            struct mkt_sums_part *part = &plan->part[plan->parts++];
            *part = (struct mkt_sums_part){.measure = (mkt_measure)m,
                                           .input = input_of(c),
                                           .decimal = c->decimal ? c->decimal : '.',
                                           .micros = c->naming.micros};
            if (plan->parts > 1) mkt_buf_str(arguments, ", ");
            if (part->input == MKT_SUMS_WHOLE)
                mkt_buf_printf(arguments, "CAST(c%zu AS BIGINT)", i);
            else if (part->input == MKT_SUMS_REAL)
                mkt_buf_printf(arguments, "CAST(c%zu AS DOUBLE)", i);
            else if (part->input == MKT_SUMS_FIXED)
                mkt_buf_printf(arguments, "CAST(c%zu AS DECIMAL(18,%d))", i, part->micros ? 0 : 6);
            else
                mkt_profile_add_text(arguments, relation, i);
        }
}

/* SELECT day, names..., sums FROM table GROUP BY ALL */
static mkt_status build(const struct mkt_relation *r, const char *function, const char *arguments,
                        struct mkt_buf *sql, struct mkt_err *err)
{
    mkt_buf_str(sql, "SELECT ");
    mkt_profile_add_day(sql, r, r->is.column[MKT_ROLE_DATE][0]);
    mkt_buf_str(sql, " AS d");
    for (int d = 0; d < MKT_DIMENSIONS; d++) {
        mkt_role role = (mkt_role)(MKT_ROLE_CHANNEL + d);
        if (!r->is.parts[role]) continue;
        mkt_buf_str(sql, ", ");
        if (d == MKT_CHANNEL)
            mkt_profile_add_channel(sql, r);
        else
            mkt_profile_add_text(sql, r, r->is.column[role][0]);
        mkt_buf_printf(sql, " AS n%d", d);
    }
    mkt_buf_printf(sql, ", %s(%s) AS s FROM %s", function, arguments, r->from);
    if (r->filter) mkt_buf_printf(sql, " WHERE %s", r->filter);
    mkt_buf_str(sql, " GROUP BY ALL");
    return mkt_buf_check(sql, err);
}

/* One group of the result into the sums. */
static mkt_status take_group(struct mkt_relation *r, const struct mkt_sums_plan *plan,
                             const struct mkt_duck_rows *rows, int64_t *undated,
                             struct mkt_err *err)
{
    struct mkt_arena *arena = r->sums.arena;
    struct mkt_performance_row row = {.name = {"", "", ""}};
    char room[MKT_DIMENSIONS][MKT_NAME_MOST + 1];
    idx_t column = 1;
    size_t mark = mkt_arena_mark(arena);
    const char *made = NULL; /* a name that lies in the arena, above the mark */
    bool is_void = false;
    for (int d = 0; d < MKT_DIMENSIONS; d++) {
        if (d == MKT_CHANNEL && r->channel) row.name[d] = r->channel;
        if (!r->is.parts[MKT_ROLE_CHANNEL + d]) continue;
        size_t n = 0;
        const char *s =
            mkt_duck_rows_null(rows, column) ? "" : mkt_duck_rows_text(rows, column, &n);
        const char *name = mkt_daily_name(arena, s, n, room[d]);
        if (!name) return mkt_arena_full(arena, err);
        if (name != room[d]) made = name;
        r->names_cut += n > MKT_NAME_MOST;
        is_void |= mkt_void_names_has(s, n);
        row.name[d] = name;
        column++;
    }
    MKT_TRY(mkt_ducksums_read(plan, rows, column, row.sum, &row.rows, err));
    bool dated = !mkt_duck_rows_null(rows, 0);
    if (dated) row.day = mkt_duck_rows_day(rows, 0);
    if (!dated || row.day < 0 || row.day > mkt_date_days(2100, 12, 31)) {
        *undated += row.rows;
        row.rows = 0;
    }
    if (is_void) r->void_names += row.rows;
    if (!made) {
        return row.rows ? mkt_performance_add(&r->sums, &row, err) : MKT_OK;
    }
    /* the arena grows by what the sums keep: names made for a moment go to the stack first */
    for (int d = 0; d < MKT_DIMENSIONS; d++)
        if (row.name[d] != room[d] && row.name[d] != r->channel && *row.name[d]) {
            snprintf(room[d], sizeof room[d], "%s", row.name[d]);
            row.name[d] = room[d];
        }
    mkt_arena_release(arena, mark);
    return row.rows ? mkt_performance_add(&r->sums, &row, err) : MKT_OK;
}

static mkt_status take_groups(struct mkt_relation *r, struct mkt_sums_plan *plan,
                              duckdb_result *result, struct mkt_err *err)
{
    struct mkt_duck_rows rows;
    int64_t undated = 0;
    mkt_status status = MKT_OK;
    mkt_duck_rows_begin(&rows, result);
    while (status == MKT_OK && mkt_duck_rows_next(&rows))
        status = take_group(r, plan, &rows, &undated, err);
    mkt_duck_rows_end(&rows);
    r->broken += undated + atomic_load(&plan->broken);
    r->negative_spend = atomic_load(&plan->negative_spend);
    r->clicks_over = atomic_load(&plan->clicks_over);
    r->negative_revenue = atomic_load(&plan->negative_revenue);
    if (r->negative_revenue)
        r->negative_revenue_sum =
            (double)atomic_load(&plan->negative_revenue_sum) / (double)plan->unit[MKT_REVENUE];
    return status;
}

mkt_status mkt_daily_read(struct mkt_arena *arena, struct mkt_duck *duck,
                          struct mkt_relation *relation, struct mkt_err *err)
{
    struct mkt_buf arguments, sql;
    struct mkt_sums_plan *plan = MKT_NEW(arena, struct mkt_sums_plan, 1);
    if (!plan) return mkt_arena_full(arena, err);
    mkt_buf_init(&arguments, arena);
    mkt_buf_init(&sql, arena);
    mkt_daily_plan(relation, plan, &arguments);
    MKT_TRY(mkt_buf_check(&arguments, err));

    char function[32];
    snprintf(function, sizeof function, "mkt_sums_%d", duck->functions++);
    MKT_TRY(mkt_ducksums_register(duck, function, plan, err));
    MKT_TRY(build(relation, function, arguments.data, &sql, err));

    unsigned measures = 0, dimensions = relation->channel ? 1U << MKT_CHANNEL : 0;
    for (int m = 0; m < MKT_MEASURES; m++)
        if (relation->is.parts[m]) measures |= 1U << m;
    for (int d = 0; d < MKT_DIMENSIONS; d++)
        if (relation->is.parts[MKT_ROLE_CHANNEL + d]) dimensions |= 1U << d;
    mkt_performance_init(&relation->sums, arena, measures, dimensions);

    duckdb_result result;
    MKT_TRY(mkt_duck_query(duck, sql.data, relation->show, &result, err));
    mkt_status status = take_groups(relation, plan, &result, err);
    duckdb_destroy_result(&result);
    MKT_TRY(status);
    return mkt_performance_finish(&relation->sums, err);
}
