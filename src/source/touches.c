#include "source/touches.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "source/daily.h"
#include "source/numeral.h"
#include "source/profile.h"

#define VALUE_MOST 9.2e12
#define TIME_MOST INT64_C(253402300799) /* the end of year 9999 */

#define USER_MOST 1000 /* bytes of a user's name where it is kept */

#define RECENT 64

/* A channel met before, as the data write it. */
struct recent {
    const char *name; /* NULL: free */
    size_t length;
    uint32_t code;
};

/* What one thread at a time works with. */
struct part {
    struct mkt_touchpoints *rows;
    struct mkt_arena arena; /* of the dictionary below; lasts as long as the scan */
    struct mkt_names raw;   /* channels as the data write them */
    uint32_t *code;         /* [raw.count] their numbers in rows->channel */
    size_t codes, code_cap;
    struct recent recent[RECENT]; /* by length and last letter: most rows are answered here */
    int64_t broken;
    bool withheld; /* a row was withheld */
    struct mkt_err err;
};

/* One scan of a touchpoints table. */
struct scan {
    struct mkt_touches *out;
    struct part part[MKT_TOUCHES_PARTS];
    atomic_flag busy[MKT_TOUCHES_PARTS];
    bool open[MKT_TOUCHES_PARTS];
    bool user_is_number, has_event, has_conversion, has_value;
    bool conversion_is_text, value_is_text;
    char conversion_mark, value_mark;
};

enum { USER, TIME, CHANNEL, EVENT, CONVERSION, VALUE, ARGUMENTS };

struct columns {
    void *data[ARGUMENTS];
    const uint64_t *valid[ARGUMENTS];
};

static bool is_there(const struct columns *c, int argument, idx_t row)
{
    const uint64_t *valid = c->valid[argument];
    return !valid || (valid[row / 64] >> (row % 64) & 1);
}

static const char *text_of(const struct columns *c, int argument, idx_t row, size_t *n)
{
    duckdb_string_t *s = (duckdb_string_t *)c->data[argument] + row;
    *n = duckdb_string_t_length(*s);
    return duckdb_string_t_data(s);
}

static mkt_status open_part(struct scan *scan, size_t i, struct mkt_err *err)
{
    struct mkt_touches *out = scan->out;
    struct part *p = &scan->part[i];
    if (!out->part[i]) {
        MKT_TRY(mkt_arena_open(&out->arena[i], out->capacity, err));
        out->part[i] = MKT_NEW(&out->arena[i], struct mkt_touchpoints, 1);
        if (!out->part[i]) return mkt_arena_full(&out->arena[i], err);
        mkt_touchpoints_init(out->part[i], &out->arena[i], out->limit, out->temp);
    }
    MKT_TRY(mkt_arena_open(&p->arena, (size_t)256 << 20, err));
    mkt_names_init(&p->raw, &p->arena);
    p->rows = out->part[i];
    scan->open[i] = true;
    return MKT_OK;
}

static bool is_view(const char *s, size_t n)
{
    static const char *const word[] = {"view", "impression", "viewed", "seen", "ad_impression"};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (strlen(word[i]) == n && strncasecmp(word[i], s, n) == 0) return true;
    return false;
}

/* What advertising systems log for people whom chance keeps from an ad. */
static bool is_withheld(const char *s, size_t n)
{
    static const char *const word[] = {"holdout",  "held_out",         "withheld",
                                       "ghost_ad", "ghost_impression", "control_impression"};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (strlen(word[i]) == n && strncasecmp(word[i], s, n) == 0) return true;
    return false;
}

static bool is_conversion(const char *s, size_t n)
{
    static const char *const word[] = {"purchase",         "order",         "conversion",
                                       "transaction",      "generate_lead", "sign_up",
                                       "checkout_complete"};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (strlen(word[i]) == n && strncasecmp(word[i], s, n) == 0) return true;
    return false;
}

/* What stands where there is no campaign. */
static bool is_no_campaign(const char *s)
{
    static const char *const word[] = {"(not set)",  "(none)", "(direct)", "(organic)",
                                       "(referral)", "none",   "null",     "-"};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (mkt_text_equal_nocase(word[i], s)) return true;
    return false;
}

