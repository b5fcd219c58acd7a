#include "source/profile.h"

#include <string.h>

#include "source/numeral.h"

void mkt_profile_add_text(struct mkt_buf *sql, const struct mkt_relation *relation, size_t column)
{
    if (relation->column[column].type == MKT_TYPE_TEXT)
        mkt_buf_printf(sql, "c%zu", column);
    else
        mkt_buf_printf(sql, "CAST(c%zu AS VARCHAR)", column);
}

duckdb_type mkt_profile_add_id(struct mkt_buf *sql, const struct mkt_relation *relation,
                               size_t column)
{
    if (relation->column[column].type != MKT_TYPE_INTEGER) {
        mkt_profile_add_text(sql, relation, column);
        return DUCKDB_TYPE_VARCHAR;
    }
    mkt_buf_printf(sql, "CAST(c%zu AS BIGINT)", column);
    return DUCKDB_TYPE_BIGINT;
}

void mkt_profile_add_channel(struct mkt_buf *sql, const struct mkt_relation *relation)
{
    const struct mkt_recognised *is = &relation->is;
    if (!is->parts[MKT_ROLE_MEDIUM]) {
        mkt_profile_add_text(sql, relation, is->column[MKT_ROLE_CHANNEL][0]);
        return;
    }
    mkt_buf_str(sql, "nullif(trim(");
    mkt_profile_add_text(sql, relation, is->column[MKT_ROLE_CHANNEL][0]);
    mkt_buf_str(sql, "), '') || coalesce(' / ' || nullif(trim(");
    mkt_profile_add_text(sql, relation, is->column[MKT_ROLE_MEDIUM][0]);
    mkt_buf_str(sql, "), ''), '')");
}

void mkt_profile_add_day(struct mkt_buf *sql, const struct mkt_relation *relation, size_t column)
{
    const struct mkt_column *c = &relation->column[column];
    switch (c->type) {
    case MKT_TYPE_DATE:
        mkt_buf_printf(sql, "c%zu", column);
        return;
    case MKT_TYPE_TIMESTAMP:
        mkt_buf_printf(sql, "CAST(c%zu AS DATE)", column);
        return;
    case MKT_TYPE_ZONED:
        mkt_buf_printf(sql, "CAST(c%zu AT TIME ZONE 'UTC' AS DATE)", column);
        return;
    default:
        mkt_buf_str(sql, c->order == MKT_MONTH_FIRST ? "mkt_month_first(" : "mkt_day_first(");
        mkt_profile_add_text(sql, relation, column);
        mkt_buf_char(sql, ')');
    }
}

void mkt_profile_add_moment(struct mkt_buf *sql, const struct mkt_relation *relation, size_t column)
{
    /* seconds, thousandths, millionths and billionths are told apart by their size */
    static const char number[] =
        "CASE WHEN TRY_CAST(c%zu AS BIGINT) < 100000000000 THEN 1000000 * TRY_CAST(c%zu AS BIGINT) "
        "WHEN TRY_CAST(c%zu AS BIGINT) < 100000000000000 THEN 1000 * TRY_CAST(c%zu AS BIGINT) "
        "WHEN TRY_CAST(c%zu AS BIGINT) < 100000000000000000 THEN TRY_CAST(c%zu AS BIGINT) "
        "ELSE TRY_CAST(c%zu AS BIGINT) // 1000 END ";
    const struct mkt_column *c = &relation->column[column];
    size_t i = column;
    if (c->type == MKT_TYPE_DATE || c->type == MKT_TYPE_TIMESTAMP || c->type == MKT_TYPE_ZONED) {
        mkt_buf_printf(sql, "epoch_us(CAST(c%zu AS %s))", i,
                       c->type == MKT_TYPE_ZONED ? "TIMESTAMPTZ" : "TIMESTAMP");
        return;
    }
    mkt_buf_printf(sql, "CASE WHEN TRY_CAST(c%zu AS BIGINT) >= 100000000 THEN ", i);
    mkt_buf_printf(sql, number, i, i, i, i, i, i, i);
    /* 03/11/2026 14:05 and 03.11.2026 14:05: the order of day and month is settled */
    const char *day = c->order == MKT_MONTH_FIRST ? "%m/%d/%Y" : "%d/%m/%Y";
    const char *dotted = c->order == MKT_MONTH_FIRST ? "%m.%d.%Y" : "%d.%m.%Y";
    mkt_buf_str(sql, "ELSE COALESCE(CASE WHEN regexp_matches(");
    mkt_profile_add_text(sql, relation, i);
    mkt_buf_printf(sql,
                   ", ':[0-9]{2}([.][0-9]+)? ?[+-][0-9]{2}(:?[0-9]{2})?$') THEN "
                   "epoch_us(TRY_CAST(CAST(c%zu AS VARCHAR) AS TIMESTAMPTZ)) END, "
                   "epoch_us(TRY_CAST(CAST(c%zu AS VARCHAR) AS TIMESTAMP)), "
                   "epoch_us(TRY_STRPTIME(CAST(c%zu AS VARCHAR), ['%s %%H:%%M:%%S', "
                   "'%s %%H:%%M', '%s %%H:%%M:%%S', '%s %%H:%%M', '%s %%I:%%M:%%S %%p', "
                   "'%s %%I:%%M %%p'])), epoch_us(CAST(",
                   i, i, i, day, day, dotted, dotted, day, day);
    mkt_profile_add_day(sql, relation, i);
    mkt_buf_str(sql, " AS TIMESTAMP))) END");
}

