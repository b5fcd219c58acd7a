#include "source/arm_totals.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "source/arm_margins.h"
#include "source/arm_rates.h"
#include "source/daily.h"
#include "source/profile.h"

/* What stands in a file, as it can be looked for there. */
#define NUMBER(value) mkt_text_number((value), (char[MKT_TEXT_NUMBER]){0})

/* NULL where there is no number. Sums of squares pass what millionths hold; what is written with
 * thousands marks is read as elsewhere. */
static void add_double(struct mkt_buf *sql, const struct mkt_relation *r, size_t i)
{
    if (r->column[i].type == MKT_TYPE_TEXT && r->column[i].decimal == ',')
        mkt_buf_printf(sql,
                       ", coalesce(mkt_micros_by_comma(c%zu) / 1e6, TRY_CAST(replace(c%zu, ',', "
                       "'.') AS DOUBLE))",
                       i, i);
    else if (r->column[i].type == MKT_TYPE_TEXT)
        mkt_buf_printf(sql, ", coalesce(TRY_CAST(c%zu AS DOUBLE), mkt_micros_by_point(c%zu) / 1e6)",
                       i, i);
    else
        mkt_buf_printf(sql, ", CAST(c%zu AS DOUBLE)", i);
}

static double double_at(const struct mkt_duck_rows *rows, idx_t column)
{
    const double *data = duckdb_vector_get_data(duckdb_data_chunk_get_vector(rows->chunk, column));
    return data[rows->at];
}

static mkt_status write_sums_query(struct mkt_arm_reading *x, struct mkt_buf *sql)
{
    const struct mkt_relation *r = x->r;
    const struct mkt_arm_columns *c = &x->columns;
    mkt_buf_str(sql, "SELECT ");
    mkt_arm_reading_add_variant(sql, x);
    mkt_buf_str(sql, ", ");
    mkt_arm_reading_add_segment(sql, x);
    mkt_buf_str(sql, ", ");
    mkt_arm_reading_add_day(sql, r, c);
    add_double(sql, r, c->unit);
    for (size_t m = 0; m < c->metrics; m++) {
        if (c->metric[m].rate) {
            mkt_buf_str(sql, ", ");
            mkt_profile_add_text(sql, r, c->metric[m].variable[MKT_ARMS_Y]);
            continue;
        }
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
            if (mkt_arm_reading_has(&c->metric[m], v)) add_double(sql, r, c->metric[m].variable[v]);
        for (int p = 0; p < MKT_ARMS_PRODUCTS; p++)
            if (c->metric[m].product[p] != MKT_NO_COLUMN)
                add_double(sql, r, c->metric[m].product[p]);
    }
    mkt_buf_printf(sql, ", row_id FROM %s ORDER BY row_id", r->numbered);
    return mkt_buf_check(sql, x->err);
}

/* A row of sums that cannot be read would take a part of an arm away: none is passed over. */
static mkt_status bad_cell(const struct mkt_arm_reading *x, int64_t row, size_t column,
                           const char *wanted, double value)
{
    char number[MKT_TEXT_NUMBER];
    bool has = isfinite(value);
    return mkt_err_set(x->err, MKT_E_DATA, "%s, row %lld: column \"%s\" must be %s, %s%s",
                       x->r->show, (long long)row, x->r->column[column].name, wanted,
                       has ? "not " : "and what stands there is not",
                       has ? mkt_text_number(value, number) : "");
}

/* The sums of one metric in double, row by row. */
struct total {
    double sum[MKT_ARMS_VARIABLES], product[MKT_ARMS_PRODUCTS];
};

/* Centred sum of squares or products. */
static double centred(const struct total *t, double n, int v, int w)
{
    return t->product[mkt_arms_product(v, w)] - t->sum[v] * t->sum[w] / n;
}

#define ROUNDING 1e-9