/* A channel fit to be shown, with its campaign where there is one; NULL when the arena is full. */
static const char *name_of(struct mkt_arena *arena, const char *s, size_t n, char *room)
{
    char campaign_room[MKT_NAME_MOST + 1];
    const char *split = memchr(s, MKT_TOUCHPOINTS_SPLIT, n);
    const char *channel = mkt_daily_name(arena, s, split ? (size_t)(split - s) : n, room);
    if (!split || !channel) return channel;
    const char *campaign =
        mkt_daily_name(arena, split + 1, n - (size_t)(split + 1 - s), campaign_room);
    if (!campaign) return NULL;
    if (is_no_campaign(campaign)) return channel;
    return mkt_arena_printf(arena, "%s%c%s", channel, MKT_TOUCHPOINTS_SPLIT, campaign);
}

/* The number of a channel; as the data write it first, then as it is shown. */
static mkt_status channel_of(struct part *p, const char *s, size_t n, uint32_t *out)
{
    struct recent *r = &p->recent[(n * 7 + (unsigned char)s[n - 1]) % RECENT];
    if (r->name && r->length == n && memcmp(r->name, s, n) == 0) {
        *out = r->code;
        return MKT_OK;
    }
    uint32_t raw;
    MKT_TRY(mkt_names_code(&p->raw, s, n, &raw, &p->err));
    if (raw == p->codes) {
        char room[MKT_NAME_MOST + 1];
        const char *name = name_of(&p->arena, s, n, room);
        uint32_t *code = mkt_arena_push(&p->arena, &p->code, &p->codes, &p->code_cap, sizeof *code);
        if (!name || !code) return mkt_arena_full(&p->arena, &p->err);
        MKT_TRY(mkt_names_code(&p->rows->channel, name, strlen(name), code, &p->err));
    }
    *out = p->code[raw];
    *r = (struct recent){p->raw.name[raw], n, *out};
    return MKT_OK;
}

/* A cell in millionths; false when it is no number. Missing is 0. */
static bool number_of(const struct columns *c, int argument, idx_t row, bool text, char mark,
                      mkt_micro *out)
{
    *out = 0;
    if (!is_there(c, argument, row)) return true;
    if (text) {
        size_t n;
        const char *s = text_of(c, argument, row, &n);
        mkt_numeral_result read = mkt_numeral_read(s, n, mark, 6, out);
        return read == MKT_NUMERAL_OK || read == MKT_NUMERAL_MISSING;
    }
    double x = ((const double *)c->data[argument])[row];
    if (isnan(x)) return true;
    if (fabs(x) >= VALUE_MOST) return false;
    *out = llrint(x * MKT_MICRO);
    return true;
}

static uint64_t user_of(const struct scan *scan, const struct columns *c, idx_t row)
{
    if (scan->user_is_number) return mkt_names_mix((uint64_t)((const int64_t *)c->data[USER])[row]);
    size_t n;
    const char *s = text_of(c, USER, row, &n);
    return mkt_names_hash(s, n);
}

static bool is_blank(const struct scan *scan, const struct columns *c, idx_t row)
{
    size_t n = 1;
    if (!is_there(c, USER, row)) return true;
    if (!scan->user_is_number) text_of(c, USER, row, &n);
    return n == 0;
}