duckdb_type mkt_profile_add_stamp(struct mkt_buf *sql, const struct mkt_relation *relation,
                                  size_t column)
{
    mkt_column_type type = relation->column[column].type;
    if (type == MKT_TYPE_ZONED) {
        mkt_buf_printf(sql, "CAST(c%zu AS TIMESTAMPTZ)", column);
        return DUCKDB_TYPE_TIMESTAMP_TZ;
    }
    if (type == MKT_TYPE_DATE || type == MKT_TYPE_TIMESTAMP) {
        mkt_buf_printf(sql, "CAST(c%zu AS TIMESTAMP)", column);
        return DUCKDB_TYPE_TIMESTAMP;
    }
    mkt_profile_add_moment(sql, relation, column);
    return DUCKDB_TYPE_BIGINT;
}

static bool is_measure(const struct mkt_column *c)
{
    return (c->role >= 0 && c->role <= MKT_ROLE_NEW_CUSTOMERS) || c->role == MKT_ROLE_VALUE ||
           c->role == MKT_ROLE_AMOUNT || c->role == MKT_ROLE_COST || c->role == MKT_ROLE_PROFIT;
}

static bool is_witness(const struct mkt_column *c)
{
    return c->type == MKT_TYPE_TEXT && (is_measure(c) || mkt_role_is_rate(&c->naming));
}

static bool is_written_date(const struct mkt_column *c)
{
    return (c->role == MKT_ROLE_DATE || c->role == MKT_ROLE_PERIOD_END ||
            c->role == MKT_ROLE_STARTED) &&
           (c->type == MKT_TYPE_TEXT || c->type == MKT_TYPE_INTEGER);
}

#define APART (64 / sizeof(unsigned))

mkt_status mkt_profile_looking_init(struct mkt_profile_looking *l, struct mkt_arena *arena,
                                    const struct mkt_relation *relation, struct mkt_err *err)
{
    *l = (struct mkt_profile_looking){
        .look = MKT_NEW(arena, struct mkt_profile_look, relation->columns)};
    if (!l->look) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < relation->columns; i++) {
        bool number = is_witness(&relation->column[i]);
        if (number || is_written_date(&relation->column[i]))
            l->look[l->looks++] = (struct mkt_profile_look){i, number};
    }
    for (size_t i = 0; i < MKT_ROWSCAN_PLACES; i++)
        if (!(l->seen[i] = MKT_NEW(arena, unsigned, l->looks + APART)))
            return mkt_arena_full(arena, err);
    return MKT_OK;
}

void mkt_profile_looking_row(const struct mkt_profile_looking *l, size_t place,
                             struct mkt_rowcursor *row)
{
    for (size_t k = 0; k < l->looks; k++) {
        struct mkt_cell cell = mkt_rowcursor_cell(row, l->look[k].column);
        if (cell.s)
            l->seen[place][k] |= l->look[k].number ? mkt_numeral_look(cell.s, cell.n)
                                                   : mkt_daytext_look(cell.s, cell.n);
    }
}

void mkt_profile_looking_end(const struct mkt_profile_looking *l, struct mkt_relation *relation)
{
    for (size_t k = 0; k < l->looks; k++) {
        struct mkt_column *c = &relation->column[l->look[k].column];
        unsigned all = 0;
        for (size_t i = 0; i < MKT_ROWSCAN_PLACES; i++) all |= l->seen[i][k];
        *(l->look[k].number ? &c->numeral_look : &c->day_look) = all;
    }
}