/* Sums that no data can have (a typing error, columns mixed up) would give a wrong number. */
static mkt_status check_sums(const struct mkt_arm_reading *x, size_t m, int64_t row, double n,
                             const struct total *t)
{
    const struct mkt_arm_columns_metric *c = &x->columns.metric[m];
    const char *name = x->metric[m].name;
    if (c->product[0] == c->variable[MKT_ARMS_Y] && (t->sum[0] < 0 || t->sum[0] > n))
        return mkt_err_set(x->err, MKT_E_DATA,
                           "%s, row %lld: %s of %s units cannot have %s: it must lie between 0 and "
                           "the units",
                           x->r->show, (long long)row, NUMBER(t->sum[0]), NUMBER(n), name);
    if (c->product[0] == c->variable[MKT_ARMS_Y] && t->sum[0] != nearbyint(t->sum[0]))
        return mkt_err_set(x->err, MKT_E_DATA,
                           "%s, row %lld: column \"%s\" must be a whole number of units, not %s: "
                           "each unit did it or did not. A rate goes by a name such as "
                           "conversion_rate; of a metric that is no count give sum and sum_squares "
                           "(%s_sum, %s_sum_squares)",
                           x->r->show, (long long)row, x->r->column[c->variable[MKT_ARMS_Y]].name,
                           NUMBER(t->sum[0]), name, name);
    for (int v = 0; v < MKT_ARMS_VARIABLES; v++) {
        if (!mkt_arm_reading_has(c, v)) continue;
        double squares = t->product[mkt_arms_product(v, v)];
        if (centred(t, n, v, v) < -ROUNDING * fabs(squares) || squares < 0)
            return mkt_err_set(x->err, MKT_E_DATA,
                               "%s, row %lld: %s units whose %s add up to %s cannot have a sum of "
                               "squares of %s; check which column is which",
                               x->r->show, (long long)row, NUMBER(n), name, NUMBER(t->sum[v]),
                               NUMBER(squares));
        double product = centred(t, n, 0, v), most = centred(t, n, 0, 0) * centred(t, n, v, v);
        double scale = t->product[0] * squares;
        if (v > 0 && product * product > most + ROUNDING * scale)
            return mkt_err_set(x->err, MKT_E_DATA,
                               "%s, row %lld: sums of squares of %s and %s cannot have a sum of "
                               "products of %s; check which column is which",
                               x->r->show, (long long)row, NUMBER(t->product[0]), NUMBER(squares),
                               NUMBER(t->product[mkt_arms_product(0, v)]));
    }
    return MKT_OK;
}

static mkt_status take_number(const struct mkt_arm_reading *x, const struct mkt_duck_rows *rows,
                              idx_t at, int64_t row, size_t column, double *out)
{
    *out = mkt_duck_rows_null(rows, at) ? NAN : double_at(rows, at);
    return isfinite(*out) ? MKT_OK : bad_cell(x, row, column, "a number", NAN);
}

static mkt_status take_metric(struct mkt_arm_reading *x, const struct mkt_duck_rows *rows, size_t m,
                              int64_t row, double n, idx_t *at, struct mkt_arms_sums *sums)
{
    const struct mkt_arm_columns_metric *c = &x->columns.metric[m];
    struct total t = {0};
    bool fits = true;
    for (int v = 0; v < MKT_ARMS_VARIABLES; v++) {
        if (!mkt_arm_reading_has(c, v)) continue;
        MKT_TRY(take_number(x, rows, (*at)++, row, c->variable[v], &t.sum[v]));
        fits = mkt_arms_set_sum(sums, (mkt_arms_variable)v, t.sum[v]) && fits;
    }
    for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
        for (int w = v; w < MKT_ARMS_VARIABLES; w++) {
            int p = mkt_arms_product(v, w);
            if (c->product[p] == MKT_NO_COLUMN) continue;
            MKT_TRY(take_number(x, rows, (*at)++, row, c->product[p], &t.product[p]));
            fits = mkt_arms_set_product(sums, (mkt_arms_variable)v, (mkt_arms_variable)w,
                                        t.product[p]) &&
                   fits;
        }
    return fits ? check_sums(x, m, row, n, &t) : mkt_arm_reading_too_large(x, m);
}

static mkt_status take_rate(struct mkt_arm_reading *x, const struct mkt_duck_rows *rows, size_t m,
                            int64_t row, double n, idx_t *at, const struct mkt_arm_rates *rates,
                            struct mkt_arms_sums *sums)
{
    size_t bytes = 0;
    double hits;
    bool none = mkt_duck_rows_null(rows, *at);
    const char *text = none ? NULL : mkt_duck_rows_text(rows, *at, &bytes);
    ++*at;
    MKT_TRY(mkt_arm_rates_successes(x, m, rates, text, bytes, n, row, &hits));
    bool fits = mkt_arms_set_sum(sums, MKT_ARMS_Y, hits) &&
                mkt_arms_set_product(sums, MKT_ARMS_Y, MKT_ARMS_Y, hits);
    return fits ? MKT_OK : mkt_arm_reading_too_large(x, m);
}

