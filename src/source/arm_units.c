#include "source/arm_units.h"

#include <math.h>
#include <string.h>

#include "source/arm_query.h"
#include "source/daily.h"
#include "source/duckarms.h"
#include "source/faults.h"
#include "source/profile.h"

/* What the whole column shows of a metric: y lies between least and most. */
struct range {
    int64_t least, most;
    bool seen;
};

static bool scale_up(mkt_arms_wide from, mkt_arms_wide by, mkt_arms_wide *to)
{
    return !__builtin_mul_overflow(from, by, to);
}

/* The sums of one metric in one arm, in millionths. */
static bool take_metric(const struct mkt_arm_reading *x, size_t m,
                        const struct mkt_duckarms_sums *from, struct mkt_arms_sums *to,
                        struct range *range)
{
    const struct mkt_arm_columns_metric *c = &x->columns.metric[m];
    int64_t scale[MKT_ARMS_VARIABLES], least, most;
    for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
        scale[v] = mkt_arm_reading_has(c, v) && mkt_arm_query_small(x, m, v) ? 1000000 : 1;
    bool fits = !from->over;
    for (int v = 0, i = 0; v < MKT_ARMS_VARIABLES; v++) {
        if (!mkt_arm_reading_has(c, v)) continue;
        mkt_arms_wide sum;
        fits = fits && scale_up(from->sum[i], scale[v], &sum) &&
               !__builtin_add_overflow(sum, (mkt_arms_wide)0, &to->sum[v]);
        for (int w = v, j = i; fits && w < MKT_ARMS_VARIABLES; w++)
            if (mkt_arm_reading_has(c, w))
                fits = scale_up(from->product[mkt_arms_product(i, j++)],
                                (mkt_arms_wide)scale[v] * scale[w],
                                &to->product[mkt_arms_product(v, w)]);
        i++;
    }
    fits = fits && !__builtin_mul_overflow(from->least, scale[MKT_ARMS_Y], &least) &&
           !__builtin_mul_overflow(from->most, scale[MKT_ARMS_Y], &most);
    if (!fits) return false;
    if (!range->seen || least < range->least) range->least = least;
    if (!range->seen || most > range->most) range->most = most;
    range->seen = true;
    return true;
}

static mkt_status take_sums(struct mkt_arm_reading *x, const struct mkt_duck_rows *rows,
                            struct mkt_arms_sums *sums, struct range *range)
{
    idx_t at = 5;
    for (size_t m = 0; m < x->columns.metrics; m++) {
        struct mkt_duckarms_sums from;
        mkt_duckarms_read(rows, at++, &from);
        if (!take_metric(x, m, &from, &sums[m], &range[m])) return mkt_arm_reading_too_large(x, m);
        x->metric[m].missing += from.missing;
        if (mkt_arm_query_capped(x, m))
            x->metric[m].capped += (int64_t)mkt_arm_reading_wide_at(rows, at++);
    }
    return MKT_OK;
}

static mkt_status take_group(struct mkt_arm_reading *x, const struct mkt_duck_rows *rows,
                             struct mkt_arms_sums *sums, struct range *range)
{
    int64_t n = mkt_duck_rows_int(rows, 3);
    x->rows += mkt_duck_rows_int(rows, 4);
    if (mkt_duck_rows_null(rows, 0)) {
        x->out->multiple += n;
        return MKT_OK;
    }
    memset(sums, 0, x->columns.metrics * sizeof *sums);
    MKT_TRY(take_sums(x, rows, sums, range));
    char variant[MKT_NAME_MOST + 1], segment[MKT_NAME_MOST + 1] = "";
    size_t length;
    const char *text = mkt_duck_rows_text(rows, 0, &length);
    const char *v = mkt_daily_name(x->arena, text, length, variant), *s = segment;
    if (!mkt_duck_rows_null(rows, 1)) {
        text = mkt_duck_rows_text(rows, 1, &length);
        s = mkt_daily_name(x->arena, text, length, segment);
    }
    if (!v || !s) return mkt_arena_full(x->arena, x->err);
    return mkt_arms_add(x->out, v, s, mkt_duck_rows_day(rows, 2), n, sums, x->err);
}

