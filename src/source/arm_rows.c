#include "source/arm_rows.h"

#include <string.h>

#include "base/tasks.h"
#include "source/daily.h"
#include "source/profile.h"
#include "source/recent.h"

enum { UNIT, VARIANT, SEGMENT, DAY, VALUE }; /* arguments; values follow */

/* What one thread at a time works with. */
struct part {
    struct mkt_units *units;
    struct mkt_recent variant, segment;
    struct mkt_unit *row;
    bool open;
};

struct scan {
    const struct mkt_arm_reading *x;
    struct mkt_arm_rows *out;
    struct part part[MKT_DUCKDRAIN_PLACES];
    struct mkt_duckdrain drain;
    bool unit_is_number;
};

static mkt_status open_part(struct scan *scan, size_t i, struct mkt_err *err)
{
    struct mkt_arm_rows *out = scan->out;
    struct part *p = &scan->part[i];
    struct mkt_arena *arena = &out->arena[i];
    MKT_TRY(mkt_arena_open(arena, scan->x->room.capacity, err));
    struct mkt_units *units = MKT_NEW(arena, struct mkt_units, 1);
    p->row = mkt_arena_alloc(arena, 1, MKT_UNITS_SIZE(out->shape.values));
    if (!units || !p->row) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_units_init(units, &out->shape, arena, err));
    p->units = out->part[i] = units;
    p->open = true;
    return MKT_OK;
}

typedef mkt_status coder(struct mkt_units *, const char *, size_t, uint16_t *, struct mkt_err *);

/* The number of a name. One with a NUL byte is told by how it is shown. */
static mkt_status code_of(struct scan *scan, size_t place, struct mkt_recent *recent, coder *code,
                          const char *s, size_t n, uint16_t *out, struct mkt_err *err)
{
    uint32_t known;
    if (n && mkt_recent_find(recent, s, n, &known)) {
        *out = (uint16_t)known;
        return MKT_OK;
    }
    char room[MKT_NAME_MOST + 1];
    const char *name = s;
    size_t length = n;
    if (memchr(s, '\0', n)) {
        struct mkt_arena *arena = &scan->out->arena[place];
        if (!(name = mkt_daily_name(arena, s, n, room))) return mkt_arena_full(arena, err);
        length = strlen(name);
    }
    MKT_TRY(code(scan->part[place].units, name, length, out, err));
    if (n) mkt_recent_keep(recent, s, n, *out);
    return MKT_OK;
}

/* False for what names none. */
static bool tell_unit(const struct scan *scan, const struct mkt_duckdrain_rows *c, size_t row,
                      struct mkt_unit *out)
{
    if (scan->unit_is_number) {
        mkt_units_tell_number(out, ((const int64_t *)c->data[UNIT])[row]);
        return true;
    }
    size_t n;
    const char *s = mkt_duckdrain_text(c, UNIT, row, &n);
    if (mkt_void_names_nobody(s, n)) return false;
    mkt_units_tell_text(out, s, n);
    return true;
}

static mkt_status take_row(struct scan *scan, size_t place, const struct mkt_duckdrain_rows *c,
                           size_t row, struct mkt_err *err)
{
    struct part *p = &scan->part[place];
    struct mkt_unit *unit = p->row;
    size_t n;
    if (!tell_unit(scan, c, row, unit)) return MKT_OK;
    const char *s = mkt_duckdrain_text(c, VARIANT, row, &n);
    unit->several = unit->over = 0;
    MKT_TRY(code_of(scan, place, &p->variant, mkt_units_variant, s, n, &unit->variant, err));
    unit->segment = 0;
    if (mkt_duckdrain_there(c, SEGMENT, row)) {
        s = mkt_duckdrain_text(c, SEGMENT, row, &n);
        MKT_TRY(code_of(scan, place, &p->segment, mkt_units_segment, s, n, &unit->segment, err));
    }
    unit->day = ((const duckdb_date *)c->data[DAY])[row].days;
    for (size_t v = 0; v < scan->out->shape.values; v++) {
        bool there = mkt_duckdrain_there(c, VALUE + v, row);
        unit->value[v] = there ? ((const int64_t *)c->data[VALUE + v])[row] : MKT_UNITS_NONE;
        if (there && unit->value[v] == MKT_UNITS_NONE) unit->over = 1;
    }
    return mkt_units_add(p->units, unit, err);
}

static mkt_status take(void *user, size_t place, const struct mkt_duckdrain_rows *rows,
                       struct mkt_err *err)
{
    struct scan *scan = user;
    if (!scan->part[place].open) MKT_TRY(open_part(scan, place, err));
    for (size_t row = 0; row < rows->rows; row++)
        if (mkt_duckdrain_there(rows, UNIT, row) && mkt_duckdrain_there(rows, VARIANT, row) &&
            mkt_duckdrain_there(rows, DAY, row))
            MKT_TRY(take_row(scan, place, rows, row, err));
    return MKT_OK;
}

/* ---- what to read ------------------------------------------------------------------------------- */

