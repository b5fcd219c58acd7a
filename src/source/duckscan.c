#include "source/duckscan.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

const char *mkt_duckscan_text(const struct mkt_duckscan_columns *c, size_t argument, idx_t row,
                              size_t *n)
{
    duckdb_string_t *s = (duckdb_string_t *)c->data[argument] + row;
    *n = duckdb_string_t_length(*s);
    return duckdb_string_t_data(s);
}

static idx_t state_size(duckdb_function_info info)
{
    (void)info;
    return sizeof(int64_t);
}

static void state_init(duckdb_function_info info, duckdb_aggregate_state state)
{
    (void)info;
    memset((void *)state, 0, sizeof(int64_t));
}

static void update(duckdb_function_info info, duckdb_data_chunk input,
                   duckdb_aggregate_state *states)
{
    struct mkt_duckscan *scan = duckdb_aggregate_function_get_extra_info(info);
    struct mkt_duckscan_columns c;
    size_t at = 0;
    (void)states;
    for (idx_t i = 0; i < scan->arguments; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(input, i);
        c.data[i] = duckdb_vector_get_data(vector);
        c.valid[i] = duckdb_vector_get_validity(vector);
    }
    while (atomic_flag_test_and_set(&scan->busy[at])) at = (at + 1) % MKT_DUCKSCAN_PARTS;
    mkt_status status = scan->err[at].status;
    if (status == MKT_OK)
        status = scan->read(scan->user, at, &c, duckdb_data_chunk_get_size(input), &scan->err[at]);
    if (status != MKT_OK) duckdb_aggregate_function_set_error(info, scan->err[at].text);
    atomic_flag_clear(&scan->busy[at]);
}

static void combine(duckdb_function_info info, duckdb_aggregate_state *source,
                    duckdb_aggregate_state *target, idx_t count)
{
    (void)info;
    (void)source;
    (void)target;
    (void)count;
}

static void finalize(duckdb_function_info info, duckdb_aggregate_state *source,
                     duckdb_vector result, idx_t count, idx_t offset)
{
    (void)info;
    (void)source;
    int64_t *out = (int64_t *)duckdb_vector_get_data(result) + offset;
    memset(out, 0, count * sizeof *out);
}

static mkt_status register_scan(struct mkt_duck *duck, const char *name, struct mkt_duckscan *scan,
                                struct mkt_err *err)
{
    duckdb_aggregate_function f = duckdb_create_aggregate_function();
    duckdb_aggregate_function_set_name(f, name);
    for (size_t i = 0; i < scan->arguments; i++) {
        duckdb_logical_type type = duckdb_create_logical_type(scan->type[i]);
        duckdb_aggregate_function_add_parameter(f, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    duckdb_aggregate_function_set_return_type(f, number);
    duckdb_destroy_logical_type(&number);
    duckdb_aggregate_function_set_functions(f, state_size, state_init, update, combine, finalize);
    duckdb_aggregate_function_set_special_handling(f);
    duckdb_aggregate_function_set_extra_info(f, scan, NULL);
    duckdb_state state = duckdb_register_aggregate_function(duck->con, f);
    duckdb_destroy_aggregate_function(&f);
    if (state == DuckDBSuccess) return MKT_OK;
    return mkt_err_set(err, MKT_E_INTERNAL, "the database library refuses a function of ours");
}

mkt_status mkt_duckscan_run(struct mkt_arena *arena, struct mkt_duck *duck,
                            struct mkt_duckscan *scan, const char *list, const char *from,
                            const char *show, struct mkt_err *err)
{
    char name[32];
    struct mkt_err failed = {0};
    snprintf(name, sizeof name, "mkt_scan_%d", duck->functions++);
    char *sql = mkt_arena_printf(arena, "SELECT %s(%s) FROM %s", name, list, from);
    if (!sql) return mkt_arena_full(arena, err);
    MKT_TRY(register_scan(duck, name, scan, err));
    mkt_status status = mkt_duck_run(duck, sql, show, &failed);
    for (size_t i = 0; i < MKT_DUCKSCAN_PARTS; i++)
        if (scan->err[i].status != MKT_OK)
            status = mkt_err_set(err, scan->err[i].status, "%s", scan->err[i].text);
    return status == MKT_OK ? MKT_OK : mkt_err_set(err, status, "%s", failed.text);
}
