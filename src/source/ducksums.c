#include "source/ducksums.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "source/numeral.h"

#define CHUNK 2048 /* rows that are worked on together */
#define REAL_MOST 9.2e12

/* The sums of one group. DuckDB aligns states to 8 bytes only. */
struct sums {
    int64_t low[MKT_MEASURES];
    int32_t high[MKT_MEASURES]; /* what overflowed out of low */
    int64_t rows;
};

/* The measures of some rows. */
struct values {
    int64_t v[MKT_MEASURES][CHUNK];
    bool bad[CHUNK];
    bool some_bad;
};

static idx_t state_size(duckdb_function_info info)
{
    (void)info;
    return sizeof(struct sums);
}

static void state_init(duckdb_function_info info, duckdb_aggregate_state state)
{
    (void)info;
    memset((void *)state, 0, sizeof(struct sums));
}

static void spoil(struct values *x, idx_t i)
{
    x->bad[i] = true;
    x->some_bad = true;
}

static void put(struct values *x, mkt_measure m, idx_t i, int64_t v)
{
    if (__builtin_add_overflow(x->v[m][i], v, &x->v[m][i])) spoil(x, i);
}

static bool is_valid(const uint64_t *valid, idx_t row)
{
    return !valid || (valid[row / 64] >> (row % 64) & 1);
}

static void take_text(const struct mkt_sums_part *part, duckdb_string_t *text,
                      const uint64_t *valid, idx_t from, idx_t n, struct values *x)
{
    for (idx_t i = 0; i < n; i++) {
        if (!is_valid(valid, from + i)) continue;
        duckdb_string_t *s = &text[from + i];
        int64_t v = 0;
        switch (mkt_numeral_read(duckdb_string_t_data(s), duckdb_string_t_length(*s), part->decimal,
                                 part->micros ? 0 : 6, &v)) {
        case MKT_NUMERAL_OK:
            put(x, part->measure, i, v);
            break;
        case MKT_NUMERAL_MISSING:
            break;
        case MKT_NUMERAL_BAD:
        case MKT_NUMERAL_LARGE:
            spoil(x, i);
        }
    }
}

static void take_real(const struct mkt_sums_plan *plan, const struct mkt_sums_part *part,
                      const double *data, const uint64_t *valid, idx_t from, idx_t n,
                      struct values *x)
{
    double scale = part->micros ? 1 : MKT_MICRO;
    if (!valid && plan->parts_of[part->measure] == 1) {
        /* the usual case, without a branch a row; the careful loop follows if one is out of range */
        int64_t *v = x->v[part->measure];
        bool in_range = true;
        for (idx_t i = 0; i < n; i++) {
            double d = data[from + i] * scale;
            in_range &= fabs(d) < REAL_MOST * MKT_MICRO;
            v[i] = in_range ? llrint(d) : 0;
        }
        if (in_range) return;
        memset(v, 0, n * sizeof *v);
    }
    for (idx_t i = 0; i < n; i++) {
        double d = data[from + i] * scale;
        if (fabs(d) < REAL_MOST * MKT_MICRO && is_valid(valid, from + i))
            put(x, part->measure, i, llrint(d));
        else if (is_valid(valid, from + i) && !isnan(d))
            spoil(x, i);
    }
}

static void take_whole(const struct mkt_sums_plan *plan, const struct mkt_sums_part *part,
                       const int64_t *data, const uint64_t *valid, idx_t from, idx_t n,
                       struct values *x)
{
    /* the integer is already in the sum's unit, unless other parts of it have fractions */
    bool scale =
        part->input == MKT_SUMS_WHOLE && !part->micros && plan->unit[part->measure] == MKT_MICRO;
    if (!valid && !scale && plan->parts_of[part->measure] == 1) {
        memcpy(x->v[part->measure], data + from, n * sizeof *data);
        return;
    }
    for (idx_t i = 0; i < n; i++) {
        int64_t d = is_valid(valid, from + i) ? data[from + i] : 0;
        if (scale && __builtin_mul_overflow(d, (int64_t)MKT_MICRO, &d))
            spoil(x, i);
        else
            put(x, part->measure, i, d);
    }
}

static bool has_measure(const struct mkt_sums_plan *plan, mkt_measure m)
{
    return plan->unit[m] != 0;
}

