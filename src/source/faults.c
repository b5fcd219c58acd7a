#include "source/faults.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "source/numeral.h"
#include "source/profile.h"
#include "source/total_names.h"

#define SHOWN 80

static bool is_used(const struct mkt_column *c)
{
    return c->role >= 0 && (c->role <= MKT_ROLE_NEW_CUSTOMERS || c->role == MKT_ROLE_DATE);
}

/* SQL that is true where the column's cell cannot be read. */
static void add_bad(struct mkt_buf *sql, const struct mkt_relation *r, size_t i)
{
    const struct mkt_column *c = &r->column[i];
    if (c->role == MKT_ROLE_DATE) {
        mkt_buf_char(sql, '(');
        mkt_profile_add_day(sql, r, i);
        mkt_buf_str(sql, " IS NULL OR ");
        mkt_profile_add_day(sql, r, i);
        mkt_buf_str(sql, " NOT BETWEEN DATE '1970-01-01' AND DATE '2100-12-31')");
    } else if (c->type == MKT_TYPE_TEXT) {
        mkt_buf_printf(sql, "coalesce(mkt_bad_by_%s(c%zu), 0) = 1",
                       c->decimal == ',' ? "comma" : "point", i);
    } else if (c->type == MKT_TYPE_REAL) {
        mkt_buf_printf(sql, "(NOT isnan(c%zu) AND abs(c%zu) >= 9.2e%d)", i, i,
                       c->naming.micros ? 18 : 12);
    } else {
        mkt_buf_str(sql, "false");
    }
}

static void add_any_bad(struct mkt_buf *sql, const struct mkt_relation *r)
{
    int said = 0;
    mkt_buf_char(sql, '(');
    for (size_t i = 0; i < r->columns; i++) {
        if (!is_used(&r->column[i])) continue;
        if (said++) mkt_buf_str(sql, " OR ");
        add_bad(sql, r, i);
    }
    mkt_buf_char(sql, ')');
    if (r->filter) mkt_buf_printf(sql, " AND %s", r->filter);
}

/* Rows at the foot of a report: no day, and "Total" in the day's or a name's place. */
static mkt_status count_summaries(struct mkt_arena *arena, struct mkt_duck *duck,
                                  struct mkt_relation *r, struct mkt_err *err)
{
    static const mkt_role places[] = {MKT_ROLE_DATE, MKT_ROLE_CHANNEL, MKT_ROLE_CAMPAIGN,
                                      MKT_ROLE_SEGMENT};
    struct mkt_buf sql;
    mkt_buf_init(&sql, arena);
    mkt_buf_printf(&sql, "SELECT count(*) FROM %s WHERE ", r->from);
    add_bad(&sql, r, r->is.column[MKT_ROLE_DATE][0]);
    mkt_buf_str(&sql, " AND (false");
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        const struct mkt_column *c = mkt_relation_column(r, places[k]);
        if (!c || c->type != MKT_TYPE_TEXT) continue;
        mkt_buf_printf(&sql, " OR coalesce(mkt_total_name(c%zu), 0) = 1",
                       r->is.column[places[k]][0]);
    }
    mkt_buf_str(&sql, ")");
    if (r->filter) mkt_buf_printf(&sql, " AND %s", r->filter);
    MKT_TRY(mkt_buf_check(&sql, err));
    int64_t found = 0;
    MKT_TRY(mkt_duck_numbers(duck, sql.data, r->show, &found, 1, err));
    r->summaries += found;
    r->broken -= found;
    return MKT_OK;
}

static const char *reason_of(const struct mkt_column *c, const char *s, size_t n)
{
    bool missing = mkt_numeral_missing(s, n);
    if (c->role == MKT_ROLE_DATE) return missing ? "is no date: the cell is empty" : "is no date";
    int64_t v;
    if (mkt_numeral_read(s, n, c->decimal ? c->decimal : '.', 6, &v) == MKT_NUMERAL_LARGE)
        return "is too large";
    return "is no number";
}

