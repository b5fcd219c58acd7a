#include "source/arm_units.h"

#include <math.h>
#include <string.h>

#include "source/daily.h"
#include "source/duckarms.h"
#include "source/profile.h"

#define TOO_WIDE "a unit is too wide for doubles"

typedef void each_variable(struct mkt_arm_reading *x, struct mkt_buf *sql, size_t metric,
                           int variable);

static void each(struct mkt_arm_reading *x, struct mkt_buf *sql, each_variable *visit)
{
    for (size_t m = 0; m < x->columns.metrics; m++)
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
            if (mkt_arm_reading_has(&x->columns.metric[m], v)) visit(x, sql, m, v);
}

static void write_row(struct mkt_arm_reading *x, struct mkt_buf *sql, size_t m, int v)
{
    mkt_buf_str(sql, ", ");
    mkt_arm_reading_add_micros(sql, x->r, x->columns.metric[m].variable[v], x->wide);
    mkt_buf_printf(sql, " AS %s%zu", mkt_arm_reading_letter[v], m);
}

/* Numbers too large are looked for only where units turn out to be wide. */
static void write_kept_out(struct mkt_arm_reading *x, struct mkt_buf *sql, size_t m, int v)
{
    size_t column = x->columns.metric[m].variable[v];
    if (!x->wide && x->r->column[column].type != MKT_TYPE_TEXT) return;
    mkt_buf_str(sql, " OR ");
    mkt_arm_reading_add_bad(sql, x->r, column);
}

static void write_bad(struct mkt_arm_reading *x, struct mkt_buf *sql, size_t m, int v)
{
    mkt_buf_str(sql, " OR ");
    mkt_arm_reading_add_bad(sql, x->r, x->columns.metric[m].variable[v]);
}

static bool is_capped(const struct mkt_arm_reading *x, size_t m)
{
    return isfinite(x->metric[m].cap);
}

/* Whole numbers that are not scaled yet. */
static bool is_small(const struct mkt_arm_reading *x, size_t m, int v)
{
    return !x->wide && !is_capped(x, m) &&
           mkt_arm_reading_is_whole(&x->r->column[x->columns.metric[m].variable[v]]);
}

/* The sum of a unit's rows; whole numbers as they are, others in millionths. */
static void write_total(const struct mkt_arm_reading *x, struct mkt_buf *sql, size_t m, int v)
{
    const char *letter = mkt_arm_reading_letter[v];
    const char *sum = v == MKT_ARMS_Y || v == MKT_ARMS_D ? "sum" : "max";
    mkt_buf_str(sql, "CAST(");
    if (!x->wide)
        mkt_buf_printf(sql, "CASE WHEN abs(%s(%s%zu)) >= 9e15 THEN error('" TOO_WIDE "') ELSE ",
                       sum, letter, m);
    mkt_buf_printf(sql, "coalesce(%s(%s%zu), 0)%s AS BIGINT)", sum, letter, m,
                   x->wide ? "" : " END");
}

static void write_unit(struct mkt_arm_reading *x, struct mkt_buf *sql, size_t m, int v)
{
    const char *letter = mkt_arm_reading_letter[v];
    bool whole = mkt_arm_reading_is_whole(&x->r->column[x->columns.metric[m].variable[v]]);
    bool scaled = whole && !is_small(x, m, v);
    double cap = x->metric[m].cap * MKT_ARMS_MICRO;
    mkt_buf_str(sql, ", ");
    if (is_capped(x, m) && (v == MKT_ARMS_Y || v == MKT_ARMS_X)) {
        /* before it is scaled, too: a number far above the cap need not fit into millionths */
        mkt_buf_printf(sql, "least(least(");
        write_total(x, sql, m, v);
        mkt_buf_printf(sql, ", %.0f::BIGINT)%s, %.0f::BIGINT)", scaled ? ceil(cap / 1e6) : cap,
                       scaled ? " * 1000000" : "", cap);
    } else {
        write_total(x, sql, m, v);
        if (scaled) mkt_buf_str(sql, " * 1000000");
    }
    mkt_buf_printf(sql, " AS %s%zu", letter, m);
    if (!is_capped(x, m) || v != MKT_ARMS_Y) return;
    mkt_buf_str(sql, ", CAST(");
    write_total(x, sql, m, v);
    mkt_buf_printf(sql, " > %.0f AS BIGINT) AS z%zu", scaled ? floor(cap / 1e6) : cap, m);
}