static mkt_status take_row(struct mkt_arm_reading *x, const struct mkt_duck_rows *rows,
                           const struct mkt_arm_rates *rates, struct mkt_arms_sums *sums)
{
    const struct mkt_arm_columns *c = &x->columns;
    idx_t last = duckdb_data_chunk_get_column_count(rows->chunk) - 1, at = 4;
    int64_t row = mkt_duck_rows_int(rows, last);
    double n;
    MKT_TRY(take_number(x, rows, 3, row, c->unit, &n));
    if (!(n >= 1) || n > 1e15 || n != nearbyint(n))
        return bad_cell(x, row, c->unit, "a whole number of units, 1 at least", n);
    if (mkt_duck_rows_null(rows, 0))
        return bad_cell(x, row, c->variant, "the name of a variant", NAN);
    if (mkt_duck_rows_null(rows, 2)) return bad_cell(x, row, c->day, "a date", NAN);
    memset(sums, 0, c->metrics * sizeof *sums);
    for (size_t m = 0; m < c->metrics; m++)
        MKT_TRY(c->metric[m].rate ? take_rate(x, rows, m, row, n, &at, &rates[m], &sums[m])
                                  : take_metric(x, rows, m, row, n, &at, &sums[m]));
    char variant[MKT_NAME_MOST + 1], segment[MKT_NAME_MOST + 1] = "";
    size_t length;
    const char *text = mkt_duck_rows_text(rows, 0, &length);
    const char *v = mkt_daily_name(x->arena, text, length, variant), *s = segment;
    if (!mkt_duck_rows_null(rows, 1)) {
        text = mkt_duck_rows_text(rows, 1, &length);
        s = mkt_daily_name(x->arena, text, length, segment);
    }
    if (!v || !s) return mkt_arena_full(x->arena, x->err);
    return mkt_arms_add(x->out, v, s, mkt_duck_rows_day(rows, 2), (int64_t)n, sums, x->err);
}

static mkt_status take_rows(struct mkt_arm_reading *x, const struct mkt_arm_rates *rates,
                            struct mkt_arms_sums *sums)
{
    struct mkt_buf sql;
    duckdb_result result;
    struct mkt_duck_rows rows;
    mkt_status status = MKT_OK;
    mkt_buf_init(&sql, x->arena);
    MKT_TRY(write_sums_query(x, &sql));
    MKT_TRY(mkt_duck_query(x->duck, sql.data, x->r->show, &result, x->err));
    mkt_duck_rows_begin(&rows, &result);
    while (status == MKT_OK && mkt_duck_rows_next(&rows)) status = take_row(x, &rows, rates, sums);
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    return status;
}

/* Whole numbers equal the sum of their squares when each is 0 or 1, and only then. */
static bool is_proportion(const struct mkt_arms *arms, size_t metric)
{
    for (size_t i = 0; i < arms->cells; i++) {
        const struct mkt_arms_cell *c = &arms->cell[i];
        mkt_arms_wide sum = c->sums[metric].sum[MKT_ARMS_Y];
        if (c->sums[metric].product[0] != sum * 1000000 || sum % 1000000 || sum < 0 ||
            sum > (mkt_arms_wide)c->n * 1000000)
            return false;
    }
    return arms->cells > 0;
}

mkt_status mkt_arm_totals_read(struct mkt_arm_reading *x)
{
    struct mkt_arms_sums *sums = MKT_NEW(x->arena, struct mkt_arms_sums, x->columns.metrics);
    struct mkt_arm_rates *rates = MKT_NEW(x->arena, struct mkt_arm_rates, x->columns.metrics);
    if (!sums || !rates) return mkt_arena_full(x->arena, x->err);
    for (size_t m = 0; m < x->columns.metrics; m++)
        if (x->columns.metric[m].rate) MKT_TRY(mkt_arm_rates_settle(x, m, &rates[m]));
    bool anew = true;
    while (anew) {
        mkt_arm_reading_begin(x);
        MKT_TRY(take_rows(x, rates, sums));
        const struct mkt_names variant = {.name = x->out->name[0], .count = x->out->names[0]},
                               segment = {.name = x->out->name[1], .count = x->out->names[1]};
        MKT_TRY(mkt_arm_reading_look_at_names(x, &variant, &segment, &anew));
    }
    for (size_t m = 0; m < x->columns.metrics; m++) {
        bool ratio = mkt_arm_reading_has(&x->columns.metric[m], MKT_ARMS_D);
        x->metric[m].kind = ratio                      ? MKT_ARMS_RATIO
                            : is_proportion(x->out, m) ? MKT_ARMS_PROPORTION
                                                       : MKT_ARMS_MEAN;
    }
    MKT_TRY(mkt_arms_finish(x->out, x->err));
    return mkt_arm_margins_drop(x->out, x->err);
}