/* One row; *use is false for a broken one. */
static mkt_status read_row(const struct scan *scan, struct part *p, const struct columns *c,
                           idx_t row, struct mkt_touchpoint *out, bool *use)
{
    size_t n;
    const char *s;
    mkt_micro converted = 0;
    *use = false;
    if (is_blank(scan, c, row) || !is_there(c, TIME, row)) return MKT_OK;
    *out = (struct mkt_touchpoint){.user = user_of(scan, c, row),
                                   .time = ((const int64_t *)c->data[TIME])[row],
                                   .channel = MKT_TOUCHPOINTS_NONE};
    if (out->time < 0 || out->time > TIME_MOST) return MKT_OK;
    if (is_there(c, CHANNEL, row) &&
        (s = text_of(c, CHANNEL, row, &n), n > 0 && *s != MKT_TOUCHPOINTS_SPLIT))
        MKT_TRY(channel_of(p, s, n, &out->channel));
    if (scan->has_conversion &&
        !number_of(c, CONVERSION, row, scan->conversion_is_text, scan->conversion_mark, &converted))
        return MKT_OK;
    if (scan->has_value &&
        !number_of(c, VALUE, row, scan->value_is_text, scan->value_mark, &out->value))
        return MKT_OK;
    if (scan->has_event && is_there(c, EVENT, row)) {
        s = text_of(c, EVENT, row, &n);
        out->view = is_withheld(s, n) ? MKT_TOUCHPOINTS_WITHHELD : is_view(s, n);
        p->withheld |= out->view == MKT_TOUCHPOINTS_WITHHELD;
        if (!scan->has_conversion && is_conversion(s, n)) converted = 1;
    }
    if (!scan->has_conversion && !scan->has_event) converted = out->value != 0;
    out->conversion = converted > 0;
    if (!out->conversion) out->value = 0;
    *use = out->conversion || out->channel != MKT_TOUCHPOINTS_NONE;
    return MKT_OK;
}

/* Who converted, under the name that the data have. */
static mkt_status keep_user(const struct scan *scan, size_t at, const struct columns *c, idx_t row,
                            uint64_t hash, struct mkt_err *err)
{
    struct mkt_touches *out = scan->out;
    struct mkt_arena *arena = &out->arena[at];
    struct mkt_touchpoints_user *u =
        mkt_arena_push(arena, &out->user[at], &out->users[at], &out->user_cap[at], sizeof *u);
    if (!u) return mkt_arena_full(arena, err);
    size_t n = 0;
    const char *s = scan->user_is_number ? NULL : text_of(c, USER, row, &n);
    u->hash = hash;
    u->name = s ? mkt_text_clean(arena, s, n, USER_MOST)
                : mkt_arena_printf(arena, "%" PRId64, ((const int64_t *)c->data[USER])[row]);
    return u->name ? MKT_OK : mkt_arena_full(arena, err);
}

static mkt_status read_rows(const struct scan *scan, struct part *p, const struct columns *c,
                            idx_t rows)
{
    for (idx_t i = 0; i < rows; i++) {
        struct mkt_touchpoint touch;
        bool use;
        MKT_TRY(read_row(scan, p, c, i, &touch, &use));
        if (use && touch.conversion && scan->out->keep_users)
            MKT_TRY(keep_user(scan, (size_t)(p - scan->part), c, i, touch.user, &p->err));
        if (use)
            MKT_TRY(mkt_touchpoints_add(p->rows, &touch, 1, &p->err));
        else
            p->broken++;
    }
    return MKT_OK;
}

/* ---- as an aggregate of DuckDB that keeps what it sees to itself ------------------------------- */

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
    struct scan *scan = duckdb_aggregate_function_get_extra_info(info);
    struct columns c;
    size_t at = 0;
    (void)states;
    for (idx_t i = 0; i < ARGUMENTS; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(input, i);
        c.data[i] = duckdb_vector_get_data(vector);
        c.valid[i] = duckdb_vector_get_validity(vector);
    }
    while (atomic_flag_test_and_set(&scan->busy[at])) at = (at + 1) % MKT_TOUCHES_PARTS;
    struct part *p = &scan->part[at];
    mkt_status status = p->err.status;
    if (status == MKT_OK && !scan->open[at]) status = open_part(scan, at, &p->err);
    if (status == MKT_OK) status = read_rows(scan, p, &c, duckdb_data_chunk_get_size(input));
    if (status != MKT_OK) duckdb_aggregate_function_set_error(info, p->err.text);
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