/* 0 and 1 only: then, and only then, a number between 0 and 1 is its own square in the sum. */
static mkt_status find_kinds(struct mkt_arm_reading *x, const struct range *range)
{
    for (size_t m = 0; m < x->columns.metrics; m++) {
        const struct mkt_arm_columns_metric *c = &x->columns.metric[m];
        struct mkt_arms_metric *out = &x->metric[m];
        mkt_arms_wide sum = 0, squares = 0;
        for (size_t i = 0; i < x->out->cells; i++) {
            sum += x->out->cell[i].sums[m].sum[MKT_ARMS_Y];
            squares += x->out->cell[i].sums[m].product[0];
        }
        bool within = range[m].least >= 0 && range[m].most <= 1000000;
        bool whole = x->r->column[c->variable[MKT_ARMS_Y]].type == MKT_TYPE_INTEGER;
        out->most =
            fmax(fabs((double)range[m].least), fabs((double)range[m].most)) / MKT_ARMS_MICRO;
        if (mkt_arm_reading_has(c, MKT_ARMS_D))
            out->kind = MKT_ARMS_RATIO;
        else if (within && squares == sum * 1000000)
            out->kind = MKT_ARMS_PROPORTION;
        else
            out->kind = whole && range[m].least >= 0 ? MKT_ARMS_COUNT : MKT_ARMS_MEAN;
    }
    return MKT_OK;
}

static mkt_status locate_broken(struct mkt_arm_reading *x)
{
    struct mkt_faults_cell cell[MKT_ARM_COLUMNS_METRICS * MKT_ARMS_VARIABLES + 1];
    size_t n = 0;
    for (size_t m = 0; m < x->columns.metrics; m++)
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++) {
            if (!mkt_arm_reading_has(&x->columns.metric[m], v)) continue;
            size_t column = x->columns.metric[m].variable[v];
            struct mkt_buf bad;
            mkt_buf_init(&bad, x->arena);
            mkt_arm_reading_add_bad(&bad, x->r, column);
            MKT_TRY(mkt_buf_check(&bad, x->err));
            bool text = x->r->column[column].type == MKT_TYPE_TEXT;
            cell[n++] = (struct mkt_faults_cell){
                column, bad.data, text ? "is no number, or too large a one" : "is too large"};
        }
    if (x->columns.day != MKT_NO_COLUMN) {
        struct mkt_buf bad;
        mkt_buf_init(&bad, x->arena);
        mkt_profile_add_day(&bad, x->r, x->columns.day);
        mkt_buf_str(&bad, " IS NULL");
        MKT_TRY(mkt_buf_check(&bad, x->err));
        cell[n++] = (struct mkt_faults_cell){x->columns.day, bad.data, "is no date"};
    }
    return mkt_faults_locate(x->arena, x->duck, x->r, cell, n, x->err);
}

static mkt_status count_broken(struct mkt_arm_reading *x)
{
    struct mkt_buf sql;
    int64_t count[2];
    const struct mkt_relation *r = x->r;
    mkt_buf_init(&sql, x->arena);
    mkt_buf_str(&sql, "SELECT count(*) FILTER (false");
    mkt_arm_query_add_bad(x, &sql);
    if (x->columns.day != MKT_NO_COLUMN) {
        mkt_buf_str(&sql, " OR ");
        mkt_profile_add_day(&sql, r, x->columns.day);
        mkt_buf_str(&sql, " IS NULL");
    }
    mkt_buf_str(&sql, "), count(*) FILTER (");
    mkt_arm_reading_add_name(&sql, r, x->columns.unit);
    mkt_buf_str(&sql, " IS NULL OR ");
    mkt_arm_reading_add_variant(&sql, x);
    mkt_buf_printf(&sql, " IS NULL) FROM %s", r->from);
    MKT_TRY(mkt_buf_check(&sql, x->err));
    MKT_TRY(mkt_duck_numbers(x->duck, sql.data, r->show, count, 2, x->err));
    x->out->unnamed = count[1];
    if (x->treatment) return MKT_OK; /* counted at the first reading */
    x->r->broken += count[0];
    return count[0] ? locate_broken(x) : MKT_OK;
}

/* Squares too large for 128 bits stop the query; the sentence should name the cause, not the type. */
static mkt_status say_why(struct mkt_arm_reading *x, const struct mkt_err *why)
{
    if (strstr(why->text, "verflow") || strstr(why->text, "ut of Range"))
        return mkt_err_set(
            x->err, MKT_E_LIMIT,
            "%s: the values of a metric are too large to add up exactly: a unit may "
            "reach 9.2e12 and the sum of squares 1.7e26; cap them or measure them in "
            "a larger unit",
            x->r->show);
    return mkt_err_set(x->err, why->status, "%s", why->text);
}