static mkt_status look_at(void *user, size_t place, struct mkt_rowcursor *rows, struct mkt_err *err)
{
    (void)err;
    while (mkt_rowcursor_next(rows)) mkt_profile_looking_row(user, place, rows);
    return MKT_OK;
}

/* All rows of a text file, without the database. */
static mkt_status look_through(struct mkt_arena *arena, struct mkt_duck *duck,
                               struct mkt_relation *relation, struct mkt_err *err)
{
    struct mkt_profile_looking l;
    const struct mkt_rowscan scan = {
        .take = look_at, .user = &l, .threads = duck->threads, .cancel = duck->cancel};
    MKT_TRY(mkt_profile_looking_init(&l, arena, relation, err));
    if (l.looks == 0) return MKT_OK;
    MKT_TRY(mkt_rowscan_run(&scan, relation->file, err));
    mkt_profile_looking_end(&l, relation);
    return MKT_OK;
}

mkt_status mkt_profile_read(struct mkt_arena *arena, struct mkt_duck *duck,
                            struct mkt_relation *relation, struct mkt_err *err)
{
    if (relation->store == MKT_STORE_ROWFILE && !relation->filter)
        return look_through(arena, duck, relation, err);
    struct mkt_buf sql;
    size_t asked = 0;
    mkt_buf_init(&sql, arena);
    mkt_buf_str(&sql, "SELECT ");
    for (size_t i = 0; i < relation->columns; i++) {
        const struct mkt_column *c = &relation->column[i];
        if (!is_witness(c) && !is_written_date(c)) continue;
        mkt_buf_printf(&sql, "%sbit_or(%s(", asked++ ? ", " : "",
                       is_witness(c) ? "mkt_numeral_look" : "mkt_day_look");
        mkt_profile_add_text(&sql, relation, i);
        mkt_buf_str(&sql, "))");
    }
    mkt_buf_printf(&sql, " FROM %s", relation->from);
    if (relation->filter) mkt_buf_printf(&sql, " WHERE %s", relation->filter);
    MKT_TRY(mkt_buf_check(&sql, err));
    if (asked == 0) return MKT_OK;
    int64_t *look = MKT_NEW(arena, int64_t, asked);
    if (!look) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_duck_numbers(duck, sql.data, relation->show, look, asked, err));
    asked = 0;
    for (size_t i = 0; i < relation->columns; i++) {
        struct mkt_column *c = &relation->column[i];
        if (is_witness(c))
            c->numeral_look = (unsigned)look[asked++];
        else if (is_written_date(c))
            c->day_look = (unsigned)look[asked++];
    }
    return MKT_OK;
}

/* The mark that a column's own cells prove, 0 for none; both are proven: '?'. */
static char proven(const struct mkt_column *c, bool count)
{
    unsigned look = c->numeral_look;
    bool point = look & MKT_NUMERAL_POINT, comma = look & MKT_NUMERAL_COMMA;
    if (point && comma) return '?';
    if (point) return '.';
    if (comma) return ',';
    bool by_point = look & MKT_NUMERAL_EITHER_BY_POINT,
         by_comma = look & MKT_NUMERAL_EITHER_BY_COMMA;
    if (by_point && by_comma) return '?';
    if (!by_point && !by_comma) return 0;
    /* whole things have no fractions: the mark groups thousands */
    if (count) return by_point ? ',' : '.';
    /* thousands are written without marks elsewhere in the column: the mark is the decimal one */
    if (look & MKT_NUMERAL_UNGROUPED) return by_point ? '.' : ',';
    return 0;
}

static bool is_count(const struct mkt_column *c)
{
    return c->role == MKT_ROLE_IMPRESSIONS || c->role == MKT_ROLE_CLICKS ||
           c->role == MKT_ROLE_NEW_CUSTOMERS;
}

static bool is_open(const struct mkt_column *c)
{
    return c->numeral_look & (MKT_NUMERAL_EITHER_BY_POINT | MKT_NUMERAL_EITHER_BY_COMMA);
}

