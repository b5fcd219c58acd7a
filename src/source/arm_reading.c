#include "source/arm_reading.h"

#include <string.h>

#include "source/daytext.h"
#include "source/numeral.h"
#include "source/profile.h"

#define SEGMENTS_MOST 200
#define SEGMENT_SAMPLE 100000 /* rows that show how many segments there are */

const char *const mkt_arm_reading_letter[MKT_ARMS_VARIABLES] = {"y", "d", "x", "e"};

/* ---- how numbers and days are written ------------------------------------------- */

mkt_status mkt_arm_reading_settle(struct mkt_arm_reading *x, size_t column,
                                  const struct mkt_dataset_options *options)
{
    struct mkt_column *c = &x->r->column[column];
    c->decimal = options->decimal && strcmp(options->decimal, "comma") == 0 ? ',' : '.';
    if (c->type != MKT_TYPE_TEXT || options->decimal) return MKT_OK;
    struct mkt_buf sql;
    int64_t look = 0;
    mkt_buf_init(&sql, x->arena);
    mkt_buf_printf(&sql, "SELECT bit_or(mkt_numeral_look(c%zu)) FROM %s", column, x->r->from);
    MKT_TRY(mkt_buf_check(&sql, x->err));
    MKT_TRY(mkt_duck_numbers(x->duck, sql.data, x->r->show, &look, 1, x->err));
    bool point = look & MKT_NUMERAL_POINT, comma = look & MKT_NUMERAL_COMMA;
    bool by_point = look & MKT_NUMERAL_EITHER_BY_POINT,
         by_comma = look & MKT_NUMERAL_EITHER_BY_COMMA;
    if ((point && comma) || (!point && !comma && (by_point || by_comma)))
        return mkt_err_set(
            x->err, MKT_E_AMBIGUOUS,
            "%s: numbers in column \"%s\" can be read with a decimal point or with a "
            "decimal comma; say which with --decimal comma or --decimal point",
            x->r->show, c->name);
    if (comma) c->decimal = ',';
    return MKT_OK;
}

mkt_status mkt_arm_reading_settle_day(struct mkt_arm_reading *x,
                                      const struct mkt_dataset_options *options)
{
    if (x->columns.day == MKT_NO_COLUMN) return MKT_OK;
    struct mkt_column *c = &x->r->column[x->columns.day];
    c->role = MKT_ROLE_DATE;
    if (c->type != MKT_TYPE_TEXT && c->type != MKT_TYPE_INTEGER) return MKT_OK;
    struct mkt_buf sql;
    int64_t look = 0;
    mkt_buf_init(&sql, x->arena);
    mkt_buf_str(&sql, "SELECT bit_or(mkt_day_look(");
    mkt_profile_add_text(&sql, x->r, x->columns.day);
    mkt_buf_printf(&sql, ")) FROM %s", x->r->from);
    MKT_TRY(mkt_buf_check(&sql, x->err));
    MKT_TRY(mkt_duck_numbers(x->duck, sql.data, x->r->show, &look, 1, x->err));
    c->day_look = (unsigned)look;
    return mkt_profile_settle(x->r, options, x->err);
}

void mkt_arm_reading_add_name(struct mkt_buf *sql, const struct mkt_relation *r, size_t i)
{
    mkt_buf_str(sql, "nullif(trim(");
    mkt_profile_add_text(sql, r, i);
    mkt_buf_str(sql, "), '')");
}

void mkt_arm_reading_add_segment(struct mkt_buf *sql, const struct mkt_relation *r,
                                 const struct mkt_arm_columns *c)
{
    if (c->segment != MKT_NO_COLUMN)
        mkt_arm_reading_add_name(sql, r, c->segment);
    else
        mkt_buf_str(sql, "CAST(NULL AS VARCHAR)");
}

void mkt_arm_reading_add_day(struct mkt_buf *sql, const struct mkt_relation *r,
                             const struct mkt_arm_columns *c)
{
    if (c->day != MKT_NO_COLUMN)
        mkt_profile_add_day(sql, r, c->day);
    else
        mkt_buf_str(sql, "DATE '1970-01-01'");
}

