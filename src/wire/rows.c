#include "wire/rows.h"

#include <string.h>

#include "base/hash.h"

/* The columns so far, with an open-addressing index by name. */
#define SLOTS (4 * MKT_ROWS_COLUMNS)
struct columns {
    const char *name[MKT_ROWS_COLUMNS];
    size_t count;
    uint16_t slot[SLOTS]; /* index + 1; 0 is free */
};

/* The column of that name, added when it is new; MKT_ROWS_COLUMNS when there is no room. */
static size_t column_of(struct columns *c, const char *name)
{
    size_t at = (size_t)(mkt_hash_text(name) % SLOTS);
    while (c->slot[at]) {
        if (strcmp(c->name[c->slot[at] - 1], name) == 0) return c->slot[at] - 1U;
        at = (at + 1) % SLOTS;
    }
    if (c->count == MKT_ROWS_COLUMNS) return MKT_ROWS_COLUMNS;
    c->name[c->count++] = name;
    c->slot[at] = (uint16_t)c->count;
    return c->count - 1;
}

static mkt_status check_rows(const struct mkt_value *rows, struct columns *columns,
                             struct mkt_err *err)
{
    if (rows->type != MKT_VALUE_ARRAY)
        return mkt_err_set(err, MKT_E_ARG, "\"table\" must be an array of row objects, not %s",
                           mkt_json_read_type_name(rows->type));
    if (rows->items == 0) return mkt_err_set(err, MKT_E_ARG, "\"table\" has no row");
    for (size_t r = 0; r < rows->items; r++) {
        const struct mkt_value *row = &rows->item[r];
        if (row->type != MKT_VALUE_OBJECT)
            return mkt_err_set(err, MKT_E_ARG, "row %zu of \"table\" must be an object, not %s",
                               r + 1, mkt_json_read_type_name(row->type));
        for (size_t i = 0; i < row->items; i++) {
            const struct mkt_value *cell = &row->item[i];
            if (cell->type == MKT_VALUE_ARRAY || cell->type == MKT_VALUE_OBJECT)
                return mkt_err_set(err, MKT_E_ARG,
                                   "row %zu, column \"%s\" of \"table\" must be a number or a "
                                   "string, not %s",
                                   r + 1, cell->key, mkt_json_read_type_name(cell->type));
            if (column_of(columns, cell->key) == MKT_ROWS_COLUMNS)
                return mkt_err_set(err, MKT_E_LIMIT, "\"table\" has more than %d columns",
                                   MKT_ROWS_COLUMNS);
        }
    }
    if (columns->count == 0) return mkt_err_set(err, MKT_E_ARG, "\"table\" has no column");
    return MKT_OK;
}

static void quoted(struct mkt_buf *out, const char *text)
{
    mkt_buf_char(out, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"') mkt_buf_char(out, '"');
        mkt_buf_char(out, *c);
    }
    mkt_buf_char(out, '"');
}

mkt_status mkt_rows_write_csv(struct mkt_arena *arena, const struct mkt_value *rows,
                              struct mkt_buf *out, struct mkt_err *err)
{
    struct columns *columns = MKT_NEW(arena, struct columns, 1);
    const struct mkt_value **cell = MKT_NEW(arena, const struct mkt_value *, MKT_ROWS_COLUMNS);
    if (!columns || !cell) return mkt_arena_full(arena, err);
    MKT_TRY(check_rows(rows, columns, err));

    for (size_t c = 0; c < columns->count; c++) {
        if (c) mkt_buf_char(out, ',');
        quoted(out, columns->name[c]);
    }
    mkt_buf_char(out, '\n');
    for (size_t r = 0; r < rows->items; r++) {
        const struct mkt_value *row = &rows->item[r];
        memset(cell, 0, columns->count * sizeof *cell);
        for (size_t i = 0; i < row->items; i++)
            cell[column_of(columns, row->item[i].key)] = &row->item[i];
        for (size_t c = 0; c < columns->count; c++) {
            if (c) mkt_buf_char(out, ',');
            if (!cell[c] || cell[c]->type == MKT_VALUE_NULL) continue;
            const char *text = mkt_json_read_scalar_text(arena, cell[c]);
            if (!text) return mkt_arena_full(arena, err);
            if (cell[c]->type == MKT_VALUE_STRING)
                quoted(out, text);
            else
                mkt_buf_str(out, text);
        }
        mkt_buf_char(out, '\n');
    }
    return mkt_buf_check(out, err);
}