static mkt_status settle_decimals(struct mkt_relation *r, const struct mkt_dataset_options *options,
                                  struct mkt_err *err)
{
    char given = !options->decimal ? 0 : strcmp(options->decimal, "comma") == 0 ? ',' : '.';
    bool file_point = false, file_comma = false;
    for (size_t i = 0; i < r->columns; i++) {
        const struct mkt_column *c = &r->column[i];
        char mark = is_witness(c) ? proven(c, is_count(c)) : 0;
        file_point |= mark == '.';
        file_comma |= mark == ',';
    }
    for (size_t i = 0; i < r->columns; i++) {
        struct mkt_column *c = &r->column[i];
        c->decimal = '.';
        if (!is_witness(c) || !is_measure(c)) continue;
        char mark = given ? given : proven(c, is_count(c));
        if (mark == 0 && is_open(c) && file_point != file_comma) mark = file_point ? '.' : ',';
        if (mark == '?')
            return mkt_err_set(
                err, MKT_E_AMBIGUOUS,
                "%s: column \"%s\" writes some numbers with a decimal point and some "
                "with a decimal comma; say which is right with --decimal comma or "
                "--decimal point",
                r->show, c->name);
        if (mark == 0 && is_open(c))
            return mkt_err_set(
                err, MKT_E_AMBIGUOUS,
                "%s: numbers such as %s in column \"%s\" can be read as thousands or "
                "as a fraction; say which with --decimal comma or --decimal point",
                r->show, c->numeral_look & MKT_NUMERAL_EITHER_BY_POINT ? "1.234" : "1,234",
                c->name);
        c->decimal = mark ? mark : file_comma && !file_point ? ',' : '.';
        if (c->decimal == ',' && (c->numeral_look & MKT_NUMERAL_COMMA))
            c->how = c->how ? c->how : "decimal comma";
    }
    return MKT_OK;
}

static mkt_status settle_order(struct mkt_relation *r, struct mkt_column *c, const char *given,
                               struct mkt_err *err)
{
    unsigned look = c->day_look;
    bool day = look & MKT_DAYTEXT_DAY_FIRST, month = look & MKT_DAYTEXT_MONTH_FIRST;
    if (given) {
        c->order = strcmp(given, "month-first") == 0 ? MKT_MONTH_FIRST : MKT_DAY_FIRST;
    } else if (day && month) {
        return mkt_err_set(err, MKT_E_AMBIGUOUS,
                           "%s: column \"%s\" holds day-first and month-first dates; say which is "
                           "right with --dates day-first or --dates month-first",
                           r->show, c->name);
    } else if ((look & MKT_DAYTEXT_EITHER) && !day && !month) {
        return mkt_err_set(err, MKT_E_AMBIGUOUS,
                           "%s: dates such as 01/02/2026 in column \"%s\" can be read day-first or "
                           "month-first and no value settles it; say which with --dates day-first "
                           "or --dates month-first",
                           r->show, c->name);
    } else {
        c->order = month ? MKT_MONTH_FIRST : MKT_DAY_FIRST;
    }
    if (look & (MKT_DAYTEXT_EITHER | MKT_DAYTEXT_DAY_FIRST | MKT_DAYTEXT_MONTH_FIRST))
        c->how = c->order == MKT_MONTH_FIRST ? "month-first dates" : "day-first dates";
    else if (look & MKT_DAYTEXT_MONTH)
        c->how = "a month or week counts as its first day";
    else if (look & MKT_DAYTEXT_NUMBER)
        c->how =
            look & MKT_DAYTEXT_TIME ? "seconds since 1970, as days" : "spreadsheet day numbers";
    else if (look & MKT_DAYTEXT_TIME)
        c->how = "the day of a time";
    return MKT_OK;
}

mkt_status mkt_profile_settle(struct mkt_relation *relation,
                              const struct mkt_dataset_options *options, struct mkt_err *err)
{
    MKT_TRY(settle_decimals(relation, options, err));
    /* the first and the last day of a row are written alike: one bears witness for the other */
    struct mkt_column *first = mkt_relation_column(relation, MKT_ROLE_DATE),
                      *last = mkt_relation_column(relation, MKT_ROLE_PERIOD_END);
    if (first && last && is_written_date(first) && is_written_date(last)) {
        unsigned proof = MKT_DAYTEXT_DAY_FIRST | MKT_DAYTEXT_MONTH_FIRST;
        first->day_look |= last->day_look & proof;
        last->day_look |= first->day_look & proof;
    }
    for (size_t i = 0; i < relation->columns; i++) {
        struct mkt_column *c = &relation->column[i];
        if (is_written_date(c)) MKT_TRY(settle_order(relation, c, options->dates, err));
        if (c->role == MKT_ROLE_DATE &&
            (c->type == MKT_TYPE_TIMESTAMP || c->type == MKT_TYPE_ZONED))
            c->how = "the day of a time";
    }
    return MKT_OK;
}
