#include "source/touch_paths.h"

#include "aggregate/paths_unite.h"
#include "base/buf.h"
#include "source/duckdrain.h"
#include "source/numeral.h"

enum { PATH, CONVERSIONS, VALUE, NULLS, COLUMNS };

/* What was read at one place. */
struct gathered {
    struct mkt_arena arena;
    struct mkt_paths paths;
    bool open;
    int64_t broken;
};

struct scan {
    struct mkt_duckdrain drain;
    char mark[COLUMNS]; /* decimal mark */
    size_t capacity;    /* of one place's arena */
    struct gathered at[MKT_DUCKDRAIN_PLACES];
};

/* A cell in millionths; false when it is no number. Missing is 0. */
static bool micros_of(const struct scan *scan, const struct mkt_duckdrain_rows *rows, size_t column,
                      size_t row, int64_t *out)
{
    *out = 0;
    if (!mkt_duckdrain_there(rows, column, row)) return true;
    size_t n;
    const char *s = mkt_duckdrain_text(rows, column, row, &n);
    mkt_numeral_result read = mkt_numeral_read(s, n, scan->mark[column], 6, out);
    return read == MKT_NUMERAL_OK || read == MKT_NUMERAL_MISSING;
}

static bool is_count(int64_t micros)
{
    return micros >= 0 && micros % MKT_MICRO == 0;
}

static mkt_status take_row(const struct scan *scan, struct gathered *g,
                           const struct mkt_duckdrain_rows *rows, size_t row, struct mkt_err *err)
{
    struct mkt_path_counts counts = {0};
    int64_t conversions, nulls;
    size_t n;
    bool good = mkt_duckdrain_there(rows, PATH, row) &&
                micros_of(scan, rows, CONVERSIONS, row, &conversions) &&
                micros_of(scan, rows, VALUE, row, &counts.value) &&
                micros_of(scan, rows, NULLS, row, &nulls) && is_count(conversions) &&
                is_count(nulls);
    if (!good) {
        g->broken++;
        return MKT_OK;
    }
    counts.conversions = conversions / MKT_MICRO;
    counts.nulls = nulls / MKT_MICRO;
    const char *s = mkt_duckdrain_text(rows, PATH, row, &n);
    struct mkt_err fault = {0};
    mkt_status status = mkt_paths_add_text(&g->paths, s, n, '>', &counts, &fault);
    if (status == MKT_OK) return MKT_OK;
    if (status != MKT_E_DATA) return mkt_err_set(err, status, "%s", fault.text);
    g->broken++;
    return MKT_OK;
}

static mkt_status take(void *user, size_t place, const struct mkt_duckdrain_rows *rows,
                       struct mkt_err *err)
{
    struct scan *scan = user;
    struct gathered *g = &scan->at[place];
    if (!g->open) {
        MKT_TRY(mkt_arena_open(&g->arena, scan->capacity, err));
        mkt_paths_init(&g->paths, &g->arena);
        g->open = true;
    }
    for (size_t row = 0; row < rows->rows; row++) MKT_TRY(take_row(scan, g, rows, row, err));
    return MKT_OK;
}

static void add_column(struct mkt_buf *sql, const struct mkt_relation *r, mkt_role role,
                       struct scan *scan, size_t column)
{
    const struct mkt_column *c = mkt_relation_column(r, role);
    bool text = c && c->type == MKT_TYPE_TEXT;
    scan->mark[column] = text && c->decimal ? c->decimal : '.';
    if (!c)
        mkt_buf_str(sql, ", CAST(NULL AS VARCHAR)");
    else
        mkt_buf_printf(sql, text ? ", c%zu" : ", CAST(c%zu AS VARCHAR)", r->is.column[role][0]);
}

/* All paths that were gathered, and those of the tables before. */
static mkt_status unite(struct mkt_arena *arena, const struct scan *scan, struct mkt_touches *out,
                        struct mkt_err *err)
{
    const struct mkt_paths *part[MKT_DUCKDRAIN_PLACES + 1];
    const struct mkt_paths before = out->paths;
    size_t parts = 0;
    if (out->has_paths) part[parts++] = &before;
    for (size_t i = 0; i < MKT_DUCKDRAIN_PLACES; i++)
        if (scan->at[i].open) part[parts++] = &scan->at[i].paths;
    return mkt_paths_unite(arena, part, parts, out->threads, &out->paths, err);
}

mkt_status mkt_touch_paths_read(struct mkt_arena *arena, struct mkt_duck *duck,
                                struct mkt_relation *r, struct mkt_touches *out,
                                struct mkt_err *err)
{
    struct mkt_buf sql;
    struct scan *scan = MKT_NEW(arena, struct scan, 1);
    if (!scan) return mkt_arena_full(arena, err);
    scan->drain.take = take;
    scan->drain.user = scan;
    scan->drain.columns = COLUMNS;
    for (size_t i = 0; i < COLUMNS; i++) scan->drain.type[i] = DUCKDB_TYPE_VARCHAR;
    scan->capacity = out->capacity;
    mkt_buf_init(&sql, arena);
    mkt_buf_printf(&sql, "c%zu", r->is.column[MKT_ROLE_PATH][0]);
    add_column(&sql, r, MKT_ROLE_CONVERSIONS, scan, CONVERSIONS);
    add_column(&sql, r, MKT_ROLE_VALUE, scan, VALUE);
    add_column(&sql, r, MKT_ROLE_NULLS, scan, NULLS);
    MKT_TRY(mkt_buf_check(&sql, err));
    mkt_status status = mkt_duckdrain_run(&scan->drain, duck, sql.data, r->from, r->show, err);
    if (status == MKT_OK) status = unite(arena, scan, out, err);
    for (size_t i = 0; i < MKT_DUCKDRAIN_PLACES; i++) {
        r->broken += scan->at[i].broken;
        mkt_arena_close(&scan->at[i].arena);
    }
    MKT_TRY(status);
    out->has_paths = true;
    out->has_values |= r->is.parts[MKT_ROLE_VALUE] > 0;
    out->has_nulls |= r->is.parts[MKT_ROLE_NULLS] > 0;
    return MKT_OK;
}