static mkt_status register_scan(struct mkt_duck *duck, const char *name, struct scan *scan,
                                struct mkt_err *err)
{
    const bool text[ARGUMENTS] = {[USER] = !scan->user_is_number,
                                  [CHANNEL] = true,
                                  [EVENT] = true,
                                  [CONVERSION] = scan->conversion_is_text,
                                  [VALUE] = scan->value_is_text};
    duckdb_aggregate_function f = duckdb_create_aggregate_function();
    duckdb_aggregate_function_set_name(f, name);
    for (int i = 0; i < ARGUMENTS; i++) {
        duckdb_type id = text[i]                  ? DUCKDB_TYPE_VARCHAR
                         : i == USER || i == TIME ? DUCKDB_TYPE_BIGINT
                                                  : DUCKDB_TYPE_DOUBLE;
        duckdb_logical_type type = duckdb_create_logical_type(id);
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

/* Seconds since 1970 of a time written in any of the ways people write them, in UTC. */
static void add_time(struct mkt_buf *sql, const struct mkt_relation *r, size_t i)
{
    switch (r->column[i].type) {
    case MKT_TYPE_DATE:
    case MKT_TYPE_TIMESTAMP:
    case MKT_TYPE_ZONED:
        mkt_buf_printf(sql, "epoch_us(CAST(c%zu AS %s)) // 1000000", i,
                       r->column[i].type == MKT_TYPE_ZONED ? "TIMESTAMPTZ" : "TIMESTAMP");
        return;
    default:
        break;
    }
    /* seconds, thousandths, millionths and billionths are told apart by their size */
    mkt_buf_printf(sql, "CASE WHEN TRY_CAST(c%zu AS BIGINT) >= 100000000 THEN ", i);
    mkt_buf_printf(
        sql,
        "TRY_CAST(c%zu AS BIGINT) // CASE WHEN TRY_CAST(c%zu AS BIGINT) < 100000000000 "
        "THEN 1 WHEN TRY_CAST(c%zu AS BIGINT) < 100000000000000 THEN 1000 WHEN "
        "TRY_CAST(c%zu AS BIGINT) < 100000000000000000 THEN 1000000 ELSE 1000000000 END ",
        i, i, i, i);
    mkt_buf_printf(sql,
                   "ELSE COALESCE(epoch_us(TRY_CAST(CAST(c%zu AS VARCHAR) AS TIMESTAMP)), "
                   "epoch_us(CAST(",
                   i);
    mkt_profile_add_day(sql, r, i);
    mkt_buf_str(sql, " AS TIMESTAMP))) // 1000000 END");
}

static bool is_text(const struct mkt_column *c)
{
    return c && c->type == MKT_TYPE_TEXT;
}

static void add_number(struct mkt_buf *sql, const struct mkt_relation *r, mkt_role role)
{
    const struct mkt_column *c = mkt_relation_column(r, role);
    if (!c)
        mkt_buf_str(sql, ", CAST(NULL AS DOUBLE)");
    else
        mkt_buf_printf(sql, is_text(c) ? ", c%zu" : ", CAST(c%zu AS DOUBLE)",
                       r->is.column[role][0]);
}

/* The channel, and the campaign behind it where there is such a column. */
static void add_channel(struct mkt_buf *sql, const struct mkt_relation *r)
{
    mkt_profile_add_text(sql, r, r->is.column[MKT_ROLE_CHANNEL][0]);
    if (!r->is.parts[MKT_ROLE_CAMPAIGN]) return;
    mkt_buf_printf(sql, " || chr(%d) || COALESCE(", MKT_TOUCHPOINTS_SPLIT);
    mkt_profile_add_text(sql, r, r->is.column[MKT_ROLE_CAMPAIGN][0]);
    mkt_buf_str(sql, ", '')");
}

static mkt_status build(const struct mkt_relation *r, const struct scan *scan, const char *function,
                        struct mkt_buf *sql, struct mkt_err *err)
{
    size_t user = r->is.column[MKT_ROLE_USER][0];
    mkt_buf_printf(sql, "SELECT %s(", function);
    if (scan->user_is_number)
        mkt_buf_printf(sql, "CAST(c%zu AS BIGINT)", user);
    else
        mkt_profile_add_text(sql, r, user);
    mkt_buf_str(sql, ", ");
    add_time(sql, r, r->is.column[MKT_ROLE_DATE][0]);
    mkt_buf_str(sql, ", ");
    add_channel(sql, r);
    mkt_buf_str(sql, ", ");
    if (scan->has_event)
        mkt_profile_add_text(sql, r, r->is.column[MKT_ROLE_EVENT][0]);
    else
        mkt_buf_str(sql, "CAST(NULL AS VARCHAR)");
    add_number(sql, r, MKT_ROLE_CONVERSIONS);
    add_number(sql, r, MKT_ROLE_VALUE);
    mkt_buf_printf(sql, ") FROM %s", r->from);
    return mkt_buf_check(sql, err);
}

static void plan_scan(const struct mkt_relation *r, struct mkt_touches *out, struct scan *scan)
{
    const struct mkt_column *user = mkt_relation_column(r, MKT_ROLE_USER),
                            *converted = mkt_relation_column(r, MKT_ROLE_CONVERSIONS),
                            *value = mkt_relation_column(r, MKT_ROLE_VALUE);
    r->column[r->is.column[MKT_ROLE_DATE][0]].how = "a time, in UTC";
    scan->out = out;
    scan->user_is_number = user->type == MKT_TYPE_INTEGER;
    scan->has_event = r->is.parts[MKT_ROLE_EVENT] > 0;
    scan->has_conversion = converted != NULL;
    scan->has_value = value != NULL;
    scan->conversion_is_text = is_text(converted);
    scan->value_is_text = is_text(value);
    scan->conversion_mark = converted && converted->decimal ? converted->decimal : '.';
    scan->value_mark = value && value->decimal ? value->decimal : '.';
    out->has_touchpoints = true;
    out->has_conversions |= converted || value || scan->has_event;
    out->has_values |= scan->has_value;
    out->has_views |= scan->has_event;
    out->has_campaigns |= r->is.parts[MKT_ROLE_CAMPAIGN] > 0;
}

static mkt_status read_touchpoints(struct mkt_arena *arena, struct mkt_duck *duck,
                                   struct mkt_relation *r, struct mkt_touches *out,
                                   struct mkt_err *err)
{
    struct mkt_buf sql;
    char function[32];
    struct scan *scan = MKT_NEW(arena, struct scan, 1);
    if (!scan) return mkt_arena_full(arena, err);
    plan_scan(r, out, scan);
    mkt_buf_init(&sql, arena);
    snprintf(function, sizeof function, "mkt_touches_%d", duck->functions++);
    MKT_TRY(build(r, scan, function, &sql, err));
    MKT_TRY(register_scan(duck, function, scan, err));
    struct mkt_err failed = {0};
    mkt_status status = mkt_duck_run(duck, sql.data, r->show, &failed);
    for (size_t i = 0; i < MKT_TOUCHES_PARTS; i++) {
        const struct part *p = &scan->part[i];
        r->broken += p->broken;
        out->has_withheld |= p->withheld;
        if (p->err.status != MKT_OK) status = mkt_err_set(err, p->err.status, "%s", p->err.text);
        if (scan->open[i] && out->parts <= i) out->parts = i + 1;
        mkt_arena_close(&scan->part[i].arena);
    }
    return status == MKT_OK ? MKT_OK : mkt_err_set(err, status, "%s", failed.text);
}

/* ---- paths ------------------------------------------------------------------------------------ */

/* A count or a value: NULL is 0; in millionths. */
static void add_micros(struct mkt_buf *sql, const struct mkt_relation *r, mkt_role role)
{
    const struct mkt_column *c = mkt_relation_column(r, role);
    size_t i = r->is.column[role][0];
    if (!c)
        mkt_buf_str(sql, ", CAST(0 AS VARCHAR)");
    else
        mkt_buf_printf(sql, is_text(c) ? ", c%zu" : ", CAST(c%zu AS VARCHAR)", i);
}

static bool micros_of(const struct mkt_duck_rows *rows, idx_t column, char mark, int scale,
                      int64_t *out)
{
    *out = 0;
    if (mkt_duck_rows_null(rows, column)) return true;
    size_t n;
    const char *s = mkt_duck_rows_text(rows, column, &n);
    mkt_numeral_result read = mkt_numeral_read(s, n, mark, scale, out);
    return read == MKT_NUMERAL_OK || read == MKT_NUMERAL_MISSING;
}

static char mark_of(const struct mkt_relation *r, mkt_role role)
{
    const struct mkt_column *c = mkt_relation_column(r, role);
    return is_text(c) && c->decimal ? c->decimal : '.';
}

static mkt_status take_path(struct mkt_relation *r, const struct mkt_duck_rows *rows,
                            struct mkt_paths *paths, struct mkt_err *err)
{
    struct mkt_path_counts counts = {0};
    int64_t conversions, nulls;
    size_t n;
    bool good = !mkt_duck_rows_null(rows, 0) &&
                micros_of(rows, 1, mark_of(r, MKT_ROLE_CONVERSIONS), 6, &conversions) &&
                micros_of(rows, 2, mark_of(r, MKT_ROLE_VALUE), 6, &counts.value) &&
                micros_of(rows, 3, mark_of(r, MKT_ROLE_NULLS), 6, &nulls) && conversions >= 0 &&
                nulls >= 0 && conversions % MKT_MICRO == 0 && nulls % MKT_MICRO == 0;
    if (!good) {
        r->broken++;
        return MKT_OK;
    }
    counts.conversions = conversions / MKT_MICRO;
    counts.nulls = nulls / MKT_MICRO;
    const char *s = mkt_duck_rows_text(rows, 0, &n);
    struct mkt_err fault = {0};
    mkt_status status = mkt_paths_add_text(paths, s, n, '>', &counts, &fault);
    if (status == MKT_E_DATA) {
        r->broken++;
        return MKT_OK;
    }
    return status == MKT_OK ? MKT_OK : mkt_err_set(err, status, "%s", fault.text);
}

static mkt_status read_paths(struct mkt_arena *arena, struct mkt_duck *duck, struct mkt_relation *r,
                             struct mkt_touches *out, struct mkt_err *err)
{
    struct mkt_buf sql;
    mkt_buf_init(&sql, arena);
    mkt_buf_printf(&sql, "SELECT c%zu", r->is.column[MKT_ROLE_PATH][0]);
    add_micros(&sql, r, MKT_ROLE_CONVERSIONS);
    add_micros(&sql, r, MKT_ROLE_VALUE);
    add_micros(&sql, r, MKT_ROLE_NULLS);
    mkt_buf_printf(&sql, " FROM %s", r->from);
    MKT_TRY(mkt_buf_check(&sql, err));
    if (!out->has_paths) mkt_paths_init(&out->paths, arena);
    duckdb_result result;
    MKT_TRY(mkt_duck_query(duck, sql.data, r->show, &result, err));
    struct mkt_duck_rows rows;
    mkt_status status = MKT_OK;
    mkt_duck_rows_begin(&rows, &result);
    while (status == MKT_OK && mkt_duck_rows_next(&rows))
        status = take_path(r, &rows, &out->paths, err);
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    MKT_TRY(status);
    out->has_paths = true;
    out->has_values |= r->is.parts[MKT_ROLE_VALUE] > 0;
    out->has_nulls |= r->is.parts[MKT_ROLE_NULLS] > 0;
    return mkt_paths_finish(&out->paths, err);
}

/* ---- what touches cost --------------------------------------------------------------------------- */

/* Rows that cannot be read were counted before. */
static mkt_status read_spend(struct mkt_arena *arena, struct mkt_duck *duck, struct mkt_relation *r,
                             struct mkt_touches *out, struct mkt_err *err)
{
    int64_t broken = r->broken;
    MKT_TRY(mkt_daily_read(arena, duck, r, err));
    r->broken = broken;
    if (!out->has_spend) mkt_performance_init(&out->spend, arena, 0, 0);
    MKT_TRY(mkt_performance_merge(&out->spend, &r->sums, err));
    MKT_TRY(mkt_performance_finish(&out->spend, err));
    out->has_spend = out->spend.cells > 0;
    return MKT_OK;
}

mkt_status mkt_touches_read(struct mkt_arena *arena, struct mkt_duck *duck,
                            struct mkt_relation *relation, struct mkt_touches *out,
                            struct mkt_err *err)
{
    if (relation->is.kind == MKT_KIND_PATHS) return read_paths(arena, duck, relation, out, err);
    MKT_TRY(read_touchpoints(arena, duck, relation, out, err));
    return relation->is.parts[MKT_ROLE_SPEND] ? read_spend(arena, duck, relation, out, err)
                                              : MKT_OK;
}

void mkt_touches_close(struct mkt_touches *touches)
{
    for (size_t i = 0; i < MKT_TOUCHES_PARTS; i++) {
        if (touches->part[i]) mkt_touchpoints_close(touches->part[i]);
        mkt_arena_close(&touches->arena[i]);
    }
}