/* Runs what `write` writes; once more in 64-bit integers where doubles are too narrow. */
typedef mkt_status writer(struct mkt_arm_reading *x, struct mkt_buf *sql);

static mkt_status query(struct mkt_arm_reading *x, writer *write, duckdb_result *result)
{
    struct mkt_buf sql;
    struct mkt_err why = {0};
    mkt_buf_init(&sql, x->arena);
    MKT_TRY(write(x, &sql));
    mkt_status status = mkt_duck_query(x->duck, sql.data, x->r->show, result, &why);
    if (status != MKT_OK && !x->wide &&
        (strstr(why.text, MKT_DUCKARMS_TOO_WIDE) || strstr(why.text, "verflow") ||
         strstr(why.text, "ut of Range"))) {
        x->wide = true;
        mkt_err_clear(&why);
        mkt_buf_init(&sql, x->arena);
        MKT_TRY(write(x, &sql));
        status = mkt_duck_query(x->duck, sql.data, x->r->show, result, &why);
    }
    return status == MKT_OK ? MKT_OK : say_why(x, &why);
}

/* ---- caps that are a share of the units ------------------------------------------- */

static mkt_status find_caps(struct mkt_arm_reading *x)
{
    duckdb_result result;
    struct mkt_duck_rows rows;
    bool any = false;
    for (size_t m = 0; m < x->columns.metrics; m++) {
        if (x->treatment) x->metric[m].cap = mkt_arm_reading_asked(x->treatment->cap, m);
        any = any || isfinite(mkt_arm_query_cap_share(x, m));
    }
    if (!any) return MKT_OK;
    MKT_TRY(query(x, mkt_arm_query_write_caps, &result));
    mkt_duck_rows_begin(&rows, &result);
    bool row = mkt_duck_rows_next(&rows);
    double cap[MKT_ARM_COLUMNS_METRICS] = {0};
    for (size_t m = 0, at = 1; row && m < x->columns.metrics; m++) {
        if (!isfinite(mkt_arm_query_cap_share(x, m))) continue;
        cap[m] = (double)mkt_duck_rows_int(&rows, at++) /
                 (mkt_arm_query_small(x, m, MKT_ARMS_Y) ? 1 : 1e6);
    }
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    for (size_t m = 0; row && m < x->columns.metrics; m++) {
        if (!isfinite(mkt_arm_query_cap_share(x, m))) continue;
        if (!(cap[m] > 0))
            return mkt_err_set(x->err, MKT_E_ARG,
                               "a cap of %s at %g %% of the units would be %g, and nothing would "
                               "be left of it: ask for a larger share or give the cap itself",
                               x->metric[m].name, 100 * mkt_arm_query_cap_share(x, m), cap[m]);
        x->metric[m].cap = cap[m];
    }
    return MKT_OK;
}

static mkt_status take_groups(struct mkt_arm_reading *x, struct mkt_arms_sums *sums,
                              struct range *range)
{
    duckdb_result result;
    struct mkt_duck_rows rows;
    for (size_t m = 0; m < x->columns.metrics; m++) {
        x->metric[m].capped = x->metric[m].missing = 0;
        range[m].seen = false;
    }
    x->rows = 0;
    MKT_TRY(find_caps(x));
    MKT_TRY(query(x, mkt_arm_query_write, &result));
    mkt_status status = MKT_OK;
    mkt_duck_rows_begin(&rows, &result);
    while (status == MKT_OK && mkt_duck_rows_next(&rows))
        status = take_group(x, &rows, sums, range);
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    return status;
}

mkt_status mkt_arm_units_read(struct mkt_arm_reading *x)
{
    struct mkt_arms_sums *sums = MKT_NEW(x->arena, struct mkt_arms_sums, x->columns.metrics);
    struct range *range = MKT_NEW(x->arena, struct range, x->columns.metrics);
    if (!sums || !range) return mkt_arena_full(x->arena, x->err);
    MKT_TRY(mkt_duckarms_register(x->duck, x->err));
    bool anew = true;
    while (anew) {
        mkt_arm_reading_begin(x);
        MKT_TRY(take_groups(x, sums, range));
        MKT_TRY(mkt_arm_reading_look_at_names(x, &anew));
    }
    x->out->rows = x->rows;
    if (x->rows != x->r->rows) MKT_TRY(count_broken(x));
    MKT_TRY(mkt_arms_finish(x->out, x->err));
    return find_kinds(x, range);
}
