#include "source/idmap.h"

#include <stdlib.h>
#include <string.h>

#include "source/daily.h"

static int by_id(const void *a, const void *b)
{
    const struct mkt_idmap_entry *x = a, *y = b;
    return strcmp(x->id, y->id);
}

static mkt_status take_text(struct mkt_arena *arena, const struct mkt_duck_rows *rows, idx_t column,
                            const char **out, struct mkt_err *err)
{
    char room[MKT_NAME_MOST + 1];
    size_t n;
    *out = NULL;
    if (mkt_duck_rows_null(rows, column)) return MKT_OK;
    const char *s = mkt_duck_rows_text(rows, column, &n);
    const char *name = mkt_daily_name(arena, s, n, room);
    if (name == room) name = mkt_arena_strdup(arena, room);
    if (!name) return mkt_arena_full(arena, err);
    *out = name;
    return MKT_OK;
}

mkt_status mkt_idmap_read(struct mkt_arena *arena, struct mkt_duck *duck, const char *sql,
                          const char *show, struct mkt_idmap *out, struct mkt_err *err)
{
    duckdb_result result;
    memset(out, 0, sizeof *out);
    MKT_TRY(mkt_duck_query(duck, sql, show, &result, err));
    idx_t columns = duckdb_column_count(&result);
    struct mkt_duck_rows rows;
    mkt_status status = MKT_OK;
    mkt_duck_rows_begin(&rows, &result);
    while (status == MKT_OK && mkt_duck_rows_next(&rows)) {
        struct mkt_idmap_entry e = {NULL, NULL, NULL};
        status = take_text(arena, &rows, 0, &e.id, err);
        if (status == MKT_OK) status = take_text(arena, &rows, 1, &e.text, err);
        if (status == MKT_OK && columns > 2) status = take_text(arena, &rows, 2, &e.more, err);
        if (status != MKT_OK || !e.id) continue;
        struct mkt_idmap_entry *place =
            mkt_arena_push(arena, &out->entry, &out->entries, &out->capacity, sizeof *place);
        if (place)
            *place = e;
        else
            status = mkt_arena_full(arena, err);
    }
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    if (status == MKT_OK && out->entries)
        qsort(out->entry, out->entries, sizeof *out->entry, by_id);
    return status;
}

const struct mkt_idmap_entry *mkt_idmap_find(const struct mkt_idmap *map, const char *id)
{
    const struct mkt_idmap_entry key = {id, NULL, NULL};
    if (!map->entries) return NULL;
    return bsearch(&key, map->entry, map->entries, sizeof *map->entry, by_id);
}
