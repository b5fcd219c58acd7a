#include "source/arm_sums.h"

#include <math.h>
#include <string.h>

#include "source/arm_columns.h"
#include "source/daily.h"
#include "source/daytext.h"
#include "source/numeral.h"
#include "source/profile.h"

#define TOO_WIDE "a unit is too wide for doubles"
#define SEGMENTS_MOST 200
#define SEGMENT_SAMPLE 100000 /* rows that show how many segments there are */

/* Everything that is at hand while one table is read. */
struct reading {
    struct mkt_arena *arena;
    struct mkt_duck *duck;
    struct mkt_relation *r;
    struct mkt_arm_columns columns;
    struct mkt_arms_metric *metric;
    struct mkt_arms *out;
    int64_t rows; /* that went into units */
    bool wide;    /* units are added up in 64-bit integers, not in doubles */
    struct mkt_err *err;
};

static const char *const letter[MKT_ARMS_VARIABLES] = {"y", "d", "x", "e"};

static bool has(const struct mkt_arm_columns_metric *m, int variable)
{
    return m->variable[variable] != MKT_NO_COLUMN;
}

/* ---- how numbers and days are written ------------------------------------------- */

static mkt_status settle_column(struct reading *x, size_t column,
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

static mkt_status settle_day(struct reading *x, const struct mkt_dataset_options *options)
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

static void add_name(struct mkt_buf *sql, const struct mkt_relation *r, size_t i)
{
    mkt_buf_str(sql, "nullif(trim(");
    mkt_profile_add_text(sql, r, i);
    mkt_buf_str(sql, "), '')");
}

static void add_segment(struct mkt_buf *sql, const struct mkt_relation *r,
                        const struct mkt_arm_columns *c)
{
    if (c->segment != MKT_NO_COLUMN)
        add_name(sql, r, c->segment);
    else
        mkt_buf_str(sql, "CAST(NULL AS VARCHAR)");
}

static void add_day(struct mkt_buf *sql, const struct mkt_relation *r,
                    const struct mkt_arm_columns *c)
{
    if (c->day != MKT_NO_COLUMN)
        mkt_profile_add_day(sql, r, c->day);
    else
        mkt_buf_str(sql, "DATE '1970-01-01'");
}

/* A column of many values names something else than segments. */
static mkt_status settle_segment(struct reading *x)
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

/* ---- a row a unit ------------------------------------------------------------------ */

/* Whole numbers are added up as they are and scaled a unit at a time. */
static bool is_whole(const struct mkt_column *c)
{
    return c->type == MKT_TYPE_BOOLEAN || c->type == MKT_TYPE_INTEGER;
}

/* The number in a column, in millionths unless it is whole, NULL where there is none. As a DOUBLE it
 * is a whole number and adds up exactly up to 9e15, in half the time of a BIGINT. */
static void add_micros(struct mkt_buf *sql, const struct mkt_relation *r, size_t i, bool wide)
{
    const struct mkt_column *c = &r->column[i];
    const char *type = wide ? "BIGINT" : "DOUBLE";
    if (c->type == MKT_TYPE_TEXT)
        mkt_buf_printf(sql, "CAST(mkt_micros_by_%s(c%zu) AS %s)",
                       c->decimal == ',' ? "comma" : "point", i, type);
    else if (is_whole(c))
        mkt_buf_printf(sql, "CAST(c%zu AS %s)", i, type);
    else
        mkt_buf_printf(sql, "CAST(nullif(round(CAST(c%zu AS DOUBLE) * 1e6), 'NaN'::DOUBLE) AS %s)",
                       i, type);
}

/* Something stands there that is no number, or one that is too large. */
static void add_bad(struct mkt_buf *sql, const struct mkt_relation *r, size_t i)
{
    const struct mkt_column *c = &r->column[i];
    if (c->type == MKT_TYPE_TEXT)
        mkt_buf_printf(sql, "coalesce(mkt_bad_by_%s(c%zu), 0) = 1",
                       c->decimal == ',' ? "comma" : "point", i);
    else if (is_whole(c)) /* beyond 64 bits the sum stops the query */
        mkt_buf_str(sql, "false");
    else
        mkt_buf_printf(sql,
                       "coalesce(abs(CAST(c%zu AS DOUBLE)) >= 9e12 AND NOT isnan(CAST(c%zu AS "
                       "DOUBLE)), false)",
                       i, i);
}

typedef void each_variable(struct reading *x, struct mkt_buf *sql, size_t metric, int variable);

static void each(struct reading *x, struct mkt_buf *sql, each_variable *visit)
{
    for (size_t m = 0; m < x->columns.metrics; m++)
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
            if (has(&x->columns.metric[m], v)) visit(x, sql, m, v);
}

static void write_row(struct reading *x, struct mkt_buf *sql, size_t m, int v)
{
    mkt_buf_str(sql, ", ");
    add_micros(sql, x->r, x->columns.metric[m].variable[v], x->wide);
    mkt_buf_printf(sql, " AS %s%zu", letter[v], m);
}

static void write_bad(struct reading *x, struct mkt_buf *sql, size_t m, int v)
{
    mkt_buf_str(sql, " OR ");
    add_bad(sql, x->r, x->columns.metric[m].variable[v]);
}

static void write_unit(struct reading *x, struct mkt_buf *sql, size_t m, int v)
{
    bool whole = is_whole(&x->r->column[x->columns.metric[m].variable[v]]);
    const char *sum = v == MKT_ARMS_Y || v == MKT_ARMS_D ? "sum" : "max";
    mkt_buf_str(sql, ", CAST(");
    if (!x->wide)
        mkt_buf_printf(sql, "CASE WHEN abs(%s(%s%zu)) >= 9e15 THEN error('" TOO_WIDE "') ELSE ",
                       sum, letter[v], m);
    mkt_buf_printf(sql, "coalesce(%s(%s%zu), 0)%s AS BIGINT)%s AS %s%zu", sum, letter[v], m,
                   x->wide ? "" : " END", whole && x->wide ? " * 1000000" : "", letter[v], m);
}

/* Whole numbers that are not scaled yet, whose products fit into 64 bits or stop the query. */
static bool is_small(const struct reading *x, size_t m, int v)
{
    return !x->wide && is_whole(&x->r->column[x->columns.metric[m].variable[v]]);
}

static void write_sum(struct reading *x, struct mkt_buf *sql, size_t m, int v)
{
    const struct mkt_arm_columns_metric *c = &x->columns.metric[m];
    mkt_buf_printf(sql, ", sum(%s%zu)", letter[v], m);
    if (v == MKT_ARMS_Y) mkt_buf_printf(sql, ", min(y%zu), max(y%zu)", m, m);
    for (int w = v; w < MKT_ARMS_VARIABLES; w++) {
        if (!has(c, w)) continue;
        bool small = is_small(x, m, v) && is_small(x, m, w);
        mkt_buf_printf(sql, ", sum(CAST(%s%zu AS %s) * %s%zu)", letter[v], m,
                       small ? "BIGINT" : "HUGEINT", letter[w], m);
    }
}

/* unit rows -> units -> arms; a unit of several variants falls into the arm NULL */
static mkt_status write_query(struct reading *x, struct mkt_buf *sql)
{
    const struct mkt_relation *r = x->r;
    const struct mkt_arm_columns *c = &x->columns;
    mkt_buf_str(sql, "SELECT CASE WHEN v = w THEN v END, s, t, count(*), CAST(sum(k) AS BIGINT)");
    each(x, sql, write_sum);
    mkt_buf_str(sql,
                " FROM (SELECT min(v) AS v, max(v) AS w, min(s) AS s, min(t) AS t, count(*) AS k");
    each(x, sql, write_unit);
    mkt_buf_str(sql, " FROM (SELECT ");
    mkt_buf_printf(sql, "c%zu AS u, ", c->unit);
    add_name(sql, r, c->variant);
    mkt_buf_str(sql, " AS v, ");
    add_segment(sql, r, c);
    mkt_buf_str(sql, " AS s, ");
    add_day(sql, r, c);
    mkt_buf_str(sql, " AS t");
    each(x, sql, write_row);
    mkt_buf_printf(sql, " FROM %s WHERE NOT (false", r->from);
    each(x, sql, write_bad);
    mkt_buf_str(sql, ")) WHERE u IS NOT NULL AND v IS NOT NULL AND t IS NOT NULL");
    if (r->column[c->unit].type == MKT_TYPE_TEXT) mkt_buf_str(sql, " AND trim(u) <> ''");
    mkt_buf_str(sql, " GROUP BY u) GROUP BY ALL");
    return mkt_buf_check(sql, x->err);
}

static mkt_arms_wide wide_at(const struct mkt_duck_rows *rows, idx_t column)
{
    if (mkt_duck_rows_null(rows, column)) return 0;
    const duckdb_hugeint *data =
        duckdb_vector_get_data(duckdb_data_chunk_get_vector(rows->chunk, column));
    return (mkt_arms_wide)data[rows->at].upper * ((mkt_arms_wide)1 << 64) + data[rows->at].lower;
}

/* What the whole column shows of a metric: y lies between least and most. */
struct range {
    int64_t least, most;
    bool seen;
};

static mkt_status too_large(struct reading *x, size_t metric)
{
    return mkt_err_set(x->err, MKT_E_LIMIT,
                       "%s: the sum of %s passes 9.2e12: measure it in a larger unit or cap it",
                       x->r->show, x->metric[metric].name);
}

static mkt_status take_sums(struct reading *x, const struct mkt_duck_rows *rows,
                            struct mkt_arms_sums *sums, struct range *range)
{
    idx_t at = 5;
    for (size_t m = 0; m < x->columns.metrics; m++)
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++) {
            const struct mkt_arm_columns_metric *c = &x->columns.metric[m];
            if (!has(c, v)) continue;
            int64_t scale = is_small(x, m, v) ? 1000000 : 1;
            if (__builtin_mul_overflow(wide_at(rows, at++), scale, &sums[m].sum[v]))
                return too_large(x, m);
            if (v == MKT_ARMS_Y) {
                int64_t least, most;
                if (__builtin_mul_overflow(mkt_duck_rows_int(rows, at++), scale, &least) ||
                    __builtin_mul_overflow(mkt_duck_rows_int(rows, at++), scale, &most))
                    return too_large(x, m);
                if (!range[m].seen || least < range[m].least) range[m].least = least;
                if (!range[m].seen || most > range[m].most) range[m].most = most;
                range[m].seen = true;
            }
            for (int w = v; w < MKT_ARMS_VARIABLES; w++) {
                if (!has(c, w)) continue;
                int64_t other = is_small(x, m, w) ? 1000000 : 1;
                if (__builtin_mul_overflow(wide_at(rows, at++), (mkt_arms_wide)scale * other,
                                           &sums[m].product[mkt_arms_product(v, w)]))
                    return too_large(x, m);
            }
        }
    return MKT_OK;
}