/* The columns: row_id, then for each used column its text and whether it is bad. */
static mkt_status add_row(struct mkt_arena *arena, struct mkt_relation *r,
                          const struct mkt_duck_rows *rows, struct mkt_err *err)
{
    idx_t at = 1;
    bool total = false;
    const struct mkt_column *bad = NULL;
    const char *value = "";
    size_t length = 0;
    for (size_t i = 0; i < r->columns; i++) {
        const struct mkt_column *c = &r->column[i];
        bool dimension = c->role >= MKT_ROLE_CHANNEL && c->role <= MKT_ROLE_SEGMENT;
        if (!is_used(c) && !dimension) continue;
        size_t n = 0;
        const char *s = mkt_duck_rows_null(rows, at) ? "" : mkt_duck_rows_text(rows, at, &n);
        if (c->role == MKT_ROLE_DATE || dimension) total |= mkt_total_names_has(s, n, true);
        if (is_used(c) && !bad && mkt_duck_rows_int(rows, at + 1)) {
            bad = c;
            value = s;
            length = n;
        }
        at += 2;
    }
    if (!bad || (total && bad->role == MKT_ROLE_DATE)) return MKT_OK;
    struct mkt_account_fault *f = &r->fault[r->faults];
    f->table = r->show;
    f->column = bad->name;
    f->value = mkt_text_clean(arena, value, length < 4 * SHOWN ? length : 4 * SHOWN, SHOWN);
    f->reason = reason_of(bad, value, length);
    f->row = mkt_duck_rows_int(rows, 0);
    if (!f->value) return mkt_arena_full(arena, err);
    r->faults++;
    return MKT_OK;
}

static mkt_status locate(struct mkt_arena *arena, struct mkt_duck *duck, struct mkt_relation *r,
                         struct mkt_err *err)
{
    struct mkt_buf sql;
    mkt_buf_init(&sql, arena);
    mkt_buf_str(&sql, "SELECT CAST(row_id AS BIGINT)");
    for (size_t i = 0; i < r->columns; i++) {
        const struct mkt_column *c = &r->column[i];
        bool dimension = c->role >= MKT_ROLE_CHANNEL && c->role <= MKT_ROLE_SEGMENT;
        if (!is_used(c) && !dimension) continue;
        mkt_buf_str(&sql, ", ");
        mkt_profile_add_text(&sql, r, i);
        mkt_buf_str(&sql, ", CAST(");
        if (is_used(c))
            add_bad(&sql, r, i);
        else
            mkt_buf_str(&sql, "false");
        mkt_buf_str(&sql, " AS BIGINT)");
    }
    mkt_buf_printf(&sql, " FROM %s WHERE ", r->numbered);
    add_any_bad(&sql, r);
    mkt_buf_printf(&sql, " ORDER BY row_id LIMIT %d", 4 * MKT_ROWFILE_FAULTS);
    MKT_TRY(mkt_buf_check(&sql, err));
    duckdb_result result;
    MKT_TRY(mkt_duck_query(duck, sql.data, r->show, &result, err));
    struct mkt_duck_rows rows;
    mkt_status status = MKT_OK;
    mkt_duck_rows_begin(&rows, &result);
    while (status == MKT_OK && r->faults < 2 * MKT_ROWFILE_FAULTS && mkt_duck_rows_next(&rows))
        status = add_row(arena, r, &rows, err);
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    return status;
}