/* A column of many values names something else than segments. */
mkt_status mkt_arm_reading_settle_segment(struct mkt_arm_reading *x)
{
    if (x->columns.segment == MKT_NO_COLUMN) return MKT_OK;
    struct mkt_buf sql;
    int64_t values = 0;
    mkt_buf_init(&sql, x->arena);
    mkt_buf_printf(&sql, "SELECT count(DISTINCT c%zu) FROM (SELECT c%zu FROM %s LIMIT %d)",
                   x->columns.segment, x->columns.segment, x->r->from, SEGMENT_SAMPLE);
    MKT_TRY(mkt_buf_check(&sql, x->err));
    MKT_TRY(mkt_duck_numbers(x->duck, sql.data, x->r->show, &values, 1, x->err));
    if (values <= SEGMENTS_MOST) return MKT_OK;
    x->r->column[x->columns.segment].how = "left out: more than 200 values are no segments";
    x->columns.segment = MKT_NO_COLUMN;
    return MKT_OK;
}

/* ---- numbers, units and arms in SQL ---------------------------------------------- */

/* Whole numbers are added up as they are and scaled a unit at a time. */
bool mkt_arm_reading_is_whole(const struct mkt_column *c)
{
    return c->type == MKT_TYPE_BOOLEAN || c->type == MKT_TYPE_INTEGER;
}

/* The number in a column, in millionths unless it is whole, NULL where there is none. As a DOUBLE it
 * is a whole number and adds up exactly up to 9e15, in half the time of a BIGINT. */
void mkt_arm_reading_add_micros(struct mkt_buf *sql, const struct mkt_relation *r, size_t i,
                                bool wide)
{
    const struct mkt_column *c = &r->column[i];
    const char *type = wide ? "BIGINT" : "DOUBLE";
    if (c->type == MKT_TYPE_TEXT)
        mkt_buf_printf(sql, "CAST(mkt_micros_by_%s(c%zu) AS %s)",
                       c->decimal == ',' ? "comma" : "point", i, type);
    else if (mkt_arm_reading_is_whole(c))
        mkt_buf_printf(sql, "CAST(c%zu AS %s)", i, type);
    else
        mkt_buf_printf(sql, "CAST(nullif(round(CAST(c%zu AS DOUBLE) * 1e6), 'NaN'::DOUBLE) AS %s)",
                       i, type);
}

/* Something stands there that is no number, or one that is too large. */
void mkt_arm_reading_add_bad(struct mkt_buf *sql, const struct mkt_relation *r, size_t i)
{
    const struct mkt_column *c = &r->column[i];
    if (c->type == MKT_TYPE_TEXT)
        mkt_buf_printf(sql, "coalesce(mkt_bad_by_%s(c%zu), 0) = 1",
                       c->decimal == ',' ? "comma" : "point", i);
    else if (mkt_arm_reading_is_whole(c)) /* beyond 64 bits the sum stops the query */
        mkt_buf_str(sql, "false");
    else
        mkt_buf_printf(sql,
                       "coalesce(abs(CAST(c%zu AS DOUBLE)) >= 9e12 AND NOT isnan(CAST(c%zu AS "
                       "DOUBLE)), false)",
                       i, i);
}
/* ---- what comes back --------------------------------------------------------------- */

mkt_arms_wide mkt_arm_reading_wide_at(const struct mkt_duck_rows *rows, idx_t column)
{
    if (mkt_duck_rows_null(rows, column)) return 0;
    const duckdb_hugeint *data =
        duckdb_vector_get_data(duckdb_data_chunk_get_vector(rows->chunk, column));
    return (mkt_arms_wide)data[rows->at].upper * ((mkt_arms_wide)1 << 64) + data[rows->at].lower;
}

mkt_status mkt_arm_reading_too_large(struct mkt_arm_reading *x, size_t metric)
{
    return mkt_err_set(x->err, MKT_E_LIMIT,
                       "%s: the sum of %s passes 9.2e12: measure it in a larger unit or cap it",
                       x->r->show, x->metric[metric].name);
}