static mkt_status take_group(struct reading *x, const struct mkt_duck_rows *rows,
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
static mkt_status find_kinds(struct reading *x, const struct range *range)
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
        if (has(c, MKT_ARMS_D))
            out->kind = MKT_ARMS_RATIO;
        else if (within && squares == sum * 1000000)
            out->kind = MKT_ARMS_PROPORTION;
        else
            out->kind = whole && range[m].least >= 0 ? MKT_ARMS_COUNT : MKT_ARMS_MEAN;
    }
    return MKT_OK;
}

static mkt_status count_broken(struct reading *x)
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
    add_name(&sql, r, x->columns.unit);
    mkt_buf_str(&sql, " IS NULL OR ");
    add_name(&sql, r, x->columns.variant);
    mkt_buf_printf(&sql, " IS NULL) FROM %s", r->from);
    MKT_TRY(mkt_buf_check(&sql, x->err));
    MKT_TRY(mkt_duck_numbers(x->duck, sql.data, r->show, count, 2, x->err));
    x->r->broken += count[0];
    x->out->unnamed = count[1];
    return MKT_OK;
}

/* Squares too large for 128 bits stop the query; the sentence should name the cause, not the type. */
static mkt_status say_why(struct reading *x, const struct mkt_err *why)
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

static mkt_status read_units(struct reading *x)
{
    struct mkt_buf sql;
    duckdb_result result;
    struct mkt_err why = {0};
    struct mkt_arms_sums *sums = MKT_NEW(x->arena, struct mkt_arms_sums, x->columns.metrics);
    struct range *range = MKT_NEW(x->arena, struct range, x->columns.metrics);
    if (!sums || !range) return mkt_arena_full(x->arena, x->err);
    mkt_buf_init(&sql, x->arena);
    MKT_TRY(write_query(x, &sql));
    mkt_status status = mkt_duck_query(x->duck, sql.data, x->r->show, &result, &why);
    if (status != MKT_OK && (strstr(why.text, TOO_WIDE) || strstr(why.text, "verflow"))) {
        x->wide = true;
        mkt_err_clear(&why);
        mkt_buf_init(&sql, x->arena);
        MKT_TRY(write_query(x, &sql));
        status = mkt_duck_query(x->duck, sql.data, x->r->show, &result, &why);
    }
    if (status != MKT_OK) return say_why(x, &why);
    struct mkt_duck_rows rows;
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

/* ---- a row of sums an arm ------------------------------------------------------------ */

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

static mkt_status write_sums_query(struct reading *x, struct mkt_buf *sql)
{
    const struct mkt_relation *r = x->r;
    const struct mkt_arm_columns *c = &x->columns;
    mkt_buf_str(sql, "SELECT ");
    add_name(sql, r, c->variant);
    mkt_buf_str(sql, ", ");
    add_segment(sql, r, c);
    mkt_buf_str(sql, ", ");
    add_day(sql, r, c);
    add_double(sql, r, c->unit);
    for (size_t m = 0; m < c->metrics; m++) {
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
            if (has(&c->metric[m], v)) add_double(sql, r, c->metric[m].variable[v]);
        for (int p = 0; p < MKT_ARMS_PRODUCTS; p++)
            if (c->metric[m].product[p] != MKT_NO_COLUMN)
                add_double(sql, r, c->metric[m].product[p]);
    }
    mkt_buf_printf(sql, " FROM %s", r->from);
    return mkt_buf_check(sql, x->err);
}

/* Sums that no data can have (a typing error, columns mixed up) would give a wrong number. */
static mkt_status check_sums(struct reading *x, size_t m, double n,
                             const struct mkt_arms_sums *sums)
{
    for (int v = 0; v < MKT_ARMS_VARIABLES; v++) {
        double sum = (double)sums->sum[v] / MKT_ARMS_MICRO;
        double squares =
            (double)sums->product[mkt_arms_product(v, v)] / (MKT_ARMS_MICRO * MKT_ARMS_MICRO);
        if (has(&x->columns.metric[m], v) && squares < sum * sum / n * (1 - 1e-9))
            return mkt_err_set(x->err, MKT_E_DATA,
                               "%s: %g units whose %s add up to %g cannot have a sum of squares of "
                               "%g; check which column is which",
                               x->r->show, n, x->metric[m].name, sum, squares);
    }
    return MKT_OK;
}

static mkt_status take_row(struct reading *x, const struct mkt_duck_rows *rows,
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
            if (has(c, v))
                fits &= mkt_arms_set_sum(&sums[m], (mkt_arms_variable)v, double_at(rows, at++));
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
            for (int w = v; w < MKT_ARMS_VARIABLES; w++) {
                int p = mkt_arms_product(v, w);
                if (c->product[p] == MKT_NO_COLUMN) continue;
                fits &= mkt_arms_set_product(&sums[m], (mkt_arms_variable)v, (mkt_arms_variable)w,
                                             double_at(rows, at++));
            }
        if (!fits) return too_large(x, m);
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

static mkt_status read_sums(struct reading *x)
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
        x->metric[m].kind = has(c, MKT_ARMS_D) ? MKT_ARMS_RATIO
                            : same             ? MKT_ARMS_PROPORTION
                                               : MKT_ARMS_MEAN;
    }
    return mkt_arms_finish(x->out, x->err);
}