static void plan(struct scan *scan, const struct mkt_arm_rows_value *value, struct mkt_buf *columns)
{
    const struct mkt_arm_reading *x = scan->x;
    struct mkt_duckdrain *drain = &scan->drain;
    drain->type[UNIT] = mkt_profile_add_id(columns, x->r, x->columns.unit);
    scan->unit_is_number = drain->type[UNIT] == DUCKDB_TYPE_BIGINT;
    mkt_buf_str(columns, ", ");
    mkt_arm_reading_add_variant(columns, x);
    mkt_buf_str(columns, ", ");
    mkt_arm_reading_add_segment(columns, x);
    mkt_buf_str(columns, ", ");
    mkt_arm_reading_add_day(columns, x->r, &x->columns);
    drain->type[VARIANT] = drain->type[SEGMENT] = DUCKDB_TYPE_VARCHAR;
    drain->type[DAY] = DUCKDB_TYPE_DATE;
    for (size_t v = 0; v < scan->out->shape.values; v++) {
        mkt_buf_str(columns, ", ");
        mkt_arm_reading_add_micros(columns, x->r,
                                   x->columns.metric[value[v].metric].variable[value[v].variable]);
        drain->type[VALUE + v] = DUCKDB_TYPE_BIGINT;
    }
    drain->columns = VALUE + scan->out->shape.values;
    drain->take = take;
    drain->user = scan;
}

mkt_status mkt_arm_rows_read(struct mkt_arm_reading *x, const struct mkt_arm_rows_value *value,
                             size_t values, bool apart, struct mkt_arm_rows *out)
{
    struct mkt_buf columns, from;
    struct scan *scan = MKT_NEW(x->arena, struct scan, 1);
    memset(out, 0, sizeof *out);
    if (!scan) return mkt_arena_full(x->arena, x->err);
    out->shape = (struct mkt_units_shape){
        .values = values, .apart = apart, .limit = x->room.limit, .temp = x->room.temp};
    for (size_t v = 0; v < values; v++)
        out->shape.largest[v] = value[v].variable == MKT_ARMS_X || value[v].variable == MKT_ARMS_E;
    scan->x = x;
    scan->out = out;
    mkt_buf_init(&columns, x->arena);
    plan(scan, value, &columns);
    MKT_TRY(mkt_buf_check(&columns, x->err));
    mkt_buf_init(&from, x->arena);
    mkt_buf_printf(&from, "%s WHERE NOT (false", x->r->from);
    mkt_arm_reading_add_any_bad(&from, x);
    mkt_buf_char(&from, ')');
    MKT_TRY(mkt_buf_check(&from, x->err));
    mkt_status status =
        mkt_duckdrain_run(&scan->drain, x->duck, columns.data, from.data, x->r->show, x->err);
    /* places in use are the first ones */
    for (size_t i = 0; i < MKT_DUCKDRAIN_PLACES; i++)
        if (out->part[i]) out->parts = i + 1;
    MKT_TRY(status);
    return mkt_units_unite(x->arena, out->part, out->parts, &out->view, x->err);
}

void mkt_arm_rows_close(struct mkt_arm_rows *rows)
{
    for (size_t i = 0; i < MKT_DUCKDRAIN_PLACES; i++) {
        if (rows->part[i]) mkt_units_close(rows->part[i]);
        mkt_arena_close(&rows->arena[i]);
    }
}

/* ---- and to walk --------------------------------------------------------------------------------- */

struct walking {
    const struct mkt_arm_reading *x;
    const struct mkt_arm_rows *rows;
    const struct mkt_units_walk *walk;
    struct mkt_arena arena[MKT_TASKS_THREADS];
    struct mkt_err err[MKT_TASKS_THREADS];
};

static void walk_pile(void *user, size_t worker, size_t pile)
{
    struct walking *w = user;
    struct mkt_err *err = &w->err[worker];
    const atomic_bool *cancel = w->x->duck->cancel;
    if (err->status != MKT_OK) return;
    mkt_status status = MKT_OK;
    if (cancel && atomic_load(cancel))
        status = mkt_err_set(err, MKT_E_CANCELLED, "stopped while reading %s", w->x->r->show);
    if (status == MKT_OK)
        status = mkt_units_each(&w->arena[worker], &w->rows->view, pile, w->x->walk_room,
                                &w->walk[worker], err);
    (void)status; /* stands in err */
}

mkt_status mkt_arm_rows_walk(struct mkt_arm_reading *x, const struct mkt_arm_rows *rows,
                             const struct mkt_units_walk *walk)
{
    struct walking *w = MKT_NEW(x->arena, struct walking, 1);
    mkt_status status = w ? MKT_OK : mkt_arena_full(x->arena, x->err);
    size_t opened = 0, size = MKT_UNITS_SIZE(rows->shape.values);
    for (; status == MKT_OK && opened < x->threads; opened++)
        status = mkt_arena_open(
            &w->arena[opened], 2 * x->walk_room + 64 * size + MKT_PILES_BLOCK(size) + 4096, x->err);
    if (status != MKT_OK) opened -= opened > 0;
    if (status == MKT_OK) {
        w->x = x;
        w->rows = rows;
        w->walk = walk;
        mkt_tasks_run(x->threads, rows->view.piles, walk_pile, w);
    }
    for (size_t i = 0; i < opened; i++) {
        if (status == MKT_OK && w->err[i].status != MKT_OK)
            status = mkt_err_set(x->err, w->err[i].status, "%s", w->err[i].text);
        mkt_arena_close(&w->arena[i]);
    }
    return status;
}