static void write_sums(const struct mkt_arm_reading *x, struct mkt_buf *sql, size_t m)
{
    const struct mkt_arm_columns_metric *c = &x->columns.metric[m];
    int variables = 0;
    for (int v = 0; v < MKT_ARMS_VARIABLES; v++) variables += mkt_arm_reading_has(c, v);
    mkt_buf_printf(sql, ", mkt_arm_%d(", variables);
    for (int v = 0, written = 0; v < MKT_ARMS_VARIABLES; v++)
        if (mkt_arm_reading_has(c, v))
            mkt_buf_printf(sql, "%s%s%zu", written++ ? ", " : "", mkt_arm_reading_letter[v], m);
    mkt_buf_str(sql, ")");
    if (is_capped(x, m)) mkt_buf_printf(sql, ", sum(z%zu)", m);
}

/* A row a unit: v and w its first and last variant by name. */
static void write_units(struct mkt_arm_reading *x, struct mkt_buf *sql)
{
    const struct mkt_relation *r = x->r;
    const struct mkt_arm_columns *c = &x->columns;
    mkt_buf_str(sql, "(SELECT min(v) AS v, max(v) AS w, min(s) AS s, min(t) AS t, count(*) AS k");
    each(x, sql, write_unit);
    mkt_buf_str(sql, " FROM (SELECT ");
    mkt_buf_printf(sql, "c%zu AS u, ", c->unit);
    mkt_arm_reading_add_name(sql, r, c->variant);
    mkt_buf_str(sql, " AS v, ");
    mkt_arm_reading_add_segment(sql, r, c);
    mkt_buf_str(sql, " AS s, ");
    mkt_arm_reading_add_day(sql, r, c);
    mkt_buf_str(sql, " AS t");
    each(x, sql, write_row);
    mkt_buf_printf(sql, " FROM %s WHERE NOT (false", r->from);
    each(x, sql, write_kept_out);
    mkt_buf_str(sql, ")) WHERE u IS NOT NULL AND v IS NOT NULL AND t IS NOT NULL");
    if (r->column[c->unit].type == MKT_TYPE_TEXT) mkt_buf_str(sql, " AND trim(u) <> ''");
    mkt_buf_str(sql, " GROUP BY u)");
}

/* unit rows -> units -> arms; a unit of several variants falls into the arm NULL */
static mkt_status write_query(struct mkt_arm_reading *x, struct mkt_buf *sql)
{
    mkt_buf_str(sql, "SELECT CASE WHEN v = w THEN v END, s, t, count(*), CAST(sum(k) AS BIGINT)");
    for (size_t m = 0; m < x->columns.metrics; m++) write_sums(x, sql, m);
    mkt_buf_str(sql, " FROM ");
    write_units(x, sql);
    mkt_buf_str(sql, " GROUP BY ALL");
    return mkt_buf_check(sql, x->err);
}

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
        scale[v] = mkt_arm_reading_has(c, v) && is_small(x, m, v) ? 1000000 : 1;
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
        if (is_capped(x, m)) x->metric[m].capped += (int64_t)mkt_arm_reading_wide_at(rows, at++);
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