static int by_row(const void *a, const void *b)
{
    const struct mkt_account_fault *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

static void keep_first(struct mkt_relation *r)
{
    if (r->faults) qsort(r->fault, r->faults, sizeof *r->fault, by_row);
    if (r->faults > MKT_ROWFILE_FAULTS) r->faults = MKT_ROWFILE_FAULTS;
}

mkt_status mkt_faults_refuse(const struct mkt_relation *relation, int64_t rows, struct mkt_err *err)
{
    const struct mkt_relation *r = relation;
    const struct mkt_account_fault *f = r->faults ? &r->fault[0] : NULL;
    int64_t broken = r->broken - r->nobody;
    double percent = 100.0 * (double)broken / (double)rows;
    if (!f)
        return mkt_err_set(err, MKT_E_DATA, "%s: %s of %s rows (%.1f %%) cannot be read", r->show,
                           MKT_COUNT(broken), MKT_COUNT(rows), percent);
    if (!f->column)
        return mkt_err_set(err, MKT_E_DATA,
                           "%s: %s of %s rows (%.1f %%) are broken; the first is row %lld: %s, "
                           "in \"%s\"",
                           r->show, MKT_COUNT(broken), MKT_COUNT(rows), percent, (long long)f->row,
                           f->reason, f->value ? f->value : "");
    return mkt_err_set(err, MKT_E_DATA,
                       "%s: %s of %s rows (%.1f %%) cannot be read; the first is row %lld, "
                       "column \"%s\": \"%s\" %s",
                       r->show, MKT_COUNT(broken), MKT_COUNT(rows), percent, (long long)f->row,
                       f->column, f->value ? f->value : "", f->reason);
}

/* Room for faults, and those of the file's shape. */
static mkt_status begin(struct mkt_arena *arena, struct mkt_relation *r, struct mkt_err *err)
{
    r->fault = MKT_NEW(arena, struct mkt_account_fault, 3 * MKT_ROWFILE_FAULTS);
    if (!r->fault) return mkt_arena_full(arena, err);
    if (r->file)
        for (size_t i = 0; i < r->file->faults; i++) {
            const struct mkt_rowfile_fault *f = &r->file->fault[i];
            r->fault[r->faults++] = (struct mkt_account_fault){.table = r->show,
                                                               .column = f->column,
                                                               .value = f->value,
                                                               .reason = f->reason,
                                                               .row = f->row};
        }
    return MKT_OK;
}

/* Columns: row_id, then of each cell its text and whether it is bad. */
static mkt_status add_cell(struct mkt_arena *arena, struct mkt_relation *r,
                           const struct mkt_duck_rows *rows, const struct mkt_faults_cell *cell,
                           size_t cells, struct mkt_err *err)
{
    for (size_t i = 0; i < cells; i++) {
        idx_t at = 1 + 2 * (idx_t)i;
        if (!mkt_duck_rows_int(rows, at + 1)) continue;
        size_t n = 0;
        const char *s = mkt_duck_rows_null(rows, at) ? "" : mkt_duck_rows_text(rows, at, &n);
        struct mkt_account_fault *f = &r->fault[r->faults++];
        *f = (struct mkt_account_fault){
            .table = r->show,
            .column = r->column[cell[i].column].name,
            .value = mkt_text_clean(arena, s, n < 4 * SHOWN ? n : 4 * SHOWN, SHOWN),
            .reason = cell[i].reason,
            .row = mkt_duck_rows_int(rows, 0)};
        return f->value ? MKT_OK : mkt_arena_full(arena, err);
    }
    return MKT_OK;
}

mkt_status mkt_faults_locate(struct mkt_arena *arena, struct mkt_duck *duck,
                             struct mkt_relation *relation, const struct mkt_faults_cell *cell,
                             size_t cells, struct mkt_err *err)
{
    struct mkt_relation *r = relation;
    struct mkt_buf sql;
    if (!r->fault) MKT_TRY(begin(arena, r, err));
    mkt_buf_init(&sql, arena);
    mkt_buf_str(&sql, "SELECT CAST(row_id AS BIGINT)");
    for (size_t i = 0; i < cells; i++) {
        mkt_buf_str(&sql, ", ");
        mkt_profile_add_text(&sql, r, cell[i].column);
        mkt_buf_printf(&sql, ", CAST(coalesce(%s, false) AS BIGINT)", cell[i].bad);
    }
    mkt_buf_printf(&sql, " FROM %s WHERE false", r->numbered);
    for (size_t i = 0; i < cells; i++) mkt_buf_printf(&sql, " OR (%s)", cell[i].bad);
    mkt_buf_printf(&sql, " ORDER BY row_id LIMIT %d", MKT_ROWFILE_FAULTS);
    MKT_TRY(mkt_buf_check(&sql, err));
    duckdb_result result;
    MKT_TRY(mkt_duck_query(duck, sql.data, r->show, &result, err));
    struct mkt_duck_rows rows;
    mkt_status status = MKT_OK;
    mkt_duck_rows_begin(&rows, &result);
    while (status == MKT_OK && mkt_duck_rows_next(&rows))
        status = add_cell(arena, r, &rows, cell, cells, err);
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    keep_first(r);
    return status;
}

mkt_status mkt_faults_find(struct mkt_arena *arena, struct mkt_duck *duck,
                           struct mkt_relation *relation, struct mkt_err *err)
{
    struct mkt_relation *r = relation;
    if (r->broken == 0) return MKT_OK;
    MKT_TRY(begin(arena, r, err));
    if (r->broken > (r->file ? r->file->broken : 0)) {
        MKT_TRY(count_summaries(arena, duck, r, err));
        MKT_TRY(locate(arena, duck, r, err));
    }
    keep_first(r);
    int64_t rows = r->rows - r->summaries;
    if (rows > 0 && (double)r->broken > MKT_BROKEN_SHARE * (double)rows)
        return mkt_faults_refuse(r, rows, err);
    return MKT_OK;
}