static void check_quality(struct mkt_sums_plan *plan, const struct values *x, idx_t n)
{
    long long bad = 0, negative = 0, over = 0, refunds = 0;
    uint64_t refunded = 0; /* wraps round */
    if (x->some_bad)
        for (idx_t i = 0; i < n; i++) bad += x->bad[i];
    const int64_t *spend = x->v[MKT_SPEND], *clicks = x->v[MKT_CLICKS],
                  *shown = x->v[MKT_IMPRESSIONS];
    if (has_measure(plan, MKT_SPEND)) {
        int64_t signs = 0;
        for (idx_t i = 0; i < n; i++) signs |= spend[i];
        for (idx_t i = 0; signs < 0 && i < n; i++) negative += spend[i] < 0;
    }
    if (has_measure(plan, MKT_CLICKS) && has_measure(plan, MKT_IMPRESSIONS)) {
        if (plan->unit[MKT_CLICKS] == plan->unit[MKT_IMPRESSIONS]) {
            for (idx_t i = 0; i < n; i++) over += clicks[i] > shown[i];
        } else {
            double a = (double)plan->unit[MKT_IMPRESSIONS], b = (double)plan->unit[MKT_CLICKS];
            for (idx_t i = 0; i < n; i++) over += (double)clicks[i] * a > (double)shown[i] * b;
        }
    }
    if (has_measure(plan, MKT_REVENUE)) {
        const int64_t *revenue = x->v[MKT_REVENUE];
        int64_t signs = 0;
        for (idx_t i = 0; i < n; i++) signs |= revenue[i];
        for (idx_t i = 0; signs < 0 && i < n; i++) {
            if (revenue[i] >= 0 || (x->some_bad && x->bad[i])) continue;
            refunds++;
            refunded += (uint64_t)revenue[i];
        }
    }
    if (bad) atomic_fetch_add(&plan->broken, bad);
    if (negative) atomic_fetch_add(&plan->negative_spend, negative);
    if (over) atomic_fetch_add(&plan->clicks_over, over);
    if (refunds) {
        atomic_fetch_add(&plan->negative_revenue, refunds);
        atomic_fetch_add(&plan->negative_revenue_sum, (long long)refunded);
    }
}

static void add_rows(const struct values *x, const mkt_measure *measure, size_t measures,
                     duckdb_aggregate_state *states, idx_t n)
{
    for (idx_t i = 0; i < n; i++) {
        struct sums *s = (struct sums *)states[i];
        if (x->some_bad && x->bad[i]) continue;
        s->rows++;
        for (size_t k = 0; k < measures; k++) {
            mkt_measure m = measure[k];
            int64_t v = x->v[m][i];
            if (__builtin_expect(__builtin_add_overflow(s->low[m], v, &s->low[m]), 0))
                s->high[m] += v < 0 ? -1 : 1;
        }
    }
}

static void update(duckdb_function_info info, duckdb_data_chunk input,
                   duckdb_aggregate_state *states)
{
    struct mkt_sums_plan *plan = duckdb_aggregate_function_get_extra_info(info);
    idx_t rows = duckdb_data_chunk_get_size(input);
    mkt_measure measure[MKT_MEASURES];
    size_t measures = 0;
    for (int m = 0; m < MKT_MEASURES; m++)
        if (has_measure(plan, (mkt_measure)m)) measure[measures++] = (mkt_measure)m;
    struct values x;
    for (idx_t from = 0; from < rows; from += CHUNK) {
        idx_t n = rows - from < CHUNK ? rows - from : CHUNK;
        for (size_t k = 0; k < measures; k++) memset(x.v[measure[k]], 0, n * sizeof x.v[0][0]);
        memset(x.bad, 0, n);
        x.some_bad = false;
        for (size_t k = 0; k < plan->parts; k++) {
            const struct mkt_sums_part *part = &plan->part[k];
            duckdb_vector vector = duckdb_data_chunk_get_vector(input, k);
            const uint64_t *valid = duckdb_vector_get_validity(vector);
            void *data = duckdb_vector_get_data(vector);
            if (part->input == MKT_SUMS_TEXT)
                take_text(part, data, valid, from, n, &x);
            else if (part->input == MKT_SUMS_REAL)
                take_real(plan, part, data, valid, from, n, &x);
            else
                take_whole(plan, part, data, valid, from, n, &x);
        }
        check_quality(plan, &x, n);
        add_rows(&x, measure, measures, states + from, n);
    }
}

static void combine(duckdb_function_info info, duckdb_aggregate_state *source,
                    duckdb_aggregate_state *target, idx_t count)
{
    (void)info;
    for (idx_t i = 0; i < count; i++) {
        const struct sums *from = (const struct sums *)source[i];
        struct sums *to = (struct sums *)target[i];
        to->rows += from->rows;
        for (int m = 0; m < MKT_MEASURES; m++) {
            if (__builtin_add_overflow(to->low[m], from->low[m], &to->low[m]))
                to->high[m] += from->low[m] < 0 ? -1 : 1;
            to->high[m] += from->high[m];
        }
    }
}