static mkt_status count_broken(struct mkt_arm_reading *x)
{
    struct mkt_buf sql;
    int64_t count[2];
    const struct mkt_relation *r = x->r;
    mkt_buf_init(&sql, x->arena);
    mkt_buf_str(&sql, "SELECT count(*) FILTER (false");
    each(x, &sql, write_bad);
    if (x->columns.day != MKT_NO_COLUMN) {
        mkt_buf_str(&sql, " OR ");
        mkt_profile_add_day(&sql, r, x->columns.day);
        mkt_buf_str(&sql, " IS NULL");
    }
    mkt_buf_str(&sql, "), count(*) FILTER (");
    mkt_arm_reading_add_name(&sql, r, x->columns.unit);
    mkt_buf_str(&sql, " IS NULL OR ");
    mkt_arm_reading_add_name(&sql, r, x->columns.variant);
    mkt_buf_printf(&sql, " IS NULL) FROM %s", r->from);
    MKT_TRY(mkt_buf_check(&sql, x->err));
    MKT_TRY(mkt_duck_numbers(x->duck, sql.data, r->show, count, 2, x->err));
    x->r->broken += count[0];
    x->out->unnamed = count[1];
    return MKT_OK;
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
        (strstr(why.text, TOO_WIDE) || strstr(why.text, "verflow") ||
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

static double share_of(const struct mkt_arm_reading *x, size_t m)
{
    return x->treatment ? mkt_arm_reading_asked(x->treatment->cap_share, m) : NAN;
}

static mkt_status write_caps_query(struct mkt_arm_reading *x, struct mkt_buf *sql)
{
    mkt_buf_str(sql, "SELECT 0::BIGINT");
    for (size_t m = 0; m < x->columns.metrics; m++)
        if (isfinite(share_of(x, m)))
            mkt_buf_printf(sql, ", coalesce(quantile_disc(y%zu, %.15g), 0)", m, share_of(x, m));
    mkt_buf_str(sql, " FROM ");
    write_units(x, sql);
    mkt_buf_str(sql, " WHERE v = w");
    return mkt_buf_check(sql, x->err);
}

static mkt_status find_caps(struct mkt_arm_reading *x)
{
    duckdb_result result;
    struct mkt_duck_rows rows;
    bool any = false;
    for (size_t m = 0; m < x->columns.metrics; m++) {
        if (x->treatment) x->metric[m].cap = mkt_arm_reading_asked(x->treatment->cap, m);
        any = any || isfinite(share_of(x, m));
    }
    if (!any) return MKT_OK;
    MKT_TRY(query(x, write_caps_query, &result));
    mkt_duck_rows_begin(&rows, &result);
    bool row = mkt_duck_rows_next(&rows);
    double cap[MKT_ARM_COLUMNS_METRICS];
    for (size_t m = 0, at = 1; row && m < x->columns.metrics; m++) {
        if (!isfinite(share_of(x, m))) continue;
        cap[m] = (double)mkt_duck_rows_int(&rows, at++) / (is_small(x, m, MKT_ARMS_Y) ? 1 : 1e6);
    }
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    for (size_t m = 0; row && m < x->columns.metrics; m++) {
        if (!isfinite(share_of(x, m))) continue;
        if (!(cap[m] > 0))
            return mkt_err_set(x->err, MKT_E_ARG,
                               "a cap of %s at %g %% of the units would be %g, and nothing would "
                               "be left of it: ask for a larger share or give the cap itself",
                               x->metric[m].name, 100 * share_of(x, m), cap[m]);
        x->metric[m].cap = cap[m];
    }
    return MKT_OK;
}

mkt_status mkt_arm_units_read(struct mkt_arm_reading *x)
{
    duckdb_result result;
    struct mkt_arms_sums *sums = MKT_NEW(x->arena, struct mkt_arms_sums, x->columns.metrics);
    struct range *range = MKT_NEW(x->arena, struct range, x->columns.metrics);
    if (!sums || !range) return mkt_arena_full(x->arena, x->err);
    MKT_TRY(mkt_duckarms_register(x->duck, x->err));
    MKT_TRY(find_caps(x));
    MKT_TRY(query(x, write_query, &result));
    struct mkt_duck_rows rows;
    mkt_status status = MKT_OK;
    mkt_duck_rows_begin(&rows, &result);
    while (status == MKT_OK && mkt_duck_rows_next(&rows))
        status = take_group(x, &rows, sums, range);
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    MKT_TRY(status);
    if (x->rows != x->r->rows) MKT_TRY(count_broken(x));
    MKT_TRY(mkt_arms_finish(x->out, x->err));
    return find_kinds(x, range);
}
