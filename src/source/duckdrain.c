#include "source/duckdrain.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

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
    struct mkt_duckdrain *drain = duckdb_aggregate_function_get_extra_info(info);
    struct mkt_duckdrain_rows rows = {.rows = duckdb_data_chunk_get_size(input)};
    size_t at = 0;
    (void)states;
    for (idx_t i = 0; i < drain->columns; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(input, i);
        rows.data[i] = duckdb_vector_get_data(vector);
        rows.valid[i] = duckdb_vector_get_validity(vector);
    }
    while (atomic_flag_test_and_set(&drain->busy[at])) at = (at + 1) % MKT_DUCKDRAIN_PLACES;
    struct mkt_err *err = &drain->err[at];
    if (err->status != MKT_OK || drain->take(drain->user, at, &rows, err) != MKT_OK)
        duckdb_aggregate_function_set_error(info, err->text);
    atomic_flag_clear(&drain->busy[at]);
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

static mkt_status make_function(struct mkt_duckdrain *drain, struct mkt_duck *duck,
                                const char *name, struct mkt_err *err)
{
    duckdb_aggregate_function f = duckdb_create_aggregate_function();
    duckdb_aggregate_function_set_name(f, name);
    for (size_t i = 0; i < drain->columns; i++) {
        duckdb_logical_type type = duckdb_create_logical_type(drain->type[i]);
        duckdb_aggregate_function_add_parameter(f, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    duckdb_aggregate_function_set_return_type(f, number);
    duckdb_destroy_logical_type(&number);
    duckdb_aggregate_function_set_functions(f, state_size, state_init, update, combine, finalize);
    duckdb_aggregate_function_set_special_handling(f);
    duckdb_aggregate_function_set_extra_info(f, drain, NULL);
    duckdb_state state = duckdb_register_aggregate_function(duck->con, f);
    duckdb_destroy_aggregate_function(&f);
    if (state == DuckDBSuccess) return MKT_OK;
    return mkt_err_set(err, MKT_E_INTERNAL, "the database library refuses a function of ours");
}

mkt_status mkt_duckdrain_run(struct mkt_duckdrain *drain, struct mkt_duck *duck,
                             const char *columns, const char *from, const char *show,
                             struct mkt_err *err)
{
    char name[32];
    struct mkt_arena scratch;
    struct mkt_buf sql;
    struct mkt_err failed = {0};
    snprintf(name, sizeof name, "mkt_drain_%d", duck->functions++);
    MKT_TRY(make_function(drain, duck, name, err));
    MKT_TRY(mkt_arena_open(&scratch, (size_t)4 << 20, err));
    mkt_buf_init(&sql, &scratch);
    mkt_buf_printf(&sql, "SELECT %s(%s) FROM %s", name, columns, from);
    mkt_status status = mkt_buf_check(&sql, &failed);
    if (status == MKT_OK) status = mkt_duck_run(duck, sql.data, show, &failed);
    mkt_arena_close(&scratch);
    for (size_t i = 0; i < MKT_DUCKDRAIN_PLACES; i++)
        if (drain->err[i].status != MKT_OK)
            return mkt_err_set(err, drain->err[i].status, "%s", drain->err[i].text);
    return status == MKT_OK ? MKT_OK : mkt_err_set(err, status, "%s", failed.text);
}