static void finalize(duckdb_function_info info, duckdb_aggregate_state *source,
                     duckdb_vector result, idx_t count, idx_t offset)
{
    (void)info;
    for (idx_t c = 0; c < 2 * MKT_MEASURES + 1; c++) {
        int64_t *out =
            (int64_t *)duckdb_vector_get_data(duckdb_struct_vector_get_child(result, c)) + offset;
        for (idx_t i = 0; i < count; i++) {
            const struct sums *s = (const struct sums *)source[i];
            out[i] = c == 2 * MKT_MEASURES ? s->rows : c % 2 ? s->high[c / 2] : s->low[c / 2];
        }
    }
}

static duckdb_logical_type input_type(const struct mkt_sums_part *part)
{
    switch (part->input) {
    case MKT_SUMS_TEXT:
        return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    case MKT_SUMS_WHOLE:
        return duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    case MKT_SUMS_REAL:
        return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    case MKT_SUMS_FIXED:
        break;
    }
    return duckdb_create_decimal_type(18, part->micros ? 0 : 6);
}

static void set_units(struct mkt_sums_plan *plan)
{
    memset(plan->unit, 0, sizeof plan->unit);
    memset(plan->parts_of, 0, sizeof plan->parts_of);
    for (size_t i = 0; i < plan->parts; i++) {
        const struct mkt_sums_part *part = &plan->part[i];
        bool whole = part->input == MKT_SUMS_WHOLE && !part->micros;
        plan->parts_of[part->measure]++;
        if (!whole || plan->unit[part->measure] == 0)
            plan->unit[part->measure] = whole ? 1 : MKT_MICRO;
    }
}

static duckdb_logical_type result_type(void)
{
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    duckdb_logical_type member[2 * MKT_MEASURES + 1];
    const char *name[2 * MKT_MEASURES + 1];
    char text[2 * MKT_MEASURES + 1][16];
    for (int i = 0; i < 2 * MKT_MEASURES + 1; i++) {
        member[i] = number;
        snprintf(text[i], sizeof text[i], "m%d", i);
        name[i] = text[i];
    }
    duckdb_logical_type type = duckdb_create_struct_type(member, name, 2 * MKT_MEASURES + 1);
    duckdb_destroy_logical_type(&number);
    return type;
}

mkt_status mkt_ducksums_register(struct mkt_duck *duck, const char *name,
                                 struct mkt_sums_plan *plan, struct mkt_err *err)
{
    set_units(plan);
    atomic_store(&plan->broken, 0);
    atomic_store(&plan->negative_spend, 0);
    atomic_store(&plan->clicks_over, 0);
    atomic_store(&plan->negative_revenue, 0);
    atomic_store(&plan->negative_revenue_sum, 0);
    duckdb_aggregate_function f = duckdb_create_aggregate_function();
    duckdb_aggregate_function_set_name(f, name);
    for (size_t i = 0; i < plan->parts; i++) {
        duckdb_logical_type type = input_type(&plan->part[i]);
        duckdb_aggregate_function_add_parameter(f, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_logical_type result = result_type();
    duckdb_aggregate_function_set_return_type(f, result);
    duckdb_destroy_logical_type(&result);
    duckdb_aggregate_function_set_functions(f, state_size, state_init, update, combine, finalize);
    duckdb_aggregate_function_set_special_handling(f);
    duckdb_aggregate_function_set_extra_info(f, plan, NULL);
    duckdb_state state = duckdb_register_aggregate_function(duck->con, f);
    duckdb_destroy_aggregate_function(&f);
    if (state == DuckDBSuccess) return MKT_OK;
    return mkt_err_set(err, MKT_E_INTERNAL, "the database library refuses the function %s", name);
}

mkt_status mkt_ducksums_read(const struct mkt_sums_plan *plan, const struct mkt_duck_rows *rows,
                             idx_t column, mkt_micro sum[MKT_MEASURES], int64_t *count,
                             struct mkt_err *err)
{
    duckdb_vector vector = duckdb_data_chunk_get_vector(rows->chunk, column);
    int64_t *member[2 * MKT_MEASURES + 1];
    for (idx_t c = 0; c < 2 * MKT_MEASURES + 1; c++)
        member[c] = duckdb_vector_get_data(duckdb_struct_vector_get_child(vector, c));
    for (int m = 0; m < MKT_MEASURES; m++) {
        sum[m] = 0;
        if (!has_measure(plan, (mkt_measure)m)) continue;
        int64_t low = member[2 * m][rows->at], high = member[2 * m + 1][rows->at];
        int64_t factor = MKT_MICRO / plan->unit[m];
        if (high != 0 || __builtin_mul_overflow(low, factor, &sum[m]))
            return mkt_err_set(err, MKT_E_LIMIT,
                               "a day's %s of one campaign passes 9.2e12; check its unit",
                               mkt_measure_name[m]);
    }
    *count = member[2 * MKT_MEASURES][rows->at];
    return MKT_OK;
}
