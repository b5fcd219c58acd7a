#include "source/ducktext.h"

#include <string.h>

#include "source/daytext.h"
#include "source/money.h"
#include "source/numeral.h"
#include "source/total_names.h"
#include "source/void_names.h"

typedef void text_function(const char *s, size_t n, duckdb_vector out, idx_t row);

static void set_null(duckdb_vector out, idx_t row)
{
    duckdb_vector_ensure_validity_writable(out);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(out), row);
}

static void set_day(const char *s, size_t n, mkt_day_order order, duckdb_vector out, idx_t row)
{
    int32_t day = 0;
    if (mkt_daytext_read(s, n, order, &day) == MKT_DAYTEXT_OK)
        ((duckdb_date *)duckdb_vector_get_data(out))[row].days = day;
    else
        set_null(out, row);
}

static void day_first(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    set_day(s, n, MKT_DAY_FIRST, out, row);
}

static void month_first(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    set_day(s, n, MKT_MONTH_FIRST, out, row);
}

static void set_int(duckdb_vector out, idx_t row, int64_t value)
{
    ((int64_t *)duckdb_vector_get_data(out))[row] = value;
}

static void numeral_look(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    set_int(out, row, mkt_numeral_look(s, n));
}

static void day_look(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    set_int(out, row, mkt_daytext_look(s, n));
}

static void micros_by(char decimal, const char *s, size_t n, duckdb_vector out, idx_t row)
{
    int64_t v;
    if (mkt_numeral_read(s, n, decimal, 6, &v) == MKT_NUMERAL_OK)
        set_int(out, row, v);
    else
        set_null(out, row);
}

static void micros_by_point(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    micros_by('.', s, n, out, row);
}

static void micros_by_comma(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    micros_by(',', s, n, out, row);
}

static void bad_by(char decimal, const char *s, size_t n, duckdb_vector out, idx_t row)
{
    int64_t v;
    mkt_numeral_result r = mkt_numeral_read(s, n, decimal, 6, &v);
    set_int(out, row, r == MKT_NUMERAL_BAD || r == MKT_NUMERAL_LARGE);
}

static void bad_by_point(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    bad_by('.', s, n, out, row);
}

static void bad_by_comma(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    bad_by(',', s, n, out, row);
}

static void amount_currency(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    const char *code = mkt_numeral_currency(s, n);
    if (code)
        duckdb_vector_assign_string_element(out, row, code);
    else
        set_null(out, row);
}

static void whole_currency(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    const char *code = mkt_money_code(s, n);
    char word[9];
    size_t letters = 0;
    for (size_t i = 0; !code && i < n && letters + 1 < sizeof word; i++)
        if (s[i] > ' ' && s[i] < 0x7F && s[i] != '\'')
            word[letters++] = (char)(s[i] >= 'a' && s[i] <= 'z' ? s[i] - 32 : s[i]);
    word[letters] = '\0';
    if (!code && !mkt_numeral_missing(s, n) && letters) code = word;
    if (code)
        duckdb_vector_assign_string_element(out, row, code);
    else
        set_null(out, row);
}

static void total_name(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    set_int(out, row, mkt_total_names_has(s, n, true));
}

static void void_name(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    set_int(out, row, mkt_void_names_has(s, n));
}

static void void_path(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    set_int(out, row, mkt_void_names_path(s, n));
}

static void unset_name(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    set_int(out, row, mkt_void_names_unset(s, n));
}

static void nobody(const char *s, size_t n, duckdb_vector out, idx_t row)
{
    set_int(out, row, mkt_void_names_nobody(s, n));
}

static void apply(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector out)
{
    text_function *const *function = duckdb_scalar_function_get_extra_info(info);
    duckdb_vector vector = duckdb_data_chunk_get_vector(input, 0);
    uint64_t *valid = duckdb_vector_get_validity(vector);
    duckdb_string_t *text = duckdb_vector_get_data(vector);
    idx_t n = duckdb_data_chunk_get_size(input);
    for (idx_t i = 0; i < n; i++) {
        if ((!valid || duckdb_validity_row_is_valid(valid, i)))
            (*function)(duckdb_string_t_data(&text[i]), duckdb_string_t_length(text[i]), out, i);
        else
            set_null(out, i);
    }
}

mkt_status mkt_ducktext_register(struct mkt_duck *duck, struct mkt_err *err)
{
    static const struct {
        const char *name;
        duckdb_type type;
        text_function *function;
    } functions[] = {
        {"mkt_day_first", DUCKDB_TYPE_DATE, day_first},
        {"mkt_month_first", DUCKDB_TYPE_DATE, month_first},
        {"mkt_numeral_look", DUCKDB_TYPE_BIGINT, numeral_look},
        {"mkt_day_look", DUCKDB_TYPE_BIGINT, day_look},
        {"mkt_bad_by_point", DUCKDB_TYPE_BIGINT, bad_by_point},
        {"mkt_bad_by_comma", DUCKDB_TYPE_BIGINT, bad_by_comma},
        {"mkt_micros_by_point", DUCKDB_TYPE_BIGINT, micros_by_point},
        {"mkt_micros_by_comma", DUCKDB_TYPE_BIGINT, micros_by_comma},
        {"mkt_amount_currency", DUCKDB_TYPE_VARCHAR, amount_currency},
        {"mkt_currency", DUCKDB_TYPE_VARCHAR, whole_currency},
        {"mkt_total_name", DUCKDB_TYPE_BIGINT, total_name},
        {"mkt_void_name", DUCKDB_TYPE_BIGINT, void_name},
        {"mkt_void_path", DUCKDB_TYPE_BIGINT, void_path},
        {"mkt_unset_name", DUCKDB_TYPE_BIGINT, unset_name},
        {"mkt_nobody", DUCKDB_TYPE_BIGINT, nobody},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        duckdb_scalar_function f = duckdb_create_scalar_function();
        duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
        duckdb_logical_type result = duckdb_create_logical_type(functions[i].type);
        void *extra;
        text_function *const *at = &functions[i].function;
        memcpy(&extra, &at, sizeof extra);
        duckdb_scalar_function_set_name(f, functions[i].name);
        duckdb_scalar_function_add_parameter(f, text);
        duckdb_scalar_function_set_return_type(f, result);
        duckdb_scalar_function_set_extra_info(f, extra, NULL);
        duckdb_scalar_function_set_function(f, apply);
        duckdb_state state = duckdb_register_scalar_function(duck->con, f);
        duckdb_destroy_scalar_function(&f);
        duckdb_destroy_logical_type(&text);
        duckdb_destroy_logical_type(&result);
        if (state != DuckDBSuccess)
            return mkt_err_set(err, MKT_E_INTERNAL, "the database library refuses the function %s",
                               functions[i].name);
    }
    return MKT_OK;
}
