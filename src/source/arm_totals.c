#include "source/arm_totals.h"

#include <math.h>
#include <string.h>

#include "source/daily.h"

static void add_double(struct mkt_buf *sql, const struct mkt_relation *r, size_t i)
{
    if (r->column[i].type == MKT_TYPE_TEXT)
        mkt_buf_printf(sql, ", coalesce(TRY_CAST(%s AS DOUBLE), 0)",
                       r->column[i].decimal == ','
                           ? mkt_arena_printf(sql->arena, "replace(c%zu, ',', '.')", i)
                           : mkt_arena_printf(sql->arena, "c%zu", i));
    else
        mkt_buf_printf(sql, ", coalesce(CAST(c%zu AS DOUBLE), 0)", i);
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
    mkt_arm_reading_add_name(sql, r, c->variant);
    mkt_buf_str(sql, ", ");
    mkt_arm_reading_add_segment(sql, r, c);
    mkt_buf_str(sql, ", ");
    mkt_arm_reading_add_day(sql, r, c);
    add_double(sql, r, c->unit);
    for (size_t m = 0; m < c->metrics; m++) {
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
            if (mkt_arm_reading_has(&c->metric[m], v)) add_double(sql, r, c->metric[m].variable[v]);
        for (int p = 0; p < MKT_ARMS_PRODUCTS; p++)
            if (c->metric[m].product[p] != MKT_NO_COLUMN)
                add_double(sql, r, c->metric[m].product[p]);
    }
    mkt_buf_printf(sql, " FROM %s", r->from);
    return mkt_buf_check(sql, x->err);
}

/* Sums that no data can have (a typing error, columns mixed up) would give a wrong number. */
static mkt_status check_sums(struct mkt_arm_reading *x, size_t m, double n,
                             const struct mkt_arms_sums *sums)
{
    for (int v = 0; v < MKT_ARMS_VARIABLES; v++) {
        double sum = (double)sums->sum[v] / MKT_ARMS_MICRO;
        double squares =
            (double)sums->product[mkt_arms_product(v, v)] / (MKT_ARMS_MICRO * MKT_ARMS_MICRO);
        if (mkt_arm_reading_has(&x->columns.metric[m], v) && squares < sum * sum / n * (1 - 1e-9))
            return mkt_err_set(x->err, MKT_E_DATA,
                               "%s: %g units whose %s add up to %g cannot have a sum of squares of "
                               "%g; check which column is which",
                               x->r->show, n, x->metric[m].name, sum, squares);
    }
    return MKT_OK;
}

static mkt_status take_row(struct mkt_arm_reading *x, const struct mkt_duck_rows *rows,
                           struct mkt_arms_sums *sums)
{
    double n = double_at(rows, 3);
    if (mkt_duck_rows_null(rows, 0) || mkt_duck_rows_null(rows, 2) || !(n >= 1) || n > 1e15) {
        x->r->broken++;
        return MKT_OK;
    }
    idx_t at = 4;
    memset(sums, 0, x->columns.metrics * sizeof *sums);
    for (size_t m = 0; m < x->columns.metrics; m++) {
        const struct mkt_arm_columns_metric *c = &x->columns.metric[m];
        bool fits = true;
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
            if (mkt_arm_reading_has(c, v))
                fits &= mkt_arms_set_sum(&sums[m], (mkt_arms_variable)v, double_at(rows, at++));
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
            for (int w = v; w < MKT_ARMS_VARIABLES; w++) {
                int p = mkt_arms_product(v, w);
                if (c->product[p] == MKT_NO_COLUMN) continue;
                fits &= mkt_arms_set_product(&sums[m], (mkt_arms_variable)v, (mkt_arms_variable)w,
                                             double_at(rows, at++));
            }
        if (!fits) return mkt_arm_reading_too_large(x, m);
        MKT_TRY(check_sums(x, m, n, &sums[m]));
    }
    char variant[MKT_NAME_MOST + 1], segment[MKT_NAME_MOST + 1] = "";
    size_t length;
    const char *text = mkt_duck_rows_text(rows, 0, &length);
    const char *v = mkt_daily_name(x->arena, text, length, variant), *s = segment;
    if (!mkt_duck_rows_null(rows, 1)) {
        text = mkt_duck_rows_text(rows, 1, &length);
        s = mkt_daily_name(x->arena, text, length, segment);
    }
    if (!v || !s) return mkt_arena_full(x->arena, x->err);
    return mkt_arms_add(x->out, v, s, mkt_duck_rows_day(rows, 2), (int64_t)nearbyint(n), sums,
                        x->err);
}

mkt_status mkt_arm_totals_read(struct mkt_arm_reading *x)
{
    struct mkt_buf sql;
    duckdb_result result;
    struct mkt_arms_sums *sums = MKT_NEW(x->arena, struct mkt_arms_sums, x->columns.metrics);
    if (!sums) return mkt_arena_full(x->arena, x->err);
    mkt_buf_init(&sql, x->arena);
    MKT_TRY(write_sums_query(x, &sql));
    MKT_TRY(mkt_duck_query(x->duck, sql.data, x->r->show, &result, x->err));
    struct mkt_duck_rows rows;
    mkt_status status = MKT_OK;
    mkt_duck_rows_begin(&rows, &result);
    while (status == MKT_OK && mkt_duck_rows_next(&rows)) status = take_row(x, &rows, sums);
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    MKT_TRY(status);
    for (size_t m = 0; m < x->columns.metrics; m++) {
        const struct mkt_arm_columns_metric *c = &x->columns.metric[m];
        bool same = c->variable[MKT_ARMS_Y] == c->product[0];
        x->metric[m].kind = mkt_arm_reading_has(c, MKT_ARMS_D) ? MKT_ARMS_RATIO
                            : same                             ? MKT_ARMS_PROPORTION
                                                               : MKT_ARMS_MEAN;
    }
    return mkt_arms_finish(x->out, x->err);
}