#include "source/ducktable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/rowcursor.h"

/* One scan: which block is next, for all its threads. */
struct scan {
    const struct mkt_rowfile *file;
    atomic_size_t next;
    idx_t columns;
    idx_t column[]; /* that are wanted, by position in the chunk */
};

/* One thread of a scan. */
struct reader {
    struct mkt_rowcursor cursor;
    bool open, loaded;
};

static void bind(duckdb_bind_info info)
{
    const struct mkt_rowfile *file = duckdb_bind_get_extra_info(info);
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    char name[24];
    for (size_t i = 0; i < file->columns; i++) {
        snprintf(name, sizeof name, "c%zu", i);
        duckdb_bind_add_result_column(info, name, text);
    }
    duckdb_bind_add_result_column(info, "row_id", number);
    duckdb_bind_set_cardinality(info, (idx_t)file->rows, false);
    duckdb_destroy_logical_type(&text);
    duckdb_destroy_logical_type(&number);
}

static void init(duckdb_init_info info)
{
    const struct mkt_rowfile *file = duckdb_init_get_extra_info(info);
    idx_t columns = duckdb_init_get_column_count(info);
    struct scan *scan = malloc(sizeof *scan + columns * sizeof *scan->column);
    if (!scan) {
        duckdb_init_set_error(info, "no memory left");
        return;
    }
    scan->file = file;
    scan->columns = columns;
    for (idx_t i = 0; i < columns; i++) scan->column[i] = duckdb_init_get_column_index(info, i);
    atomic_store(&scan->next, 0); /* last: whoever takes a block sees the rest */
    duckdb_init_set_init_data(info, scan, free);
    duckdb_init_set_max_threads(info, file->blocks ? file->blocks : 1);
}

static void close_reader(void *data)
{
    struct reader *reader = data;
    if (reader->open) mkt_rowcursor_close(&reader->cursor);
    free(reader);
}

static void local_init(duckdb_init_info info)
{
    const struct mkt_rowfile *file = duckdb_init_get_extra_info(info);
    struct mkt_err err;
    mkt_err_clear(&err);
    struct reader *reader = calloc(1, sizeof *reader);
    if (!reader || mkt_rowcursor_open(file, &reader->cursor, &err) != MKT_OK) {
        free(reader);
        duckdb_init_set_error(info, "no memory left to read rows");
        return;
    }
    reader->open = true;
    duckdb_init_set_init_data(info, reader, close_reader);
}

static bool next_row(struct scan *scan, struct reader *reader, struct mkt_err *err)
{
    for (;;) {
        if (reader->loaded && mkt_rowcursor_next(&reader->cursor)) return true;
        size_t block = atomic_fetch_add(&scan->next, 1);
        reader->loaded = false;
        if (block >= scan->file->blocks) return false;
        if (mkt_rowcursor_load(&reader->cursor, block, err) != MKT_OK) return false;
        reader->loaded = true;
    }
}

static void put_cell(struct reader *reader, duckdb_vector vector, size_t column, idx_t row)
{
    struct mkt_cell cell = mkt_rowcursor_cell(&reader->cursor, column);
    if (cell.s) {
        duckdb_vector_assign_string_element_len(vector, row, cell.s, cell.n);
        return;
    }
    duckdb_vector_ensure_validity_writable(vector);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
}

static void scan_rows(duckdb_function_info info, duckdb_data_chunk output)
{
    struct scan *scan = duckdb_function_get_init_data(info);
    struct reader *reader = duckdb_function_get_local_init_data(info);
    struct mkt_err err;
    mkt_err_clear(&err);
    idx_t rows = 0, most = duckdb_vector_size();
    while (rows < most && next_row(scan, reader, &err)) {
        for (idx_t i = 0; i < scan->columns; i++) {
            duckdb_vector vector = duckdb_data_chunk_get_vector(output, i);
            if (scan->column[i] < scan->file->columns)
                put_cell(reader, vector, scan->column[i], rows);
            else if (scan->column[i] == scan->file->columns)
                ((int64_t *)duckdb_vector_get_data(vector))[rows] = reader->cursor.row;
        }
        rows++;
    }
    if (err.status != MKT_OK) duckdb_function_set_error(info, err.text);
    duckdb_data_chunk_set_size(output, rows);
}

mkt_status mkt_ducktable_register(struct mkt_duck *duck, const char *name,
                                  const struct mkt_rowfile *file, struct mkt_err *err)
{
    duckdb_table_function f = duckdb_create_table_function();
    void *extra;
    memcpy(&extra, &file, sizeof extra); /* the callbacks take it back as const */
    duckdb_table_function_set_name(f, name);
    duckdb_table_function_set_extra_info(f, extra, NULL);
    duckdb_table_function_set_bind(f, bind);
    duckdb_table_function_set_init(f, init);
    duckdb_table_function_set_local_init(f, local_init);
    duckdb_table_function_set_function(f, scan_rows);
    duckdb_table_function_supports_projection_pushdown(f, true);
    duckdb_state state = duckdb_register_table_function(duck->con, f);
    duckdb_destroy_table_function(&f);
    if (state == DuckDBSuccess) return MKT_OK;
    return mkt_err_set(err, MKT_E_INTERNAL, "the database library refuses the table of %s",
                       file->show);
}