mkt_status mkt_arm_sums_read(struct mkt_arena *arena, struct mkt_duck *duck,
                             struct mkt_relation *relation,
                             const struct mkt_dataset_options *options, struct mkt_arms *out,
                             struct mkt_err *err)
{
    struct reading x = {.arena = arena, .duck = duck, .r = relation, .out = out, .err = err};
    MKT_TRY(mkt_arm_columns_find(arena, relation, &x.columns, err));
    const struct mkt_arm_columns *c = &x.columns;
    MKT_TRY(settle_day(&x, options)); /* before the numbers: it settles all columns in its way */
    x.metric = MKT_NEW(arena, struct mkt_arms_metric, c->metrics);
    if (!x.metric) return mkt_arena_full(arena, err);
    for (size_t m = 0; m < c->metrics; m++) {
        x.metric[m] = (struct mkt_arms_metric){c->metric[m].name, MKT_ARMS_MEAN,
                                               has(&c->metric[m], MKT_ARMS_X), NAN, NAN};
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
            if (has(&c->metric[m], v))
                MKT_TRY(settle_column(&x, c->metric[m].variable[v], options));
    }
    MKT_TRY(settle_segment(&x));
    mkt_arms_init(out, arena, x.metric, c->metrics, c->day != MKT_NO_COLUMN,
                  c->segment != MKT_NO_COLUMN);
    MKT_TRY(c->sums ? read_sums(&x) : read_units(&x));
    if (out->units == 0 && out->multiple == 0)
        return mkt_err_set(err, MKT_E_EMPTY, "%s has no row that can be used", relation->show);
    return MKT_OK;
}
