#include "source/arm_query.h"

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

bool mkt_arm_query_capped(const struct mkt_arm_reading *x, size_t m)
{
    return isfinite(x->metric[m].cap);
}

bool mkt_arm_query_small(const struct mkt_arm_reading *x, size_t m, int v)
{
    return !x->wide && !mkt_arm_query_capped(x, m) &&
           mkt_arm_reading_is_whole(&x->r->column[x->columns.metric[m].variable[v]]);
}

/* What a variable of a unit is of those of its rows. */
static const char *joined(int v)
{
    return v == MKT_ARMS_Y || v == MKT_ARMS_D ? "sum" : "max";
}

/* Whether units of a metric go to its sums as the doubles they are. */
static bool goes_real(const struct mkt_arm_reading *x, size_t m)
{
    return !x->wide && !mkt_arm_query_capped(x, m);
}

/* The sum of a unit's rows; whole numbers as they are, others in millionths. */
static void write_total(const struct mkt_arm_reading *x, struct mkt_buf *sql, size_t m, int v)
{
    const char *letter = mkt_arm_reading_letter[v], *sum = joined(v);
    mkt_buf_str(sql, "CAST(");
    if (!x->wide)
        mkt_buf_printf(
            sql, "CASE WHEN abs(%s(%s%zu)) >= 9e15 THEN error('" MKT_DUCKARMS_TOO_WIDE "') ELSE ",
            sum, letter, m);
    mkt_buf_printf(sql, "coalesce(%s(%s%zu), 0)%s AS BIGINT)", sum, letter, m,
                   x->wide ? "" : " END");
}

static void write_unit(struct mkt_arm_reading *x, struct mkt_buf *sql, size_t m, int v)
{
    const char *letter = mkt_arm_reading_letter[v];
    bool whole = mkt_arm_reading_is_whole(&x->r->column[x->columns.metric[m].variable[v]]);
    bool scaled = whole && !mkt_arm_query_small(x, m, v);
    double cap = x->metric[m].cap * MKT_ARMS_MICRO;
    mkt_buf_str(sql, ", ");
    if (mkt_arm_query_capped(x, m) && (v == MKT_ARMS_Y || v == MKT_ARMS_X)) {
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
    if (!mkt_arm_query_capped(x, m) || v != MKT_ARMS_Y) return;
    mkt_buf_str(sql, ", CAST(");
    write_total(x, sql, m, v);
    mkt_buf_printf(sql, " > %.0f AS BIGINT) AS z%zu", scaled ? floor(cap / 1e6) : cap, m);
}

static void write_real_unit(struct mkt_arm_reading *x, struct mkt_buf *sql, size_t m, int v)
{
    if (goes_real(x, m))
        mkt_buf_printf(sql, ", %s(%s%zu) AS %s%zu", joined(v), mkt_arm_reading_letter[v], m,
                       mkt_arm_reading_letter[v], m);
    else
        write_unit(x, sql, m, v);
}

static void write_sums(const struct mkt_arm_reading *x, struct mkt_buf *sql, size_t m)
{
    const struct mkt_arm_columns_metric *c = &x->columns.metric[m];
    int variables = 0;
    for (int v = 0; v < MKT_ARMS_VARIABLES; v++) variables += mkt_arm_reading_has(c, v);
    mkt_buf_printf(sql, goes_real(x, m) ? ", mkt_arm_real_%d(" : ", mkt_arm_%d(", variables);
    for (int v = 0, written = 0; v < MKT_ARMS_VARIABLES; v++)
        if (mkt_arm_reading_has(c, v))
            mkt_buf_printf(sql, "%s%s%zu", written++ ? ", " : "", mkt_arm_reading_letter[v], m);
    mkt_buf_str(sql, ")");
    if (mkt_arm_query_capped(x, m)) mkt_buf_printf(sql, ", sum(z%zu)", m);
}

/* A row a unit: v and w its first and last variant by name. */
static void write_units(struct mkt_arm_reading *x, struct mkt_buf *sql, each_variable *unit)
{
    const struct mkt_relation *r = x->r;
    const struct mkt_arm_columns *c = &x->columns;
    mkt_buf_str(sql, "(SELECT min(v) AS v, max(v) AS w, min(s) AS s, min(t) AS t, count(*) AS k");
    each(x, sql, unit);
    mkt_buf_str(sql, " FROM (SELECT ");
    mkt_buf_printf(sql, "c%zu AS u, ", c->unit);
    mkt_arm_reading_add_variant(sql, x);
    mkt_buf_str(sql, " AS v, ");
    mkt_arm_reading_add_segment(sql, x);
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
mkt_status mkt_arm_query_write(struct mkt_arm_reading *x, struct mkt_buf *sql)
{
    mkt_buf_str(sql, "SELECT CASE WHEN v = w THEN v END, s, t, count(*), CAST(sum(k) AS BIGINT)");
    for (size_t m = 0; m < x->columns.metrics; m++) write_sums(x, sql, m);
    mkt_buf_str(sql, " FROM ");
    write_units(x, sql, write_real_unit);
    mkt_buf_str(sql, " GROUP BY ALL");
    return mkt_buf_check(sql, x->err);
}

double mkt_arm_query_cap_share(const struct mkt_arm_reading *x, size_t m)
{
    return x->treatment ? mkt_arm_reading_asked(x->treatment->cap_share, m) : NAN;
}

void mkt_arm_query_add_bad(struct mkt_arm_reading *x, struct mkt_buf *sql)
{
    each(x, sql, write_bad);
}

mkt_status mkt_arm_query_write_caps(struct mkt_arm_reading *x, struct mkt_buf *sql)
{
    mkt_buf_str(sql, "SELECT 0::BIGINT");
    for (size_t m = 0; m < x->columns.metrics; m++)
        if (isfinite(mkt_arm_query_cap_share(x, m)))
            mkt_buf_printf(sql, ", coalesce(quantile_disc(y%zu, %.15g), 0)", m,
                           mkt_arm_query_cap_share(x, m));
    mkt_buf_str(sql, " FROM ");
    write_units(x, sql, write_unit);
    mkt_buf_str(sql, " WHERE v = w");
    return mkt_buf_check(sql, x->err);
}
