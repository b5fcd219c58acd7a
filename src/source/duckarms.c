#include "source/duckarms.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define ROWS 2048      /* turned into whole numbers at a time */
#define REAL_MOST 9e15 /* sums of whole numbers in doubles are exact below */

static idx_t state_size(duckdb_function_info info)
{
    (void)info;
    return sizeof(struct mkt_duckarms_sums);
}

static void state_init(duckdb_function_info info, duckdb_aggregate_state state)
{
    (void)info;
    struct mkt_duckarms_sums *s = (struct mkt_duckarms_sums *)state;
    memset(s, 0, sizeof *s);
    s->least = INT64_MAX;
    s->most = INT64_MIN;
}

/* How many variables the function takes. */
static int variables_of(duckdb_function_info info)
{
    const int *n = duckdb_aggregate_function_get_extra_info(info);
    return *n;
}

static bool add(mkt_duckarms_wide *to, mkt_arms_wide x)
{
    mkt_arms_wide sum;
    bool over = __builtin_add_overflow((mkt_arms_wide)*to, x, &sum);
    *to = sum;
    return over;
}

static void add_row(struct mkt_duckarms_sums *s, const int64_t *const *v, int variables, idx_t row)
{
    bool over = false;
    int64_t first = v[0][row];
    if (first < s->least) s->least = first;
    if (first > s->most) s->most = first;
    for (int i = 0; i < variables; i++) {
        over |= add(&s->sum[i], v[i][row]);
        for (int j = i; j < variables; j++)
            over |= add(&s->product[mkt_arms_product(i, j)], (mkt_arms_wide)v[i][row] * v[j][row]);
    }
    s->over |= over;
}

static void update(duckdb_function_info info, duckdb_data_chunk input,
                   duckdb_aggregate_state *states)
{
    int variables = variables_of(info);
    assert(variables > 0);
    idx_t rows = duckdb_data_chunk_get_size(input);
    const int64_t *v[MKT_ARMS_VARIABLES] = {NULL};
    for (int i = 0; i < variables; i++)
        v[i] = duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, (idx_t)i));
    for (idx_t row = 0; row < rows; row++)
        add_row((struct mkt_duckarms_sums *)states[row], v, variables, row);
}

/* Doubles to whole numbers; false when one is too large. */
static bool whole_numbers(duckdb_vector vector, idx_t from, idx_t n, int64_t *out)
{
    const double *x = (const double *)duckdb_vector_get_data(vector) + from;
    uint64_t *valid = duckdb_vector_get_validity(vector);
    bool fit = true;
    for (idx_t i = 0; i < n; i++) {
        double d = !valid || duckdb_validity_row_is_valid(valid, from + i) ? x[i] : 0;
        bool fits = fabs(d) < REAL_MOST;
        fit &= fits;
        out[i] = fits ? llrint(d) : 0;
    }
    return fit;
}

static void update_real(duckdb_function_info info, duckdb_data_chunk input,
                        duckdb_aggregate_state *states)
{
    int variables = variables_of(info);
    assert(variables > 0);
    int64_t number[MKT_ARMS_VARIABLES][ROWS];
    const int64_t *v[MKT_ARMS_VARIABLES] = {number[0], number[1], number[2], number[3]};
    idx_t rows = duckdb_data_chunk_get_size(input);
    uint64_t *valid = duckdb_vector_get_validity(duckdb_data_chunk_get_vector(input, 0));
    for (idx_t from = 0; from < rows; from += ROWS) {
        idx_t n = rows - from < ROWS ? rows - from : ROWS;
        for (int i = 0; i < variables; i++)
            if (!whole_numbers(duckdb_data_chunk_get_vector(input, (idx_t)i), from, n, number[i])) {
                duckdb_aggregate_function_set_error(info, MKT_DUCKARMS_TOO_WIDE);
                return;
            }
        for (idx_t row = 0; row < n; row++)
            add_row((struct mkt_duckarms_sums *)states[from + row], v, variables, row);
        for (idx_t row = 0; valid && row < n; row++)
            if (!duckdb_validity_row_is_valid(valid, from + row))
                ((struct mkt_duckarms_sums *)states[from + row])->missing++;
    }
}

static void combine(duckdb_function_info info, duckdb_aggregate_state *source,
                    duckdb_aggregate_state *target, idx_t count)
{
    (void)info;
    for (idx_t k = 0; k < count; k++) {
        const struct mkt_duckarms_sums *from = (const struct mkt_duckarms_sums *)source[k];
        struct mkt_duckarms_sums *to = (struct mkt_duckarms_sums *)target[k];
        bool over = from->over;
        for (int i = 0; i < MKT_ARMS_VARIABLES; i++) over |= add(&to->sum[i], from->sum[i]);
        for (int i = 0; i < MKT_ARMS_PRODUCTS; i++) over |= add(&to->product[i], from->product[i]);
        if (from->least < to->least) to->least = from->least;
        if (from->most > to->most) to->most = from->most;
        to->over |= over;
        to->missing += from->missing;
    }
}

static void finalize(duckdb_function_info info, duckdb_aggregate_state *source,
                     duckdb_vector result, idx_t count, idx_t offset)
{
    (void)info;
    for (idx_t i = 0; i < count; i++)
        duckdb_vector_assign_string_element_len(result, offset + i, (const char *)source[i],
                                                sizeof(struct mkt_duckarms_sums));
}

static mkt_status register_one(struct mkt_duck *duck, const int *variables, bool real,
                               struct mkt_err *err)
{
    char name[24];
    snprintf(name, sizeof name, real ? "mkt_arm_real_%d" : "mkt_arm_%d", *variables);
    duckdb_aggregate_function f = duckdb_create_aggregate_function();
    duckdb_logical_type number =
        duckdb_create_logical_type(real ? DUCKDB_TYPE_DOUBLE : DUCKDB_TYPE_BIGINT);
    duckdb_logical_type bytes = duckdb_create_logical_type(DUCKDB_TYPE_BLOB);
    duckdb_aggregate_function_set_name(f, name);
    for (int i = 0; i < *variables; i++) duckdb_aggregate_function_add_parameter(f, number);
    duckdb_aggregate_function_set_return_type(f, bytes);
    duckdb_aggregate_function_set_functions(f, state_size, state_init, real ? update_real : update,
                                            combine, finalize);
    if (real) duckdb_aggregate_function_set_special_handling(f); /* NULL comes, too */
    duckdb_aggregate_function_set_extra_info(f, (void *)(uintptr_t)variables, NULL);
    duckdb_state state = duckdb_register_aggregate_function(duck->con, f);
    duckdb_destroy_logical_type(&number);
    duckdb_destroy_logical_type(&bytes);
    duckdb_destroy_aggregate_function(&f);
    if (state == DuckDBSuccess) return MKT_OK;
    return mkt_err_set(err, MKT_E_INTERNAL, "the database library refuses the function %s", name);
}

mkt_status mkt_duckarms_register(struct mkt_duck *duck, struct mkt_err *err)
{
    static const int variables[MKT_ARMS_VARIABLES] = {1, 2, 3, 4};
    for (int i = 0; i < MKT_ARMS_VARIABLES; i++) {
        MKT_TRY(register_one(duck, &variables[i], false, err));
        MKT_TRY(register_one(duck, &variables[i], true, err));
    }
    return MKT_OK;
}

void mkt_duckarms_read(const struct mkt_duck_rows *rows, idx_t column,
                       struct mkt_duckarms_sums *out)
{
    size_t length;
    const char *bytes = mkt_duck_rows_text(rows, column, &length);
    memcpy(out, bytes, sizeof *out);
}
