#include "source/arm_ranks.h"

#include <string.h>

#include "source/arm_query.h"
#include "source/daily.h"

/* Of one arm, while it is looked up. */
struct arm {
    size_t place; /* among the arms' names */
    int64_t row;  /* of mkt_middles */
    struct mkt_ranks_sums sums;
};

static mkt_status run(struct mkt_arm_reading *x, struct mkt_buf *sql)
{
    MKT_TRY(mkt_buf_check(sql, x->err));
    return mkt_duck_run(x->duck, sql->data, x->r->show, x->err);
}

/* Unit u, variant v and value y of the rows that count in the arms, too. */
static mkt_status write_rows(struct mkt_arm_reading *x, size_t metric, struct mkt_buf *rows)
{
    const struct mkt_relation *r = x->r;
    const struct mkt_arm_columns *c = &x->columns;
    mkt_buf_init(rows, x->arena);
    mkt_buf_printf(rows, "(SELECT u, v, y FROM (SELECT c%zu AS u, ", c->unit);
    mkt_arm_reading_add_variant(rows, x);
    mkt_buf_str(rows, " AS v, ");
    mkt_arm_reading_add_day(rows, r, c);
    mkt_buf_str(rows, " AS t, CAST(");
    mkt_arm_reading_add_micros(rows, r, c->metric[metric].variable[MKT_ARMS_Y], true);
    mkt_buf_printf(rows, " AS BIGINT) AS y FROM %s WHERE NOT (false", r->from);
    mkt_arm_query_add_bad(x, rows);
    mkt_buf_str(rows, ")) WHERE u IS NOT NULL AND v IS NOT NULL AND t IS NOT NULL");
    if (r->column[c->unit].type == MKT_TYPE_TEXT) mkt_buf_str(rows, " AND trim(u) <> ''");
    mkt_buf_str(rows, ")");
    return mkt_buf_check(rows, x->err);
}

/* mkt_values: those that have a value, but units of two variants. */
static mkt_status make_values(struct mkt_arm_reading *x, size_t metric)
{
    struct mkt_buf sql, rows;
    MKT_TRY(write_rows(x, metric, &rows));
    mkt_buf_init(&sql, x->arena);
    mkt_buf_printf(&sql,
                   "CREATE OR REPLACE TEMP TABLE mkt_twice AS SELECT u FROM %s GROUP BY u "
                   "HAVING min(v) <> max(v)",
                   rows.data);
    MKT_TRY(run(x, &sql));
    mkt_buf_init(&sql, x->arena);
    mkt_buf_printf(&sql,
                   "CREATE OR REPLACE TEMP TABLE mkt_values AS SELECT * FROM %s r WHERE y IS NOT "
                   "NULL AND NOT EXISTS (SELECT 1 FROM mkt_twice t WHERE t.u = "
                   "r.u)",
                   rows.data);
    return run(x, &sql);
}

/* mkt_middles: a row an arm, with its quantile and the sums that its error needs. */
static mkt_status make_middles(struct mkt_arm_reading *x, double q)
{
    struct mkt_buf sql;
    mkt_buf_init(&sql, x->arena);
    mkt_buf_printf(&sql,
                   "CREATE OR REPLACE TEMP TABLE mkt_middles AS SELECT row_number() OVER (ORDER BY "
                   "v) AS i, v, quantile_disc(y, %.15g) AS m FROM mkt_values GROUP BY v",
                   q);
    return run(x, &sql);
}

static mkt_status place_of(struct mkt_arm_reading *x, const struct mkt_duck_rows *rows, size_t *out)
{
    char room[MKT_NAME_MOST + 1];
    size_t length;
    const char *text = mkt_duck_rows_text(rows, 1, &length);
    const char *name = mkt_daily_name(x->arena, text, length, room);
    if (!name) return mkt_arena_full(x->arena, x->err);
    for (size_t i = 0; i < x->out->names[0]; i++)
        if (strcmp(x->out->name[0][i], name) == 0) {
            *out = i;
            return MKT_OK;
        }
    return mkt_err_set(x->err, MKT_E_INTERNAL, "%s: the variant \"%s\" was not there before",
                       x->r->show, name);
}

static mkt_status take_arm(struct mkt_arm_reading *x, const struct mkt_duck_rows *rows,
                           struct arm *arm, struct mkt_ranks *ranks)
{
    MKT_TRY(place_of(x, rows, &arm->place));
    arm->row = mkt_duck_rows_int(rows, 0);
    arm->sums = (struct mkt_ranks_sums){.units = mkt_duck_rows_int(rows, 3),
                                        .b = (double)mkt_duck_rows_int(rows, 4),
                                        .d = (double)mkt_duck_rows_int(rows, 5),
                                        .bb = (double)mkt_duck_rows_int(rows, 6),
                                        .bd = (double)mkt_duck_rows_int(rows, 7),
                                        .dd = (double)mkt_duck_rows_int(rows, 8)};
    struct mkt_ranks *r = &ranks[arm->place];
    if (r->values)
        return mkt_err_set(x->err, MKT_E_DATA,
                           "%s has two variants that both show as \"%s\": give them names that "
                           "differ",
                           x->r->show, x->out->name[0][arm->place]);
    *r = (struct mkt_ranks){.values = mkt_duck_rows_int(rows, 5),
                            .units = arm->sums.units,
                            .value = (double)mkt_duck_rows_int(rows, 2)};
    return MKT_OK;
}

static mkt_status find_arms(struct mkt_arm_reading *x, struct arm *arm, size_t *arms,
                            struct mkt_ranks *ranks)
{
    static const char sql[] =
        "SELECT any_value(i), v, any_value(m), count(*), CAST(sum(b) AS BIGINT), CAST(sum(d) AS "
        "BIGINT), CAST(sum(b * b) AS BIGINT), CAST(sum(b * d) AS BIGINT), CAST(sum(d * d) AS "
        "BIGINT) FROM (SELECT v, any_value(i) AS i, any_value(m) AS m, count(*) FILTER (y <= m) AS "
        "b, count(*) AS d FROM mkt_values JOIN mkt_middles USING (v) GROUP BY u, v) GROUP BY v";
    duckdb_result result;
    struct mkt_duck_rows rows;
    MKT_TRY(mkt_duck_query(x->duck, sql, x->r->show, &result, x->err));
    mkt_status status = MKT_OK;
    mkt_duck_rows_begin(&rows, &result);
    while (status == MKT_OK && mkt_duck_rows_next(&rows) && *arms < MKT_ARMS_VARIANTS)
        status = take_arm(x, &rows, &arm[(*arms)++], ranks);
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    return status;
}

/* The values at two ranks: quantile_disc at a share in the middle of a rank gives its value. */
static mkt_status find_edges(struct mkt_arm_reading *x, const struct arm *arm, double q,
                             struct mkt_ranks *ranks)
{
    struct mkt_ranks *r = &ranks[arm->place];
    double n = (double)r->values;
    struct mkt_ranks_places at =
        mkt_ranks_places_of(r->values, q, mkt_ranks_share_se(&arm->sums, q));
    struct mkt_buf sql;
    int64_t edge[2];
    mkt_buf_init(&sql, x->arena);
    mkt_buf_printf(&sql,
                   "SELECT quantile_disc(y, %.17g), quantile_disc(y, %.17g) FROM mkt_values WHERE "
                   "v = (SELECT v FROM mkt_middles WHERE i = %lld)",
                   ((double)at.low - .5) / n, ((double)at.high - .5) / n, (long long)arm->row);
    MKT_TRY(mkt_buf_check(&sql, x->err));
    MKT_TRY(mkt_duck_numbers(x->duck, sql.data, x->r->show, edge, 2, x->err));
    r->low = (double)edge[0];
    r->high = (double)edge[1];
    return MKT_OK;
}

mkt_status mkt_arm_ranks_read(struct mkt_arm_reading *x, size_t metric, double q)
{
    struct arm *arm = MKT_NEW(x->arena, struct arm, MKT_ARMS_VARIANTS);
    struct mkt_ranks *ranks = MKT_NEW(x->arena, struct mkt_ranks, x->out->names[0]);
    if (!arm || !ranks) return mkt_arena_full(x->arena, x->err);
    size_t arms = 0;
    MKT_TRY(make_values(x, metric));
    MKT_TRY(make_middles(x, q));
    MKT_TRY(find_arms(x, arm, &arms, ranks));
    for (size_t i = 0; i < arms; i++) MKT_TRY(find_edges(x, &arm[i], q, ranks));
    const struct mkt_column *c = &x->r->column[x->columns.metric[metric].variable[MKT_ARMS_Y]];
    double scale = mkt_arm_reading_is_whole(c) ? 1 : MKT_ARMS_MICRO;
    for (size_t v = 0; v < x->out->names[0]; v++) {
        ranks[v].value /= scale;
        ranks[v].low /= scale;
        ranks[v].high /= scale;
    }
    struct mkt_arms_metric *m = &x->metric[metric];
    m->kind = MKT_ARMS_QUANTILE;
    m->covariate = false;
    m->quantile = q;
    m->ranks = ranks;
    return MKT_OK;
}
